"""Chaffs: wrong answers to the exercises, each a misconception that learners really have.

They prove the tests: each chaff must be caught by the tests of its exercise. And they explain:
which tests a chaff fails is its fingerprint; when those that a learner fails are the same, the
chaff's docstring says what the two have in common.

The chaffs of exercise 4.2 are the functions of tests/chaffs/exercise_4_2.py. Each has the name of
its misconception, the parameters of the exercise's function, and as docstring what to tell a
learner. Its body takes the place of the reference's, so it may use whatever the module has.
"""

import ast
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from course.exercises import body_of, functions, replace_body
from course.steps import ROOT, Exercise

FOLDER = ROOT / "tests" / "chaffs"
FINGERPRINTS = FOLDER / "fingerprints.json"  # written by `python3 -m course chaffs`
Fingerprints = dict[str, dict[str, list[str]]]  # by exercise and chaff: the tests that fail


@dataclass(frozen=True)
class Chaff:
    """One wrong answer.

    Attributes:
        name: the misconception: "recv_once".
        advice: what a learner is told whose answer fails the same tests.
        body: what stands in place of the reference's, not indented.
    """

    exercise: Exercise
    name: str
    advice: str
    body: str

    @property
    def label(self) -> str:
        return f"chaff-{self.exercise.id}-{self.name}"


def read_chaffs(exercise: Exercise, folder: Path = FOLDER) -> list[Chaff]:
    """The chaffs of an exercise, in the order of their file; none if it has no file."""
    path = folder / f"exercise_{exercise.id.replace('.', '_')}.py"
    if not path.exists():
        return []
    source = path.read_text(encoding="utf-8")
    return [
        Chaff(exercise, name, " ".join((ast.get_docstring(function) or "").split()), body)
        for name, function in functions(ast.parse(source))
        for body in [body_of(source, name)]
    ]


def write_chaff(folder: Path, chaff: Chaff) -> None:
    """Put a chaff in the place of the reference, in a folder that is laid out as the step is."""
    path = folder / "rung" / f"{chaff.exercise.module}.py"
    source = path.read_text(encoding="utf-8")
    path.write_text(replace_body(source, chaff.exercise.function, chaff.body), encoding="utf-8")


def read_fingerprints(path: Path = FINGERPRINTS) -> Fingerprints:
    found: Fingerprints = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def look_alikes(exercise: Exercise, failed: set[str], unknown: Collection[str] = ()) -> list[Chaff]:
    """The chaffs that fail just these tests of an exercise, and no other.

    Args:
        unknown: tests that have said nothing about the learner's answer, and count for neither.
    """
    known = read_fingerprints().get(exercise.id, {})
    wanted = failed.difference(unknown)
    if not wanted:
        return []
    alike = {name for name, tests in known.items() if set(tests).difference(unknown) == wanted}
    return [chaff for chaff in read_chaffs(exercise) if chaff.name in alike]
