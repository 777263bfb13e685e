"""The learner's own copies of the steps, in `workspace/`: where they are, and what stands in them.

Nothing here writes into a copy.
"""

import hashlib
from pathlib import Path

from course.errors import CourseError
from course.exercises import function_text, is_empty
from course.steps import ROOT, Exercise, Step

WORKSPACE = ROOT / "workspace"


def copy_of(step: Step) -> Path:
    """Where the learner's copy of a step is, or would be."""
    return WORKSPACE / step.name


def is_started(step: Step) -> bool:
    return copy_of(step).is_dir()


def require_copy(step: Step) -> Path:
    """The learner's copy of a step; a CourseError says how to get one."""
    if not is_started(step):
        raise CourseError(
            f"You have no copy of {step} yet. Make one: python3 -m course start {step.name[:2]}"
        )
    return copy_of(step)


def file_of(step: Step, exercise: Exercise) -> Path:
    """The learner's file that an exercise is in."""
    return copy_of(step) / "rung" / f"{exercise.module}.py"


def shown(path: Path) -> str:
    """A path as a person would type it in the project's folder."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def read_source(path: Path) -> str:
    """The text of a file that a person has edited.

    Raises:
        CourseError: it is gone, or no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors put a mark at the beginning
    except FileNotFoundError:
        raise CourseError(f"{shown(path)} is not there any more.") from None
    except UnicodeDecodeError as error:
        raise CourseError(f"{shown(path)} is not UTF-8 text ({error}).") from None


def solution_text(step: Step, exercise: Exercise) -> str:
    """The function that the learner has written; empty while there is none that can be read."""
    try:
        source = read_source(file_of(step, exercise))
        return "" if is_empty(source, exercise) else function_text(source, exercise.function)
    except (CourseError, SyntaxError, ValueError):
        return ""


def is_unwritten(step: Step, exercise: Exercise) -> bool:
    """Whether the learner's function is as the starter has it; False where it cannot be read."""
    try:
        return is_empty(read_source(file_of(step, exercise)), exercise)
    except (CourseError, SyntaxError, ValueError):
        return False


def digest(step: Step) -> str:
    """A fingerprint of the learner's framework and of the tests that judge it.

    What the tests have said holds as long as it stays the same.
    """
    tests = [ROOT / "tests" / f"step_{step.name}", ROOT / "tests" / "support"]
    total = hashlib.sha256()
    for folder in (copy_of(step) / "rung", *tests):
        for path in sorted(folder.rglob("*.py")):
            total.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()
