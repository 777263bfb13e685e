"""The tests of the exercises are tested: each wrong answer that we know is caught.

And the fingerprints, by which `check` tells a learner what went wrong, are those of today's tests.
"""

import ast

import pytest

from course.chaff_command import fingerprints
from course.chaffs import FOLDER, read_chaffs, read_fingerprints
from course.exercises import body_of, find_function, functions
from course.steps import Exercise, Step, all_steps

STEPS = [step for step in all_steps() if step.exercises]
EXERCISES = [(step, exercise) for step in STEPS for exercise in step.exercises]
EACH = pytest.mark.parametrize(("step", "exercise"), EXERCISES, ids=[e.id for _, e in EXERCISES])
LEAST = 5  # chaffs an exercise


@EACH
def test_exercise_has_enough_chaffs(step: Step, exercise: Exercise) -> None:
    chaffs = read_chaffs(exercise)
    assert len(chaffs) >= LEAST
    assert len({chaff.name for chaff in chaffs}) == len(chaffs)
    for chaff in chaffs:
        assert len(chaff.advice) > 60, f"{chaff.name} says nothing to a learner"
        assert chaff.advice.startswith("Your function "), chaff.name


@EACH
def test_chaff_is_the_exercise_with_another_body(step: Step, exercise: Exercise) -> None:
    source = (step.folder / "rung" / f"{exercise.module}.py").read_text(encoding="utf-8")
    reference = find_function(source, exercise.function)
    path = FOLDER / f"exercise_{exercise.id.replace('.', '_')}.py"
    for name, function in functions(ast.parse(path.read_text(encoding="utf-8"))):
        assert names(function) == names(reference), f"{name} takes other parameters"
    bodies = [body_of(source, exercise.function), *(c.body for c in read_chaffs(exercise))]
    assert len({ast.dump(ast.parse("if 1:\n" + indent(body))) for body in bodies}) == len(bodies)


def names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    taken = function.args
    every = [*taken.posonlyargs, *taken.args, taken.vararg, *taken.kwonlyargs, taken.kwarg]
    return [each.arg for each in every if each is not None]


def indent(body: str) -> str:
    return "".join(f"  {line}" for line in body.splitlines(keepends=True))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_chaffs_are_caught_by_the_tests_that_their_fingerprints_name(step: Step) -> None:
    known, found = read_fingerprints(), fingerprints(step)
    for exercise in step.exercises:
        for name, failed in found[exercise.id].items():
            assert failed, f"{exercise.id}: no test of the exercise catches {name}"
    if any(found[each.id] != known.get(each.id) for each in step.exercises):
        found = fingerprints(step)  # on a machine that is busy, a deadline may have struck
    for exercise in step.exercises:
        assert found[exercise.id] == known.get(exercise.id), "python3 -m course chaffs writes them"
