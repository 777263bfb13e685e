"""What the tests of this step share: the layers by name, and a request without a socket."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="session")
def app_layer(rung: Callable[..., ModuleType]) -> ModuleType:
    return rung("app")


@pytest.fixture(scope="session")
def router_layer(rung: Callable[..., ModuleType]) -> ModuleType:
    return rung("router")


@pytest.fixture(scope="session")
def responses(rung: Callable[..., ModuleType]) -> ModuleType:
    return rung("responses")


@pytest.fixture(scope="session")
def HTTPError(rung: Callable[..., ModuleType]) -> Any:
    return rung("messages").HTTPError


@pytest.fixture(scope="session")
def make_request(rung: Callable[..., ModuleType]) -> Callable[..., Any]:
    """make_request("GET", "/a%20b?c=d", {"Accept": "*/*"}) is the Request that the parser makes."""

    def make(
        method: str = "GET",
        target: str = "/",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Any:
        path, query_string, _authority = rung("protocol").parse_target(method, target)
        fields = rung("messages").Headers(headers or {})
        return rung("messages").Request(method, target, path, query_string, fields, body)

    return make


@pytest.fixture(scope="session")
def ask(make_request: Callable[..., Any]) -> Callable[..., Any]:
    """ask(handler, "/posts/7") is the handler's Response; method, headers and body may follow."""

    def send(handler: Any, target: str, method: str = "GET", **more: Any) -> Any:
        return handler(make_request(method, target, **more))

    return send


@pytest.fixture
def app(app_layer: ModuleType) -> Any:
    """An empty application."""
    return app_layer.App()


@pytest.fixture
def router(router_layer: ModuleType) -> Any:
    """An empty route table."""
    return router_layer.Router()
