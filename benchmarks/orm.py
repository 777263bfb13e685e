"""The ORM of final/ beside the bare driver, peewee and SQLAlchemy: how much slower than by hand?

Run:  python -m benchmarks.orm            SQLite in memory
      python -m benchmarks.orm mysql      MariaDB, at RUNG_BENCHMARK_MYSQL (mysql://root@127.0.0.1:3306)

Each of the four does the same work on tables of its own that are alike. They take turns in one
process, so that whatever else the machine does falls on all of them; a row of the table shows the
median of seven turns, divided by that of the bare driver. What each one has read or written is
compared with what the driver has: a wrong answer is an error, not a fast time.

The tables have whole numbers and texts alone, which no driver converts: what is measured is the
ORM, and not datetime.fromisoformat().
"""

from __future__ import annotations

import gc
import importlib
import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

ROWS = 10_000
FEW = 2_000  # of what is done one by one
TURNS = 7
AUTHORS = 100
MYSQL = os.environ.get("RUNG_BENCHMARK_MYSQL", "mysql://root@127.0.0.1:3306")
DATABASE = "rung_benchmark"

POSTS = [
    {"title": f"title {n}", "body": "some body text " * 3, "likes": n, "author_id": n % AUTHORS + 1}
    for n in range(ROWS)
]
USERS = [{"name": f"user {n}", "age": n} for n in range(AUTHORS)]
COLUMNS = ("title", "body", "likes", "author_id")

WORK = {
    "select": "select 10,000 rows into objects",
    "join": "join, both objects, 10,000 rows",
    "get": "get by primary key, 2,000 times",
    "insert": "insert one by one, 10,000",
    "bulk": "insert in bulk, 10,000",
    "update": "update one field, 2,000 times",
}


class Bare:
    """The driver alone, as somebody would write it who knows the tables."""

    name = "bare driver"

    def __init__(self, kind: str) -> None:
        database = importlib.import_module("final.rung.database")
        self.raw = database.connect(url_of(kind)).dialect.open()
        self.mark = "?" if kind == "sqlite" else "%s"
        tables = Rung(kind, "bare_", self.raw)
        self.users, self.posts = tables.users, tables.posts
        self.many(f"INSERT INTO {self.users} (name, age)", [tuple(user.values()) for user in USERS])
        self.rows = [tuple(post.values()) for post in POSTS]
        self.columns = f"p.id, p.title, p.body, p.likes, p.author_id FROM {self.posts} p"
        self.turn = 0

    def run(self, sql: str, values: tuple[Any, ...] = ()) -> Any:
        cursor = self.raw.cursor()
        cursor.execute(sql.replace("?", self.mark), values)
        return cursor

    def many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        marks = ", ".join(self.mark for _ in rows[0])
        self.raw.cursor().executemany(f"{sql} VALUES ({marks})", rows)

    def clear(self) -> None:
        self.run(f"DELETE FROM {self.posts}")

    def prepare_few(self) -> None:
        sql = f"SELECT id FROM {self.posts} ORDER BY id LIMIT {FEW}"
        self.ids = [id for (id,) in self.run(sql).fetchall()]

    def select(self) -> list[Any]:
        return list(self.run(f"SELECT {self.columns}").fetchall())

    def join(self) -> list[Any]:
        joined = f"JOIN {self.users} u ON p.author_id = u.id"
        sql = f"SELECT {self.columns} {joined}".replace(" FROM", ", u.id, u.name, u.age FROM")
        return list(self.run(sql).fetchall())

    def get(self) -> list[Any]:
        sql = f"SELECT {self.columns} WHERE id = ?"
        return [self.run(sql, (id,)).fetchone() for id in self.ids]

    def insert(self) -> None:
        sql = f"INSERT INTO {self.posts} (title, body, likes, author_id) VALUES (?, ?, ?, ?)"
        self.run("BEGIN")
        for row in self.rows:
            self.run(sql, row)
        self.run("COMMIT")

    def bulk(self) -> None:
        self.run("BEGIN")
        self.many(f"INSERT INTO {self.posts} (title, body, likes, author_id)", self.rows)
        self.run("COMMIT")

    def update(self) -> None:
        self.turn += 1
        self.run("BEGIN")
        for id in self.ids:
            self.run(f"UPDATE {self.posts} SET likes = ? WHERE id = ?", (self.turn, id))
        self.run("COMMIT")

    def as_row(self, row: Any) -> tuple[Any, ...]:
        return tuple(row[1:4])

    def as_joined(self, row: Any) -> tuple[Any, ...]:
        return (row[1], row[6])


class Rung:
    """The ORM of final/."""

    name = "rung"

    def __init__(self, kind: str, prefix: str = "rung_", raw: Any = None) -> None:
        orm: Any = importlib.import_module("final.rung.orm")
        fields: Any = importlib.import_module("final.rung.fields")
        database = importlib.import_module("final.rung.database").connect(url_of(kind))
        self.users, self.posts = f"{prefix}users", f"{prefix}posts"

        class User(orm.Model, table=self.users, database=database):  # type: ignore[misc, call-arg]
            name = fields.TextField(max_length=40)
            age = fields.IntegerField()

        class Post(orm.Model, table=self.posts, database=database):  # type: ignore[misc, call-arg]
            title = fields.TextField(max_length=80)
            body = fields.TextField()
            likes = fields.IntegerField()
            author = fields.ForeignKey(User)

        if raw is not None:  # the tables of the bare driver
            for model in (User, Post):
                for statement in orm.table_statements(model):
                    raw.cursor().execute(statement)
            return
        orm.create_tables([User, Post])
        self.User, self.Post, self.database, self.turn = User, Post, database, 0
        User.insert_many(USERS)

    def clear(self) -> None:
        self.Post.select().delete()

    def prepare_few(self) -> None:
        self.few = self.Post.select().order_by(self.Post.id).limit(FEW).all()

    def select(self) -> list[Any]:
        return list(self.Post.select())

    def join(self) -> list[Any]:
        return list(self.Post.select().join(self.User))

    def get(self) -> list[Any]:
        return [self.Post.get(post.id) for post in self.few]

    def insert(self) -> None:
        with self.database.atomic():
            for post in POSTS:
                self.Post.insert(**post)

    def bulk(self) -> None:
        self.Post.insert_many(POSTS)

    def update(self) -> None:
        self.turn += 1
        with self.database.atomic():
            for post in self.few:
                post.likes = self.turn
                post.save()

    def as_row(self, post: Any) -> tuple[Any, ...]:
        return (post.title, post.body, post.likes)

    def as_joined(self, pair: Any) -> tuple[Any, ...]:
        return (pair[0].title, pair[1].name)


class Peewee:
    """peewee, as its manual recommends for each work."""

    name = "peewee"

    def __init__(self, kind: str) -> None:
        peewee: Any = importlib.import_module("peewee")
        self.database: Any = None
        if kind == "sqlite":
            self.database = peewee.SqliteDatabase(":memory:", pragmas={"foreign_keys": 1})
        else:
            self.database = peewee.MySQLDatabase(DATABASE, charset="utf8mb4", **login())

        class User(peewee.Model):  # type: ignore[misc]
            name = peewee.CharField(max_length=40)
            age = peewee.BigIntegerField()

            class Meta:
                database = self.database
                table_name = "peewee_users"

        class Post(peewee.Model):  # type: ignore[misc]
            title = peewee.CharField(max_length=80)
            body = peewee.TextField()
            likes = peewee.BigIntegerField()
            author = peewee.ForeignKeyField(User)

            class Meta:
                database = self.database
                table_name = "peewee_posts"

        self.User, self.Post, self.turn = User, Post, 0
        self.database.create_tables([User, Post])
        User.insert_many(USERS).execute()

    def clear(self) -> None:
        self.Post.delete().execute()

    def prepare_few(self) -> None:
        self.few = list(self.Post.select().order_by(self.Post.id).limit(FEW))

    def select(self) -> list[Any]:
        return list(self.Post.select())

    def join(self) -> list[Any]:
        return list(self.Post.select(self.Post, self.User).join(self.User))

    def get(self) -> list[Any]:
        return [self.Post.get_by_id(post.id) for post in self.few]

    def insert(self) -> None:
        with self.database.atomic():
            for post in POSTS:
                self.Post.create(**post)

    def bulk(self) -> None:
        with self.database.atomic():
            for start in range(0, ROWS, 1000):  # SQLite takes so many values in a statement
                self.Post.insert_many(POSTS[start : start + 1000]).execute()

    def update(self) -> None:
        self.turn += 1
        with self.database.atomic():
            for post in self.few:
                post.likes = self.turn
                post.save(only=[self.Post.likes])

    def as_row(self, post: Any) -> tuple[Any, ...]:
        return (post.title, post.body, post.likes)

    def as_joined(self, post: Any) -> tuple[Any, ...]:
        return (post.title, post.author.name)


class SQLAlchemy:
    """SQLAlchemy's ORM, a new session for each work."""

    name = "SQLAlchemy"

    def __init__(self, kind: str) -> None:
        sa: Any = importlib.import_module("sqlalchemy")
        orm: Any = importlib.import_module("sqlalchemy.orm")
        self.sa, self.orm = sa, orm
        if kind == "sqlite":
            self.engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
            sa.event.listen(
                self.engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON")
            )
        else:
            address = sa.URL.create(
                "mysql+pymysql", query={"charset": "utf8mb4"}, database=DATABASE, **address_of()
            )
            self.engine = sa.create_engine(address)
        base = orm.declarative_base()

        class User(base):  # type: ignore[misc, valid-type]
            __tablename__ = "sqlalchemy_users"
            id = sa.Column(sa.Integer, primary_key=True)
            name = sa.Column(sa.String(40), nullable=False)
            age = sa.Column(sa.BigInteger, nullable=False)

        class Post(base):  # type: ignore[misc, valid-type]
            __tablename__ = "sqlalchemy_posts"
            id = sa.Column(sa.Integer, primary_key=True)
            title = sa.Column(sa.String(80), nullable=False)
            body = sa.Column(sa.Text, nullable=False)
            likes = sa.Column(sa.BigInteger, nullable=False)
            author_id = sa.Column(sa.ForeignKey(User.id), nullable=False, index=True)

        self.User, self.Post, self.turn = User, Post, 0
        base.metadata.create_all(self.engine)
        with self.session() as session, session.begin():
            session.execute(sa.insert(User), USERS)

    def session(self) -> Any:
        return self.orm.Session(self.engine, expire_on_commit=False)

    def clear(self) -> None:
        with self.session() as session, session.begin():
            session.execute(self.sa.delete(self.Post))

    def prepare_few(self) -> None:
        query = self.sa.select(self.Post).order_by(self.Post.id)
        with self.session() as session:
            self.few = session.scalars(query.limit(FEW)).all()

    def select(self) -> list[Any]:
        with self.session() as session:
            return list(session.scalars(self.sa.select(self.Post)))

    def join(self) -> list[Any]:
        joined = self.sa.select(self.Post, self.User).join(self.User)
        with self.session() as session:
            return list(session.execute(joined))

    def get(self) -> list[Any]:
        with self.session() as session:
            return [session.get(self.Post, post.id) for post in self.few]

    def insert(self) -> None:
        with self.session() as session, session.begin():
            for post in POSTS:
                session.add(self.Post(**post))
                session.flush()  # one by one: each gets its id at once

    def bulk(self) -> None:
        with self.session() as session, session.begin():
            session.execute(self.sa.insert(self.Post), POSTS)

    def update(self) -> None:
        self.turn += 1
        with self.session() as session, session.begin():
            for post in self.few:
                session.add(post)
                post.likes = self.turn
                session.flush()

    as_row = Rung.as_row
    as_joined = Rung.as_joined


def main() -> None:
    kind = "mysql" if "mysql" in sys.argv[1:] else "sqlite"
    if kind == "mysql":
        make_database()
    contestants = [make(kind) for make in (Bare, Rung, Peewee, SQLAlchemy)]
    place = "MariaDB" if kind == "mysql" else "SQLite in memory"
    print(f"{place}: median of {TURNS} turns, as a multiple of the bare driver")
    print(f"{'':34}{'bare driver':>14}" + "".join(f"{each.name:>12}" for each in contestants[1:]))
    for work in ("insert", "bulk", "select", "join", "get", "update"):
        times = measure(contestants, work)
        bare = times[0]
        ratios = "".join(f"{time / bare:12.1f}" for time in times[1:])
        print(f"{WORK[work]:34}{bare * 1000:11.1f} ms{ratios}", flush=True)
    if kind == "sqlite":
        print_memory(contestants)
    if kind == "mysql":
        drop_database()


def measure(contestants: list[Any], work: str) -> list[float]:
    """The median time of each contestant, who take turns; their answers are compared."""
    times: list[list[float]] = [[] for _ in contestants]
    for each in contestants:
        each.prepare_few()
    for _ in range(TURNS):
        answers = []
        for each, mine in zip(contestants, times, strict=True):
            if work in ("insert", "bulk"):
                each.clear()
            gc.collect()
            started = time.perf_counter()
            answer = getattr(each, work)()
            mine.append(time.perf_counter() - started)
            answers.append(checked(each, work, answer))
            del answer
        for each, answer in zip(contestants, answers, strict=True):
            if answer != answers[0]:
                raise AssertionError(f"{each.name} gives another answer to {work}")
    return [statistics.median(mine) for mine in times]


def checked(each: Any, work: str, answer: Any) -> Any:
    """What a contestant has read, or what its table holds now, as plain values."""
    make: Callable[[Any], Any] = each.as_joined if work == "join" else each.as_row
    rows = each.select() if answer is None else answer
    return sorted(make(row) for row in rows)


def print_memory(contestants: list[Any]) -> None:
    """What 100,000 rows take, as objects: what Python has allocated for them."""
    sizes = []
    for each in contestants:
        for _ in range(9):
            each.bulk()
        gc.collect()
        tracemalloc.start()
        rows = each.select()
        sizes.append(tracemalloc.get_traced_memory()[0] / 1e6)
        tracemalloc.stop()
        if len(rows) != 10 * ROWS:
            raise AssertionError(f"{each.name} has read {len(rows)} rows")
    line = "".join(f"{size:9.0f} MB" for size in sizes[1:])
    print(f"{'memory for 100,000 rows':34}{sizes[0]:11.0f} MB{line}")


def url_of(kind: str) -> str:
    return "sqlite:///:memory:" if kind == "sqlite" else f"{MYSQL.rstrip('/')}/{DATABASE}"


def address_of() -> dict[str, Any]:
    parts = urlsplit(MYSQL)
    address = {"host": parts.hostname, "port": parts.port or 3306, "username": parts.username}
    return address | {"password": parts.password or ""}


def login() -> dict[str, Any]:
    address = address_of()
    return {"user": address.pop("username"), **address}


def make_database() -> None:
    drop_database()
    server().cursor().execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")


def drop_database() -> None:
    server().cursor().execute(f"DROP DATABASE IF EXISTS {DATABASE}")


def server() -> Any:
    import pymysql

    return pymysql.connect(**login(), autocommit=True)


if __name__ == "__main__":
    main()
