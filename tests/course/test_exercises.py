"""Every exercise is one real function of the reference code, judged by tests that need it.

The starter guard: with an exercise's function emptied and all else the reference, each of its tests
fails, by the NotImplementedError of this exercise, and every module can still be imported.
"""

import ast
import importlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest

from course.errors import CourseError
from course.exercises import empty_function, find_function, not_done, write_starter
from course.steps import ROOT, Exercise, Step, all_steps
from tests.support.targets import NOT_SOURCE, elsewhere

LADDER = all_steps()
STEPS = [step for step in LADDER if step.name != "final"]
EXERCISES = [(step, exercise) for step in LADDER for exercise in step.exercises]
EACH = pytest.mark.parametrize(("step", "exercise"), EXERCISES, ids=[e.id for _, e in EXERCISES])
LEAST = 5  # exercises a step


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_step_has_enough_exercises_numbered_in_order(step: Step) -> None:
    ids = [exercise.id for exercise in step.exercises]
    assert len(ids) >= LEAST
    assert ids == [f"{step.number}.{place}" for place in range(1, len(ids) + 1)]


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_no_two_exercises_share_a_function(step: Step) -> None:
    counted = Counter((exercise.module, exercise.function) for exercise in step.exercises)
    assert [place for place, count in counted.items() if count > 1] == []


@EACH
def test_exercise_says_what_to_do(step: Step, exercise: Exercise) -> None:
    assert exercise.title
    assert exercise.minutes > 0
    assert len(exercise.hints) >= 2
    assert all(hint.strip() for hint in exercise.hints)
    assert f"{exercise.module}.py" in (*step.adds, *step.changes), "belongs to an earlier step"


@EACH
def test_exercise_is_one_documented_function_of_more_than_a_line(
    step: Step, exercise: Exercise
) -> None:
    source = (step.folder / "rung" / f"{exercise.module}.py").read_text(encoding="utf-8")
    function = find_function(source, exercise.function)
    assert ast.get_docstring(function), f"{exercise.function} has no docstring"
    body = function.body[1:]
    start, end = body[0].lineno - 1, body[-1].end_lineno
    lines = [line.strip() for line in source.splitlines()[start:end]]
    code = [line for line in lines if line and not line.startswith("#")]
    assert len(code) > 1, f"{exercise.function} is a one-liner"


@EACH
def test_starter_can_be_imported(step: Step, exercise: Exercise, tmp_path: Path) -> None:
    folder = tmp_path / step.name
    shutil.copytree(step.folder, folder, ignore=NOT_SOURCE)
    write_starter(folder, exercise)
    starter = elsewhere(step, folder, "starter")
    for path in sorted((folder / "rung").glob("*.py")):
        importlib.import_module(f"{starter.package}.rung.{path.stem}")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_each_exercise_is_missed_by_its_tests(step: Step, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", f"tests/step_{step.name}", "--target=starters"]
    command += ["-q", "--tb=native", "-p", "no:cacheprovider", "--timeout=30"]
    command += [f"--junitxml={report}", "--override-ini=junit_logging=all"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert report.exists(), run.stdout + run.stderr
    outcomes = read_report(report)
    problems = []
    for exercise in step.exercises:
        tests = outcomes.get(exercise.id, {})
        if not tests:
            problems.append(f"{exercise.id} has no test that runs on its starter")
        for name, text in tests.items():
            if text is None:
                problems.append(f"{exercise.id}: {name} passes although the function is empty")
            elif f"NotImplementedError: {not_done(exercise)}" not in text:
                problems.append(f"{exercise.id}: {name} fails, but for another reason:\n{text}")
    assert not problems, "\n".join(problems)


def read_report(path: Path) -> dict[str, dict[str, str | None]]:
    """By exercise and test: what a failing test said and logged; None where it passed."""
    outcomes: dict[str, dict[str, str | None]] = {}
    for case in ElementTree.parse(path).iter("testcase"):
        name = case.get("name", "")
        exercise = name.partition("[starter-")[2].partition("]")[0].partition("-")[0]
        failed = case.find("failure") is not None or case.find("error") is not None
        text = "\n".join(filter(None, [*(n.get("message") for n in case), *case.itertext()]))
        outcomes.setdefault(exercise, {})[name] = text if failed else None
    return outcomes


# --- taking a body out


def test_emptied_function_keeps_its_signature_docstring_and_neighbours() -> None:
    source = '''\
class Router:
    """Routes."""

    @property
    def first(self) -> int:
        """The first.

        >>> 1
        """
        # how
        value = 1
        return value

    # between
    second = 2


def first() -> None:
    pass
'''
    assert empty_function(source, "Router.first", 'Exercise 4.1: a "quoted" \\ title') == (
        source.replace(
            "        # how\n        value = 1\n        return value\n",
            '        raise NotImplementedError("Exercise 4.1: a \\"quoted\\" \\\\ title")\n',
        )
    )


def test_emptied_function_without_docstring() -> None:
    source = "def f():\n    x = 1\n    return x\nf2 = 3\n"
    emptied = 'def f():\n    raise NotImplementedError("E")\nf2 = 3\n'
    assert empty_function(source, "f", "E") == emptied


@pytest.mark.parametrize("name", ["missing", "twice", "outer.inner"])
def test_function_must_be_there_once(name: str) -> None:
    source = "def twice(): ...\ndef twice(): ...\ndef outer():\n    def inner(): ...\n"
    with pytest.raises(CourseError, match=f"{name} is defined"):
        find_function(source, name)
