"""The site of the WSGI tests, in Flask. Its neighbours hold the same site in Bottle and Django."""

import hashlib
import os
import threading
from collections.abc import Iterator
from typing import Any

from flask import Flask, redirect, request, send_file, session

app = Flask(__name__)
app.secret_key = "only for tests"
released = threading.Event()


@app.get("/")
def hello() -> str:
    return f"Hello from Flask to {request.host}, {request.remote_addr}"


@app.get("/count")
def count() -> str:
    session["count"] = session.get("count", 0) + 1
    return str(session["count"])


@app.post("/upload")
def upload() -> dict[str, Any]:
    file = request.files["file"]
    content = file.read()
    return {"name": file.filename, "sum": hashlib.sha256(content).hexdigest()}


@app.post("/sum")
def sum_of_body() -> str:
    return hashlib.sha256(request.get_data()).hexdigest()


@app.get("/stream")
def stream() -> tuple[Iterator[str], dict[str, str]]:
    def pieces() -> Iterator[str]:
        yield "first\n"
        yield "second\n" if released.wait(10) else "never released\n"

    return pieces(), {"Content-Type": "text/plain"}


@app.get("/release")
def release() -> str:
    released.set()
    return "released"


@app.get("/old")
def old() -> Any:
    return redirect("/")


@app.get("/file")
def file() -> Any:
    return send_file(os.environ["FILE"], as_attachment=True)


@app.get("/echo/<path:text>")
def echo(text: str) -> str:
    return f"{text} {request.args.get('q')}"


@app.get("/fail")
def fail() -> str:
    raise RuntimeError("a bug of the site")
