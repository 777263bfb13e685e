"""Sessions: what the server remembers of a visitor from one request to the next.

HTTP forgets (RFC 9110 section 3.3). The browser is given a cookie with a random number, and brings
it back with each request; what belongs to the number stays here, in the database. So a visitor can
neither read nor change it, and can be logged out for good by deleting a row.

A handler that wraps a handler: the application inside does not know how a session is kept.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from hashlib import sha256
from reprlib import repr as show  # long values cut short
from typing import Any

from .database import Database
from .messages import Handler, Request, Response

IDLE = 7 * 24 * 3600  # seconds after the last request; who comes back later starts afresh
LIFETIME = 30 * 24 * 3600  # seconds after the log-in, however busy: a stolen cookie ends, too
SWEEP_INTERVAL = 3600  # seconds between two deletions of what has expired
FLASHES = "_flashes"  # the key under which flash() keeps messages

CREATE_TABLE = """
    CREATE TABLE IF NOT EXISTS sessions (
        id_hash CHAR(64) NOT NULL PRIMARY KEY,
        data LONGTEXT NOT NULL,
        created BIGINT NOT NULL,
        expires BIGINT NOT NULL
    )
"""
SELECT = "SELECT data, created, expires FROM sessions WHERE id_hash = ? AND expires > ?"
INSERT = "INSERT INTO sessions (id_hash, data, created, expires) VALUES (?, ?, ?, ?)"
UPDATE = "UPDATE sessions SET data = ?, expires = ? WHERE id_hash = ?"
DELETE = "DELETE FROM sessions WHERE id_hash = ?"
SWEEP = "DELETE FROM sessions WHERE expires <= ?"


class Session(MutableMapping[str, Any]):
    """What is remembered of one visitor: names and JSON values.

    >>> session = Session()
    >>> session["cart"] = ["apple"]
    >>> session["cart"].append("pear")
    >>> session.changed, session["cart"]
    (True, ['apple', 'pear'])

    Attributes:
        id: the random number that the visitor's cookie holds, or will hold.
        stored_id: the id that the database knows the session by; "" while it knows none.
        created, expires: seconds since 1970; when it began, and when it ends if nobody comes.
    """

    def __init__(
        self, stored_id: str = "", text: str = "{}", created: int = 0, expires: int = 0
    ) -> None:
        self.stored_id = stored_id
        self.id = stored_id or new_id()
        self.created = created
        self.expires = expires
        self._values: dict[str, Any] = json.loads(text)
        self._stored_text = text

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        check_json(key, value)
        self._values[key] = value

    def __delitem__(self, key: str) -> None:
        del self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def rotate(self) -> None:
        """Go on under a new id; the old one is worth nothing from now on.

        Whenever a visitor gains rights. Otherwise somebody could plant an id of their own in the
        visitor's browser, wait for the log-in, and be logged in with it: session fixation.
        """
        self.id = new_id()

    @property
    def changed(self) -> bool:
        """Whether the values differ from the stored ones, also deep inside a list or a dict."""
        try:
            # Not to_text(): most pages change nothing, and what is stored was checked when it came.
            return json.dumps(self._values) != self._stored_text
        except (TypeError, ValueError, RecursionError):
            return True  # to_text() says what has no JSON form

    def to_text(self) -> str:
        """Return the values as JSON.

        Raises:
            TypeError: something that has no JSON form was put into a list or a dict inside.
        """
        for key, value in self._values.items():
            check_json(key, value)
        return json.dumps(self._values)


@dataclass(eq=False)
class Sessions:
    """A handler that gives the requests of each visitor their session.

    application = Sessions(app, database)

    Args:
        handler: what answers the requests.
        database: where the sessions are kept, in a table made at the first request.
        lifetime: seconds until a session ends, counted from its beginning or the log-in.
        idle: seconds until it ends when nobody comes.
        secure: send the cookie over TLS only. None: if that is how the request came, which a proxy
            in front of us has to tell (see proxy.py).
        cookie_name: "__Host-session" keeps other hosts of the domain from setting it; the prefix
            needs `secure`.
        clock: the time in seconds since 1970.
    """

    handler: Handler
    database: Database
    lifetime: int = LIFETIME
    idle: int = IDLE
    secure: bool | None = None
    cookie_name: str = "session"
    clock: Callable[[], float] = time.time
    _has_table: bool = field(default=False, init=False)
    _next_sweep: float = field(default=0.0, init=False)

    def __call__(self, request: Request) -> Response:
        """Answer a request. Who does not ask for the session pays nothing for it."""
        if not self._has_table:
            # Now, and not inside a view: on MySQL, CREATE TABLE would end the view's transaction.
            self.create_table()
        request.context["sessions"] = self
        response = self.handler(request)
        session = request.context.get("session")
        if session is None:
            return response
        # RFC 9111 section 5.2.2: the page is one visitor's, no proxy may give it to another; and
        # the Back button asks again instead of showing it after the log-out.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if response.status < 500:  # what a view that failed has left behind is not kept
            self.save(session, request, response)
        return response

    def load(self, request: Request) -> Session:
        """Return the session that the request's cookie names, or else a new and empty one.

        An id that we do not know is never adopted: it may be one that somebody else has chosen.
        """
        id = request.cookies.get(self.cookie_name)
        if not id:
            return Session()
        # The database finds the row by an index on hashes. How long that takes tells nothing about
        # the id, because nobody can choose ids whose hashes are alike.
        rows = self.database.execute(SELECT, (hash_id(id), int(self.clock()))).rows
        return Session(id, *rows[0]) if rows else Session()

    def save(self, session: Session, request: Request, response: Response) -> None:
        """Store what has changed, and give the browser its cookie when the id is new."""
        # Simplified: where two requests of one visitor overlap, the last to end wins, and what the
        # other has changed is lost. A lock would make each page wait for the visitor's slowest.
        if session and session.id == session.stored_id:
            self.update(session)
        elif session:
            self.insert(session)
            self.set_cookie(request, response, session.id, max_age=self.lifetime)
        elif session.stored_id:
            self.database.execute(DELETE, (hash_id(session.stored_id),))
            self.set_cookie(request, response, "", max_age=0)

    def insert(self, session: Session) -> None:
        """Store a session under a new id, with a new lifetime; the old id's row goes."""
        now = int(self.clock())
        if now >= self._next_sweep:
            self.sweep()
        expires = now + min(self.idle, self.lifetime)
        row = (hash_id(session.id), session.to_text(), now, expires)
        # In this order, and in no transaction. If the database fails between the two, the visitor
        # has no session left; and who holds no lock while waiting for another cannot deadlock.
        if session.stored_id:
            self.database.execute(DELETE, (hash_id(session.stored_id),))
        self.database.execute(INSERT, row)

    def update(self, session: Session) -> None:
        """Store a known session if its values have changed or its end must be put off.

        The end moves only when a tenth of the idle time has passed: not every page needs a write.
        And this is an UPDATE that may find no row, never an INSERT: a log-out in another window
        may have deleted it while this request ran, and must not be undone.
        """
        expires = min(int(self.clock()) + self.idle, session.created + self.lifetime)
        if session.changed or expires - session.expires > self.idle / 10:
            row = (session.to_text(), expires, hash_id(session.id))
            self.database.execute(UPDATE, row)

    def create_table(self) -> None:
        """Make the table, if it is not there. The first request does this, too."""
        self.database.execute(CREATE_TABLE)
        self._has_table = True

    def sweep(self) -> int:
        """Delete the sessions that have expired, and return how many. New ones cause it hourly."""
        self._next_sweep = self.clock() + SWEEP_INTERVAL
        return self.database.execute(SWEEP, (int(self.clock()),)).row_count

    def set_cookie(self, request: Request, response: Response, value: str, max_age: int) -> None:
        # HttpOnly: scripts cannot read it. SameSite=Lax: forms on other people's pages do not
        # bring it along. Both are set_cookie's own choice. Who can write on another host of the
        # same domain gets around SameSite, and is stopped by csrf.py.
        secure = request.scheme == "https" if self.secure is None else self.secure
        response.set_cookie(self.cookie_name, value, max_age=max_age, secure=secure)


def new_id() -> str:
    """Return 256 random bits as text: nobody guesses them, and no two visitors get the same."""
    return secrets.token_urlsafe(32)


def hash_id(id: str) -> str:
    """Return what the table holds instead of an id.

    Who gets to see the table, in a backup or through a hole, has no cookie to log in with. SHA-256
    is enough here, without salt and without being slow: nobody can try 2**256 ids.
    """
    return sha256(id.encode()).hexdigest()


def check_json(key: str, value: Any) -> None:
    """Refuse a value that would not come back from JSON as it went in.

    >>> check_json("point", (1, 2))
    Traceback (most recent call last):
    TypeError: session['point'] takes JSON values; (1, 2) would come back as [1, 2]
    """
    if not isinstance(key, str):
        raise TypeError(f"the keys of a session are text, not {key!r}")
    try:
        back = json.loads(json.dumps(value, allow_nan=False))
        problem = "" if back == value else f"{show(value)} would come back as {show(back)}"
    except (TypeError, ValueError, RecursionError) as error:
        problem = f"not {show(value)}: {error}"
    if problem:
        raise TypeError(f"session[{key!r}] takes JSON values; {problem}")


def current_session(request: Request) -> Session:
    """Return the session of whoever sent this request; loaded once, then kept.

    Raises:
        RuntimeError: no Sessions is around the application.
    """
    context = request.context
    if "sessions" not in context:
        raise RuntimeError("no sessions here; wrap the application: Sessions(app, database)")
    if "session" not in context:
        context["session"] = context["sessions"].load(request)
    session: Session = context["session"]
    return session


def flash(request: Request, message: str, category: str = "info") -> None:
    """Keep a message for the next page that shows messages: usually the one after a redirect."""
    session = current_session(request)
    session[FLASHES] = [*session.get(FLASHES, []), [category, message]]


def flashed_messages(request: Request) -> list[tuple[str, str]]:
    """Return the pairs of category and message that flash() has kept. Each is returned once."""
    messages = current_session(request).pop(FLASHES, [])
    return [(category, message) for category, message in messages]
