"""The examples in the docstrings, of every step and of the course's own modules, are run."""

import doctest
import importlib

import pytest

from course.steps import ROOT, all_steps


def modules() -> list[str]:
    """The import name of every module that may hold an example."""
    folders = [
        ROOT / "course",
        ROOT / "tests/support",
        *(step.folder / "rung" for step in all_steps()),
    ]
    paths = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    names = [path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in paths]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


@pytest.mark.parametrize("name", modules())
def test_examples_are_true(name: str) -> None:
    module = importlib.import_module(name)
    printed: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
    for test in doctest.DocTestFinder().find(module, name):
        runner.run(test, out=printed.append)
    assert not runner.summarize(verbose=False).failed, "".join(printed)
