"""The site on Bottle with peewee, set up as the manuals of both recommend.

Bottle has no sessions; here are two functions that keep them in the table `sessions`. Its own
templates are another language than Jinja2, which it renders too.
"""

import json
import secrets
import time
from functools import partial
from pathlib import Path
from typing import Any

from bottle import Bottle, jinja2_template, request, response
from peewee import (
    AutoField,
    BigIntegerField,
    CharField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)
from playhouse.pool import PooledSqliteDatabase

from benchmarks.page_apps.data import (
    COOKIE,
    DATABASE,
    LIFETIME,
    SHOWN,
    TEMPLATES,
    VISITOR,
    hash_id,
)

# The pool lends a connection to one thread at a time, but to one after the other.
database = PooledSqliteDatabase(None, max_connections=8, check_same_thread=False)
render = partial(
    jinja2_template,
    template_lookup=[str(TEMPLATES)],
    template_settings={  # as rung has them, so that the pages are equal to the byte
        "auto_reload": False,  # or Jinja2 would compile the layout anew for each page
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
    },
)


class Base(Model):
    class Meta:
        database = database


class User(Base):
    id = AutoField()
    name = CharField(max_length=20, unique=True)
    display_name = CharField(max_length=40)

    class Meta:
        table_name = "users"


class Post(Base):
    id = AutoField()
    author = ForeignKeyField(User)
    text = CharField(max_length=500)
    likes = IntegerField()

    class Meta:
        table_name = "posts"


class StoredSession(Base):
    id_hash = CharField(max_length=64, primary_key=True)
    data = TextField()
    created = BigIntegerField()
    expires = BigIntegerField()

    class Meta:
        table_name = "sessions"


def current_session() -> dict[str, Any]:
    """Return what is remembered of the visitor."""
    id = request.get_cookie(COOKIE)
    if not id:
        return {}
    wanted = (StoredSession.id_hash == hash_id(id)) & (StoredSession.expires > int(time.time()))
    found = StoredSession.select(StoredSession.data).where(wanted).tuples().first()
    return json.loads(found[0]) if found else {}


def store_session(values: dict[str, Any]) -> None:
    id, now = secrets.token_urlsafe(32), int(time.time())
    row = {"data": json.dumps(values), "created": now, "expires": now + LIFETIME}
    StoredSession.create(id_hash=hash_id(id), **row)
    response.set_cookie(COOKIE, id, max_age=LIFETIME, path="/", httponly=True, samesite="lax")


def newest() -> Any:
    query = Post.select(Post, User).join(User)
    return [(post, post.author) for post in query.order_by(Post.id.desc()).limit(SHOWN)]


def make(folder: str) -> Bottle:
    """Return the application; the database lies in the folder."""
    database.init(str(Path(folder, DATABASE)))
    app = Bottle()

    @app.hook("before_request")
    def take_connection() -> None:
        database.connect()

    @app.hook("after_request")
    def give_back_connection() -> None:
        database.close()

    @app.get("/")
    def timeline() -> str:
        visitor = current_session().get("visitor")
        return render("timeline.html", posts=newest(), visitor=visitor)

    @app.get("/api/posts")
    def posts() -> Any:
        return {
            "posts": [
                {"id": post.id, "author": author.name, "text": post.text, "likes": post.likes}
                for post, author in newest()
            ]
        }

    @app.get("/login")
    def log_in() -> str:
        store_session({"visitor": VISITOR})
        return ""

    return app
