"""The timeline, the search, and the life of a post."""

from rung import Controller, Request, Response, current_user, login_required, permission_required

from ..forms import Form
from ..models import Post, comment_counts, containing, conversation, now, timeline
from ..web import done, page, paginate, url_for

posts = Controller("posts")

LONGEST_POST = 500
LONGEST_SEARCH = 100


def author_of(request: Request, id: int) -> int:
    """Whose post it is: permission_required() asks this, with the arguments of the view."""
    return int(Post.get(id).author_id)


@posts.get("/", name="timeline")
def show_timeline(request: Request) -> Response:
    found = paginate(timeline(), request)
    counts = comment_counts(post for post, _author in found.items)
    return page(request, "posts/timeline.html", found=found, counts=counts, form=Form())


@posts.get("/search")
def search(request: Request) -> Response:
    form = Form(request.query)
    words = form.text("q", LONGEST_SEARCH, required=False)
    if form.errors:
        return page(request, "posts/search.html", 422, form=form, words="", found=None)
    found = paginate(timeline(containing(words)), request) if words else None
    counts = comment_counts(post for post, _author in found.items) if found else {}
    return page(request, "posts/search.html", form=form, words=words, found=found, counts=counts)


@posts.get("/posts/new", name="new")
@login_required
def new_form(request: Request) -> Response:
    return page(request, "posts/new.html", form=Form())


@posts.post("/posts/new")
@login_required
def create(request: Request) -> Response:
    form = Form(request.form)
    text = form.text("text", LONGEST_POST, lines=True)
    if form.errors:
        return page(request, "posts/new.html", 422, form=form)
    post = Post.insert(author=current_user(request), text=text)
    return done(request, "Your post is up.", url_for("posts.show", id=post.id))


@posts.get("/posts/<int:id>")
def show(request: Request, id: int) -> Response:
    return show_post(request, Post.get(id), Form())


def show_post(request: Request, post: Post, form: Form, status: int = 200) -> Response:
    """The page of a post, with a form for a comment as it was filled in."""
    found = paginate(conversation(post), request)
    return page(request, "posts/show.html", status, post=post, found=found, form=form)


@posts.get("/posts/<int:id>/edit", name="edit")
@permission_required("post.edit", owner=author_of)
def edit_form(request: Request, id: int) -> Response:
    post = Post.get(id)
    return page(request, "posts/edit.html", post=post, form=Form({"text": post.text}))


@posts.post("/posts/<int:id>/edit")
@permission_required("post.edit", owner=author_of)
def update(request: Request, id: int) -> Response:
    post, form = Post.get(id), Form(request.form)
    text = form.text("text", LONGEST_POST, lines=True)
    if form.errors:
        return page(request, "posts/edit.html", 422, post=post, form=form)
    post.text, post.edited = text, now()
    post.save()
    return done(request, "The post is changed.", url_for("posts.show", id=id))


@posts.get("/posts/<int:id>/delete", name="delete")
@permission_required("post.delete", owner=author_of)
def confirm_delete(request: Request, id: int) -> Response:
    text, back = Post.get(id).text, url_for("posts.show", id=id)
    return page(request, "confirm.html", question="Delete this post?", text=text, back=back)


@posts.post("/posts/<int:id>/delete")
@permission_required("post.delete", owner=author_of)
def delete(request: Request, id: int) -> Response:
    Post.get(id).delete()
    return done(request, "The post is gone, and its comments with it.", url_for("posts.timeline"))
