"""Response learns to set cookies (RFC 6265 section 4.1)."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from http.cookies import SimpleCookie
from types import ModuleType
from typing import Any

import pytest

Rung = Callable[..., ModuleType]


@pytest.fixture
def response(rung: Rung) -> Any:
    return rung("messages").Response("x")


@pytest.mark.exercise("7.1")
def test_cookie_has_safe_flags_unless_told_otherwise(response: Any) -> None:
    response.set_cookie("id", "abc-123_4")
    assert response.headers["Set-Cookie"] == "id=abc-123_4; Path=/; HttpOnly; SameSite=Lax"


@pytest.mark.exercise("7.1")
def test_each_flag_is_written_as_browsers_read_it(response: Any) -> None:
    response.set_cookie(
        "theme",
        "dark",
        max_age=3600,
        path="/blog",
        secure=True,
        http_only=False,
        same_site="Strict",
    )
    morsel = SimpleCookie(response.headers["Set-Cookie"])["theme"]
    assert morsel.value == "dark"
    assert morsel["max-age"] == "3600"
    assert morsel["path"] == "/blog"
    assert morsel["samesite"] == "Strict"
    assert morsel["secure"] is True
    assert morsel["httponly"] == ""


@pytest.mark.exercise("7.1")
def test_two_cookies_are_two_fields(response: Any) -> None:
    """RFC 6265 section 3: one Set-Cookie field cannot hold two, as the comma has another use."""
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    names = [line.partition("=")[0] for line in response.headers.get_all("Set-Cookie")]
    assert names == ["a", "b"]


@pytest.mark.exercise("7.1")
def test_max_age_zero_is_written(response: Any) -> None:
    response.set_cookie("a", "", max_age=0)
    assert "; Max-Age=0" in response.headers["Set-Cookie"]


def test_deleted_cookie_is_empty_and_has_expired(response: Any) -> None:
    response.delete_cookie("id", path="/blog")
    morsel = SimpleCookie(response.headers["Set-Cookie"])["id"]
    assert (morsel.value, morsel["max-age"], morsel["path"]) == ("", "0", "/blog")
    assert parsedate_to_datetime(morsel["expires"]).timestamp() == 0, "old clients know no Max-Age"


BAD_VALUES = ["a b", "a;b", "a,b", 'a"b', "a\\b", "a\r\nSet-Cookie: x=1", "é", "a\0", "a\x7f", "\t"]


@pytest.mark.exercise("7.1")
@pytest.mark.parametrize("value", BAD_VALUES)
def test_value_that_no_cookie_can_hold_is_refused(response: Any, value: str) -> None:
    with pytest.raises(ValueError, match="cookie"):
        response.set_cookie("name", value)
    assert "Set-Cookie" not in response.headers


@pytest.mark.exercise("7.1")
@pytest.mark.parametrize("name", ["", "a b", "a;b", "a=b", "é", "a\r\n"])
def test_name_that_is_no_token_is_refused(response: Any, name: str) -> None:
    with pytest.raises(ValueError, match="cookie"):
        response.set_cookie(name, "x")


@pytest.mark.exercise("7.1")
@pytest.mark.parametrize("path", ["", "blog", "/; Domain=evil.example", "/\r\n", "/é"])
def test_path_cannot_bring_in_another_attribute(response: Any, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        response.set_cookie("name", "x", path=path)


@pytest.mark.exercise("7.1")
def test_same_site_none_needs_secure(response: Any) -> None:
    with pytest.raises(ValueError, match="secure"):
        response.set_cookie("name", "x", same_site="None")
    response.set_cookie("name", "x", same_site="None", secure=True)
    assert "; Secure; " in response.headers["Set-Cookie"]


@pytest.mark.exercise("7.1")
def test_every_octet_that_a_value_may_hold_comes_back(rung: Rung, response: Any) -> None:
    """RFC 6265 section 4.1.1: %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E."""
    octets = [0x21, *range(0x23, 0x2C), *range(0x2D, 0x3B), *range(0x3C, 0x5C), *range(0x5D, 0x7F)]
    value = bytes(octets).decode("ascii")
    response.set_cookie("all", value)
    sent = response.headers["Set-Cookie"].partition(";")[0]
    assert rung("messages").parse_cookies(sent) == {"all": value}
