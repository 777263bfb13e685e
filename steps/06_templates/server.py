"""Step 06: the posts as a site, made of templates and a style sheet.

Run:  python server.py [--port N]
"""

import sys
from pathlib import Path

try:
    from rung import DatabaseError, HTTPError, Request, Response, json_response, run, static_files
except ModuleNotFoundError as error:
    sys.exit(f"The package {error.name!r} is missing: pip install -r requirements.txt")

try:
    from controllers.api import api
    from controllers.posts import posts
    from models import create_missing_tables
    from web import app
except DatabaseError as error:
    sys.exit(f"DATABASE_URL cannot be used: {error}.")

app.mount(posts)
app.mount(api)
app.get("/static/<path:path>", name="static")(static_files(Path(__file__).parent / "static"))


@app.after
def no_sniffing(request: Request, response: Response) -> Response:
    """Whatever a post contains, a browser shall not take its JSON for a page."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


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
