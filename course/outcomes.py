"""What the tests' verdicts mean for each exercise."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from course.chaffs import Chaff, look_alikes
from course.exercises import is_empty
from course.steps import Exercise, Step
from course.verdicts import Verdict
from course.workspace import copy_of, file_of, read_source

NOT_WRITTEN = re.compile(r"NotImplementedError: Exercise (\d+\.\d+):")
LEFT_OUT = "left out: tests of this exercise have hung before"  # by tests/support/patience.py


@dataclass(frozen=True)
class Outcome:
    """Where an exercise stands.

    Attributes:
        state: "passed", "failed", "not yet", "waits" (other exercises come first), "skipped" (this
            machine can run none of its tests).
        note: what there is to say of the state, in a few words.
        failures: the failed tests that tell something about this exercise.
        advice: the wrong answers that fail the same tests.
        is_guess: whether tests that would tell more about them have not spoken.
    """

    exercise: Exercise
    state: str
    note: str = ""
    failures: tuple[Verdict, ...] = ()
    advice: tuple[Chaff, ...] = ()
    is_guess: bool = False


def outcomes_of(
    step: Step, exercises: Iterable[Exercise], verdicts: list[Verdict]
) -> list[Outcome]:
    """Where exercises of the learner's copy stand, by what all tests have said."""
    begun = {
        each.id: not is_empty(read_source(file_of(step, each)), each) for each in step.exercises
    }
    outcomes: list[Outcome] = []
    for exercise in exercises:
        own = [each for each in verdicts if exercise.id in each.exercises]
        # Exercises are in an order in which each one needs only those before it.
        broken = [each.exercise for each in outcomes if each.state == "failed"]
        blamed = {each.test: came_from(each, step, broken) for each in own}
        outcomes.append(
            judge(exercise, own, blamed) if begun[exercise.id] else Outcome(exercise, "not yet")
        )
    return outcomes


def judge(
    exercise: Exercise, verdicts: list[Verdict], blamed: Mapping[str, set[str]] | None = None
) -> Outcome:
    """Where a begun exercise stands, by the verdicts of its own tests.

    Args:
        blamed: by test, the other exercises that its failure comes from.
    """
    failed = [each for each in verdicts if each.outcome == "failed"]
    missing = {
        each.test: not_written(each) | (blamed or {}).get(each.test, set()) for each in failed
    }
    real = tuple(each for each in failed if not missing[each.test])
    if real:
        unknown = {each.test for each in failed if missing[each.test]}
        left_out = {each.test for each in verdicts if LEFT_OUT in each.text}
        unknown |= left_out
        count = f"{len(real)} of {len(verdicts)} tests{', the others left out' * bool(left_out)}"
        advice = look_alikes(exercise, {each.test for each in real}, unknown)
        return Outcome(exercise, "failed", count, real, tuple(advice), bool(unknown))
    if failed:
        others = sorted(set[str]().union(*missing.values()) - {exercise.id}, key=_number)
        if others:
            return Outcome(exercise, "waits", f"needs {', '.join(others)} first")
        return Outcome(exercise, "not yet", "its NotImplementedError is still raised")
    if not any(each.outcome == "passed" for each in verdicts):
        return Outcome(exercise, "skipped", "no test of it can run on this machine")
    return Outcome(exercise, "passed")


def not_written(verdict: Verdict) -> set[str]:
    """The exercises whose NotImplementedError stands in a failure or in its log."""
    return set(NOT_WRITTEN.findall(f"{verdict.text}\n{verdict.message}\n{verdict.log}"))


def came_from(verdict: Verdict, step: Step, others: Iterable[Exercise]) -> set[str]:
    """Those of other exercises in whose function it failed or hangs: they are to mend first."""
    folder = copy_of(step)
    places = [each for each in verdict.places if each.is_inside(folder)][-1:] or verdict.busy[:1]
    return {
        each.id
        for each in others
        for place in places
        if (Path(place.file).stem, place.function) == (each.module, each.function.split(".")[-1])
    }


def _number(identifier: str) -> list[int]:
    return [int(part) for part in identifier.split(".")]
