"""`course run [STEP] [--port N] [--workspace] ...`: start a step's server.py as if by hand.

In its own folder, or in your copy of it.
"""

import argparse
import os
import sys
from collections.abc import Iterable

from course import environment
from course.memory import current_step, recall
from course.process import become
from course.requirements import name_of, read_requirements
from course.steps import Step, find_step
from course.workspace import require_copy


def main(argv: list[str]) -> int:
    """Start the server; it takes this process over, so Ctrl-C and the exit status are its own."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course run",
        description="Start the finished application, a step's demo, or your own copy of it.",
        epilog="Other options go to its server.py: --reload --debug, say, where it knows them.",
    )
    parser.add_argument("step", nargs="?", help="03, threadpool, 03_threadpool (final)")
    parser.add_argument(
        "--workspace", action="store_true", help="your own copy (of the step started last)"
    )
    parser.add_argument("--port", type=int, help="8000 if not given; 0 takes any free one")
    arguments, others = parser.parse_known_args(argv)  # the others are for the server: --reload
    if arguments.workspace:
        step = find_step(arguments.step) if arguments.step else current_step(recall())
        folder = require_copy(step)
    else:
        step = find_step(arguments.step or "final")
        folder = step.folder
    needed = packages_needed(step, os.environ.get("DATABASE_URL", ""), others)
    if needed:
        environment.require("runtime", needed=needed)
    port = [] if arguments.port is None else ["--port", str(arguments.port)]
    return become([sys.executable, "server.py", *port, *others], folder)


def packages_needed(step: Step, database_url: str, options: Iterable[str] = ()) -> list[str]:
    """The packages that this run of the step will import: on SQLite not the MySQL driver."""
    names = [name_of(line) for line in read_requirements(step.folder / "requirements.txt")]
    unused = set()
    if not database_url.startswith("mysql"):
        unused.add("pymysql")
    if "--reload" not in options:
        unused.add("watchfiles")
    return [name for name in names if name not in unused]
