"""What the tests of sessions and users share: a clock by hand, and a browser without a socket."""

from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from types import ModuleType
from typing import Any

import pytest

Rung = Callable[..., ModuleType]


class Clock:
    """The time, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Browser:
    """Keeps cookies as a browser does, and calls a handler with them. `http.cookies` reads them."""

    def __init__(self, handler: Any, messages: ModuleType) -> None:
        self.handler = handler
        self.messages = messages
        self.cookies: dict[str, str] = {}

    def get(self, target: str, method: str = "GET", **headers: str) -> Any:
        """Send a request and return the response; an HTTPError is one, too."""
        pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
        if self.cookies:
            text = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            pairs.append(("Cookie", text))
        path, _, query = target.partition("?")
        given = self.messages.Headers(pairs)
        try:
            response = self.handler(self.messages.Request(method, target, path, query, given))
        except self.messages.HTTPError as error:
            response = error.to_response()
        for line in response.headers.get_all("Set-Cookie"):
            self.keep(line)
        return response

    def keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_database(rung: Rung) -> Iterator[Callable[[str], Any]]:
    """open_database(url) -> Database, closed after the test."""
    opened: list[Any] = []

    def open_database(url: str) -> Any:
        opened.append(rung("database").connect(url))
        return opened[-1]

    yield open_database
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database: Callable[[str], Any], database_url: str) -> Any:
    """A database on SQLite, then on MySQL."""
    return open_database(database_url)


@pytest.fixture
def sqlite(open_database: Callable[[str], Any], tmp_path: Any) -> Any:
    """A database on SQLite alone, for what has nothing to do with the kind of database."""
    return open_database(f"sqlite:///{tmp_path / 'test.sqlite3'}")


@pytest.fixture
def browser_of(rung: Rung) -> Callable[[Any], Browser]:
    """browser_of(handler) -> a Browser with no cookies yet."""
    return lambda handler: Browser(handler, rung("messages"))
