"""The course's own `.venv`: made once, whole, by one process, and repaired when it is not.

The package that is installed here is made by the test and lies in a folder, so no network is used.
"""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from course import environment
from course.steps import ROOT
from tests.support.commands import course, plain_environment

pytestmark = pytest.mark.timeout(180)
PROJECT = """
[project]
name = "p"
version = "1"
[project.optional-dependencies]
runtime = ["rung-test-package==1.0"]
"""
SERVER = "import sys, rung_test_package; print(rung_test_package.WORD, sys.prefix)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one step that needs one package, with the course command in it."""
    shutil.copytree(
        ROOT / "course", tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__")
    )
    step = tmp_path / "steps" / "01_one"
    step.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (step / "step.toml").write_text('title = "One"\n')
    (step / "requirements.txt").write_text("rung-test-package==1.0  # why\n")
    (step / "server.py").write_text(SERVER)
    return tmp_path


@pytest.fixture
def pip(project: Path) -> dict[str, str]:
    """pip's settings: no network, and a folder with the one package."""
    folder = project / "packages"
    folder.mkdir()
    info = "rung_test_package-1.0.dist-info"
    with zipfile.ZipFile(folder / "rung_test_package-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("rung_test_package.py", "WORD = 'installed in'\n")
        metadata = "Metadata-Version: 2.1\nName: rung-test-package\nVersion: 1.0\n"
        wheel.writestr(f"{info}/METADATA", metadata)
        tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr(f"{info}/WHEEL", tags)
        wheel.writestr(f"{info}/RECORD", "")
    return offline(folder)


def offline(packages: Path) -> dict[str, str]:
    nothing = {"PIP_EXTRA_INDEX_URL": "", "PIP_CONFIG_FILE": "/dev/null"}
    return nothing | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(packages)}


def test_environment_is_made_once_and_repaired(project: Path, pip: dict[str, str]) -> None:
    venv = project / ".venv"
    serving = f"installed in {venv}\n"
    wrong = course("run", root=project, **pip)
    assert wrong.returncode == 1, "there is no final/ in this project"
    assert not venv.exists(), "a call that cannot work installs nothing"

    # Two first runs at once: one installs, the other waits for it, and both serve.
    command = [sys.executable, "-m", "course", "run", "01"]
    both = [
        subprocess.Popen(command, cwd=project, env=plain_environment() | pip, stdout=-1, text=True)
        for _ in range(2)
    ]
    printed = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert all(text.endswith(serving) for text in printed)
    progress = "Installing rung-test-package into .venv (first time only, "
    assert sum(progress in text for text in printed) == 1
    assert sum("... done in " in text for text in printed) == 1

    assert course("run", "one", root=project, **pip).stdout == serving  # nothing to install

    # As if the power had gone while pip worked: the next run makes the environment anew.
    (venv / "unfinished").touch()
    (next(venv.rglob("rung_test_package.py"))).unlink()
    inside = str(environment.venv_python(venv))
    repaired = course("run", "01", root=project, python=inside, **pip)
    assert repaired.stdout.startswith(progress)
    assert repaired.stdout.endswith(serving)
    assert repaired.stderr == ""


def test_failed_installation_shows_pips_words_and_what_to_do(project: Path) -> None:
    nowhere = project / "empty"
    nowhere.mkdir()
    result = course("run", "01", root=project, **offline(nowhere))
    assert result.returncode == 1
    assert "No matching distribution found for rung-test-package==1.0" in result.stderr
    assert "Is this machine online?" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (project / ".venv" / "installed.txt").exists()


def test_python_that_has_the_packages_makes_no_environment(
    project: Path, pip: dict[str, str]
) -> None:
    folder = project / "site"
    wheel = next((project / "packages").glob("*.whl"))
    zipfile.ZipFile(wheel).extractall(folder)
    result = course("run", "01", root=project, PYTHONPATH=str(folder))
    assert result.stdout == f"installed in {sys.prefix}\n"
    assert not (project / ".venv").exists()


def test_step_without_requirements_makes_no_environment(project: Path) -> None:
    (project / "steps/01_one/requirements.txt").unlink()
    (project / "steps/01_one/server.py").write_text("print('here')")
    assert course("run", "01", root=project).stdout == "here\n"
    assert not (project / ".venv").exists()


def test_python_without_venv_is_told_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert environment.why_no_venv().endswith(f"sudo apt install python{version}-venv")
