"""WSGI, the way out: a handler as gunicorn, waitress or any other WSGI server calls it (PEP 3333).

The server has read the request and will send the answer. Here its environ, a dict, becomes a
Request, and the Response becomes what it expects: a status, a list of fields, an iterable of bytes.
"""

import errno
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import quote
from wsgiref.util import is_hop_by_hop

from .answering import call_handler
from .messages import Handler, HTTPError, Request, Response
from .protocol import OWN_FIELDS, Body, Limits, body_size, has_content, parse_head, stream_length

PIECE = 64 * 1024  # bytes of a body that are read at once
NO_PLACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # on the disk, or none for us
PATH_CHARACTERS = "/:@!$&'()*+,;=~"  # RFC 3986 section 3.3: those that a path holds as they are


class WSGIApplication:
    """A handler for other servers: `gunicorn server:application`.

    application = WSGIApplication(handler)

    Args:
        handler: what answers the requests.
        limits: how much of everything a client may send, as far as the server lets it through.
    """

    def __init__(self, handler: Handler, limits: Limits | None = None) -> None:
        self.handler = handler
        self.limits = limits or Limits()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        request = Request(environ["REQUEST_METHOD"], "", "")
        with ExitStack() as stack:
            try:
                request = read_request(environ, self.limits)
                stack.callback(request.close)
                response = call_handler(self.handler, request)
            except HTTPError as error:
                response = error.to_response()
            stack.callback(response.close)
            start_response(f"{response.status.value} {response.status.phrase}", fields_of(response))
            body = [response.body] if isinstance(response.body, bytes) else response.body
            return Answer(body if has_content(response, request) else (), stack.pop_all().close)


@dataclass
class Answer:
    """The pieces of a body, and what the server calls when they are out or the client is gone.

    (The `finally` of a generator would not run where nobody asks for its first piece, as at HEAD.)
    """

    pieces: Iterable[bytes]
    close: Callable[[], None]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)


def read_request(environ: dict[str, Any], limits: Limits) -> Request:
    """Return the request that an environ was made of.

    Its head is put together again and goes through our own parser. So a server that lets more
    pass than we do, a path that is not UTF-8 or two Host fields, does not loosen our rules.

    Raises:
        HTTPError: the request is not acceptable.
    """
    # What else a server speaks with its clients, HTTP/2 say, is no business of ours.
    version = "HTTP/1.0" if environ["SERVER_PROTOCOL"] == "HTTP/1.0" else "HTTP/1.1"
    lines = [f"{environ['REQUEST_METHOD']} {target_of(environ)} {version}"]
    for key, value in environ.items():
        if value and (key.startswith("HTTP_") or key in ("CONTENT_TYPE", "CONTENT_LENGTH")):
            lines.append(f"{key.removeprefix('HTTP_').replace('_', '-').title()}: {value}")
    head = "\r\n".join(lines)
    if head.count("\n") >= len(lines):  # attack: one field would become two
        raise HTTPError(400, "A field has a line end in it.")
    request = parse_head(head.encode("latin-1"), limits)
    request.remote_address = environ.get("REMOTE_ADDR", "")
    request.scheme = environ["wsgi.url_scheme"]
    request.content = read_content(environ, limits)
    return request


def target_of(environ: dict[str, Any]) -> str:
    """Return the request target; an application has all of its server's paths, or some of them.

    >>> target_of({"SCRIPT_NAME": "", "PATH_INFO": "/caf\xc3\xa9", "QUERY_STRING": "x=1"})
    '/caf%C3%A9?x=1'
    """
    # PEP 3333, "Unicode Issues": a str of environ holds bytes, each as the character of its number.
    path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
    query_string = environ.get("QUERY_STRING")
    return (quote(path, PATH_CHARACTERS) or "/") + (f"?{query_string}" if query_string else "")


def read_content(environ: dict[str, Any], limits: Limits) -> bytes | BinaryIO:
    """Return the body, which the server has freed from its chunks: as bytes, or as a file if long.

    Raises:
        HTTPError: it is too long, or ends too early.
    """
    length = environ.get("CONTENT_LENGTH") or ""
    if not length and not environ.get("wsgi.input_terminated"):
        return b""  # no end is marked, so read() might wait for one for ever
    if not re.fullmatch("[0-9]*", length):
        raise HTTPError(400, f"Expected a Content-Length in decimal digits, got {length!r}.")
    missing = body_size(length, 10, limits) if length else limits.body + 1
    body = Body(limits.body_in_memory)
    try:
        while missing and (piece := environ["wsgi.input"].read(min(missing, PIECE))):
            body.write(piece)
            missing -= len(piece)
        if length and missing:
            raise HTTPError(400, f"{missing} of {length} bytes of the body did not come.")
        body_size(str(body.size), 10, limits)
        return body.finish()
    except OSError as error:
        if error.errno not in NO_PLACE:  # of reading: the client has gone, and the server knows
            raise
        raise HTTPError(507, f"The body cannot be kept here: {error.strerror}.") from error


def fields_of(response: Response) -> list[tuple[str, str]]:
    """Return the fields without those by which a server frames the body and keeps connections."""
    body, headers = response.body, response.headers
    length = len(body) if isinstance(body, bytes) else stream_length(response)
    if response.status in (204, 304):
        headers.pop("Content-Type", None)  # wsgiref.validate refuses a type of nothing
        length = None
    elif response.status == 205:  # which says by a length of 0 that it has no body
        length = 0
    framing = [] if length is None else [("Content-Length", str(length))]
    own = [pair for pair in headers.pairs() if pair[0].lower() not in OWN_FIELDS]
    return [pair for pair in own if not is_hop_by_hop(pair[0])] + framing
