"""Sessions: what is remembered, for how long, and of whom."""

import hashlib
import json
import math
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.cookies import SimpleCookie
from types import ModuleType
from typing import Any

import pytest

Rung = Callable[..., ModuleType]
BrowserOf = Callable[[Any], Any]

IDLE, LIFETIME = 1000, 5000  # seconds


class Site:
    """A small application with sessions, its database, and a record of its SQL."""

    def __init__(self, rung: Rung, database: Any, clock: Any) -> None:
        self.layer = rung("sessions")
        self.messages = rung("messages")
        self.database = database
        self.statements: list[str] = []
        self.view: Callable[[Any], Any] = lambda session: None
        self.application = self.layer.Sessions(
            self.answer, database, lifetime=LIFETIME, idle=IDLE, clock=clock
        )
        execute = database.execute

        def record(sql: str, parameters: Any = ()) -> Any:
            self.statements.append(sql.split()[0])
            return execute(sql, parameters)

        database.execute = record

    def answer(self, request: Any) -> Any:
        """/none does not touch the session, /fail fails; others set, read, clear or run a view."""
        if request.path == "/none":
            return self.messages.Response("nothing")
        session = self.layer.current_session(request)
        if request.path == "/set":
            for name, value in request.query.items():
                session[name] = value
        if request.path == "/clear":
            session.clear()
        if request.path == "/rotate":
            session.rotate()
        if request.path == "/run":
            self.view(session)
            return self.messages.Response("done")
        if request.path == "/fail":
            session["failed"] = True
            return self.messages.Response("sorry", 500)
        return self.messages.Response(json.dumps(dict(session)))

    def rows(self) -> list[Any]:
        rows = self.database.execute("SELECT * FROM sessions").rows
        self.statements.clear()
        return list(rows)


@pytest.fixture
def site(rung: Rung, database: Any, clock: Any) -> Site:
    return Site(rung, database, clock)


@pytest.fixture
def lite(rung: Rung, sqlite: Any, clock: Any) -> Site:
    return Site(rung, sqlite, clock)


@pytest.fixture
def browser(lite: Site, browser_of: BrowserOf) -> Any:
    return browser_of(lite.application)


# --- what is remembered


@pytest.mark.exercise("7.3")
@pytest.mark.exercise("7.4")
def test_visitor_is_remembered_from_request_to_request(site: Site, browser_of: BrowserOf) -> None:
    ann, bob = browser_of(site.application), browser_of(site.application)
    ann.get("/set?name=ann")
    bob.get("/set?name=bob")
    ann.get("/set?colour=red")
    assert json.loads(ann.get("/").body) == {"name": "ann", "colour": "red"}
    assert json.loads(bob.get("/").body) == {"name": "bob"}
    assert len(site.rows()) == 2


@pytest.mark.exercise("7.4")
def test_values_of_every_kind_come_back_as_they_went_in(site: Site, browser_of: BrowserOf) -> None:
    values = {
        "text": "Zoë 🙂 \u2028 'quoted\"",
        "half of a character": "\ud83d",
        "numbers": [0, -1, 2**70, 0.1, 1e300],
        "nothing": None,
        "yes": True,
        "nested": {"a": [{"b": {}}], "": []},
        "long": "x" * 100_000,
    }
    seen = []
    browser = browser_of(site.application)
    site.view = lambda session: session.update(values)
    browser.get("/run")
    site.view = lambda session: seen.append(dict(session))
    browser.get("/run")
    assert seen == [values]


@pytest.mark.exercise("7.5")
def test_change_deep_inside_a_value_is_noticed(lite: Site, browser: Any) -> None:
    lite.view = lambda session: session.update(cart=["apple"])
    browser.get("/run")
    lite.view = lambda session: session["cart"].append("pear")
    browser.get("/run")
    assert json.loads(browser.get("/").body) == {"cart": ["apple", "pear"]}


def test_session_is_a_mapping_that_knows_whether_it_has_changed(rung: Rung) -> None:
    session = rung("sessions").Session("id", '{"a": 1, "b": [2]}')
    assert not session.changed
    assert (dict(session), len(session), "a" in session) == ({"a": 1, "b": [2]}, 2, True)
    session["a"] = 1
    assert not session.changed, "the same value is no change"
    session["b"].append(3)
    assert session.changed
    del session["a"]
    assert list(session) == ["b"]
    session.clear()
    assert not session
    assert session.changed
    with pytest.raises(KeyError):
        session["a"]


class Colour:
    """Something that JSON does not know."""

    def __repr__(self) -> str:
        return "<Colour>"  # without an address: xdist compares the names of tests across processes


@pytest.mark.exercise("7.2")
@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 1),
        Colour(),
        {1, 2},
        b"bytes",
        math.nan,
        math.inf,
        (1, 2),
        [(1, 2)],
        {1: "a"},
        {"a": {None: 1}},
        {"deep": [Colour()]},
    ],
    ids=repr,
)
def test_value_that_json_would_change_is_refused_by_its_key(rung: Rung, value: Any) -> None:
    session = rung("sessions").Session()
    with pytest.raises(TypeError, match=r"session\['basket'\] takes JSON values"):
        session["basket"] = value
    assert "basket" not in session


@pytest.mark.exercise("7.2")
def test_circle_is_refused(rung: Rung) -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(TypeError, match="basket"):
        rung("sessions").Session()["basket"] = circle


@pytest.mark.exercise("7.2")
def test_value_that_is_nested_too_deep_is_refused(rung: Rung) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(TypeError, match=r"session\['basket'\] takes JSON values"):
        rung("sessions").Session()["basket"] = deep


@pytest.mark.exercise("7.2")
def test_key_that_is_no_text_is_refused(rung: Rung) -> None:
    with pytest.raises(TypeError, match="keys of a session are text, not 7"):
        rung("sessions").Session()[7] = "x"


@pytest.mark.exercise("7.2")
@pytest.mark.parametrize("value", [None, True, 1, 1.5, "x", [], {}, [{"a": [None]}]], ids=repr)
def test_json_values_are_taken(rung: Rung, value: Any) -> None:
    session = rung("sessions").Session()
    session["x"] = value
    assert session["x"] == value


def test_value_that_was_put_inside_a_list_is_refused_when_it_is_stored(
    lite: Site, browser: Any
) -> None:
    lite.view = lambda session: session.setdefault("basket", []).append(Colour())
    with pytest.raises(TypeError, match="basket"):
        browser.get("/run")


@pytest.mark.parametrize("value", [Colour(), math.nan, (1, 2), {1: "a"}], ids=repr)
def test_value_put_inside_a_list_that_is_stored_already_is_refused_too(
    value: Any, lite: Site, browser: Any
) -> None:
    lite.view = lambda session: session.update(basket=[])
    browser.get("/run")
    lite.view = lambda session: session["basket"].append(value)
    with pytest.raises(TypeError, match="basket"):
        browser.get("/run")
    assert json.loads(browser.get("/").body) == {"basket": []}


# --- the cookie


@pytest.mark.exercise("7.4")
def test_cookie_has_its_flags(lite: Site, browser: Any) -> None:
    line = browser.get("/set?a=1").headers["Set-Cookie"]
    morsel = SimpleCookie(line)["session"]
    assert morsel["httponly"] is True
    assert morsel["samesite"] == "Lax"
    assert morsel["path"] == "/"
    assert morsel["max-age"] == str(LIFETIME)
    assert not morsel["secure"]
    assert not morsel["domain"], "without it the cookie stays with this host"


@pytest.mark.exercise("7.4")
def test_cookie_is_for_tls_alone_when_asked(rung: Rung, sqlite: Any, browser_of: BrowserOf) -> None:
    layer = rung("sessions")

    def answer(request: Any) -> Any:
        session = layer.current_session(request)
        if request.path == "/out":
            session.clear()
        else:
            session["a"] = 1
        return rung("messages").Response("x")

    name = "__Host-session"
    browser = browser_of(layer.Sessions(answer, sqlite, secure=True, cookie_name=name))
    assert "; Secure" in browser.get("/").headers["Set-Cookie"]
    assert list(browser.cookies) == [name]
    # A browser that refuses a __Host- cookie without Secure refuses its deletion, too.
    assert "; Secure" in browser.get("/out").headers["Set-Cookie"]


@pytest.mark.exercise("7.4")
def test_cookie_is_sent_once_and_not_with_every_page(lite: Site, browser: Any) -> None:
    assert "Set-Cookie" in browser.get("/set?a=1").headers
    assert "Set-Cookie" not in browser.get("/").headers
    assert "Set-Cookie" not in browser.get("/set?a=2").headers


@pytest.mark.exercise("7.3")
def test_cookie_may_have_another_name(lite: Site, browser: Any) -> None:
    lite.application.cookie_name = "visitor"
    browser.get("/set?a=1")
    assert list(browser.cookies) == ["visitor"]
    assert json.loads(browser.get("/").body) == {"a": "1"}


@pytest.mark.exercise("7.3")
def test_known_session_goes_on_under_its_id(lite: Site, browser: Any) -> None:
    browser.get("/set?a=1")
    before = dict(browser.cookies)
    browser.get("/")
    assert browser.cookies == before
    assert len(lite.rows()) == 1


@pytest.mark.exercise("7.4")
def test_id_has_256_random_bits(lite: Site, browser_of: BrowserOf) -> None:
    ids = []
    for _ in range(50):
        random.seed(1)  # whoever takes ids from `random` repeats itself now
        browser = browser_of(lite.application)
        browser.get("/set?a=1")
        ids.append(browser.cookies["session"])
    random.seed()
    assert len(set(ids)) == 50
    assert min(map(len, ids)) >= 43  # 256 bits in base64
    columns = zip(*ids, strict=True)
    assert all(len(set(column)) > 1 for column in columns), "a part of it is always the same"


@pytest.mark.exercise("7.4")
def test_table_holds_the_hash_of_the_id_and_not_the_id(site: Site, browser_of: BrowserOf) -> None:
    browser = browser_of(site.application)
    browser.get("/set?a=1")
    id = browser.cookies["session"]
    (row,) = site.rows()
    assert row[0] == hashlib.sha256(id.encode()).hexdigest()
    assert id not in repr(row)


# --- nothing for those who have nothing


@pytest.mark.exercise("7.4")
def test_visitor_without_values_costs_no_row_and_no_cookie(lite: Site, browser: Any) -> None:
    assert "Set-Cookie" not in browser.get("/").headers
    assert "Set-Cookie" not in browser.get("/none").headers
    assert "Set-Cookie" not in browser.get("/rotate").headers
    assert lite.rows() == []


def test_page_that_does_not_ask_for_the_session_runs_no_statement(lite: Site, browser: Any) -> None:
    browser.get("/set?a=1")
    lite.statements.clear()
    response = browser.get("/none")
    assert lite.statements == []
    assert "Cache-Control" not in response.headers, "anybody may keep a page that is for all"


def test_page_of_one_visitor_is_not_kept_by_proxies(browser: Any) -> None:
    """RFC 9111 section 5.2.2.7."""
    assert "private" in browser.get("/set?a=1").headers["Cache-Control"]
    assert "private" in browser.get("/").headers["Cache-Control"]


@pytest.mark.exercise("7.3")
@pytest.mark.exercise("7.5")
def test_page_that_only_reads_writes_nothing(site: Site, browser_of: BrowserOf) -> None:
    browser = browser_of(site.application)
    browser.get("/set?a=1")
    site.statements.clear()
    browser.get("/")
    browser.get("/set?a=1")
    assert site.statements == ["SELECT", "SELECT"]


@pytest.mark.exercise("7.4")
def test_emptied_session_is_deleted(site: Site, browser_of: BrowserOf) -> None:
    browser = browser_of(site.application)
    browser.get("/set?a=1")
    browser.get("/clear")
    assert site.rows() == []


@pytest.mark.exercise("7.4")
def test_cookie_of_an_emptied_session_is_deleted(lite: Site, browser: Any) -> None:
    browser.get("/set?a=1")
    browser.get("/clear")
    assert browser.cookies == {}


@pytest.mark.exercise("7.4")
def test_emptied_session_is_deleted_under_the_id_that_the_table_knows(
    lite: Site, browser: Any
) -> None:
    """A log-out empties the session and changes its id."""

    def log_out(session: Any) -> None:
        session.clear()
        session.rotate()

    browser.get("/set?a=1")
    lite.view = log_out
    browser.get("/run")
    assert lite.rows() == []


def test_view_that_failed_leaves_nothing_behind(lite: Site, browser: Any) -> None:
    assert "private" in browser.get("/fail").headers["Cache-Control"]
    assert lite.rows() == []
    browser.get("/set?a=1")
    browser.get("/fail")
    assert json.loads(browser.get("/").body) == {"a": "1"}


def test_exception_goes_through(rung: Rung, sqlite: Any, browser_of: BrowserOf) -> None:
    def answer(request: Any) -> Any:
        raise LookupError("a bug")

    with pytest.raises(LookupError):
        browser_of(rung("sessions").Sessions(answer, sqlite)).get("/")


# --- ids that are not ours


FORGED = ["1", "x" * 43, "' OR 1=1 --", "A" * 10_000, "../../etc/passwd", "é\xff", "%00"]


@pytest.mark.exercise("7.3")
@pytest.mark.parametrize("forged", FORGED, ids=lambda text: ascii(text[:20]))
def test_forged_cookie_is_a_visitor_without_a_session(
    lite: Site, browser_of: BrowserOf, forged: str
) -> None:
    victim = browser_of(lite.application)
    victim.get("/set?name=victim")
    browser = browser_of(lite.application)
    browser.cookies["session"] = forged
    response = browser.get("/")
    assert (response.status, response.body) == (200, b"{}")


@pytest.mark.exercise("7.3")
def test_hash_from_the_table_is_no_cookie(lite: Site, browser_of: BrowserOf) -> None:
    victim, thief = browser_of(lite.application), browser_of(lite.application)
    victim.get("/set?name=victim")
    thief.cookies["session"] = lite.rows()[0][0]
    assert thief.get("/").body == b"{}"


@pytest.mark.exercise("7.3")
@pytest.mark.parametrize("chosen", ["evil", "x" * 43])
def test_id_that_a_visitor_has_chosen_is_never_adopted(
    lite: Site, browser_of: BrowserOf, chosen: str
) -> None:
    """Session fixation: an attacker plants a cookie and waits until its owner is somebody."""
    victim, attacker = browser_of(lite.application), browser_of(lite.application)
    victim.cookies["session"] = attacker.cookies["session"] = chosen
    victim.get("/set?name=victim")
    assert victim.cookies["session"] != chosen
    assert attacker.get("/").body == b"{}"


@pytest.mark.exercise("7.4")
def test_rotated_id_has_the_values_and_the_old_one_nothing(
    site: Site, browser_of: BrowserOf
) -> None:
    """Session fixation again: this time the attacker's id is a real one."""
    victim, attacker = browser_of(site.application), browser_of(site.application)
    victim.get("/set?cart=apple")
    old = attacker.cookies["session"] = victim.cookies["session"]
    victim.get("/rotate")
    assert victim.cookies["session"] != old
    assert json.loads(victim.get("/").body) == {"cart": "apple"}
    assert attacker.get("/").body == b"{}"
    assert len(site.rows()) == 1


# --- when it ends


@pytest.mark.exercise("7.3")
def test_session_ends_when_nobody_comes(site: Site, browser_of: BrowserOf, clock: Any) -> None:
    browser = browser_of(site.application)
    browser.get("/set?a=1")
    clock.now += IDLE - 1
    assert browser.get("/").body != b"{}"
    clock.now += IDLE + 1
    assert browser.get("/").body == b"{}"


@pytest.mark.exercise("7.5")
def test_every_visit_puts_the_end_off(lite: Site, browser_of: BrowserOf, clock: Any) -> None:
    browser = browser_of(lite.application)
    browser.get("/set?a=1")
    for _ in range(4):
        clock.now += IDLE * 0.9
        assert browser.get("/").body != b"{}"


@pytest.mark.exercise("7.5")
def test_session_ends_however_busy_it_is(lite: Site, browser_of: BrowserOf, clock: Any) -> None:
    browser = browser_of(lite.application)
    browser.get("/set?a=1")
    begun = clock.now
    while clock.now < begun + LIFETIME - IDLE / 2:
        clock.now += IDLE / 2
        assert browser.get("/set?a=2").body != b"{}"
    clock.now = begun + LIFETIME
    assert browser.get("/").body == b"{}"


@pytest.mark.exercise("7.5")
def test_end_is_not_put_off_at_every_request(lite: Site, browser: Any, clock: Any) -> None:
    browser.get("/set?a=1")
    lite.statements.clear()
    for _ in range(20):
        clock.now += IDLE / 100
        browser.get("/")
    assert 1 <= lite.statements.count("UPDATE") <= 2


@pytest.mark.exercise("7.4")
def test_rotation_begins_a_new_lifetime(lite: Site, browser: Any, clock: Any) -> None:
    browser.get("/set?a=1")
    for _ in range(9):
        clock.now += IDLE / 2
        browser.get("/")
    browser.get("/rotate")
    clock.now += IDLE * 0.9  # beyond the lifetime of the first id
    assert browser.get("/").body != b"{}"


def test_lifetime_shorter_than_the_idle_time_counts(
    rung: Rung, sqlite: Any, browser_of: BrowserOf, clock: Any
) -> None:
    site = Site(rung, sqlite, clock)
    site.application.lifetime = 10
    browser = browser_of(site.application)
    browser.get("/set?a=1")
    clock.now += 11
    assert browser.get("/").body == b"{}"


def test_sweep_deletes_what_has_expired_and_nothing_else(
    site: Site, browser_of: BrowserOf, clock: Any
) -> None:
    old, young = browser_of(site.application), browser_of(site.application)
    old.get("/set?a=1")
    clock.now += IDLE * 0.6
    young.get("/set?a=2")
    clock.now += IDLE * 0.6
    assert site.application.sweep() == 1
    assert len(site.rows()) == 1
    assert young.get("/").body != b"{}"


def test_new_sessions_sweep_now_and_then(lite: Site, browser_of: BrowserOf, clock: Any) -> None:
    for _ in range(5):
        browser_of(lite.application).get("/set?a=1")
    clock.now += 2 * 3600
    browser_of(lite.application).get("/set?a=1")
    assert len(lite.rows()) == 1


# --- two requests of one visitor at once


@pytest.mark.exercise("7.5")
def test_session_that_ended_in_another_window_does_not_come_back(
    site: Site, browser_of: BrowserOf
) -> None:
    """A slow page began before the log-out and ends after it."""
    slow, other = browser_of(site.application), browser_of(site.application)
    slow.get("/set?name=ann")
    other.cookies.update(slow.cookies)
    stolen = dict(slow.cookies)

    def write_after_log_out(session: Any) -> None:
        other.get("/clear")
        session["page"] = "slow"

    site.view = write_after_log_out
    slow.get("/run")
    assert site.rows() == []
    thief = browser_of(site.application)
    thief.cookies.update(stolen)
    assert thief.get("/").body == b"{}"


def test_last_of_two_overlapping_requests_wins(lite: Site, browser_of: BrowserOf) -> None:
    """Simplified, and documented: nothing else is promised."""
    one, two = browser_of(lite.application), browser_of(lite.application)
    one.get("/set?a=1")
    two.cookies.update(one.cookies)

    def overlap(session: Any) -> None:
        two.get("/set?b=2")
        session["c"] = "3"

    lite.view = overlap
    one.get("/run")
    assert json.loads(one.get("/").body) == {"a": "1", "c": "3"}


def test_many_visitors_at_once_get_their_own(site: Site, browser_of: BrowserOf, clock: Any) -> None:
    """They come, rotate and leave, while sessions are swept: no deadlock, nobody's values mixed."""
    browser_of(site.application).get("/none")  # makes the table
    seen: list[tuple[str, Any]] = []

    def visit(name: str) -> None:
        browser = browser_of(site.application)
        for number in range(6):
            browser.get(f"/set?name={name}&n={number}")
            browser.get("/rotate")
            site.application.sweep()
            seen.append((name, json.loads(browser.get("/").body).get("name")))
        browser.get("/clear")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(visit, "abcdef"))
    assert len(seen) == 36
    assert [pair for pair in seen if pair[0] != pair[1]] == []
    assert site.rows() == []


# --- the table


def test_table_is_made_at_the_first_request_and_not_before(
    rung: Rung, database: Any, clock: Any, browser_of: BrowserOf
) -> None:
    site = Site(rung, database, clock)
    assert site.statements == []
    browser_of(site.application).get("/none")
    assert site.statements == ["CREATE"]
    browser_of(site.application).get("/none")
    assert site.statements == ["CREATE"]
    assert site.rows() == []


def test_table_can_be_made_beforehand_and_survives_a_restart(
    rung: Rung, database: Any, clock: Any, browser_of: BrowserOf
) -> None:
    first = Site(rung, database, clock)
    first.application.create_table()
    browser = browser_of(first.application)
    browser.get("/set?a=1")
    browser.handler = Site(rung, database, clock).application
    assert json.loads(browser.get("/").body) == {"a": "1"}


def test_session_can_be_first_asked_for_inside_a_transaction(
    rung: Rung, database: Any, browser_of: BrowserOf
) -> None:
    """CREATE TABLE would end it on MySQL."""
    layer = rung("sessions")

    def answer(request: Any) -> Any:
        with database.atomic():
            layer.current_session(request)["a"] = 1
        return rung("messages").Response("x")

    browser = browser_of(layer.Sessions(answer, database))
    assert browser.get("/").status == 200


# --- messages for the next page


class Talk:
    """/say?... flashes what stands in the query, /hear returns all messages as JSON."""

    def __init__(self, rung: Rung) -> None:
        self.layer = rung("sessions")
        self.Response = rung("messages").Response

    def __call__(self, request: Any) -> Any:
        for category, text in request.query.items():
            self.layer.flash(request, text, category)
        if request.path == "/hear":
            return self.Response(json.dumps(self.layer.flashed_messages(request)))
        return self.Response("said")


@pytest.fixture
def talk(rung: Rung, sqlite: Any, browser_of: BrowserOf) -> Any:
    return browser_of(rung("sessions").Sessions(Talk(rung), sqlite))


def test_flashed_message_is_shown_once(talk: Any) -> None:
    talk.get("/say?info=Saved.")
    assert json.loads(talk.get("/hear").body) == [["info", "Saved."]]
    assert json.loads(talk.get("/hear").body) == []


def test_flashed_messages_wait_in_order(talk: Any) -> None:
    talk.get("/say?info=one&error=two")
    talk.get("/say?info=three")
    expected = [["info", "one"], ["error", "two"], ["info", "three"]]
    assert json.loads(talk.get("/hear").body) == expected


def test_flashed_message_can_be_shown_in_the_same_request(talk: Any) -> None:
    assert json.loads(talk.get("/hear?info=now").body) == [["info", "now"]]
    assert talk.cookies == {}, "shown already: nothing is left to remember"


def test_flash_has_a_default_category(rung: Rung, sqlite: Any, browser_of: BrowserOf) -> None:
    layer = rung("sessions")
    heard = []

    def answer(request: Any) -> Any:
        layer.flash(request, "Saved.")
        heard.extend(layer.flashed_messages(request))
        return rung("messages").Response("x")

    browser_of(layer.Sessions(answer, sqlite)).get("/")
    assert heard == [("info", "Saved.")]


# --- mistakes


def test_application_that_is_not_wrapped_is_told_what_to_do(rung: Rung) -> None:
    request = rung("messages").Request("GET", "/", "/")
    with pytest.raises(RuntimeError, match=r"Sessions\(app, database\)"):
        rung("sessions").current_session(request)
    with pytest.raises(RuntimeError, match=r"Sessions\(app, database\)"):
        rung("sessions").flash(request, "x")
