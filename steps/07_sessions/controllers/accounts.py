"""Accounts: register, log in, log out."""

from forms import Form
from models import User
from rung import (
    Controller,
    IntegrityError,
    Request,
    Response,
    flash,
    hash_password,
    local_path,
    log_in,
    log_out,
    redirect,
    verify_password,
)
from web import page, url_for

accounts = Controller("accounts")

LONGEST_NAME = 40  # characters, as the column in models.py


@accounts.get("/register")
def registration(request: Request) -> Response:
    return page(request, "accounts/register.html", form=Form({}))


@accounts.post("/register")
def register(request: Request) -> Response:
    form = Form(request.form)
    name, password = form.text("name", LONGEST_NAME), form.password("password")
    if not form.problems:
        # Simplified: whoever comes first is the administrator. `final/` has demo accounts, and a
        # page on which an administrator makes others.
        role = "member" if User.select().count() else "admin"
        try:
            user = User.insert(name=name, password_hash=hash_password(password), role=role)
        except IntegrityError:  # asked of the database: two may register the same name at once
            form.problems["name"] = "This name is taken."
        else:
            log_in(request, user)
            flash(request, f"Welcome, {name}.")
            return redirect(url_for("posts.index"))
    return page(request, "accounts/register.html", 422, form=form)


@accounts.get("/login", name="login")
def login_page(request: Request) -> Response:
    return page(request, "accounts/login.html", form=Form(request.query))


@accounts.post("/login", name="enter")
def login(request: Request) -> Response:
    # Simplified: anybody may try as many passwords as they like; only scrypt slows them.
    form = Form(request.form)
    name, password = form.typed.get("name", "").strip(), form.typed.get("password", "")
    user = User.get_or_none(User.name == name)
    # Also for None: a name that nobody has costs as much time as a wrong password.
    matches = verify_password(password, user.password_hash if user else None)
    if user and matches:
        log_in(request, user)
        flash(request, f"Welcome back, {user.name}.")
        return redirect(local_path(form.typed.get("next", "/")))
    # One sentence for both mistakes: whether the name exists is nobody's business.
    form.problems["name"] = "This name and this password do not belong together."
    return page(request, "accounts/login.html", 422, form=form)


@accounts.post("/logout")
def logout(request: Request) -> Response:
    """By POST: a page that is looked at beforehand by a browser must not log anybody out."""
    log_out(request)
    flash(request, "You are logged out.")
    return redirect(url_for("posts.index"))
