"""The tables: people and their posts."""

import os
from datetime import UTC, datetime
from pathlib import Path

from rung import DateTimeField, ForeignKey, Model, TextField, abort, connect, create_tables

FOLDER = Path(__file__).resolve().parent
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{FOLDER / 'posts.sqlite3'}"
database = connect(DATABASE_URL)  # opens nothing yet: the first statement does

# What each role may do to what belongs to others. Everybody may edit and delete their own.
ROLES = {"member": set[str](), "admin": {"post.edit", "post.delete"}}


def now() -> datetime:
    """The time in UTC, as a DateTimeField wants it."""
    return datetime.now(UTC).replace(tzinfo=None)


class Base(Model, abstract=True, database=database):
    created = DateTimeField(default=now)


class User(Base, table="users"):
    name = TextField(max_length=40, unique=True)
    password_hash = TextField(max_length=200)
    role = TextField(max_length=20, default="member")

    def has_permission(self, name: str) -> bool:
        return name in ROLES[self.role]

    def may(self, permission: str, post: "Post") -> bool:
        """Whether to show a button. The guard of the view behind it decides again, for itself."""
        return bool(post.author_id == self.id) or self.has_permission(permission)


class Post(Base, table="posts"):
    author = ForeignKey(User, on_delete="cascade")
    author_id: int
    text = TextField(max_length=500)


def create_missing_tables() -> None:
    create_tables([User, Post])


def find_post(id: int) -> Post:
    return Post.get_or_none(id) or abort(404, f"There is no post {id}.")
