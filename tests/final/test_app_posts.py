"""The timeline, posts and comments: who may do what, and what happens to what was typed."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.final.client import Client, Site

HOSTILE = """<script>alert(1)</script> & "quotes" 'single' {{ 7 * 7 }} %s ? -- ;"""
TEXTS = [
    "plain",
    "Zoë Straße 雪 ليلى 👨‍👩‍👧‍👦 🦜",
    "four bytes: \U0001d4b3 🪜",
    "line\n\n  indented line\n\tand a tab",
    HOSTILE,
    "x" * 500,
    "🦜" * 500,
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:12]))
def test_a_post_comes_back_as_it_was_written(member: Client, visitor: Client, text: str) -> None:
    answer = member.post("/posts/new", text=f"  {text}\r\n")
    page = member.follow(answer).page
    assert page.flashes[-1] == "Your post is up."
    path = answer.location
    assert visitor.get(path).page.all("p", class_="text")[0].text == text
    assert visitor.get("/").page.posts[0] == text
    assert member.get(path + "/edit").page.typed("text") == text


@pytest.mark.parametrize("text", TEXTS[1:6], ids=lambda text: repr(text[:12]))
def test_a_comment_comes_back_as_it_was_written(member: Client, visitor: Client, text: str) -> None:
    id = member.write_post("a post to comment on")
    answer = member.post(f"/posts/{id}", text=text)
    assert answer.location.startswith(f"/posts/{id}#comment-")
    assert member.follow(answer).page.flashes[-1] == "Your comment is there."
    assert visitor.get(f"/posts/{id}").page.posts == [text]


BAD_TEXTS = [
    ("", "Please write something here."),
    (" \r\n\t ", "Please write something here."),
    ("\u200b\u2060\ufeff", "Please write something here."),
    ("x" * 501, "At most 500 characters fit in here; this has 501."),
    ("x\n" * 251, "At most 500 characters fit in here; this has 501."),
    ("a\0b", "This contains a character that cannot be shown."),
    ("a\x1bb", "This contains a character that cannot be shown."),
]


@pytest.mark.parametrize(("text", "problem"), BAD_TEXTS, ids=lambda value: repr(value[:12]))
@pytest.mark.parametrize("form", ["new", "edit", "comment", "edit comment"])
def test_bad_text_is_refused_beside_the_field_and_nothing_is_lost(
    member: Client, form: str, text: str, problem: str
) -> None:
    post = member.write_post("the post before")
    comment = member.write_comment(post, "the comment before")
    path = {
        "new": "/posts/new",
        "edit": f"/posts/{post}/edit",
        "comment": f"/posts/{post}",
        "edit comment": f"/comments/{comment}/edit",
    }[form]
    answer = member.post(path, text=text)
    assert answer.status == 422
    page = answer.page
    assert page.problem("text") == problem
    assert page.typed("text") == text.replace("\r\n", "\n")
    assert member.get(path).status == 200  # whoever reloads the page finds one
    shown = member.get(f"/posts/{post}").page
    assert shown.all("p", class_="text")[0].text == "the post before"
    assert shown.posts == ["the comment before"]
    assert member.get("/").page.posts[0] == "the post before"


def test_the_timeline_has_the_newest_first_and_names_the_authors(
    site: Site, member: Client, stranger: Client
) -> None:
    written = [member.write_post("one"), stranger.write_post("two"), member.write_post("three")]
    page = site.visitor().get("/").page
    assert page.posts[:3] == ["three", "two", "one"]
    authors = [each.attributes["href"] for each in page.all("a", class_="author")[:3]]
    assert authors == [f"/people/{who.name}" for who in (member, stranger, member)]
    assert page.links >= {f"/posts/{id}" for id in written}


def test_the_timeline_counts_comments(member: Client) -> None:
    post = member.write_post("much discussed")
    assert "No comments" in member.get("/").page.all("article")[0].text
    member.write_comment(post, "first")
    assert re.search(r"\b1 comment\b", member.get("/").page.all("article")[0].text)
    member.write_comment(post, "second")
    assert re.search(r"\b2 comments\b", member.get("/").page.all("article")[0].text)


def test_the_pages_of_the_timeline_hold_every_post_once(site: Site, visitor: Client) -> None:
    path, found = "/", []
    while path:
        page = visitor.get(path).page
        assert page.posts
        found += [each.attributes["id"] for each in page.all("article")]
        following = page.all("a", rel="next")
        path = following[0].attributes["href"] if following else ""
    assert len(found) == len(set(found)) >= 30


@pytest.mark.parametrize(
    "number", ["0", "-1", "abc", "", "1.5", "9" * 30, "9" * 5000, "\u0661", "%C2%B2", "1'--", "NaN"]
)
def test_a_page_number_that_is_none_gives_the_nearest_page(visitor: Client, number: str) -> None:
    answer = visitor.get(f"/?page={number.encode('ascii', 'ignore').decode()}")
    assert answer.status == 200
    assert answer.page.posts


def test_edit_a_post(member: Client, visitor: Client) -> None:
    id = member.write_post("with a tpyo")
    page = member.get(f"/posts/{id}/edit").page
    assert page.typed("text") == "with a tpyo"
    page = member.follow(member.post(f"/posts/{id}/edit", text="with a typo")).page
    assert page.flashes[-1] == "The post is changed."
    text = visitor.get(f"/posts/{id}").page.text
    assert "with a typo" in text
    assert "edited" in text


def test_edit_a_comment(member: Client, visitor: Client) -> None:
    post = member.write_post("a post")
    id = member.write_comment(post, "with a tpyo")
    assert member.get(f"/comments/{id}/edit").page.typed("text") == "with a tpyo"
    answer = member.post(f"/comments/{id}/edit", text="with a typo")
    assert answer.location == f"/posts/{post}#comment-{id}"
    assert visitor.get(f"/posts/{post}").page.posts == ["with a typo"]


def test_deleting_a_post_asks_first_and_takes_the_comments_along(
    member: Client, visitor: Client
) -> None:
    id = member.write_post("to be deleted")
    comment = member.write_comment(id, "with this comment")
    page = member.get(f"/posts/{id}/delete").page
    assert page.heading == "Delete this post?"
    assert "to be deleted" in page.text
    assert visitor.get(f"/posts/{id}").status == 200  # asking has changed nothing
    assert member.follow(member.post(f"/posts/{id}/delete")).page.flashes
    assert visitor.get(f"/posts/{id}").status == 404
    assert member.get(f"/comments/{comment}/edit").status == 404
    assert "to be deleted" not in visitor.get("/").text


def test_deleting_a_comment_asks_first(member: Client) -> None:
    post = member.write_post("stays")
    id = member.write_comment(post, "goes")
    assert "goes" in member.get(f"/comments/{id}/delete").page.text
    answer = member.post(f"/comments/{id}/delete")
    assert answer.location == f"/posts/{post}"
    assert member.follow(answer).page.posts == []


FORMS = [
    "/posts/{post}/edit",
    "/posts/{post}/delete",
    "/comments/{comment}/edit",
    "/comments/{comment}/delete",
]


@pytest.mark.parametrize("form", FORMS)
def test_what_belongs_to_another_is_refused_also_to_a_direct_post(
    member: Client, stranger: Client, form: str
) -> None:
    """Attack: no link leads there, so somebody types the address, or sends the form at once."""
    post = member.write_post("mine")
    comment = member.write_comment(post, "mine, too")
    path = form.format(post=post, comment=comment)
    assert path not in stranger.get(f"/posts/{post}").page.links
    page = stranger.get(path)
    assert (page.status, page.page.heading) == (403, "This is not yours to do")
    assert stranger.post(path, text="now it is mine").status == 403
    shown = member.get(f"/posts/{post}").page
    assert shown.all("p", class_="text")[0].text == "mine"
    assert shown.posts == ["mine, too"]


@pytest.mark.parametrize("form", FORMS)
def test_who_is_not_logged_in_can_change_nothing(site: Site, member: Client, form: str) -> None:
    post = member.write_post("mine")
    comment = member.write_comment(post, "mine, too")
    path = form.format(post=post, comment=comment)
    assert site.visitor().get(path).location.startswith("/login?next=")
    assert site.visitor().post(path, text="x").status == 401
    assert site.visitor().post(f"/posts/{post}", text="anonymous").status == 401
    assert member.get(f"/posts/{post}").page.posts == ["mine, too"]


def test_a_moderator_deletes_what_is_not_theirs_but_edits_nothing(
    member: Client, moderator: Client
) -> None:
    post = member.write_post("spam")
    comment = member.write_comment(post, "more spam")
    links = moderator.get(f"/posts/{post}").page.links
    assert f"/posts/{post}/delete" in links
    assert f"/posts/{post}/edit" not in links
    assert moderator.post(f"/posts/{post}/edit", text="words in their mouth").status == 403
    assert moderator.post(f"/comments/{comment}/edit", text="words").status == 403
    assert moderator.post(f"/comments/{comment}/delete").status == 303
    assert moderator.post(f"/posts/{post}/delete").status == 303
    assert member.get(f"/posts/{post}").status == 404


def test_an_admin_edits_and_deletes_what_is_not_theirs(member: Client, admin: Client) -> None:
    post = member.write_post("as it was")
    comment = member.write_comment(post, "as it was")
    assert admin.post(f"/comments/{comment}/edit", text="as it is now").status == 303
    assert admin.post(f"/posts/{post}/edit", text="as it is now").status == 303
    shown = member.get(f"/posts/{post}").page
    assert shown.posts == ["as it is now"]
    assert f"/people/{member.name}" in shown.links  # it still belongs to who wrote it
    assert admin.post(f"/posts/{post}/delete").status == 303


def test_nobody_can_write_in_the_name_of_another(member: Client, stranger: Client) -> None:
    """Attack: mass assignment."""
    answer = member.post(
        "/posts/new", text="by whom?", author=stranger.name, author_id="1", id="1", edited="x"
    )
    page = member.follow(answer).page
    assert page.all("a", class_="author")[0].attributes["href"] == f"/people/{member.name}"
    assert answer.location != "/posts/1"
    id = int(answer.location.rpartition("/")[2])
    member.post(f"/posts/{id}/edit", text="by me", author_id="1", created="2001-01-01")
    page = member.get(f"/posts/{id}").page
    assert page.all("a", class_="author")[0].attributes["href"] == f"/people/{member.name}"
    assert "2001" not in page.text


@pytest.mark.parametrize("path", ["/posts/999999", "/posts/999999999999999999", "/nowhere"])
def test_what_is_not_there_gets_a_page_of_our_own(visitor: Client, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status == 404
    assert answer.page.heading == "There is no rung here"
    assert "/" in answer.page.links


def test_a_program_gets_errors_as_json(visitor: Client) -> None:
    answer = visitor.get("/nowhere", Accept="*/*")
    assert answer.status == 404
    assert answer.json["error"]["status"] == 404


@pytest.mark.parametrize("path", ["/posts/999999/edit", "/posts/999999/delete"])
def test_editing_what_is_not_there(member: Client, path: str) -> None:
    assert member.get(path).status == 404
    assert member.post(path, text="x").status == 404
    assert member.post("/posts/999999", text="a comment").status == 404


def test_search_finds_posts_and_authors(site: Site, member: Client) -> None:
    member.write_post("The word is PaTERNoster, once")
    page = site.visitor().get("/search?q=paternoster").page
    assert page.posts == ["The word is PaTERNoster, once"]
    assert page.field("q").attributes["value"] == "paternoster"
    page = site.visitor().get(f"/search?q={member.name}").page
    assert f"/people/{member.name}" in page.links


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("%", ['one_hundred% sure \\ of it\'s "name"']),
        ("d%", ['one_hundred% sure \\ of it\'s "name"']),
        ("e_h", ['one_hundred% sure \\ of it\'s "name"']),
        ("\\", ['one_hundred% sure \\ of it\'s "name"']),
        ("it's", ['one_hundred% sure \\ of it\'s "name"']),
        ('"name"', ['one_hundred% sure \\ of it\'s "name"']),
        ("GRÜNE äöÜ", ["grüne ÄÖü"]),
        ("🦤", ["the dodo 🦤 is back"]),
        ("' OR 1=1 --", []),
        ("%' OR '1'='1", []),
    ],
)
def test_search_takes_every_character_at_its_word(
    site: Site, member: Client, words: str, found: list[str]
) -> None:
    """In LIKE, % and _ stand for anything; in a search box nobody means that."""
    mine = ['one_hundred% sure \\ of it\'s "name"', "grüne ÄÖü", "the dodo 🦤 is back"]
    if mine[0] not in member.get(f"/people/{member.name}").page.posts:
        member.write_post("onexhundredy sure")  # what _ and % would find as well
        for text in mine:
            member.write_post(text)
    answer = site.visitor().get(f"/search?q={quote(words)}")
    assert answer.status == 200
    assert [text for text in answer.page.posts if text in {*mine, "onexhundredy sure"}] == found


def test_the_pages_of_a_search_keep_what_was_looked_for(site: Site, member: Client) -> None:
    for number in range(11):
        member.write_post(f"needle & thread {number}")
    page = site.visitor().get("/search?q=needle+%26+thread").page
    assert len(page.posts) == 10
    (following,) = page.all("a", rel="next")
    page = site.visitor().get(following.attributes["href"]).page
    assert page.posts == ["needle & thread 0"]


def test_a_search_without_words_or_with_too_many(visitor: Client) -> None:
    assert visitor.get("/search").page.posts == []
    assert visitor.get("/search?q=+").status == 200
    answer = visitor.get("/search?q=" + "x" * 101)
    assert answer.status == 422
    assert "At most 100" in answer.page.text
    assert answer.page.field("q").attributes["value"] == "x" * 101
    assert "Nothing found" in visitor.get("/search?q=zzzzqqqq").page.text


COUNT_STATEMENTS = """
import reset
reset.make_what_is_missing()
from app import create_app
from app.models import database
from rung import Request
asked = []
execute = database.execute
database.execute = lambda sql, *values: asked.append(sql) or execute(sql, *values)
answer = create_app()(Request("GET", "/", "/"))
print(answer.status.value, [sql.split()[0] for sql in asked if "sessions" not in sql])
"""


def test_a_timeline_of_ten_posts_takes_three_statements(run_script: Any) -> None:
    """How many posts there are; the posts, joined to their authors; how many comments they have."""
    finished = run_script("-c", COUNT_STATEMENTS)
    assert finished.stdout == "200 ['SELECT', 'SELECT', 'SELECT']\n", finished.stderr


def test_a_new_comment_is_seen_also_on_the_second_page(member: Client) -> None:
    post = member.write_post("much discussed")
    comments = [member.write_comment(post, f"comment {number}") for number in range(11)]
    answer = member.post(f"/posts/{post}", text="the twelfth")
    page = member.follow(answer).page
    assert page.posts == ["comment 10", "the twelfth"]
    assert page.all(id=answer.location.partition("#")[2])
    answer = member.post(f"/comments/{comments[9]}/edit", text="comment 9, edited")
    assert member.follow(answer).page.posts[-1] == "comment 9, edited"
