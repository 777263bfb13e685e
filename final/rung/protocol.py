"""Bytes in, messages out; messages in, bytes out. Nothing here touches a socket.

Whoever reads the connection feeds this parser with whatever has come, in whatever pieces, and
asks it for requests. So every rule can be tested with bytes alone, and where the stream was cut
makes no difference. RFC 9112 is the grammar, RFC 9110 the meaning.

What the steps have not: limits that an application may choose, bodies that wait in a file, answers
that are streams. And the plain case goes first, because it comes thousands of times a second. What
comes again as it was, byte for byte, is not read again: lines of any client, and a client's head.
"""

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from functools import cached_property, lru_cache
from http import HTTPStatus
from ipaddress import IPv6Address
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from .messages import TOKEN, Headers, HTTPError, Pair, Request, Response, checked_field

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

# An empty line ends the head. A bare LF is looked for too, not to accept it but to refuse it at
# once: whoever waited for CRLF would leave that client hanging.
END_OF_HEAD = re.compile(rb"\n\r?\n")
# RFC 9112 section 2.2 allows a bare LF as a line end. Two parsers that differ about it see
# different requests in the same bytes, so we are as strict as the strictest.
BARE_LF = "A line of the head ends in LF alone; CR LF must end each."
EMPTY_LINES = re.compile(rb"(?:\r\n)*")
REQUEST_LINE = re.compile(rf"({TOKEN.pattern}) ([!-~]+) HTTP/([0-9])\.([0-9])")
# RFC 9110 section 7.2, RFC 3986 section 3.2.2: a name or an address, then perhaps a port. No
# comma and no %, which names could have there: "a,b" is what becomes of two Host fields on the way.
HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+;=-]+)(?::[0-9]{0,5})?", re.ASCII)
PLAIN_HOST = re.compile(r"[\w.-]+(?::[0-9]{1,4})?", re.ASCII)  # what most of them are
# RFC 9112 section 3.2: "/path?query", or "http://host/path?query" as proxies get it (https is no
# promise that we can keep: RFC 9110 section 7.4). As loose as browsers are: any visible ASCII but
# "#"; yet in the path no \, which some take for /, and every % begins two hex digits.
PATH = r"/(?:[!\"$&->@-\[\]-~]|%[0-9A-Fa-f]{2})*"
TARGET = re.compile(rf"(?:(?i:http)://({HOST.pattern}))?({PATH})?(?:\?([!\"$-~]*))?", re.ASCII)
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;[\t -~\x80-\xff]*)?")
SHORT_HEAD = 2048  # bytes
Parts = tuple[str, str, str, str, dict[str, tuple[Pair, ...]], str]  # of a request without a body
Field = tuple[str, tuple[Pair]]  # its key in Headers, and its name and value
# What every answer says by itself. A handler's own could not be right; two would be worse.
OWN_FIELDS = {"content-length", "transfer-encoding", "connection", "date"}
# RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5: none of these has a body, and how each says so.
BODYLESS = {204: "", 205: "Content-Length: 0\r\n", 304: ""}
STATUS_LINES = {status: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


@dataclass(frozen=True)
class Limits:
    """How much of everything a client may send. An application may choose others.

    Attributes:
        request_line: bytes; RFC 9112 section 3 asks for 8000 at least.
        head: bytes of request line and fields together.
        fields: how many field lines; and how many trailer fields.
        body: bytes.
        body_in_memory: bytes; a body that is longer waits in a temporary file.
        chunk_line: bytes of a chunk size with its extensions, or of a trailer field.
    """

    request_line: int = 8000
    head: int = 64 * 1024
    fields: int = 128
    body: int = 16 * 1024 * 1024
    body_in_memory: int = 256 * 1024
    chunk_line: int = 1024

    @cached_property
    def short_head(self) -> int:
        """The bytes of a head that is too short to break any limit of length."""
        return min(self.request_line, self.head - len("\r\n\r\n"))


DEFAULT_LIMITS = Limits()


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

    # Thousands may idle.
    __slots__ = ("_known", "_last", "_limits", "_reader", "_request", "_searched", "unread")

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or DEFAULT_LIMITS
        self.unread = b""  # what has come and belongs to no request yet
        self._searched = 0  # bytes of the buffer in which no head ends
        self._request: Request | None = None  # one whose head is here and whose body is not
        self._reader: LengthReader | ChunkedReader | None = None  # of its body
        self._last = b""  # the last message that was one short head and no body
        self._known: Parts | None = None  # what we have made of it, once it has come twice

    def feed(self, data: bytes) -> None:
        self.unread = self.unread + data if self.unread else data

    def next_request(self) -> Request | None:
        """Return the next whole request, or None until more bytes have come.

        Raises:
            HTTPError: the bytes are no acceptable request. The parser is of no use after that:
                where one message is broken, nobody can tell where the next one begins.
        """
        if self._request is None:
            if self._known is not None and self.unread == self._last:
                self.unread, self._searched = b"", 0
                return make_request(self._known)
            request = self._read_head() if self.unread else None
            if self._request is None:
                return request
        return self._read_body()

    @property
    def is_idle(self) -> bool:
        """True between two requests: not a byte of the next one is here."""
        return self._request is None and not self.unread

    @property
    def is_head(self) -> bool:
        """True if the request that is on its way, or was refused, asks by HEAD."""
        return self._request.method == "HEAD" if self._request else self.unread[:5] == b"HEAD "

    @property
    def received(self) -> int:
        """How many bytes are here of a body that is not whole yet."""
        return self._reader.body.size if self._reader else 0

    @property
    def wants_continue(self) -> bool:
        """True while a client waits for leave to send its body (RFC 9110 section 10.1.1)."""
        if self._request is None or self._request.version != "HTTP/1.1":
            return False
        nothing_came = not self.unread and not self.received
        return nothing_came and "100-continue" in members(self._request.headers, "Expect")

    def close(self) -> None:
        """Give back what holds a body that will never be whole."""
        if self._reader is not None:
            self._reader.body.close()

    def _read_head(self) -> Request | None:
        """Return the next request if it has no body; keep one that has, and a reader of that."""
        message = self.unread
        head = self._take_head()
        if head is None:
            return None
        try:
            request = parse_head(head, self._limits)
            fields = request.headers.by_key
            # RFC 9112 section 6.3, rule 7. No framing, no body.
            if "content-length" not in fields and "transfer-encoding" not in fields:
                if not self.unread and len(message) <= SHORT_HEAD:
                    self._remember(message, request)
                return request
            self._reader = body_reader(request, self._limits)
        except HTTPError as error:
            self.unread = head  # for is_head
            # A bare LF fits into no line, so none has passed. Which it was, is worth saying.
            is_bare_lf = b"\n" in head.replace(b"\r\n", b"")
            raise (HTTPError(400, BARE_LF) if is_bare_lf else error) from None
        self._request = request
        return None

    def _remember(self, message: bytes, request: Request) -> None:
        """Keep what we have made of a message that has come twice now: it will come again."""
        if message != self._last:
            self._last, self._known = message, None
        else:
            fields = request.headers.by_key.copy()  # the request's own may be changed
            start = request.method, request.target, request.path, request.query_string
            self._known = *start, fields, request.version

    def _take_head(self) -> bytes | None:
        """Cut the next head off the buffer, without its empty line; None if it is not whole yet."""
        # RFC 9112 section 2.2: ignore empty lines in front of a request; some clients send one.
        if self.unread.startswith(b"\r\n") and (lines := EMPTY_LINES.match(self.unread)):
            self.unread = self.unread[lines.end() :]
        end = self.unread.find(b"\r\n\r\n")
        if not 0 <= end <= self._limits.short_head and (end := self._find_end_of_head()) < 0:
            return None
        head, self.unread = self.unread[:end], self.unread[end + 4 :]
        self._searched = 0
        return head

    def _find_end_of_head(self) -> int:
        """Return where the lines of the head end, if nothing is too long; -1: not here yet."""
        line, head = self._limits.request_line, self._limits.head
        if len(self.unread) >= line + 2 and self.unread.find(b"\n", 0, line + 2) < 0:
            status = 414 if b" " in self.unread[:line] else 501  # section 3: 501 if it is a method
            raise HTTPError(status, f"A request line has at most {line} bytes here.")
        match = END_OF_HEAD.search(self.unread, self._searched)
        if (match.end() if match else len(self.unread)) > head:
            raise HTTPError(431, f"The head of a request has at most {head} bytes here.")
        if match is None:
            self._searched = max(0, len(self.unread) - 2)
            return -1
        if not self.unread.endswith(b"\r\n\r\n", 0, match.end()):
            raise HTTPError(400, BARE_LF)
        return match.end() - 4

    def _read_body(self) -> Request | None:
        """Move what has come into the body; return the request once that is whole."""
        request, reader = self._request, self._reader
        if request is None or reader is None:
            return None
        try:
            self.unread = reader.read(self.unread)
            if not reader.is_done:
                return None
            request.content = reader.body.finish()
        except OSError as error:  # no place is left on the disk, say
            raise HTTPError(507, f"The body cannot be kept here: {error.strerror}.") from error
        self._request = self._reader = None
        return request


def parse_head(head: bytes, limits: Limits | None = None) -> Request:
    """Return the request whose head this is, with an empty body.

    >>> parse_head(b"GET /caf%C3%A9?x=1 HTTP/1.1\\r\\nHost: example").path
    '/café'
    """
    # RFC 9112 section 2.2: parse as octets that contain ASCII, never as Unicode text. Latin-1 gives
    # each octet the character of its own number, so nothing can be lost or merged.
    line, *field_lines = head.decode("latin-1").split("\r\n")
    is_short = len(head) <= SHORT_HEAD
    start = known_start(line) if is_short else parse_start(line)
    method, target, version, path, query_string, authority = start
    headers = parse_field_lines(field_lines, limits, is_short)
    # RFC 9112 section 3.2: exactly one Host; HTTP/1.0 may come without.
    hosts = headers.by_key.get("host", ())
    if len(hosts) != 1 and (hosts or version != "HTTP/1.0"):
        raise HTTPError(400, f"Expected one Host field, got {len(hosts)}.")
    if authority is not None:
        headers["Host"] = authority  # RFC 9112 section 3.2.2: the target's own host wins.
    return Request(method, target, path, query_string, headers, b"", version)


def make_request(parts: Parts) -> Request:
    method, target, path, query_string, fields, version = parts
    headers = Headers()
    headers.by_key = fields.copy()
    return Request(method, target, path, query_string, headers, b"", version)


def parse_start(line: str) -> tuple[str, str, str, str, str, str | None]:
    """Return what a request line says: method, target, version; path, query string, host."""
    method, target, version = parse_request_line(line)
    return method, target, version, *parse_target(method, target)


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


def parse_field_lines(
    lines: list[str], limits: Limits | None = None, are_short: bool = False
) -> Headers:
    """Return the fields of a head (RFC 9112 section 5); what is short may be remembered.

    >>> parse_field_lines(["Host: example", "Accept:text/html  "]).pairs()
    [('Host', 'example'), ('Accept', 'text/html')]
    """
    most = (limits or DEFAULT_LIMITS).fields
    if len(lines) > most:
        raise HTTPError(431, f"{len(lines)} fields are too many; at most {most} may come.")
    headers = Headers()
    by_key = headers.by_key
    for line in lines:
        key, pairs = KNOWN_FIELDS[line] if are_short else parse_field_line(line)
        by_key[key] = by_key[key] + pairs if key in by_key else pairs
    return headers


def parse_field_line(line: str) -> Field:
    """Return the key of a field in Headers, and its name and value.

    >>> parse_field_line("Accept:text/html  ")
    ('accept', (('Accept', 'text/html'),))
    """
    name, colon, value = line.partition(":")
    value = value.strip(" \t")
    # Two tricks of request smuggling end here. Section 5.1: a blank before the colon makes the
    # name no token. Section 5.2: a folded line begins with a blank, so its name is no token.
    if not colon:
        raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
    try:
        key = checked_field(name, value)
    except ValueError as error:
        raise HTTPError(400, f"Malformed field: {error}.") from None
    if key == "host" and not is_host(value):  # section 3.2
        raise HTTPError(400, f"Expected a name and perhaps a port as Host, got {value!r}.")
    return key, ((name, value),)


class KnownFields(dict[str, Field]):
    """Field lines, and what we have made of them; an lru_cache() would take longer to answer."""

    def __missing__(self, line: str) -> Field:
        if len(self) >= MOST_KNOWN:
            self.clear()
        field = self[line] = parse_field_line(line)
        return field


# A browser sends the same lines with every request, and many browsers send the same. So what we
# have made of them is kept: those of short heads, or a stranger could fill the memory.
MOST_KNOWN = 1024  # lines
KNOWN_FIELDS = KnownFields()
known_start = lru_cache(maxsize=512)(parse_start)


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
    if authority is not None and not is_host(authority):
        raise HTTPError(400, f"The target names no host that could be: {authority!r}.")
    try:
        path = unquote_to_bytes(path or "/").decode("utf-8")
    except UnicodeDecodeError:
        raise HTTPError(400, f"The path is not UTF-8 once decoded: {path!r}.") from None
    return path, query_string or "", authority


def is_host(text: str) -> bool:
    """Return whether this is a name or an address, and perhaps a port.

    >>> [is_host(text) for text in ("example:8000", "[::1]", "[::1::]", "example:80800")]
    [True, True, False, False]
    """
    if PLAIN_HOST.fullmatch(text):
        return True
    if not HOST.fullmatch(text):
        return False
    address, bracket, behind = text.rpartition("]")
    try:
        if bracket:
            IPv6Address(address[1:])
    except ValueError:
        return False
    return int(behind.partition(":")[2] or 0) < 65536


def body_reader(request: Request, limits: Limits) -> "LengthReader | ChunkedReader":
    """Choose how the body is framed: RFC 9112 section 6.3, the rules that speak of requests."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    # Rule 3, and section 6.1 for HTTP/1.0, which has no codings. Of two framings, a proxy may have
    # believed the other one: what we take for a body, it took for a second request.
    if codings and (lengths or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    # Rule 4. Only where chunked comes last can we tell where the body ends. No other is known.
    if codings == ["chunked"]:
        return ChunkedReader(limits)
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    # Rule 5. One number in ASCII digits: "+5", "5_0" and " 5" are numbers to int(), not to the RFC.
    if len(lengths) > 1 or not re.fullmatch("[0-9]+", lengths[0]):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    return LengthReader(body_size(lengths[0], 10, limits), limits)


def body_size(digits: str, base: int, limits: Limits, already: int = 0) -> int:
    """Return the number, unless the body would grow beyond the limit."""
    # The count of digits goes first: int() of a million digits takes its time.
    size = int(digits, base) if len(digits.lstrip("0")) <= 16 else limits.body + 1
    if already + size > limits.body:
        raise HTTPError(413, f"A body has at most {limits.body} bytes here.")
    return size


class Body:
    """What has come of a body: in memory while it is short, in a temporary file from then on.

    Args:
        in_memory: bytes that count as short.
    """

    def __init__(self, in_memory: int) -> None:
        self.size = 0
        self._in_memory = in_memory
        self._start = bytearray()
        self._file: BinaryIO | None = None

    def write(self, data: bytes) -> None:
        """Add bytes. Raises OSError when there is no place for them."""
        self.size += len(data)
        if self.size <= self._in_memory:
            self._start += data
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - Request.close() closes it
            self._file.write(self._start)
            self._start.clear()
        self._file.write(data)

    def finish(self) -> bytes | BinaryIO:
        """Return all of it: bytes, or a file that stands at its beginning."""
        if self._file is None:
            return bytes(self._start)
        self._file.seek(0)  # which also writes what is left in its buffer
        return self._file

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # what had no place before has none now
                self._file.close()


class LengthReader:
    """A body of a length that is known beforehand (RFC 9112 section 6.2)."""

    def __init__(self, length: int, limits: Limits) -> None:
        self.body = Body(limits.body_in_memory)
        self._missing = length

    @property
    def is_done(self) -> bool:
        return self._missing == 0

    def read(self, data: bytes) -> bytes:
        """Take what belongs to the body; return what stands behind it."""
        taken = data[: self._missing]
        self.body.write(taken)
        self._missing -= len(taken)
        return data[len(taken) :]


class ChunkedReader:
    """A body in chunks, each with its size before it: `5 CRLF hello CRLF 0 CRLF CRLF`.

    RFC 9112 section 7.1. Chunk extensions and trailer fields are checked and passed over.
    """

    def __init__(self, limits: Limits) -> None:
        self.body = Body(limits.body_in_memory)
        self.is_done = False
        self._limits = limits
        self._extensions = 0  # bytes
        self._size: int | None = None  # of the chunk that is on its way; 0: the last one
        self._missing = 0  # bytes of that chunk
        self._trailers: list[str] = []

    def read(self, data: bytes) -> bytes:
        """Take what belongs to the body; return what stands behind it, or is no whole line yet."""
        position: int | None = 0
        while position is not None and not self.is_done:
            start = position
            position = self._read_data(data, start) if self._size else self._read_line(data, start)
        return data[start if position is None else position :]

    def _read_line(self, data: bytes, start: int) -> int | None:
        """Read a chunk size or, behind the last chunk, a trailer field or the empty line."""
        line = find_line(data, start, self._limits.chunk_line)
        if line is None:
            return None
        if self._size is None:
            self._size = self._missing = parse_chunk_size(line, self.body.size, self._limits)
            # Section 7.1.1: or a body of tiny chunks brings a thousand times its size with it.
            self._extensions += len(line.partition(b";")[2])
            if self._extensions > self._limits.head:
                raise HTTPError(400, "The chunks bring too much besides the body.")
        elif line:
            self._trailers.append(line.decode("latin-1"))
            parse_field_lines(self._trailers, self._limits)  # rules and limit are those of the head
        else:
            self.is_done = True
        return start + len(line) + 2

    def _read_data(self, data: bytes, start: int) -> int | None:
        """Read what is here of a chunk and, once it is whole, the CR LF behind it."""
        if self._missing:
            taken = data[start : start + self._missing]
            self.body.write(taken)
            self._missing -= len(taken)
            return start + len(taken) if taken else None
        end = data[start : start + 2]
        if not b"\r\n".startswith(end):
            raise HTTPError(400, f"CR LF must follow the {self._size} bytes of a chunk.")
        if len(end) < 2:
            return None
        self._size = None
        return start + 2


def parse_chunk_size(line: bytes, already: int, limits: Limits | None = None) -> int:
    """Return the size of a chunk: `1a;name=value` is 26 bytes, with an extension.

    >>> parse_chunk_size(b"1a;name=value", already=0)
    26
    """
    match = CHUNK_SIZE.fullmatch(line)
    if match is None:
        raise HTTPError(400, f"Expected the size of a chunk in hexadecimal, got {line!r}.")
    return body_size(match[1].decode("ascii"), 16, limits or DEFAULT_LIMITS, already)


def find_line(data: bytes, start: int, longest: int) -> bytes | None:
    """Return the line that begins at `start`, its CR LF removed; None if it is not whole yet."""
    end = data.find(b"\n", start, start + longest + 2)
    if end < 0:
        if len(data) - start > longest + 1:
            raise HTTPError(400, f"A chunk line has at most {longest} bytes here.")
        return None
    line = data[start : end + 1]
    if not line.endswith(b"\r\n"):
        raise HTTPError(400, f"A line of a chunked body ends in CR LF, not like {line!r}.")
    return line[:-2]


def serialize_response(response: Response, request: Request | None, keep_alive: bool) -> bytes:
    """Return the answer as it goes over the wire; of a stream, its head.

    Args:
        response: what the handler gave.
        request: what it answers; None if that could not even be parsed.
        keep_alive: whether the connection stays open afterwards.
    """
    status, body = response.status, response.body
    if isinstance(body, bytes):
        framing = f"Content-Length: {len(body)}\r\n"
    else:
        framing, body = stream_framing(response, request), b""
    if status in BODYLESS:
        framing, body = BODYLESS[status], b""
    elif request is not None and request.method == "HEAD":
        body = b""  # RFC 9110 section 9.3.2: the answer is that to GET, length included, without it
    if not keep_alive:
        framing += "Connection: close\r\n"
    elif request is not None and request.version == "HTTP/1.0":
        framing += "Connection: keep-alive\r\n"  # a 1.0 client expects it only if we say so
    fields = ""
    for key, pairs in response.headers.by_key.items():
        if key not in OWN_FIELDS:
            for name, value in pairs:
                fields += f"{name}: {value}\r\n"
    head = f"{STATUS_LINES[status]}{fields}{framing}Date: {CLOCK.date()}\r\n\r\n"
    return head.encode("latin-1") + body


def stream_framing(response: Response, request: Request | None) -> str:
    """Return the field that says how a stream ends; none if the end of the connection says it."""
    length = stream_length(response)
    if length is not None:
        return f"Content-Length: {length}\r\n"
    return "Transfer-Encoding: chunked\r\n" if takes_chunks(request) else ""


def stream_pieces(response: Response, request: Request) -> Iterator[bytes]:
    """Yield what follows the head of a stream, ready to be sent.

    Three framings (RFC 9112 section 6.3): by a length that the handler knows; in chunks; and for
    HTTP/1.0, which has no chunks, up to the end of the connection.

    Raises:
        ValueError: the stream is longer or shorter than its Content-Length.
    """
    length, size = stream_length(response), 0
    chunked = length is None and takes_chunks(request)
    for piece in response.body:
        if not isinstance(piece, bytes):
            raise TypeError(f"a stream yields bytes, not {piece!r}")
        size += len(piece)
        if length is not None and size > length:
            break
        if piece:  # a chunk of no bytes would be the end (section 7.1)
            yield b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
    if length not in (None, size):
        raise ValueError(f"a stream of {length} bytes, as its Content-Length says, has {size}")
    if chunked:
        yield b"0\r\n\r\n"


def stream_length(response: Response) -> int | None:
    """Return how long a stream is, if anybody knows: its Content-Length is believed.

    Raises:
        ValueError: that is no number.
    """
    length = response.headers.get("Content-Length")
    if length and not (length.isascii() and length.isdigit()):
        raise ValueError(f"expected a Content-Length in decimal digits, not {length!r}")
    return int(length) if length else None


def takes_chunks(request: Request | None) -> bool:
    """RFC 9112 section 6.1: chunks are never sent to a client of HTTP/1.0."""
    return request is not None and request.version == "HTTP/1.1"


def has_content(response: Response, request: Request) -> bool:
    """Return whether a body follows the head of an answer."""
    return response.status not in BODYLESS and request.method != "HEAD"


class Clock:
    """The time as answers tell it (RFC 9110 section 6.6.1): written anew only once a second."""

    def __init__(self) -> None:
        self._second = self._next = 0.0
        self._date = ""

    def date(self) -> str:
        now = time.time()
        if not self._second <= now < self._next:
            # The text first: another thread that sees the new second takes it for this one's.
            self._date = formatdate(now, usegmt=True)
            self._second = now // 1
            self._next = self._second + 1
        return self._date


CLOCK = Clock()


def wants_keep_alive(request: Request) -> bool:
    """Return whether the client lets the connection stay open (RFC 9112 section 9.3)."""
    if "connection" not in request.headers.by_key:
        return request.version == "HTTP/1.1"
    options = members(request.headers, "Connection")
    return "close" not in options and (request.version == "HTTP/1.1" or "keep-alive" in options)


def can_keep_alive(response: Response, request: Request) -> bool:
    """Return whether the connection stays open: nobody minds, and the answer's end shows."""
    fields = response.headers.by_key
    if "connection" in fields and "close" in members(response.headers, "Connection"):
        return False
    if not wants_keep_alive(request):
        return False
    return isinstance(response.body, bytes) or stream_framing(response, request) != ""


def members(headers: Headers, name: str) -> list[str]:
    """Return the members of a list, over all fields of this name (RFC 9110 section 5.6.1).

    >>> members(Headers([("Connection", "TE, Close"), ("Connection", "x")]), "Connection")
    ['te', 'close', 'x']
    """
    # Not strip() alone, to which 0xA0 is a blank: "\xa0chunked" is not chunked to anybody else.
    return [part.strip(" \t").lower() for line in headers.get_all(name) for part in line.split(",")]
