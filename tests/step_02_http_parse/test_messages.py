"""Request, Response, and the names and values that they carry."""

import json
import random
from collections.abc import Callable
from http.cookies import SimpleCookie
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

Rung = Callable[..., ModuleType]

# Letters of several scripts and every character that means something in a query, form or cookie.
LETTERS = "abzéß€😀 &=+;%#?/\\\"'\r\n\t\0~.-_"


@pytest.fixture
def messages(rung: Rung) -> ModuleType:
    return rung("messages")


def post(messages: ModuleType, body: bytes, content_type: str) -> Any:
    """A request with a body."""
    headers = messages.Headers({"Content-Type": content_type})
    return messages.Request("POST", "/", "/", headers=headers, body=body)


def status_of(messages: ModuleType, call: Callable[[], Any]) -> int:
    """The status of the HTTPError that a call raises."""
    with pytest.raises(messages.HTTPError) as caught:
        call()
    return int(caught.value.status)


# --- names with several values


def test_first_value_counts_and_all_are_kept(messages: ModuleType) -> None:
    tags = messages.MultiDict([("tag", "a"), ("page", "1"), ("tag", "b")])
    assert tags["tag"] == "a"
    assert tags.get_all("tag") == ["a", "b"]
    assert tags.get_all("none") == []
    assert list(tags) == ["tag", "page"]
    assert len(tags) == 2
    assert sorted(tags.pairs()) == [("page", "1"), ("tag", "a"), ("tag", "b")]


def test_multidict_is_a_mapping(messages: ModuleType) -> None:
    values = messages.MultiDict({"a": "1"})
    assert values.get("b", "none") == "none"
    assert "a" in values
    assert dict(values) == {"a": "1"}
    with pytest.raises(KeyError):
        values["b"]
    values["a"] = "2"
    values.add("a", "3")
    assert values.get_all("a") == ["2", "3"]
    del values["a"]
    assert not values


def test_assignment_replaces_all_values(messages: ModuleType) -> None:
    values = messages.MultiDict([("a", "1"), ("a", "2")])
    values["a"] = "3"
    assert values.get_all("a") == ["3"]


def test_copy_is_independent(messages: ModuleType) -> None:
    first = messages.MultiDict([("a", "1"), ("a", "2")])
    second = messages.MultiDict(first)
    second.add("a", "3")
    assert first.get_all("a") == ["1", "2"]
    assert second.get_all("a") == ["1", "2", "3"]


# --- fields


def test_field_names_have_no_case(messages: ModuleType) -> None:
    """RFC 9110 section 5.1."""
    headers = messages.Headers({"Content-Type": "text/plain"})
    assert headers["content-type"] == headers.get("CONTENT-TYPE") == "text/plain"
    assert "CoNtEnT-tYpE" in headers
    headers["CONTENT-TYPE"] = "text/html"
    assert headers.pairs() == [("CONTENT-TYPE", "text/html")]
    del headers["content-type"]
    assert not headers


@pytest.mark.parametrize(
    "value",
    [
        "a\r\nSet-Cookie: stolen=1",
        "a\nb",
        "a\rb",
        "a\0b",
        "a\x7fb",
        "a\x0bb",
        "😀",
        "a\r\n",
    ],
)
def test_header_injection_is_refused(messages: ModuleType, value: str) -> None:
    """RFC 9110 section 5.5: a value that holds CR LF would be two fields, or two answers."""
    headers = messages.Headers()
    with pytest.raises(ValueError, match="X-Name"):
        headers["X-Name"] = value
    with pytest.raises(ValueError, match="X-Name"):
        headers.add("X-Name", value)
    with pytest.raises(ValueError, match="X-Name"):
        messages.Response("hi", headers={"X-Name": value})
    with pytest.raises(ValueError, match="Content-Type"):
        messages.Response("hi", content_type=value)


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nb", "é", "a\n"])
def test_field_name_is_a_token(messages: ModuleType, name: str) -> None:
    """RFC 9110 section 5.1."""
    with pytest.raises(ValueError, match="field name"):
        messages.Headers({name: "x"})


# --- queries and forms


@pytest.mark.exercise("2.1")
@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", []),
        ("a=1", [("a", "1")]),
        ("a=1&b=2", [("a", "1"), ("b", "2")]),
        ("a=1&a=2", [("a", "1"), ("a", "2")]),
        ("a", [("a", "")]),
        ("a=", [("a", "")]),
        ("=1", [("", "1")]),
        ("a=b=c", [("a", "b=c")]),
        ("&&a=1&", [("a", "1")]),
        ("q=a+b%2Bc%20d", [("q", "a b+c d")]),
        ("q=x%26y%3Dz", [("q", "x&y=z")]),
        ("na%3Dme+x=1", [("na=me x", "1")]),
        ("q=caf%C3%A9+%F0%9F%98%80", [("q", "café 😀")]),
        ("q=%2541", [("q", "%41")]),
        ("q=100%&r=%zz", [("q", "100%"), ("r", "%zz")]),
        ("a=1;b=2", [("a", "1;b=2")]),
    ],
)
def test_urlencoded_fields(messages: ModuleType, text: str, pairs: list[tuple[str, str]]) -> None:
    """The URL Standard, section 5.1: first split, then decode."""
    assert messages.parse_urlencoded(text).pairs() == pairs


@pytest.mark.exercise("2.1")
@pytest.mark.parametrize("seed", range(5))
def test_urlencoded_is_read_as_the_standard_library_reads_it(
    messages: ModuleType, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(30):
        pairs = [(text(chance), text(chance)) for _ in range(chance.randint(1, 5))]
        encoded = urlencode(pairs)
        assert sorted(messages.parse_urlencoded(encoded).pairs()) == sorted(pairs)
        damaged = encoded.replace(chance.choice(encoded), chance.choice("&=+%a"), 1)
        expected = sorted(parse_qsl(damaged, keep_blank_values=True))
        assert sorted(messages.parse_urlencoded(damaged).pairs()) == expected, damaged


def text(chance: random.Random) -> str:
    """A few characters, the troublesome ones among them."""
    return "".join(chance.choices(LETTERS, k=chance.randint(1, 6)))


@pytest.mark.exercise("2.1")
def test_too_many_form_fields_are_refused(
    messages: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million tiny fields cost far more memory than the bytes they came in."""
    monkeypatch.setattr(messages, "MAX_FORM_FIELDS", 3)
    assert len(messages.parse_urlencoded("a&b&c")) == 3
    assert status_of(messages, lambda: messages.parse_urlencoded("a&b&c&d")) == 400


def test_query_of_a_request(messages: ModuleType) -> None:
    request = messages.Request("GET", "/?a=1&a=2", "/", "a=1&a=2")
    assert request.query.get_all("a") == ["1", "2"]
    assert request.query is request.query, "read once, then kept"


def test_form_of_a_request(messages: ModuleType) -> None:
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    assert post(messages, b"name=Zo%C3%AB+%26+co", kind).form["name"] == "Zoë & co"


def test_form_is_empty_when_the_body_is_something_else(messages: ModuleType) -> None:
    assert not post(messages, b"a=1", "text/plain").form
    assert not messages.Request("GET", "/", "/").form


def test_form_that_is_not_utf8_is_the_clients_error(messages: ModuleType) -> None:
    request = post(messages, b"a=\xff", "application/x-www-form-urlencoded")
    assert status_of(messages, lambda: request.form) == 400


# --- cookies


@pytest.mark.exercise("2.2")
@pytest.mark.parametrize(
    ("field", "cookies"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=1; b=2", {"a": "1", "b": "2"}),
        ("a=1;b=2", {"a": "1", "b": "2"}),
        ("  a = 1 ;  b=2 ", {"a": "1", "b": "2"}),
        ("a=1; a=2", {"a": "1"}),
        ('a="1 2"', {"a": "1 2"}),
        ("token=YWJj==", {"token": "YWJj=="}),
        ("a=", {"a": ""}),
        ("a; b=2;; c=3;", {"b": "2", "c": "3"}),
        ("a=%C3%A9+b", {"a": "%C3%A9+b"}),
        ("a=1, b=2", {"a": "1, b=2"}),
        ("id=1; ID=2", {"id": "1", "ID": "2"}),
        ('{"x":1}=y; __Host-id=2', {'{"x":1}': "y", "__Host-id": "2"}),
    ],
)
def test_cookies(messages: ModuleType, field: str, cookies: dict[str, str]) -> None:
    """RFC 6265 sections 4.2 and 5.4; values are opaque, so nothing is decoded."""
    assert messages.parse_cookies(field) == cookies


@pytest.mark.exercise("2.2")
@pytest.mark.parametrize("seed", range(3))
def test_cookies_are_read_as_the_standard_library_reads_them(
    messages: ModuleType, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(30):
        names = chance.sample(["a", "session", "x-y", "__Host-id", "n!#$%&'*+.^_`|~"], 3)
        values = ["".join(chance.choices("az09!#$%&'()*+-./:<=>?@[]^_`{|}~", k=8)) for _ in names]
        field = "; ".join(f"{name}={value}" for name, value in zip(names, values, strict=True))
        expected = {name: morsel.value for name, morsel in SimpleCookie(field).items()}
        assert len(expected) == 3, f"the oracle does not read {field!r}"
        assert messages.parse_cookies(field) == expected


def test_cookies_of_a_request(messages: ModuleType) -> None:
    headers = messages.Headers({"Cookie": "theme=dark; id=42"})
    assert messages.Request("GET", "/", "/", headers=headers).cookies["id"] == "42"
    assert messages.Request("GET", "/", "/").cookies == {}


def test_cookies_in_two_fields_are_one_list(messages: ModuleType) -> None:
    """RFC 9113 section 8.2.3: HTTP/2 splits them, and a proxy may hand them on as they came."""
    headers = messages.Headers([("Cookie", "theme=dark"), ("cookie", "id=42; theme=light")])
    cookies = messages.Request("GET", "/", "/", headers=headers).cookies
    assert cookies == {"theme": "dark", "id": "42"}


@pytest.mark.exercise("2.2")
def test_bytes_of_a_cookie_stay_what_they_are(messages: ModuleType) -> None:
    """RFC 6265 section 5.4: a script's "voilà" comes as UTF-8; its last byte, 0xA0, is no blank."""
    value = "voilà".encode().decode("latin-1")
    assert messages.parse_cookies(f"a={value}; b={value} ") == {"a": value, "b": value}


# --- JSON and text


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/problem+json"]
)
def test_json_body(messages: ModuleType, kind: str) -> None:
    value = {"name": "Zoë", "tags": [1, 2.5, None, True]}
    assert post(messages, json.dumps(value).encode(), kind).json == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b"[1,]",
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"\xff",
        b'"\xff"',
        b"[" * 100_000,
        b"1" * 5000,
    ],
    ids=lambda body: body[:12].decode("latin-1") or "empty",
)
def test_bad_json_is_the_clients_error(messages: ModuleType, body: bytes) -> None:
    """RFC 8259; neither NaN nor depth nor an immense number may become a 500."""
    request = post(messages, body, "application/json")
    assert status_of(messages, lambda: request.json) == 400


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_json_of_another_type_is_refused(messages: ModuleType, kind: str) -> None:
    """RFC 9110 section 15.5.16; a form on a foreign page can send these types, but not JSON."""
    assert status_of(messages, lambda: post(messages, b"{}", kind).json) == 415


def test_text_of_a_body(messages: ModuleType) -> None:
    assert post(messages, "é".encode(), "text/plain").text == "é"
    assert status_of(messages, lambda: post(messages, b"\xe9", "text/plain").text) == 400


def test_content_type_is_the_media_type_in_lower_case(messages: ModuleType) -> None:
    """RFC 9110 section 8.3.1."""
    assert post(messages, b"", "Text/HTML ; charset=UTF-8").content_type == "text/html"
    assert messages.Request("GET", "/", "/").content_type == ""


# --- responses


def test_response_has_defaults(messages: ModuleType) -> None:
    response = messages.Response("é")
    assert (response.body, response.status) == ("é".encode(), 200)
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_headers_of_a_response_win_over_the_default_type(messages: ModuleType) -> None:
    response = messages.Response(b"%PDF", headers={"content-type": "application/pdf"})
    assert response.headers.get_all("Content-Type") == ["application/pdf"]
    assert "Content-Type" not in messages.Response(b"", content_type="").headers


@pytest.mark.parametrize("status", [0, 99, 999, -1])
def test_status_that_does_not_exist_is_refused(messages: ModuleType, status: int) -> None:
    """RFC 9110 section 15."""
    with pytest.raises(ValueError, match=str(status)):
        messages.Response("", status)


def test_two_responses_share_no_headers(messages: ModuleType) -> None:
    one, other = messages.Response(), messages.Response()
    one.headers["X"] = "1"
    assert "X" not in other.headers


def test_two_requests_share_no_headers(messages: ModuleType) -> None:
    one, other = messages.Request("GET", "/", "/"), messages.Request("GET", "/", "/")
    one.headers["X"] = "1"
    assert "X" not in other.headers


# --- the error that is an answer


def test_http_error_becomes_an_answer(messages: ModuleType) -> None:
    error = messages.HTTPError(405, "Read only.", {"Allow": "GET, HEAD"})
    response = error.to_response()
    assert response.status == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.headers["Content-Type"].startswith("text/plain"), "the message is no markup"
    assert b"Read only." in response.body


def test_http_error_always_has_a_sentence(messages: ModuleType) -> None:
    assert len(messages.HTTPError(404).message) > 10
    assert "404" in str(messages.HTTPError(404))


@pytest.mark.parametrize("body", [None, {"a": 1}, 7, object()])
def test_a_body_that_is_neither_text_nor_bytes_is_refused_where_it_is_set(
    messages: Any, body: object
) -> None:
    with pytest.raises(TypeError, match="a body is text"):
        messages.Response(body)
    response = messages.Response("x")
    with pytest.raises(TypeError, match="a body is text"):
        response.body = body


def test_status_and_body_may_be_set_later(messages: Any) -> None:
    response = messages.Response("x")
    response.status, response.body = 404, "é"
    assert (response.status.phrase, response.body) == ("Not Found", b"\xc3\xa9")


def test_an_interim_status_is_no_answer(messages: Any) -> None:
    """RFC 9110 section 15.2: after a 100 the client goes on waiting for the answer."""
    with pytest.raises(ValueError, match="is no answer yet"):
        messages.Response("x", 100)


def test_a_message_may_quote_half_a_character(messages: Any) -> None:
    assert b"\\ud83d" in messages.HTTPError(400, "bad \ud83d").to_response().body


def test_a_number_beyond_every_float_is_no_json(messages: Any) -> None:
    fields = {"Content-Type": "application/json"}
    request = messages.Request("POST", "/", "/", headers=messages.Headers(fields), body=b"[1e999]")
    assert status_of(messages, lambda: request.json) == 400
