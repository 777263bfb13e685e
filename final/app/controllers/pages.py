"""What belongs to nobody: the page about this place, and the style sheet."""

from pathlib import Path

from rung import Controller, Request, Response, static_files

from ..web import page

pages = Controller("pages")

STATIC = Path(__file__).resolve().parent.parent / "static"
pages.get("/static/<path:path>", name="static")(static_files(STATIC))


@pages.get("/about")
def about(request: Request) -> Response:
    return page(request, "pages/about.html")
