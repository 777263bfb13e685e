"""Several processes behind one address: all of them answer, none is missed, none is left behind."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.demo import Demo, clean_environment, copy_folder
from tests.support.targets import Target

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

SERVER = """
import os, time
from rung import App, run

app = App()

@app.get("/")
def who(request):
    return str(os.getpid())

@app.get("/slow")
def slow(request):
    print("asked", flush=True)
    time.sleep(0.5)
    return "done"

run(app, router=app.router)
"""
DEADLINE = 5.0  # seconds


@pytest.fixture
def start(target: Target, tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """start("--processes", "2") runs the page above; whatever is left at the end is killed."""
    shutil.copytree(target.folder / "rung", tmp_path / "site" / "rung")
    (tmp_path / "site" / "server.py").write_text(SERVER, encoding="utf-8")
    started: list[Demo] = []

    def start(*arguments: str) -> Demo:
        started.append(Demo(tmp_path / "site", tmp_path, *arguments))
        return started[-1]

    yield start
    for demo in started:
        demo.stop()


def ask(demo: Demo, path: str = "/") -> str:
    connection = HTTPConnection("127.0.0.1", demo.port, timeout=DEADLINE)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Connection": "close"})
        return connection.getresponse().read().decode()


def until(condition: Callable[[], bool]) -> bool:
    """Whether something comes true in time."""
    end = time.monotonic() + DEADLINE
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def who_answers(demo: Demo, count: int) -> set[int]:
    """The processes that answer, once there are so many."""
    seen: set[int] = set()

    def enough() -> bool:
        seen.add(int(ask(demo)))
        return len(seen) >= count

    assert until(enough), f"only {seen} have answered"
    return seen


def test_every_process_answers(start: Callable[..., Demo]) -> None:
    demo = start("--processes", "3")
    seen = who_answers(demo, 3)
    assert demo.process.pid not in seen, "the parent only looks after them"


def test_process_that_dies_is_replaced(start: Callable[..., Demo]) -> None:
    demo = start("--processes", "2")
    seen = who_answers(demo, 2)
    for process in seen:
        os.kill(process, signal.SIGKILL)
    assert int(ask(demo)) not in seen, "nobody else listens, so this one waited for the new one"
    assert all(f"process {process} ended with -9" in demo.log() for process in seen)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_all_end_when_what_is_in_flight_is_answered(
    start: Callable[..., Demo], number: signal.Signals
) -> None:
    demo = start("--processes", "2")
    seen = who_answers(demo, 2)
    connection = HTTPConnection("127.0.0.1", demo.port, timeout=DEADLINE)
    with contextlib.closing(connection):
        connection.request("GET", "/slow")
        assert until(lambda: "asked" in demo.log())
        demo.process.send_signal(number)
        assert connection.getresponse().read() == b"done"
    assert demo.process.wait(DEADLINE) == 0
    assert "Stopped." in demo.log()
    assert not any(map(is_running, seen))
    with pytest.raises(ConnectionRefusedError):
        ask(demo)


def test_ctrl_c_reaches_every_process_and_ends_them_gently(start: Callable[..., Demo]) -> None:
    """A terminal sends SIGINT to all, and the parent passes it on: that is no second signal."""
    demo = start("--processes", "2")
    processes = [*who_answers(demo, 2), demo.process.pid]
    connection = HTTPConnection("127.0.0.1", demo.port, timeout=DEADLINE)
    with contextlib.closing(connection):
        connection.request("GET", "/slow")
        assert until(lambda: "asked" in demo.log())
        for process in processes:
            os.kill(process, signal.SIGINT)
        assert connection.getresponse().read() == b"done"
    assert demo.process.wait(DEADLINE) == 0
    assert "Error" not in demo.log()


def test_burst_is_left_to_the_other_processes_as_well(rung: Callable[..., ModuleType]) -> None:
    """A process that takes all who have connected works through them while the others sleep."""
    server = rung("server").Server(lambda request: None, port=0, accepts=1)
    with contextlib.ExitStack() as stack:
        stack.callback(server.close)
        for _ in range(3):
            stack.enter_context(socket.create_connection(server.listener.getsockname(), DEADLINE))
        for taken in (1, 2, 3):
            server._wait()
            assert len(server._connections) == taken


def test_nobody_is_left_when_the_parent_is_killed(start: Callable[..., Demo]) -> None:
    """Children alone would keep the port, and nobody could tell them to stop."""
    demo = start("--processes", "2")
    seen = who_answers(demo, 2)
    demo.process.kill()
    assert until(lambda: not any(map(is_running, seen)))


SUPERVISOR = """
import os, signal
from rung.processes import supervise

real_wait = os.wait

def wait():
    ended = real_wait()
    os.kill(os.getpid(), signal.SIGTERM)  # now, when the one that has ended is not yet crossed out
    return ended

os.wait = wait
supervise(1, lambda parent: None, at_stop=lambda: print("no more"))
"""


GUARDIAN = """
import os, signal, subprocess, sys, time
from rung.processes import supervise

def serve(parent):
    time.sleep(0.5)
    os.kill(parent, signal.SIGTERM)
    time.sleep(5)

other = subprocess.Popen([sys.executable, "-c", ""])
supervise(1, serve, at_stop=lambda: print("no more"))
"""


PRINTER = """
import os, signal
from rung.processes import supervise

def serve(parent):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("this may wait in a buffer")
    os.kill(parent, signal.SIGTERM)

supervise(1, serve, at_stop=lambda: print("no more"))
"""


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        pytest.param(SUPERVISOR, "no more\n", id="signal while a process ends"),
        # The first process of a container is the parent of all that have lost theirs.
        pytest.param(GUARDIAN, "no more\n", id="end of a process that is none of its own"),
        pytest.param(PRINTER, "this may wait in a buffer\nno more\n", id="process that prints"),
    ],
)
def test_supervisor_loses_nothing(
    target: Target, tmp_path: Path, program: str, printed: str
) -> None:
    (tmp_path / "supervisor.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "supervisor.py"],
        cwd=tmp_path,
        env=clean_environment() | {"PYTHONPATH": str(target.folder), "PYTHONUNBUFFERED": ""},
        capture_output=True,
        encoding="utf-8",
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_number_of_processes_is_checked(start: Callable[..., Demo], count: str) -> None:
    with pytest.raises(AssertionError, match="--processes"):
        start("--processes", count)


def test_route_table_is_printed(target: Target, tmp_path: Path) -> None:
    folder = copy_folder(target.folder, tmp_path)
    run = subprocess.run(
        [sys.executable, str(folder / "server.py"), "--routes"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert "/posts/<int:id>" in run.stdout
    assert "http://" not in run.stdout, "nothing is served"
