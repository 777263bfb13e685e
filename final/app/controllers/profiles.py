"""People: their pages, and what they may change about their own."""

from rung import Controller, Request, Response, current_user, login_required, redirect, static_files

from .. import pictures
from ..forms import Form
from ..models import Post, User, comment_counts, timeline
from ..web import done, page, paginate, url_for

profiles = Controller("profiles")

pictures.UPLOADS.mkdir(exist_ok=True)
# A picture never changes under its name, so browsers need not ask for it again.
profiles.get("/pictures/<path>", name="picture")(
    static_files(pictures.UPLOADS, cache_control="max-age=31536000, immutable")
)


@profiles.get("/people/<name>")
def show(request: Request, name: str) -> Response:
    person = User.get(User.name == name.lower())
    found = paginate(timeline(Post.author == person), request)
    counts = comment_counts(post for post, _author in found.items)
    return page(request, "profiles/show.html", person=person, found=found, counts=counts)


@profiles.get("/profile", name="edit")
@login_required
def edit_form(request: Request) -> Response:
    return edit_page(request, Form())


@profiles.post("/profile")
@login_required
def update(request: Request) -> Response:
    user, form = current_user(request), Form(request.form)
    display_name = form.text("display_name", longest=40)
    bio = form.text("bio", longest=300, required=False, lines=True)
    if form.errors:
        return edit_page(request, form, 422)
    user.display_name, user.bio = display_name, bio
    user.save()
    return done(request, "Your profile is up to date.", url_for("profiles.show", name=user.name))


@profiles.post("/profile/picture")
@login_required
def update_picture(request: Request) -> Response:
    user, form = current_user(request), Form(request.form)
    upload = request.files.get("picture")
    if "remove" in request.form:
        replace_picture(user, None)
    elif upload is None:
        form.errors["picture"] = "Choose a file first."
    elif problem := pictures.problem_with(upload):
        form.errors["picture"] = problem
    else:
        replace_picture(user, pictures.store(upload))
    if form.errors:
        return edit_page(request, form, 422)
    return done(request, "Your picture is up to date.", url_for("profiles.show", name=user.name))


@profiles.get("/profile/picture", name="edit_picture")
def picture_form(request: Request) -> Response:
    """Who reloads the answer to a refused upload lands where the form is."""
    return redirect(url_for("profiles.edit"))


def edit_page(request: Request, form: Form, status: int = 200) -> Response:
    """Both forms of the profile, as it is stored but for what was typed into one of them."""
    user = current_user(request)
    typed = {"display_name": user.display_name, "bio": user.bio, **form.typed}
    filled = Form(typed)
    filled.errors = form.errors
    return page(request, "profiles/edit.html", status, form=filled)


def replace_picture(user: User, name: str | None) -> None:
    old, user.picture = user.picture, name
    user.save()
    pictures.remove(old)
