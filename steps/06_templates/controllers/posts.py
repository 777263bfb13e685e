"""The posts: pages to read them, and forms to write them."""

from forms import Form
from models import Post, User, find_or_add_user, find_post
from rung import Controller, Request, Response, redirect
from web import page, url_for

posts = Controller("posts")

LONGEST_NAME, LONGEST_TEXT = 40, 500  # characters, as the columns in models.py


@posts.get("/")
def index(request: Request) -> Response:
    """All posts, the newest first; `?author=` picks those of one author."""
    author = request.query.get("author")
    found = Post.select().join(User).order_by(Post.created.desc(), Post.id.desc())
    if author is not None:
        found = found.where(User.name == author)
    return page(request, "posts/index.html", posts=[post for post, _ in found], author=author)


@posts.get("/posts/<int:id>")
def show(request: Request, id: int) -> Response:
    return page(request, "posts/show.html", post=find_post(id))


@posts.get("/posts/new")
def new(request: Request) -> Response:
    return page(request, "posts/form.html", form=Form({}), post=None)


@posts.post("/posts/new")
def create(request: Request) -> Response:
    form = Form(request.form)
    name, text = form.text("author", LONGEST_NAME), form.text("text", LONGEST_TEXT)
    if form.problems:
        # 422: understood and refused. The form comes back with all that was typed.
        return page(request, "posts/form.html", 422, form=form, post=None)
    # Simplified: whoever writes a name is believed. Step 07 asks for a password.
    post = Post.insert(author=find_or_add_user(name), text=text)
    return redirect(url_for("posts.show", id=post.id))


@posts.get("/posts/<int:id>/edit")
def edit(request: Request, id: int) -> Response:
    post = find_post(id)
    return page(request, "posts/form.html", form=Form({"text": post.text}), post=post)


@posts.post("/posts/<int:id>/edit")
def update(request: Request, id: int) -> Response:
    post, form = find_post(id), Form(request.form)
    text = form.text("text", LONGEST_TEXT)
    if form.problems:
        return page(request, "posts/form.html", 422, form=form, post=post)
    post.text = text
    post.save()
    return redirect(url_for("posts.show", id=id))


@posts.post("/posts/<int:id>/delete")
def delete(request: Request, id: int) -> Response:
    find_post(id).delete()
    return redirect(url_for("posts.index"))
