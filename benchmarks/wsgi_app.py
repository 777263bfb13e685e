"""What the peers serve: bare WSGI callables (PEP 3333), without a framework around them.

rung's side of the comparison, in rung_app.py, goes through its application and its router. The
work "flask" alone belongs to wsgi.py, where all servers have the same application.
"""

import importlib
import json
import time
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

BODY = b"Hello, World!"
PIECE_SIZE = 64 * 1024  # bytes; how a body is read, and a file sent
SLEEP = 0.010  # seconds
LARGE_FILE = "large.bin"


def make(work: str, folder: str = "") -> WSGIApplication:
    """Return the callable for a work.

    Args:
        folder: where the file to download lies.
    """

    def download(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = Path(folder, LARGE_FILE)
        start_response("200 OK", fields(path.stat().st_size, "application/octet-stream"))
        stream = path.open("rb")  # the server closes it (PEP 3333, "Optional Platform-Specific...")
        if wrapper := environ.get("wsgi.file_wrapper"):
            return wrapper(stream, PIECE_SIZE)  # type: ignore[no-any-return]
        return iter(lambda: stream.read(PIECE_SIZE), b"")

    if work == "flask":
        return importlib.import_module("benchmarks.flask_app").app  # type: ignore[no-any-return]
    works = {"sleep": sleep, "download": download, "upload": upload, "echo": echo}
    return works.get(work, hello)


def hello(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", fields(len(BODY)))
    return [BODY]


def sleep(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    time.sleep(SLEEP)
    return hello(environ, start_response)


def upload(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Read the body in pieces, keep none, and answer with its length."""
    stream, left = environ["wsgi.input"], int(environ["CONTENT_LENGTH"])
    received = 0
    while left and (piece := stream.read(min(PIECE_SIZE, left))):
        received += len(piece)
        left -= len(piece)
    body = str(received).encode()
    start_response("200 OK", fields(len(body)))
    return [body]


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with what was understood of the request, for conformance.py."""
    stream, body = environ["wsgi.input"], b""
    if length := environ.get("CONTENT_LENGTH"):
        body = stream.read(int(length))
    elif "HTTP_TRANSFER_ENCODING" in environ:
        body = stream.read()  # to its end, which each server here marks
    understood = {
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"].encode("latin-1").decode() or "/",  # PEP 3333 has both
        "query": environ.get("QUERY_STRING", ""),
        "host": environ.get("HTTP_HOST", ""),
        "body": body.decode("latin-1"),
        "values": [str(environ[name]) for name in environ if name.startswith("HTTP_")],
    }
    text = json.dumps(understood).encode()
    start_response("200 OK", fields(len(text), "application/json"))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [text]


def fields(length: int, content_type: str = "text/html; charset=utf-8") -> list[tuple[str, str]]:
    return [("Content-Type", content_type), ("Content-Length", str(length))]
