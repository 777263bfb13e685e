"""What `final/` adds to App: the headers that every answer carries."""

import base64
import hashlib
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Rung = Callable[..., ModuleType]

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def ask(rung: Rung, app: Any, path: str = "/") -> Any:
    request = rung("messages").Request("GET", path, path)
    request.headers["Accept"] = "text/html"
    return app(request)


def small_app(rung: Rung, **options: Any) -> Any:
    app = rung("app").App(**options)
    app.get("/")(lambda request: "hello")
    app.get("/broken", name="broken")(lambda request: 1 / 0)
    framed = rung("responses").html_response("hello", headers={"X-Frame-Options": "SAMEORIGIN"})
    app.get("/framed", name="framed")(lambda request: framed)
    return app


@pytest.mark.parametrize("path", ["/", "/broken", "/nowhere"])
def test_every_answer_carries_the_headers(rung: Rung, path: str) -> None:
    headers = ask(rung, small_app(rung), path).headers
    assert {name: headers[name] for name in EXPECTED} == EXPECTED
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)


def test_view_and_after_function_have_the_last_word(rung: Rung) -> None:
    app = small_app(rung)
    assert ask(rung, app, "/framed").headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]

    @app.after
    def relax(request: Any, response: Any) -> Any:
        response.headers["Referrer-Policy"] = "origin"
        return response

    assert ask(rung, app).headers.get_all("Referrer-Policy") == ["origin"]


def test_application_may_choose_others(rung: Rung) -> None:
    headers = ask(rung, small_app(rung, headers={"X-Of-Our-Own": "1"})).headers
    assert headers["X-Of-Our-Own"] == "1"
    assert "X-Frame-Options" not in headers


def test_malformed_header_is_refused_at_the_start(rung: Rung) -> None:
    with pytest.raises(ValueError, match="one line"):
        rung("app").App(headers={"X-Two": "a\r\nb"})


def test_answers_do_not_share_their_headers(rung: Rung) -> None:
    app = small_app(rung)
    ask(rung, app).headers.add("Referrer-Policy", "unsafe-url")
    assert ask(rung, app).headers.get_all("Referrer-Policy") == ["same-origin"]


def test_style_of_the_error_page_is_the_one_that_is_let_in(rung: Rung) -> None:
    page = ask(rung, small_app(rung), "/nowhere")
    (style,) = re.findall(rb"<style>(.*?)</style>", page.body)
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}'" in page.headers["Content-Security-Policy"]
