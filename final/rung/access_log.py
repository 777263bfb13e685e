"""Who asked for what, and how it ended: a line for each answer, and an id that ties lines together.

A request that fails leaves two kinds of lines: one here, and the error's own, from wherever it was
logged. The id stands with both, and in the answer: what a visitor reports can be found again.
"""

import logging
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar, copy_context

from .answering import call_handler
from .messages import Handler, Request, Response
from .protocol import has_content

logger = logging.getLogger("rung.access")

# What a line is made of may hold no blank, no quote and no line end: with these, a client could
# shift the columns, or write lines of its own. Apache and nginx write \x0a for a line end, too.
UNSAFE = re.compile(rb"[^!#-\[\]-~]")
ERROR_FORMAT = "%(levelname)s [%(request_id)s] %(name)s: %(message)s"

current_id: ContextVar[str] = ContextVar("current_id", default="-")


class AccessLog:
    """A handler that logs every answer of the one inside, in the Common Log Format.

        127.0.0.1 - ann [10/Oct/2026:13:55:36 +0000] "GET /posts HTTP/1.1" 200 2326

    That is: address, user, time of the request, its first line, status and bytes of the body.
    Source: the manual of Apache's mod_log_config. What never became a request, say because its head
    could not be understood, the server has refused; it does not come by here.

    The id of a request is in request.context["request_id"], in the answer's X-Request-ID, and in
    log records that have passed add_request_id(). It is random, unless a trusted proxy has given
    one (proxy.py).

    Where one AccessLog is inside another, the inner one logs: so `--access-log` may put one around
    whatever it is given (command.py).

    Args:
        handler: what answers the requests. An error that it raises is logged and answered here:
            that answer has a line and an id, too.
        user_name: returns the name of who has asked, "" if nobody knows. Called at the end.
    """

    def __init__(
        self, handler: Handler, user_name: Callable[[Request], str] = lambda _request: ""
    ) -> None:
        self.handler = handler
        self.user_name = user_name

    def __call__(self, request: Request) -> Response:
        start = time.time()
        token = current_id.set(request.context.setdefault("request_id", secrets.token_hex(8)))
        try:
            response = call_handler(self.handler, request)
            if request.context.setdefault("access_log", self) is not self:
                return response  # one inside has been here first
            response.headers["X-Request-ID"] = current_id.get()
            if isinstance(response.body, bytes):
                size = len(response.body) if has_content(response, request) else 0
                self.log(request, response, start, size)
            else:
                response.body = CountedStream(
                    response.body, lambda size: self.log(request, response, start, size)
                )
            return response
        finally:
            current_id.reset(token)  # what this thread does next belongs to another request

    def log(self, request: Request, response: Response, start: float, size: int) -> None:
        if not logger.isEnabledFor(logging.INFO):
            return
        address, user = word(request.remote_address), word(self.user_name(request))
        when = time.strftime("%d/%b/%Y:%H:%M:%S %z", time.localtime(start))
        line = f"{request.method} {word(request.target)} {request.version}"
        end = f"{response.status.value} {size or '-'}"
        logger.info('%s - %s [%s] "%s" %s', address, user, when, line, end)


class CountedStream:
    """A stream that tells at its end how long it was.

    The server takes the pieces when the handler has long returned, and perhaps on another thread.
    So each is made in the context of its request: what is logged meanwhile carries the id.
    """

    def __init__(self, body: Iterable[bytes], at_end: Callable[[int], None]) -> None:
        self._body = body
        self._at_end = at_end
        self._pieces = iter(body)
        self._context = copy_context()
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._context.run(next, self._pieces)
        self._size += len(piece)
        return piece

    def close(self) -> None:
        """End the stream. Who sends it calls this once, also when the client has gone."""
        try:
            if hasattr(self._body, "close"):
                self._context.run(self._body.close)
        finally:
            self._context.run(self._at_end, self._size)


def word(text: str) -> str:
    r"""Return a text as one word of a line; a hyphen for none.

    >>> word('/search?q="a b"\n'), word("")
    ('/search?q=\\x22a\\x20b\\x22\\x0a', '-')
    """
    encoded = text.encode("utf-8", "surrogatepass")
    return UNSAFE.sub(lambda byte: b"\\x%02x" % ord(byte[0]), encoded).decode() or "-"


def add_request_id(record: logging.LogRecord) -> bool:
    """A filter for a logging handler: its format may use %(request_id)s then."""
    record.request_id = current_id.get()
    return True


def show_logs(level: str, access: bool) -> None:
    """Write warnings and errors to the terminal, with their ids; and, if asked for, the access log.

    Where the program has set up its own logging, that stands. (With `level` INFO, the lines of the
    access log are among the others.)
    """
    errors = logging.StreamHandler()
    errors.setFormatter(logging.Formatter(ERROR_FORMAT))
    errors.addFilter(add_request_id)
    logging.basicConfig(level=level, handlers=[errors])
    if access:
        logger.addHandler(logging.StreamHandler(sys.stdout))
        logger.setLevel(logging.INFO)
        logger.propagate = False
