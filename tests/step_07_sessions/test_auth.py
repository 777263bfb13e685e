"""Users: passwords, logging in and out, and the guards of views."""

import functools
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

Rung = Callable[..., ModuleType]
BrowserOf = Callable[[Any], Any]

CHEAP = {"n": 16, "r": 8, "p": 1}  # for tests alone: a real hash takes a fifth of a second
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


# --- passwords


@pytest.mark.exercise("7.6")
@pytest.mark.parametrize(
    "password", ["secret", "", "ünïcödé 🙂", "x" * 10_000, "a\0b", "\ud800", " "]
)
def test_right_password_is_verified_and_wrong_ones_are_not(rung: Rung, password: str) -> None:
    auth = rung("auth")
    hashed = auth.hash_password(password, **CHEAP)
    assert auth.verify_password(password, hashed)
    for wrong in (password + "x", password[:-1] + "y", "x" + password, password.upper() + "!"):
        assert not auth.verify_password(wrong, hashed), wrong


def test_hash_is_scrypt_with_its_cost_and_salt_in_the_text(rung: Rung) -> None:
    hashed = rung("auth").hash_password("secret", n=32, r=4, p=2)
    scheme, n, r, p, salt, key = hashed.split("$")
    assert (scheme, n, r, p) == ("scrypt", "32", "4", "2")
    assert len(bytes.fromhex(salt)) >= 16
    oracle = hashlib.scrypt(b"secret", salt=bytes.fromhex(salt), n=32, r=4, p=2, dklen=32)
    assert key == oracle.hex()


def test_default_cost_is_one_that_is_recommended(rung: Rung) -> None:
    """OWASP's password storage cheat sheet: these settings are equally strong."""
    equals = [(2**17, 8, 1), (2**16, 8, 2), (2**15, 8, 3), (2**14, 8, 5), (2**13, 8, 10)]
    auth = rung("auth")
    hashed = auth.hash_password("secret")
    assert tuple(map(int, hashed.split("$")[1:4])) in equals
    assert auth.verify_password("secret", hashed)


def test_equal_passwords_have_different_hashes(rung: Rung) -> None:
    hash_password = rung("auth").hash_password
    assert len({hash_password("secret", **CHEAP) for _ in range(10)}) == 10


@pytest.mark.exercise("7.6")
def test_cost_of_an_old_hash_is_taken_from_its_text(rung: Rung) -> None:
    auth = rung("auth")
    for cost in ({"n": 2, "r": 1, "p": 1}, {"n": 1024, "r": 8, "p": 3}):
        hashed = auth.hash_password("secret", **cost)
        assert auth.verify_password("secret", hashed)
        assert not auth.verify_password("Secret", hashed)


@pytest.mark.exercise("7.6")
def test_letter_with_an_accent_may_be_one_character_or_two(rung: Rung) -> None:
    auth = rung("auth")
    assert auth.verify_password("cafe\u0301", auth.hash_password("caf\u00e9", **CHEAP))


GARBLED = [
    "",
    "secret",
    "$$$$$",
    "{good}00",
    "{good}$",
    "md5${n}${r}${p}${salt}${key}",
    "{scheme}${n}${r}${p}${salt}$",
    "{scheme}${n}${r}${p}$${key}",
    "{scheme}$x${r}${p}${salt}${key}",
    "{scheme}$0${r}${p}${salt}${key}",
    "{scheme}$-16${r}${p}${salt}${key}",
    "{scheme}$17${r}${p}${salt}${key}",
    "{scheme}${n}$0${p}${salt}${key}",
    "{scheme}$1099511627776${r}${p}${salt}${key}",  # 2**40
    "{scheme}$1267650600228229401496703205376${r}${p}${salt}${key}",  # 2**100
    "{scheme}${n}${r}${p}$zz${key}",
    "{scheme}${n}${r}${p}${salt}$zz",
    "scrypt:32768:8:1$salt$00",
    "\0",
]


@pytest.mark.exercise("7.6")
@pytest.mark.parametrize("text", GARBLED, ids=ascii)
def test_text_that_is_no_hash_verifies_nothing(rung: Rung, text: str) -> None:
    auth = rung("auth")
    good = auth.hash_password("secret", **CHEAP)
    parts = dict(zip(("scheme", "n", "r", "p", "salt", "key"), good.split("$"), strict=True))
    garbled = text.format(good=good, **parts)
    assert auth.verify_password("secret", garbled) is False
    assert auth.verify_password("", garbled) is False


@pytest.mark.exercise("7.6")
def test_half_of_a_hash_verifies_nothing(rung: Rung) -> None:
    auth = rung("auth")
    good = auth.hash_password("secret", **CHEAP)
    for length in (1, len("scrypt$16$8"), len(good) - 64, len(good) - 2, len(good) - 1):
        assert auth.verify_password("secret", good[:length]) is False, good[:length]


@pytest.mark.exercise("7.6")
def test_hashes_are_compared_in_constant_time(rung: Rung, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = rung("auth")
    hashed = auth.hash_password("secret", **CHEAP)
    compared = []
    real = hmac.compare_digest

    def record(left: Any, right: Any) -> bool:
        compared.append((left, right))
        return real(left, right)

    monkeypatch.setattr(hmac, "compare_digest", record)
    assert not auth.verify_password("wrong", hashed)
    assert len(compared) == 1


@pytest.fixture
def scrypt_costs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """The cost of each call of scrypt, which costs nothing here."""
    costs = []

    def record(password: bytes, *, n: int, r: int, p: int, **others: Any) -> bytes:
        costs.append((n, r, p))
        return hashlib.sha256(password).digest()

    monkeypatch.setattr(hashlib, "scrypt", record)
    return costs


@pytest.mark.exercise("7.6")
def test_user_who_does_not_exist_costs_as_much_as_one_who_does(
    rung: Rung, scrypt_costs: list[tuple[int, int, int]]
) -> None:
    """Otherwise the time of the answer tells which names have an account here."""
    auth = rung("auth")
    hashed = auth.hash_password("secret")
    assert auth.verify_password("secret", hashed) is True
    assert auth.verify_password("wrong", hashed) is False
    assert auth.verify_password("secret", None) is False
    assert auth.verify_password("", None) is False
    assert len(scrypt_costs) == 5
    assert len(set(scrypt_costs)) == 1


# --- who is there


@dataclass
class Person:
    """A user as the application may define one."""

    id: int
    permissions: tuple[str, ...] = ()

    def has_permission(self, name: str) -> bool:
        return name in self.permissions


class Site:
    """An application with users 1 (nobody special), 2 (too) and 3 (may edit all posts)."""

    def __init__(self, rung: Rung, database: Any) -> None:
        self.auth = rung("auth")
        self.sessions = rung("sessions")
        self.users = {1: Person(1), 2: Person(2), 3: Person(3, ("post.edit",))}
        self.loaded: list[int] = []
        self.app = rung("app").App()
        self.application = self.sessions.Sessions(
            self.auth.Authentication(self.app, self.load), database
        )
        self.app.get("/in/<int:id>")(self.log_in)
        self.app.get("/out")(self.log_out)
        self.app.get("/who")(self.who)
        self.app.get("/put/<value>")(self.put)

    def load(self, id: int) -> Person | None:
        self.loaded.append(id)
        return self.users.get(id)

    def log_in(self, request: Any, id: int) -> str:
        self.auth.log_in(request, self.users[id])
        return str(self.auth.current_user(request).id)

    def log_out(self, request: Any) -> str:
        self.auth.log_out(request)
        assert self.auth.current_user(request) is None
        self.sessions.flash(request, "Goodbye.")
        return "out"

    def put(self, request: Any, value: str) -> str:
        self.sessions.current_session(request)["value"] = value
        return "put"

    def who(self, request: Any) -> dict[str, Any]:
        users = [self.auth.current_user(request) for _ in range(3)]
        assert users[0] is users[1] is users[2]
        value = self.sessions.current_session(request).get("value")
        return {"user": users[0] and users[0].id, "value": value}


@pytest.fixture
def site(rung: Rung, sqlite: Any) -> Site:
    return Site(rung, sqlite)


@pytest.fixture
def browser(site: Site, browser_of: BrowserOf) -> Any:
    return browser_of(site.application)


def who(browser: Any) -> Any:
    return json.loads(browser.get("/who").body)["user"]


@pytest.mark.exercise("7.7")
def test_user_is_known_from_log_in_to_log_out(browser: Any) -> None:
    assert who(browser) is None
    assert browser.get("/in/2").body == b"2"
    assert who(browser) == 2
    browser.get("/out")
    assert who(browser) is None


@pytest.mark.exercise("7.7")
def test_user_is_loaded_once_a_request_and_only_if_asked_for(site: Site, browser: Any) -> None:
    browser.get("/in/2")
    assert site.loaded == []
    browser.get("/who")
    assert site.loaded == [2]
    browser.get("/put/x")
    assert site.loaded == [2]


@pytest.mark.exercise("7.7")
def test_log_in_rotates_the_session_id(browser: Any, browser_of: BrowserOf, site: Site) -> None:
    """Session fixation: who knew the id before the log-in is not logged in by it."""
    browser.get("/put/cart")
    attacker = browser_of(site.application)
    attacker.cookies.update(browser.cookies)
    browser.get("/in/1")
    assert attacker.cookies["session"] != browser.cookies["session"]
    assert who(attacker) is None


@pytest.mark.exercise("7.7")
def test_what_a_visitor_did_before_the_log_in_stays(browser: Any) -> None:
    browser.get("/put/cart")
    browser.get("/in/1")
    assert json.loads(browser.get("/who").body) == {"user": 1, "value": "cart"}


@pytest.mark.exercise("7.7")
def test_next_user_does_not_inherit_from_the_last(browser: Any) -> None:
    browser.get("/in/1")
    browser.get("/put/mine")
    browser.get("/in/2")
    assert json.loads(browser.get("/who").body) == {"user": 2, "value": None}


@pytest.mark.exercise("7.7")
def test_same_user_keeps_everything_at_another_log_in(browser: Any) -> None:
    browser.get("/in/1")
    browser.get("/put/mine")
    browser.get("/in/1")
    assert json.loads(browser.get("/who").body) == {"user": 1, "value": "mine"}


@pytest.mark.exercise("7.7")
def test_each_log_in_of_a_user_has_an_id_of_its_own(browser: Any) -> None:
    browser.get("/in/1")
    before = browser.cookies["session"]
    browser.get("/in/1")
    assert browser.cookies["session"] != before


def test_log_out_ends_the_session_on_the_server(
    site: Site, browser: Any, browser_of: BrowserOf
) -> None:
    browser.get("/put/mine")
    browser.get("/in/1")
    thief = browser_of(site.application)
    thief.cookies.update(browser.cookies)
    assert who(thief) == 1
    browser.get("/out")
    assert json.loads(thief.get("/who").body) == {"user": None, "value": None}
    assert browser.cookies != thief.cookies, "the message that was flashed is in a new session"


def test_user_who_was_deleted_is_nobody(site: Site, browser: Any) -> None:
    browser.get("/in/2")
    del site.users[2]
    assert who(browser) is None


def test_application_that_is_not_wrapped_is_told_what_to_do(
    rung: Rung, sqlite: Any, browser_of: BrowserOf
) -> None:
    site = Site(rung, sqlite)
    site.application.handler = site.app  # sessions, but no users
    app, problems = site.app, []

    @app.error_handler(RuntimeError)
    def remember(request: Any, error: RuntimeError) -> str:
        problems.append(str(error))
        return "x"

    browser = browser_of(site.application)
    browser.get("/in/1")
    browser.get("/who")
    assert "Sessions(Authentication(app, load_user), database)" in problems[0]


# --- guards


def add_views(site: Site) -> None:
    """Views with guards above, below and on both sides of the route's decorator."""
    app, auth = site.app, site.auth

    def shout(view: Any) -> Any:
        """A decorator that has never heard of guards."""

        @functools.wraps(view)
        def loud(request: Any, **parameters: Any) -> Any:
            return view(request, **parameters).upper()

        return loud

    @app.get("/below")
    @auth.login_required
    def below(request: Any) -> str:
        """Below."""
        return "secret"

    @auth.login_required
    @app.get("/above")
    def above(request: Any) -> str:
        """Above."""
        return "secret"

    @app.get("/below-shout")
    @auth.login_required
    @shout
    def below_shout(request: Any) -> str:
        """Below, with another."""
        return "secret"

    @app.get("/between-shout")
    @shout
    @auth.login_required
    def between_shout(request: Any) -> str:
        """Below another."""
        return "secret"

    @auth.login_required
    @shout
    @app.get("/above-shout")
    def above_shout(request: Any) -> str:
        """Above another."""
        return "secret"

    @auth.login_required
    @app.get("/two-routes")
    @app.get("/two-routes/again", name="two_routes_again")
    def two_routes(request: Any) -> str:
        """Two routes."""
        return "secret"

    @auth.permission_required("post.edit")
    @app.get("/both")
    @auth.login_required
    def both(request: Any) -> str:
        """Both sides."""
        return "secret"

    site.views = {  # type: ignore[attr-defined]
        view.__name__.replace("_", "-"): view
        for view in (below, above, below_shout, between_shout, above_shout, two_routes, both)
    }


PLACES = ["below", "above", "below-shout", "between-shout", "above-shout", "two-routes", "both"]


@pytest.mark.exercise("7.8")
@pytest.mark.parametrize("place", [*PLACES, "two-routes/again"])
def test_guard_holds_wherever_it_stands(site: Site, browser: Any, place: str) -> None:
    add_views(site)
    refused = browser.get(f"/{place}")
    assert refused.status == 401
    assert b"secret" not in refused.body.lower()
    browser.get("/in/3")
    allowed = browser.get(f"/{place}")
    assert (allowed.status, allowed.body.lower()) == (200, b"secret")


@pytest.mark.exercise("7.9")
def test_guards_on_both_sides_are_both_asked(site: Site, browser: Any) -> None:
    add_views(site)
    browser.get("/in/1")
    assert browser.get("/both").status == 403


@pytest.mark.parametrize("place", PLACES)
def test_guarded_view_keeps_its_name_and_docstring(site: Site, place: str) -> None:
    add_views(site)
    view = site.views[place]  # type: ignore[attr-defined]
    assert view.__name__ == place.replace("-", "_")
    assert view.__doc__
    assert view.__wrapped__


@pytest.mark.exercise("7.8")
@pytest.mark.parametrize("place", ["/below", "/below?page=2", "/below?page=2&q=a%20b"])
def test_browser_is_sent_to_log_in_and_back(site: Site, browser: Any, place: str) -> None:
    add_views(site)
    response = browser.get(place, Accept=BROWSER)
    assert response.status == 303
    location = urlsplit(response.headers["Location"])
    assert location.path == "/login"
    assert parse_qs(location.query) == {"next": [place]}


@pytest.mark.exercise("7.8")
@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}])
def test_program_gets_401(site: Site, browser: Any, headers: dict[str, str]) -> None:
    add_views(site)
    response = browser.get("/below", **headers)
    assert response.status == 401
    assert json.loads(response.body)["error"]["status"] == 401


@pytest.mark.exercise("7.8")
def test_401_names_a_way_to_log_in(site: Site, browser: Any) -> None:
    """RFC 9110 section 11.6.1."""
    add_views(site)
    challenge = browser.get("/below").headers.get("WWW-Authenticate", "")
    assert "/login" in challenge
    assert not challenge.startswith("Basic"), "would open a dialogue"


@pytest.mark.exercise("7.8")
def test_form_that_is_sent_without_a_log_in_is_not_redirected(site: Site, browser: Any) -> None:
    site.app.post("/save")(site.auth.login_required(lambda request: "saved"))
    assert browser.get("/save", "POST", Accept=BROWSER).status == 401


@pytest.mark.exercise("7.8")
def test_head_is_answered_like_get(site: Site, browser: Any) -> None:
    add_views(site)
    assert browser.get("/below", "HEAD", Accept=BROWSER).status == 303


@pytest.mark.exercise("7.8")
def test_log_in_page_may_be_elsewhere(rung: Rung, site: Site, browser_of: BrowserOf) -> None:
    add_views(site)
    authentication = site.auth.Authentication(site.app, site.load, login_path="/account/enter")
    site.application.handler = authentication
    response = browser_of(site.application).get("/below", Accept=BROWSER)
    assert response.headers["Location"].startswith("/account/enter?next=")


@pytest.mark.exercise("7.8")
def test_absolute_target_leads_back_to_this_site(rung: Rung, site: Site) -> None:
    """RFC 9112 section 3.2.2: a request line may hold a whole URL, and it may name another host."""
    add_views(site)
    messages = rung("messages")
    request = messages.Request(
        "GET", "http://evil.example/below", "/below", headers=messages.Headers({"Accept": BROWSER})
    )
    location = site.application(request).headers["Location"]
    assert "evil" not in location


@pytest.fixture
def posts(site: Site) -> Site:
    """Posts 1 and 2 belong to the users of these ids; nobody owns 9, and 404 is none."""
    asked = site.asked = []  # type: ignore[attr-defined]

    def owner_of(request: Any, id: int) -> int | None:
        asked.append(id)
        if id == 404:
            raise KeyError("no such post")
        return None if id == 9 else id

    @site.app.get("/edit/<int:id>")
    @site.auth.permission_required("post.edit", owner=owner_of)
    def edit(request: Any, id: int) -> str:
        return f"edited {id}"

    @site.auth.permission_required("post.edit", owner=owner_of)
    @site.app.get("/above/<int:id>")
    def edit_above(request: Any, id: int) -> str:
        return f"edited {id}"

    @site.app.get("/all")
    @site.auth.permission_required("post.edit")
    def edit_all(request: Any) -> str:
        return "edited all"

    return site


@pytest.mark.exercise("7.9")
@pytest.mark.parametrize("prefix", ["/edit", "/above"])
@pytest.mark.parametrize(
    ("user", "post", "status"),
    [(1, 1, 200), (1, 2, 403), (2, 2, 200), (1, 9, 403), (3, 1, 200), (3, 9, 200)],
)
def test_owner_and_those_with_the_permission_may(
    posts: Site, browser: Any, prefix: str, user: int, post: int, status: int
) -> None:
    browser.get(f"/in/{user}")
    response = browser.get(f"{prefix}/{post}")
    assert response.status == status
    assert (response.body == f"edited {post}".encode()) == (status == 200)


@pytest.mark.exercise("7.9")
@pytest.mark.parametrize(("user", "status"), [(1, 403), (3, 200)])
def test_without_an_owner_only_the_permission_counts(
    posts: Site, browser: Any, user: int, status: int
) -> None:
    browser.get(f"/in/{user}")
    assert browser.get("/all").status == status


@pytest.mark.exercise("7.9")
@pytest.mark.parametrize("headers", [{}, {"Accept": BROWSER}], ids=["program", "browser"])
def test_who_is_not_logged_in_is_asked_to(
    posts: Site, browser: Any, headers: dict[str, str]
) -> None:
    assert browser.get("/edit/1", **headers).status == (303 if headers else 401)


@pytest.mark.exercise("7.9")
def test_nobody_is_not_the_owner_of_what_nobody_owns(posts: Site, browser: Any) -> None:
    assert browser.get("/edit/9").status != 200


@pytest.mark.exercise("7.9")
def test_nothing_is_looked_up_for_a_stranger(posts: Site, browser: Any) -> None:
    """Otherwise the answers tell which posts exist."""
    assert browser.get("/edit/404").status == browser.get("/edit/1").status
    assert posts.asked == []  # type: ignore[attr-defined]


@pytest.mark.exercise("7.9")
def test_refusal_is_an_error_that_the_application_can_handle(posts: Site, browser: Any) -> None:
    @posts.app.error_handler(403)
    def refused(request: Any, error: Any) -> str:
        return f"refused: {error.message}"

    browser.get("/in/1")
    response = browser.get("/edit/2")
    assert response.status == 403
    assert response.body.startswith(b"refused: ")


def test_right_that_was_taken_away_is_gone_at_the_next_request(posts: Site, browser: Any) -> None:
    browser.get("/in/3")
    assert browser.get("/all").status == 200
    posts.users[3].permissions = ()
    assert browser.get("/all").status == 403


# --- where a log-in leads

LOCAL = [
    "/",
    "/posts",
    "/posts/7?page=2#top",
    "/a//b",
    "/?next=https://x",
    "/käse",
    "/%2F",
    "/.//evil.example",
]
ELSEWHERE = [
    "",
    "posts",
    "https://evil.example/",
    "http:evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "@evil.example",
    "/posts\r\nSet-Cookie: x=1",
    "/\0",
    "/a\\b",
]


@pytest.mark.parametrize("url", LOCAL)
def test_path_of_this_site_is_taken(rung: Rung, url: str) -> None:
    assert rung("auth").local_path(url) == url
    assert urlsplit(urljoin("http://site.example/login", url)).hostname == "site.example"


@pytest.mark.parametrize("url", ELSEWHERE, ids=ascii)
def test_other_place_becomes_the_start_page(rung: Rung, url: str) -> None:
    assert rung("auth").local_path(url) == "/"
