"""The posts: a small JSON API."""

import re
from datetime import datetime
from typing import Any

from models import Post, User, find_or_add_user, find_post
from rung import Controller, InvalidValue, Request, Response, abort, json_response

api = Controller("api", prefix="/api/posts")


@api.get("")
def index(request: Request) -> list[dict[str, Any]]:
    """All posts, the newest first; `?author=` picks those of one author."""
    found = Post.select().join(User).order_by(Post.created.desc(), Post.id.desc())
    if "author" in request.query:
        found = found.where(User.name == request.query["author"])
    return [to_dict(post) for post, _author in found]


@api.get("/<int:id>")
def show(request: Request, id: int) -> dict[str, Any]:
    return to_dict(find_post(id))


@api.get(re.compile(r"/(?P<year>[1-9][0-9]{3})-(?P<month>0[1-9]|1[0-2])"), name="archive")
def archive(request: Request, year: str, month: str) -> list[dict[str, Any]]:
    """The posts of a month: a path that no converter describes, so a regular expression does."""
    first = datetime(int(year), int(month), 1)
    after = datetime(int(year) + int(month) // 12, int(month) % 12 + 1, 1)
    found = Post.select().join(User).where(Post.created >= first, Post.created < after)
    return [to_dict(post) for post, _author in found.order_by(Post.created)]


@api.post("")
def create(request: Request) -> Response:
    name, text = checked(request.json)
    try:
        post = Post.insert(author=find_or_add_user(name), text=text)
    except InvalidValue as error:  # too long, say: the model knows its limits
        abort(400, f"{error}.")
    return json_response(to_dict(post), 201, {"Location": f"{api.prefix}/{post.id}"})


@api.put("/<int:id>")
def update(request: Request, id: int) -> dict[str, Any]:
    _name, text = checked(request.json)
    post = find_post(id)
    post.text = text
    try:
        return to_dict(post.save())
    except InvalidValue as error:
        abort(400, f"{error}.")


@api.delete("/<int:id>")
def delete(request: Request, id: int) -> Response:
    find_post(id).delete()
    return Response(status=204, content_type="")


def to_dict(post: Post) -> dict[str, Any]:
    return {"author": post.author.name, "text": post.text, "id": post.id, "created": post.created}


def checked(value: Any) -> tuple[str, str]:
    """Return author and text of a post, or say what is wrong with them."""
    if not isinstance(value, dict):
        abort(400, f'Expected an object like {{"author": "ann", "text": "hello"}}, got {value!r}.')
    for name in ("author", "text"):
        if not isinstance(value.get(name), str) or not value[name].strip():
            abort(400, f"{name!r} must be a text that is not empty, not {value.get(name)!r}.")
    return value["author"], value["text"]
