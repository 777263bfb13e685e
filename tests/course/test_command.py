"""`python3 -m course`: the table of commands, run, diff, and what a wrong call gets."""

import ast
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from course import diff, run, suite
from course.cli import COMMANDS
from course.errors import CourseError
from course.requirements import is_compatible, missing, read_requirements, requirements_of
from course.steps import ROOT, Step, all_steps, find_step
from tests.support.commands import course, plain_environment, started, wait_for
from tests.support.demo import PRINTED_URL

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


# --- the table


def test_without_arguments_it_lists_its_commands() -> None:
    result = course()
    assert result.returncode == 0
    for name in COMMANDS:
        assert f"\n  {name} " in result.stdout


def test_every_command_explains_itself_without_installing_anything() -> None:
    for name in COMMANDS.keys() - {"test"}:  # test's --help is pytest's
        result = course(name, "--help")
        assert (result.returncode, result.stderr) == (0, "")
        assert f"python3 -m course {name}" in result.stdout


def test_unknown_command_gets_the_table_and_status_2() -> None:
    result = course("walk")
    assert result.returncode == 2
    assert "no command 'walk'" in result.stderr
    assert "doctor" in result.stderr


# --- an old Python


def test_old_python_is_told_so_in_a_sentence() -> None:
    pretend = "import sys, runpy; sys.version_info = (3, 6, 9); sys.version = '3.6.9 (x)'; "
    code = pretend + "runpy.run_module('course', run_name='__main__')"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr.startswith("The course needs Python 3.11 or newer. This is Python 3.6.9 (")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_what_an_old_python_reads_is_in_old_syntax(name: str) -> None:
    tree = ast.parse((ROOT / "course" / name).read_text(), feature_version=(3, 4))
    modern = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.FunctionDef)
    assert not [node for node in ast.walk(tree) if isinstance(node, modern)]


# --- run


@POSIX
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_run_serves_a_step_and_ends_cleanly(ending: signal.Signals, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-m", "course", "run", "03", "--port", "0"]
    with started(command, ROOT, log) as process:
        wait_for(log, "http://")
        printed = PRINTED_URL.search(log.read_bytes())
        assert printed
        with urllib.request.urlopen(f"http://127.0.0.1:{int(printed[1])}/", timeout=5) as answer:
            assert answer.status == 200
        process.send_signal(ending)
        status = process.wait(10)
    assert "Traceback" not in log.read_text()
    assert status in ((0,) if ending == signal.SIGINT else (0, -signal.SIGTERM))


def test_run_passes_the_servers_exit_status_on(tmp_path: Path) -> None:
    result = course("run", "01", "--port", "70000")
    assert result.returncode not in (0, -signal.SIGTERM)
    assert "70000" in result.stderr
    assert "Traceback" not in result.stderr


def test_run_of_an_unknown_step_lists_the_steps() -> None:
    result = course("run", "42")
    assert result.returncode == 1
    assert result.stderr.startswith("There is no step '42'. The steps are: 01_socket, ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["3", "03", "threadpool", "03_threadpool", "steps/03_threadpool/"])
def test_step_is_found_by_any_of_its_names(name: str) -> None:
    assert find_step(name).name == "03_threadpool"


def test_final_is_a_step_by_name_only() -> None:
    assert find_step("final").folder == ROOT / "final"
    with pytest.raises(CourseError, match="no step '8'"):
        find_step("8")


def test_only_what_a_run_imports_is_asked_for() -> None:
    mysql = "mysql://root@localhost/blog"
    assert run.packages_needed(find_step("01"), mysql) == []
    assert run.packages_needed(find_step("05"), "") == []
    assert run.packages_needed(find_step("05"), mysql) == ["pymysql"]
    assert run.packages_needed(find_step("final"), "") == ["jinja2"]
    assert sorted(run.packages_needed(find_step("final"), mysql)) == ["jinja2", "pymysql"]
    watched = run.packages_needed(find_step("final"), "", ["--reload"])
    assert sorted(watched) == ["jinja2", "watchfiles"]


def test_options_that_run_does_not_know_are_for_the_server() -> None:
    result = course("run", "final", "--routes", "--port", "0")
    assert (result.returncode, result.stderr) == (0, "")
    assert "/posts/<int:id>" in result.stdout
    result = course("run", "01", "--nonsense")
    assert (result.returncode, result.stdout) == (2, "")
    assert "server.py: error: unrecognized arguments: --nonsense" in result.stderr


@pytest.mark.parametrize("step", all_steps(), ids=str)
def test_a_steps_requirements_are_the_pinned_ones(step: Step) -> None:
    lines = read_requirements(step.folder / "requirements.txt")
    assert set(lines) <= set(requirements_of("runtime"))


# --- requirements


def test_every_requirement_is_pinned() -> None:
    groups = ("runtime", "learner", "test", "notebook", "development", "benchmarks")
    for requirement in requirements_of(*groups):
        name, _, version = requirement.partition("==")
        assert name == name.lower()
        assert version[:1].isdecimal(), requirement


def test_missing_names_what_is_absent_or_too_old() -> None:
    assert missing(["pytest==1.0"]) == ["pytest==1.0"]  # another major version is here
    assert missing(["no-such-package==1.0"]) == ["no-such-package==1.0"]
    assert missing(requirements_of("runtime", "test")) == []


@pytest.mark.parametrize(
    ("installed", "pinned", "will_do"),
    [
        ("3.1.6", "3.1.6", True),
        ("3.1.2", "3.1.6", True),
        ("3.9", "3.1.6", True),
        ("3.0.9", "3.1.6", False),
        ("4.0.0", "3.1.6", False),
        ("0.17.9", "0.17.6", True),
        ("0.18.0", "0.17.6", False),
        ("2026.1", "2026.1", True),
        ("7", "7.0.1", True),
    ],
)
def test_another_version_will_do(installed: str, pinned: str, will_do: bool) -> None:
    assert is_compatible(installed, pinned) is will_do


# --- test


def test_tests_run_in_parallel_unless_told_otherwise() -> None:
    assert suite.parallel([])[0] == "-n"
    assert suite.parallel(["-k", "router"])[0] == "-n"
    for own in (["-n0"], ["-n", "4"], ["--pdb"], ["-s"], ["--numprocesses=1"]):
        assert suite.parallel(own) == []


# --- diff


def make_steps(root: Path) -> tuple[Path, Path]:
    old, new = root / "01_a", root / "02_b"
    contents = {
        old / "rung/app.py": "one\ntwo\nthree\n",
        new / "rung/app.py": "one\n2\nthree\nfour\n",
        old / "rung/same.py": "same\n",
        new / "rung/same.py": "same\n",
        new / "rung/fresh.py": "a\nb\n",
        old / "rung/gone.py": "x\n",
        new / "server.py": "demo\n",
        new / "rung/__pycache__/app.py": "cache\n",
    }
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (new / "rung" / "picture.bin").write_bytes(b"\xff\xfe\x00")
    return old, new


def test_diff_counts_lines_and_tells_new_files_from_changed_ones(tmp_path: Path) -> None:
    changes = diff.compare(*make_steps(tmp_path))
    assert [(each.name, each.state, each.added, each.removed) for each in changes] == [
        ("rung/app.py", "", 2, 1),
        ("rung/fresh.py", "new", 2, 0),
        ("rung/gone.py", "gone", 0, 1),
    ]
    assert changes[0].lines == [
        "--- 01_a/rung/app.py",
        "+++ 02_b/rung/app.py",
        "@@ -1,3 +1,4 @@",
        " one",
        "-two",
        "+2",
        " three",
        "+four",
    ]
    assert changes[1].lines[0] == "--- /dev/null"


def test_diff_of_everything_shows_the_demo_too(tmp_path: Path) -> None:
    names = [each.name for each in diff.compare(*make_steps(tmp_path), everything=True)]
    assert names == ["rung/app.py", "rung/fresh.py", "server.py", "rung/gone.py"]


def test_diff_prints_plain_text_into_a_pipe() -> None:
    result = course("diff", "1", "02_http_parse")
    assert result.returncode == 0
    assert result.stdout.startswith("01_socket -> 02_http_parse\n\n  rung/")
    assert "\n+++ 02_http_parse/rung/protocol.py\n" in result.stdout
    assert "\x1b" not in result.stdout


def test_diff_stat_is_the_table_alone() -> None:
    result = course("diff", "1", "2", "--stat")
    assert "rung/protocol.py" in result.stdout
    assert "@@" not in result.stdout


def test_diff_of_one_step_compares_it_with_the_one_before() -> None:
    assert course("diff", "4", "--stat").stdout.startswith("03_threadpool -> 04_router\n")
    first = course("diff", "1")
    assert first.returncode == 1
    assert "first step" in first.stderr


@pytest.mark.parametrize("arguments", [["diff", "1", "final"], ["help"]], ids=["much", "little"])
def test_reader_that_has_left_is_no_traceback(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)  # as `| head` leaves when it has seen enough
    command = [sys.executable, "-m", "course", *arguments]
    buffered = plain_environment() | {"PYTHONUNBUFFERED": ""}
    result = subprocess.run(
        command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, env=buffered, check=False
    )
    os.close(writer)
    assert (result.stderr, result.returncode) == (b"", 1)


@pytest.mark.parametrize(
    ("terminal", "no_color", "expected"), [(True, "", True), (True, "1", False), (False, "", False)]
)
def test_diff_is_coloured_on_a_terminal(
    terminal: bool, no_color: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert diff.wants_colour() is expected


def test_diff_colours_added_and_removed_lines() -> None:
    assert diff.paint("+new") == "\x1b[32m+new\x1b[0m"
    assert diff.paint("-old") == "\x1b[31m-old\x1b[0m"
    assert diff.paint("+++ file") == "\x1b[1m+++ file\x1b[0m"
    assert diff.paint(" same") == " same"
