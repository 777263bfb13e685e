"""What the tests of the application need: a browser without a window, and a running site."""

import http.client
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.support.demo import Demo

DEADLINE = 10.0  # seconds for one answer
BOUNDARY = "test-boundary"
PASSWORD = "correct horse battery"
_numbers = count(1)


@dataclass
class Answer:
    """One answer of the site."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def location(self) -> str:
        return self.headers["Location"]

    @property
    def page(self) -> "Page":
        return Page(self.text)


class Client:
    """One visitor: keeps cookies, and asks as a browser does.

    Attributes:
        token: what the forms of the last page had, and what the next form brings along.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.name = ""
        self.token = ""

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)

    def request(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> Answer:
        connection = self.connect()
        fields = {"Accept": "text/html,*/*", "Connection": "close"}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            fields["Cookie"] = "; ".join(f"{name}={self.cookies[name]}" for name in self.cookies)
        try:
            connection.request(method, path, body, fields)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
            self.token = ""  # it belongs to the cookies
            if not value:
                del self.cookies[name]
        if tokens := re.findall(rb'name="csrf_token" value="([^"]+)"', answer.body):
            self.token = tokens[0].decode()
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def post(self, path: str, /, **fields: str) -> Answer:
        """Send a form of a page of the site."""
        fields = {"csrf_token": self.fresh_token()} | fields
        return self.request(
            "POST", path, urlencode(fields), Content_Type="application/x-www-form-urlencoded"
        )

    def fresh_token(self) -> str:
        if not self.token:
            self.get("/login")
        return self.token

    def upload(
        self,
        path: str,
        name: str,
        content: bytes,
        filename: str = "me.png",
        kind: str = "image/png",
    ) -> Answer:
        """Send a form with one file."""
        head = (
            f"--{BOUNDARY}\r\n"
            f'Content-Disposition: form-data; name="csrf_token"\r\n\r\n{self.fresh_token()}\r\n'
            f"--{BOUNDARY}\r\n"
            f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            f"Content-Type: {kind}\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        return self.request(
            "POST", path, body, Content_Type=f"multipart/form-data; boundary={BOUNDARY}"
        )

    def call(self, method: str, path: str, value: Any = None, **headers: str) -> Answer:
        """Ask as a program does: JSON both ways."""
        headers = {"Accept": "*/*"} | headers
        if method != "GET" and self.cookies:
            headers = {"X_CSRF_Token": self.fresh_token()} | headers
        if value is None:
            return self.request(method, path, **headers)
        headers = {"Content_Type": "application/json"} | headers
        return self.request(method, path, json.dumps(value), **headers)

    def follow(self, answer: Answer) -> Answer:
        """Go where a redirect points, on this site."""
        assert answer.status == 303, f"{answer.status}, expected 303:\n{answer.text}"
        assert answer.location.startswith("/"), answer.location
        return self.get(urlsplit(answer.location)._replace(fragment="").geturl())

    def log_in(self, name: str, password: str = PASSWORD) -> "Client":
        answer = self.post("/login", name=name, password=password)
        assert answer.status == 303, answer.text
        self.name = name
        return self

    def write_post(self, text: str) -> int:
        """Write a post, and return its id."""
        answer = self.post("/posts/new", text=text)
        assert answer.status == 303, answer.text
        return int(answer.location.rpartition("/")[2])

    def write_comment(self, post: int, text: str) -> int:
        answer = self.post(f"/posts/{post}", text=text)
        assert answer.status == 303, answer.text
        return int(answer.location.rpartition("-")[2])


@dataclass
class Site:
    """The application, running on one of the databases."""

    demo: Demo
    database_url: str

    def visitor(self) -> Client:
        return Client(self.demo.port)

    def member(self, display_name: str = "A Member") -> Client:
        """Somebody new, registered and logged in."""
        client = self.visitor()
        client.name = f"member_{next(_numbers)}"
        answer = client.post(
            "/register", name=client.name, display_name=display_name, password=PASSWORD
        )
        assert answer.status == 303, answer.text
        return client

    def demo_user(self, name: str) -> Client:
        """One of those that reset.py makes: wren is admin, mira moderator, tomas member."""
        return self.visitor().log_in(name, "one rung at a time")


@dataclass
class Element:
    """An element of a page, with what is inside it."""

    tag: str
    attributes: dict[str, str]
    parts: "list[Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def all(self, tag: str = "", **attributes: str) -> "list[Element]":
        """The elements in this one, of a kind and with these attributes: all("a", rel="next")."""
        wanted = {name.rstrip("_").replace("_", "-"): attributes[name] for name in attributes}
        found = []
        for part in self.parts:
            if isinstance(part, Element):
                if tag in ("", part.tag) and wanted.items() <= part.attributes.items():
                    found.append(part)
                found += part.all(tag, **attributes)
        return found


class Page(HTMLParser):
    """A page as a browser sees it. Fails where elements are not closed in their order."""

    VOID = frozenset({"input", "meta", "link", "img", "br", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(html)
        self.close()
        assert len(self._open) == 1, f"never closed: {[each.tag for each in self._open]}"
        self.all = self.root.all

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attributes})
        self._open[-1].parts.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> where {self._open[-1].tag} is open"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].parts.append(data)

    @property
    def text(self) -> str:
        """What is shown."""
        return self.all("body")[0].text

    @property
    def heading(self) -> str:
        return self.all("h1")[0].text

    @property
    def flashes(self) -> list[str]:
        return [element.text for element in self.all("p", role="status")]

    @property
    def posts(self) -> list[str]:
        """The texts of the posts, or comments, of a list."""
        return [
            each.all("p", class_="text")[0].text
            for rail in self.all("ol")
            for each in rail.all("article")
        ]

    @property
    def links(self) -> set[str]:
        """Where links lead to, on this site."""
        targets = {element.attributes["href"].partition("#")[0] for element in self.all("a")}
        return {target for target in targets if target.startswith("/")}

    def field(self, name: str) -> Element:
        (found,) = (each for each in self.all(name=name) if each.tag in ("input", "textarea"))
        return found

    def typed(self, name: str) -> str:
        """What stands in a field. (HTML drops a line end right behind <textarea>.)"""
        found = self.field(name)
        if found.tag == "input":
            return found.attributes.get("value", "")
        return found.text.removeprefix("\n").replace("\r\n", "\n")

    def problem(self, name: str) -> str:
        """The sentence beside a field, found as a screen reader finds it; "" if there is none."""
        attributes = self.field(name).attributes
        if "aria-invalid" not in attributes:
            return ""
        (note,) = self.all(id=attributes["aria-describedby"])
        return note.text
