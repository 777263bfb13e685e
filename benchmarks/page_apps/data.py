"""What the three applications have in common: a database with posts in it, and a visitor.

The columns hold whole numbers and texts alone, which no driver converts: what is measured is the
frameworks, and not datetime.fromisoformat().
"""

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")
DATABASE = "page.sqlite3"
AUTHORS = 50
POSTS = 1_000
SHOWN = 20  # the newest of them, on a page
VISITOR = "mira"  # what a session remembers
COOKIE = "session"  # the name of the cookie
LIFETIME = 7 * 24 * 3600  # seconds that a session lasts

TABLES = """
PRAGMA journal_mode = WAL;
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name VARCHAR(20) NOT NULL UNIQUE,
    display_name VARCHAR(40) NOT NULL
);
CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES users (id),
    text VARCHAR(500) NOT NULL,
    likes INTEGER NOT NULL
);
CREATE TABLE sessions (
    id_hash CHAR(64) NOT NULL PRIMARY KEY,
    data TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
"""
TEXT = "the ladder leans where somebody left it & holds <anyone> who climbs one rung at a time"
WORDS = TEXT.split()


def make_database(folder: str) -> None:
    """Make the file that all three read: users, their posts, and no sessions yet."""
    users = [(id, f"user{id}", f"User the {id}th") for id in range(1, AUTHORS + 1)]
    posts = [(id, id * 7 % AUTHORS + 1, text_of(id), id * 31 % 97) for id in range(1, POSTS + 1)]
    with closing(sqlite3.connect(Path(folder, DATABASE))) as database, database:
        database.executescript(TABLES)
        database.executemany("INSERT INTO users VALUES (?, ?, ?)", users)
        database.executemany("INSERT INTO posts VALUES (?, ?, ?, ?)", posts)


def text_of(id: int) -> str:
    """A post of 15 to 34 words, some of which have to be escaped."""
    return " ".join(WORDS[(id + number) % len(WORDS)] for number in range(15 + id % 20))


def hash_id(id: str) -> str:
    """What the table has of a session's id: who sees the table cannot take a session over."""
    return sha256(id.encode()).hexdigest()
