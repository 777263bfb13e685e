"""`course notebook [NAME]`: JupyterLab on the notebooks of the course."""

import argparse
import sys

from course import environment
from course.errors import CourseError
from course.process import become
from course.steps import ROOT

FOLDER = ROOT / "notebooks"


def main(argv: list[str]) -> int:
    """Hand over to JupyterLab; Ctrl-C and the exit status are its own."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course notebook",
        description="Open the notebooks in JupyterLab.",
        epilog="Other options go to JupyterLab: --no-browser, --port 9999, say.",
    )
    parser.add_argument("name", nargs="?", help="which one: 02, router, 05_orm")
    arguments, others = parser.parse_known_args(argv)
    path = [find(arguments.name)] if arguments.name else []
    environment.require("runtime", "notebook")
    return become([sys.executable, "-m", "jupyterlab", *path, *others], FOLDER)


def find(wanted: str) -> str:
    """The file name of a notebook as people name it.

    >>> find("orm") == find("5") == find("05_orm.ipynb") == "05_orm.ipynb"
    True
    """
    names = sorted(path.name for path in FOLDER.glob("*.ipynb"))
    word = wanted.rpartition("/")[2].removesuffix(".ipynb").lower()
    for name in names:
        number, _, rest = name.removesuffix(".ipynb").partition("_")
        if word in (f"{number}_{rest}", rest, number, number.lstrip("0")):
            return name
    raise CourseError(f"There is no notebook {wanted!r}. There are: {', '.join(names)}.")
