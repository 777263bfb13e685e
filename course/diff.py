"""`course diff A B`: what step B changes from step A, as a table and as a unified diff."""

import argparse
import difflib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from course.errors import CourseError
from course.steps import Step, all_steps, find_step, predecessor

CACHES = {"__pycache__", ".mypy_cache", ".ruff_cache", ".venv"}
RED, GREEN, CYAN, BOLD, PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[1m", "\x1b[0m"


@dataclass(frozen=True)
class Change:
    """One file that differs between two steps."""

    name: str  # "rung/router.py"
    state: str  # "new", "gone" or "" for a file that both have
    lines: list[str]  # the unified diff
    added: int
    removed: int


def main(argv: list[str]) -> int:
    """Print the table of changed files, then their diffs unless --stat was given."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course diff",
        description="Show what step B changes from step A. With one name: what that step changes "
        "from the one before it.",
    )
    parser.add_argument("steps", nargs="+", metavar="STEP", help="03, threadpool, final ...")
    parser.add_argument("--stat", action="store_true", help="only the table")
    parser.add_argument("--all", action="store_true", help="all files of the step, not only rung/")
    arguments = parser.parse_args(argv)
    old, new = _two_steps(arguments.steps)
    changes = compare(old.folder, new.folder, everything=arguments.all)
    print(f"{old.name} -> {new.name}\n")
    print(table(changes))
    if not arguments.stat:
        coloured = wants_colour()
        for change in changes:
            print("\n" + "\n".join(map(paint, change.lines) if coloured else change.lines))
    return 0


def compare(old: Path, new: Path, everything: bool = False) -> list[Change]:
    """The files that differ between two steps' folders: those in both, then new ones, then gone."""
    names = files_of(old, everything) | files_of(new, everything)
    changes = [_change(name, old / name, new / name) for name in sorted(names)]
    order = {"": 0, "new": 1, "gone": 2}
    return sorted((each for each in changes if each.lines), key=lambda each: order[each.state])


def files_of(folder: Path, everything: bool = False) -> set[str]:
    """The names of a step's text files, relative to its folder."""
    inside = folder if everything else folder / "rung"
    paths = (path for path in inside.rglob("*") if path.is_file())
    names = (path.relative_to(folder) for path in paths if _read(path) is not None)
    return {name.as_posix() for name in names if not CACHES.intersection(name.parts)}


def table(changes: list[Change]) -> str:
    """One line a file: its name, lines added, lines removed, whether it is new.

    >>> print(table([Change("rung/app.py", "new", [], 12, 0)]))
      rung/app.py      +12         new
      1 file           +12     -0
    """
    count = f"{len(changes)} file" + "s" * (len(changes) != 1)
    width = max(map(len, [count, *(change.name for change in changes)])) + 2
    rows = [(each.name, each.added, each.removed, each.state) for each in changes]
    rows.append((count, sum(row[1] for row in rows), sum(row[2] for row in rows), ""))
    lines = []
    for name, added, removed, state in rows:
        minus = "" if state == "new" else f"-{removed}"
        lines.append(f"  {name:{width}} {f'+{added}':>6} {minus:>6}  {state}".rstrip())
    return "\n".join(lines)


def paint(line: str) -> str:
    """Colour a line of a unified diff by its first characters."""
    colours = {"+++": BOLD, "---": BOLD, "@@ ": CYAN, "+": GREEN, "-": RED}
    colour = colours.get(line[:3]) or colours.get(line[:1])
    return f"{colour}{line}{PLAIN}" if colour else line


def _two_steps(names: list[str]) -> tuple[Step, Step]:
    steps = all_steps()
    found = [find_step(name, steps) for name in names]
    if len(found) == 1:
        before = predecessor(found[0], steps)
        if before is None:
            raise CourseError(f"{found[0]} is the first step: there is none to compare it with.")
        return before, found[0]
    if len(found) > 2:
        raise CourseError("diff compares two steps. For example: python3 -m course diff 03 04")
    return found[0], found[1]


def _change(name: str, old: Path, new: Path) -> Change:
    before, after = _read(old), _read(new)
    state = "new" if before is None else "gone" if after is None else ""
    lines = list(
        difflib.unified_diff(
            (before or "").splitlines(),
            (after or "").splitlines(),
            "/dev/null" if before is None else f"{old.parents[name.count('/')].name}/{name}",
            "/dev/null" if after is None else f"{new.parents[name.count('/')].name}/{name}",
            lineterm="",
        )
    )
    body = lines[2:]
    added, removed = (sum(line.startswith(sign) for line in body) for sign in "+-")
    return Change(name, state, lines, added, removed)


def _read(path: Path) -> str | None:
    """A text file's content; None where there is no file, or it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def wants_colour() -> bool:
    # NO_COLOR: see no-color.org; any value but the empty one turns colours off.
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
