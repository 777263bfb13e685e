"""A plugin of pytest that writes down what each test says, for verdicts.py to read.

It writes line by line, so that what is known outlives a process that ends in the middle of a test.
pytest itself is not imported: it hands over all that is needed.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course.verdicts import ENDED, Place, Report, Verdict


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--verdicts", metavar="FILE", help="write what each test says, as JSON")
    parser.addoption("--exercise", metavar="ID", help="only the tests that judge this exercise")
    parser.addoption("--witnesses", metavar="FILE", help="only one test a target: JSON, by label")


def pytest_configure(config: Any) -> None:
    if not _is_worker(config):
        config.pluginmanager.register(Recorder(config.getoption("--verdicts")), "recorder")


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Leave out what was not asked for, and what is known from a process before this one."""
    wanted = config.getoption("--exercise")
    known = set() if _is_worker(config) else _known(config)
    items[:] = [
        item
        for item in items
        if item.nodeid not in known and (wanted is None or wanted in _exercises(item))
    ]
    path = config.getoption("--witnesses")
    if path is not None:
        witnesses = json.loads(Path(path).read_text(encoding="utf-8"))
        items[:] = [item for item in items if witnesses.get(_label(item)) == _name(item)]


def pytest_runtest_protocol(item: Any) -> None:
    """Say what the report of a test will not; xdist carries these properties along."""
    title = (item.function.__doc__ or "").strip().partition("\n")[0]
    item.user_properties += [
        ("test", _name(item)),
        ("title", title or item.originalname.removeprefix("test_").replace("_", " ")),
        ("target", _label(item)),
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

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._write({"unread": [report.nodeid]})

    def pytest_collection_finish(self, session: Any) -> None:
        self._write({"total": len(_known(session.config)) + len(session.items)})

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


def _known(config: Any) -> set[str]:
    """The tests that a process before this one has written of."""
    report = Report(Path(config.getoption("--verdicts")))
    report.read()
    return set(report.verdicts)


def _label(item: Any) -> str:
    """The label of the target that a test runs against; empty if it has none."""
    target = getattr(item, "callspec", None) and item.callspec.params.get("target")
    return target.label if target else ""


def _name(item: Any) -> str:
    """The file and the name of a test, without its target."""
    name = item.name.replace(_label(item), "", 1)
    return f"{item.path.name}::{name.replace('[-', '[').replace('-]', ']').replace('[]', '')}"


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
