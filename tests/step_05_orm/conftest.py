"""What the tests of this step share: a small blog on both databases, and a look behind the ORM.

One database serves all tests of a module, because making one takes MySQL as long as fifty tests;
each test finds the tables empty.
"""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pymysql
import pytest

from tests.support import databases


@pytest.fixture(scope="session")
def orm(rung: Callable[..., ModuleType]) -> ModuleType:
    """The names of the modules that make up the ORM, in one place."""
    orm = ModuleType("orm")
    vars(orm).update(vars(rung()))
    for layer in ("expressions", "fields", "query", "orm"):
        vars(orm).update(vars(rung(layer)))
    return orm


@pytest.fixture(scope="session")
def database_layer(rung: Callable[..., ModuleType]) -> ModuleType:
    return rung("database")


@pytest.hookimpl(trylast=True)  # a test's name begins with its target, then says its database
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "blog_url" in metafunc.fixturenames:
        metafunc.parametrize("blog_url", ["sqlite", "mysql"], indirect=True, scope="module")


@pytest.fixture(scope="module")
def blog_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of a database of this module's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'blog.sqlite3'}"
        return
    databases.require_mysql()
    url = databases.create_mysql_database()
    yield url
    databases.drop_mysql_database(url)


@pytest.fixture(scope="module")
def database(database_layer: ModuleType, blog_url: str) -> Iterator[Any]:
    database = database_layer.connect(blog_url)
    yield database
    database.close()


@pytest.fixture(scope="module")
def tables(orm: ModuleType, database: Any) -> Iterator[SimpleNamespace]:
    """The models User, Post and Comment, with their tables."""

    class Base(orm.Model, abstract=True, database=database):
        created = orm.DateTimeField(default=lambda: datetime(2026, 11, 22, 12, 30, 15, 42))

    class User(Base, table="users"):
        name = orm.TextField(max_length=40, unique=True)
        age = orm.IntegerField(null=True)

    class Post(Base, table="posts"):
        title = orm.TextField(max_length=80)
        body = orm.TextField(default="")
        likes = orm.IntegerField(default=0)
        draft = orm.BooleanField(default=False)
        rating = orm.FloatField(null=True)
        author = orm.ForeignKey(User)
        editor = orm.ForeignKey(User, on_delete="set null", null=True)

    class Comment(Base, table="comments"):
        text = orm.TextField()
        post = orm.ForeignKey(Post, on_delete="cascade")
        reply_to = orm.ForeignKey("self", on_delete="cascade", null=True)

    orm.create_tables([User, Post, Comment])
    yield SimpleNamespace(Base=Base, User=User, Post=Post, Comment=Comment, database=database)
    for table in ("comments", "posts", "users"):
        database.execute(f"DROP TABLE {table}")


@pytest.fixture
def blog(tables: SimpleNamespace) -> SimpleNamespace:
    """The models, their tables emptied."""
    with tables.database.atomic():
        for table in ("comments", "posts", "users"):
            tables.database.execute(f"DELETE FROM {table}")
    return tables


# Rows are written by hand, so that what is tested here needs nothing that is tested later.


@pytest.fixture
def ann(blog: SimpleNamespace) -> Any:
    """A user, stored."""
    blog.database.execute("INSERT INTO users (id, name, created) VALUES (1, 'ann', '2026-11-22')")
    return blog.User.get(1)


@pytest.fixture
def posts(blog: SimpleNamespace) -> SimpleNamespace:
    """Five posts by ann: a, b, c, d and e. "b" is a draft, and only "e" has a rating."""
    rows = [
        f"({1 + number}, '{title}', '', {number * 10}, {int(title == 'b')}, "
        f"{4.5 if title == 'e' else 'NULL'}, 1, '2026-11-22')"
        for number, title in enumerate("abcde")
    ]
    with blog.database.atomic():
        blog.database.execute(
            "INSERT INTO users (id, name, created) VALUES (1, 'ann', '2026-11-22')"
        )
        blog.database.execute(
            "INSERT INTO posts (id, title, body, likes, draft, rating, author_id, created) "
            f"VALUES {', '.join(rows)}"
        )
    return blog


@pytest.fixture
def written(blog: SimpleNamespace) -> SimpleNamespace:
    """Two posts by ann, the first edited by bob, and one by bob; zoe has written nothing.

    Two comments on the first post, none on the second, one on the third.
    """
    with blog.database.atomic():
        blog.database.execute(
            "INSERT INTO users (id, name, created) VALUES "
            "(1, 'ann', '2026-11-22'), (2, 'bob', '2026-11-22'), (3, 'zoe', '2026-11-22')"
        )
        blog.database.execute(
            "INSERT INTO posts"
            " (id, title, author_id, editor_id, body, likes, draft, created) VALUES"
            " (11, 'first', 1, 2, '', 0, 0, '2026-11-22'),"
            " (12, 'second', 1, NULL, '', 0, 0, '2026-11-22'),"
            " (13, 'third', 2, NULL, '', 0, 0, '2026-11-22')"
        )
        blog.database.execute(
            "INSERT INTO comments (id, text, post_id, created) VALUES "
            "(21, 'hello', 11, '2026-11-22'), (22, 'thanks', 11, '2026-11-22'), "
            "(23, 'well', 13, '2026-11-22')"
        )
    return blog


@pytest.fixture
def world(written: SimpleNamespace) -> SimpleNamespace:
    """The same, with objects of these rows: ann, bob, zoe, first, second, third."""
    User, Post = written.User, written.Post
    written.ann, written.bob, written.zoe = (User.get(number) for number in (1, 2, 3))
    written.first, written.second, written.third = (Post.get(number) for number in (11, 12, 13))
    return written


@pytest.fixture
def plain(blog_url: str) -> Callable[..., list[tuple[Any, ...]]]:
    """plain("SELECT ...") asks the same database by the bare driver, behind the ORM's back."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        with plain_connection(blog_url) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return list(cursor.fetchall())

    return ask


class plain_connection:
    """A connection of the bare driver, closed at the end of the block."""

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite"):
            path = url.removeprefix("sqlite:///")
            self.connection: Any = sqlite3.connect(path, timeout=5, isolation_level=None)
            return
        parts = urlsplit(url)
        self.connection = pymysql.connect(
            host=parts.hostname or "",
            port=parts.port or 3306,
            user=parts.username or "",
            password=parts.password or "",
            database=parts.path.strip("/"),
            charset="utf8mb4",
            autocommit=True,
            ssl_disabled=True,  # to load the machine's certificates takes longer than most tests
        )

    def __enter__(self) -> Any:
        return self.connection

    def __exit__(self, *error: object) -> None:
        self.connection.close()
