"""The command line of a server: `python server.py [--port N] [--processes N] [--reload] ...`."""

import argparse
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from . import reload
from .access_log import AccessLog, show_logs
from .debug import DebugPages, is_loopback
from .descriptors import allow_many_files
from .messages import Handler
from .processes import STOP, call_when_left, can_fork, supervise
from .router import Router, format_routes
from .server import Server, listen, url_of


@dataclass(frozen=True)
class ServerSettings:
    """What counts where the command line says nothing. See configuration.py."""

    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 1
    access_log: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"


def run(
    handler: Handler,
    argv: list[str] | None = None,
    router: Router | None = None,
    settings: ServerSettings | None = None,
    **options: Any,
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        argv: the arguments; those of the process by default.
        router: what --routes prints.
        settings: the defaults of the arguments.
        options: what else Server takes: workers, limits, timeouts.

    Raises:
        SystemExit: with one sentence, when the server cannot start.
    """
    settings = settings or ServerSettings()
    arguments = parse_arguments(argv, settings)
    if arguments.routes:
        sys.exit(print(format_routes(router)) if router else "run() was not told the router.")
    show_logs(settings.log_level, arguments.access_log)
    allow_many_files()
    if arguments.reload and not reload.is_watched():
        reload.watch(listen_or_exit(arguments.host, arguments.port))
        return
    if arguments.debug:
        handler = DebugPages(handler)
    if arguments.access_log:
        handler = AccessLog(handler)
    listener, parent = reload.inherited() or (listen_or_exit(arguments.host, arguments.port), None)
    print(f"Serving on {url_of(listener)} (Ctrl-C stops)", flush=True)
    server = partial(Server, handler, listener=listener, **options)
    count = arguments.processes
    if count == 1:
        serve(server(), parent)
    else:
        supervise(count, lambda parent: serve(server(accepts=1), parent), at_stop=listener.close)
    with suppress(OSError):  # whoever read what we print may have gone
        print("Stopped.", flush=True)


def parse_arguments(argv: list[str] | None, settings: ServerSettings) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", help="the interface; 0.0.0.0 is every one")
    parser.add_argument("--port", type=int, help="0 takes any free port")
    parser.add_argument("--processes", type=int, help="how many share the port")
    parser.add_argument("--access-log", action="store_true", help="a line for every answer")
    parser.add_argument("--reload", action="store_true", help="start anew when a file changes")
    parser.add_argument("--debug", action="store_true", help="show errors in the browser")
    parser.add_argument("--routes", action="store_true", help="print the route table, and end")
    parser.set_defaults(**vars(settings))
    arguments = parser.parse_args(argv)
    arguments.access_log |= arguments.debug or arguments.reload
    if arguments.processes < 1:
        parser.error(f"--processes needs 1 or more, not {arguments.processes}")
    if arguments.processes > 1 and not can_fork():
        parser.error("--processes needs fork, which this system has not; start one on each port")
    if arguments.processes > 1 and (arguments.debug or arguments.reload):
        parser.error("--debug and --reload are for one process: without --processes")
    if arguments.debug and not is_loopback(arguments.host):
        parser.error(f"--debug shows secrets: not on {arguments.host}, but on 127.0.0.1 alone")
    return arguments


def listen_or_exit(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        sys.exit(f"Cannot listen on port {port} ({reason}). Try another: --port 8001, or --port 0.")


def serve(server: Server, parent: int | None = None) -> None:
    """Serve until a signal comes; a child process (see processes.py) also until its parent ends."""
    # Ctrl-C reaches every process of the terminal, and the parent passes it on: once will do.
    stop_on_signals(server, STOP if parent is None else (signal.SIGTERM,))
    if parent is not None:
        call_when_left(parent, server.shutdown)
    server.serve_forever()


def stop_on_signals(server: Server, numbers: tuple[signal.Signals, ...] = STOP) -> None:
    """Let Ctrl-C and SIGTERM end the server gently, and a second one at once."""

    def stop(_number: int, _frame: object) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
        server.shutdown()

    for number in numbers:
        signal.signal(number, stop)
