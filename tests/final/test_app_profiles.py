"""Profiles, and the pictures that people upload."""

import base64
import re

import pytest

from tests.final.client import Client, Site

# The smallest pictures that browsers show: one pixel each.
PICTURES = {
    "image/png": base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    ),
    "image/gif": base64.b64decode("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="),
    "image/webp": base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"),
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(100) + b"\xff\xd9",
}
NO_PICTURES = [
    b"",
    b"<!doctype html><script>alert(document.cookie)</script>",
    b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    b"%PDF-1.7",
    b"MZ\x90\x00",
    b"\x89PNG",  # only the beginning of the beginning
    b"GIF88a",
    b"RIFF\x00\x00\x00\x00WAVE",
    b" \xff\xd8\xff",
]


def picture_of(client: Client) -> str:
    """The address of somebody's picture, as their page shows it; "" if they have none."""
    page = client.get(f"/people/{client.name}").page
    images = page.all("main")[0].all("img")
    return images[0].attributes["src"] if images else ""


def test_a_profile_shows_name_bio_and_posts(site: Site, member: Client, stranger: Client) -> None:
    answer = member.post(
        "/profile", display_name="Zoë 雪 🦜", bio="Two\r\nlines & <b>none</b> bold"
    )
    assert answer.location == f"/people/{member.name}"
    assert member.follow(answer).page.flashes[-1] == "Your profile is up to date."
    member.write_post("one of mine")
    stranger.write_post("one of a stranger's")
    page = site.visitor().get(f"/people/{member.name}").page
    assert page.heading == "Zoë 雪 🦜"
    assert "Two\nlines & <b>none</b> bold" in page.text
    assert "one of mine" in page.posts
    assert "one of a stranger's" not in page.posts
    form = member.get("/profile").page
    assert form.typed("display_name") == "Zoë 雪 🦜"
    assert form.typed("bio") == "Two\nlines & <b>none</b> bold"
    member.post("/profile", display_name="A Member", bio="")


def test_names_are_found_in_any_case(site: Site, member: Client) -> None:
    assert site.visitor().get(f"/people/{member.name.upper()}").status == 200
    answer = site.visitor().get("/people/nobody_here")
    assert answer.status == 404
    assert "Nothing is here" in answer.page.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("display_name", "", "write something"),
        ("display_name", "x" * 41, "At most 40"),
        ("bio", "x" * 301, "At most 300"),
        ("bio", "a\0b", "cannot be shown"),
    ],
)
def test_a_bad_profile_is_refused_beside_the_field_and_nothing_is_lost(
    member: Client, field: str, value: str, words: str
) -> None:
    typed = {"display_name": "Somebody New", "bio": "typed with care"} | {field: value}
    answer = member.post("/profile", **typed)
    assert answer.status == 422
    page = answer.page
    assert words in page.problem(field)
    assert (page.typed("display_name"), page.typed("bio")) == (typed["display_name"], typed["bio"])
    assert "Somebody New" not in member.get(f"/people/{member.name}").text


def test_a_profile_form_changes_nothing_else(site: Site, member: Client) -> None:
    """Attack: mass assignment."""
    member.post("/profile", display_name="A Member", bio="", role="admin", name="wren", id="1")
    assert member.get("/admin").status == 403
    assert site.visitor().get(f"/people/{member.name}").status == 200


@pytest.mark.parametrize("kind", list(PICTURES))
def test_a_picture_is_known_by_its_bytes_and_served_as_what_it_is(
    site: Site, member: Client, kind: str
) -> None:
    """Whatever its sender calls it."""
    content = PICTURES[kind]
    answer = member.upload(
        "/profile/picture", "picture", content, filename="page.html", kind="text/html"
    )
    assert answer.location == f"/people/{member.name}", answer.text
    path = picture_of(member)
    assert re.fullmatch(r"/pictures/[0-9a-f]{32}\.(png|jpg|gif|webp)", path)
    served = site.visitor().get(path)
    assert (served.status, served.body) == (200, content)
    assert served.headers["Content-Type"] == kind
    assert served.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("content", NO_PICTURES, ids=lambda content: repr(content[:10]))
def test_what_only_claims_to_be_a_picture_is_refused(
    site: Site, member: Client, content: bytes
) -> None:
    """Attack: a page with a script, called me.png and image/png."""
    before = picture_of(member)
    answer = member.upload("/profile/picture", "picture", content)
    assert answer.status == 422
    assert "PNG, JPEG, GIF or WebP" in answer.page.problem("picture")
    assert picture_of(member) == before


def test_a_picture_that_is_too_large_is_refused(member: Client) -> None:
    answer = member.upload("/profile/picture", "picture", PICTURES["image/png"] + bytes(2**20))
    assert answer.status == 422
    assert "at most 1024 KB" in answer.page.problem("picture")
    largest = PICTURES["image/png"].ljust(2**20, b"\0")
    assert member.upload("/profile/picture", "picture", largest).status == 303


def test_no_file_chosen(member: Client) -> None:
    answer = member.upload("/profile/picture", "picture", b"", filename="")
    assert answer.status == 422
    assert answer.page.problem("picture") == "Choose a file first."
    assert member.post("/profile/picture").status == 422


def test_whoever_reloads_a_refused_upload_lands_at_the_form(member: Client) -> None:
    assert member.get("/profile/picture").location == "/profile"


def test_a_new_picture_replaces_the_old_one_and_can_be_removed(site: Site) -> None:
    client = site.member("Initials Only")
    page = client.get(f"/people/{client.name}").page
    assert page.all("main")[0].all("span", aria_hidden="true")[0].text == "IO"
    client.upload("/profile/picture", "picture", PICTURES["image/png"])
    first = picture_of(client)
    client.upload("/profile/picture", "picture", PICTURES["image/gif"])
    second = picture_of(client)
    assert site.visitor().get(first).status == 404
    assert site.visitor().get(second).status == 200
    assert client.post("/profile/picture", remove="yes").status == 303
    assert picture_of(client) == ""
    assert site.visitor().get(second).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/../rung.sqlite3",
        "/pictures/..%2frung.sqlite3",
        "/pictures/%2e%2e/rung.sqlite3",
        "/pictures/%2e%2e%2frung.sqlite3",
        "/pictures/..%5crung.sqlite3",
        "/pictures/%2fetc%2fpasswd",
        "/static/../models.py",
        "/static/%2e%2e/models.py",
        "/static/..%2f..%2frung.sqlite3",
    ],
)
def test_no_way_out_of_the_folders(visitor: Client, path: str) -> None:
    """Attack: path traversal."""
    assert visitor.get(path).status == 404


def test_only_its_owner_changes_a_profile(site: Site, member: Client) -> None:
    assert site.visitor().post("/profile", display_name="X").status == 401
    answer = site.visitor().upload("/profile/picture", "picture", PICTURES["image/png"])
    assert answer.status == 401
    assert f"/people/{member.name}" not in site.visitor().get("/profile").location


def test_a_name_has_one_line(site: Site, member: Client) -> None:
    member.post("/profile", display_name=" two\r\nlines\tand  blanks ", bio="")
    assert site.visitor().get(f"/people/{member.name}").page.heading == "two lines and blanks"
    member.post("/profile", display_name="A Member", bio="")
