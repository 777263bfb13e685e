"""7.3, Sessions.load: wrong answers. course/chaffs.py says how this file is read."""


def unknown_id_is_adopted(self, request):
    """Your function behaves like one that goes on with an id that the table does not know. Somebody
    may have planted it in the visitor's browser, to be logged in with it later: session fixation. A
    new session has an id of its own, always."""
    id = request.cookies.get(self.cookie_name)
    if not id:
        return Session()
    rows = self.database.execute(SELECT, (hash_id(id), int(self.clock()))).rows
    if rows:
        return Session(id, *rows[0])
    session = Session()
    session.id = id
    return session


def expired_is_found(self, request):
    """Your function behaves like one that finds sessions that have ended. The row stays until the
    next sweep, and a stolen cookie would be worth something until then. SELECT has a second mark:
    the time that `expires` must be beyond."""
    id = request.cookies.get(self.cookie_name)
    if not id:
        return Session()
    rows = self.database.execute(SELECT, (hash_id(id), 0)).rows
    return Session(id, *rows[0]) if rows else Session()


def id_is_looked_up_as_it_came(self, request):
    """Your function behaves like one that looks for the id itself. The table holds only its hash,
    so that who gets to see the table has no cookie to log in with; here a hash out of the table
    would be such a cookie, and a real id finds nothing."""
    id = request.cookies.get(self.cookie_name)
    if not id:
        return Session()
    rows = self.database.execute(SELECT, (id, int(self.clock()))).rows
    return Session(id, *rows[0]) if rows else Session()


def unknown_id_is_an_error(self, request):
    """Your function behaves like one that answers with an error where it does not know the id. The
    visitor has done nothing wrong: sessions end. With the old cookie in the browser they would
    never see a page again. Who is not known is a new visitor."""

    from .messages import HTTPError

    id = request.cookies.get(self.cookie_name)
    if not id:
        return Session()
    rows = self.database.execute(SELECT, (hash_id(id), int(self.clock()))).rows
    if not rows:
        raise HTTPError(401, "This session is unknown.")
    return Session(id, *rows[0])


def values_without_their_times(self, request):
    """Your function behaves like one that takes the values out of the row and leaves the times. A
    session that does not know when it began seems to have begun in 1970, and is over with the next
    write. The row has three columns, and Session() takes all three."""
    id = request.cookies.get(self.cookie_name)
    if not id:
        return Session()
    rows = self.database.execute(SELECT, (hash_id(id), int(self.clock()))).rows
    return Session(id, rows[0][0]) if rows else Session()


def new_id_for_every_request(self, request):
    """Your function behaves like one that finds the values and forgets under which id. A session
    that does not know its stored id is taken for a new one: at each request another row, another
    cookie, and the old row stays. The id is Session()'s first argument."""
    id = request.cookies.get(self.cookie_name)
    if not id:
        return Session()
    rows = self.database.execute(SELECT, (hash_id(id), int(self.clock()))).rows
    return Session("", *rows[0]) if rows else Session()


def clock_of_its_own(self, request):
    """Your function behaves like one that asks the machine for the time. Sessions was given a
    clock, and the rows are written by it; two clocks in one table make sessions end early or late.
    Use the one in self."""
    id = request.cookies.get(self.cookie_name)
    if not id:
        return Session()
    rows = self.database.execute(SELECT, (hash_id(id), int(time.time()))).rows
    return Session(id, *rows[0]) if rows else Session()


def cookie_of_a_fixed_name(self, request):
    """Your function behaves like one that knows the name of the cookie. The application may choose
    another ("__Host-session", where the site is served by https), and then nobody would ever be
    remembered. Ask for the name that Sessions was given."""
    id = request.cookies.get("session")
    if not id:
        return Session()
    rows = self.database.execute(SELECT, (hash_id(id), int(self.clock()))).rows
    return Session(id, *rows[0]) if rows else Session()
