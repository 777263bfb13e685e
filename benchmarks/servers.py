"""The servers that are measured, and how one of them is started, watched and ended.

What runs inside such a process is in serve.py.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent.parent
START_TIME = 10.0  # seconds until a server must accept connections
STOP_TIME = 10.0  # seconds that a server has for ending after SIGTERM

SERVERS = {  # the name in the command, and in the tables
    "rung": "rung (final)",
    "waitress": "waitress",
    "cheroot": "cheroot",
    "gunicorn": "gunicorn gthread",
    "werkzeug": "werkzeug dev server",
    "bjoern": "bjoern (C)",
    "epoll": "bare epoll loop",
    "pool": "the plain pool of step 03",
    "flask": "Flask, SQLAlchemy",
    "flask-cookie": "Flask, SQLAlchemy, its own session",
    "bottle": "Bottle, peewee",
}
PACKAGES = {  # what each one needs; those that are not here need nothing
    "waitress": ("waitress",),
    "cheroot": ("cheroot",),
    "gunicorn": ("gunicorn",),
    "werkzeug": ("werkzeug",),
    "bjoern": ("bjoern",),
    "flask": ("flask", "sqlalchemy", "waitress"),
    "flask-cookie": ("flask", "sqlalchemy", "waitress"),
    "bottle": ("bottle", "peewee", "waitress"),
}


class Failed(Exception):
    """A measurement that did not succeed. The message is the row's place in the table."""


@dataclass(frozen=True)
class Running:
    """A server that accepts connections."""

    name: str
    work: str
    process: subprocess.Popen[bytes]
    port: int
    log: BinaryIO

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> int:
        """Resident memory in bytes, of the process and those that it has started."""
        return sum(read_status(process, "VmRSS") for process in family(self.process.pid))

    def peak_memory(self) -> int:
        """The most resident memory in bytes since forget_peak()."""
        return sum(read_status(process, "VmHWM") for process in family(self.process.pid))

    def forget_peak(self) -> None:
        """Let the peak begin anew. Source: proc_pid_clear_refs(5), the value 5."""
        for process in family(self.process.pid):
            Path(f"/proc/{process}/clear_refs").write_text("5")

    def check_alive(self) -> None:
        """Raise Failed if the process has ended, with the last line that it wrote."""
        if self.process.poll() is None:
            return
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines() or ["no message"]
        raise Failed(f"ended with status {self.process.returncode}: {lines[-1]}")


@contextmanager
def started(name: str, work: str, core: int, folder: str = "") -> Iterator[Running]:
    """Run a server on one core for as long as the block lasts.

    Raises:
        Failed: it accepts no connections within START_TIME.
    """
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.serve", name, work, str(port), folder]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=partial(os.sched_setaffinity, 0, {core}),  # this process has one thread
        )
        server = Running(name, work, process, port, log)
        try:
            wait_until_ready(server)
            yield server
            server.check_alive()
        finally:
            end(process)


def free_port() -> int:
    """A port that nobody has at this moment; servers here differ in how they tell a chosen one."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(server: Running) -> None:
    deadline = time.monotonic() + START_TIME
    while time.monotonic() < deadline:
        server.check_alive()
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise Failed(f"accepts no connections after {START_TIME:.0f} s")


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIME)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def family(process: int) -> list[int]:
    """The process and its descendants: gunicorn's worker is a child of its arbiter."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except FileNotFoundError:  # it has ended in this moment
        return []
    return [process, *(each for child in children for each in family(int(child)))]


def read_status(process: int, field: str) -> int:
    """A size in bytes from /proc/PID/status, where it stands in kB (proc_pid_status(5))."""
    text = Path(f"/proc/{process}/status").read_text()
    match = re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)
    return int(match[1]) * 1024 if match else 0


def installed(name: str) -> bool:
    """Whether a server can be started here; those without a package always can."""
    try:
        return all(metadata.version(package) for package in PACKAGES.get(name, ()))
    except metadata.PackageNotFoundError:
        return False
