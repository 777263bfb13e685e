"""Commands run as a person runs them: in a process, with a deadline, and their output as text."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from course.steps import ROOT

DEADLINE = 60.0  # seconds


def course(
    *arguments: str, root: Path = ROOT, python: str = sys.executable, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `python3 -m course ...` in the root of a project to its end."""
    return subprocess.run(
        [python, "-m", "course", *arguments],
        cwd=root,
        env=plain_environment() | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@contextlib.contextmanager
def started(
    command: list[str], folder: Path, log: Path, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A command in the background, in a session of its own; ended with the block at the latest."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=plain_environment() | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(DEADLINE)


def wait_for(log: Path, text: str, seconds: float = 15.0) -> str:
    """What a log holds once a whole line has `text` in it; fails when it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        printed = log.read_text(errors="replace")
        if text in printed[: printed.rfind("\n") + 1]:
            return printed
        time.sleep(0.02)
    raise AssertionError(f"{text!r} did not come in {seconds:g} s; the log: {log.read_text()!r}")


def plain_environment() -> dict[str, str]:
    """This process's environment without settings of ours that would change what is tested."""
    ours = {"DATABASE_URL", "PYTHONPATH", "COURSE_RESTARTED", "NO_COLOR"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"PYTHONUNBUFFERED": "1"}
