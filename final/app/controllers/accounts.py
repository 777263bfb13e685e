"""Register, log in, log out."""

import re

from rung import (
    Controller,
    DuplicateValue,
    Request,
    Response,
    Throttle,
    current_user,
    hash_password,
    local_path,
    log_in,
    log_out,
    redirect,
    verify_password,
)

from ..forms import Form
from ..models import User, database
from ..web import done, page, url_for

accounts = Controller("accounts")

NAME = re.compile(r"[a-z][a-z0-9_]{2,19}")
NAME_RULE = "A name has 3 to 20 characters: a letter, then letters, digits and underscores."
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200  # beyond that, hashing is work that a stranger gives us to do
PASSWORD_RULE = f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
WRONG = "This name and this password do not belong together."

throttle = Throttle(database, period=15 * 60)


@accounts.get("/register")
def register_form(request: Request) -> Response:
    return page(request, "accounts/register.html", form=Form())


@accounts.post("/register")
def register(request: Request) -> Response:
    form = Form(request.form)
    # Only a to z: some letters of other scripts look the same, and somebody would be "admin".
    name = form.text("name", longest=20).lower()
    display_name = form.text("display_name", longest=40)
    password = form.secret("password")
    if "name" not in form.errors and not NAME.fullmatch(name):
        form.errors["name"] = NAME_RULE
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        form.errors["password"] = PASSWORD_RULE
    elif password.lower() in (name, display_name.lower()):
        form.errors["password"] = "Your name is the first that anybody would try."
    if not form.errors:
        hashed = hash_password(password)
        try:
            user = User.insert(name=name, display_name=display_name, password_hash=hashed)
        except DuplicateValue:  # not asked beforehand: another may take the name in between
            form.errors["name"] = "This name is taken."
        else:
            log_in(request, user)
            return done(request, f"Welcome, {display_name}.", url_for("posts.timeline"))
    return page(request, "accounts/register.html", 422, form=form)


@accounts.get("/login")
def login_form(request: Request) -> Response:
    return page(request, "accounts/login.html", form=Form(request.query))


@accounts.post("/login")
def login(request: Request) -> Response:
    form = Form(request.form)
    name, password = form.text("name", longest=20).lower(), form.secret("password")
    limits = log_in_limits(name, request.remote_address)
    throttle.count(limits)
    user = User.get_or_none(User.name == name)
    # Also for None: a name that nobody has costs as much time as a wrong password.
    if not form.errors and not verify_password(password, user.password_hash if user else None):
        form.errors["name"] = WRONG
    if form.errors or user is None:
        return page(request, "accounts/login.html", 422, form=form)
    throttle.forgive(limits)
    log_in(request, user)
    url = local_path(form.typed.get("next", url_for("posts.timeline")))
    return done(request, f"Good to see you, {user.display_name}.", url)


@accounts.post("/logout")
def logout(request: Request) -> Response:
    url = url_for("posts.timeline")
    if current_user(request) is None:  # a message would begin a session: a row for nobody
        return redirect(url)
    log_out(request)
    return done(request, "You are logged out.", url)


def log_in_limits(name: str, address: str) -> dict[str, int]:
    """Return how many wrong passwords are too many in a quarter of an hour.

    Few for one address and one name. More for an address, which a whole school may share; and for a
    name, or anybody could lock others out. (NIST SP 800-63B section 5.2.2: at most 100 a name.)
    """
    return {
        f"log-in from {address}": 100,
        f"log-in from {address} as {name}": 10,
        f"log-in as {name}": 100,
    }
