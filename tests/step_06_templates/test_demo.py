"""The site of step 06 as a browser sees it: pages from templates, forms, static files."""

import html
import http.client
import json
import re
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.compare import Answer, read_answer

pytestmark = pytest.mark.own_step

ATTACK = "<script>alert(1)</script>\" onload='x' {{ 7 * 7 }}"
BROWSER = {"Accept": "text/html"}


def ask(demo: Any, method: str, target: str, form: dict[str, str] | None = None) -> Answer:
    """Send a request as a browser does, and return the answer; redirects are not followed."""
    connection = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=5)
    headers = dict(BROWSER)
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, target, urlencode(form) if form is not None else None, headers)
    response = connection.getresponse()
    answer = Answer(
        response.version, response.status, response.reason, response.headers, response.read()
    )
    connection.close()
    return answer


def get(demo: Any, target: str) -> Answer:
    return ask(demo, "GET", target)


def write(demo: Any, author: str, text: str) -> str:
    """Write a post and return its path."""
    answer = ask(demo, "POST", "/posts/new", {"author": author, "text": text})
    assert answer.status == 303
    return str(answer.headers["Location"])


def typed(page: str, name: str) -> str:
    """What a field of the form shows, as a browser reads it."""
    field = re.search(
        rf'<textarea id="{name}"[^>]*>\n(.*?)</textarea>|<input id="{name}"[^>]* value="([^"]*)"',
        page,
        re.DOTALL,
    )
    assert field, f"no field {name}"
    return html.unescape(field[1] if field[1] is not None else field[2])


def problem_of(page: str, name: str) -> str | None:
    found = re.search(rf'<p class="problem" id="{name}-problem">(.*?)</p>', page)
    return html.unescape(found[1]) if found else None


def test_post_is_written_by_a_form_and_shown(demo: Any) -> None:
    path = write(demo, "Ann", "Good morning ☀\nA second line")
    page = get(demo, path)
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Good morning ☀\nA second line" in page.text
    assert "<title>A post by Ann" in page.text
    assert "Good morning" in get(demo, "/").text


def test_what_a_visitor_types_is_never_markup(demo: Any) -> None:
    path = write(demo, f"Eve {ATTACK[:30]}", ATTACK)
    for target in (path, "/", f"{path}/edit", "/?" + urlencode({"author": ATTACK})):
        page = get(demo, target).text
        assert "<script" not in page, target
        assert ATTACK in html.unescape(page), f"{target} does not show it as it was typed"
    assert typed(get(demo, f"{path}/edit").text, "text") == ATTACK


def test_newest_post_comes_first_and_an_author_can_be_picked(demo: Any) -> None:
    write(demo, "Bob", "older than")
    write(demo, "Cleo & Co", "newer than")
    page = get(demo, "/").text
    assert page.index("newer than") < page.index("older than")
    only = get(demo, "/?" + urlencode({"author": "Cleo & Co"})).text
    assert "newer than" in only
    assert "older than" not in only
    assert "Posts by Cleo &amp; Co" in only


def test_refused_form_loses_nothing_and_says_what_is_wrong_beside_the_field(demo: Any) -> None:
    form = {"author": 'Ann "the <b>', "text": "x" * 501}
    answer = ask(demo, "POST", "/posts/new", form)
    assert answer.status == 422
    assert typed(answer.text, "author") == form["author"]
    assert typed(answer.text, "text") == form["text"]
    assert problem_of(answer.text, "author") is None
    said = problem_of(answer.text, "text")
    assert said and "500" in said and "501" in said


def test_every_problem_is_named_at_once(demo: Any) -> None:
    page = ask(demo, "POST", "/posts/new", {"author": "  ", "text": ""}).text
    assert problem_of(page, "author")
    assert problem_of(page, "text")
    assert page.count('aria-invalid="true"') == 2
    assert problem_of(get(demo, "/posts/new").text, "author") is None


def test_post_is_edited_and_deleted(demo: Any) -> None:
    path = write(demo, "Dora", "first words")
    assert typed(get(demo, f"{path}/edit").text, "text") == "first words"
    refused = ask(demo, "POST", f"{path}/edit", {"text": " "})
    assert refused.status == 422
    assert problem_of(refused.text, "text")
    changed = ask(demo, "POST", f"{path}/edit", {"text": "second words"})
    assert (changed.status, changed.headers["Location"]) == (303, path)
    assert "second words" in get(demo, path).text
    assert ask(demo, "POST", f"{path}/delete", {}).headers["Location"] == "/"
    assert get(demo, path).status == 404


def test_line_ends_of_a_browser_are_one_character(demo: Any) -> None:
    path = write(demo, "Ann", "a\r\nb" + "x" * 497)  # 500 characters, 501 bytes on the way
    assert typed(get(demo, f"{path}/edit").text, "text") == "a\nb" + "x" * 497


def test_error_is_a_page_for_people_and_json_for_programs(demo: Any) -> None:
    page = get(demo, "/nowhere")
    assert page.status == 404
    assert "<h1>404 Not Found</h1>" in page.text
    assert "style.css" in page.text
    connection = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=5)
    connection.request("GET", "/nowhere")
    response = connection.getresponse()
    assert json.loads(response.read())["error"]["status"] == 404
    connection.close()


def test_same_posts_are_there_as_json(demo: Any) -> None:
    write(demo, "Json", "as data")
    posts = json.loads(get(demo, "/api/posts?author=Json").body)
    assert [post["text"] for post in posts] == ["as data"]


def test_every_link_of_every_page_leads_somewhere(demo: Any) -> None:
    write(demo, "Linker & <Co>", "links")
    seen, waiting = set(), ["/"]
    while waiting:
        target = waiting.pop()
        if target in seen:
            continue
        seen.add(target)
        answer = get(demo, target)
        assert answer.status == 200, target
        if answer.headers["Content-Type"].startswith("text/html"):
            waiting += map(html.unescape, re.findall(r'href="([^"]*)"', answer.text))
    assert {"/", "/posts/new", "/static/style.css", "/static/icon.svg", "/api/posts"} <= seen


def test_style_sheet_is_served_once_and_then_304(demo: Any) -> None:
    first = get(demo, "/static/style.css")
    assert first.headers["Content-Type"] == "text/css; charset=utf-8"
    connection = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=5)
    connection.request("GET", "/static/style.css", headers={"If-None-Match": first.headers["ETag"]})
    again = connection.getresponse()
    assert (again.status, again.read()) == (304, b"")
    connection.close()


@pytest.mark.parametrize(
    "url",
    [
        b"/static/../models.py",
        b"/static/%2e%2e/models.py",
        b"/static/..%2fmodels.py",
        b"/static/..%5cmodels.py",
        b"/static/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc/passwd",
        b"/static//etc/passwd",
        b"/static/..%00/models.py",
    ],
    ids=lambda url: url.decode(),
)
def test_source_code_is_not_given_away(demo: Any, url: bytes) -> None:
    with socket.create_connection(("127.0.0.1", demo.port), timeout=5) as connection:
        connection.sendall(b"GET " + url + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        connection.settimeout(5)
        received = b""
        while data := connection.recv(65536):
            received += data
    answer = read_answer(received)
    assert answer.status in (400, 404)
    assert b"import" not in answer.body
    assert b"root:" not in answer.body


def test_missing_package_is_named_with_the_remedy(start_demo: Any, tmp_path: Path) -> None:
    (tmp_path / "jinja2.py").write_text("raise ModuleNotFoundError(name='jinja2')")
    with pytest.raises(AssertionError) as caught:
        start_demo(PYTHONPATH=str(tmp_path))
    said = str(caught.value)
    assert "The package 'jinja2' is missing: pip install -r requirements.txt" in said
    assert "Traceback" not in said
    assert "status 0" not in said


def test_posts_survive_a_restart(start_demo: Any) -> None:
    first = start_demo()
    path = write(first, "Ann", "still here")
    assert first.stop() == 0
    second = start_demo()
    assert "still here" in get(second, path).text


def test_page_fits_a_phone_and_its_style_is_applied(demo: Any, page: Any) -> None:
    write(demo, "w" * 40, "W" * 500)
    page.set_viewport_size({"width": 390, "height": 844})
    for target in ("/", "/posts/new"):
        page.goto(demo.url + target)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, target
        colour = "getComputedStyle(document.body).backgroundColor"
        page.emulate_media(color_scheme="light")
        light = page.evaluate(colour)
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(colour) != light
