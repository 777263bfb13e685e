"""Fills the tables with what demo.toml holds, so that there is something to look at."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rung import hash_password

from .models import Comment, Post, User, database

PASSWORD = "one rung at a time"
LAST = datetime(2026, 11, 22, 7, 40)  # when the newest post was written

DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
PEOPLE: list[dict[str, str]] = DATA["people"]


def fill_tables() -> None:
    """Insert people, posts and comments: all of them, or after an error none."""
    # One hash for all: scrypt takes a fifth of a second, on purpose. Who registers gets their own.
    password_hash = hash_password(PASSWORD)
    joined = LAST - timedelta(days=90)
    with database.atomic():
        users = {
            person["name"]: User.insert(**person, password_hash=password_hash, created=joined)
            for person in PEOPLE
        }
        for row in reversed(DATA["posts"]):  # the oldest is written first
            created = LAST - timedelta(minutes=row["minutes"])
            post = Post.insert(author=users[row["author"]], text=row["text"], created=created)
            for reply in row.get("comments", ()):
                author, text = users[reply["author"]], reply["text"]
                later = created + timedelta(minutes=reply["minutes"])
                Comment.insert(post=post, author=author, text=text, created=later)
