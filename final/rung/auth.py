"""Who are you, and may you? Passwords, logging in and out, and guards for views.

What a user is, the application says: an object with an `id` and a method `has_permission`, and a
function that finds it by the id. The session remembers the id and nothing else, so that rights
which are taken away are gone at the next request.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from .app import guard
from .messages import Handler, HTTPError, Request, Response
from .responses import redirect
from .router import View
from .sessions import current_session

# scrypt's cost (RFC 7914 section 2): memory is 128 * N * R bytes, here 16 MiB; time grows with P.
# This is one of the settings that OWASP's password storage cheat sheet calls equally strong.
N, R, P = 2**14, 8, 5
MAX_MEMORY = 512 * 1024 * 1024  # bytes; a hash with a higher cost than we would ever choose fails
SALT_SIZE = 16  # bytes

USER_ID = "user_id"  # the key in the session

# A path on this site. Browsers take // and /\ for the beginning of another host, and throw tabs
# and line ends away before they look.
LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\\x7f]*")


class User(Protocol):
    """What this layer needs to know of a user."""

    @property
    def id(self) -> int: ...

    def has_permission(self, name: str) -> bool: ...


@dataclass(eq=False)
class Authentication:
    """A handler that lets the application inside ask for the current user.

    application = Sessions(Authentication(app, User.get_or_none), database)

    Args:
        handler: what answers the requests.
        load_user: finds a user by id; None if there is no such user any more.
        login_path: where people who have to log in first are sent.
    """

    handler: Handler
    load_user: Callable[[int], User | None]
    login_path: str = "/login"

    def __call__(self, request: Request) -> Response:
        request.context["authentication"] = self
        return self.handler(request)


def current_user(request: Request) -> Any:
    """Return the user who sent this request, None if nobody is logged in.

    Loaded when first asked for, then kept for the rest of the request.
    """
    context = request.context
    if "user" not in context:
        id = current_session(request).get(USER_ID)
        context["user"] = None if id is None else authentication(request).load_user(id)
    return context["user"]


def log_in(request: Request, user: User) -> None:
    """Remember who this is. Check the password first.

    The session goes on under a new id: whoever knew the old one is not logged in by it. What the
    visitor did before stays (a cart, say), unless it was somebody else's.
    """
    session = current_session(request)
    if session.get(USER_ID) not in (None, user.id):
        session.clear()
    session.rotate()
    session[USER_ID] = user.id
    request.context["user"] = user


def log_out(request: Request) -> None:
    """Forget the visitor: the session's row is deleted, and its id is worth nothing any more."""
    session = current_session(request)
    session.clear()
    session.rotate()  # a message that is flashed now begins a new session
    request.context["user"] = None


def check_log_in(request: Request, **parameters: Any) -> Response | None:
    """Let users pass. A browser that wants a page is sent to log in, and back here afterwards.

    Raises:
        HTTPError: 401 for everybody else. A program cannot log in by a form; and a form that was
            sent here would be lost on the way.
    """
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", ""):
        return redirect(f"{login_path}?{urlencode({'next': local_path(request.target)})}")
    # RFC 9110 section 11.6.1: a 401 names a way to authenticate. "Basic" would open a dialogue.
    challenge = {"WWW-Authenticate": f'Cookie form-action="{login_path}"'}
    raise HTTPError(401, "Log in first.", challenge)


# A decorator: the view runs only for users. It may stand above or below the route's decorator.
login_required = guard(check_log_in)


def permission_required(
    permission: str, owner: Callable[..., Any] | None = None
) -> Callable[[View], View]:
    """Return a decorator: the view runs for those who have a permission, or own what it shows.

    @posts.post("/<int:id>")
    @permission_required("post.edit", owner=lambda request, id: find_post(id).author_id)
    def edit(request, id): ...

    Args:
        permission: asked of the user: user.has_permission("post.edit").
        owner: called like the view; returns the id of the user who needs no permission.

    Raises (the view does):
        HTTPError: 401 for those who are not logged in, 403 for those who have no right.
    """

    def check_permission(request: Request, **parameters: Any) -> Response | None:
        objection = check_log_in(request)
        if objection is not None:
            return objection
        user = current_user(request)
        owns = owner is not None and owner(request, **parameters) == user.id
        if not owns and not user.has_permission(permission):
            raise HTTPError(403, "You have no right to do that.")
        return None

    return guard(check_permission)


def authentication(request: Request) -> Authentication:
    """Return what wraps the application.

    Raises:
        RuntimeError: nothing does.
    """
    if "authentication" not in request.context:
        raise RuntimeError("no users here; use Sessions(Authentication(app, load_user), database)")
    found: Authentication = request.context["authentication"]
    return found


def hash_password(password: str, n: int = N, r: int = R, p: int = P) -> str:
    """Return what to store instead of a password: "scrypt$16384$8$5$salt$key".

    Slow and greedy for memory on purpose: who steals the table has to pay that for each guess. The
    salt makes equal passwords look different. Cost and salt stand in the text, so that the cost
    can be raised later, and old passwords still be verified.
    """
    salt = secrets.token_bytes(SALT_SIZE)
    key = derive_key(password, salt, n, r, p)
    return f"scrypt${n}${r}${p}${salt.hex()}${key.hex()}"


def verify_password(password: str, hashed: str | None) -> bool:
    """Return whether this is the password that was hashed.

    Args:
        hashed: from hash_password(); False if it is something else. None stands for a user who
            does not exist: False as well, and after the same time. Otherwise the clock would tell
            strangers which names have an account here.
    """
    if hashed is None:
        hash_password(password)
        return False
    try:
        scheme, n, r, p, salt, key = hashed.split("$")
        actual = derive_key(password, bytes.fromhex(salt), int(n), int(r), int(p))
        # == would stop at the first byte that differs, and tell by its time how many are right.
        return scheme == "scrypt" and hmac.compare_digest(actual, bytes.fromhex(key))
    except (ValueError, TypeError, OverflowError):  # no hash, or a cost that makes no sense
        return False


def derive_key(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    # NFC: an é is one character on one keyboard, e and an accent on another (RFC 8265 section 4.2).
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=n, r=r, p=p, maxmem=MAX_MEMORY, dklen=32)


def local_path(url: str) -> str:
    """Return a URL if it stays on this site, "/" if not: for a "next" that came with the request.

    >>> local_path("/posts/7?page=2"), local_path("https://evil.example/"), local_path("//evil")
    ('/posts/7?page=2', '/', '/')
    """
    return url if LOCAL_PATH.fullmatch(url) else "/"
