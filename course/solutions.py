"""The learner's own solutions of earlier steps: which there are, and which of them pass.

Nobody is believed: a solution passes when its tests have passed the code as it stands now.
"""

from dataclasses import dataclass
from pathlib import Path

from course import check, memory
from course.errors import CourseError
from course.exercises import function_text
from course.outcomes import judge
from course.steps import Exercise, Step, all_steps
from course.verdicts import run_tests
from course.workspace import copy_of, is_started, is_unwritten, read_source, solution_text


@dataclass(frozen=True)
class Solution:
    """One exercise's function as the learner has written it."""

    step: Step  # that the exercise belongs to
    exercise: Exercise
    text: str

    @property
    def file(self) -> str:
        return f"{self.exercise.module}.py"

    @property
    def name(self) -> str:
        return f"{self.exercise.id} {self.exercise.function}"


def passed_solutions(before: Step) -> tuple[list[Solution], list[str]]:
    """The solutions of all steps before one that pass, and the names of those that do not."""
    steps = [each for each in all_steps() if each.number < before.number and is_started(each)]
    passed, failed = [], []
    for place, step in enumerate(steps):
        passing = _passing(step)
        for exercise in step.exercises:
            first = Solution(step, exercise, solution_text(step, exercise))
            newest = _newest(first, steps[place + 1 :])
            if newest is not None:
                passed.append(newest)
            elif exercise.id in passing:
                passed.append(first)
            elif first.text:
                failed.append(first.name)
    return passed, failed


def _newest(first: Solution, later_steps: list[Step]) -> Solution | None:
    """A solution that was carried into a later copy, changed there, and passes there."""
    for later in reversed(later_steps):
        text, reference = (
            text_in(folder, first.file, first.exercise.function)
            for folder in (copy_of(later), later.folder)
        )
        solution = Solution(first.step, first.exercise, text)
        if text not in ("", first.text, reference) and not misfits(
            copy_of(later), [solution], if_untested=False
        ):
            return solution
    return None


def _passing(step: Step) -> set[str]:
    """The ids of the exercises that pass in the learner's copy; tried where this is not known."""
    known = memory.recall()
    begun = [exercise for exercise in step.exercises if not is_unwritten(step, exercise)]
    if not all(known.knows(step, exercise) for exercise in begun):
        print(f"Running the tests of {step} on your copy of it ...", flush=True)
        try:
            check.check(step)
        except CourseError as error:
            raise CourseError(
                f"{error}\nMend it, then start again; or take nothing from before: --reference"
            ) from None
        known = memory.recall()
    return {exercise.id for exercise in begun if known.passes(step, exercise)}


def misfits(folder: Path, solutions: list[Solution], if_untested: bool = True) -> list[Solution]:
    """Those of the solutions that fail the tests of their exercises in a copy of a later step.

    Args:
        if_untested: whether those fit that have no test there, because all are of their own step.
    """
    tests = dict.fromkeys(f"tests/step_{each.step.name}" for each in solutions)
    arguments = [*tests, "--target", str(folder), *check.FOR_EXERCISES]
    verdicts = run_tests(arguments, check.TEST_TIMEOUT)
    fitting = {"passed", "skipped"} if if_untested else {"passed"}
    return [
        each
        for each in solutions
        if judge(each.exercise, [v for v in verdicts if each.exercise.id in v.exercises]).state
        not in fitting
    ]


def text_in(folder: Path, file: str, function: str) -> str:
    """A function of a copy of a step; empty where it cannot be read."""
    try:
        return function_text(read_source(folder / "rung" / file), function)
    except (CourseError, SyntaxError, ValueError):
        return ""
