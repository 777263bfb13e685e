"""Step 03: a page that shows eight slow pages loading at once.

Run:  python server.py [--port N]
"""

import html
import threading
import time

from rung import HTTPError, Request, Response, run

SLOW_SECONDS = 1.0

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Step 03: workers</title>
<style>
  body { font: 17px/1.5 system-ui; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
  pre { overflow-x: auto }
  iframe { width: 11rem; height: 4.5rem; border: 1px solid #ddd5c6; margin: .2rem }
</style>
<h1>Slow pages, side by side</h1>
<p>Each frame below is a page that takes one second. A browser asks one server for six pages at a
time, so six come at once and two follow: two seconds for all, where step 02 takes eight. From a
terminal all eight come at once:</p>
<pre>time (for n in 1 2 3 4 5 6 7 8; do curl -s HOST/slow?$n &amp; done; wait)</pre>
FRAMES
</html>
"""


def show_workers(request: Request) -> Response:
    """The handler: it looks at the path itself, and grows a branch with every page."""
    if request.path == "/":
        frames = "".join(f'<iframe src="/slow?{number}"></iframe>' for number in range(1, 9))
        host = html.escape(request.headers.get("Host", "localhost:8000"))
        return Response(PAGE.replace("FRAMES", frames).replace("HOST", host))
    if request.path == "/slow":
        time.sleep(SLOW_SECONDS)
        return Response(f"<p>{SLOW_SECONDS:.0f} second, by {threading.current_thread().name}\n")
    raise HTTPError(404, f"There is no page {request.path!r} here.")


if __name__ == "__main__":
    run(show_workers)
