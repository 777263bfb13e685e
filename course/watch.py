"""`course watch [STEP]`: check at every save, until Ctrl-C."""

import argparse
import sys
import time

from course import environment, workspace
from course.check import add_arguments, check_and_show, chosen
from course.errors import CourseError
from course.steps import Exercise, Step

POLL_TIME = 300  # milliseconds between two looks at whether the folder is still there
SEEN = (".toml", ".html", ".css", ".js")  # besides .py: a save of these is one, too


def main(argv: list[str]) -> int:
    """Check once, and again after each change; Ctrl-C is the way out, and no error."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course watch",
        description="Check your copy of a step at every save. Ctrl-C ends it.",
    )
    add_arguments(parser)
    parser.add_argument(
        "--poll",
        action="store_true",
        help="look at the files again and again: for folders whose changes the system does not "
        "tell, such as some that are on another machine",
    )
    arguments = parser.parse_args(argv)
    environment.require("runtime", "learner")
    step, exercise = chosen(arguments.what)
    try:
        watch(step, exercise, arguments.all, arguments.poll)
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


def watch(step: Step, exercise: Exercise | None, everything: bool, poll: bool) -> None:
    """Check at every save, for ever."""
    from watchfiles import PythonFilter  # these need packages
    from watchfiles import watch as changes_of

    from course.screen import Screen

    folder = workspace.require_copy(step)
    seen = PythonFilter(extra_extensions=SEEN)
    # The watcher begins before the first check: what is saved during a check is not missed.
    changes = changes_of(
        folder,
        watch_filter=seen,
        force_polling=poll or None,
        rust_timeout=POLL_TIME,
        yield_on_timeout=True,
    )
    next(changes)
    while True:
        show_once(step, exercise, everything)
        print(f"\n{time.strftime('%H:%M:%S')}  Waiting for a save ... (Ctrl-C ends)", flush=True)
        while not next(changes):
            if not folder.is_dir():
                raise CourseError(f"{workspace.shown(folder)} is gone.")
        if sys.stdout.isatty():
            Screen().console.clear()  # what stands on the page is of this save


def show_once(step: Step, exercise: Exercise | None, everything: bool) -> None:
    """One check; code that cannot be imported is told and does not end the watch."""
    try:
        check_and_show(step, exercise, everything)
    except CourseError as error:
        print(error)
