"""A server in a process of its own: python -m benchmarks.serve SERVER WORK PORT [FOLDER].

Every peer gets one process and eight threads, and is otherwise as it comes. Where that would be
unfair to it, a comment says what was changed. A peer is imported only in the process that runs it.
"""

import argparse
import importlib
import logging
import os
import resource
import sys
from collections.abc import Callable
from functools import partial
from wsgiref.types import WSGIApplication

from benchmarks import epoll_loop, rung_app
from benchmarks.wsgi_app import BODY, make

HOST = "127.0.0.1"
THREADS = 8


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("server", choices=STARTERS)
    parser.add_argument("work")
    parser.add_argument("port", type=int)
    parser.add_argument("folder", nargs="?", default="", help="where the file to download lies")
    arguments = parser.parse_args()
    allow_many_files()
    STARTERS[arguments.server](arguments.work, arguments.port, arguments.folder)


def allow_many_files() -> None:
    """Ten thousand connections are ten thousand open files: take all that the system allows."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def waitress(work: str, port: int, folder: str) -> None:
    serve_by_waitress(make(work, folder), port)


def flask(work: str, port: int, folder: str, own_session: bool = False) -> None:
    site = importlib.import_module("benchmarks.page_apps.with_flask")
    serve_by_waitress(site.make(folder, own_session), port)


def bottle(work: str, port: int, folder: str) -> None:
    serve_by_waitress(
        importlib.import_module("benchmarks.page_apps.with_bottle").make(folder), port
    )


def serve_by_waitress(app: WSGIApplication, port: int) -> None:
    peer = importlib.import_module("waitress")
    peer.serve(app, host=HOST, port=port, threads=THREADS, _quiet=True)


def cheroot(work: str, port: int, folder: str) -> None:
    peer = importlib.import_module("cheroot.wsgi")
    # Its backlog of 5 makes the kernel refuse connections when 64 come at once.
    app = make(work, folder)
    peer.Server((HOST, port), app, numthreads=THREADS, request_queue_size=128).start()


def gunicorn(work: str, port: int, folder: str) -> None:
    """gunicorn is a command: it takes this process over, and starts one worker under it."""
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread"]
    command += ["--workers", "1", "--threads", str(THREADS), "--bind", f"{HOST}:{port}"]
    command += ["--log-level", "warning", "--no-control-socket"]
    os.execv(sys.executable, [*command, f"benchmarks.wsgi_app:make({work!r}, {folder!r})"])


def werkzeug(work: str, port: int, folder: str) -> None:
    """The development server: a thread a connection, and no keep-alive."""
    peer = importlib.import_module("werkzeug.serving")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no other server here logs each request
    peer.run_simple(HOST, port, make(work, folder), threaded=True)


def bjoern(work: str, port: int, folder: str) -> None:
    """A server written in C: one thread, the parser and the loop outside Python."""
    importlib.import_module("bjoern").run(make(work, folder), HOST, port)


def bare_epoll(work: str, port: int, folder: str) -> None:
    connection = b"Connection: close\r\n" if work == "close" else b""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n"
    date = b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"  # never another: it is the floor
    answer = head % len(BODY) + date + connection + b"\r\n" + BODY
    epoll_loop.serve(port, answer, keep_alive=work != "close")


STARTERS: dict[str, Callable[[str, int, str], None]] = {
    "rung": rung_app.serve_final,
    "pool": rung_app.serve_pool,
    "waitress": waitress,
    "cheroot": cheroot,
    "gunicorn": gunicorn,
    "werkzeug": werkzeug,
    "bjoern": bjoern,
    "epoll": bare_epoll,
    "flask": flask,
    "flask-cookie": partial(flask, own_session=True),
    "bottle": bottle,
}

if __name__ == "__main__":
    main()
