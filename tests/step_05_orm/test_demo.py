"""The demo, started as a learner starts it: the posts are still there after a restart."""

import json
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.demo import Demo

from .conftest import plain_connection

pytestmark = pytest.mark.own_step

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


def ask(demo: Demo, method: str, path: str, body: str = "", **fields: str) -> tuple[int, str]:
    """Status and body of an answer."""
    connection = HTTPConnection("127.0.0.1", demo.port, timeout=5)
    connection.request(method, path, body.encode() or None, fields)
    response = connection.getresponse()
    status, text = response.status, response.read().decode()
    connection.close()
    return status, text


def make_post(demo: Demo, author: str, text: str) -> Any:
    value = json.dumps({"author": author, "text": text})
    status, answer = ask(demo, "POST", "/api/posts", value, **JSON)
    return status, json.loads(answer)


def test_posts_survive_a_restart_on_either_database(
    start_demo: Callable[..., Demo], database_url: str
) -> None:
    first = start_demo(DATABASE_URL=database_url)
    status, post = make_post(first, "zoë", "hello 🪜\nsecond line")
    assert status == 201
    first.stop()
    again = start_demo(DATABASE_URL=database_url)
    status, answer = ask(again, "GET", "/api/posts")
    assert (status, json.loads(answer)) == (200, [post])
    with plain_connection(database_url) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT name, text FROM posts JOIN users ON users.id = author_id")
        assert list(cursor.fetchall()) == [("zoë", "hello 🪜\nsecond line")]


def test_without_a_setting_the_posts_are_in_a_file_beside_the_server(
    start_demo: Callable[..., Demo],
) -> None:
    demo = start_demo()
    make_post(demo, "ann", "hello")
    assert (demo.folder / "posts.sqlite3").exists()


def test_a_post_is_written_changed_and_deleted(demo: Demo) -> None:
    _, post = make_post(demo, "ann", "hello")
    path = f"/api/posts/{post['id']}"
    status, answer = ask(demo, "PUT", path, '{"author": "ann", "text": "changed"}', **JSON)
    assert (status, json.loads(answer)) == (200, {**post, "text": "changed"})
    assert json.loads(ask(demo, "GET", path)[1])["text"] == "changed"
    assert path.rpartition("/")[2] in ask(demo, "GET", f"/api/posts/{post['created'][:7]}")[1]
    assert ask(demo, "DELETE", path)[0] == 204
    status, answer = ask(demo, "GET", path)
    assert (status, json.loads(answer)) == (404, {"error": f"There is no post {post['id']}."})


def test_the_page_shows_posts_and_takes_new_ones(demo: Demo) -> None:
    form = urlencode({"author": "bob", "text": "by a form"})
    assert ask(demo, "POST", "/posts", form, **FORM)[0] == 303
    status, page = ask(demo, "GET", "/")
    assert status == 200
    assert "<b>bob</b>" in page
    assert "<p>by a form</p>" in page


def test_what_a_post_says_is_no_markup(demo: Demo) -> None:
    make_post(demo, "<i>eve</i>", "<script>alert(1)</script>")
    page = ask(demo, "GET", "/")[1]
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>&lt;i&gt;eve&lt;/i&gt;</b>" in page


def test_what_a_form_gets_wrong_is_said_and_nothing_typed_is_lost(demo: Demo) -> None:
    for author, text, said in (
        ("", "no name", "Please give a name and a text."),
        ("x" * 41, "kept text", "40 characters"),
        ("kept name", "y" * 501, "500 characters"),
    ):
        body = urlencode({"author": author, "text": text})
        status, page = ask(demo, "POST", "/posts", body, **FORM)
        assert status == 422
        assert said in page
        assert f'value="{author}"' in page
        assert f"\n{text}</textarea>" in page


@pytest.mark.parametrize(
    ("author", "text", "said"),
    [
        (
            "x" * 41,
            "t",
            "User.name: 'xxxxxxxxxxxx...xxxxxxxxxxxxx' does not fit into 40 characters",
        ),
        ("ann", "y" * 501, "Post.text: "),
        ("ann", "\ud83d", "Post.text: "),
        ("\ud83d", "t", "User.name: "),
        ("ann", "   ", "'text' must be a text"),
    ],
)
def test_what_the_model_refuses_is_the_clients_mistake(
    demo: Demo, author: str, text: str, said: str
) -> None:
    status, answer = make_post(demo, author, text)
    assert status == 400
    assert answer["error"]["message"].startswith(said)


def test_an_author_is_a_value_and_never_sql(demo: Demo) -> None:
    name = "' OR '1'='1"
    assert make_post(demo, name, "t")[0] == 201
    found = json.loads(ask(demo, "GET", "/api/posts?" + urlencode({"author": name}))[1])
    assert [post["author"] for post in found] == [name]


def test_many_clients_at_once_with_one_new_name(
    start_demo: Callable[..., Demo], database_url: str
) -> None:
    demo = start_demo(DATABASE_URL=database_url)
    answers: list[Any] = []

    def post_some() -> None:
        answers.extend(make_post(demo, "many", "t") for _ in range(5))

    threads = [threading.Thread(target=post_some) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [status for status, _ in answers] == [201] * 40
    assert len({post["id"] for _, post in answers}) == 40


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://ann:s3cret@127.0.0.1/blog", "sqlite:///file.sqlite3 or mysql://"),
        ("mysql://ann:s3cret@127.0.0.1:1/blog", "check that it runs"),
        ("mysql://ann:s3cret@127.0.0.1", "mysql://user:password@host:3306/name"),
        ("sqlite:////no/such/folder/blog.sqlite3", "check that its folder exists"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence(
    start_demo: Callable[..., Demo], url: str, said: str
) -> None:
    with pytest.raises(AssertionError, match="ended with status 1") as caught:
        start_demo(DATABASE_URL=url)
    printed = str(caught.value).partition("\n")[2]
    assert said in printed
    assert "Traceback" not in printed
    assert "s3cret" not in printed
    assert len(printed.strip().splitlines()) == 1


def test_a_file_that_is_no_database_is_one_sentence(
    start_demo: Callable[..., Demo], tmp_path: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ann, " * 500)
    with pytest.raises(AssertionError, match="file is not a database") as caught:
        start_demo(DATABASE_URL=f"sqlite:///{letter}")
    assert "Traceback" not in str(caught.value)
