"""Step 01: show the visitor the raw bytes that their own browser has sent.

Run:  python server.py [--port N]
"""

import html

from rung import build_response, run

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Step 01: bytes</title>
<style>
  body {{ font: 17px/1.5 system-ui; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
  pre {{ background: #f4f1ea; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere }}
  b {{ color: #b3541e; font-weight: normal }}
</style>
<h1>These {size} bytes came in</h1>
<p>Your browser sent them to ask for this page. Every line ends in <b>\\r\\n</b>; the empty line at
the end says: that is all.</p>
<pre>{head}</pre>
</html>
"""


def show_bytes(head: bytes) -> bytes:
    """The handler: every request gets the same kind of answer, a page with its own bytes on it."""
    # The head is the visitor's text. Escaped, it cannot become markup of our page.
    text = html.escape(head.decode("latin-1")).replace("\r\n", "<b>\\r\\n</b>\n")
    return build_response(PAGE.format(size=len(head), head=text).encode())


if __name__ == "__main__":
    run(show_bytes)
