"""The debug page: where a view failed, with the lines around and the values of all names.

It shows the insides of the program to whoever reads it, so it is never there by itself. `--debug`
puts it around the handler (command.py): for one process that listens on this machine alone. Even
then only a browser on this machine sees it. Under WSGI nothing puts it anywhere.
"""

import linecache
import os
import re
import reprlib
import secrets
import sysconfig
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from .answering import call_handler
from .messages import Handler, Request, Response
from .templates import Templates

AROUND = 5  # lines shown before and after the one that failed
MAX_FRAMES = 30  # of an error; a function that calls itself for ever leaves a thousand
MAX_ERRORS = 5  # of those that led to it
# Where code is that the developer has not written; the calls outside of these are looked at first.
FOLDERS = (Path(__file__).parent, *map(sysconfig.get_path, ("stdlib", "purelib")))
LIBRARIES = tuple(f"{folder}{os.sep}" for folder in FOLDERS)
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")

HIDDEN = "(hidden)"
SECRET = r"passw|secret|token|cookie|authorization|api_?key"
SECRET_NAME = re.compile(SECRET, re.IGNORECASE)
# What repr() shows of other values: {'password': 'x'}, ('password', 'x'), password=x&name=ann,
# Authorization: Basic x, mysql://ann:x@host. Rather too much is hidden than too little.
SECRET_INSIDE = re.compile(
    rf"""([\w-]*(?:{SECRET})[\w-]*['"]?\s*[:=,]\s*)
    (?: b?'[^']*' | b?"[^"]*" | (?:(?:basic|bearer)\s)? [^\s'"&,;)\]}}]+ )
    | (?<=://) [^\s/@]*:[^\s/@]* (?=@)""",
    re.IGNORECASE | re.VERBOSE,
)

brief = reprlib.Repr()  # cuts what is long, goes not too deep, and survives a repr() that fails
brief.maxlevel = 4
brief.maxdict = brief.maxlist = brief.maxtuple = brief.maxset = 30
brief.maxstring = brief.maxother = brief.maxlong = 600


@dataclass
class Frame:
    """One call of the traceback.

    Attributes:
        current: the number of the line that was running.
        lines: those around it, with their numbers.
        names: what each local name stood for.
    """

    filename: str
    function: str
    current: int
    lines: list[tuple[int, str]]
    names: dict[str, str]
    is_open: bool = False  # shown at once


class DebugPages:
    """A handler that shows a developer why the one inside has failed.

    It looks for the error in request.context["error"], where the app and the server leave it.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.templates = Templates(Path(__file__).parent)

    def __call__(self, request: Request) -> Response:
        is_shown = is_local(request)  # asked now: a handler inside may change what the request says
        response = call_handler(self.handler, request)
        error = request.context.get("error")
        if error is not None and is_shown:
            self.show(request, response, error)
        return response

    def show(self, request: Request, response: Response, error: BaseException) -> None:
        """Put the page in the place of the answer's body. Programs get a traceback as text."""
        if "text/html" not in request.headers.get("Accept", ""):
            response.headers["Content-Type"] = "text/plain; charset=utf-8"
            response.body = "".join(traceback.format_exception(error)).encode(errors="replace")
            return
        nonce = secrets.token_urlsafe(16)  # the page's own style may be used, and nothing else
        policy = f"default-src 'none'; style-src 'nonce-{nonce}'"
        response.headers["Content-Security-Policy"] = policy
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        page = self.templates.render(
            "debug.html",
            request=request,
            target=hide_inside(request.target),
            fields=[(name, shown(name, value)) for name, value in request.headers.pairs()],
            failures=[(type(each).__name__, str(each), frames(each)) for each in chain(error)],
            nonce=nonce,
        )
        response.body = page.encode(errors="replace")


def is_local(request: Request) -> bool:
    """Whether a browser on this machine asks, directly, for this machine.

    Not directly: through a proxy, whose own address tells nothing of who sits behind it. (One that
    hides that it is a proxy looks like a browser: put none in front of --debug.) Not for this
    machine: a page elsewhere can give its own name our address (DNS rebinding), and read.
    """
    host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
    is_forwarded = any(name in request.headers for name in FORWARDED)
    return is_loopback(request.remote_address) and is_loopback(host or "") and not is_forwarded


def is_loopback(host: str) -> bool:
    """Return whether an address, or a name, means this machine alone.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that led to it: also those behind `raise ... from None`."""
    for _ in range(MAX_ERRORS):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def frames(error: BaseException) -> list[Frame]:
    """Return the calls in which an error happened, the innermost last.

    Jinja2 writes the lines of templates into the traceback, as if Python ran them.
    """
    calls = list(traceback.walk_tb(error.__traceback__))[-MAX_FRAMES:]
    frames = [describe(frame, line) for frame, line in calls]
    for frame in [each for each in frames if not each.filename.startswith(LIBRARIES)][-1:]:
        frame.is_open = True
    return frames


def describe(frame: FrameType, current: int) -> Frame:
    filename = frame.f_code.co_filename
    linecache.checkcache(filename)  # the file may have changed since its lines were last looked at
    source = linecache.getlines(filename, frame.f_globals)
    start = max(0, current - 1 - AROUND)
    lines = list(enumerate(source[start : current + AROUND], start + 1))
    names = {name: shown(name, value) for name, value in frame.f_locals.items() if name[:2] != "__"}
    return Frame(filename, frame.f_code.co_name, current, lines, names)


def shown(name: str, value: Any) -> str:
    """Return what may be seen of the value that has this name.

    >>> shown("password", "x"), shown("form", {"password": "x", "name": "ann"})
    ('(hidden)', "{'name': 'ann', 'password': (hidden)}")
    """
    if SECRET_NAME.search(name):
        return HIDDEN
    return hide_inside(brief.repr(value))


def hide_inside(text: str) -> str:
    return SECRET_INSIDE.sub(lambda match: (match[1] or "") + HIDDEN, text)
