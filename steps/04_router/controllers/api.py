"""The posts: a small JSON API."""

import re
import threading
from datetime import UTC, datetime
from typing import Any

from rung import Controller, Request, Response, abort, json_response

api = Controller("api", prefix="/api/posts")

# Simplified: the posts live in this dict, and a restart loses them. Step 05 stores them.
stored: dict[int, dict[str, Any]] = {}
lock = threading.Lock()  # eight workers call these views at once


@api.get("")
def index(request: Request) -> list[dict[str, Any]]:
    """All posts, the newest first; `?author=` picks those of one author."""
    author = request.query.get("author")
    with lock:
        found = [post for post in stored.values() if author in (None, post["author"])]
    return found[::-1]


@api.get("/<int:id>")
def show(request: Request, id: int) -> dict[str, Any]:
    return find_post(id)


@api.get(re.compile(r"/(?P<year>[0-9]{4})-(?P<month>[0-9]{2})"), name="archive")
def archive(request: Request, year: str, month: str) -> list[dict[str, Any]]:
    """The posts of a month: a path that no converter describes, so a regular expression does."""
    with lock:
        return [post for post in stored.values() if post["created"].startswith(f"{year}-{month}")]


@api.post("")
def create(request: Request) -> Response:
    post = checked(request.json)
    with lock:
        post["id"] = max(stored, default=0) + 1
        post["created"] = datetime.now(UTC).isoformat(timespec="seconds")
        stored[post["id"]] = post
    return json_response(post, 201, {"Location": f"{api.prefix}/{post['id']}"})


@api.put("/<int:id>")
def update(request: Request, id: int) -> dict[str, Any]:
    changes = checked(request.json)
    post = find_post(id)
    with lock:
        post.update(changes)
    return post


@api.delete("/<int:id>")
def delete(request: Request, id: int) -> Response:
    find_post(id)
    with lock:
        stored.pop(id, None)
    return Response(status=204, content_type="")


def find_post(id: int) -> dict[str, Any]:
    with lock:
        return stored.get(id) or abort(404, f"There is no post {id}.")


def checked(value: Any) -> dict[str, Any]:
    """Return author and text of a post, or say what is wrong with them."""
    if not isinstance(value, dict):
        abort(400, f'Expected an object like {{"author": "ann", "text": "hello"}}, got {value!r}.')
    for name in ("author", "text"):
        if not isinstance(value.get(name), str) or not value[name].strip():
            abort(400, f"{name!r} must be a text that is not empty, not {value.get(name)!r}.")
    return {"author": value["author"], "text": value["text"]}
