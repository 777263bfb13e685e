"""`--reload`: one process watches the program's files, and starts the server anew when one changes.

The process that watches never serves. So a program that cannot even be imported does no harm: its
traceback is on the terminal, and the next change is awaited. The listening socket belongs to the
process that watches, too: while no server is there, browsers wait, and are not refused.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

WATCHED = "RUNG_WATCHED"  # tells the server that it is watched: the numbers of socket and watcher
STOP_TIME = 2.0  # seconds that requests in flight have before the new server comes
POLL_TIME = 300  # milliseconds between two looks at whether the server is still there


def watch(listener: socket.socket) -> None:
    """Keep a server running, a new one after each change, until SIGTERM or SIGINT comes.

    Raises:
        SystemExit: the package that watches files is missing.
    """
    try:
        from watchfiles import PythonFilter
        from watchfiles import watch as changes_of
    except ModuleNotFoundError:
        sys.exit("--reload needs the package watchfiles: pip install watchfiles")
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    folder = Path(sys.path[0] or ".").resolve()  # of the program that was started
    print(f"Watching {folder} for changes.", flush=True)
    server = start(listener)
    for changes in changes_of(
        folder,
        watch_filter=PythonFilter(extra_extensions=(".toml",)),  # Jinja2 looks after its own
        stop_event=stopped,
        rust_timeout=POLL_TIME,
        yield_on_timeout=True,
    ):
        if changes:
            names = sorted({str(Path(path).relative_to(folder)) for _kind, path in changes})
            stop(server)
            print(f"Changed: {', '.join(names[:3])}. Starting again.", flush=True)
            server = start(listener)
        elif server.returncode is None and server.poll() is not None:  # once, when it has ended
            print("The server has ended. Waiting for a change ...", flush=True)
    stop(server)


def is_watched() -> bool:
    """Whether this process is the server, and another one watches."""
    return WATCHED in os.environ


def start(listener: socket.socket) -> "subprocess.Popen[bytes]":
    """Start this very program again, and hand our socket on to it."""
    command = [sys.executable, *sys.orig_argv[1:]]
    if sys.platform == "win32":  # no descriptor can be handed on: the server opens its own socket
        listener.close()
        return subprocess.Popen(command, env=os.environ | {WATCHED: ""})
    number = listener.fileno()
    variables = os.environ | {WATCHED: f"{number} {os.getpid()}"}
    # In a session of its own, so that Ctrl-C comes to us alone and the server hears of it once.
    return subprocess.Popen(command, env=variables, pass_fds=[number], start_new_session=True)


def stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_TIME)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def inherited() -> tuple[socket.socket, int] | None:
    """Return the socket and the process that watches; None if there is none to inherit."""
    numbers = os.environ.pop(WATCHED, "").split()
    if not numbers:
        return None
    listener, parent = map(int, numbers)
    return socket.socket(fileno=listener), parent
