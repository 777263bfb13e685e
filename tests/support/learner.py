"""A learner at the keyboard: a copy of the project, commands typed in it, functions written."""

import shutil
import subprocess
from pathlib import Path

from course.chaffs import read_chaffs
from course.exercises import function_text, replace_body, replace_function
from course.steps import ROOT, find_exercise
from tests.support.commands import course

NEEDED = ("course", "steps", "final", "tests", "notebooks", "pyproject.toml")
NOT_COPIED = shutil.ignore_patterns(
    "__pycache__", "*.sqlite3*", ".mypy_cache", "uploads", "benchmarks", "*.png"
)


def copy_project(folder: Path) -> Path:
    """As much of the project as the learner's commands need."""
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=NOT_COPIED)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


class Learner:
    """Commands in a copy of the project, each of which must end as it is expected to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = root / "workspace"
        shutil.rmtree(self.workspace, ignore_errors=True)

    def type(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `python3 -m course ...`; whatever happens, nobody sees a traceback of ours."""
        result = course(*words, root=self.root)
        assert "\x1b" not in result.stdout + result.stderr
        assert "/course/" not in result.stdout + result.stderr
        return result

    def reads(self, *words: str, status: int = 0) -> str:
        """What a command prints, on stdout and then on stderr."""
        result = self.type(*words)
        assert result.returncode == status, result.stdout + result.stderr
        return result.stdout + result.stderr

    def file(self, exercise_id: str, step: str = "") -> Path:
        """The learner's file that an exercise is in, or the same in the copy of a later step."""
        own, exercise = find_exercise(exercise_id)
        return self.workspace / (step or own.name) / "rung" / f"{exercise.module}.py"

    def writes(self, exercise_id: str, body: str) -> None:
        """Give an exercise's function a body."""
        path, function = self.file(exercise_id), find_exercise(exercise_id)[1].function
        path.write_text(replace_body(path.read_text("utf-8"), function, body), "utf-8")

    def writes_chaff(self, exercise_id: str, name: str) -> str:
        """Write a wrong answer, and return the advice that belongs to it."""
        exercise = find_exercise(exercise_id)[1]
        chaff = next(each for each in read_chaffs(exercise) if each.name == name)
        self.writes(exercise_id, chaff.body)
        return chaff.advice

    def writes_reference(self, *exercise_ids: str) -> None:
        """Write what the reference has."""
        for exercise_id in exercise_ids:
            step, exercise = find_exercise(exercise_id)
            source = (step.folder / "rung" / f"{exercise.module}.py").read_text("utf-8")
            path = self.file(exercise_id)
            fresh = function_text(source, exercise.function)
            written = replace_function(path.read_text("utf-8"), exercise.function, fresh)
            path.write_text(written, "utf-8")

    def edits(self, exercise_id: str, old: str, new: str) -> None:
        """Replace a piece of text that stands once in an exercise's file."""
        path = self.file(exercise_id)
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        path.write_text(text.replace(old, new), "utf-8")
