"""Step 04: a small JSON API, and a page to try it from.

Run:  python server.py [--port N]
"""

import html

from controllers.api import api
from rung import App, HTTPError, Request, Response, html_response, json_response, run

app = App()
app.mount(api)

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Step 04: routes</title>
<style>
  body { font: 17px/1.5 system-ui; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
  pre { background: #f4f1ea; padding: 1rem; overflow-x: auto }
  input, button { font: inherit }
</style>
<h1>A small JSON API</h1>
<p>GET <a href="/api/posts">/api/posts</a>, GET <a href="/api/posts/1">/api/posts/1</a>,
POST, PUT and DELETE. From a terminal:</p>
<pre>curl -X POST HOST/api/posts \\
     -H 'Content-Type: application/json' -d '{"author": "ann", "text": "hello"}'</pre>
<form>
  <input name="author" placeholder="author" aria-label="author" required>
  <input name="text" placeholder="text" aria-label="text" required>
  <button>Post</button>
</form>
<pre id="answer">(the answer appears here)</pre>
<script>
  document.forms[0].onsubmit = async event => {
    event.preventDefault()
    const body = JSON.stringify(Object.fromEntries(new FormData(event.target)))
    const headers = {"Content-Type": "application/json"}
    await fetch("/api/posts", {method: "POST", headers, body})
    const posts = await (await fetch("/api/posts")).json()
    document.getElementById("answer").textContent = JSON.stringify(posts, null, 2)
  }
</script>
</html>
"""


@app.get("/")
def home(request: Request) -> Response:
    host = html.escape(request.headers.get("Host", "localhost:8000"))
    return html_response(PAGE.replace("HOST", host))


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
    run(app)
