"""The two nouns of the course: Request and Response, and the fields that both carry.

Bytes on the wire, str above it. Nothing here reads bytes off a connection (that is protocol.py)
and nothing here knows who answers a request.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

Pairs = Mapping[str, str] | Iterable[tuple[str, str]]

# RFC 9110 section 5.6.2: the characters of names, of methods and of cookie names.
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# RFC 9110 section 5.5: visible characters, blanks and tabs. CR, LF and NUL are not among them: a
# value that could hold CR LF could start a second field, or a second answer.
FIELD_VALUE = re.compile(r"[\t -~\x80-\xff]*")
# RFC 6265 section 4.1.1: visible ASCII but " , ; and \; a path holds no ; either.
COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]*")
COOKIE_PATH = re.compile(r"/[ -:<-~]*")

MAX_FORM_FIELDS = 1000  # a million tiny fields cost far more memory than the bytes they came in


class MultiDict(MutableMapping[str, str]):
    """Names and values in the order of arrival, where a name may come more than once.

    >>> tags = MultiDict([("tag", "a"), ("tag", "b")])
    >>> tags["tag"], tags.get_all("tag")
    ('a', ['a', 'b'])
    """

    def __init__(self, pairs: Pairs = ()) -> None:
        self._values: dict[str, list[tuple[str, str]]] = {}
        if isinstance(pairs, MultiDict):
            pairs = pairs.pairs()
        for name, value in pairs.items() if isinstance(pairs, Mapping) else pairs:
            self.add(name, value)

    def key(self, name: str) -> str:
        """Return what two names have in common when they mean the same."""
        return name

    def add(self, name: str, value: str) -> None:
        """Add a value and keep those that the name already has."""
        self._values.setdefault(self.key(name), []).append((name, value))

    def get_all(self, name: str) -> list[str]:
        return [value for _name, value in self._values.get(self.key(name), [])]

    def pairs(self) -> list[tuple[str, str]]:
        """Return every name with every one of its values."""
        return [pair for pairs in self._values.values() for pair in pairs]

    def __getitem__(self, name: str) -> str:
        return self._values[self.key(name)][0][1]

    def __setitem__(self, name: str, value: str) -> None:
        self._values.pop(self.key(name), None)
        self.add(name, value)

    def __delitem__(self, name: str) -> None:
        del self._values[self.key(name)]

    def __iter__(self) -> Iterator[str]:
        return (pairs[0][0] for pairs in self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pairs()!r})"


class Headers(MultiDict):
    """The field lines of a message: case does not matter in names, and only valid fields fit in.

    One rule guards both ways: a request with a malformed field is refused, and no view can send a
    field that the client would read as two.

    >>> Headers({"Content-Type": "text/plain"})["content-type"]
    'text/plain'
    """

    def key(self, name: str) -> str:
        return name.lower()

    def add(self, name: str, value: str) -> None:
        """Add a field.

        Raises:
            ValueError: the name is no token, or the value holds CR, LF, NUL or characters beyond
                ISO 8859-1 (RFC 9110 section 5).
        """
        if not TOKEN.fullmatch(name):
            raise ValueError(f"a field name is made of letters, digits and hyphens, not {name!r}")
        if not FIELD_VALUE.fullmatch(value):
            raise ValueError(f"the value of {name} must be one line of Latin-1 text, not {value!r}")
        super().add(name, value)


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


@dataclass
class Request:
    """What a client asks for.

    Attributes:
        method: "GET", "POST", ...: case matters (RFC 9110 section 9.1).
        target: the request target as it came: "/search?q=caf%C3%A9".
        path: the decoded path: "/search".
        query_string: what came after the "?", still encoded: "q=caf%C3%A9".
        headers: the field lines.
        body: the content, whole.
        version: "HTTP/1.1" or "HTTP/1.0".
        context: what one layer leaves for the next: a before function writes, a view reads.
    """

    method: str
    target: str
    path: str
    query_string: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    version: str = "HTTP/1.1"
    context: dict[str, Any] = field(default_factory=dict)

    # Most requests never look at most of these, so each is made on first use and then kept.

    @cached_property
    def query(self) -> MultiDict:
        return parse_urlencoded(self.query_string)

    @cached_property
    def cookies(self) -> dict[str, str]:
        return parse_cookies("; ".join(self.headers.get_all("Cookie")))

    @cached_property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case: "application/json"."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @cached_property
    def text(self) -> str:
        try:
            return self.body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise HTTPError(400, f"The body is not UTF-8: {error}.") from None

    @cached_property
    def form(self) -> MultiDict:
        """The fields of a submitted form; empty when the body is something else."""
        if self.content_type != "application/x-www-form-urlencoded":
            return MultiDict()
        return parse_urlencoded(self.text)

    @cached_property
    def json(self) -> Any:
        """The value of a JSON body.

        Raises:
            HTTPError: 415 if the Content-Type is not JSON, 400 if the body is not.
        """
        if self.content_type != "application/json" and not self.content_type.endswith("+json"):
            given = self.content_type or "nothing"
            raise HTTPError(415, f"Expected Content-Type: application/json, got {given}.")
        try:
            return json.loads(self.text, parse_constant=refuse_constant, parse_float=finite)
        except (ValueError, RecursionError) as error:
            raise HTTPError(400, f"The body is not JSON: {error}.") from None


class Response:
    """What the client gets.

    Args:
        body: text is encoded as UTF-8.
        status: a status code (RFC 9110 section 15).
        content_type: the Content-Type field, unless `headers` has one; "" for none.
        headers: further fields.

    Raises:
        ValueError: there is no such status, or a field is malformed.
    """

    def __init__(
        self,
        body: str | bytes = b"",
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
        headers: Pairs = (),
    ) -> None:
        self.body = body.encode() if isinstance(body, str) else body
        self.status = HTTPStatus(status)
        self.headers = Headers(headers)
        if content_type:
            self.headers.setdefault("Content-Type", content_type)

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

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse what could not be sent at the line that sets it, not when the answer goes out."""
        if name == "status" and (value := HTTPStatus(value)) < 200:
            raise ValueError(f"{value} is no answer yet (RFC 9110 section 15.2)")
        if name == "body" and isinstance(value, str):
            value = value.encode()
        if name == "body" and not isinstance(value, bytes):
            raise TypeError(f"a body is text or bytes, not {value!r}")
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        return f"<Response {self.status.value}, {len(self.body)} bytes>"


# Every layer of the course is one of these, calls one, or wraps one.
Handler = Callable[[Request], Response]


def parse_urlencoded(text: str) -> MultiDict:
    """Return the fields of a query or of a form (the URL Standard, section 5.1).

    >>> parse_urlencoded("q=caf%C3%A9+au+lait&tag=a&tag=b&empty").pairs()
    [('q', 'café au lait'), ('tag', 'a'), ('tag', 'b'), ('empty', '')]
    """
    fields = [part for part in text.split("&") if part]
    if len(fields) > MAX_FORM_FIELDS:
        raise HTTPError(400, f"{len(fields)} fields; at most {MAX_FORM_FIELDS} may come.")
    pairs = (part.partition("=") for part in fields)
    return MultiDict((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)


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
