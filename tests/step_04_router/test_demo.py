"""The demo, started as a learner starts it: a small JSON API that forgets everything."""

import json
import socket
import threading
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.support.compare import read_answers
from tests.support.demo import Demo

pytestmark = pytest.mark.own_step

JSON = {"Content-Type": "application/json"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def ask(
    demo: Demo, method: str, path: str, value: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    """Status, fields (in lower case) and body of an answer; JSON is decoded."""
    connection = HTTPConnection("127.0.0.1", demo.port, timeout=5)
    body = None if value is None else json.dumps(value)
    connection.request(method, path, body, headers or ({} if value is None else JSON))
    response = connection.getresponse()
    fields = {name.lower(): text for name, text in response.getheaders()}
    content: Any = response.read().decode()
    if content and fields.get("content-type") == "application/json":
        content = json.loads(content)
    connection.close()
    return response.status, fields, content


def make_post(demo: Demo, author: str, text: str = "hello") -> dict[str, Any]:
    status, fields, post = ask(demo, "POST", "/api/posts", {"author": author, "text": text})
    assert status == 201
    assert fields["location"] == f"/api/posts/{post['id']}"
    found: dict[str, Any] = post
    return found


def exchange(demo: Demo, raw: bytes) -> bytes:
    """Send raw bytes and return all that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", demo.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_home_page_shows_how_to_use_the_api_at_this_address(demo: Demo) -> None:
    status, fields, page = ask(demo, "GET", "/")
    assert status == 200
    assert fields["content-type"] == "text/html; charset=utf-8"
    assert f"curl -X POST 127.0.0.1:{demo.port}/api/posts" in page


def test_a_post_lives_from_post_to_delete(demo: Demo) -> None:
    post = make_post(demo, "zoë", "hello 🪜")
    path = f"/api/posts/{post['id']}"
    assert (post["author"], post["text"]) == ("zoë", "hello 🪜")
    assert ask(demo, "GET", path)[2] == post
    status, _, changed = ask(demo, "PUT", path, {"author": "zoë", "text": "changed"})
    assert (status, changed) == (200, {**post, "text": "changed"})
    assert ask(demo, "GET", path)[2]["text"] == "changed"
    status, fields, body = ask(demo, "DELETE", path)
    assert (status, body) == (204, "")
    assert "content-length" not in fields
    assert ask(demo, "GET", path)[0] == 404
    assert ask(demo, "DELETE", path)[0] == 404


def test_a_new_post_never_takes_the_place_of_another(demo: Demo) -> None:
    first, second = make_post(demo, "dan"), make_post(demo, "dan", "keep me")
    ask(demo, "DELETE", f"/api/posts/{first['id']}")
    make_post(demo, "dan")
    assert ask(demo, "GET", f"/api/posts/{second['id']}")[2] == second


def test_posts_of_one_author_come_newest_first(demo: Demo) -> None:
    first, second = make_post(demo, "ann & co"), make_post(demo, "ann & co")
    make_post(demo, "bob")
    assert ask(demo, "GET", "/api/posts?author=ann+%26+co")[2] == [second, first]
    assert len(ask(demo, "GET", "/api/posts")[2]) >= 3
    assert ask(demo, "GET", "/api/posts?author=nobody")[2] == []


def test_posts_of_a_month(demo: Demo) -> None:
    month = make_post(demo, "cat")["created"][:7]
    authors = [post["author"] for post in ask(demo, "GET", f"/api/posts/{month}")[2]]
    assert "cat" in authors
    assert ask(demo, "GET", "/api/posts/1999-01")[2] == []
    assert ask(demo, "GET", "/api/posts/1999-1")[0] == 404


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "Expected an object"),
        ({"author": "ann"}, "'text' must be a text"),
        ({"author": "ann", "text": "  "}, "'text' must be a text"),
        ({"author": 7, "text": "x"}, "'author' must be a text"),
    ],
)
def test_a_post_that_is_none_is_refused_with_a_reason(demo: Demo, value: Any, said: str) -> None:
    status, _, answer = ask(demo, "POST", "/api/posts", value)
    assert status == 400
    assert said in answer["error"]["message"]


@pytest.mark.parametrize(
    ("headers", "status"), [(JSON, 400), ({"Content-Type": "text/plain"}, 415), ({}, 415)]
)
def test_a_body_that_is_no_json_is_refused(
    demo: Demo, headers: dict[str, str], status: int
) -> None:
    raw = b"POST /api/posts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    [answer] = read_answers(exchange(demo, raw + fields + b"\r\n{nope"))
    assert answer.status == status


def test_wrong_method_is_405_and_says_what_is_allowed(demo: Demo) -> None:
    status, fields, answer = ask(demo, "PATCH", "/api/posts/1")
    assert (status, answer["error"]["title"]) == (405, "Method Not Allowed")
    assert fields["allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"
    status, fields, body = ask(demo, "OPTIONS", "/api/posts")
    assert (status, fields["allow"], body) == (204, "GET, HEAD, OPTIONS, POST", "")


def test_errors_are_pages_for_a_browser_but_json_inside_of_the_api(demo: Demo) -> None:
    _, fields, page = ask(demo, "GET", "/<b>", headers=BROWSER)
    assert fields["content-type"].startswith("text/html")
    assert "&lt;b&gt;" in page
    status, _, answer = ask(demo, "GET", "/api/posts/0", headers=BROWSER)
    assert (status, answer) == (404, {"error": "There is no post 0."})


def test_every_answer_forbids_to_guess_its_type(demo: Demo) -> None:
    for path in ("/", "/api/posts", "/nothing"):
        assert ask(demo, "GET", path)[1]["x-content-type-options"] == "nosniff"


def test_raw_requests_on_one_connection(demo: Demo) -> None:
    post = b'{"author": "raw", "text": "x"}'
    raw = (
        b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"
        b"POST /api/posts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
        b"GET /api/posts/%%31%%30x HTTP/1.1\r\nHost: x\r\n\r\n"
        b"GET /api/posts/1%%0A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    ) % (len(post), post)
    answers = read_answers(exchange(demo, raw), ["HEAD", "OPTIONS", "POST", "GET", "GET"])
    assert [answer.status for answer in answers] == [200, 204, 201, 404, 404]
    assert json.loads(answers[2].body)["author"] == "raw"


def test_posts_of_many_clients_at_once_get_different_ids(demo: Demo) -> None:
    ids: list[int] = []

    def post_some() -> None:
        ids.extend(make_post(demo, "many")["id"] for _ in range(10))

    threads = [threading.Thread(target=post_some) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(ids) == len(set(ids)) == 60


def test_a_restart_forgets_the_posts(start_demo: Any) -> None:
    """The weakness that step 05 repairs."""
    first = start_demo()
    make_post(first, "ann")
    first.stop()
    assert ask(start_demo(), "GET", "/api/posts")[2] == []


def test_half_of_a_surrogate_pair_does_not_break_the_list(start_demo: Any) -> None:
    demo = start_demo()
    make_post(demo, "ann", "\ud83d")
    status, _, posts = ask(demo, "GET", "/api/posts")
    assert status == 200
    assert posts[0]["text"] == "\ud83d"
