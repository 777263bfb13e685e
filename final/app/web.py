"""What all controllers share: the App, its templates and URLs, and what every page gets."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rung import (
    App,
    BrokenReference,
    DoesNotExist,
    HTTPError,
    Query,
    Request,
    Response,
    Templates,
    csrf_token,
    current_user,
    flash,
    flashed_messages,
    json_response,
    protect_forms,
    redirect,
)

from .models import now

PAGE_SIZE = 10  # posts, comments or people on one page

app = App()
url_for = app.url_for
templates = Templates(Path(__file__).parent / "templates", url_for=url_for)
page = templates.response
protect_forms(app)


@templates.context
def for_every_page(request: Request) -> dict[str, Any]:
    return {"user": current_user(request), "messages": flashed_messages(request)}


def done(request: Request, message: str, url: str) -> Response:
    """Answer a form that was accepted: the next page shows the message."""
    flash(request, message)
    return redirect(url)


@app.error_handler(HTTPError)
def show_error(request: Request, error: HTTPError) -> Response:
    """A page in our own style for people; JSON for programs, and for whoever asks the API."""
    if "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/"):
        return page(request, "error.html", error.status, error=error)
    what = {"status": error.status, "title": error.status.phrase, "message": error.message}
    return json_response({"error": what}, error.status)


@app.error_handler(DoesNotExist)
@app.error_handler(BrokenReference)
def show_gone(request: Request, error: Exception) -> Any:
    """A row is not there: it never was, or it went while this request ran. No bug, and no 500."""
    return show_error(request, HTTPError(404, "Nothing is here. Perhaps it was deleted."))


@dataclass
class Page:
    """Some of the rows of a query: those of one page."""

    items: list[Any]
    number: int
    last: int
    total: int


def paginate(query: Query, request: Request) -> Page:
    """Return the page that ?page= asks for; of a number that is none, the nearest that is one."""
    total = query.count()
    last = max(1, -(-total // PAGE_SIZE))
    wanted = request.query.get("page", "1")
    # Never int() of a million digits; and isdecimal() alone would take digits of any script.
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 10 else 1
    number = min(max(1, number), last)
    items = query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE).all()
    return Page(items, number, last, total)


def time_ago(moment: datetime) -> str:
    """Return how long ago something was, or its date where that says more.

    >>> time_ago(datetime(2026, 3, 9))
    '9 Mar 2026'
    """
    minutes = (now() - moment).total_seconds() / 60
    if 0 <= minutes < 60:
        return f"{int(minutes)} min" if minutes >= 1 else "now"
    if 0 <= minutes < 24 * 60:
        return f"{int(minutes / 60)} h"
    return f"{moment.day} {moment:%b %Y}"


def initials(name: str) -> str:
    """Return the first letters of a name's first and last word.

    >>> initials("Mira van Dam")
    'MD'
    """
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


templates.globals.update(csrf_token=csrf_token, time_ago=time_ago, initials=initials)
