"""What all controllers share: the application, and the templates that make its pages."""

from pathlib import Path
from typing import Any

from models import Post, find_post
from rung import (
    App,
    DoesNotExist,
    HTTPError,
    Request,
    Response,
    Templates,
    current_user,
    error_response,
    flashed_messages,
)

app = App()
url_for = app.url_for
templates = Templates(Path(__file__).parent / "templates", url_for=url_for)
page = templates.response


@templates.context
def for_every_page(request: Request) -> dict[str, Any]:
    return {
        "count": Post.select().count(),
        "user": current_user(request),
        "messages": flashed_messages(request),
    }


def author_of(request: Request, id: int) -> int:
    """The id of the user who owns a post: what the guards of its views ask for."""
    return int(find_post(id).author_id)


@app.error_handler(HTTPError)
def show_error(request: Request, error: HTTPError) -> Response:
    """A page in our own style for people; programs get their JSON as before."""
    if "text/html" in request.headers.get("Accept", ""):
        return page(request, "error.html", error.status, error=error)
    return error_response(error, request)


@app.error_handler(DoesNotExist)
def gone(request: Request, error: DoesNotExist) -> Any:
    """Somebody has deleted a row between our look at it and our write. No bug, and no 500."""
    return show_error(request, HTTPError(404, "Somebody has deleted this in the meantime."))
