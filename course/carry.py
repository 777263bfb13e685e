"""`course carry [STEP]`: carry a mended file of one step forward into the later ones.

For those who work on the course. A file of `rung/` stands in every step from the one that adds it
up to `final/`. Whoever mends it mends the earliest copy, and calls this before committing: what has
changed since the last commit goes into the next step, and from there into the one after it.

A file that stood identical is copied. One that the next step `changes` is merged three ways,
between the old file, the mended one and that step's own. At a conflict the work stops behind that
step: resolve the marks in the file, then call `carry` with that step's name.
"""

import argparse
import itertools
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from course.errors import CourseError
from course.steps import ROOT, Step, all_steps, find_step

Content = bytes | None  # of a file; None where it does not exist
PROBLEMS = ("conflict", "differs")


@dataclass(frozen=True)
class Outcome:
    """What was done about one file of one step."""

    name: str
    state: str  # "copied", "merged", "deleted", "as it was", or one of PROBLEMS
    note: str = ""


def main(argv: list[str]) -> int:
    """Carry forward, report it as a table, and return 1 if a person has to go on."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course carry",
        description="Carry what has changed in a step's rung/ forward into the later steps.",
    )
    parser.add_argument("step", nargs="?", help="where to begin (the first step if not given)")
    parser.add_argument("--since", default="HEAD", metavar="COMMIT", help="the old state (HEAD)")
    arguments = parser.parse_args(argv)
    steps = all_steps()
    first = find_step(arguments.step, steps) if arguments.step else steps[0]
    return carry(steps[steps.index(first) :], Past(ROOT, arguments.since))


class Past:
    """The files as they were at a commit."""

    def __init__(self, root: Path, commit: str) -> None:
        self._root = root
        self._commit = commit
        if shutil.which("git") is None:
            raise CourseError("carry needs git: install it, then call carry again.")
        known = self._git("rev-parse", "--verify", f"{commit}^{{commit}}")
        if known.returncode:
            said = known.stderr.decode(errors="replace").strip()
            raise CourseError(f"carry compares with the commit {commit}. Git knows none: {said}")

    def read(self, path: Path) -> Content:
        """The content that a file had."""
        name = path.relative_to(self._root).as_posix()
        result = self._git("show", f"{self._commit}:{name}")
        return result.stdout if result.returncode == 0 else None

    def names(self, folder: Path) -> set[str]:
        """The files that were under a folder, relative to it."""
        place = folder.relative_to(self._root).as_posix()
        listing = self._git("ls-tree", "-r", "--name-only", "-z", self._commit, f"{place}/")
        paths = listing.stdout.decode().split("\0")
        return {path.removeprefix(f"{place}/") for path in paths if path}

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = ["git", "-C", str(self._root), *arguments]
        return subprocess.run(command, capture_output=True, check=False)


def carry(steps: list[Step], past: Past) -> int:
    """Carry from each step into the next, up to the end or the first problem."""
    done = 0
    for old, new in itertools.pairwise(steps):
        outcomes = carry_one(old, new, past)
        done += sum(outcome.state not in ("as it was", *PROBLEMS) for outcome in outcomes)
        if outcomes:
            print(f"{old.name} -> {new.name}")
        for outcome in outcomes:
            print(f"  rung/{outcome.name:20} {outcome.state:10} {outcome.note}".rstrip())
        if any(outcome.state in PROBLEMS for outcome in outcomes):
            print(f"Stopped. Mend {new.name}, then: python3 -m course carry {new.name}")
            return 1
    print(f"{done} files carried." if done else "Nothing to carry.")
    return 0


def carry_one(old: Step, new: Step, past: Past) -> list[Outcome]:
    """Bring what has changed in `old` into `new`; a file that has not changed has no outcome."""
    before = past.names(old.folder / "rung")
    outcomes = []
    for name in sorted(before | _names(old.folder / "rung")):
        base, mended = past.read(old.folder / "rung" / name), _read(old.folder / "rung" / name)
        if base != mended and name not in new.removes:
            outcomes.append(_carry_file(name, base, mended, new, past))
    return outcomes


def _carry_file(name: str, base: Content, mended: Content, new: Step, past: Past) -> Outcome:
    path = new.folder / "rung" / name
    current = _read(path)
    if current == mended:
        return Outcome(name, "as it was", "has the change already")
    if name in new.adds:
        return Outcome(name, "differs", f"{new.name} adds a file of that name")
    if current == base:  # stood identical, or is new since the commit
        _write(path, mended)
        note = f"{new.name} declares a change: make it" if name in new.changes else ""
        return Outcome(name, "deleted" if mended is None else "copied", note)
    if name not in new.changes:
        return Outcome(name, "differs", f"though {new.name} does not declare it in `changes`")
    if current is None or base is None or mended is None:
        return Outcome(name, "differs", "there is no common old file to merge from")
    committed = past.read(path)
    if committed is not None and merge(committed, base, mended, new.name) == (current, False):
        return Outcome(name, "as it was", "has the change already")
    merged, conflict = merge(current, base, mended, new.name)
    _write(path, merged)
    return Outcome(name, "conflict" if conflict else "merged", str(path) if conflict else "")


def merge(ours: bytes, base: bytes, mended: bytes, name: str) -> tuple[bytes, bool]:
    """Merge three ways by `git merge-file`; the result, and whether it holds conflict marks."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / word for word in ("ours", "base", "mended")]
        for path, content in zip(paths, (ours, base, mended), strict=True):
            path.write_bytes(content)
        labels = ["-L", name, "-L", "before", "-L", "mended"]
        command = ["git", "merge-file", "-p", *labels, *map(str, paths)]
        result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode > 127:  # below: the number of conflicts
        raise CourseError(f"git merge-file failed: {result.stderr.decode(errors='replace')}")
    return result.stdout, result.returncode > 0


def _names(folder: Path) -> set[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {p.relative_to(folder).as_posix() for p in paths if "__pycache__" not in p.parts}


def _read(path: Path) -> Content:
    return path.read_bytes() if path.exists() else None


def _write(path: Path, content: Content) -> None:
    if content is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
