"""Attempts at the running application, each of which succeeds without its guard.

Those on a single page stand beside the tests of that page; here is what goes for all of them.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.final.client import PASSWORD, Client, Page, Site
from tests.final.test_app_profiles import PICTURES, picture_of

# Each would run if it came to stand in text, in an attribute, in a <textarea> or in a URL as it is.
SCRIPTS = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "'><svg onload=alert(1)>",
    "</textarea></title><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{ 7 * 191 }}{% raw %}<!--",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
QUOTES = [
    "'",
    '"',
    "\\",
    "'; DROP TABLE posts; --",
    "' OR '1'='1",
    "%' OR 1=1 /*",
    "? %s %(x)s `users`",
    "\\'; SELECT SLEEP(9); --",
]


FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
FORGED_PART = '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nforged\r\n--b--\r\n'


def assert_harmless(page: Page, text: str) -> None:
    """What somebody wrote is shown as they wrote it, and has become no part of the page."""
    for element in page.all():
        assert element.tag not in ("script", "svg-onload")
        assert element.attributes.get("src", "/").startswith("/"), element
        assert not any(name.startswith("on") for name in element.attributes), element
        assert not element.attributes.get("href", "").startswith("javascript"), element
    assert "1337" not in page.text


@pytest.mark.parametrize("text", SCRIPTS)
def test_no_script_gets_in_by_what_is_stored(site: Site, member: Client, text: str) -> None:
    """Attack: stored cross-site scripting, in everything that a member can write."""
    name = text[:40]
    post = member.write_post(text)
    comment = member.write_comment(post, text)
    assert member.post("/profile", display_name=name, bio=text).status == 303
    try:
        shown = site.visitor().get(f"/posts/{post}").page
        assert shown.posts == [text]
        assert shown.all("p", class_="text")[0].text == text
        profile = site.visitor().get(f"/people/{member.name}").page
        assert profile.heading == name
        assert text in profile.text
        paths = ["/", f"/posts/{post}/edit", f"/posts/{post}/delete", f"/comments/{comment}/edit"]
        paths += [f"/comments/{comment}/delete", "/profile", f"/search?q={quote(name)}"]
        for page in (shown, profile, *(member.get(path).page for path in paths)):
            assert_harmless(page, text)
        assert member.get(f"/posts/{post}/edit").page.typed("text") == text
    finally:
        member.post("/profile", display_name="A Member", bio="")


@pytest.mark.parametrize("text", SCRIPTS)
def test_no_script_gets_in_by_an_admin_page(member: Client, admin: Client, text: str) -> None:
    member.write_post(text)
    member.post("/profile", display_name=text[:40], bio="")
    try:
        for path in ("/admin", "/admin/posts"):
            page = admin.get(path).page
            assert text[:40] in page.text
            assert_harmless(page, text)
    finally:
        member.post("/profile", display_name="A Member", bio="")


@pytest.mark.parametrize("text", SCRIPTS)
def test_no_script_gets_in_by_what_is_sent_back(visitor: Client, member: Client, text: str) -> None:
    """Attack: reflected cross-site scripting, by every value that a page shows again."""
    long = text + "x" * 600
    answers = [
        visitor.get(f"/search?q={quote(text)}"),
        visitor.get(f"/login?next={quote(text)}&name={quote(text)}"),
        visitor.get(f"/nowhere/{quote(text, safe='')}"),
        visitor.get(f"/people/{quote(text, safe='')}"),
        visitor.get(f"/?page={quote(text)}"),
        visitor.post("/login", name=text, password=text, next=text),
        visitor.post("/register", name=text, display_name=long, password=""),
        member.post("/posts/new", text=long),
        member.post("/profile", display_name=long, bio=long),
        member.upload("/profile/picture", "picture", text.encode(), filename=text[:20]),
    ]
    for answer in answers:
        assert_harmless(answer.page, text)
    assert answers[0].page.field("q").attributes["value"] == text
    assert answers[5].page.typed("name") == text
    assert answers[6].page.typed("display_name") == long
    assert answers[7].page.typed("text") == long


def test_a_picture_that_is_a_page_as_well_stays_a_picture(site: Site, member: Client) -> None:
    """Attack: a file that begins like a GIF and goes on like HTML."""
    content = b"GIF89a/*<script>alert(1)</script>*/"
    member.upload("/profile/picture", "picture", content, filename="x.html", kind="text/html")
    headers = site.visitor().get(picture_of(member)).headers
    assert headers["Content-Type"] == "image/gif"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")


@pytest.mark.parametrize("name", ["../../server.py", "..\\..\\server.py", "/etc/passwd", "a\0b"])
def test_the_name_of_an_upload_decides_nothing(site: Site, member: Client, name: str) -> None:
    """Attack: path traversal by the name of an uploaded file."""
    answer = member.upload("/profile/picture", "picture", PICTURES["image/gif"], filename=name)
    assert answer.status == (400 if "\0" in name else 303)
    folder = site.demo.folder
    assert (folder / "server.py").read_bytes().startswith(b'"""')
    names = [file.name for file in (folder / "uploads").iterdir()]
    assert all(re.fullmatch(r"[0-9a-f]{32}\.(png|jpg|gif|webp)", each) for each in names)


def inputs(member: Client, post: int, comment: int, text: str) -> Iterator[tuple[str, int]]:
    """Send a text by every way into the application; yield each way and the status it got."""
    value = quote(text)
    yield "search", member.get(f"/search?q={value}").status
    yield "page", member.get(f"/?page={value}").status
    yield "person", member.get(f"/people/{quote(text, safe='')}").status
    yield "id", member.get(f"/posts/{quote(text, safe='')}").status
    yield "register", member.post("/register", name=text, display_name=text, password="x").status
    yield "post", member.post("/posts/new", text=text).status
    yield "edit", member.post(f"/posts/{post}/edit", text=text).status
    yield "comment", member.post(f"/posts/{post}", text=text).status
    yield "edit comment", member.post(f"/comments/{comment}/edit", text=text).status
    yield "profile", member.post("/profile", display_name=text, bio=text).status
    yield "api list", member.call("GET", f"/api/posts?q={value}").status
    yield "api author", member.call("GET", f"/api/posts?author={quote(text[:20])}").status
    yield "api create", member.call("POST", "/api/posts", {"text": text}).status


@pytest.mark.parametrize("text", QUOTES)
def test_no_statement_gets_in(site: Site, member: Client, text: str) -> None:
    """Attack: SQL injection, in every input."""
    post = member.write_post("before")
    comment = member.write_comment(post, "before")
    other = member.write_post("another")
    expected = {
        "search": 200,
        "page": 200,
        "person": 404,
        "id": 404,
        "register": 422,
        "post": 303,
        "edit": 303,
        "comment": 303,
        "edit comment": 303,
        "profile": 303,
        "api list": 200,
        "api author": 200,
        "api create": 201,
    }
    try:
        assert dict(inputs(member, post, comment, text)) == expected
        shown = site.visitor().get(f"/posts/{post}").page
        assert shown.all("p", class_="text")[0].text == text
        assert shown.posts == [text, text]
        assert site.visitor().get(f"/people/{member.name}").page.heading == text
        assert site.visitor().get(f"/posts/{other}").page.all("p", class_="text")[0].text == (
            "another"  # an UPDATE without its WHERE would have changed it
        )
    finally:
        member.post("/profile", display_name="A Member", bio="")


def test_a_password_is_not_compared_by_sql(site: Site, member: Client) -> None:
    for name in (f"{member.name}' --", "' OR role='admin"):
        answer = site.visitor().post("/login", name=name, password="x")
        assert "do not belong together" in answer.page.problem("name")


def test_no_field_gets_into_an_answer_by_a_line_end(visitor: Client, member: Client) -> None:
    """Attack: header injection, by a value that ends up in Location or Set-Cookie."""
    line = "x\r\nSet-Cookie: hacked=1\r\n\r\n<script>"
    answers = [
        visitor.get(f"/people/{quote(line, safe='')}"),
        visitor.get(f"/posts/new?{quote(line)}"),
        visitor.post("/login", name="wren", password="one rung at a time", next=f"/{line}"),
    ]
    for answer in answers:
        assert "hacked" not in str(answer.headers.get_all("Set-Cookie"))


def test_another_site_cannot_read_or_frame_the_pages(visitor: Client) -> None:
    headers = visitor.get("/", Origin="https://evil.example").headers
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["X-Frame-Options"] == "DENY"


def test_what_belongs_to_a_session_is_not_kept_by_a_proxy(member: Client) -> None:
    assert "private" in member.get("/profile").headers["Cache-Control"]


def test_nothing_changes_without_a_token(admin: Client, run_script: Callable[..., Any]) -> None:
    """Attack: a form on another page, sent with an admin's cookies to each address that changes
    something. There is no way round: the route table says which these are."""
    table = run_script("server.py", "--routes").stdout
    addresses = re.findall(r"\b(?:POST|PUT|PATCH|DELETE)[A-Z, ]* +(/\S*)", table)
    assert len(addresses) > 12, table
    posts = admin.call("GET", "/api/posts").json["total"]
    for address in addresses:
        path = re.sub(r"<[^>]+>", "1", address)
        for body, kind in [("text=forged", FORM), (FORGED_PART, MULTIPART), ("", "text/plain")]:
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = admin.request(method, path, body, Content_Type=kind)
                assert (method, path, kind, answer.status) == (method, path, kind, 403)
    assert admin.call("GET", "/api/posts").json["total"] == posts
    assert admin.get("/admin").status == 200, "not even the log-out"


def test_a_token_of_the_attackers_own_is_worth_nothing(site: Site, member: Client) -> None:
    token = site.visitor().fresh_token()
    forged = f"csrf_token={quote(token)}&text=forged"
    assert member.request("POST", "/posts/new", forged, Content_Type=FORM).status == 403
    own = f"csrf_token={quote(member.fresh_token())}&text=mine"
    assert member.request("POST", "/posts/new", own, Content_Type=FORM).status == 303


def test_a_password_cannot_be_guessed_by_trying(site: Site, stranger: Client) -> None:
    """Attack: many passwords for a name; and not even the right one helps any more."""
    guesser = site.visitor()
    answers = [guesser.post("/login", name=stranger.name, password="a guess") for _ in range(11)]
    assert [answer.status for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 900
    assert "Try again in" in answers[-1].page.text
    assert guesser.post("/login", name=stranger.name, password=PASSWORD).status == 429
    assert stranger.get("/profile").status == 200, "who is logged in already stays so"
    assert guesser.post("/login", name="tomas", password="one rung at a time").status == 303


def test_a_name_that_nobody_has_is_refused_as_soon(site: Site) -> None:
    """Attack: finding out who has an account here, by the number of attempts."""
    guesser = site.visitor()
    statuses = [
        guesser.post("/login", name="nobody_at_all", password="a guess").status for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]


def test_a_stolen_cookie_ends_with_the_log_out(site: Site, member: Client) -> None:
    """Attack: theft of a session. What the thief has is worth nothing after the log-out."""
    owner = site.visitor().log_in(member.name)
    thief = site.visitor()
    thief.cookies = dict(owner.cookies)
    assert thief.get("/profile").status == 200
    owner.post("/logout")
    assert thief.get("/profile").status == 303


def test_a_stolen_table_of_users_holds_no_password(site: Site, admin: Client) -> None:
    """Nothing that anybody is shown contains a password or its hash."""
    for path in ("/", "/admin", "/profile", "/people/wren", "/api/posts", "/login"):
        text = admin.get(path).text
        assert "scrypt" not in text
        assert PASSWORD not in text
