"""Step 05: the posts, stored. On SQLite by default; DATABASE_URL=mysql://... names a MySQL.

Run:  python server.py [--port N]
"""

import sys

from rung import (
    App,
    DatabaseError,
    DoesNotExist,
    HTTPError,
    Request,
    Response,
    error_response,
    json_response,
    run,
)

try:
    from controllers.api import api
    from controllers.posts import posts
    from models import create_missing_tables
except DatabaseError as error:
    sys.exit(f"DATABASE_URL cannot be used: {error}.")

app = App()
app.mount(posts)
app.mount(api)


@app.after
def no_sniffing(request: Request, response: Response) -> Response:
    """Whatever a post contains, a browser shall not take its JSON for a page."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@app.error_handler(DoesNotExist)
def gone(request: Request, error: DoesNotExist) -> Response:
    """Somebody has deleted a row between our look at it and our write. No bug, and no 500."""
    return error_response(HTTPError(404, "Somebody has deleted this in the meantime."), request)


@api.error_handler(404)
def no_post(request: Request, error: HTTPError) -> Response:
    """Errors of this controller are JSON, even for a browser."""
    return json_response({"error": error.message}, 404)


if __name__ == "__main__":
    try:
        create_missing_tables()
    except DatabaseError as error:
        sys.exit(f"No database: {error}.")
    run(app)
