"""The posts as JSON, for programs. Who may do what is as in the pages; errors are JSON, too."""

from typing import Any

from rung import (
    Controller,
    Request,
    Response,
    abort,
    csrf_token,
    current_user,
    json_response,
    login_required,
    permission_required,
)

from ..forms import Form
from ..models import Post, User, comment_counts, containing, timeline
from ..web import paginate, url_for
from .posts import LONGEST_POST, LONGEST_SEARCH, author_of

api = Controller("api", prefix="/api")


@api.get("/posts")
def index(request: Request) -> dict[str, Any]:
    """One page of posts: ?page=2, ?q=words, ?author=name."""
    form = Form(request.query)
    conditions = []
    if words := form.text("q", LONGEST_SEARCH, required=False):
        conditions.append(containing(words))
    if name := form.text("author", longest=20, required=False):
        conditions.append(User.name == name)
    refuse_errors(form)
    found = paginate(timeline(*conditions), request)
    counts = comment_counts(post for post, _author in found.items)
    return {
        "posts": [as_json(post, counts.get(post.id, 0)) for post, _author in found.items],
        "page": found.number,
        "pages": found.last,
        "total": found.total,
    }


@api.get("/posts/<int:id>")
def show(request: Request, id: int) -> dict[str, Any]:
    post = Post.get(id)
    return as_json(post, comment_counts([post]).get(id, 0))


@api.post("/posts")
@login_required
def create(request: Request) -> Response:
    if not isinstance(request.json, dict):
        abort(422, 'Expected an object: {"text": "hello"}.')
    form = Form(request.json)
    text = form.text("text", LONGEST_POST, lines=True)
    refuse_errors(form)
    post = Post.insert(author=current_user(request), text=text)
    return json_response(as_json(post, 0), 201, {"Location": url_for("api.show", id=post.id)})


@api.delete("/posts/<int:id>")
@permission_required("post.delete", owner=author_of)
def delete(request: Request, id: int) -> Response:
    Post.get(id).delete()
    return Response(status=204, content_type="")


@api.get("/token")
def token(request: Request) -> dict[str, Any]:
    """What a program with a session cookie sends as X-CSRF-Token where it changes something."""
    return {"csrf_token": csrf_token(request)}


def refuse_errors(form: Form) -> None:
    for name, problem in form.errors.items():
        abort(422, f"{name}: {problem}")


def as_json(post: Post, comments: int) -> dict[str, Any]:
    """What the world may know of a post. Never a whole row: a password hash may be next to it."""
    return {
        "id": post.id,
        "text": post.text,
        "author": post.author.name,
        "created": post.created.isoformat() + "Z",
        "edited": post.edited and post.edited.isoformat() + "Z",
        "comments": comments,
        "url": url_for("posts.show", id=post.id),
    }
