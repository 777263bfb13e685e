"""The site of step 07 as browsers see it: accounts, posts of one's own, and attempts at others'."""

import html
import http.client
import itertools
import json
import re
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.compare import Answer

pytestmark = pytest.mark.own_step

PASSWORD = "correct horse battery"
numbers = itertools.count(1)


class Visitor:
    """A browser over http.client: it keeps cookies, sends forms and does not follow redirects."""

    def __init__(self, demo: Any) -> None:
        self.port = demo.port
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []
        self.name = ""

    def get(self, target: str) -> Answer:
        return self.ask("GET", target)

    def post(self, target: str, **form: str) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", target, urlencode(form), headers)

    def ask(
        self,
        method: str,
        target: str,
        body: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Accept": "text/html", **(headers or {})} | ({"Cookie": cookies} if cookies else {})
        connection.request(method, target, body, sent)
        response = connection.getresponse()
        self.set_cookies = response.headers.get_all("Set-Cookie") or []
        for line in self.set_cookies:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        answer = Answer(
            response.version, response.status, response.reason, response.headers, response.read()
        )
        connection.close()
        return answer

    def register(self, name: str) -> str:
        """Register under a name of this test's own, and return it."""
        self.name = f"{name} {next(numbers)}"
        assert self.post("/register", name=self.name, password=PASSWORD).status == 303
        return self.name

    def write(self, text: str) -> str:
        """Write a post and return its path."""
        answer = self.post("/posts/new", text=text)
        assert answer.status == 303
        return str(answer.headers["Location"])


def problem_of(page: str, name: str) -> str | None:
    found = re.search(rf'<p class="problem" id="{name}-problem">(.*?)</p>', page)
    return html.unescape(found[1]) if found else None


def flashed(page: str) -> list[str]:
    return [html.unescape(text) for text in re.findall(r'<p class="flash.*?>(.*?)</p>', page)]


@pytest.fixture(scope="module")
def admin(demo: Any) -> Visitor:
    """Whoever registers first."""
    visitor = Visitor(demo)
    visitor.register("Admin")
    return visitor


@pytest.fixture(scope="module")
def ann(demo: Any, admin: Visitor) -> Visitor:
    visitor = Visitor(demo)
    visitor.register("Ann")
    return visitor


@pytest.fixture(scope="module")
def eve(demo: Any, admin: Visitor) -> Visitor:
    """Somebody else, and up to no good."""
    visitor = Visitor(demo)
    visitor.register("Eve")
    return visitor


@pytest.fixture
def stranger(demo: Any, admin: Visitor) -> Visitor:
    return Visitor(demo)


# --- accounts


def test_new_user_is_welcomed_once_and_stays_logged_in(stranger: Visitor) -> None:
    name = stranger.register("New & <b>")
    first = stranger.get("/").text
    assert flashed(first) == [f"Welcome, {name}."]
    assert f"Log out {html.escape(name)}" in first
    second = stranger.get("/").text
    assert flashed(second) == []
    assert "Log out" in second


def test_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(stranger: Visitor) -> None:
    stranger.register("Cookie")
    (line,) = stranger.set_cookies
    assert "; HttpOnly" in line
    assert "; SameSite=Lax" in line
    assert "; Path=/" in line


def test_visitor_who_only_reads_gets_no_cookie(stranger: Visitor, ann: Visitor) -> None:
    for target in ("/", ann.write("to be read"), "/login", "/static/style.css", "/nowhere"):
        stranger.get(target)
        assert stranger.set_cookies == [], target


def test_registration_says_what_is_wrong_beside_the_field(stranger: Visitor, ann: Visitor) -> None:
    answer = stranger.post("/register", name="Shorty", password="short")
    assert answer.status == 422
    assert "8 characters" in str(problem_of(answer.text, "password"))
    assert 'value="Shorty"' in answer.text
    assert "short</" not in answer.text and 'value="short"' not in answer.text
    answer = stranger.post("/register", name=ann.name, password=PASSWORD)
    assert answer.status == 422
    assert problem_of(answer.text, "name") == "This name is taken."
    assert PASSWORD not in answer.text, "a password is never sent back"
    assert stranger.post("/register", name=" ", password="").text.count("aria-invalid") == 2
    assert stranger.cookies == {}


def test_nobody_can_register_as_administrator(stranger: Visitor, ann: Visitor) -> None:
    """Mass assignment: a field of the model that is no field of the form."""
    stranger.post("/register", name="Mallory", password=PASSWORD, role="admin", id="1")
    assert stranger.get(f"{ann.write('not yours')}/edit").status == 403


def test_log_in_and_out(stranger: Visitor) -> None:
    name = stranger.register("Back")
    logged_out = stranger.post("/logout")
    assert (logged_out.status, logged_out.headers["Location"]) == (303, "/")
    assert flashed(stranger.get("/").text) == ["You are logged out."]
    assert "Log in" in stranger.get("/").text
    assert stranger.post("/login", name=name, password=PASSWORD).status == 303
    assert flashed(stranger.get("/").text) == [f"Welcome back, {name}."]


def test_log_out_needs_a_post(ann: Visitor) -> None:
    assert ann.get("/logout").status == 405
    assert "Log out" in ann.get("/").text


def test_wrong_password_and_unknown_name_get_the_same_answer(
    stranger: Visitor, ann: Visitor
) -> None:
    wrong = stranger.post("/login", name=ann.name, password="wrong")
    unknown = stranger.post("/login", name="Nobody", password="wrong")
    assert wrong.status == unknown.status == 422
    said = problem_of(wrong.text, "name")
    assert said and said == problem_of(unknown.text, "name")
    assert 'value="Nobody"' in unknown.text
    assert stranger.cookies == {}


def test_sql_in_a_name_is_a_name(stranger: Visitor) -> None:
    for name in ("' OR 1=1 -- ", "\\' OR 1=1 #"):
        assert stranger.post("/login", name=name, password="x").status == 422


# --- where the log-in leads


def test_stranger_is_sent_to_log_in_and_comes_back(stranger: Visitor, ann: Visitor) -> None:
    answer = stranger.get("/posts/new?draft=1")
    assert answer.status == 303
    location = urlsplit(answer.headers["Location"])
    assert location.path == "/login"
    assert parse_qs(location.query)["next"] == ["/posts/new?draft=1"]
    page = stranger.get(answer.headers["Location"]).text
    assert '<input type="hidden" name="next" value="/posts/new?draft=1">' in page
    name = ann.name
    wrong = stranger.post("/login", name=name, password="wrong", next="/posts/new?draft=1")
    assert 'value="/posts/new?draft=1"' in wrong.text, "the way back survives a wrong password"
    right = stranger.post("/login", name=name, password=PASSWORD, next="/posts/new?draft=1")
    assert right.headers["Location"] == "/posts/new?draft=1"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "/\t/evil.example"])
def test_log_in_does_not_lead_to_another_site(demo: Any, ann: Visitor, elsewhere: str) -> None:
    name = ann.name
    answer = Visitor(demo).post("/login", name=name, password=PASSWORD, next=elsewhere)
    assert (answer.status, answer.headers["Location"]) == (303, "/")


def test_next_is_escaped_in_the_form(stranger: Visitor) -> None:
    page = stranger.get("/login?" + urlencode({"next": '"><script>alert(1)</script>'})).text
    assert "<script" not in page


# --- posts of one's own


def test_post_belongs_to_who_wrote_it(ann: Visitor) -> None:
    path = ann.write("mine")
    page = ann.get(path).text
    assert f"A post by {ann.name}" in page
    assert f'href="{path}/edit"' in page
    assert ann.post(f"{path}/edit", text="changed").status == 303
    assert "changed" in ann.get(path).text
    assert ann.post(f"{path}/delete").status == 303
    assert ann.get(path).status == 404


def test_author_cannot_be_forged(eve: Visitor, ann: Visitor) -> None:
    answer = eve.post("/posts/new", text="not by Ann", author=ann.name, author_id="2")
    assert "A post by Eve" in eve.get(answer.headers["Location"]).text


def test_others_may_read_and_nothing_else(ann: Visitor, eve: Visitor, stranger: Visitor) -> None:
    path = ann.write("leave me alone")
    api = path.replace("/posts", "/api/posts")
    assert eve.get(path).status == 200
    assert "/edit" not in eve.get(path).text
    assert eve.get(f"{path}/edit").status == 403
    assert eve.post(f"{path}/edit", text="spoilt").status == 403
    assert eve.post(f"{path}/delete").status == 403
    json_type = {"Content-Type": "application/json"}
    assert eve.ask("PUT", api, '{"text": "spoilt"}', json_type).status == 403
    assert eve.ask("DELETE", api).status == 403
    assert stranger.get(f"{path}/edit").status == 303
    assert stranger.post(f"{path}/edit", text="spoilt").status == 401
    assert stranger.post(f"{path}/delete").status == 401
    assert stranger.ask("DELETE", api).status == 401
    assert "leave me alone" in ann.get(path).text


def test_administrator_may_edit_and_delete_everything(admin: Visitor, ann: Visitor) -> None:
    path = ann.write("to be moderated")
    assert f'href="{path}/edit"' in admin.get(path).text
    assert admin.post(f"{path}/edit", text="moderated").status == 303
    page = ann.get(path).text
    assert "moderated" in page
    assert f"A post by {ann.name}" in page, "it still belongs to who wrote it"
    assert admin.post(f"{path}/delete").status == 303


def test_refused_form_keeps_what_was_typed(ann: Visitor) -> None:
    text = "x" * 500 + "<y>"
    answer = ann.post("/posts/new", text=text)
    assert answer.status == 422
    assert html.escape(text) in answer.text
    assert problem_of(answer.text, "text")


def test_api_wants_a_user_and_says_so_as_json(stranger: Visitor, ann: Visitor) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    refused = stranger.ask("POST", "/api/posts", '{"text": "by nobody"}', headers)
    assert refused.status == 401
    assert "WWW-Authenticate" in refused.headers
    assert json.loads(refused.body)["error"]["message"] == "Log in first."
    made = ann.ask("POST", "/api/posts", '{"text": "by API"}', headers)
    assert made.status == 201
    assert json.loads(made.body)["author"] == ann.name


# --- sessions under attack


def test_session_fixation_does_not_work(stranger: Visitor, demo: Any, ann: Visitor) -> None:
    """An attacker plants a cookie and waits for the log-in: an invented one, then a real one."""
    attacker = Visitor(demo)
    attacker.register("Attacker")
    attacker.post("/logout")  # the message about it is kept in a session without a user
    for planted in ("chosen-by-an-attacker", attacker.cookies["session"]):
        stranger.cookies["session"] = attacker.cookies["session"] = planted
        assert stranger.post("/login", name=ann.name, password=PASSWORD).status == 303
        assert stranger.cookies["session"] != planted
        assert "Log out" in stranger.get("/").text
        assert "Log out" not in attacker.get("/").text


def test_cookie_is_worth_nothing_after_the_log_out(stranger: Visitor, demo: Any) -> None:
    stranger.register("Leaver")
    thief = Visitor(demo)
    thief.cookies.update(stranger.cookies)
    assert "Log out" in thief.get("/").text
    stranger.post("/logout")
    assert "Log out" not in thief.get("/").text
    assert thief.post("/posts/new", text="by a thief").status == 401


def test_pages_of_a_visitor_are_not_kept_by_proxies(ann: Visitor) -> None:
    assert "private" in ann.get("/").headers["Cache-Control"]
    assert "private" not in ann.get("/static/style.css").headers["Cache-Control"]


@pytest.mark.timeout(30)
def test_user_stays_logged_in_over_a_restart_on_either_database(
    start_demo: Any, database_url: str
) -> None:
    first = start_demo(DATABASE_URL=database_url)
    visitor = Visitor(first)
    visitor.register("Emoji 🙂")
    path = visitor.write("stored 🙂")
    assert first.stop() == 0
    visitor.port = start_demo(DATABASE_URL=database_url).port
    page = visitor.get(path).text
    assert "stored 🙂" in page
    assert "Log out Emoji 🙂" in page


def test_whole_visit_in_a_browser(demo: Any, admin: Visitor, ann: Visitor, page: Any) -> None:
    """Register, write, edit, be refused, log out; on a phone."""
    others = ann.write("not yours")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{demo.url}/posts/new")
    assert page.url.startswith(f"{demo.url}/login?next=")
    page.get_by_role("link", name="Register").first.click()
    page.get_by_label("Your name").fill("Phone")
    page.get_by_label("A password").fill("short")
    page.get_by_role("button", name="Register").click()
    assert page.get_by_label("Your name").input_value() == "Phone"
    assert "8 characters" in page.locator(".problem").inner_text()
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    assert page.locator(".flash").inner_text() == "Welcome, Phone."
    page.get_by_role("link", name="New post").click()
    page.get_by_label("What do you want to say?").fill("Hello <b>all</b>")
    page.get_by_role("button", name="Post").click()
    assert page.locator(".card .text").inner_text() == "Hello <b>all</b>"
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("What do you want to say?").fill("Changed")
    page.get_by_role("button", name="Save").click()
    assert page.locator(".card .text").inner_text() == "Changed"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.cookie") == "", "scripts cannot read the session's cookie"
    assert page.goto(demo.url + others + "/edit").status == 403
    page.get_by_role("button", name="Log out Phone").click()
    assert page.locator(".flash").inner_text() == "You are logged out."
    assert page.get_by_role("link", name="Log in").is_visible()
