"""Each step changes only what its step.toml declares: the diff of two steps is the lesson."""

import sys
from pathlib import Path

import pytest

from course.steps import ROOT, Step, all_steps, predecessor, read_step
from tests.support.increments import undeclared

LADDER = all_steps()


def test_the_ladder_is_whole() -> None:
    assert [step.name for step in LADDER] == [
        "01_socket",
        "02_http_parse",
        "03_threadpool",
        "04_router",
        "05_orm",
        "06_templates",
        "07_sessions",
        "final",
    ]


@pytest.mark.parametrize("step", LADDER, ids=str)
def test_step_changes_what_it_declares_and_nothing_else(step: Step) -> None:
    problems = undeclared(predecessor(step, LADDER), step)
    assert not problems, "\n".join([f"against {step.name}/step.toml:", *problems])


@pytest.mark.parametrize("step", LADDER, ids=str)
def test_step_has_what_every_step_has(step: Step) -> None:
    for name in ("README.md", "server.py", "step.toml", "rung/__init__.py"):
        assert (step.folder / name).is_file(), f"{step.name}/{name} is missing"
    assert step.title
    assert step.minutes > 0 or step.name == "final"


def test_no_module_of_ours_has_a_name_of_the_standard_library() -> None:
    folders = [ROOT / "course", *(step.folder for step in LADDER)]
    names = {path.stem: path for folder in folders for path in folder.rglob("*.py")}
    clashes = {name: path for name, path in names.items() if name in sys.stdlib_module_names}
    assert not clashes.keys() - {"__main__"}, clashes


# --- the guard itself


def make_step(root: Path, name: str, toml: str, **contents: str) -> Step:
    folder = root / name
    (folder / "rung").mkdir(parents=True)
    (folder / "step.toml").write_text(f'title = "T"\n{toml}')
    for module, content in contents.items():
        (folder / "rung" / f"{module}.py").write_text(content)
    return read_step(folder, int(name[:2]))


def test_guard_names_the_undeclared_file_and_its_first_differing_line(tmp_path: Path) -> None:
    old = make_step(tmp_path, "01_a", "", app="one\ntwo\n", gone="x\n", same="s\n")
    new = make_step(tmp_path, "02_b", "", app="one\n2\n", fresh="y\n", same="s\n")
    assert undeclared(old, new) == [
        "rung/app.py: declared nowhere, but it differs from line 2 on: b'two' became b'2'",
        "rung/fresh.py: declared nowhere, but it is new",
        "rung/gone.py: declared nowhere, but it is gone",
    ]


def test_guard_takes_a_step_that_declares_all_of_it(tmp_path: Path) -> None:
    toml = 'adds = ["fresh.py"]\nchanges = ["app.py"]\nremoves = ["gone.py"]'
    old = make_step(tmp_path, "01_a", "", app="one\ntwo\n", gone="x\n", same="s\n")
    new = make_step(tmp_path, "02_b", toml, app="one\n2\n", fresh="y\n", same="s\n")
    assert undeclared(old, new) == []


def test_guard_refuses_a_declared_change_that_is_none(tmp_path: Path) -> None:
    old = make_step(tmp_path, "01_a", "", app="one\n")
    new = make_step(tmp_path, "02_b", 'changes = ["app.py", "ghost.py"]', app="one\n")
    assert undeclared(old, new) == [
        "rung/app.py: declared in `changes`, but it is the same file as before",
        "rung/ghost.py: declared in `changes`, but it is in neither step",
    ]


def test_guard_sees_line_ends(tmp_path: Path) -> None:
    old = make_step(tmp_path, "01_a", "", app="one\n")
    new = make_step(tmp_path, "02_b", "", app="one")
    assert undeclared(old, new) == [
        "rung/app.py: declared nowhere, but it differs in its line ends"
    ]
