"""What the tests say of a target: run them in a process of their own, and read the outcomes.

The process is pytest with this very module as a plugin, which writes down what a program wants to
know of each test: the exercises that it judges, the target, the outcome, and why it failed.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from course.errors import CourseError
from course.steps import ROOT

TEST_TIMEOUT = 20  # seconds for one test


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
        log: what was printed and logged meanwhile.
    """

    test: str
    title: str
    target: str
    exercises: tuple[str, ...]
    outcome: str
    text: str
    log: str


def run_tests(arguments: Iterable[str], timeout: int = TEST_TIMEOUT) -> list[Verdict]:
    """Run pytest with these arguments, and return what every test said.

    Raises:
        CourseError: pytest could not even begin; with its words.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "verdicts.json"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["-p", "course.verdicts", f"--verdicts={report}", f"--timeout={timeout}"]
        run = subprocess.run(
            [*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        found: dict[str, Any] = {"unread": ["all of them"]}
        if report.exists():
            found = json.loads(report.read_text(encoding="utf-8"))
    if found["unread"] or run.returncode > 5:  # 5: there is no such test
        raise CourseError(f"The tests did not run.\n{run.stdout}{run.stderr}")
    return [Verdict(**each | {"exercises": tuple(each["exercises"])}) for each in found["verdicts"]]


# --- the plugin. pytest is not imported: this module is also read where it is not installed.


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--verdicts", metavar="FILE", help="write what each test says, as JSON")


def pytest_configure(config: Any) -> None:
    if not hasattr(config, "workerinput"):  # with xdist, only the process that all report to
        config.pluginmanager.register(Recorder(config.getoption("--verdicts")))


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
        ("exercises", [str(mark.args[0]) for mark in item.iter_markers("exercise")]),
    ]


class Recorder:
    """Collects the reports of a run, and writes them when it is over."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.verdicts: dict[str, Verdict] = {}
        self.unread: list[str] = []  # files with tests that could not be imported

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.unread.append(report.nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A test has up to three reports: of its setup, its call and its teardown."""
        known = self.verdicts.get(report.nodeid)
        if report.outcome == "passed" and (report.when != "call" or known is not None):
            return
        if known is not None and known.outcome == "failed":
            return
        said = dict(report.user_properties)
        self.verdicts[report.nodeid] = Verdict(
            test=said.get("test", report.nodeid),
            title=said.get("title", ""),
            target=said.get("target", ""),
            exercises=tuple(said.get("exercises", ())),
            outcome=report.outcome,
            text=report.longreprtext,
            log="\n".join(text for _title, text in report.sections),
        )

    def pytest_sessionfinish(self) -> None:
        verdicts = [asdict(verdict) for verdict in self.verdicts.values()]
        found = {"verdicts": verdicts, "unread": self.unread}
        self.path.write_text(json.dumps(found), encoding="utf-8")
