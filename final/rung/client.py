"""A visitor without a browser and without a network: for the tests of an application.

A request goes the real way but for the socket. It is made into bytes, and the server's own parser
reads them; the answer is made into bytes, too, and the standard library's client reads those. So a
test meets the limits, the refusals and the framing that a browser would meet.
"""

import json as json_module
import re
import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partialmethod
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote, urlencode, urljoin
from urllib.request import Request as Errand

from .csrf import FIELD
from .messages import Handler, Headers, HTTPError, Pairs
from .protocol import Limits, RequestParser, has_content, serialize_response, stream_pieces

MAX_REDIRECTS = 10
REPEATED = (307, 308)  # RFC 9110 section 15.4: these ask for the same request again
CSRF_INPUT = re.compile(rf'name="{FIELD}" value="([^"]+)"')
FORM_TYPE = "application/x-www-form-urlencoded"

Form = Mapping[str, str | list[str]]
File = tuple[str, bytes, str]  # its name, its content, its type
Content = tuple[str, bytes]  # its type, and the bytes


@dataclass
class Answer:
    """What came back.

    Attributes:
        url: the address that answered: behind redirects, the last one.
        error: the exception that the application has answered with a 500.
    """

    url: str
    status: int
    headers: Headers
    body: bytes
    error: BaseException | None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json_module.loads(self.body)

    @property
    def csrf_token(self) -> str:
        """The token of the first form on this page; "" if it has none."""
        found = CSRF_INPUT.search(self.text)
        return found[1] if found else ""


class Client:
    """Somebody who visits an application, and keeps the cookies that it gives.

    >>> from .app import App
    >>> app = App()
    >>> @app.post("/hello")
    ... def hello(request):
    ...     return {"hello": request.form["name"]}
    >>> client = Client(app)
    >>> client.post("/hello", form={"name": "Zoë"}).json
    {'hello': 'Zoë'}
    >>> client.get("/hello").status
    405

    An exception that the handler does not answer is raised in the test. (An App answers every one:
    look at the answer's `error` there.)

    Args:
        handler: what to visit.
        site: what it is called; redirects to another one are not followed. With https, the requests
            come as they would from a proxy with TLS that is trusted.
        remote_address: where the requests come from.
        headers: of every request: {"Accept": "text/html"}.
        limits: those that the server would be given.

    Attributes:
        jar: the cookies, in the standard library's own jar, which knows lifetimes and paths.
    """

    def __init__(
        self,
        handler: Handler,
        site: str = "http://localhost",
        remote_address: str = "127.0.0.1",
        headers: Pairs = (),
        limits: Limits | None = None,
    ) -> None:
        self.handler = handler
        self.site = site
        self.remote_address = remote_address
        self.headers = Headers(headers)
        self.limits = limits
        self.jar = CookieJar()

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.jar}

    def request(
        self,
        method: str,
        path: str,
        form: Form | None = None,
        files: Mapping[str, File] | None = None,
        json: Any = None,
        body: bytes = b"",
        headers: Pairs = (),
        follow: bool = False,
    ) -> Answer:
        """Send a request, and return what comes back. get(), post() and so on do the same.

        Args:
            path: with its query; what a URL cannot hold is percent-encoded.
            form: a text, or a list of them, for each name; together with files, too.
            files: {"picture": ("me.png", b"...", "image/png")}
            headers: on top of the client's own; of the same name, these count.
            follow: go where a redirect points, and return what is there.

        Raises:
            ValueError: the path is none.
            RuntimeError: the redirects do not end.
        """
        if not path.startswith("/"):
            raise ValueError(f"a path begins with /, not {path!r}")
        content = encode(form, files, json, body)
        answer = self._send(method, self.site + path, headers, content)
        for _ in range(MAX_REDIRECTS):
            url = urljoin(answer.url, answer.headers.get("Location", "")).partition("#")[0]
            is_redirect = 300 <= answer.status < 400 and "Location" in answer.headers
            if not (follow and is_redirect and f"{url}/".startswith(f"{self.site}/")):
                return answer
            if answer.status not in REPEATED:
                method, content = "HEAD" if method == "HEAD" else "GET", ("", b"")
            answer = self._send(method, url, headers, content)
        raise RuntimeError(f"more than {MAX_REDIRECTS} redirects; the last came from {answer.url}")

    get = partialmethod(request, "GET")
    head = partialmethod(request, "HEAD")
    post = partialmethod(request, "POST")
    put = partialmethod(request, "PUT")
    patch = partialmethod(request, "PATCH")
    delete = partialmethod(request, "DELETE")

    def _send(self, method: str, url: str, headers: Pairs, content: Content) -> Answer:
        """Exchange one request for its answer, and keep the cookies."""
        errand = Errand(url, method=method)  # urllib's, and sent nowhere: the jar knows no other
        self.jar.add_cookie_header(errand)
        content_type, body = content
        fields = {"Host": errand.host, "Cookie": errand.get_header("Cookie")}
        fields |= {"Content-Type": content_type, "Content-Length": str(len(body) or "")}
        all_fields = Headers({name: value for name, value in fields.items() if value})
        # By their keys: a field that comes later replaces all lines of the earlier one.
        all_fields.by_key |= self.headers.by_key | Headers(headers).by_key
        target = url.removeprefix(self.site) or "/"
        raw, error = self._exchange(serialize_request(method, target, all_fields) + body)
        wire = SimpleNamespace(makefile=lambda _mode: BytesIO(raw))  # all that it wants of a socket
        response = HTTPResponse(cast(Any, wire), method=method)
        response.begin()
        self.jar.extract_cookies(response, errand)
        answered = Headers(response.getheaders())
        return Answer(url, response.status, answered, response.read(), error)

    def _exchange(self, raw: bytes) -> tuple[bytes, BaseException | None]:
        """Do what a server does with the bytes of a request; return those of the answer."""
        request, parser = None, RequestParser(self.limits)
        parser.feed(raw)
        with ExitStack() as stack:
            try:
                request = parser.next_request()
                if request is None:
                    raise ValueError(f"the body is shorter than its Content-Length: {raw[:200]!r}")
                stack.callback(request.close)
                request.remote_address = self.remote_address
                request.scheme = self.site.partition(":")[0]
                response = self.handler(request)
            except HTTPError as error:
                response = error.to_response()
            stack.callback(response.close)
            answer = serialize_response(response, request, keep_alive=True)
            if request and has_content(response, request) and not isinstance(response.body, bytes):
                answer += b"".join(stream_pieces(response, request))
        return answer, request.context.get("error") if request else None


def serialize_request(method: str, target: str, headers: Headers) -> bytes:
    """Return the head of a request (RFC 9112 section 3)."""
    target = quote(target, safe="/%:?#[]@!$&'()*+,;=~")
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    return f"{method} {target} HTTP/1.1\r\n{fields}\r\n".encode("latin-1")


def encode(form: Form | None, files: Mapping[str, File] | None, json: Any, body: bytes) -> Content:
    """Return what a request brings along."""
    if files is not None:
        return multipart(form or {}, files)
    if form is not None:
        return FORM_TYPE, urlencode(form, doseq=True).encode()
    if json is not None:
        return "application/json", json_module.dumps(json).encode()
    return "", body


def multipart(form: Form, files: Mapping[str, File]) -> Content:
    """Return a form with files (RFC 7578): a boundary before each part, and one behind the last."""
    texts = [(name, [text] if isinstance(text, str) else text) for name, text in form.items()]
    parts = [(f'name="{quoted(name)}"', text.encode()) for name, each in texts for text in each]
    for name, (filename, content, content_type) in files.items():
        label = f'name="{quoted(name)}"; filename="{quoted(filename)}"'
        parts.append((f"{label}\r\nContent-Type: {content_type}", content))
    boundary = f"--{secrets.token_hex(16)}"
    body = b""
    for label, content in parts:
        head = f"{boundary}\r\nContent-Disposition: form-data; {label}\r\n\r\n"
        body += head.encode() + content + b"\r\n"
    return f"multipart/form-data; boundary={boundary[2:]}", body + f"{boundary}--\r\n".encode()


def quoted(name: str) -> str:
    """Return a name as browsers put it between quotes (HTML Standard, "Multipart form data")."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
