"""Which packages the course pins, and which of them the running Python lacks.

A requirement here is always the text `name==version`.
"""

import tomllib
from importlib import metadata
from pathlib import Path

from course.errors import CourseError
from course.steps import ROOT


def requirements_of(*groups: str) -> list[str]:
    """The pinned requirements of groups of pyproject.toml, each once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = project["optional-dependencies"]
    return list(dict.fromkeys(line for group in groups for line in pinned[group]))


def read_requirements(path: Path) -> list[str]:
    """The lines of a requirements.txt without comments and blank lines; [] if there is no file."""
    if not path.exists():
        return []
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line]


def missing(requirements: list[str]) -> list[str]:
    """Those that the running interpreter lacks, or has in a version that will not do."""
    return [requirement for requirement in requirements if not _is_met(requirement)]


def name_of(requirement: str) -> str:
    """The package that a requirement names: "jinja2==3.1.6" -> "jinja2"."""
    return requirement.partition("==")[0].strip().lower()


def is_compatible(installed: str, pinned: str) -> bool:
    """Whether a version that somebody else chose may stand in for the pinned one.

    The same major version and no older minor one; below 1.0 the same minor one.

    >>> is_compatible("3.2.0", "3.1.6"), is_compatible("3.0.3", "3.1.6")
    (True, False)
    >>> is_compatible("4.0", "3.1.6"), is_compatible("0.18.0", "0.17.6")
    (False, False)
    """
    have, want = _first_two(installed), _first_two(pinned)
    if want[0] == 0:
        return have == want
    return have[0] == want[0] and have[1] >= want[1]


def _is_met(requirement: str) -> bool:
    name, found, pinned = requirement.partition("==")
    if not found:
        raise CourseError(f"{requirement!r} is not pinned: write it as name==version.")
    try:
        return is_compatible(metadata.version(name.strip()), pinned.strip())
    except metadata.PackageNotFoundError:
        return False


def _first_two(version: str) -> tuple[int, int]:
    numbers = [int(part) if part.isdecimal() else 0 for part in version.split(".")[:2]]
    major, minor = [*numbers, 0][:2]
    return major, minor
