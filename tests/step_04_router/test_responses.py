"""The answers that views give: HTML, JSON, a redirect, an error."""

import json
from collections import OrderedDict
from datetime import UTC, date, datetime
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"  # Firefox's Accept

errors = pytest.mark.exercise("4.5")


# --- HTML and JSON


def test_html_response_is_utf_8_and_says_so(responses: ModuleType) -> None:
    response = responses.html_response("<p>Zoë 🪜", 201, {"X-Note": "yes"})
    assert response.status == 201
    assert response.body == "<p>Zoë 🪜".encode()
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["X-Note"] == "yes"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"name": "Zoë", "age": None}, '{"name": "Zoë", "age": null}'),
        ([1, True, 2.5, "x"], '[1, true, 2.5, "x"]'),
        (None, "null"),
        ("text", '"text"'),
        (date(2026, 11, 22), '"2026-11-22"'),
        (datetime(2026, 11, 22, 8, 30, tzinfo=UTC), '"2026-11-22T08:30:00+00:00"'),
        (datetime(2026, 11, 22, 8, 30, 0, 123456), '"2026-11-22T08:30:00.123456"'),
        ({"price": [Decimal("0.10")]}, '{"price": ["0.10"]}'),
        ("</script>\u2028🪜", '"</script>\u2028🪜"'),
    ],
)
def test_json_response(responses: ModuleType, value: Any, text: str) -> None:
    response = responses.json_response(value)
    assert response.body.decode() == text
    assert response.headers["Content-Type"] == "application/json"


def test_json_response_has_status_and_fields(responses: ModuleType) -> None:
    response = responses.json_response({}, 201, {"Location": "/posts/1"})
    assert (response.status, response.headers["Location"]) == (201, "/posts/1")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_json_has_no_nan(responses: ModuleType, value: Any) -> None:
    with pytest.raises(ValueError, match="JSON"):
        responses.json_response(value)


@pytest.mark.parametrize(("value", "name"), [({1}, "set"), (b"x", "bytes"), (object(), "object")])
def test_value_without_a_json_form_is_named(
    responses: ModuleType, value: object, name: str
) -> None:
    with pytest.raises(TypeError, match=f"^{name} has no JSON form"):
        responses.json_response({"inside": [value]})


def test_half_of_a_surrogate_pair_goes_out_as_it_came_in(responses: ModuleType) -> None:
    value = json.loads(r'["\ud83d", "\ud83d\ude00"]')  # what a client may send
    body = responses.json_response(value).body
    assert body == b'["\\ud83d", "\xf0\x9f\x98\x80"]'
    assert json.loads(body) == value


# --- what a view may return


@pytest.mark.parametrize(
    ("value", "content_type", "body"),
    [
        ("<p>hello", "text/html; charset=utf-8", b"<p>hello"),
        ("", "text/html; charset=utf-8", b""),
        ({"a": 1}, "application/json", b'{"a": 1}'),
        ({}, "application/json", b"{}"),
        ([], "application/json", b"[]"),
        ([{"a": 1}], "application/json", b'[{"a": 1}]'),
        (OrderedDict(a=1), "application/json", b'{"a": 1}'),
    ],
)
def test_text_is_html_and_dict_and_list_are_json(
    responses: ModuleType, value: Any, content_type: str, body: bytes
) -> None:
    response = responses.to_response(value)
    assert response.status == 200
    assert response.headers["Content-Type"] == content_type
    assert response.body == body


def test_a_response_is_left_as_it_is(responses: ModuleType) -> None:
    response = responses.html_response("x", 418)
    assert responses.to_response(response) is response


@pytest.mark.parametrize("value", [None, 7, b"bytes", ("text", 404), {1, 2}, object])
def test_anything_else_is_refused(responses: ModuleType, value: object) -> None:
    with pytest.raises(TypeError, match="a view returns a Response, str, dict or list, not"):
        responses.to_response(value)


def test_a_view_without_return_is_told_so(responses: ModuleType) -> None:
    with pytest.raises(TypeError, match=r"not None\. Does it end without a return\?"):
        responses.to_response(None)


# --- redirect


def test_redirect_answers_a_form_with_303(responses: ModuleType) -> None:
    response = responses.redirect("/posts/7?page=2#top")
    assert response.status == 303
    assert response.headers["Location"] == "/posts/7?page=2#top"
    assert response.body == b""
    assert "Content-Type" not in response.headers


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/u/Zoë", "/u/Zo%C3%AB"),
        ("/u/Zo%C3%AB", "/u/Zo%C3%AB"),  # encoded already: not twice
        ("/a b", "/a%20b"),
        ('/a"<b>\\', "/a%22%3Cb%3E%5C"),
        ("https://example.com:8000/x?a=1&b=2", "https://example.com:8000/x?a=1&b=2"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
        ("/x\r\nSet-Cookie: admin=1", "/x%0D%0ASet-Cookie:%20admin=1"),
        ("/x\0\u2028", "/x%00%E2%80%A8"),
    ],
)
def test_location_is_quoted(responses: ModuleType, location: str, expected: str) -> None:
    assert responses.redirect(location).headers["Location"] == expected


def test_a_redirect_cannot_smuggle_a_field_into_the_answer(
    responses: ModuleType, wire: Any
) -> None:
    def handler(request: Any) -> Any:
        return responses.redirect(request.query["next"])

    target = b"/?next=/%0d%0aSet-Cookie:%20admin=1%0d%0a%0d%0a<script>"
    raw = wire(handler).exchange(b"GET " + target + b" HTTP/1.0\r\n\r\n")
    fields = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    assert [field for field in fields if field.startswith(b"Set-Cookie")] == []
    assert raw.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_with_another_status(responses: ModuleType, status: int) -> None:
    response = responses.redirect("/x", status, {"Cache-Control": "no-store"})
    assert (response.status, response.headers["Cache-Control"]) == (status, "no-store")


@pytest.mark.parametrize("status", [200, 299, 400, 404])
def test_redirect_refuses_a_status_that_is_none(responses: ModuleType, status: int) -> None:
    with pytest.raises(ValueError, match=f"from 300 to 399, not {status}"):
        responses.redirect("/x", status)


@pytest.mark.parametrize("header", ["X-Note\r\nX-Evil", "X Note", ""])
def test_a_field_name_with_a_line_end_is_refused(responses: ModuleType, header: str) -> None:
    with pytest.raises(ValueError, match="field name"):
        responses.html_response("", headers={header: "x"})


# --- errors


def test_abort_raises_the_error(responses: ModuleType, HTTPError: Any) -> None:
    with pytest.raises(HTTPError, match="404 Not Found: No such post") as caught:
        responses.abort(404, "No such post.")
    assert (caught.value.status, caught.value.message) == (404, "No such post.")


def test_abort_without_a_message_has_one_all_the_same(
    responses: ModuleType, HTTPError: Any
) -> None:
    with pytest.raises(HTTPError) as caught:
        responses.abort(403)
    assert caught.value.message


@errors
@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/plain", ""])
def test_programs_get_an_error_as_json(
    responses: ModuleType, HTTPError: Any, make_request: Any, accept: str | None
) -> None:
    request = make_request(headers={} if accept is None else {"Accept": accept})
    response = responses.error_response(HTTPError(404, "No such post."), request)
    assert response.status == 404
    assert response.headers["Content-Type"] == "application/json"
    error = {"status": 404, "title": "Not Found", "message": "No such post."}
    assert json.loads(response.body) == {"error": error}


@errors
def test_a_message_in_json_is_as_it_was(
    responses: ModuleType, HTTPError: Any, make_request: Any
) -> None:
    response = responses.error_response(HTTPError(404, 'No "x" <here> & now.'), make_request())
    assert json.loads(response.body)["error"]["message"] == 'No "x" <here> & now.'


@errors
@pytest.mark.parametrize("accept", [BROWSER, "text/html", "application/json;q=0.1, text/html"])
def test_browsers_get_an_error_as_a_page(
    responses: ModuleType, HTTPError: Any, make_request: Any, accept: str
) -> None:
    request = make_request(headers={"Accept": accept})
    response = responses.error_response(HTTPError(404, "No such post."), request)
    page = response.body.decode()
    assert response.status == 404
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.startswith("<!doctype html>")
    assert "404 Not Found" in page
    assert "No such post." in page


@errors
def test_what_a_client_sent_does_not_become_markup(
    responses: ModuleType, HTTPError: Any, make_request: Any
) -> None:
    error = HTTPError(404, "There is no page '/<script>alert(\"1\")</script>&amp;{0}' here.")
    response = responses.error_response(error, make_request(headers={"Accept": BROWSER}))
    page = response.body.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "&amp;amp;{0}" in page


@errors
@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_an_error_page_keeps_the_fields_of_the_error(
    responses: ModuleType, HTTPError: Any, make_request: Any, accept: str
) -> None:
    error = HTTPError(405, "Not like this.", {"Allow": "GET, HEAD, OPTIONS"})
    response = responses.error_response(error, make_request(headers={"Accept": accept}))
    assert response.headers.get("Allow") == "GET, HEAD, OPTIONS"
