"""7.4, Sessions.save: wrong answers. course/chaffs.py says how this file is read."""


def row_for_everybody(self, session, response):
    """Your function behaves like one that stores empty sessions, too. Every visitor, and every
    robot that keeps no cookies, would leave a row and be sent a cookie that means nothing. Who has
    nothing to remember costs nothing."""
    if session.id != session.stored_id:
        self.insert(session)
        self.set_cookie(response, session.id, max_age=self.lifetime)
    else:
        self.update(session)


def cookie_is_deleted_for_everybody(self, session, response):
    """Your function behaves like one that tells every visitor without a session to throw the cookie
    away. Most of them never had one. Only where the database knows the session is there something
    to delete: session.stored_id tells."""
    if not session:
        self.database.execute(DELETE, (hash_id(session.stored_id),))
        self.set_cookie(response, "", max_age=0)
    elif session.id != session.stored_id:
        self.insert(session)
        self.set_cookie(response, session.id, max_age=self.lifetime)
    else:
        self.update(session)


def cookie_with_every_page(self, session, response):
    """Your function behaves like one that sends the cookie with every page. The browser has it, and
    keeps it for the whole lifetime. A page that sets a cookie cannot be kept by anybody, and an old
    answer that comes late would bring an old id back. Only a new id needs a cookie."""
    if not session:
        if session.stored_id:
            self.database.execute(DELETE, (hash_id(session.stored_id),))
            self.set_cookie(response, "", max_age=0)
    elif session.id != session.stored_id:
        self.insert(session)
        self.set_cookie(response, session.id, max_age=self.lifetime)
    else:
        self.update(session)
        self.set_cookie(response, session.id, max_age=self.lifetime)


def log_out_in_the_browser_alone(self, session, response):
    """Your function behaves like one that deletes the cookie and leaves the row. That is a log-out
    in one browser: whoever copied the cookie before is still logged in. What ends a session for
    good is that the server forgets it."""
    if not session:
        if session.stored_id:
            self.set_cookie(response, "", max_age=0)
    elif session.id != session.stored_id:
        self.insert(session)
        self.set_cookie(response, session.id, max_age=self.lifetime)
    else:
        self.update(session)


def cookie_of_nothing_stays(self, session, response):
    """Your function behaves like one that deletes the row and leaves the cookie. The browser would
    go on sending an id that nobody knows, and each page would look for it in the database. Ask the
    browser to throw it away."""
    if not session:
        if session.stored_id:
            self.database.execute(DELETE, (hash_id(session.stored_id),))
    elif session.id != session.stored_id:
        self.insert(session)
        self.set_cookie(response, session.id, max_age=self.lifetime)
    else:
        self.update(session)


def deletes_the_new_id(self, session, response):
    """Your function behaves like one that deletes the row of the id that the session has now.
    log_out() clears the session and gives it a new id, which no row has: the old row stays, and
    with it the old cookie's worth. The database knows the session by its stored id."""
    if not session:
        if session.stored_id:
            self.database.execute(DELETE, (hash_id(session.id),))
            self.set_cookie(response, "", max_age=0)
    elif session.id != session.stored_id:
        self.insert(session)
        self.set_cookie(response, session.id, max_age=self.lifetime)
    else:
        self.update(session)


def new_id_is_not_noticed(self, session, response):
    """Your function behaves like one that asks whether the database knows the session, and not by
    which id. After rotate() it knows the old one: an UPDATE under the new id finds no row, and the
    browser never hears of it. Compare the two ids."""
    if not session:
        if session.stored_id:
            self.database.execute(DELETE, (hash_id(session.stored_id),))
            self.set_cookie(response, "", max_age=0)
    elif not session.stored_id:
        self.insert(session)
        self.set_cookie(response, session.id, max_age=self.lifetime)
    else:
        self.update(session)


def cookie_ends_when_nobody_comes(self, session, response):
    """Your function behaves like one that gives the cookie the idle time as its age. The browser
    counts from when it got the cookie, not from the last visit, and it gets it once: a busy visitor
    would be logged out. When a session ends before its lifetime, the server knows."""
    if not session:
        if session.stored_id:
            self.database.execute(DELETE, (hash_id(session.stored_id),))
            self.set_cookie(response, "", max_age=0)
    elif session.id != session.stored_id:
        self.insert(session)
        self.set_cookie(response, session.id, max_age=self.idle)
    else:
        self.update(session)


def deletion_without_the_flags(self, session, response):
    """Your function behaves like one that deletes the cookie by Response.delete_cookie(), which
    does not know of `secure`. A browser refuses a __Host- cookie without Secure, and refuses its
    deletion as well. Sessions.set_cookie() sets it with its flags, and can unset it so."""
    if not session:
        if session.stored_id:
            self.database.execute(DELETE, (hash_id(session.stored_id),))
            response.delete_cookie(self.cookie_name)
    elif session.id != session.stored_id:
        self.insert(session)
        self.set_cookie(response, session.id, max_age=self.lifetime)
    else:
        self.update(session)
