"""What the tests say of a target: run them in a process of their own, and read the outcomes.

The process is pytest with this very module as a plugin, which writes down what a program wants to
know of each test: the exercises that it judges, the target, the outcome, and why it failed. It
writes line by line, so that what is known outlives a process that ends in the middle of a test.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from course.errors import CourseError
from course.steps import ROOT

TEST_TIMEOUT = 20  # seconds for one test
LIVES = 5  # how often the tests are taken up again behind one that ended the process
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
        command += ["-p", "course.verdicts", f"--verdicts={report}"]
        for _life in range(LIVES):
            status = _run([*command, *arguments], report, progress)
            said = _read(report)
            if said.finished or not said.verdicts:
                break
        if not said.verdicts and status not in (0, 5):  # 5: there is no such test
            words = report.with_name("words").read_text(encoding="utf-8", errors="replace")
            raise CourseError(f"The tests did not run.\n{words}")
    return list(said.verdicts.values())


@dataclass
class Report:
    """What stands in the file that the plugin writes."""

    verdicts: dict[str, Verdict]  # by pytest's name of the test
    total: int = 0
    finished: bool = False


def _run(command: list[str], report: Path, progress: Progress | None) -> int:
    """Run the command until it ends or, where a thread keeps it alive, until all is said."""
    with report.with_name("words").open("wb") as words:
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
            said = _read(report)
            if said.finished:
                end = min(end, time.monotonic() + GRACE)
            elif progress is not None:
                progress(len(said.verdicts), said.total)
    finally:
        process.kill()  # no harm to one that has ended
        status = process.wait()
    return status


def _read(report: Path) -> Report:
    said = Report({})
    text = report.read_text(encoding="utf-8") if report.exists() else ""
    for line in text[: text.rfind("\n") + 1].splitlines():  # the last may be half written
        table = json.loads(line)
        if "id" in table:
            said.verdicts[table["id"]] = _verdict(table["verdict"])
        said.total = table.get("total", said.total)
        said.finished = table.get("finished", False)
    return said


def _verdict(table: dict[str, Any]) -> Verdict:
    """A verdict out of JSON, which knows neither tuples nor dataclasses."""
    places = {key: tuple(Place(**place) for place in table[key]) for key in ("places", "busy")}
    return Verdict(**{**table, **places, "exercises": tuple(table["exercises"])})


# --- the plugin. pytest is not imported: this module is also read where it is not installed.


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--verdicts", metavar="FILE", help="write what each test says, as JSON")
    parser.addoption("--exercise", metavar="ID", help="only the tests that judge this exercise")


def pytest_configure(config: Any) -> None:
    if not _is_worker(config):
        config.pluginmanager.register(Recorder(config.getoption("--verdicts")), "recorder")


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Leave out what was not asked for, and what is known from a process before this one."""
    wanted = config.getoption("--exercise")
    known = {} if _is_worker(config) else _read(Path(config.getoption("--verdicts"))).verdicts
    items[:] = [
        item
        for item in items
        if item.nodeid not in known and (wanted is None or wanted in _exercises(item))
    ]


def pytest_runtest_protocol(item: Any) -> None:
    """Say what the report of a test will not; xdist carries these properties along."""
    target = getattr(item, "callspec", None) and item.callspec.params.get("target")
    label = target.label if target else ""
    name = item.name.replace(label, "", 1).replace("[-", "[").replace("-]", "]").replace("[]", "")
    title = (item.function.__doc__ or "").strip().partition("\n")[0]
    item.user_properties += [
        ("test", f"{item.path.name}::{name}"),
        ("title", title or item.originalname.removeprefix("test_").replace("_", " ")),
        ("target", label),
        ("exercises", _exercises(item)),
    ]
    recorder = item.config.pluginmanager.get_plugin("recorder")
    if recorder is not None:
        recorder.begin(item)


class Recorder:
    """Writes down what happens: a line for each test, and another one for whatever changes it."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.outcomes: dict[str, str] = {}

    def pytest_collection_finish(self, session: Any) -> None:
        known = len(_read(self.path).verdicts)
        self._write({"total": known + len(session.items)})

    def begin(self, item: Any) -> None:
        """Until the test has an end, the verdict on it is that it has none."""
        self._add(item.nodeid, dict(item.user_properties), outcome="failed", text=ENDED)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A test has up to three reports: of its setup, its call and its teardown."""
        known = self.outcomes.get(report.nodeid)
        if report.outcome == "passed" and (report.when != "call" or known is not None):
            return
        if known == "failed":
            return
        self.outcomes[report.nodeid] = report.outcome
        self._add(
            report.nodeid,
            dict(report.user_properties),
            outcome=report.outcome,
            text=report.longreprtext,
            message=_message(report),
            places=_places(report),
            log="\n".join(text for _title, text in report.sections),
        )

    def pytest_sessionfinish(self) -> None:
        self._write({"finished": True})

    def _add(self, nodeid: str, properties: dict[str, Any], **known: Any) -> None:
        verdict = Verdict(
            test=properties.get("test", nodeid),
            title=properties.get("title", ""),
            target=properties.get("target", ""),
            exercises=tuple(properties.get("exercises", ())),
            busy=tuple(Place(*place) for place in properties.get("busy", ())),
            **known,
        )
        self._write({"id": nodeid, "verdict": asdict(verdict)})

    def _write(self, table: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(table) + "\n")


def _is_worker(config: Any) -> bool:
    return hasattr(config, "workerinput")  # xdist's: it reports to the process that started it


def _exercises(item: Any) -> list[str]:
    return [str(mark.args[0]) for mark in item.iter_markers("exercise")]


def _message(report: Any) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash.message if crash is not None else str(report.longreprtext)


def _places(report: Any) -> tuple[Place, ...]:
    """The frames of a failure and of what caused it; they have their function with --tb=short."""
    chain = getattr(report.longrepr, "chain", ())
    entries = [entry for traceback, *_ in chain for entry in traceback.reprentries]
    found = (entry.reprfileloc for entry in entries if getattr(entry, "reprfileloc", None))
    return tuple(Place(f.path, f.lineno, f.message.removeprefix("in ")) for f in found)
