"""The two nouns of the course: Request and Response, and the fields that both carry.

Bytes on the wire, str above it. Nothing here reads bytes off a connection (that is protocol.py)
and nothing here knows who answers a request.
"""

import io
import json
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from .multipart import Files

Pair = tuple[str, str]  # a name and a value
Pairs = Mapping[str, str] | Iterable[Pair]
Body = bytes | Iterable[bytes]  # of a response: all at once, or piece by piece

# RFC 9110 section 5.6.2: the characters of names, of methods and of cookie names.
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# RFC 9110 section 5.5: visible characters, blanks and tabs. CR, LF and NUL are not among them: a
# value that could hold CR LF could start a second field, or a second answer.
FIELD_VALUE = re.compile(r"[\t -~\x80-\xff]*")
# RFC 6265 section 4.1.1: visible ASCII but " , ; and \; a path holds no ; either.
COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]*")
COOKIE_PATH = re.compile(r"/[ -:<-~]*")

MAX_FORM_FIELDS = 1000  # a million tiny fields cost far more memory than the bytes they came in
MAX_TEXT = 2 * 1024 * 1024  # bytes of JSON or of a form's texts; as objects they take tenfold
MAX_DEPTH = 100  # of JSON: lists in lists; a function that calls itself for each fails at 1000

STATUSES = {status.value: status for status in HTTPStatus if status >= 200}  # those of an answer


class MultiDict(MutableMapping[str, str]):
    """Names and values in the order of arrival, where a name may come more than once.

    >>> tags = MultiDict([("tag", "a"), ("tag", "b")])
    >>> tags["tag"], tags.get_all("tag")
    ('a', ['a', 'b'])

    Attributes:
        by_key: the pairs under key(name); for who asks so often that a method call is too much.
    """

    __slots__ = ("by_key",)

    def __init__(self, pairs: Pairs = ()) -> None:
        self.by_key: dict[str, tuple[Pair, ...]] = {}
        if not pairs:
            return
        if isinstance(pairs, MultiDict):
            pairs = pairs.pairs()
        for name, value in pairs.items() if isinstance(pairs, Mapping) else pairs:
            self.add(name, value)

    def key(self, name: str) -> str:
        """Return what two names have in common when they mean the same."""
        return name

    def add(self, name: str, value: str) -> None:
        """Add a value and keep those that the name already has."""
        key = self.key(name)
        self.by_key[key] = (*self.by_key.get(key, ()), (name, value))

    def get_all(self, name: str) -> list[str]:
        return [value for _name, value in self.by_key.get(self.key(name), ())]

    def pairs(self) -> list[Pair]:
        """Return every name with every one of its values."""
        return [pair for pairs in self.by_key.values() for pair in pairs]

    def get(self, name: str, default: Any = None) -> Any:
        pairs = self.by_key.get(self.key(name))
        return pairs[0][1] if pairs else default

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.key(name) in self.by_key

    def __getitem__(self, name: str) -> str:
        return self.by_key[self.key(name)][0][1]

    def __setitem__(self, name: str, value: str) -> None:
        self.by_key.pop(self.key(name), None)
        self.add(name, value)

    def __delitem__(self, name: str) -> None:
        del self.by_key[self.key(name)]

    def __iter__(self) -> Iterator[str]:
        return (pairs[0][0] for pairs in self.by_key.values())

    def __len__(self) -> int:
        return len(self.by_key)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pairs()!r})"


class Headers(MultiDict):
    """The field lines of a message: case does not matter in names, and only valid fields fit in.

    One rule guards both ways: a request with a malformed field is refused, and no view can send a
    field that the client would read as two.

    >>> Headers({"Content-Type": "text/plain"})["content-type"]
    'text/plain'
    """

    __slots__ = ()

    def key(self, name: str) -> str:
        return name.lower()

    def add(self, name: str, value: str) -> None:
        """Add a field.

        Raises:
            ValueError: the name is no token, or the value holds CR, LF, NUL or characters beyond
                ISO 8859-1 (RFC 9110 section 5).
        """
        key = checked_field(name, value)
        self.by_key[key] = (*self.by_key.get(key, ()), (name, value))


class HTTPError(Exception):
    """An error that is an answer: a status, and a sentence for whoever asked.

    >>> print(HTTPError(404, "There is no such post."))
    404 Not Found: There is no such post.
    """

    def __init__(self, status: int, message: str = "", headers: Pairs = ()) -> None:
        self.status = HTTPStatus(status)
        self.message = message or self.status.description or self.status.phrase
        self.headers = Headers(headers)
        super().__init__(f"{status} {self.status.phrase}: {self.message}")

    def to_response(self) -> "Response":
        text = f"{self.status.value} {self.status.phrase}\n\n{self.message}\n"
        body = text.encode("utf-8", "backslashreplace")  # the message may quote half a character
        return Response(body, self.status, "text/plain; charset=utf-8", self.headers)


class MissingField(HTTPError, KeyError):
    """A view asks a form or a query for what has not come: the client's mistake, not a bug."""

    def __init__(self, name: str) -> None:
        super().__init__(400, f"The field {name!r} is missing.")


class Fields(MultiDict):
    """The fields of a form or of a query: those that a view needs, and those that came.

    >>> Fields([("tag", "a")])["page"]
    Traceback (most recent call last):
    MissingField: "400 Bad Request: The field 'page' is missing."
    """

    def __getitem__(self, name: str) -> str:
        if name not in self.by_key:
            raise MissingField(name)
        return super().__getitem__(name)


class Request:
    """What a client asks for.

    Args:
        method: "GET", "POST", ...: case matters (RFC 9110 section 9.1).
        target: the request target as it came: "/search?q=caf%C3%A9".
        path: the decoded path: "/search".
        query_string: what came after the "?", still encoded: "q=caf%C3%A9".
        headers: the field lines.
        body: the content: bytes or, when there is much of it, a file that holds it.
        version: "HTTP/1.1" or "HTTP/1.0".

    Attributes:
        context: what one layer leaves for the next: a before function writes, a view reads.
        remote_address: the IP address of who sent it; "" where there is no connection. Behind a
            proxy, that is the proxy's (see proxy.py).
        scheme: "https" when it came over TLS, which only a proxy in front of us knows.
    """

    remote_address = ""
    scheme = "http"

    def __init__(
        self,
        method: str,
        target: str,
        path: str,
        query_string: str = "",
        headers: Headers | None = None,
        body: bytes | BinaryIO = b"",
        version: str = "HTTP/1.1",
        context: dict[str, Any] | None = None,
    ) -> None:
        self.method = method
        self.target = target
        self.path = path
        self.query_string = query_string
        self.headers = Headers() if headers is None else headers
        self.content = body
        self.version = version
        self.context: dict[str, Any] = {} if context is None else context

    @property
    def body(self) -> bytes:
        """The content, whole. What may be large, a view reads from `stream`, piece by piece."""
        if isinstance(self.content, bytes):
            return self.content
        self.content.seek(0)
        body = self.content.read()
        self.content.seek(0)
        return body

    @property
    def size(self) -> int:
        """The length of the content in bytes."""
        if isinstance(self.content, bytes):
            return len(self.content)
        return os.fstat(self.content.fileno()).st_size

    @cached_property
    def stream(self) -> BinaryIO:
        """The content as a file: `while piece := request.stream.read(65536)`."""
        return io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content

    def close(self) -> None:
        """Give back what holds the content; the server calls this when the answer is out."""
        if not isinstance(self.content, bytes):
            self.content.close()

    # Most requests never look at most of these, so each is made on first use and then kept.

    @cached_property
    def query(self) -> Fields:
        return parse_urlencoded(self.query_string)

    @cached_property
    def cookies(self) -> dict[str, str]:
        return parse_cookies("; ".join(self.headers.get_all("Cookie")))

    @cached_property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case: "application/json"."""
        value: str = self.headers.get("Content-Type", "")
        return value.partition(";")[0].strip().lower()

    @cached_property
    def text(self) -> str:
        """The body as text.

        Raises:
            HTTPError: 413 if it is too long for a text, 400 if it is not UTF-8.
        """
        if self.size > MAX_TEXT:
            raise HTTPError(413, f"A text has at most {MAX_TEXT} bytes here, not {self.size}.")
        try:
            return self.body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise HTTPError(400, f"The body is not UTF-8: {error}.") from None

    @cached_property
    def form(self) -> Fields:
        """The fields of a submitted form; empty when the body is something else."""
        if self.content_type == "application/x-www-form-urlencoded":
            return parse_urlencoded(self.text)
        return self._multipart[0]

    @cached_property
    def files(self) -> "Files":
        """The files of a submitted form (its enctype must be multipart/form-data)."""
        return self._multipart[1]

    @cached_property
    def _multipart(self) -> "tuple[Fields, Files]":
        from .multipart import Files, parse_multipart  # here, because it builds on this module

        if self.content_type != "multipart/form-data":
            return Fields(), Files()
        form = parse_multipart(self.stream, self.headers["Content-Type"])
        self.stream.seek(0)  # a view may want to read it for itself
        return form

    @cached_property
    def json(self) -> Any:
        """The value of a JSON body.

        Raises:
            HTTPError: 415 if the Content-Type is not JSON, 400 if the body is not, 413 if it is too
                long.
        """
        if self.content_type != "application/json" and not self.content_type.endswith("+json"):
            given = self.content_type or "nothing"
            raise HTTPError(415, f"Expected Content-Type: application/json, got {given}.")
        try:
            value = json.loads(
                self.text,
                object_pairs_hook=unique,
                parse_constant=refuse_constant,
                parse_float=finite,
            )
            check_depth(value)
        except (ValueError, RecursionError) as error:
            raise HTTPError(400, f"The body is not JSON: {error}.") from None
        return value


class Response:
    """What the client gets.

    Args:
        body: text is encoded as UTF-8. A generator's pieces go out as it yields them, so that an
            answer may be longer than the memory, or than anybody knows beforehand.
        status: a status code (RFC 9110 section 15).
        content_type: the Content-Type field, unless `headers` has one; "" for none.
        headers: further fields. A Content-Length counts for a stream only: it must be its length.

    Raises:
        ValueError: there is no such status, or a field is malformed.
        TypeError: the body is none.
    """

    body: Body
    status: HTTPStatus
    headers: Headers

    def __init__(
        self,
        body: str | Body = b"",
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
        headers: Pairs = (),
    ) -> None:
        fields = Headers(headers)
        if content_type and "content-type" not in fields.by_key:
            fields.by_key["content-type"] = known_content_type(content_type)
        attributes = self.__dict__  # past our own __setattr__(): what it would check is checked
        attributes["body"] = body.encode() if isinstance(body, str) else checked_body(body)
        attributes["status"] = STATUSES.get(status) or checked_status(status)
        attributes["headers"] = fields

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse what could not be sent at the line that sets it, not when the answer goes out."""
        if name == "body":
            value = checked_body(value)
        elif name == "status":
            value = checked_status(value)
        super().__setattr__(name, value)

    def close(self) -> None:
        """End a stream, wherever it is; the server calls this, also when the client has gone."""
        if hasattr(self.body, "close"):
            self.body.close()

    def set_cookie(
        self,
        name: str,
        value: str,
        max_age: int | None = None,
        path: str = "/",
        secure: bool = False,
        http_only: bool = True,
        same_site: str = "Lax",
    ) -> None:
        """Ask the browser to send `name=value` back with its next requests (RFC 6265 section 4.1).

        Args:
            max_age: seconds to keep it; None: until the browser closes; 0: throw it away now.
            path: the cookie goes with requests for this path and what lies below.
            secure: only over TLS.
            http_only: scripts on the page cannot read it.
            same_site: "Lax": a form on somebody else's page does not send it; "Strict", "None".

        Raises:
            ValueError: a character that a cookie cannot hold; encode the value first.
        """
        if not TOKEN.fullmatch(name) or not COOKIE_VALUE.fullmatch(value):
            problem = "a cookie holds visible ASCII without quotes , ; and \\"
            raise ValueError(f"{problem}; encode what is else: {name}={value!r}")
        if not COOKIE_PATH.fullmatch(path):
            raise ValueError(f"the path of a cookie begins with / and has no ; in it, not {path!r}")
        if same_site == "None" and not secure:
            raise ValueError("browsers refuse SameSite=None without secure=True")
        attributes = [f"{name}={value}", f"Path={path}"]
        if max_age is not None:
            attributes.append(f"Max-Age={max_age}")
        if max_age == 0:  # for old clients, which know only the date (RFC 6265 section 4.1.2.2)
            attributes.append("Expires=Thu, 01 Jan 1970 00:00:00 GMT")
        if secure:
            attributes.append("Secure")
        if http_only:
            attributes.append("HttpOnly")
        attributes.append(f"SameSite={same_site}")
        self.headers.add("Set-Cookie", "; ".join(attributes))

    def delete_cookie(self, name: str, path: str = "/") -> None:
        """Ask the browser to forget a cookie; the path must be the one it was set with."""
        self.set_cookie(name, "", max_age=0, path=path)

    def __repr__(self) -> str:
        size = f"{len(self.body)} bytes" if isinstance(self.body, bytes) else "a stream"
        return f"<Response {self.status.value}, {size}>"


def checked_field(name: str, value: str) -> str:
    """Return the key of a field in Headers. ValueError: see Headers.add()."""
    key = known_key(name) if len(name) <= SHORT_NAME else field_key(name)
    # Printable ASCII needs no closer look; Python tells that faster than a regular expression.
    if not (value.isascii() and value.isprintable()) and not FIELD_VALUE.fullmatch(value):
        raise ValueError(f"the value of {name} must be one line of Latin-1 text, not {value!r}")
    return key


def field_key(name: str) -> str:
    if not TOKEN.fullmatch(name):
        raise ValueError(f"a field name is made of letters, digits and hyphens, not {name!r}")
    return name.lower()


# The same names come again and again; only short ones are kept, or strangers could fill the memory.
SHORT_NAME = 64  # characters
known_key = lru_cache(maxsize=512)(field_key)


@lru_cache(maxsize=64)
def known_content_type(content_type: str) -> tuple[Pair]:
    checked_field("Content-Type", content_type)
    return (("Content-Type", content_type),)


def checked_body(body: str | Body) -> Body:
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes) or (isinstance(body, Iterable) and not isinstance(body, Mapping)):
        return body
    raise TypeError(f"a body is text, bytes or an iterable of bytes, not {body!r}")


def checked_status(status: int) -> HTTPStatus:
    if status in STATUSES:
        return STATUSES[status]
    problem = "is no answer yet" if 100 <= status < 200 else "is none that we know"
    raise ValueError(f"the status {status} {problem} (RFC 9110 section 15)")


# Every layer of the course is one of these, calls one, or wraps one.
Handler = Callable[[Request], Response]


def parse_urlencoded(text: str) -> Fields:
    """Return the fields of a query or of a form (the URL Standard, section 5.1).

    >>> parse_urlencoded("q=caf%C3%A9+au+lait&tag=a&tag=b&empty").pairs()
    [('q', 'café au lait'), ('tag', 'a'), ('tag', 'b'), ('empty', '')]
    """
    if text.count("&") >= MAX_FORM_FIELDS:  # before a million of them are made
        raise HTTPError(400, f"{text.count('&') + 1} fields; at most {MAX_FORM_FIELDS} may come.")
    pairs = (part.partition("=") for part in text.split("&") if part)
    return Fields((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)


def parse_cookies(text: str) -> dict[str, str]:
    """Return the cookies of a Cookie field (RFC 6265 section 4.2).

    Of two cookies with one name the first wins: browsers send the one with the longer path first.

    >>> parse_cookies('theme=dark; id="42"; theme=light')
    {'theme': 'dark', 'id': '42'}
    """
    cookies: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.strip(" \t").partition("=")
        if equals:
            cookies.setdefault(name.rstrip(" \t"), value.strip(" \t").strip('"'))
    return cookies


def refuse_constant(name: str) -> None:
    """JSON has no NaN and no infinity (RFC 8259 section 6); Python's reader would take them."""
    raise ValueError(f"{name} is not a JSON value")


def finite(digits: str) -> float:
    """1e999 is a JSON number, and infinity as a float; no JSON could be made of that again."""
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits} is too large a number")
    return number


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object that these pairs make, if no name comes twice.

    Attack: RFC 8259 section 4 leaves open which of two values counts. Who checks a message may take
    the first, and who acts on it the last.
    """
    value = dict(pairs)
    if len(value) < len(pairs):
        name, _count = Counter(name for name, _value in pairs).most_common(1)[0]
        raise ValueError(f"the name {name!r} comes more than once")
    return value


def check_depth(value: Any) -> None:
    """Refuse a value of JSON that is nested too deeply.

    Level by level; a function that calls itself for each would be the one that fails.

    Raises:
        ValueError: there are more than MAX_DEPTH levels.
    """
    containers: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        insides = (each.values() if isinstance(each, dict) else each for each in containers)
        containers = [
            each for inside in insides for each in inside if isinstance(each, dict | list)
        ]
        if not containers:
            return
    raise ValueError(f"more than {MAX_DEPTH} lists and objects stand in each other")
