"""`course reset EXERCISE`: your function back to its start. The old one is never thrown away."""

import argparse
import time
from pathlib import Path

from course import workspace
from course.errors import CourseError
from course.exercises import (
    empty_function,
    function_text,
    is_empty,
    not_done,
    replace_function,
)
from course.steps import Exercise, Step, find_exercise
from course.workspace import shown


def main(argv: list[str]) -> int:
    """Put the function, or its whole file, back, and say where the old one is."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course reset",
        description="Put your function back to its start. The old one is kept aside.",
    )
    parser.add_argument("exercise", help="such as 4.2")
    parser.add_argument("--file", action="store_true", help="the whole file that it is in")
    arguments = parser.parse_args(argv)
    step, exercise = find_exercise(arguments.exercise)
    workspace.require_copy(step)
    path = workspace.file_of(step, exercise)
    if arguments.file:
        kept = keep(step, path.name, path.read_bytes()) if path.exists() else None
        path.write_text(starter(step, exercise), encoding="utf-8")
        print(f"{shown(path)} is as it was at the start, all of its exercises empty.")
        print("Where you had solutions of earlier steps in it, the reference stands now.")
    else:
        kept = reset_function(step, exercise, path)
        print(f"{exercise.function} in {shown(path)} is empty again.")
    if kept is not None:
        print(f"What you had is in {shown(kept)}.")
    return 0


def reset_function(step: Step, exercise: Exercise, path: Path) -> Path:
    """Empty one function, leave the rest of the file, and return where the old one is."""
    fresh = function_text(starter(step, exercise), exercise.function)
    try:
        source = workspace.read_source(path)
        old = function_text(source, exercise.function)
        emptied = replace_function(source, exercise.function, fresh)
    except (CourseError, SyntaxError, ValueError) as error:
        why = f"line {error.lineno}: {error.msg}" if isinstance(error, SyntaxError) else error
        raise CourseError(
            f"{exercise.function} cannot be found in {shown(path)} ({why}).\n"
            "To have the whole file as it was at the start, and yours kept aside: "
            f"python3 -m course reset {exercise.id} --file"
        ) from None
    if is_empty(source, exercise):
        raise CourseError(f"{exercise.function} in {shown(path)} is empty already.")
    kept = keep(step, f"{exercise.id}-{exercise.function}.py", old.encode())
    path.write_text(emptied, encoding="utf-8")
    return kept


def starter(step: Step, exercise: Exercise) -> str:
    """The reference file with all exercises of its step taken out."""
    source = workspace.read_source(step.folder / "rung" / f"{exercise.module}.py")
    for each in step.exercises:
        if each.module == exercise.module:
            source = empty_function(source, each.function, not_done(each))
    return source


def keep(step: Step, name: str, content: bytes) -> Path:
    """Write content into a file of workspace/kept that was not there before."""
    folder = workspace.WORKSPACE / "kept" / f"{step.name}-{time.strftime('%Y%m%d-%H%M%S')}"
    number = 0
    while True:
        number += 1
        path = folder.with_name(f"{folder.name}-{number}") / name if number > 1 else folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            return path
