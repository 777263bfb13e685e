"""What rung serves: an application with its router, and a view that returns a string.

rung is imported by name while the process runs, and its settings are looked for, not taken for
granted: the same page measures final/, an older commit of it, and step 03.
"""

import importlib
import json
import os
import sys
import time
from inspect import signature
from pathlib import Path
from typing import Any

from benchmarks.wsgi_app import BODY, PIECE_SIZE, SLEEP

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 8
ROUTES = 200
KEEP_ALIVE = 60.0  # seconds; idle connections have to outlive the measurement
MAX_BODY = 64 * 2**20  # bytes
TEXT = BODY.decode()


def serve_final(work: str, port: int, folder: str) -> None:
    """Serve the application for a work with the server of final/, until the process ends."""
    if work == "flask":  # by the command that people use; it takes this process over
        environment = os.environ | {"PYTHONPATH": str(ROOT / "final")}
        command = [sys.executable, "-m", "rung", "benchmarks.flask_app:app", "--port", str(port)]
        os.execve(sys.executable, command, environment)
    sys.path.insert(0, str(ROOT / "final"))
    rung = importlib.import_module("rung")
    app = make_app(rung, work, folder)
    rung.Server(app, "127.0.0.1", port, workers=WORKERS, **settings()).serve_forever()


def serve_pool(work: str, port: int, folder: str) -> None:
    """The same answers from step 03, which has a pool of workers and no router yet."""
    sys.path.insert(0, str(ROOT / "steps" / "03_threadpool"))
    rung = importlib.import_module("rung")

    def handler(request: Any) -> Any:
        if work == "sleep":
            time.sleep(SLEEP)
        return rung.Response(echo(request) if work == "echo" else BODY)

    rung.Server(handler, "127.0.0.1", port, workers=WORKERS).serve_forever()


def no_headers(rung: Any) -> dict[str, Any]:
    """What keeps an App from sending security headers: the peers send none of their own."""
    return {"headers": {}} if "headers" in signature(rung.App).parameters else {}


def make_app(rung: Any, work: str, folder: str) -> Any:
    """Return the application: a page at "/", and what the work needs beside it."""
    if work == "echo":
        return lambda request: rung.Response(echo(request))
    if work in ("page", "json"):
        return importlib.import_module("benchmarks.page_apps.with_rung").make(folder)
    app = rung.App(**no_headers(rung))
    app.get("/", name="hello")(sleep if work == "sleep" else hello)
    if work == "routes":
        for number in range(ROUTES):
            app.get(f"/section-{number}/<int:id>", name=f"section-{number}")(show)
    if work == "download":
        app.get("/static/<path:path>", name="static")(rung.static_files(folder))
    if work == "upload":
        app.post("/upload")(upload)
    return app


def hello(request: Any) -> str:
    return TEXT


def sleep(request: Any) -> str:
    time.sleep(SLEEP)
    return TEXT


def show(request: Any, id: int) -> str:
    return f"Hello, {id}!"


def upload(request: Any) -> str:
    """Read the body in pieces where the framework streams it, and answer with its length."""
    if not hasattr(request, "stream"):
        return str(len(request.body))
    received = 0
    while piece := request.stream.read(PIECE_SIZE):
        received += len(piece)
    return str(received)


def echo(request: Any) -> str:
    """Return what was understood of the request, for conformance.py."""
    understood = {
        "method": request.method,
        "path": request.path,
        "query": request.query_string,
        "host": request.headers.get("Host", ""),
        "body": request.body.decode("latin-1"),
        "values": [value for _name, value in request.headers.pairs()],
    }
    return json.dumps(understood)


def settings() -> dict[str, Any]:
    """Return what the server has to be told for these works, as far as it can be told."""
    found = {}
    if timeouts := find("Timeouts"):
        found["timeouts"] = timeouts(keep_alive=KEEP_ALIVE)
    if limits := find("Limits"):
        found["limits"] = limits(body=MAX_BODY)
    return found


def find(name: str) -> Any:
    """Return what rung calls by this name, in the package or in a module of it; else None."""
    for module in ("rung", "rung.server", "rung.protocol", "rung.messages"):
        if found := getattr(importlib.import_module(module), name, None):
            return found
    return None
