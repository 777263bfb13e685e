"""`course solution EXERCISE`: the reference beside yours, once yours passes or you insist."""

import argparse
import difflib
import textwrap

from course import environment, memory, workspace
from course.check import check
from course.diff import paint, wants_colour
from course.errors import CourseError
from course.exercises import function_text
from course.steps import Exercise, Step, find_exercise
from course.workspace import shown


def main(argv: list[str]) -> int:
    """Print the reference, what yours has otherwise, and where to read why."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course solution",
        description="The reference solution of an exercise beside yours, once yours passes.",
    )
    parser.add_argument("exercise", help="such as 4.2")
    parser.add_argument("--insist", action="store_true", help="before yours passes, too")
    arguments = parser.parse_args(argv)
    step, exercise = find_exercise(arguments.exercise)
    environment.require("runtime", "learner")
    if not arguments.insist:
        require_passed(step, exercise)
    show(step, exercise)
    return 0


def require_passed(step: Step, exercise: Exercise) -> None:
    """Return if the learner's solution passes; its tests are run where that is not known."""
    mine = workspace.is_started(step) and workspace.solution_text(step, exercise)
    if mine and not memory.recall().passes(step, exercise):
        check(step, exercise)
    if not mine or not memory.recall().passes(step, exercise):
        raise CourseError(
            f"{exercise.id} does not pass yet. A hint: python3 -m course hint {exercise.id}\n"
            f"To see the reference all the same: python3 -m course solution {exercise.id} --insist"
        )


def show(step: Step, exercise: Exercise) -> None:
    """Print the reference and, where the learner has a solution, what differs."""
    from course.screen import Screen  # it needs packages

    path = step.folder / "rung" / f"{exercise.module}.py"
    reference = function_text(workspace.read_source(path), exercise.function)
    screen = Screen()
    screen.line(f"{exercise.id} {exercise.function}: {exercise.title}\n", "bold")
    screen.code(textwrap.dedent(reference))
    mine = workspace.solution_text(step, exercise)
    if mine == reference:
        print("\nYours is the same, to the letter.")
    elif mine:
        print("\n" + "\n".join(differences(mine, reference, step, exercise)))
    print(f"\nWhy it is so stands in its comments and in {shown(step.folder / 'README.md')}.")


def differences(mine: str, reference: str, step: Step, exercise: Exercise) -> list[str]:
    """The way from yours to the reference as a unified diff, coloured on a terminal."""
    file = f"rung/{exercise.module}.py"
    lines = difflib.unified_diff(
        mine.splitlines(),
        reference.splitlines(),
        f"yours      {shown(workspace.copy_of(step))}/{file}",
        f"reference  {shown(step.folder)}/{file}",
        lineterm="",
    )
    return [paint(line) if wants_colour() else line for line in lines]
