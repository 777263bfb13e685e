"""`course check [STEP] [EXERCISE]`: run a step's tests on your own copy, and say what they say."""

import argparse
import ast
import re
from dataclasses import dataclass

from course import environment, memory, workspace
from course.errors import CourseError
from course.exercises import functions
from course.importing import require_importable, require_readable
from course.outcomes import Outcome, outcomes_of
from course.steps import Exercise, Step, find_exercise, find_step
from course.verdicts import Progress, Verdict, run_tests

TEST_TIMEOUT = 6  # seconds for one test
FOR_ALL = ("--tb=short", "-p", "tests.support.patience")  # arguments of pytest
FOR_EXERCISES = (*FOR_ALL, "-m", "exercise")
EXERCISE_ID = re.compile(r"\d+\.\d+")


@dataclass(frozen=True)
class Checked:
    """What came out.

    Attributes:
        others: with --all, the failed tests that judge no exercise.
        fresh: the ids of those that pass and did not when they were last checked.
    """

    step: Step
    outcomes: list[Outcome]
    others: list[Verdict]
    fresh: set[str]

    @property
    def passed(self) -> bool:
        return not self.others and all(each.state == "passed" for each in self.outcomes)


def main(argv: list[str]) -> int:
    """Check, show it, and return 0 only if all passes."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course check",
        description="Run a step's tests on your own copy, and say what passed, what did not and "
        "why. Without STEP: the step that you started last.",
    )
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    environment.require("runtime", "learner")
    step, exercise = chosen(arguments.what)
    return check_and_show(step, exercise, arguments.all)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that `watch` has, too."""
    parser.add_argument("what", nargs="*", metavar="STEP or EXERCISE", help="such as 04, or 4.2")
    parser.add_argument(
        "--all", action="store_true", help="all tests of the step, not only those of exercises"
    )


def chosen(words: list[str]) -> tuple[Step, Exercise | None]:
    """The step and the exercise that the arguments name, in any order."""
    step, exercise = None, None
    for word in words:
        if EXERCISE_ID.fullmatch(word):
            found, exercise = find_exercise(word)
        else:
            found = find_step(word)
        if step is not None and step.name != found.name:
            raise CourseError(f"{' '.join(words)}: that is {step} and {found}. Name one of them.")
        step = found
    return step or memory.current_step(memory.recall()), exercise


def check_and_show(step: Step, exercise: Exercise | None, everything: bool) -> int:
    from course import report  # it needs packages

    with report.progress(step) as progress:
        checked = check(step, exercise, everything, progress)
    report.show(checked, in_full=exercise is not None)
    return 0 if checked.passed else 1


def check(
    step: Step,
    exercise: Exercise | None = None,
    everything: bool = False,
    progress: Progress | None = None,
) -> Checked:
    """Run the tests on the learner's copy of a step, and remember what they have said.

    Raises:
        CourseError: there is no copy, or it cannot be imported.
    """
    if not step.exercises:
        raise CourseError(f"{step} has no exercises: python3 -m course test tests/{step} tests it.")
    folder = workspace.require_copy(step)
    judged = step.exercises if exercise is None else (exercise,)
    require_readable(folder)
    require_functions(step)
    require_importable(folder)
    digest = workspace.digest(step)
    verdicts = run_tests(arguments_for(step, exercise, everything), TEST_TIMEOUT, progress)
    outcomes = outcomes_of(step, judged, verdicts)
    known = memory.recall()
    before = dict(known.outcomes)
    known.outcomes |= {each.exercise.id: (each.state, digest) for each in outcomes}
    memory.remember(known)
    passed = {each.exercise.id for each in outcomes if each.state == "passed"}
    fresh = {id for id in passed if before.get(id, ("", ""))[0] != "passed"}
    others = [each for each in verdicts if each.outcome == "failed" and not each.exercises]
    return Checked(step, outcomes, others, fresh)


def require_functions(step: Step) -> None:
    """Return if every exercise's function is where it belongs."""
    for exercise in step.exercises:
        path = workspace.file_of(step, exercise)
        source = workspace.read_source(path) if path.exists() else ""
        count = [name for name, _ in functions(ast.parse(source))].count(exercise.function)
        if count != 1:
            raise CourseError(
                f"{workspace.shown(path)} has the function {exercise.function} {count} times: "
                f"exercise {exercise.id} needs it there, once and under that name.\n"
                "To have the file as it was at the start, and yours kept aside: "
                f"python3 -m course reset {exercise.id} --file"
            )


def arguments_for(step: Step, exercise: Exercise | None, everything: bool) -> list[str]:
    """pytest's arguments."""
    copy = workspace.shown(workspace.copy_of(step))
    arguments = [f"tests/step_{step.name}", "--target", copy]
    if exercise is not None:
        return [*arguments, *FOR_EXERCISES, "--exercise", exercise.id]
    return [*arguments, *(FOR_ALL if everything else FOR_EXERCISES)]
