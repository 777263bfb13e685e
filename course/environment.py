"""The course's own virtual environment: made when a subcommand first needs a package.

Where the running Python already has what is asked for (a course's own environment, a container),
nothing is made. Otherwise `.venv` in the project's root is made or completed, and the same command
is started again inside it.

Two files in `.venv` make an interrupted installation safe: `unfinished` stands there while pip
works, and an environment with it is made anew; `installed.txt` lists what has been installed whole.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from course.errors import CourseError
from course.lock import locked
from course.process import become
from course.requirements import missing, name_of, requirements_of
from course.steps import ROOT

VENV = ROOT / ".venv"
PIP_OPTIONS = ("--quiet", "--no-input", "--disable-pip-version-check")
RESTARTED = "COURSE_RESTARTED"  # set for the process inside .venv, against going in circles


def require(*groups: str, needed: Iterable[str] | None = None) -> None:
    """Return once the running Python has the requirements of these groups of pyproject.toml.

    It may not return at all, but start the same command again inside `.venv`.

    Args:
        needed: package names; when the running Python has these, the rest of the groups can wait.

    Raises:
        CourseError: they could not be installed; the message says what to do.
    """
    wanted = requirements_of(*groups)
    names = None if needed is None else {name.lower() for name in needed}
    lacking = missing([each for each in wanted if names is None or name_of(each) in names])
    restarted = os.environ.pop(RESTARTED, "") and _inside_venv()
    if not lacking and not (_inside_venv() and _is_unfinished()):
        return
    if restarted:
        listed = " ".join(lacking)
        raise CourseError(f"{VENV} lacks {listed} after installing. Delete that folder; try again.")
    install(wanted)
    os.environ[RESTARTED] = "1"
    sys.exit(become([str(venv_python()), "-m", "course", *sys.argv[1:]]))


def install(requirements: list[str]) -> None:
    """Bring `.venv` to hold the requirements; a second process that wants the same waits for us."""
    if _holds(requirements):
        return
    try:
        with locked(ROOT / ".venv.lock"):
            if not _holds(requirements):  # while we waited, another process may have done it
                _install_with_progress(requirements)
    except PermissionError as error:
        raise CourseError(
            f"Cannot write {error.filename}. Use a clone of your own, or install the packages into "
            f"the Python that you run: pip install {' '.join(requirements)}"
        ) from None


def venv_python(venv: Path = VENV) -> Path:
    """The environment's interpreter."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def installed() -> set[str]:
    """The requirements that an earlier run has installed whole."""
    path = VENV / "installed.txt"
    return set(path.read_text("utf-8").split()) if path.exists() and not _is_unfinished() else set()


def why_no_venv() -> str:
    """What this Python lacks for making an environment, with the remedy; empty if nothing."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return ""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return (
        "This Python cannot make a virtual environment: its venv or ensurepip module is missing. "
        f"On Debian or Ubuntu: sudo apt install {package}"
    )


def _holds(requirements: list[str]) -> bool:
    return venv_python().exists() and installed().issuperset(requirements)


def _install_with_progress(requirements: list[str]) -> None:
    """Make `.venv` if need be and run pip in it, with one line for the person who waits."""
    unfinished = VENV / "unfinished"
    if _is_unfinished() or not venv_python().exists():
        _remove_venv()
    fresh = [each for each in requirements if each not in installed()]
    how_long = "half a minute" if len(fresh) < 5 else "a minute or two"
    print(f"Installing {_listed(fresh)} into .venv (first time only, {how_long}) ... ", end="")
    sys.stdout.flush()
    start = time.monotonic()
    before = installed()
    VENV.mkdir(exist_ok=True)
    unfinished.touch()
    if not venv_python().exists():
        _make_venv()
    _pip_install(requirements)
    lines = sorted({*before, *requirements})
    (VENV / "installed.txt").write_text("\n".join(lines) + "\n", "utf-8")
    unfinished.unlink()
    print(f"done in {time.monotonic() - start:.0f} s")


def _make_venv() -> None:
    problem = why_no_venv()
    if problem:
        print()
        raise CourseError(problem)
    # Not sys.executable: inside a .venv that is being made anew, that one is gone.
    base = getattr(sys, "_base_executable", sys.executable)
    _run([base, "-m", "venv", str(VENV)], "The environment .venv could not be made.")


def _pip_install(requirements: list[str]) -> None:
    _run(
        [str(venv_python()), "-m", "pip", "install", *PIP_OPTIONS, *requirements],
        "pip could not install the packages (its words are above). Is this machine online? "
        "Behind a proxy, set HTTPS_PROXY to its address. Then run the same command again.",
    )


def _run(command: list[str], on_failure: str) -> None:
    """Run a command in silence; when it fails, show what it printed and raise `on_failure`."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.returncode:
        print("failed\n")
        print(result.stdout.decode(errors="replace").strip(), file=sys.stderr)
        raise CourseError(f"\n{on_failure}")


def _remove_venv() -> None:
    try:
        shutil.rmtree(VENV)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise CourseError(
            f"{VENV} is not whole. Delete that folder and try again ({error})."
        ) from None


def _is_unfinished() -> bool:
    return (VENV / "unfinished").exists()


def _inside_venv() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _listed(requirements: list[str]) -> str:
    names = [name_of(each) for each in requirements]
    if len(names) <= 4:
        return ", ".join(names)
    return f"{', '.join(names[:3])} and {len(names) - 3} more packages"
