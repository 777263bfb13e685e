"""The site on rung: its ORM, its sessions, its templates."""

from pathlib import Path
from typing import Any

from benchmarks.page_apps.data import COOKIE, DATABASE, LIFETIME, SHOWN, TEMPLATES, VISITOR
from rung import (  # type: ignore[import-not-found]
    App,
    ForeignKey,
    IntegerField,
    Model,
    Sessions,
    Templates,
    TextField,
    connect,
    current_session,
)


def make(folder: str) -> Any:
    """Return the application; the database lies in the folder."""
    database = connect(f"sqlite:///{Path(folder, DATABASE)}")
    app = App()
    templates = Templates(TEMPLATES)

    class User(Model, table="users", database=database):  # type: ignore[call-arg]
        name = TextField(max_length=20, unique=True)
        display_name = TextField(max_length=40)

    class Post(Model, table="posts", database=database):  # type: ignore[call-arg]
        author = ForeignKey(User)
        text = TextField(max_length=500)
        likes = IntegerField()

    def newest() -> Any:
        return Post.select().join(User).order_by(Post.id.desc()).limit(SHOWN)

    @app.get("/")
    def timeline(request: Any) -> Any:
        visitor = current_session(request).get("visitor")
        return templates.response(request, "timeline.html", posts=newest(), visitor=visitor)

    @app.get("/api/posts")
    def posts(request: Any) -> Any:
        return {
            "posts": [
                {"id": post.id, "author": author.name, "text": post.text, "likes": post.likes}
                for post, author in newest()
            ]
        }

    @app.get("/login")
    def log_in(request: Any) -> Any:
        current_session(request)["visitor"] = VISITOR
        return ""

    return Sessions(app, database, lifetime=LIFETIME, idle=LIFETIME, cookie_name=COOKIE)
