"""From the verdicts of tests to what a learner reads, without running any test."""

import json
import sys
from pathlib import Path

import pytest

from course import chaffs, workspace
from course.chaffs import look_alikes
from course.exercises import (
    empty_function,
    function_text,
    is_empty,
    is_same_function,
    not_done,
    replace_function,
)
from course.failures import told
from course.outcomes import LEFT_OUT, judge
from course.steps import Exercise, all_steps, find_exercise
from course.verdicts import Place, Verdict, run_tests
from tests.support import patience

EXERCISE = find_exercise("1.3")[1]
OTHER = "E   NotImplementedError: Exercise 1.1: Open a door"


def verdict(test: str = "test_server.py::test_a", outcome: str = "failed", **more: str) -> Verdict:
    known = {"title": "", "target": "01_socket", "exercises": ("1.3",), "text": "E   assert 0"}
    return Verdict(test=test, outcome=outcome, **{**known, **more})


# --- states


def test_an_exercise_passes_when_all_its_tests_do_that_can_run() -> None:
    good, skipped = verdict(outcome="passed"), verdict("b", "skipped", text="no MySQL")
    assert judge(EXERCISE, [good, skipped]).state == "passed"
    assert judge(EXERCISE, [skipped]).state == "skipped"
    assert judge(EXERCISE, []).state == "skipped"
    assert judge(EXERCISE, [good, verdict("b")]).state == "failed"


def test_an_exercise_waits_for_those_that_are_not_written() -> None:
    outcome = judge(EXERCISE, [verdict(text=OTHER), verdict("b", log=OTHER, text="500")])
    assert (outcome.state, outcome.note) == ("waits", "needs 1.1 first")
    assert judge(EXERCISE, [verdict(text=OTHER), verdict("b")]).state == "failed"


def test_an_exercise_whose_own_error_is_still_raised_is_not_written_yet() -> None:
    own = OTHER.replace("1.1", "1.3")
    assert judge(EXERCISE, [verdict(text=own)]).state == "not yet"


def test_left_out_means_the_same_to_both_sides() -> None:
    assert LEFT_OUT == patience.LEFT_OUT


# --- look-alikes


@pytest.fixture
def fingerprints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"1.3": {"recv_once": ["a", "b"], "without_limit": ["c"]}}
    monkeypatch.setattr(chaffs, "read_fingerprints", lambda: json.loads(json.dumps(known)))


@pytest.mark.usefixtures("fingerprints")
@pytest.mark.parametrize(
    ("failed", "unknown", "names"),
    [
        ({"a", "b"}, set(), ["recv_once"]),
        ({"a"}, set(), []),
        ({"a", "b", "c"}, set(), []),
        (set(), set(), []),
        ({"a"}, {"b"}, ["recv_once"]),
        ({"a"}, {"b", "c"}, ["recv_once"]),
        (set(), {"a", "b"}, []),
    ],
)
def test_look_alikes_fail_the_same_of_the_tests_that_have_spoken(
    failed: set[str], unknown: set[str], names: list[str]
) -> None:
    assert [chaff.name for chaff in look_alikes(EXERCISE, failed, unknown)] == names


# --- words


def test_timeout_is_a_sentence(tmp_path: Path) -> None:
    text = told(verdict(message="Failed: Timeout (>6.0s) from pytest-timeout."), tmp_path)
    assert "No end within 6 s: an endless loop" in text
    assert "pytest" not in text


def test_noise_of_pytest_is_left_out(tmp_path: Path) -> None:
    message = (
        "AssertionError: wrong\nassert b'' == b'x'\n  \n  Use -v to get more diff\n"
        " +  where b'' = read(<module 'target_tmp_x.rung.server'>)"
    )
    lines = told(verdict(message=message), tmp_path).splitlines()
    assert lines[1:] == [
        "    wrong",
        "    assert b'' == b'x'",
        "     +  where b'' = read(<module 'rung.server'>)",
    ]


@pytest.mark.parametrize("name", ["<class 'target_x.rung.messages.HTTPError'>", "HTTPError"])
def test_missing_exception_is_a_sentence(tmp_path: Path, name: str) -> None:
    text = told(verdict(message=f"Failed: DID NOT RAISE {name}"), tmp_path)
    assert "Nothing was raised; HTTPError was expected." in text


def test_only_the_learners_own_line_of_a_traceback_is_shown(tmp_path: Path) -> None:
    own = tmp_path / "rung" / "server.py"
    own.parent.mkdir()
    own.write_text("a = 1\nboom()\n")
    places = (
        Place("tests/step_01_socket/test_server.py", 1, "test_x"),
        Place(str(own), 1, "outer"),
        Place(str(own), 2, "inner"),
        Place("tests/support/wire.py", 1, "send"),
    )
    failed = Verdict("t::test_x", "x", "", (), "failed", "", message="NameError", places=places)
    text = told(failed, tmp_path)
    assert f"{own}:2, in inner: boom()" in text
    assert "outer" not in text
    assert "wire" not in text
    assert "the test: tests/step_01_socket/test_server.py:1" in text


def test_logged_traceback_shows_the_framework_alone(tmp_path: Path) -> None:
    log = (
        "Traceback (most recent call last):\n"
        f'  File "{workspace.ROOT}/tests/support/handlers.py", line 3, in echo\n    x()\n'
        f'  File "{workspace.ROOT}/workspace/01_socket/rung/server.py", line 9, in f\n    y()\n'
        "ValueError: z\n"
    )
    text = told(verdict(log=log), tmp_path)
    assert "handlers.py" not in text
    assert "x()" not in text
    assert 'File "workspace/01_socket/rung/server.py", line 9, in f\n        y()' in text
    assert "ValueError: z" in text


# --- functions in source text


@pytest.mark.parametrize(
    "exercise",
    [exercise for step in all_steps() for exercise in step.exercises],
    ids=lambda exercise: exercise.id,
)
def test_starter_of_each_exercise_counts_as_empty(exercise: Exercise) -> None:
    step = find_exercise(exercise.id)[0]
    source = (step.folder / "rung" / f"{exercise.module}.py").read_text("utf-8")
    assert not is_empty(source, exercise)
    assert is_empty(empty_function(source, exercise.function, not_done(exercise)), exercise)


def test_whole_function_with_decorators_is_replaced_and_nothing_else() -> None:
    old = "    @x\n    @y(1)\n    def f(self):\n        return 1\n"
    source = f"class A:\n    # above\n{old}\n    b = 2\n"
    assert function_text(source, "A.f") == old
    new = '    def f(self):\n        return """\nleft\n"""\n'
    replaced = replace_function(source, "A.f", new)
    assert replaced == f"class A:\n    # above\n{new}\n    b = 2\n"
    assert function_text(replaced, "A.f") == new


def test_form_feed_and_separators_end_no_line() -> None:
    source = "x = '\u2028'\n\x0cdef f():\n    return 1\n"
    assert replace_function(source, "f", "y = 1\n") == "x = '\u2028'\ny = 1\n"


def test_functions_are_the_same_but_for_comments_and_docstring() -> None:
    one = 'def f(a):\n    "A."\n    return a  # why\n'
    assert is_same_function(one, "def f(a):\n    return a\n", "f")
    assert not is_same_function(one, "def f(b):\n    return b\n", "f")
    assert not is_same_function(one, "", "f")


# --- running tests


def test_a_test_that_ends_the_process_is_failed_and_the_others_run(tmp_path: Path) -> None:
    (tmp_path / "test_ends.py").write_text(
        "import os\ndef test_a(): pass\ndef test_b(): os._exit(0)\ndef test_c(): assert 0\n"
    )
    rootless = ["--rootdir", str(tmp_path), "-c", "/dev/null" if sys.platform != "win32" else "nul"]
    counts: list[tuple[int, int]] = []
    found = run_tests([str(tmp_path), *rootless], progress=lambda *pair: counts.append(pair))
    assert {each.test.partition("::")[2]: each.outcome for each in found} == {
        "test_a": "passed",
        "test_b": "failed",
        "test_c": "failed",
    }
    assert counts[-1][1] in (0, 3)
