"""`course watch [STEP]`: check at every save, until Ctrl-C.

It looks at the files three times a second: a copy of a step has some twenty of them, so this costs
nothing, and it works on every file system. (The events of the system do not: folders that are
shared with another machine or a container have none.)
"""

import argparse
import sys
import time
from pathlib import Path

from course import environment, workspace
from course.check import add_arguments, check_and_show, chosen
from course.errors import CourseError
from course.steps import Exercise, Step

PAUSE = 0.3  # seconds between two looks
SOURCES = {".py", ".html", ".css", ".js", ".toml"}  # not the database that your server writes
Stamps = dict[Path, tuple[int, int]]  # of each file: when it was written, and its size


def main(argv: list[str]) -> int:
    """Check once, and again after each change; Ctrl-C is the way out, and no error."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course watch",
        description="Check your copy of a step at every save. Ctrl-C ends it.",
    )
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    environment.require("runtime", "learner")
    step, exercise = chosen(arguments.what)
    try:
        watch(step, exercise, arguments.all)
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


def watch(step: Step, exercise: Exercise | None, everything: bool) -> None:
    """Check at every save, for ever."""
    from course.screen import Screen  # it needs packages

    folder = workspace.require_copy(step)
    while True:
        seen = stamps(folder)  # before the check: what is saved while it runs is not missed
        show_once(step, exercise, everything)
        print(f"\n{time.strftime('%H:%M:%S')}  Waiting for a save ... (Ctrl-C ends)", flush=True)
        while stamps(folder) == seen:
            time.sleep(PAUSE)
        if sys.stdout.isatty():
            Screen().console.clear()  # what stands on the page is of this save


def show_once(step: Step, exercise: Exercise | None, everything: bool) -> None:
    """One check; code that cannot be imported is told and does not end the watch."""
    try:
        check_and_show(step, exercise, everything)
    except CourseError as error:
        print(error)


def stamps(folder: Path) -> Stamps:
    """What tells that a file of the copy was saved."""
    if not folder.is_dir():
        raise CourseError(f"{workspace.shown(folder)} is gone.")
    found: Stamps = {}
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except FileNotFoundError:  # some editors write a new file and put it in the old one's place
            continue
        if path.suffix in SOURCES:
            found[path] = (status.st_mtime_ns, status.st_size)
    return found
