"""The steps on disk: what each is called, what its step.toml declares, and which one it follows.

Reads folders and step.toml; runs nothing and imports nothing of a step.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.errors import CourseError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Exercise:
    """One function of the reference code that a learner writes."""

    id: str  # "4.2"
    title: str
    module: str  # "router" is rung/router.py
    function: str  # a qualified name: "compile_path" or "Router.match"
    minutes: int
    hints: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Step:
    """One rung of the ladder: its folder and what its step.toml says."""

    name: str  # "04_router" or "final"
    number: int  # 4; final/ counts on from the last step
    folder: Path
    title: str
    minutes: int
    adds: tuple[str, ...]  # files under rung/ that no earlier step has
    changes: tuple[str, ...]  # files under rung/ that differ from the predecessor's
    removes: tuple[str, ...]  # files under the predecessor's rung/ that are gone
    exercises: tuple[Exercise, ...]

    def __repr__(self) -> str:
        return self.name


def all_steps(root: Path = ROOT) -> list[Step]:
    """Every step that has a step.toml, in the order of the ladder, `final` last."""
    folders = sorted(path.parent for path in root.glob("steps/[0-9]*_*/step.toml"))
    steps = [read_step(folder, int(folder.name.partition("_")[0])) for folder in folders]
    if (root / "final" / "step.toml").exists():
        steps.append(read_step(root / "final", steps[-1].number + 1 if steps else 1))
    return steps


def read_step(folder: Path, number: int) -> Step:
    """Read a step's step.toml; a CourseError names the file and the key that is wrong."""
    path = folder / "step.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Step(
            name=folder.name,
            number=number,
            folder=folder,
            title=table["title"],
            minutes=table.get("minutes", 0),
            adds=tuple(table.get("adds", ())),
            changes=tuple(table.get("changes", ())),
            removes=tuple(table.get("removes", ())),
            exercises=tuple(map(_read_exercise, table.get("exercise", ()))),
        )
    except KeyError as error:
        raise CourseError(f"{path} lacks the key {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path} is not TOML: {error}.") from None


def find_step(wanted: str, steps: list[Step] | None = None) -> Step:
    """Find a step as people name it.

    >>> find_step("3").name == find_step("03").name == find_step("threadpool").name
    True
    """
    steps = all_steps() if steps is None else steps
    wanted = wanted.strip().rstrip("/").rpartition("/")[2].lower()
    for step in steps:
        number, _, word = step.name.partition("_")
        if wanted in (step.name, word or step.name):
            return step
        if wanted.isdecimal() and number.isdecimal() and int(wanted) == int(number):
            return step
    names = ", ".join(step.name for step in steps)
    raise CourseError(f"There is no step {wanted!r}. The steps are: {names}.")


def find_exercise(wanted: str, steps: list[Step] | None = None) -> tuple[Step, Exercise]:
    """Find an exercise by its id or, where only one has it, by the name of its function.

    >>> find_exercise("1.3")[1].function, find_exercise("read_head")[1].id
    ('read_head', '1.3')
    """
    steps = all_steps() if steps is None else steps
    known = [(step, exercise) for step in steps for exercise in step.exercises]
    found = [each for each in known if wanted in (each[1].id, each[1].function)]
    if len(found) == 1:
        return found[0]
    number = wanted.partition(".")[0]
    ids = [exercise.id for step, exercise in known if str(step.number) == number]
    if not ids:
        ids = [f"{step.exercises[0].id} to {step.exercises[-1].id}" for step, *_ in known]
        ids = list(dict.fromkeys(ids))
    raise CourseError(f"There is no exercise {wanted!r}. There are: {', '.join(ids)}.")


def predecessor(step: Step, steps: list[Step]) -> Step | None:
    """The step that this one builds on, or None for the first."""
    place = [each.name for each in steps].index(step.name)
    return steps[place - 1] if place else None


def _read_exercise(table: dict[str, Any]) -> Exercise:
    return Exercise(
        id=table["id"],
        title=table["title"],
        module=table["module"],
        function=table["function"],
        minutes=table.get("minutes", 0),
        hints=tuple(table.get("hints", ())),
    )
