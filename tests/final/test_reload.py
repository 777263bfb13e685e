"""`--reload` (rung/reload.py): a new server after each change, and no client that is refused."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.demo import Demo, clean_environment
from tests.support.targets import Target

pytest.importorskip("watchfiles")

SERVER = """
import os, time
import page
from rung import App, run

app = App()

@app.get("/")
def home(request):
    return page.TEXT

@app.get("/slow")
def slow(request):
    print("asked", flush=True)
    time.sleep(0.7)
    return "done"

@app.get("/pid")
def pid(request):
    return str(os.getpid())

run(app)
"""
DEADLINE = 10.0  # seconds


class Site(Demo):
    """A server under --reload: its page is the text in page.py."""

    def write(self, text: str, name: str = "page.py") -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def ask(self, path: str = "/") -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Connection": "close"})
            return connection.getresponse().read().decode()

    def wait_for(self, words: str, count: int = 1) -> None:
        assert until(lambda: self.log().count(words) >= count), f"{words!r} is not in the log"


def until(condition: Callable[[], bool]) -> bool:
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


@pytest.fixture
def site(target: Target, tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "site"
    shutil.copytree(target.folder / "rung", folder / "rung")
    (folder / "server.py").write_text(SERVER, encoding="utf-8")
    (folder / "page.py").write_text('TEXT = "one"', encoding="utf-8")
    site = Site(folder, tmp_path, "--reload")
    yield site
    site.stop()


def test_change_of_a_module_is_served(site: Site) -> None:
    assert site.ask() == "one"
    for number in ("two", "three"):
        site.write(f'TEXT = "{number}"')
        assert until(lambda number=number: site.ask() == number)
    assert site.log().count("Changed: page.py. Starting again.") == 2


@pytest.mark.parametrize(
    ("name", "counts"), [("settings.toml", True), ("page.html", False), ("rung.sqlite3", False)]
)
def test_which_files_count(site: Site, name: str, counts: bool) -> None:
    before = site.ask("/pid")
    site.write("a = 1", name)
    if counts:
        assert until(lambda: site.ask("/pid") != before)
    else:
        time.sleep(1)
        assert site.ask("/pid") == before


def test_nobody_is_refused_while_the_server_starts(site: Site) -> None:
    """The socket stays open: whoever comes in between waits for the new server."""
    for number in range(3):
        site.write(f'import time; time.sleep(0.5); TEXT = "{number}"')
        site.wait_for("Changed:", number + 1)
        assert site.ask() == str(number)


@pytest.mark.parametrize(
    ("mistake", "said"),
    [("TEXT = (", "SyntaxError"), ("TEXT = word", "NameError"), ("raise SystemExit(3)", "")],
)
def test_server_that_cannot_start_is_awaited(site: Site, mistake: str, said: str) -> None:
    site.write(mistake)
    site.wait_for("The server has ended. Waiting for a change ...")
    assert said in site.log()
    assert site.process.poll() is None
    site.write('TEXT = "mended"')
    assert until(lambda: site.log().count("Serving on") == 2)
    assert site.ask() == "mended"


def test_client_that_came_during_the_mistake_is_answered(site: Site) -> None:
    site.write("TEXT = (")
    site.wait_for("Waiting for a change")
    connection = HTTPConnection("127.0.0.1", site.port, timeout=DEADLINE)
    with contextlib.closing(connection):
        connection.request("GET", "/")
        site.write('TEXT = "mended"')
        assert connection.getresponse().read() == b"mended"


def test_request_in_flight_is_answered_before(site: Site) -> None:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=DEADLINE)
    with contextlib.closing(connection):
        connection.request("GET", "/slow")
        site.wait_for("asked")
        site.write('TEXT = "two"')
        assert connection.getresponse().read() == b"done"
    assert site.ask() == "two"


def test_server_that_was_killed_is_not_started_in_circles(site: Site) -> None:
    os.kill(int(site.ask("/pid")), signal.SIGKILL)
    site.wait_for("The server has ended")
    time.sleep(1)
    assert site.log().count("Serving on") == 1
    assert site.log().count("The server has ended") == 1, "it is said once"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_both_processes_end_gently(site: Site, number: signal.Signals) -> None:
    server = int(site.ask("/pid"))
    connection = HTTPConnection("127.0.0.1", site.port, timeout=DEADLINE)
    with contextlib.closing(connection):
        connection.request("GET", "/slow")
        site.wait_for("asked")
        site.process.send_signal(number)
        assert connection.getresponse().read() == b"done"
    assert site.process.wait(DEADLINE) == 0
    assert not is_running(server)
    assert "Traceback" not in site.log()


def test_ctrl_c_on_the_terminal_is_heard_once(site: Site) -> None:
    """The terminal sends SIGINT to the whole group; a second one would end the server at once."""
    server = int(site.ask("/pid"))
    assert os.getpgid(server) != os.getpgid(site.process.pid)


def test_server_does_not_outlive_the_one_that_watches(site: Site) -> None:
    server = int(site.ask("/pid"))
    site.process.kill()
    assert until(lambda: not is_running(server))


@pytest.mark.parametrize(
    ("setup", "arguments", "said"),
    [
        ("import sys; sys.modules['watchfiles'] = None", [], "--reload needs the package watchf"),
        ("", ["--processes", "2"], "--debug and --reload are for one process"),
    ],
)
def test_what_cannot_be_watched_is_said_in_a_sentence(
    target: Target, tmp_path: Path, setup: str, arguments: list[str], said: str
) -> None:
    shutil.copytree(target.folder / "rung", tmp_path / "rung")
    (tmp_path / "page.py").write_text('TEXT = ""', encoding="utf-8")
    (tmp_path / "server.py").write_text(setup + SERVER, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "server.py", "--port", "0", "--reload", *arguments],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert run.returncode != 0
    assert said in run.stderr
    assert "Traceback" not in run.stderr
