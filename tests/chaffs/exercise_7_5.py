"""7.5, Sessions.update: wrong answers. course/chaffs.py says how this file is read."""


def writes_at_every_request(self, session):
    """Your function behaves like one that writes at every request. Most pages only read the
    session, and a write is what a database does slowest. There are two reasons to write: the values
    have changed, or the end has moved by enough."""
    expires = min(int(self.clock()) + self.idle, session.created + self.lifetime)
    row = (session.to_text(), expires, hash_id(session.id))
    self.database.execute(UPDATE, row)


def every_second_counts(self, session):
    """Your function behaves like one that writes as soon as the end has moved at all. It moves with
    every second, so nearly every page writes. Let it lag behind a little: a tenth of the idle time
    is near enough."""
    expires = min(int(self.clock()) + self.idle, session.created + self.lifetime)
    if session.changed or expires > session.expires:
        row = (session.to_text(), expires, hash_id(session.id))
        self.database.execute(UPDATE, row)


def end_stays_where_it_was(self, session):
    """Your function behaves like one that writes when the values have changed, and only then.
    Somebody who reads for a week without changing anything would be logged out in the middle of it.
    A visit puts the end off, too."""
    expires = min(int(self.clock()) + self.idle, session.created + self.lifetime)
    if session.changed:
        row = (session.to_text(), expires, hash_id(session.id))
        self.database.execute(UPDATE, row)


def lives_for_ever(self, session):
    """Your function behaves like one that lets a session live as long as somebody comes. A stolen
    cookie that is used every day would be good for ever. There are two ends: so long after the last
    visit, and so long after the beginning, whichever is first."""
    expires = int(self.clock()) + min(self.idle, self.lifetime)
    if session.changed or expires - session.expires > self.idle / 10:
        row = (session.to_text(), expires, hash_id(session.id))
        self.database.execute(UPDATE, row)


def row_that_is_gone_comes_back(self, session):
    """Your function behaves like one that inserts the row when the UPDATE finds none. It is gone
    because another request has logged the visitor out meanwhile, and here they are logged in again,
    with a cookie that should be worth nothing. A session that ended stays ended."""
    expires = min(int(self.clock()) + self.idle, session.created + self.lifetime)
    if session.changed or expires - session.expires > self.idle / 10:
        row = (session.to_text(), expires, hash_id(session.id))
        if self.database.execute(UPDATE, row).row_count == 0:
            self.insert(session)


def stored_anew(self, session):
    """Your function behaves like one that deletes the row and inserts it again. That is not the
    same as an UPDATE: a log-out that came between is undone, and the session begins anew each time,
    so that it never reaches its end. Change the row that is there."""
    expires = min(int(self.clock()) + self.idle, session.created + self.lifetime)
    if session.changed or expires - session.expires > self.idle / 10:
        self.insert(session)


def id_instead_of_its_hash(self, session):
    """Your function behaves like one that looks for the row by the id. The table holds hash_id(id),
    so no row is found and nothing is stored; and an UPDATE that finds nothing says nothing. What is
    WHERE compared with?"""
    expires = min(int(self.clock()) + self.idle, session.created + self.lifetime)
    if session.changed or expires - session.expires > self.idle / 10:
        row = (session.to_text(), expires, session.id)
        self.database.execute(UPDATE, row)
