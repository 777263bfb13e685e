"""Step 02: show the visitor their request, parsed.

Run:  python server.py [--port N]
"""

import html

from rung import Request, Response, run

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Step 02: messages</title>
<style>
  body {{ font: 17px/1.5 system-ui; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
  table {{ border-collapse: collapse; width: 100% }}
  th, td {{ text-align: left; vertical-align: top; padding: .2rem .6rem; overflow-wrap: anywhere }}
  th {{ width: 10rem; font-weight: normal; color: #b3541e }}
  tr {{ border-bottom: 1px solid #ddd5c6 }}
  input, textarea {{ font: inherit; width: 100%; box-sizing: border-box }}
</style>
<h1>{method} {path}</h1>
<h2>The request line, and what it carries</h2>
<table>{parts}</table>
<h2>The fields</h2>
<table>{fields}</table>
<h2>The form that you sent</h2>
<table>{form}</table>
<h2>Send one</h2>
<form method="post" action="/form?sent=yes">
  <p><label>Name <input name="name" value="Zoë & co"></label></p>
  <p><label>Text <textarea name="text">two
lines</textarea></label></p>
  <p><button>Send</button></p>
</form>
</html>
"""


def show_request(request: Request) -> Response:
    """The handler: every request gets a page that shows how it was understood."""
    parts = [
        ("method", request.method),
        ("target", request.target),
        ("path", request.path),
        ("version", request.version),
        *((f"query {name}", value) for name, value in request.query.pairs()),
        *((f"cookie {name}", value) for name, value in request.cookies.items()),
        ("body", f"{len(request.body)} bytes of {request.content_type or 'nothing'}"),
    ]
    if request.content_type == "application/json":
        parts.append(("json", repr(request.json)))
    page = PAGE.format(
        method=html.escape(request.method),
        path=html.escape(request.path),
        parts=table_rows(parts),
        fields=table_rows(request.headers.pairs()),
        form=table_rows(request.form.pairs()),
    )
    return Response(page)


def table_rows(pairs: list[tuple[str, str]]) -> str:
    # All of this is the visitor's text. Escaped, it cannot become markup of our page.
    return "".join(f"<tr><th>{html.escape(name)}<td>{html.escape(value)}" for name, value in pairs)


if __name__ == "__main__":
    run(show_request)
