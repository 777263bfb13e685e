"""Whether a learner's code can be read and imported at all; if not, one sentence says why not.

Without this, a forgotten bracket would be two hundred failed tests. The import is tried in a
process of its own, for it may never end: `python -m course.importing FOLDER`.
"""

import faulthandler
import importlib
import re
import subprocess
import sys
import traceback
import warnings
from pathlib import Path

from course.errors import CourseError
from course.steps import ROOT
from course.workspace import read_source, shown

IMPORT_TIME = 5  # seconds; it takes a tenth of one
STACK = re.compile(r'File "(.+)", line (\d+) in ')  # as faulthandler writes, innermost first
BEFORE = 2  # lines that are shown above the wrong one


def require_readable(folder: Path) -> None:
    """Return if all Python files of a copy of a step are Python.

    Raises:
        CourseError: the first one that is not, with the line and a caret.
    """
    for path in sorted(folder.rglob("*.py")):
        source = read_source(path)
        try:
            with warnings.catch_warnings(action="ignore"):
                compile(source, str(path), "exec")
        except (SyntaxError, ValueError) as error:  # ValueError: a null byte
            raise CourseError(_unreadable(path, source, error)) from None


def require_importable(folder: Path) -> None:
    """Return if every module of a copy's framework can be imported.

    Raises:
        CourseError: the first one that cannot, with the line and a caret.
    """
    command = [sys.executable, "-m", "course.importing", str(folder)]
    run = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    words = run.stderr.decode(errors="replace")
    if run.returncode:
        raise CourseError(words.partition(MARK)[2].strip() or _endless(words, folder))


def _endless(words: str, folder: Path) -> str:
    """Where an import was when its time was over; or what else has ended the process."""
    for file, number in STACK.findall(words):
        path = Path(file)
        if path.is_relative_to(folder):
            why = f"the import does not end within {IMPORT_TIME} s; it was at this line"
            return pointed_at(path, read_source(path), int(number), 0, why)
    return f"The import of your code failed. No test ran.\n{words}"


def _unreadable(path: Path, source: str, error: SyntaxError | ValueError) -> str:
    if not isinstance(error, SyntaxError) or error.lineno is None:
        return f"{shown(path)} is not Python: {error}"
    why = f"{type(error).__name__}: {error.msg}"
    return pointed_at(path, source, error.lineno, (error.offset or 1) - 1, why)


def pointed_at(path: Path, source: str, number: int, column: int, why: str) -> str:
    """What is wrong with a line, and the line itself with a caret below it."""
    lines = source.splitlines()
    first = max(1, number - BEFORE)
    shown_lines = [f"{n:6} | {lines[n - 1]}" for n in range(first, number + 1) if n <= len(lines)]
    caret = " " * (9 + column) + "^"
    return "\n".join(
        [f"{shown(path)}, line {number}: {why}", "", *shown_lines, caret, "", "No test ran."]
    )


# --- the process

MARK = "----\n"


def main(folder: Path) -> int:
    """Import every module of rung; on stderr: what fails, behind MARK, or where it hangs."""
    faulthandler.dump_traceback_later(IMPORT_TIME, exit=True)
    sys.path.insert(0, str(folder))
    for path in sorted((folder / "rung").rglob("*.py")):
        name = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        try:
            importlib.import_module(name)
        except BaseException as error:  # noqa: BLE001 - told below, and the process ends
            print(MARK + _failure(error, path, folder), file=sys.stderr)
            return 1
    return 0


def _failure(error: BaseException, path: Path, folder: Path) -> str:
    """Point at the innermost line of the learner's own code."""
    why = "".join(traceback.format_exception_only(error)).strip()
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    if not inside:
        return f"{shown(path)} cannot be imported: {why}"
    place = inside[-1]
    source = read_source(Path(place.filename))
    line = source.splitlines()[(place.lineno or 1) - 1]
    indent = len(line) - len(line.lstrip())
    column = place.colno if place.colno is not None else indent
    return pointed_at(Path(place.filename), source, place.lineno or 1, column, why)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
