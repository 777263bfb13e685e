"""rung/debug.py: the page that shows a developer why a view has failed, and nobody else."""

import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.demo import Demo, clean_environment, copy_folder
from tests.support.targets import Target

Rung = Callable[..., ModuleType]
HTML = {"Accept": "text/html,*/*"}


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("not even a repr()")


@pytest.fixture
def app(rung: Rung) -> Any:
    """An application whose pages fail, each in its way."""
    app = rung().App()

    @app.get("/values")
    def values(request: Any) -> Any:
        markup = "<script>alert(1)</script>"
        long = "x" * 100_000
        many = list(range(100_000))
        broken = Broken()
        inside = [broken]
        return markup, long, many, inside, 1 / 0

    @app.get("/secrets")
    def secrets(request: Any) -> Any:
        password = csrf_token = API_KEY = "hidden-1"
        account = {"name": "ann", "Password": "hidden-2", "new_secret": b"hidden-3"}
        pairs = [("password", "hidden-4"), ("city", "shown-1")]
        body = b"name=shown-2&password=hidden-5&x=shown-3"
        url = "mysql://ann:hidden-6@host/shown-4"
        head = b"GET / HTTP/1.1\r\nCookie: session=hidden-7\r\n"
        bearer = "Authorization: Bearer hidden-8"
        return password, csrf_token, API_KEY, account, pairs, body, url, head, bearer, 1 / 0

    @app.get("/message")
    def message(request: Any) -> Any:
        raise ValueError("<b>bold</b>")

    @app.get("/cause")
    def cause(request: Any) -> Any:
        try:
            {}["the first"]
        except KeyError as error:
            raise LookupError("the second") from error

    @app.get("/cut")
    def cut(request: Any) -> Any:
        try:
            {}["the first"]
        except KeyError:
            raise LookupError("the second") from None

    @app.get("/deep")
    def deep(request: Any) -> Any:
        return deep(request)

    @app.get("/gone")
    def gone(request: Any) -> Any:
        rung().abort(410, "Long gone.")

    @app.get("/fine")
    def fine(request: Any) -> Any:
        return "fine"

    @app.after
    def add_policy(request: Any, response: Any) -> Any:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    return app


@pytest.fixture
def visit(rung: Rung, app: Any) -> Callable[..., Any]:
    """visit(path) -> the answer that a browser on this machine gets; options are the client's."""

    def visit(path: str, handler: Any = None, **options: Any) -> Any:
        pages = rung("debug").DebugPages(handler or app)
        client = rung().Client(pages, **({"headers": HTML} | options))
        return client.get(path)

    return visit


class Names(HTMLParser):
    """The table of names and values of each call, and the source that is marked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.marked: list[str] = []
        self._into = ""
        self._name = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._into = "marked" if (dict(attributes).get("class") or "").endswith("current") else tag
        if self._into == "marked":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into == "th":
            self._name = data
        elif self._into == "td":
            self.values[self._name] = data
        elif self._into == "marked":
            self.marked[-1] += data


# --- what it shows


def test_page_shows_error_line_and_values(visit: Callable[..., Any]) -> None:
    answer = visit("/values")
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>ZeroDivisionError</h1>" in answer.text
    assert "division by zero" in answer.text
    page = Names(answer.text)
    assert re.search(r"\d+ +return markup, long, many, inside, 1 / 0", page.marked[-1])
    assert "test_debug.py" in answer.text
    assert page.values["markup"] == "'<script>alert(1)</script>'"


def test_request_is_on_the_page(visit: Callable[..., Any]) -> None:
    answer = visit("/values?a=%22b", headers={**HTML, "X-Marker": "<i>here</i>"})
    assert "GET /values?a=%22b from 127.0.0.1" in answer.text
    assert Names(answer.text).values["X-Marker"] == "'<i>here</i>'"


def test_everything_is_escaped(visit: Callable[..., Any]) -> None:
    for path in ("/values", "/message"):
        page = visit(path).text
        assert "<script" not in page
        assert "<b>" not in page


def test_half_a_character_does_not_break_the_page(rung: Rung, visit: Callable[..., Any]) -> None:
    def fail(request: Any) -> Any:
        request.context["error"] = ValueError("half: \ud83d")
        return rung().Response("", 500)

    assert "half: ?" in visit("/", fail).text
    assert "half: ?" in visit("/", fail, headers={}).text


def test_long_values_are_cut(visit: Callable[..., Any]) -> None:
    values = Names(visit("/values").text).values
    assert len(values["long"]) < 1000
    assert len(values["many"]) < 1000
    assert "..." in values["long"]


def test_repr_that_fails_costs_nothing_but_itself(visit: Callable[..., Any]) -> None:
    values = Names(visit("/values").text).values
    assert "Broken" in values["broken"]
    assert "Broken" in values["inside"]


def test_secrets_are_hidden_and_nothing_else(visit: Callable[..., Any]) -> None:
    headers = {**HTML, "Cookie": "session=hidden-9", "Authorization": "Basic hidden-10"}
    page = visit("/secrets?password=hidden-11&a=shown-5", headers=headers).text
    values = Names(page).values
    for name in ("password", "csrf_token", "API_KEY", "Cookie", "Authorization"):
        assert values[name] == "(hidden)", name
    shown = "".join(values.values()) + re.sub("<details.*</details>", "", page, flags=re.DOTALL)
    assert re.findall(r"hidden-\d+", shown) == []
    assert set(re.findall(r"shown-\d", shown)) == {f"shown-{number}" for number in range(1, 6)}


@pytest.mark.parametrize("path", ["/cause", "/cut"])
def test_error_that_led_to_it_is_shown(visit: Callable[..., Any], path: str) -> None:
    """Also behind `from None`: there lies the line of a template, say."""
    page = visit(path).text
    assert page.index("LookupError") < page.index("Before that: KeyError")


def test_deep_recursion_fits_on_a_page(visit: Callable[..., Any]) -> None:
    answer = visit("/deep")
    assert "RecursionError" in answer.text
    assert answer.text.count("<details") <= 5 * 30


def test_line_of_a_template_is_shown(
    rung: Rung, app: Any, visit: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text("<p>one</p>\n<p>{{ titel }}</p>\n", encoding="utf-8")
    (tmp_path / "sum.html").write_text("\n\n{{ 1 // zero }}", encoding="utf-8")
    templates = rung().Templates(tmp_path)
    app.get("/page")(lambda request: templates.render("page.html", title="A title"))
    app.get("/sum", name="sum")(lambda request: templates.render("sum.html", zero=0))
    answer = visit("/page")
    assert "page.html, line 2" in answer.text
    assert any("<p>{{ titel }}</p>" in line for line in Names(answer.text).marked)
    assert "{{ 1 // zero }}" in Names(visit("/sum").text).marked[-1]


def test_call_of_the_developers_own_code_is_open(rung: Rung) -> None:
    """Also where its folder is called like that of a library, and a bit more."""
    debug = rung("debug")
    package = Path(debug.__file__).parent
    for filename, is_open in (
        (package / "app.py", False),
        (package.with_name(f"{package.name}_site") / "app.py", True),
    ):
        try:
            exec(compile("1 / 0", filename, "exec"), {})
        except ZeroDivisionError as error:
            assert debug.frames(error)[-1].is_open == is_open, filename


def test_programs_get_the_traceback_as_text(visit: Callable[..., Any]) -> None:
    answer = visit("/values", headers={"Accept": "application/json"})
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("Traceback (most recent call last):\n")
    assert answer.text.endswith("ZeroDivisionError: division by zero\n")


def test_error_outside_of_the_app_is_shown_too(rung: Rung, visit: Callable[..., Any]) -> None:
    def broken(request: Any) -> Any:
        raise ZeroDivisionError("out here")

    assert "out here" in visit("/", broken).text
    assert "out here" in visit("/", rung().AccessLog(broken)).text


@pytest.mark.parametrize(("path", "status"), [("/fine", 200), ("/gone", 410), ("/nowhere", 404)])
def test_other_answers_stay_as_they_are(
    rung: Rung, app: Any, visit: Callable[..., Any], path: str, status: int
) -> None:
    answer = visit(path)
    assert (answer.status, answer.body) == (
        status,
        rung().Client(app, headers=HTML).get(path).body,
    )


def test_page_is_readable_under_a_strict_policy(
    rung: Rung, app: Any, visit: Callable[..., Any], page: Any
) -> None:
    """In a browser, with the policy that the page brings along: its style is used."""
    answer = visit("/values")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'nonce-")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.route(
        "**/*",
        lambda route: route.fulfill(
            body=answer.text,
            content_type="text/html",
            headers={"Content-Security-Policy": policy},
        ),
    )
    page.goto("http://127.0.0.1/values")
    assert problems == []
    assert page.evaluate("getComputedStyle(document.querySelector('.current')).fontWeight") == "700"
    assert page.locator("details[open] .current").is_visible()


# --- who sees it


@pytest.mark.parametrize(
    "options",
    [
        {"remote_address": "192.168.0.7"},
        {"remote_address": ""},
        {"site": "http://evil.example:8000"},
        {"site": "http://192.168.0.1"},
        {"headers": {**HTML, "X-Forwarded-For": "127.0.0.1"}},
        {"headers": {**HTML, "Forwarded": "for=127.0.0.1"}},
        {"headers": {**HTML, "X-Real-IP": "127.0.0.1"}},
        {"headers": {**HTML, "Via": "1.1 proxy"}},
    ],
    ids=str,
)
def test_nobody_else_sees_it(rung: Rung, app: Any, visit: Callable[..., Any], options: Any) -> None:
    """Another machine; a proxy; a page of another name that means this address (DNS rebinding)."""
    answer = visit("/values", **options)
    assert answer.status == 500
    assert "ZeroDivisionError" not in answer.text
    assert "Something went wrong" in answer.text


def test_proxy_cannot_bring_the_page_outside(rung: Rung, app: Any) -> None:
    """BehindProxy inside would turn the visitor into 127.0.0.1: what counts is who is connected."""
    handler = rung("debug").DebugPages(rung().BehindProxy(app, trusted=["203.0.113.1"]))
    client = rung().Client(handler, remote_address="203.0.113.1", headers=HTML)
    answer = client.get("/values", headers={"X-Forwarded-For": "127.0.0.1"})
    assert "ZeroDivisionError" not in answer.text


@pytest.mark.parametrize("site", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:80"])
def test_browser_on_this_machine_sees_it(visit: Callable[..., Any], site: str) -> None:
    assert "ZeroDivisionError" in visit("/values", site=site).text


def test_without_debug_nobody_sees_it(rung: Rung, app: Any) -> None:
    assert "ZeroDivisionError" not in rung().Client(app, headers=HTML).get("/values").text


# --- the command line

SERVER = """
from rung import App, run

app = App()

@app.get("/")
def broken(request):
    return 1 / 0

run(app)
"""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--processes", "2"], "--debug and --reload are for one process"),
        (["--host", "0.0.0.0"], "--debug shows secrets: not on 0.0.0.0"),
        (["--host", ""], "--debug shows secrets"),
        (["--host", "192.0.2.1"], "--debug shows secrets: not on 192.0.2.1"),
    ],
)
def test_debug_is_refused_where_others_could_see_it(
    target: Target, tmp_path: Path, arguments: list[str], said: str
) -> None:
    folder = copy_folder(target.folder, tmp_path)
    (folder / "server.py").write_text(SERVER, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(folder / "server.py"), "--port", "0", "--debug", *arguments],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert run.returncode == 2
    assert said in run.stderr


@pytest.mark.parametrize(("arguments", "is_shown"), [(["--debug"], True), ([], False)])
def test_debug_is_there_when_asked_for(
    rung: Rung, target: Target, tmp_path: Path, arguments: list[str], is_shown: bool
) -> None:
    folder = copy_folder(target.folder, tmp_path)
    (folder / "server.py").write_text(SERVER, encoding="utf-8")
    demo = Demo(folder, tmp_path, *arguments)
    try:
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(demo.url, timeout=10)
        body = caught.value.read().decode()
    finally:
        demo.stop()
    assert ("return 1 / 0" in body) == is_shown
