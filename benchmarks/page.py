"""A whole page beside peers: python -m benchmarks.page [WORK ...] [--rounds N] [--seconds N].

All layers together, where server.py measures the lowest alone: server, router, session, query
and template. The same small site (page_apps/) runs on rung, on Flask with SQLAlchemy and on Bottle
with peewee. Before a turn is timed, its answer is compared with one that no framework has made.
"""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import jinja2

from benchmarks import server
from benchmarks.bars import TIMES, Bar, times
from benchmarks.load import check_answer, fetch
from benchmarks.page_apps.data import DATABASE, SHOWN, TEMPLATES, VISITOR, make_database
from benchmarks.report import Subject
from benchmarks.servers import Failed, Running
from benchmarks.works import Sample, Settings, Work, load, note

NEWEST = """
    SELECT posts.id, users.name, users.display_name, posts.text, posts.likes
    FROM posts JOIN users ON users.id = posts.author_id ORDER BY posts.id DESC LIMIT ?
"""


def main(argv: list[str] | None = None) -> int:
    return server.main(argv, PAGE)


def prepare(settings: Settings, works: list[str]) -> Settings:
    make_database(settings.folder)
    return settings


def page(running: Running, settings: Settings, sample: Sample) -> None:
    """A session, a query of 20 joined rows, an inherited template."""
    cookie = log_in(running)
    check_answer(running, "/", expected_page(settings.folder, VISITOR), Cookie=cookie)
    check_answer(running, "/", expected_page(settings.folder, None))  # it does read the session
    note(sample, load(running, settings, "/", "-H", f"Cookie: {cookie}"))


def as_json(running: Running, settings: Settings, sample: Sample) -> None:
    """The same query as JSON, for a program that has no session."""
    body, _fields = fetch(running, "/api/posts")
    if json.loads(body) != expected_json(settings.folder):  # blanks and escapes may differ
        raise Failed(f"GET /api/posts: other posts: {body[:80]!r}")
    note(sample, load(running, settings, "/api/posts"))


def log_in(running: Running) -> str:
    """Begin a session, in the way of this server, and return what a Cookie field says of it."""
    _body, fields = fetch(running, "/login")
    cookie: str = fields.get("Set-Cookie", "").partition(";")[0]
    if not cookie:
        raise Failed("GET /login: no cookie came back")
    return cookie


def expected_page(folder: str, visitor: str | None) -> bytes:
    """The page by Jinja2 and sqlite3 alone, with the settings that all three applications have."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.get_template("timeline.html")
    return template.render(posts=expected_posts(folder), visitor=visitor).encode()


def expected_json(folder: str) -> Any:
    return {"posts": [post | {"author": author["name"]} for post, author in expected_posts(folder)]}


def expected_posts(folder: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each post with its author."""
    with closing(sqlite3.connect(Path(folder, DATABASE))) as database:
        rows = database.execute(NEWEST, (SHOWN,)).fetchall()
    return [
        ({"id": id, "text": text, "likes": likes}, {"name": name, "display_name": display_name})
        for id, name, display_name, text, likes in rows
    ]


WORKS = {
    work.name: work
    for work in (
        Work(
            "page",
            "Session, 20 joined rows, inherited template",
            ("rung", "flask", "flask-cookie", "bottle"),
            page,
        ),
        Work("json", "The same 20 rows as JSON", ("rung", "flask", "bottle"), as_json),
    )
}
BARS = (
    Bar("page", "rate, against Flask, session in the database", times("flask"), 3, 4, form=TIMES),
    Bar("page", "rate, against Flask, its own session", times("flask-cookie"), 3, 4, form=TIMES),
    Bar("json", "rate, against Flask", times("flask"), 4, 5, form=TIMES),
)
PAGE = Subject("page", "A whole page", WORKS, BARS, "page", prepare)

if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped; nothing was written.")
