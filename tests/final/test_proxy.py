"""rung/proxy.py: whose word counts on where a request comes from."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Rung = Callable[..., ModuleType]
Ask = Callable[..., Any]

TRUSTED = ("127.0.0.1", "10.0.0.0/8", "fd00::/8", "unix")


@pytest.fixture
def ask(rung: Rung) -> Ask:
    """ask(fields, remote_address=..., trusted=...) -> the request as the handler inside sees it."""

    def ask(
        fields: dict[str, str] | list[tuple[str, str]],
        remote_address: str = "127.0.0.1",
        trusted: tuple[str, ...] = TRUSTED,
    ) -> Any:
        seen: list[Any] = []

        def inside(request: Any) -> Any:
            seen.append(request)
            return rung().Response("")

        handler = rung("proxy").BehindProxy(inside, trusted)
        request = rung().Request("GET", "/", "/", headers=rung().Headers(fields))
        request.headers.add("Host", "inner")
        request.remote_address = remote_address
        handler(request)
        return seen[0]

    return ask


EVERYTHING = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "example.org",
    "X-Request-ID": "abc-123",
}


def test_trusted_proxy_is_believed(ask: Ask) -> None:
    request = ask(EVERYTHING)
    assert request.remote_address == "203.0.113.7"
    assert request.scheme == "https"
    assert request.headers["Host"] == "example.org"
    assert request.context["request_id"] == "abc-123"


@pytest.mark.parametrize(
    ("remote_address", "trusted"),
    [
        ("203.0.113.9", TRUSTED),
        ("11.0.0.1", TRUSTED),
        ("127.0.0.1", ()),
        ("::1", TRUSTED),
        ("", ("127.0.0.1",)),
        ("nonsense", TRUSTED),
    ],
)
def test_nobody_else_is_believed(ask: Ask, remote_address: str, trusted: tuple[str, ...]) -> None:
    request = ask(EVERYTHING, remote_address, trusted)
    assert request.remote_address == remote_address
    assert request.scheme == "http"
    assert request.headers["Host"] == "inner"
    assert "request_id" not in request.context


@pytest.mark.parametrize("remote_address", ["127.0.0.1", "203.0.113.9"])
def test_fields_go_no_further_than_here(ask: Ask, remote_address: str) -> None:
    fields = {**EVERYTHING, "Forwarded": "for=203.0.113.7", "Accept": "*/*"}
    request = ask(fields, remote_address)
    assert sorted(name for name, _value in request.headers.pairs()) == ["Accept", "Host"]


@pytest.mark.parametrize(
    "remote_address", ["127.0.0.1", "10.255.0.1", "::ffff:10.0.0.1", "fd00::1", ""]
)
def test_proxies_are_named_by_address_network_or_as_unix(ask: Ask, remote_address: str) -> None:
    assert ask(EVERYTHING, remote_address).remote_address == "203.0.113.7"


@pytest.mark.parametrize(
    ("field", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", "203.0.113.7"),  # 1.1.1.1 is what the client has made up
        ("1.1.1.1, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        ("203.0.113.7,10.0.0.1 ,\t10.0.0.2", "203.0.113.7"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),  # one of ours has asked
        ("2001:db8::7, 10.0.0.1", "2001:db8::7"),
        ("unknown", "127.0.0.1"),
        ("203.0.113.7, unknown, 10.0.0.1", "10.0.0.1"),  # who is left of it, nobody can tell
        ("203.0.113.7:4711", "127.0.0.1"),
        ("'; DROP TABLE users", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_client_is_the_last_address_that_is_not_ours(ask: Ask, field: str, client: str) -> None:
    assert ask({"X-Forwarded-For": field}).remote_address == client


def test_addresses_may_stand_in_several_fields(ask: Ask) -> None:
    fields = [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "203.0.113.7")]
    assert ask(fields).remote_address == "203.0.113.7"


def test_id_of_several_is_the_nearest_proxys(ask: Ask) -> None:
    """A proxy that adds its own behind the client's lets the client choose none."""
    request = ask([("X-Request-ID", "made-up"), ("X-Request-ID", "abc-123")])
    assert request.context["request_id"] == "abc-123"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Forwarded-Proto", "ftp"),
        ("X-Forwarded-Proto", "https, http"),  # the nearest proxy was asked by http
        ("X-Forwarded-Proto", ""),
        ("X-Forwarded-Host", "a b"),
        ("X-Forwarded-Host", "evil/path"),
        ("X-Forwarded-Host", ""),
        ("X-Request-ID", 'a"b'),
        ("X-Request-ID", "a b"),
        ("X-Request-ID", "a" * 65),
        ("X-Request-ID", "\xe9"),
        ("X-Request-ID", ""),
    ],
)
def test_malformed_values_change_nothing(ask: Ask, name: str, value: str) -> None:
    request = ask({name: value})
    assert (request.scheme, request.headers["Host"], request.context) == ("http", "inner", {})


def test_nearest_proxys_host_and_scheme_count(ask: Ask) -> None:
    request = ask({"X-Forwarded-Host": "a.org, b.org:8443", "X-Forwarded-Proto": "http, HTTPS"})
    assert (request.headers["Host"], request.scheme) == ("b.org:8443", "https")


@pytest.mark.parametrize("trusted", ["10.0.0", "10.0.0.1/8", "localhost", ""])
def test_proxy_that_is_no_address_is_refused(rung: Rung, trusted: str) -> None:
    with pytest.raises(ValueError, match=trusted or "''"):
        rung("proxy").BehindProxy(lambda request: None, (trusted,))
