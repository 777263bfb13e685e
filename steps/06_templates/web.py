"""What all controllers share: the application, and the templates that make its pages."""

from pathlib import Path
from typing import Any

from models import Post
from rung import App, DoesNotExist, HTTPError, Request, Response, Templates, error_response

app = App()
url_for = app.url_for
templates = Templates(Path(__file__).parent / "templates", url_for=url_for)
page = templates.response


@templates.context
def for_every_page(request: Request) -> dict[str, Any]:
    return {"count": Post.select().count()}


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
