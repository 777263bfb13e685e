"""The command line of a server: `python server.py [--port N] [--processes N] [--routes]`."""

import argparse
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import Any

from .messages import Handler
from .processes import can_fork, supervise, wait_for_parent
from .router import Router, format_routes
from .server import Server, listen, url_of


def run(
    handler: Handler, argv: list[str] | None = None, router: Router | None = None, **options: Any
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        argv: the arguments; those of the process by default.
        router: what --routes prints.
        options: what else Server takes: workers, limits, timeouts.

    Raises:
        SystemExit: with one sentence, when the server cannot start.
    """
    arguments = parse_arguments(argv)
    if arguments.routes:
        sys.exit(print(format_routes(router)) if router else "run() was not told the router.")
    allow_many_files()
    listener = listen_or_exit(arguments.host, arguments.port)
    print(f"Serving on {url_of(listener)} (Ctrl-C stops)", flush=True)
    if arguments.processes == 1:
        serve(Server(handler, listener=listener, **options))
    else:
        supervise(
            arguments.processes,
            lambda parent: serve(Server(handler, listener=listener, **options), parent),
            at_stop=listener.close,
        )
    with suppress(OSError):  # whoever read what we print may have gone
        print("Stopped.", flush=True)


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1", help="the interface; 0.0.0.0 is every one")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
    parser.add_argument("--processes", type=int, default=1, help="how many share the port")
    parser.add_argument("--routes", action="store_true", help="print the route table, and end")
    arguments = parser.parse_args(argv)
    if arguments.processes < 1:
        parser.error(f"--processes needs 1 or more, not {arguments.processes}")
    if arguments.processes > 1 and not can_fork():
        parser.error("--processes needs fork, which this system has not; start one on each port")
    return arguments


def allow_many_files() -> None:
    """Let the process open as many files as the system allows it: each connection is one.

    Most systems allow far more than what a program begins with (getrlimit(2): the soft limit).
    """
    with suppress(ImportError, ValueError, OSError):  # not on Windows; refused; then without
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def listen_or_exit(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        sys.exit(f"Cannot listen on port {port} ({reason}). Try another: --port 8001, or --port 0.")


def serve(server: Server, parent: int | None = None) -> None:
    """Serve until a signal comes; a child process (see processes.py) also until its parent ends."""
    stop_on_signals(server)
    if parent is not None:

        def stop() -> None:
            wait_for_parent(parent)
            server.shutdown()

        threading.Thread(target=stop, daemon=True).start()
    server.serve_forever()


def stop_on_signals(server: Server) -> None:
    """Let Ctrl-C and SIGTERM end the server gently, and a second one at once."""

    def stop(_number: int, _frame: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        server.shutdown()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
