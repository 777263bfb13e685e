"""The site on Flask with SQLAlchemy, set up as the manuals of both recommend.

Flask's own session is a signed cookie. So that all three do the same work, a session interface
keeps it in the table `sessions`, as extensions do; `own_session` leaves Flask as it comes.
"""

import json
import secrets
import time
from pathlib import Path
from typing import Any

from flask import Flask, render_template, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import ForeignKey, String, create_engine, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    scoped_session,
    sessionmaker,
)
from werkzeug.datastructures import CallbackDict

from benchmarks.page_apps.data import (
    COOKIE,
    DATABASE,
    LIFETIME,
    SHOWN,
    TEMPLATES,
    VISITOR,
    hash_id,
)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    display_name: Mapped[str] = mapped_column(String(40))


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(String(500))
    likes: Mapped[int]


class StoredSession(Base):
    __tablename__ = "sessions"
    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[str]
    created: Mapped[int]
    expires: Mapped[int]


class DatabaseSession(CallbackDict, SessionMixin):
    """A dict that notices when it is changed."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values, self.notice)
        self.modified = False

    def notice(self, _values: Any) -> None:
        self.modified = True


class DatabaseSessions(SessionInterface):
    """Keeps sessions in the database."""

    def __init__(self, database: Any) -> None:
        self.database = database

    def open_session(self, app: Flask, request: Any) -> DatabaseSession:
        id = request.cookies.get(self.get_cookie_name(app))
        if not id:
            return DatabaseSession({})
        wanted = select(StoredSession.data).where(
            StoredSession.id_hash == hash_id(id), StoredSession.expires > int(time.time())
        )
        data = self.database.scalar(wanted)
        return DatabaseSession(json.loads(data) if data else {})

    def save_session(self, app: Flask, session: SessionMixin, response: Any) -> None:
        if session.accessed:
            response.vary.add("Cookie")
        if not session.modified:
            return
        id, now = secrets.token_urlsafe(32), int(time.time())
        self.database.add(
            StoredSession(
                id_hash=hash_id(id), data=json.dumps(session), created=now, expires=now + LIFETIME
            )
        )
        self.database.commit()
        name = self.get_cookie_name(app)
        response.set_cookie(name, id, max_age=LIFETIME, httponly=True, samesite="Lax")


def make(folder: str, own_session: bool = False) -> Flask:
    """Return the application; the database lies in the folder."""
    engine = create_engine(f"sqlite:///{Path(folder, DATABASE)}")
    database = scoped_session(sessionmaker(engine))
    app = Flask(__name__, template_folder=TEMPLATES)
    app.secret_key = secrets.token_bytes(32)
    app.config["SESSION_COOKIE_NAME"] = COOKIE
    app.jinja_options = {  # as rung has them, so that the pages are equal to the byte
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
    }
    if not own_session:
        app.session_interface = DatabaseSessions(database)

    def newest() -> Any:
        # Pairs: with contains_eager() or joinedload(), post.author takes a quarter longer.
        query = select(Post, User).join(User).order_by(Post.id.desc()).limit(SHOWN)
        return database.execute(query).all()

    @app.get("/")
    def timeline() -> str:
        return render_template("timeline.html", posts=newest(), visitor=session.get("visitor"))

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
        session["visitor"] = VISITOR
        return ""

    @app.teardown_appcontext
    def end_transaction(_error: Any) -> None:
        database.remove()

    return app
