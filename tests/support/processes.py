"""A server in a process of its own, with pages that are slow, long or endless; and what it costs.

The figures come from proc(5), which Linux alone has.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.demo import Demo
from tests.support.targets import Target

SERVER = """
import json, os, resource, time
from rung.command import stop_on_signals
from rung.messages import Response
from rung.server import Server, Timeouts

PIECE = b"x" * 16384

def stream(pieces, seconds):
    for _ in range(pieces):
        time.sleep(seconds)
        yield PIECE

def handler(request):
    kind, *numbers = request.path.strip("/").split("/")
    if kind == "sleep":
        print("asked", request.path, flush=True)
        time.sleep(float(numbers[0]))
    elif kind == "long":
        return Response(b"x" * int(numbers[0]))
    elif kind == "stream":
        print("asked", request.path, flush=True)
        return Response(stream(int(numbers[0]), float(numbers[1])))
    return Response(f"done {request.path} {request.size}")

settings = json.loads(os.environ["SETTINGS"])
files = settings.pop("files", 0)
if files:
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
workers = settings.pop("workers", 8)
server = Server(handler, port=0, workers=workers, timeouts=Timeouts(**settings))
stop_on_signals(server)
print("Serving on", server.url, flush=True)
server.serve_forever()
print("Stopped.", flush=True)
"""


class Measured(Demo):
    """A running server.py, and what it has used so far."""

    def cpu(self) -> float:
        """Seconds of user and system time, of all threads."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Megabytes that are resident."""
        return int(self._status("VmRSS").split()[0]) / 1024

    def threads(self) -> int:
        return int(self._status("Threads"))

    def files(self) -> int:
        """How many file descriptors are open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))  # noqa: PTH208 - names are enough

    def _status(self, name: str) -> str:
        lines = self._proc("status").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith(name))

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self.process.pid}/{name}").read_text(encoding="utf-8")


def write_server(target: Target, parent: Path) -> Path:
    """A folder with the target's package, and SERVER as its server.py."""
    if not Path("/proc/self/status").exists():
        pytest.skip("what a process costs is read from /proc, which is not here")
    folder = parent / "measured"
    shutil.copytree(target.folder / "rung", folder / "rung")
    (folder / "server.py").write_text(SERVER, encoding="utf-8")
    return folder
