"""The tables: people and their posts."""

import os
from datetime import UTC, datetime
from pathlib import Path

from rung import (
    DateTimeField,
    ForeignKey,
    IntegrityError,
    Model,
    TextField,
    abort,
    connect,
    create_tables,
)

FOLDER = Path(__file__).resolve().parent
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{FOLDER / 'posts.sqlite3'}"


def now() -> datetime:
    """The time in UTC, as a DateTimeField wants it."""
    return datetime.now(UTC).replace(tzinfo=None)


class Base(Model, abstract=True, database=connect(DATABASE_URL)):
    created = DateTimeField(default=now)


class User(Base, table="users"):
    name = TextField(max_length=40, unique=True)


class Post(Base, table="posts"):
    author = ForeignKey(User, on_delete="cascade")
    text = TextField(max_length=500)


def create_missing_tables() -> None:
    create_tables([User, Post])


def find_post(id: int) -> Post:
    return Post.get_or_none(id) or abort(404, f"There is no post {id}.")


def find_or_add_user(name: str) -> User:
    try:
        return User.get_or_none(User.name == name) or User.insert(name=name)
    except IntegrityError:  # another request has added it between our two statements
        return User.get(User.name == name)
