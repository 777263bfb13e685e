"""The site of the WSGI tests, in Bottle (see flask_site.py)."""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bottle
from bottle import Bottle, redirect, request, response, static_file

bottle.BaseRequest.MEMFILE_MAX = 8 * 2**20  # bytes of a body that is read whole
app = Bottle()
SECRET = "only for tests"
released = threading.Event()


@app.get("/")
def hello() -> str:
    return f"Hello from Bottle to {request.urlparts.netloc}, {request.remote_addr}"


@app.get("/count")
def count() -> str:
    number = int(request.get_cookie("count", "0", secret=SECRET)) + 1
    response.set_cookie("count", str(number), secret=SECRET)
    return str(number)


@app.post("/upload")
def upload() -> dict[str, Any]:
    file = request.files["file"]
    return {"name": file.raw_filename, "sum": hashlib.sha256(file.file.read()).hexdigest()}


@app.post("/sum")
def sum_of_body() -> str:
    return hashlib.sha256(request.body.read()).hexdigest()


@app.get("/stream")
def stream() -> Iterator[str]:
    response.content_type = "text/plain"
    yield "first\n"
    yield "second\n" if released.wait(10) else "never released\n"


@app.get("/release")
def release() -> str:
    released.set()
    return "released"


@app.get("/old")
def old() -> None:
    redirect("/", 302)


@app.get("/file")
def file() -> Any:
    path = Path(os.environ["FILE"])
    return static_file(path.name, root=str(path.parent), download=True)


@app.get("/echo/<text:path>")
def echo(text: str) -> str:
    return f"{text} {request.query.getunicode('q')}"


@app.get("/fail")
def fail() -> str:
    raise RuntimeError("a bug of the site")
