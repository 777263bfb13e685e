"""`course test [--all] [PYTEST ARGUMENTS]`: the project's own tests, on all cores.

--all runs those too that need minutes. It is an option of our own to pytest (tests/conftest.py).
"""

import os
import sys

from course import environment
from course.process import become
from course.steps import ROOT

ONE_PROCESS = ("-n", "--numprocesses", "--pdb", "-s", "--capture=no", "--collect-only", "-h")
MOST_WORKERS = 8


def main(argv: list[str]) -> int:
    """Hand over to pytest; its exit status is ours."""
    environment.require("runtime", "test")
    return become([sys.executable, "-m", "pytest", *parallel(argv), *argv], ROOT)


def parallel(argv: list[str]) -> list[str]:
    """pytest's arguments for several processes, unless the caller's own say otherwise."""
    if any(argument.startswith(ONE_PROCESS) for argument in argv):
        return []
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    # worksteal gives each process one stretch of the tests, so that a module's server is started
    # once or twice and not for every test; the process that is done first takes from the others.
    return ["-n", str(workers), "--dist", "worksteal"]
