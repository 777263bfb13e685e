"""Comments: written below a post, then edited or deleted on pages of their own."""

from rung import Controller, Request, Response, current_user, login_required, permission_required

from ..forms import Form
from ..models import Comment, Post, now
from ..web import PAGE_SIZE, done, page, url_for
from .posts import show_post

comments = Controller("comments")

LONGEST_COMMENT = 500


def author_of(request: Request, id: int) -> int:
    return int(Comment.get(id).author_id)


@comments.post("/posts/<int:id>")
@login_required
def create(request: Request, id: int) -> Response:
    """The form stands on the page of the post; so does what is wrong with it."""
    post, form = Post.get(id), Form(request.form)
    text = form.text("text", LONGEST_COMMENT, lines=True)
    if form.errors:
        return show_post(request, post, form, 422)
    comment = Comment.insert(post=post, author=current_user(request), text=text)
    return done(request, "Your comment is there.", url_of(comment))


@comments.get("/comments/<int:id>/edit", name="edit")
@permission_required("comment.edit", owner=author_of)
def edit_form(request: Request, id: int) -> Response:
    comment = Comment.get(id)
    return page(request, "comments/edit.html", comment=comment, form=Form({"text": comment.text}))


@comments.post("/comments/<int:id>/edit")
@permission_required("comment.edit", owner=author_of)
def update(request: Request, id: int) -> Response:
    comment, form = Comment.get(id), Form(request.form)
    text = form.text("text", LONGEST_COMMENT, lines=True)
    if form.errors:
        return page(request, "comments/edit.html", 422, comment=comment, form=form)
    comment.text, comment.edited = text, now()
    comment.save()
    return done(request, "The comment is changed.", url_of(comment))


@comments.get("/comments/<int:id>/delete", name="delete")
@permission_required("comment.delete", owner=author_of)
def confirm_delete(request: Request, id: int) -> Response:
    comment, question = Comment.get(id), "Delete this comment?"
    back = url_for("posts.show", id=comment.post_id)
    return page(request, "confirm.html", question=question, text=comment.text, back=back)


@comments.post("/comments/<int:id>/delete")
@permission_required("comment.delete", owner=author_of)
def delete(request: Request, id: int) -> Response:
    comment = Comment.get(id)
    comment.delete()
    return done(request, "The comment is gone.", url_for("posts.show", id=comment.post_id))


def url_of(comment: Comment) -> str:
    """Return where a comment stands: on its page of the conversation, and there in its place."""
    earlier = Comment.select().where(Comment.post == comment.post_id, Comment.id < comment.id)
    number = earlier.count() // PAGE_SIZE + 1
    page_number = {"page": number} if number > 1 else {}
    return url_for("posts.show", id=comment.post_id, **page_number) + f"#comment-{comment.id}"
