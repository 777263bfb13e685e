"""The tests of the exercises are tested: each wrong answer that we know is caught."""

import ast
import json
from pathlib import Path

import pytest

from course.chaffs import FOLDER, read_chaffs, read_fingerprints
from course.errors import CourseError
from course.exercises import body_of, find_function, functions
from course.steps import Exercise, Step, all_steps
from course.verdicts import run_tests

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


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_each_chaff_fails_the_first_test_of_its_fingerprint(step: Step, tmp_path: Path) -> None:
    """All tests of all chaffs take minutes: `python3 -m course chaffs` runs those."""
    known = read_fingerprints()
    witnesses = {
        chaff.label: known[exercise.id][chaff.name][0]
        for exercise in step.exercises
        for chaff in read_chaffs(exercise)
    }
    path = tmp_path / "witnesses.json"
    path.write_text(json.dumps(witnesses), encoding="utf-8")
    verdicts = run_tests([f"tests/step_{step.name}", "--target=chaffs", f"--witnesses={path}"])
    caught = {each.target: each.test for each in verdicts if each.outcome == "failed"}
    assert caught == witnesses, "after a change of the tests: python3 -m course chaffs"


def test_tests_that_cannot_be_read_are_no_tests_that_pass(tmp_path: Path) -> None:
    """Also where others run all the same: with several processes, pytest goes on."""
    (tmp_path / "test_good.py").write_text("def test_good(): pass\n", encoding="utf-8")
    (tmp_path / "test_broken.py").write_text("import no_such_module\n", encoding="utf-8")
    several = ["-p", "xdist.plugin", "-n", "1", "--continue-on-collection-errors"]
    with pytest.raises(CourseError, match="No module named 'no_such_module'"):
        run_tests([str(tmp_path), *several])
