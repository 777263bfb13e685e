"""Tokens against forged requests: a small application, called without a socket."""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest

Rung = Callable[..., ModuleType]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def answer(rung: Rung, sqlite: Any) -> Callable[..., Any]:
    """answer("POST", "/", cookies, fields...): the response of an application that protects forms.

    /form has a form, /in puts something into the session, everything else is "done".
    """
    csrf, messages = rung("csrf"), rung("messages")
    sessions = rung("sessions")
    app = rung("app").App()
    csrf.protect_forms(app)

    @app.get("/form")
    def form(request: Any) -> str:
        return f"{csrf.csrf_token(request)} {csrf.csrf_token(request)}"

    @app.get("/in")
    def log_in(request: Any) -> str:
        session = sessions.current_session(request)
        session.rotate()
        session["user"] = 7
        return "in"

    @app.route("/", methods=("GET", "POST", "PUT", "PATCH", "DELETE"))
    def done(request: Any) -> str:
        return "done"

    application = sessions.Sessions(app, sqlite)

    def ask(
        method: str,
        path: str,
        cookies: dict[str, str],
        body: bytes = b"",
        scheme: str = "http",
        **fields: str,
    ) -> Any:
        headers = messages.Headers({name.replace("_", "-"): fields[name] for name in fields})
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        request = messages.Request(method, path, path, headers=headers, body=body)
        request.scheme = scheme
        response = application(request)
        for line in response.headers.get_all("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            cookies[name] = value
        return response

    return ask


def token_of(response: Any) -> str:
    token, again = response.body.decode().split()
    assert token == again, "the forms of one page have one token"
    return str(token)


def send(answer: Callable[..., Any], cookies: dict[str, str], token: str) -> int:
    body = urlencode({"csrf_token": token}).encode()
    return int(answer("POST", "/", cookies, body, Content_Type=FORM).status)


def test_form_of_our_own_page_is_accepted(answer: Callable[..., Any]) -> None:
    cookies: dict[str, str] = {}
    token = token_of(answer("GET", "/form", cookies))
    assert send(answer, cookies, token) == 200
    assert send(answer, cookies, token) == 200, "the Back button may send it again"


def test_multipart_form_brings_its_token_as_well(answer: Callable[..., Any]) -> None:
    cookies: dict[str, str] = {}
    token = token_of(answer("GET", "/form", cookies))
    body = (
        b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        + token.encode()
        + b"\r\n--b--\r\n"
    )
    kind = "multipart/form-data; boundary=b"
    assert answer("POST", "/", cookies, body, Content_Type=kind).status == 200
    body = body.replace(token.encode(), b"x")
    assert answer("POST", "/", cookies, body, Content_Type=kind).status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_script_sends_the_token_in_a_field_of_the_head(
    answer: Callable[..., Any], method: str
) -> None:
    cookies: dict[str, str] = {}
    token = token_of(answer("GET", "/form", cookies))
    kind = "application/json"
    assert answer(method, "/", cookies, b"{}", Content_Type=kind).status == 403
    given = {"Content_Type": kind, "X_CSRF_Token": token}
    assert answer(method, "/", cookies, b"{}", **given).status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_request_that_changes_nothing_needs_none(answer: Callable[..., Any], method: str) -> None:
    assert answer(method, "/", {"session": "x"}).status == 200


@pytest.mark.parametrize("token", ["", ".", "x", "x.y", "é.é", "\ud800." + "0" * 64])
def test_token_that_we_have_not_made_is_refused(answer: Callable[..., Any], token: str) -> None:
    cookies: dict[str, str] = {}
    token_of(answer("GET", "/form", cookies))
    body = urlencode({"csrf_token": token}, errors="surrogatepass").encode()
    assert answer("POST", "/", cookies, body, Content_Type=FORM).status == 403


def test_token_is_worth_nothing_without_its_cookie(answer: Callable[..., Any]) -> None:
    """Attack: a page elsewhere has a token of the attacker's own, but not the visitor's cookie."""
    token = token_of(answer("GET", "/form", {}))
    cookies: dict[str, str] = {}
    token_of(answer("GET", "/form", cookies))
    assert send(answer, cookies, token) == 403
    assert send(answer, {}, token) == 403
    assert send(answer, {"csrf": ""}, token) == 403


def test_log_in_can_be_forged_as_well(answer: Callable[..., Any]) -> None:
    """Attack: the visitor is logged in as the attacker, and writes into that account."""
    body = urlencode({"name": "mallory"}).encode()
    assert answer("POST", "/", {}, body, Content_Type=FORM).status == 403
    assert answer("POST", "/", {}, body, Content_Type="text/plain").status == 403


def test_program_without_cookies_needs_no_token(answer: Callable[..., Any]) -> None:
    """Nothing of a visitor's comes along that another site could abuse."""
    assert answer("POST", "/", {}, b"{}", Content_Type="application/json").status == 200
    assert answer("DELETE", "/", {}).status == 200


def test_planted_cookie_does_not_help(answer: Callable[..., Any]) -> None:
    """Attack: another host of our domain sets the cookie `csrf` to one that it has a token for."""
    attacker: dict[str, str] = {}
    token = token_of(answer("GET", "/form", attacker))
    visitor: dict[str, str] = {}
    answer("GET", "/in", visitor)
    assert "session" in visitor
    assert send(answer, visitor | attacker, token) == 403


def test_token_from_before_the_log_in_is_worth_nothing_after_it(
    answer: Callable[..., Any],
) -> None:
    cookies: dict[str, str] = {}
    token = token_of(answer("GET", "/form", cookies))
    answer("GET", "/in", cookies)
    assert send(answer, cookies, token) == 403
    assert send(answer, cookies, token_of(answer("GET", "/form", cookies))) == 200


def test_token_is_another_one_on_each_page(answer: Callable[..., Any]) -> None:
    """Attack: BREACH. What stays the same can be guessed by the length that it compresses to."""
    cookies: dict[str, str] = {}
    tokens = [token_of(answer("GET", "/form", cookies)) for _ in range(50)]
    for column in zip(*tokens, strict=True):
        assert len(set(column)) > 1 or column[0] == "."


def test_secret_has_256_bits_and_is_not_on_the_page(answer: Callable[..., Any]) -> None:
    cookies: dict[str, str] = {}
    page = answer("GET", "/form", cookies)
    assert re.fullmatch(r"[\w-]{43}", cookies["csrf"])
    assert cookies["csrf"] not in page.body.decode()


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_cookie_is_kept_from_scripts_and_from_plain_http(
    answer: Callable[..., Any], scheme: str, secure: bool
) -> None:
    line = answer("GET", "/form", {}, scheme=scheme).headers["Set-Cookie"]
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert ("Secure" in line) is secure
    assert "Max-Age" not in line, "it ends with the browser"


def test_page_without_a_form_sets_no_cookie(answer: Callable[..., Any]) -> None:
    cookies: dict[str, str] = {}
    assert "Set-Cookie" not in answer("GET", "/", cookies).headers
    answer("GET", "/form", cookies)
    assert "Set-Cookie" not in answer("GET", "/form", cookies).headers, "it has the cookie already"


def test_page_with_a_token_is_not_kept_by_a_proxy(answer: Callable[..., Any]) -> None:
    assert "private" in answer("GET", "/form", {}).headers["Cache-Control"]
