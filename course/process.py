"""Handing over to another program, so that signals and the exit status are its own."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path


def become(command: list[str], folder: Path | None = None) -> int:
    """Run `command` in the place of this process, started in `folder` if one is given.

    On POSIX this does not return: Ctrl-C and SIGTERM reach the new program alone. Windows cannot
    replace a process; there we wait, and return the program's exit status.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if folder is not None:
        os.chdir(folder)
    if os.name == "posix":
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # the child has received it too, and ends
            return child.wait()
