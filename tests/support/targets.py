"""What a test runs against: a step, `final/`, a folder of the same shape, or a starter.

Tests in tests/step_NN_name run against step NN, every later step and final/. A module of a target
is imported under the target's own name (`steps.04_router.rung.router`): imports inside rung/ are
relative, so every step's package can live in one process beside the others.
"""

import functools
import importlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from course.chaffs import Chaff, read_chaffs, write_chaff
from course.exercises import write_starter
from course.steps import ROOT, Exercise, Step, all_steps

NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc", "*.sqlite3*", ".mypy_cache")


@dataclass(frozen=True)
class Target:
    """A folder with a `rung` package that the tests are run against."""

    name: str  # "05_orm" or "final"
    number: int
    folder: Path
    package: str  # what its modules are imported under: "steps.05_orm"
    label: str  # what a test's id shows
    exercise: str | None = None  # the exercise that a starter has emptied

    def module(self, layer: str = "") -> ModuleType:
        """Import `rung/<layer>.py` of this target, or the package `rung` itself."""
        return importlib.import_module(f"{self.package}.rung.{layer}".rstrip("."))


ladder = functools.cache(all_steps)  # every test asks


def step_of_tests(path: Path) -> Step | None:
    """The step that a test file belongs to by its folder: tests/step_04_router -> 04_router."""
    relative = path.relative_to(ROOT / "tests") if path.is_relative_to(ROOT / "tests") else path
    folder = relative.parts[0].removeprefix("step_")
    return next((step for step in ladder() if step.name == folder), None)


def lacks(target: Target, test_file: Path) -> bool:
    """True if the target's step, or one before it, has removed what the test file is about."""
    module = test_file.name.removeprefix("test_")
    return any(module in step.removes for step in ladder() if step.number <= target.number)


def choose_targets(
    step: Step, own_step: bool, wanted: list[str], exercises: Iterable[str]
) -> list[Target]:
    """The targets of one test: its step and the later ones, or those of them that were asked for.

    wanted holds the values of --target. The word `starters` there means: for each exercise that
    the test judges, the step with that one exercise's function emptied; `chaffs`: for each wrong
    answer to it, the step with that in its place.
    """
    judged = [each for each in step.exercises if each.id in exercises]
    if "starters" in wanted:
        return [_starter(step, each) for each in judged]
    if "chaffs" in wanted:
        return [_chaff(step, chaff) for each in judged for chaff in read_chaffs(each)]
    reach = [each for each in ladder() if each.number >= step.number]
    targets = [_reference(each) for each in reach]
    if wanted:
        given = [_named(name) for name in wanted]
        targets = [each for each in given if each.number >= step.number]
    return [each for each in targets if each.name == step.name or not own_step]


def unknown_exercises(step: Step | None, ids: Iterable[str]) -> list[str]:
    """Those of the exercises that a test claims to judge which its step does not have."""
    known = {exercise.id for exercise in step.exercises} if step else set()
    return sorted(set(ids) - known)


def _reference(step: Step) -> Target:
    package = step.name if step.folder.parent == ROOT else f"steps.{step.name}"
    return Target(step.name, step.number, step.folder, package, label=step.name)


def _named(name: str) -> Target:
    """A value of --target: a step's name, or a folder that is called as a step is."""
    for step in ladder():
        if name == step.name:
            return _reference(step)
        if Path(name).name == step.name and (Path(name) / "rung").is_dir():
            return elsewhere(step, Path(name).resolve(), label=step.name)
    names = ", ".join(step.name for step in ladder())
    known = f"{names}, starters, chaffs"
    raise ValueError(f"--target {name}: not one of {known}, nor a copy of such a folder")


def elsewhere(step: Step, folder: Path, label: str, exercise: str | None = None) -> Target:
    """A target outside the tree: its folder becomes a package of a name of its own."""
    package = "target_" + "".join(c if c.isalnum() else "_" for c in str(folder))
    if package not in sys.modules:
        module = ModuleType(package)
        module.__path__ = [str(folder)]
        sys.modules[package] = module
    return Target(step.name, step.number, folder, package, label, exercise)


_made: dict[str, Target] = {}  # by label
_made_folder: list[tempfile.TemporaryDirectory[str]] = []  # removed when the process ends


def _starter(step: Step, exercise: Exercise) -> Target:
    """The step with this exercise's function emptied."""
    return _make(step, f"starter-{exercise.id}", lambda folder: write_starter(folder, exercise))


def _chaff(step: Step, chaff: Chaff) -> Target:
    """The step with a wrong answer to an exercise in it."""
    return _make(step, chaff.label, lambda folder: write_chaff(folder, chaff))


def _make(step: Step, label: str, change: Callable[[Path], None]) -> Target:
    """A changed copy of a step, made once a session."""
    if label not in _made:
        if not _made_folder:
            _made_folder.append(tempfile.TemporaryDirectory(prefix="rung-targets-"))
        folder = Path(_made_folder[0].name) / label / step.name
        shutil.copytree(step.folder, folder, ignore=NOT_SOURCE)
        change(folder)
        _made[label] = elsewhere(step, folder, label)
    return _made[label]
