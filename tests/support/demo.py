"""A step's `server.py` as a learner starts it: a process of its own, in a copy of the folder."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.support.targets import NOT_SOURCE

START_DEADLINE = 15.0  # seconds until the URL must be printed
STOP_DEADLINE = 10.0  # seconds until a process that was asked to stop must have ended
PRINTED_URL = re.compile(rb"http://[^\s:/]+:(\d+)")


class Program:
    """A running server, whatever its command: `.url`, `.port`, `.process`, `.log()`."""

    def __init__(self, command: list[str], folder: Path, logs: Path, **environment: str) -> None:
        """Start a command in a folder, and wait until it prints its URL."""
        self._log = logs / f"server-{time.monotonic_ns()}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=clean_environment() | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self.port = self._wait_for_port()
        except BaseException:
            self.stop()
            raise
        self.url = f"http://127.0.0.1:{self.port}"

    def log(self) -> str:
        """All that the process has printed so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> int:
        """End the process as a service manager would, and return its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(STOP_DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(STOP_DEADLINE)

    def _wait_for_port(self) -> int:
        end = time.monotonic() + START_DEADLINE
        while time.monotonic() < end:
            printed = PRINTED_URL.search(self._log.read_bytes())
            if printed:
                return int(printed[1])
            if self.process.poll() is not None:
                status = self.process.returncode
                raise AssertionError(f"the server ended with status {status}:\n{self.log()}")
            time.sleep(0.02)
        raise AssertionError(f"the server printed no URL in {START_DEADLINE:g} s:\n{self.log()}")


class Demo(Program):
    """A running server.py, and its `.folder`."""

    def __init__(self, folder: Path, elsewhere: Path, *arguments: str, **environment: str) -> None:
        """Start `folder`/server.py from another folder, and wait until it prints its URL."""
        self.folder = folder
        command = [sys.executable, str(folder / "server.py"), "--port", "0", *arguments]
        super().__init__(command, elsewhere, elsewhere, **environment)


def copy_folder(source: Path, parent: Path) -> Path:
    """A copy of a step's folder alone: whatever it needed beside itself is missing there."""
    folder = parent / source.name
    shutil.copytree(source, folder, ignore=NOT_SOURCE)
    return folder


def clean_environment() -> dict[str, str]:
    """This process's environment without what would lend a server our modules or settings."""
    ours = {"PYTHONPATH", "DATABASE_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
