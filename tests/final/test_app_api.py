"""The posts as JSON."""

import json
from typing import Any

import pytest

from tests.final.client import Client, Site


def test_a_post_as_json(member: Client, visitor: Client) -> None:
    answer = member.call("POST", "/api/posts", {"text": " héllo 🦜\n"})
    assert answer.status == 201
    post = answer.json
    assert answer.headers["Location"] == f"/api/posts/{post['id']}"
    assert post["text"] == "héllo 🦜"
    assert post["author"] == member.name
    assert post["edited"] is None
    assert post["created"].endswith("Z")
    member.write_comment(post["id"], "one")
    answer = visitor.call("GET", f"/api/posts/{post['id']}")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json == post | {"comments": 1}
    assert visitor.get(post["url"]).status == 200


def test_the_list_has_pages_authors_and_a_search(
    site: Site, member: Client, stranger: Client
) -> None:
    for number in range(11):
        member.write_post(f"a json needle {number}")
    stranger.write_post("a json needle of another")
    visitor = site.visitor()
    found = visitor.call("GET", "/api/posts?q=json+needle").json
    assert (found["page"], found["pages"], found["total"]) == (1, 2, 12)
    assert found["posts"][0]["text"] == "a json needle of another"
    assert len(found["posts"]) == 10
    assert len(visitor.call("GET", "/api/posts?q=json+needle&page=2").json["posts"]) == 2
    mine = visitor.call("GET", f"/api/posts?q=json+needle&author={member.name}").json
    assert mine["total"] == 11
    assert {post["author"] for post in mine["posts"]} == {member.name}
    assert visitor.call("GET", "/api/posts?author=nobody").json["posts"] == []


def test_no_secret_leaves_through_the_list(visitor: Client) -> None:
    answer = visitor.call("GET", "/api/posts")
    assert "password" not in answer.text
    assert "scrypt" not in answer.text
    assert set(answer.json["posts"][0]) == {
        "id", "text", "author", "created", "edited", "comments", "url"
    }  # fmt: skip


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html,*/*"])
def test_errors_are_json_for_everybody(site: Site, accept: str) -> None:
    visitor = site.visitor()
    for method, path, status in [
        ("GET", "/api/posts/999999", 404),
        ("GET", "/api/posts/abc", 404),
        ("GET", "/api/nothing", 404),
        ("PUT", "/api/posts", 405),
        ("POST", "/api/posts", 401),
        ("DELETE", "/api/posts/1", 401),
        ("GET", "/api/posts?q=" + "x" * 101, 422),
    ]:
        answer = visitor.call(method, path, Accept=accept)
        assert (method, path, answer.status) == (method, path, status)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json["error"]["status"] == status
        assert answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ({}, 422),
        ({"text": ""}, 422),
        ({"text": "x" * 501}, 422),
        ({"text": "a\0b"}, 422),
        ({"text": "\ud800"}, 422),  # half a character: JSON can write it, nothing can show it
        ({"text": 5}, 422),
        ({"text": None}, 422),
        ({"text": ["a"]}, 422),
        ([], 422),
        ("text", 422),
        (5, 422),
    ],
)
def test_bad_values_are_refused(member: Client, value: Any, status: int) -> None:
    total = member.call("GET", "/api/posts").json["total"]
    answer = member.call("POST", "/api/posts", value)
    assert answer.status == status
    assert answer.json["error"]["message"]
    assert member.call("GET", "/api/posts").json["total"] == total


def test_a_body_that_is_no_json_is_refused(member: Client) -> None:
    answer = member.call("POST", "/api/posts", "{", Content_Type="text/plain")
    assert answer.status == 415
    token = member.call("GET", "/api/token").json["csrf_token"]
    fields = {"Content_Type": "application/json", "X_CSRF_Token": token}
    assert member.request("POST", "/api/posts", "{", **fields).status == 400


def test_a_program_with_a_session_cookie_brings_a_token(site: Site, member: Client) -> None:
    """Attack: a page elsewhere has the visitor's browser write a post."""
    post = json.dumps({"text": "written by a program"})
    json_type = {"Content_Type": "application/json"}
    answer = member.request("POST", "/api/posts", post, **json_type)
    assert (answer.status, answer.json["error"]["title"]) == (403, "Forbidden")
    token = member.call("GET", "/api/token").json["csrf_token"]
    answer = member.request("POST", "/api/posts", post, X_CSRF_Token=token, **json_type)
    assert answer.status == 201


def test_nobody_can_choose_more_than_the_text(member: Client) -> None:
    """Attack: mass assignment."""
    value = {"text": "mine", "author": "wren", "author_id": 1, "id": 1, "created": "2001-01-01"}
    post = member.call("POST", "/api/posts", value).json
    assert post["author"] == member.name
    assert post["id"] > 1
    assert not post["created"].startswith("2001")


def test_delete(member: Client, stranger: Client, moderator: Client) -> None:
    id = member.write_post("to be deleted")
    assert stranger.call("DELETE", f"/api/posts/{id}").status == 403
    answer = member.call("DELETE", f"/api/posts/{id}")
    assert (answer.status, answer.body) == (204, b"")
    assert member.call("GET", f"/api/posts/{id}").status == 404
    assert member.call("DELETE", f"/api/posts/{id}").status == 404
    id = member.write_post("spam")
    assert moderator.call("DELETE", f"/api/posts/{id}").status == 204
