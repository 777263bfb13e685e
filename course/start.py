"""`course start STEP`: a copy of a step in workspace/, the bodies of its exercises taken out."""

import argparse
import shutil
import tempfile
import textwrap
from pathlib import Path

from course import environment, memory, workspace
from course.carried import Carried, carry_into
from course.errors import CourseError
from course.exercises import write_starter
from course.steps import Step, all_steps, find_step

WIDTH = 100  # columns
NOT_COPIED = shutil.ignore_patterns(
    "__pycache__", "*.pyc", "*.sqlite3*", ".mypy_cache", "uploads", "step.toml"
)


def main(argv: list[str]) -> int:
    """Make the copy and say what to do with it."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course start",
        description="Put a copy of a step into workspace/: the bodies of the exercise functions "
        "taken out, your own passed solutions of earlier steps carried in.",
    )
    parser.add_argument("step", help="03, threadpool, 03_threadpool")
    parser.add_argument(
        "--reference", action="store_true", help="the reference instead of your own solutions"
    )
    arguments = parser.parse_args(argv)
    step = find_step(arguments.step)
    if not step.exercises:
        numbers = ", ".join(each.name for each in all_steps() if each.exercises)
        raise CourseError(f"{step} has no exercises. These have: {numbers}.")
    environment.require("runtime", "learner")
    if workspace.is_started(step):
        make_current(step)
        copy = workspace.shown(workspace.copy_of(step))
        raise CourseError(
            f"{copy} is there already, and stays as it is. Go on in it: python3 -m course check\n"
            f"To begin anew, give that folder another name first, such as {step}.old."
        )
    carried = make_copy(step, arguments.reference)
    make_current(step)
    tell(step, carried)
    return 0


def make_copy(step: Step, reference: bool) -> Carried:
    """Make the copy beside its place, and move it there when it is whole."""
    workspace.WORKSPACE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=workspace.WORKSPACE, prefix=".new-") as parent:
        folder = Path(parent) / step.name  # the tests know a copy by its name
        shutil.copytree(step.folder, folder, ignore=NOT_COPIED)
        carried = Carried() if reference else carry_into(folder, step)
        for exercise in step.exercises:
            write_starter(folder, exercise)
        for cache in folder.rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)
        folder.rename(workspace.copy_of(step))
    return carried


def make_current(step: Step) -> None:
    """From now on, `check` means this step where none is named."""
    known = memory.recall()
    known.step = step.name
    memory.remember(known)


def tell(step: Step, carried: Carried) -> None:
    """Say what came with the copy, and what to do next."""
    copy, count = workspace.shown(workspace.copy_of(step)), len(step.exercises)
    print(f"{copy} is your copy of step {step.number}, {step.title}.")
    print(f"{count} functions in it are for you to write.")
    if carried.files:
        print("\nYours from before, because it passes its tests:")
        for name, what in carried.files.items():
            print(wrapped(f"rung/{name}: {what}"))
    if carried.left:
        print("\nNot carried on; the reference stands there:")
        for name in sorted(carried.left, key=lambda name: float(name.split()[0])):
            print(wrapped(f"{name}: {carried.left[name]}"))
    tell_next(step)


def wrapped(text: str) -> str:
    """An item of a list, broken at the width of a terminal."""
    return textwrap.fill(
        text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )


def tell_next(step: Step) -> None:
    first = step.exercises[0]
    path = workspace.shown(workspace.file_of(step, first))
    print(
        f"""
  1. Read the lesson: {workspace.shown(step.folder / "README.md")}
  2. Write {first.function} in {path} ({first.id}, about {first.minutes} minutes).
  3. python3 -m course check     says what passes and what does not; `watch` does at every save.

A hint: python3 -m course hint {first.id}"""
    )
