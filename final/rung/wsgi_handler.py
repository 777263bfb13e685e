"""WSGI, the way in: what Flask, Bottle or Django make, as a handler for our server (PEP 3333).

A Request becomes the dict that is called environ. What the application says by start_response(),
and the iterable of bytes that it returns, become a Response.
"""

import re
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from http import HTTPStatus
from itertools import chain
from types import TracebackType
from typing import Any
from wsgiref.util import FileWrapper, is_hop_by_hop

from .messages import SHORT_NAME, STATUSES, Headers, Request, Response
from .protocol import STATUS_LINES, stream_length

Environ = dict[str, Any]
Error = tuple[type[BaseException], BaseException, TracebackType | None]  # as of sys.exc_info()
Write = Callable[[bytes], None]

PIECE = 256 * 1024  # bytes of a file
PORT = re.compile(":[0-9]*$")
STATUS = re.compile(r"([2-5][0-9][0-9])(?: ([\t -~\x80-\xff]*))?")


class WSGIHandler:
    """A WSGI application for our server: `run(WSGIHandler(flask_app))`."""

    def __init__(self, application: Callable[[Environ, Callable[..., Write]], Any]) -> None:
        self.application = application
        self.environ = {
            "SCRIPT_NAME": "",
            "wsgi.version": (1, 0),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,  # with --processes; who is careful without loses nothing
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,  # read() stops where the body does
            "wsgi.file_wrapper": file_wrapper,
        }

    def __call__(self, request: Request) -> Response:
        answer = Answer()
        try:
            environ = self.environ | make_environ(request)
            answer.result = self.application(environ, answer.start_response)
            return answer.to_response(request)
        except BaseException:
            answer.close()
            raise


class Answer:
    """What an application has said so far; and the rest of it, piece by piece."""

    def __init__(self) -> None:
        self.status: HTTPStatus | None = None
        self.headers = Headers()
        self.result: Any = ()
        # What went into write() and is not out yet. That function is for the oldest frameworks;
        # what they write waits in memory until they return.
        self.written: list[bytes] = []
        self.pieces: Iterator[bytes] | None = None  # once there are some, nothing can be taken back

    def start_response(
        self, status: str, fields: list[tuple[str, str]], error: Error | None = None
    ) -> Write:
        """Take the status and the fields, and return write(); an error excuses a second call.

        Raises:
            ValueError: they cannot be sent.
        """
        if error and self.pieces:
            raise error[1].with_traceback(error[2])
        if self.status and not error:
            raise ValueError("start_response() was called already; only with exc_info it may be")
        try:
            headers = Headers(fields)
        except (AttributeError, TypeError):
            raise TypeError(f"fields are pairs of str, not {fields!r}") from None
        if refused := next(filter(is_hop_by_hop, headers), ""):  # PEP 3333, "Other HTTP Features"
            raise ValueError(f"{refused} is up to the server; an application must not send it")
        self.status, self.headers = parse_status(status), headers
        self.written.clear()  # a part of the answer that failed
        return self.written.append

    def to_response(self, request: Request) -> Response:
        """Return what the application says; that may begin with its first piece, and not before.

        Raises:
            ValueError: it has not called start_response().
            TypeError: it does not yield bytes.
        """
        pieces = self.output()
        first = next(filter(None, pieces), b"")
        if self.status is None:
            raise ValueError("the application has answered, but never called start_response()")
        response = Response(self, content_type="")
        response.headers = self.headers
        # Past the check of Response, which takes the statuses alone that HTTPStatus lists.
        object.__setattr__(response, "status", self.status)
        length = stream_length(response)
        self.pieces = up_to(length, chain([first], pieces))
        if isinstance(self.result, list | tuple) or length == len(first):  # all of it is here
            body = b"".join(self.pieces)
            # To HEAD many give no body; how long it would be, only their own field can tell.
            if length == len(body) or (length is None and request.method != "HEAD"):
                response.body = body
                self.close()
            self.pieces = iter([body])
        return response

    def output(self) -> Iterator[bytes]:
        """Yield what the application has written and what it returns, in this order."""
        for piece in chain(self.result, [b""]):
            if not isinstance(piece, bytes):
                raise TypeError(f"an application gives an iterable of bytes, not of {piece!r}")
            written = b"".join(self.written)
            self.written.clear()
            yield written + piece

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces or iter(())

    def close(self) -> None:
        """End the iterable, once; the server calls this, also when the client has gone."""
        result, self.result = self.result, ()
        if hasattr(result, "close"):
            result.close()


def make_environ(request: Request) -> Environ:
    """Return what a request adds to the environ that all of them share."""
    fields = request.headers.by_key
    host = fields["host"][0][1] if "host" in fields else "localhost"  # HTTP/1.0 has none
    name = PORT.sub("", host)
    environ = {
        "REQUEST_METHOD": request.method,
        # PEP 3333, "Unicode Issues": bytes, each as the character of its number. "*" is no path.
        "PATH_INFO": request.path.encode().decode("latin-1").removeprefix("*"),
        "QUERY_STRING": request.query_string,
        "REQUEST_URI": request.target,
        "SERVER_NAME": name,
        "SERVER_PORT": host[len(name) + 1 :] or ("443" if request.scheme == "https" else "80"),
        "SERVER_PROTOCOL": request.version,
        "REMOTE_ADDR": request.remote_address,
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": request.stream,
    }
    for key, pairs in fields.items():
        if variable := known_variable(key) if len(key) <= SHORT_NAME else variable_of(key):
            comma = "; " if key == "cookie" else ", "
            environ[variable] = comma.join([value for _name, value in pairs])
    if "transfer-encoding" in fields:  # the chunks are off, and the length is known now
        environ["CONTENT_LENGTH"] = str(request.size)
    return environ


def variable_of(key: str) -> str:
    """Return the name of a field in environ; "" if it is not for the application.

    >>> variable_of("user-agent"), variable_of("content-type"), variable_of("x_user")
    ('HTTP_USER_AGENT', 'CONTENT_TYPE', '')
    """
    # Attack: a proxy in front of us sets X-User, and takes out what a client sends by that name.
    # X_User would pass it, and be HTTP_X_USER here, too.
    if "_" in key or key == "transfer-encoding":
        return ""
    variable = key.upper().replace("-", "_")
    return variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}"


known_variable = lru_cache(maxsize=512)(variable_of)


@lru_cache(maxsize=256)
def parse_status(line: str) -> HTTPStatus:
    """Return the status of a line like "404 Not Found".

    A status that Python lists keeps the phrase that it has there: no client reads it (RFC 9112
    section 4). Any other, "299 Odd", is made like those (RFC 9110 section 15).
    """
    match = STATUS.fullmatch(line)
    if match is None:
        raise ValueError(f"expected a status like '200 OK', got {line!r}")
    code, phrase = int(match[1]), match[2] or ""
    if code not in STATUSES:
        unlisted = int.__new__(HTTPStatus, code)
        vars(unlisted).update(_value_=code, _name_=f"STATUS_{code}", phrase=phrase, description="")
        STATUS_LINES[unlisted] = f"HTTP/1.1 {code} {phrase}\r\n"
        return unlisted
    return STATUSES[code]


def up_to(length: int | None, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pieces until their Content-Length is reached; the rest is not asked for (PEP 3333).

    >>> list(up_to(7, iter([b"Hello", b", World!", b"..."])))
    [b'Hello', b', ']
    """
    missing = sys.maxsize if length is None else length
    for piece in pieces:
        yield piece[:missing]
        missing -= len(piece)
        if missing <= 0:
            return


def file_wrapper(file: Any, block_size: int = PIECE) -> FileWrapper:
    """Return a file as an iterable of pieces; small ones would cost more than they are worth."""
    return FileWrapper(file, max(block_size, PIECE))
