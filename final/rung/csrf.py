"""Tokens against forged requests (CSRF: cross-site request forgery).

A browser sends a visitor's cookies along with every request to this site, also with one that a page
elsewhere has caused: a form there, sent by a script, would write posts in the visitor's name.
SameSite cookies stop most of that; other hosts of our own domain, and old browsers, they do not.

So each form brings a token that only our own pages contain. It has nothing to do with the address
that the browser sees, and holds behind a proxy as well.
"""

import hmac
import secrets

from .app import App
from .messages import HTTPError, Request, Response
from .sessions import current_session

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")  # RFC 9110 section 9.2.1: they change nothing
# What a form can send. Anything else, a browser sends to another site only if that site allows it
# (the Fetch standard, "CORS-safelisted request-header").
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
COOKIE = "csrf"
FIELD = "csrf_token"
HEADER = "X-CSRF-Token"  # for fetch(), and for programs
REFUSED = (
    "This form was made before you last logged in or out, or not by this site. "
    "Go back, copy what you wrote, load the page again and send it from there."
)


def protect_forms(app: App) -> None:
    """Let an application accept no request that changes something unless it brings a token.

    Every template that has a form writes the token into it:
    `<input type="hidden" name="csrf_token" value="{{ csrf_token(request) }}">`. A script sends it
    in the field X-CSRF-Token. The application has to be wrapped in Sessions.
    """
    app.before(check_token)
    app.after(give_cookie)


def csrf_token(request: Request) -> str:
    """Return the token for the forms of the page that is being made: "salt.signature".

    Another one on each page, so that a page which is sent compressed does not betray it, by its
    length, to somebody who makes the browser load it again and again (the BREACH attack).
    """
    context = request.context
    if "csrf_token" not in context:
        context["csrf_secret"] = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        salt = secrets.token_hex(8)
        context["csrf_token"] = f"{salt}.{sign(request, context['csrf_secret'], salt)}"
    token: str = context["csrf_token"]
    return token


def check_token(request: Request) -> None:
    """Refuse a request that may be forged.

    Raises:
        HTTPError: 403.
    """
    if request.method in SAFE_METHODS:
        return
    if not request.cookies and request.content_type not in FORM_TYPES:
        return  # it brings nothing of a visitor's that could be abused
    token = request.headers.get(HEADER) or request.form.get(FIELD, "")
    salt, _, signature = token.partition(".")
    secret = request.cookies.get(COOKIE, "")
    expected = sign(request, secret, salt)
    if not secret or not hmac.compare_digest(signature.encode(), expected.encode()):
        raise HTTPError(403, REFUSED)


def sign(request: Request, secret: str, salt: str) -> str:
    """Return what only those can make who know the visitor's cookies.

    The session is part of it: who can set the cookie `csrf` (another host of our domain can) still
    does not know that of the session, and a token from before the log-in is worth nothing after it.
    """
    session = current_session(request)
    key = f"{secret} {session.id if session else ''}"
    return hmac.digest(key.encode(), salt.encode(), "sha256").hex()


def give_cookie(request: Request, response: Response) -> Response:
    """Let the browser keep the secret behind the token of this page, until it is closed."""
    secret = request.context.get("csrf_secret")
    if secret and request.cookies.get(COOKIE) != secret:
        response.set_cookie(COOKIE, secret, secure=request.scheme == "https")
    return response
