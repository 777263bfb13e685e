"""A pytest plugin for code that may never end: a hang is told, ended, and not waited for for ever.

`python3 -m course check` loads it. A learner's endless loop may run in a thread that the test has
started. Left alone, it would take the interpreter from all tests that follow, and fail them, too.
"""

import ctypes
import os
import sys
import threading
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from course.verdicts import ENDED, Report

SLOW = 1.5  # seconds; a test that fails after so long has waited for what did not come
HANGS = 2  # of one exercise; then its other tests are left out
LEFT_OUT = "left out: tests of this exercise have hung before"

os.environ.setdefault("RUNG_TEST_DEADLINE", "2")  # for wire.py, which is imported after this

hangs: Counter[str] = Counter()  # by exercise
before = pytest.StashKey[set[threading.Thread]]()


def pytest_configure(config: pytest.Config) -> None:
    """A test that has ended a process before this one has hung: some loops can only be ended so."""
    report = Report(Path(config.getoption("--verdicts")))
    report.read()
    for verdict in report.verdicts.values():
        if verdict.text == ENDED:
            hangs.update(verdict.exercises)


def pytest_runtest_setup(item: pytest.Item) -> None:
    exercises = exercises_of(item)
    if exercises and all(hangs[each] >= HANGS for each in exercises):
        pytest.skip(LEFT_OUT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    item.stash[before] = set(threading.enumerate())
    yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and call.duration > SLOW:
        hangs.update(exercises_of(item))
    if report.failed and call.when == "call":
        folder = item.funcargs["target"].folder if "target" in item.funcargs else None
        left = set(threading.enumerate()) - item.stash[before]
        places = [place for thread in left for place in [place_in(thread, folder)] if place]
        report.user_properties.append(("busy", places))
        for thread in left:
            end(thread)
    return report


def exercises_of(item: pytest.Item) -> list[str]:
    return [str(mark.args[0]) for mark in item.iter_markers("exercise")]


def place_in(thread: threading.Thread, folder: Path | None) -> tuple[str, int, str] | None:
    """The innermost line of the target's code that a thread is at."""
    frame: Any = sys._current_frames().get(thread.ident or 0)
    while frame is not None:
        code = frame.f_code
        if folder is not None and Path(code.co_filename).is_relative_to(folder):
            return code.co_filename, frame.f_lineno, code.co_name
        frame = frame.f_back
    return None


def end(thread: threading.Thread) -> None:
    """Raise SystemExit in a thread, at the next line of Python that it executes.

    CPython alone can do so. One that waits inside the system is not woken; it harms nobody.
    """
    if sys.implementation.name == "cpython" and thread.ident is not None:
        number = ctypes.c_ulong(thread.ident)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(SystemExit))
