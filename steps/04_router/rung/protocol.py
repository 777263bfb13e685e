"""Bytes in, messages out; messages in, bytes out. Nothing here touches a socket.

Whoever reads the connection feeds this parser with whatever has come, in whatever pieces, and
asks it for requests. So every rule can be tested with bytes alone, and where the stream was cut
makes no difference. RFC 9112 is the grammar, RFC 9110 the meaning.
"""

import re
from email.utils import formatdate
from urllib.parse import unquote_to_bytes

from .messages import TOKEN, Headers, HTTPError, Request, Response

MAX_REQUEST_LINE = 8000  # bytes; RFC 9112 section 3 asks for at least so many
MAX_HEAD = 64 * 1024  # bytes of request line and fields together
MAX_FIELDS = 128
MAX_BODY = 16 * 1024 * 1024  # bytes
MAX_CHUNK_LINE = 1024  # bytes of a chunk size with its extensions, or of a trailer field

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

# An empty line ends the head. A bare LF is looked for too, not to accept it but to refuse it at
# once: whoever waited for CRLF would leave that client hanging.
END_OF_HEAD = re.compile(rb"\n\r?\n")
REQUEST_LINE = re.compile(rf"({TOKEN.pattern}) ([!-~]+) HTTP/([0-9])\.([0-9])")
# RFC 9110 section 7.2, RFC 3986 section 3.2.2: a name or an address, then perhaps a port. No
# comma and no %, which names could have there: "a,b" is what becomes of two Host fields on the way.
HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+;=-]+)(?::[0-9]{0,5})?", re.ASCII)
# RFC 9112 section 3.2: "/path?query", or "http://host/path?query" as proxies get it (https is no
# promise that we can keep: RFC 9110 section 7.4). As loose as browsers are: any visible ASCII but
# "#"; yet in the path no \, which some take for /, and every % begins two hex digits.
PATH = r"/(?:[!\"$&->@-\[\]-~]|%[0-9A-Fa-f]{2})*"
TARGET = re.compile(rf"(?:(?i:http)://({HOST.pattern}))?({PATH})?(?:\?([!\"$-~]*))?", re.ASCII)
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;[\t -~\x80-\xff]*)?")


class RequestParser:
    """Turns the bytes of one connection into its requests.

    >>> parser = RequestParser()
    >>> parser.feed(b"GET /a?b=1 HTTP/1.1\\r\\nHost: exam")
    >>> parser.next_request() is None
    True
    >>> parser.feed(b"ple\\r\\n\\r\\n")
    >>> parser.next_request().query["b"]
    '1'
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0  # bytes of the buffer in which no head ends
        self._request: Request | None = None  # one whose head is here and whose body is not
        self._body: LengthReader | ChunkedReader = LengthReader(0)

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next_request(self) -> Request | None:
        """Return the next whole request, or None until more bytes have come.

        Raises:
            HTTPError: the bytes are no acceptable request. The parser is of no use after that:
                where one message is broken, nobody can tell where the next one begins.
        """
        if self._request is None:
            if (head := self._take_head()) is None:
                return None
            self._request = parse_head(head)
            self._body = body_reader(self._request)
        body = self._body.read(self._buffer)
        if body is None:
            return None
        request, self._request = self._request, None
        request.body = body
        return request

    @property
    def is_idle(self) -> bool:
        """True between two requests: not a byte of the next one is here."""
        return self._request is None and not self._buffer

    @property
    def wants_continue(self) -> bool:
        """True while a client waits for leave to send its body (RFC 9110 section 10.1.1)."""
        if self._request is None or self._request.version != "HTTP/1.1" or self._buffer:
            return False
        return "100-continue" in members(self._request.headers, "Expect")

    def _take_head(self) -> bytes | None:
        """Cut the next head off the buffer, without its empty line; None if it is not whole yet."""
        # RFC 9112 section 2.2: ignore empty lines in front of a request; some clients send one.
        while self._buffer.startswith(b"\r\n"):
            del self._buffer[:2]
        start = self._buffer[: MAX_REQUEST_LINE + 2]  # the longest line, with its CR LF
        if len(start) == MAX_REQUEST_LINE + 2 and b"\n" not in start:
            status = 414 if b" " in start else 501  # RFC 9112 section 3: 501 if it is the method
            raise HTTPError(status, f"A request line has at most {MAX_REQUEST_LINE} bytes here.")
        end = END_OF_HEAD.search(self._buffer, self._searched)
        if (end.end() if end else len(self._buffer)) > MAX_HEAD:
            raise HTTPError(431, f"The head of a request has at most {MAX_HEAD} bytes here.")
        if end is None:
            self._searched = max(0, len(self._buffer) - 2)
            return None
        self._searched = 0
        head = take(self._buffer, end.end())
        # RFC 9112 section 2.2 allows a bare LF as a line end. Two parsers that differ about it see
        # different requests in the same bytes, so we are as strict as the strictest.
        if head.count(b"\n") != head.count(b"\r\n"):
            raise HTTPError(400, "A line of the head ends in LF alone; CR LF must end each.")
        return head[:-4]


def parse_head(head: bytes) -> Request:
    """Return the request whose head this is, with an empty body.

    >>> parse_head(b"GET /caf%C3%A9?x=1 HTTP/1.1\\r\\nHost: example").path
    '/café'
    """
    # RFC 9112 section 2.2: parse as octets that contain ASCII, never as Unicode text. Latin-1 gives
    # each octet the character of its own number, so nothing can be lost or merged.
    request_line, *field_lines = head.decode("latin-1").split("\r\n")
    method, target, version = parse_request_line(request_line)
    headers = parse_field_lines(field_lines)
    path, query_string, authority = parse_target(method, target)
    check_host(headers, version)
    if authority is not None:
        headers["Host"] = authority  # RFC 9112 section 3.2.2: the target's own host wins.
    return Request(method, target, path, query_string, headers, version=version)


def parse_request_line(line: str) -> tuple[str, str, str]:
    """Return method, request target and version (RFC 9112 section 3).

    >>> parse_request_line("GET / HTTP/1.1")
    ('GET', '/', 'HTTP/1.1')
    """
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        raise HTTPError(400, f"Expected a request line like 'GET / HTTP/1.1', got {line!r}.")
    method, target, major, minor = match.groups()
    if major != "1":
        raise HTTPError(505, f"This server speaks HTTP/1.1 and HTTP/1.0, not HTTP/{major}.{minor}.")
    if method not in METHODS:
        raise HTTPError(501, f"The method {method!r} is not known here (methods are upper case).")
    return method, target, "HTTP/1.0" if minor == "0" else "HTTP/1.1"


def parse_field_lines(lines: list[str]) -> Headers:
    """Return the fields of a head (RFC 9112 section 5).

    >>> parse_field_lines(["Host: example", "Accept:text/html  "]).pairs()
    [('Host', 'example'), ('Accept', 'text/html')]
    """
    if len(lines) > MAX_FIELDS:
        raise HTTPError(431, f"{len(lines)} fields are too many; at most {MAX_FIELDS} may come.")
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        # Two tricks of request smuggling end here. Section 5.1: a blank before the colon makes the
        # name no token. Section 5.2: a folded line begins with a blank, so its name is no token.
        if not colon:
            raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
        try:
            headers.add(name, value.strip(" \t"))
        except ValueError as error:
            raise HTTPError(400, f"Malformed field: {error}.") from None
    return headers


def parse_target(method: str, target: str) -> tuple[str, str, str | None]:
    """Return path, query string and, if the target names one, the host (RFC 9112 section 3.2).

    >>> parse_target("GET", "/a%20b?c=d")
    ('/a b', 'c=d', None)
    >>> parse_target("GET", "http://example:8000?c=d")
    ('/', 'c=d', 'example:8000')
    """
    if target == "*" and method == "OPTIONS":
        return "*", "", None
    match = TARGET.fullmatch(target)
    if match is None or target.startswith("?"):
        raise HTTPError(400, f"Expected a target like '/path?query', got {target!r}.")
    authority, path, query_string = match.groups()
    try:
        path = unquote_to_bytes(path or "/").decode("utf-8")
    except UnicodeDecodeError:
        raise HTTPError(400, f"The path is not UTF-8 once decoded: {path!r}.") from None
    return path, query_string or "", authority


def check_host(headers: Headers, version: str) -> None:
    """RFC 9112 section 3.2: exactly one Host, and a valid one; HTTP/1.0 may come without."""
    hosts = headers.get_all("Host")
    missing_allowed = version == "HTTP/1.0" and not hosts
    if not missing_allowed and (len(hosts) != 1 or not HOST.fullmatch(hosts[0])):
        raise HTTPError(400, f"Expected one Host field, a name and perhaps a port, got {hosts}.")


def body_reader(request: Request) -> "LengthReader | ChunkedReader":
    """Choose how the body is framed: RFC 9112 section 6.3, the rules that speak of requests."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    # Rule 3, and section 6.1 for HTTP/1.0, which has no codings. Of two framings, a proxy may have
    # believed the other one: what we take for a body, it took for a second request.
    if codings and (lengths or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    # Rule 4. Only where chunked comes last can we tell where the body ends. No other is known.
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    # Rule 5. One number in ASCII digits: "+5", "5_0" and " 5" are numbers to int(), not to the RFC.
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    # Rule 7. No framing, no body.
    return LengthReader(body_size(lengths[0], base=10) if lengths else 0)


def body_size(digits: str, base: int, already: int = 0) -> int:
    """Return the number, unless the body would grow beyond MAX_BODY."""
    # The count of digits goes first: int() of a million digits takes its time.
    size = int(digits, base) if len(digits.lstrip("0")) <= 16 else MAX_BODY + 1
    if already + size > MAX_BODY:
        raise HTTPError(413, f"A body has at most {MAX_BODY} bytes here.")
    return size


class LengthReader:
    """A body of a length that is known beforehand (RFC 9112 section 6.2)."""

    def __init__(self, length: int) -> None:
        self._length = length

    def read(self, buffer: bytearray) -> bytes | None:
        return take(buffer, self._length) if len(buffer) >= self._length else None


class ChunkedReader:
    """A body in chunks, each with its size before it: `5 CRLF hello CRLF 0 CRLF CRLF`.

    RFC 9112 section 7.1. Chunk extensions and trailer fields are checked and passed over.
    """

    def __init__(self) -> None:
        self._body = bytearray()
        self._size: int | None = None  # of the chunk whose data is on its way; 0: the last one
        self._trailers: list[str] = []

    def read(self, buffer: bytearray) -> bytes | None:
        """Take what is whole off the buffer; return the body once its end is here, else None."""
        while self._size != 0:
            if self._size is None:
                line = take_line(buffer)
                if line is None:
                    return None
                self._size = parse_chunk_size(line, already=len(self._body))
            elif len(buffer) < self._size + 2:
                return None
            else:
                self._body += take(buffer, self._size)
                if take(buffer, 2) != b"\r\n":
                    raise HTTPError(400, f"CR LF must follow the {self._size} bytes of a chunk.")
                self._size = None
        while (line := take_line(buffer)) is not None:
            if line == b"":
                return bytes(self._body)
            self._trailers.append(line.decode("latin-1"))
            parse_field_lines(self._trailers)  # the rules and the limit are those of the head
        return None


def parse_chunk_size(line: bytes, already: int) -> int:
    """Return the size of a chunk: `1a;name=value` is 26 bytes, with an extension.

    >>> parse_chunk_size(b"1a;name=value", already=0)
    26
    """
    match = CHUNK_SIZE.fullmatch(line)
    if match is None:
        raise HTTPError(400, f"Expected the size of a chunk in hexadecimal, got {line!r}.")
    return body_size(match[1].decode("ascii"), 16, already)


def take(buffer: bytearray, size: int) -> bytes:
    """Cut `size` bytes off the front of the buffer."""
    data = bytes(buffer[:size])
    del buffer[:size]
    return data


def take_line(buffer: bytearray) -> bytes | None:
    """Cut a line off the front of the buffer, its CRLF removed; None if it is not whole yet."""
    end = buffer.find(b"\n", 0, MAX_CHUNK_LINE + 2)
    if end < 0:
        if len(buffer) > MAX_CHUNK_LINE + 1:
            raise HTTPError(400, f"A chunk line has at most {MAX_CHUNK_LINE} bytes here.")
        return None
    line = take(buffer, end + 1)
    if not line.endswith(b"\r\n"):
        raise HTTPError(400, f"A line of a chunked body ends in CR LF, not like {line!r}.")
    return line[:-2]


def serialize_response(response: Response, request: Request | None, keep_alive: bool) -> bytes:
    """Return the answer as it goes over the wire.

    Args:
        response: what the handler gave.
        request: what it answers; None if that could not even be parsed.
        keep_alive: whether the connection stays open afterwards.
    """
    status, headers = response.status, Headers(response.headers)
    # RFC 9110 sections 8.6, 15.3.6 and 15.4.5: none has a body, and a 204 has no length either.
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):  # a handler's own cannot be right
        headers.pop(framing, None)
    if status not in (204, 304):
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(usegmt=True)  # RFC 9110 section 6.6.1
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"  # a 1.0 client does not expect it unless we say so
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    # RFC 9110 section 9.3.2: the answer to HEAD is that to GET, length included, without the body.
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def wants_keep_alive(request: Request) -> bool:
    """Return whether the client lets the connection stay open (RFC 9112 section 9.3)."""
    options = members(request.headers, "Connection")
    return "close" not in options and (request.version == "HTTP/1.1" or "keep-alive" in options)


def members(headers: Headers, name: str) -> list[str]:
    """Return the members of a list, over all fields of this name (RFC 9110 section 5.6.1).

    >>> members(Headers([("Connection", "TE, Close"), ("Connection", "x")]), "Connection")
    ['te', 'close', 'x']
    """
    # Not strip() alone, to which 0xA0 is a blank: "\xa0chunked" is not chunked to anybody else.
    return [part.strip(" \t").lower() for line in headers.get_all(name) for part in line.split(",")]
