"""The pages of those who look after the place."""

from rung import Controller, Request, Response, abort, current_user, permission_required

from .. import pictures
from ..models import ROLES, User, timeline
from ..web import done, page, paginate, url_for

admin = Controller("admin", prefix="/admin")
admins_only = permission_required("admin")


@admin.get("")
@admins_only
def people(request: Request) -> Response:
    found = paginate(User.select().order_by(User.name), request)
    return page(request, "admin/people.html", found=found, roles=list(ROLES))


@admin.get("/posts")
@admins_only
def posts(request: Request) -> Response:
    return page(request, "admin/posts.html", found=paginate(timeline(), request))


@admin.post("/people/<int:id>/role")
@admins_only
def change_role(request: Request, id: int) -> Response:
    person = find_other(request, id)
    role = request.form.get("role", "")
    if role not in ROLES:
        abort(400, f"There is no role {role!r}.")
    person.role = role
    person.save()
    return done(request, f"{person.display_name} is now {role}.", url_for("admin.people"))


@admin.get("/people/<int:id>/delete", name="delete")
@admins_only
def confirm_delete(request: Request, id: int) -> Response:
    person, back = find_other(request, id), url_for("admin.people")
    question, text = f"Delete {person.display_name}?", f"@{person.name}, with all that they wrote"
    return page(request, "confirm.html", question=question, text=text, back=back)


@admin.post("/people/<int:id>/delete")
@admins_only
def delete(request: Request, id: int) -> Response:
    person = find_other(request, id)
    person.delete()
    pictures.remove(person.picture)
    message = f"{person.display_name} is gone, with all posts and comments."
    return done(request, message, url_for("admin.people"))


def find_other(request: Request, id: int) -> User:
    """Nobody changes their own role: the last admin would be gone before anybody noticed."""
    person = User.get(id)
    if person == current_user(request):
        abort(400, "Another admin has to do this to you.")
    return person
