"""What the tests say of a target: run them in a process of their own, and read the outcomes.

The process is pytest with recorder.py as a plugin, which writes down what a program wants to know
of each test: the exercises that it judges, the target, the outcome, and why it failed.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.errors import CourseError
from course.steps import ROOT

TEST_TIMEOUT = 20  # seconds for one test
LIVES = 20  # how often the tests are taken up again behind one that ended the process
POLL_TIME = 0.05  # seconds between two looks at the process
GRACE = 2.0  # seconds that a process may live on when all is said: a thread may hold it
# Only the plugins that are named: others that are installed cost a second, or more than that.
PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
ENDED = "The whole process ended in the middle of this test."

Progress = Callable[[int, int], None]  # how many tests are done, and how many there are


@dataclass(frozen=True)
class Place:
    """A line that was being executed."""

    file: str  # from the project's root, if it is inside
    line: int
    function: str

    def is_inside(self, folder: Path) -> bool:
        return (ROOT / self.file).is_relative_to(folder)


@dataclass(frozen=True)
class Verdict:
    """What one test says of one target.

    Attributes:
        test: its file and name, without the target: "test_router.py::test_int[7]".
        title: the first line of its docstring or, if it has none, its name in words.
        target: the target's label: "04_router", "starter-4.1", "chaff-4.1-first_wins".
        exercises: the ids of those that it judges.
        outcome: "passed", "failed" or "skipped".
        text: why it failed, as pytest shows it.
        message: the error alone, without the way to it.
        places: the way to it, the place where it was raised last.
        busy: where threads that the test left behind were at work (tests/support/patience.py).
        log: what was printed and logged meanwhile.
    """

    test: str
    title: str
    target: str
    exercises: tuple[str, ...]
    outcome: str
    text: str
    message: str = ""
    places: tuple[Place, ...] = ()
    busy: tuple[Place, ...] = ()
    log: str = ""


def run_tests(
    arguments: Iterable[str], timeout: int = TEST_TIMEOUT, progress: Progress | None = None
) -> list[Verdict]:
    """Run pytest with these arguments, and return what every test said.

    Raises:
        CourseError: pytest could not even begin; with its words.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "verdicts.jsonl"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["-p", "pytest_timeout", f"--timeout={timeout}"]
        command += ["-p", "course.recorder", f"--verdicts={report}"]
        said = Report(report)
        for _life in range(LIVES):
            status = _run([*command, *arguments], said, progress)
            said.read()
            if said.finished or not said.verdicts:
                break
        if said.unread or (not said.verdicts and status not in (0, 5)):  # 5: no such test
            words = report.with_name("words").read_text(encoding="utf-8", errors="replace")
            raise CourseError(f"The tests did not run.\n{words}")
    return list(said.verdicts.values())


class Report:
    """The file that the plugin writes, read as it grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.verdicts: dict[str, Verdict] = {}  # by pytest's name of the test
        self.unread: list[str] = []  # files with tests that could not be imported
        self.total = 0
        self.finished = False
        self._place = 0  # how far it has been read

    def read(self) -> None:
        """Take in the lines that are new, and whole."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._place)
            fresh = file.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._place += len(whole)
        for line in whole.splitlines():
            table = json.loads(line)
            if "id" in table:
                self.verdicts[table["id"]] = _verdict(table["verdict"])
            self.unread += table.get("unread", [])
            self.total = table.get("total", self.total)
            self.finished = table.get("finished", False)


def _verdict(table: dict[str, Any]) -> Verdict:
    """A verdict out of JSON, which knows neither tuples nor dataclasses."""
    places = {key: tuple(Place(**place) for place in table[key]) for key in ("places", "busy")}
    return Verdict(**{**table, **places, "exercises": tuple(table["exercises"])})


def _run(command: list[str], said: Report, progress: Progress | None) -> int:
    """Run the command until it ends or, where a thread keeps it alive, until all is said."""
    with said.path.with_name("words").open("wb") as words:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | PLUGINS,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
        )
    end = float("inf")
    try:
        while process.poll() is None and time.monotonic() < end:
            time.sleep(POLL_TIME)
            said.read()
            if said.finished:
                end = min(end, time.monotonic() + GRACE)
            elif progress is not None:
                progress(len(said.verdicts), said.total)
    finally:
        process.kill()  # no harm to one that has ended
        status = process.wait()
    return status
