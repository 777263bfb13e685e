"""Register, log in, log out."""

import re
import time

import pytest

from tests.final.client import PASSWORD, Answer, Client, Site


def test_who_registers_is_logged_in_and_welcome(site: Site) -> None:
    member = site.visitor()
    answer = member.post("/register", name="Zoe_Lee", display_name="Zoë 🦜 Lee", password=PASSWORD)
    page = member.follow(answer).page
    assert page.flashes == ["Welcome, Zoë 🦜 Lee."]
    assert "/people/zoe_lee" in page.links
    assert member.get("/").page.flashes == []  # a message is shown once


def test_a_name_that_is_taken_is_told_beside_the_field(site: Site, member: Client) -> None:
    answer = site.visitor().post(
        "/register", name=member.name.upper(), display_name="Somebody Else", password=PASSWORD
    )
    assert answer.status == 422
    page = answer.page
    assert page.problem("name") == "This name is taken."
    assert page.typed("name") == member.name.upper()
    assert page.typed("display_name") == "Somebody Else"
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "write something"),
        ("name", "ab", "3 to 20 characters"),
        ("name", "a" * 21, "At most 20"),
        ("name", "1st", "a letter"),
        ("name", "two words", "letters, digits and underscores"),
        ("name", "\u0430dmin", "letters, digits"),  # the first letter is Cyrillic
        ("name", "adm\u0131n", "letters, digits"),
        ("name", "../admin", "letters, digits"),
        ("display_name", "", "write something"),
        ("display_name", "\u200b\u2060 ", "write something"),  # nothing that could be seen
        ("display_name", "x" * 41, "At most 40 characters fit in here; this has 41."),
        ("display_name", "a\0b", "cannot be shown"),
        ("password", "", "10 to 200"),
        ("password", "short", "10 to 200"),
        ("password", "x" * 201, "10 to 200"),
        ("password", "A New Member", "first that anybody would try"),
    ],
)
def test_bad_input_is_refused_beside_the_field_and_nothing_is_lost(
    visitor: Client, field: str, value: str, words: str
) -> None:
    typed = {"name": "new_member", "display_name": "A New Member", "password": PASSWORD}
    typed |= {field: value}
    answer = visitor.post("/register", **typed)
    assert answer.status == 422
    page = answer.page
    assert words in page.problem(field)
    for other in ("name", "display_name"):
        assert page.typed(other).strip() == typed[other].strip()
        assert (page.problem(other) == "") == (other != field)
    assert "value" not in page.field("password").attributes
    assert visitor.get("/people/new_member").status == 404


def test_nobody_can_register_as_admin(site: Site) -> None:
    """Attack: mass assignment. A field that the form does not have changes nothing."""
    client = site.visitor()
    answer = client.post(
        "/register",
        name="mallory",
        display_name="Mallory",
        password=PASSWORD,
        role="admin",
        id="1",
        password_hash="x",
        created="2001-01-01",
    )
    assert answer.status == 303
    assert client.get("/admin").status == 403
    assert "2001" not in client.get("/people/mallory").text
    assert site.demo_user("wren").get("/admin").status == 200  # id 1 is still who it was


def test_log_in_and_out(site: Site, member: Client) -> None:
    client = site.visitor()
    answer = client.post("/login", name=f" {member.name.upper()} ", password=PASSWORD)
    page = client.follow(answer).page
    assert page.flashes == ["Good to see you, A Member."]
    assert f"/people/{member.name}" in page.links
    stolen = dict(client.cookies)
    page = client.follow(client.post("/logout")).page
    assert page.flashes == ["You are logged out."]
    assert "/login" in page.links
    client.cookies = stolen
    assert "/login" in client.get("/").page.links, "the old cookie still opens the door"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    site: Site, member: Client
) -> None:
    """Attack: finding out who has an account here, by the words of an answer."""
    wrong = site.visitor().post("/login", name=member.name, password="wrong password")
    unknown = site.visitor().post("/login", name="nobody_here", password="wrong password")
    assert (wrong.status, unknown.status) == (422, 422)
    assert common(wrong, member.name) == common(unknown, "nobody_here")
    assert "do not belong together" in wrong.page.problem("name")
    assert wrong.page.typed("name") == member.name
    assert "wrong password" not in wrong.text


def common(answer: Answer, name: str) -> str:
    """What may not differ: all but the name that was typed, and what is random on each page."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text).replace(name, "X")


def test_a_wrong_password_and_an_unknown_name_take_as_long(site: Site, member: Client) -> None:
    """Attack: the same, by the clock. A hash takes many times longer than all the rest."""

    def seconds(name: str) -> float:
        start = time.perf_counter()
        site.visitor().post("/login", name=name, password="wrong password")
        return time.perf_counter() - start

    known = min(seconds(member.name) for _ in range(2))
    unknown = min(seconds("nobody_here") for _ in range(2))
    assert known / 3 < unknown < known * 3


def test_the_session_gets_another_id_at_log_in(
    site: Site, member: Client, stranger: Client
) -> None:
    """Attack: session fixation. The attacker plants a cookie in the visitor's browser, waits for
    the visitor to log in, and is logged in with it."""
    attacker = site.visitor().log_in(stranger.name)
    for planted in ("planted", attacker.cookies["session"]):
        victim = site.visitor()
        victim.cookies["session"] = planted
        victim.log_in(member.name)
        assert victim.cookies["session"] != planted
        attacker.cookies["session"] = planted
        assert f"/people/{member.name}" not in attacker.get("/about").page.links


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(
    site: Site, member: Client
) -> None:
    answer = site.visitor().post("/login", name=member.name, password=PASSWORD)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("path", ["/admin", "/posts/1/edit"])
def test_a_page_for_members_asks_to_log_in_and_comes_back(
    site: Site, admin: Client, path: str
) -> None:
    client = site.visitor()
    answer = client.get(path)
    assert answer.status == 303
    form = client.follow(answer).page
    wanted = form.typed("next")
    assert wanted == path
    answer = client.post("/login", name="wren", password="one rung at a time", next=wanted)
    assert answer.location == path


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "/\\evil.example/",
        "/\r\nSet-Cookie: x=y",
    ],
)
def test_after_the_log_in_nobody_is_sent_to_another_site(
    site: Site, member: Client, wanted: str
) -> None:
    """Attack: an open redirect."""
    answer = site.visitor().post("/login", name=member.name, password=PASSWORD, next=wanted)
    assert (answer.status, answer.location) == (303, "/")
    assert "x=y" not in str(answer.headers)


def test_who_is_not_logged_in_cannot_fill_the_sessions_by_logging_out(site: Site) -> None:
    visitor = site.visitor()
    assert visitor.post("/logout").location == "/"
    assert "session" not in visitor.cookies


def test_only_a_form_logs_out(member: Client) -> None:
    """An <img src="/logout"> somewhere must not."""
    assert member.get("/logout").status == 405
    assert "/posts/new" in member.get("/").page.links


def test_a_form_sent_after_the_session_has_ended_says_so(visitor: Client) -> None:
    answer = visitor.post("/posts/new", text="written while the session ended")
    assert answer.status == 401
    assert "/login" in answer.page.links
