"""The learner's commands, as a learner types them one after another.

Each test has a workspace of its own, in a copy of the project that the tests of this file share.
"""

import json
import re
import signal
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from course.exercises import is_empty
from course.steps import ROOT, all_steps
from tests.support.commands import started, wait_for
from tests.support.demo import PRINTED_URL
from tests.support.learner import Learner, copy_project

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
STEP_01 = ("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
ENDLESS = "while True:\n    pass\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def learner(project: Path) -> Learner:
    return Learner(project)


@pytest.fixture
def beginner(learner: Learner) -> Learner:
    """One who has started step 01."""
    learner.reads("start", "01")
    return learner


def states(table: str) -> dict[str, str]:
    """The state of each exercise, as check and status show it."""
    words = "passed|failed|not yet|waits|not checked"
    return dict(re.findall(rf"^ *(\d\.\d) .*?  ({words})\b", table, re.MULTILINE))


# --- start


def test_start_says_what_to_do_next(learner: Learner) -> None:
    said = learner.reads("start", "socket")
    assert "workspace/01_socket is your copy" in said
    assert "steps/01_socket/README.md" in said
    assert "listen in workspace/01_socket/rung/server.py" in said
    assert "python3 -m course check" in said
    assert "python3 -m course hint 1.1" in said


def test_start_takes_out_the_exercises_and_nothing_else(beginner: Learner) -> None:
    path = beginner.file("1.3")
    for exercise in all_steps()[0].exercises:
        assert is_empty(path.read_text("utf-8"), exercise)
    beginner.writes_reference(*STEP_01)
    assert path.read_text("utf-8") == (ROOT / "steps/01_socket/rung/server.py").read_text("utf-8")
    assert (beginner.workspace / "01_socket" / "server.py").exists()


def test_start_never_touches_a_workspace_that_is_there(beginner: Learner) -> None:
    beginner.writes("1.2", "return b'mine'\n")
    before = beginner.file("1.2").read_bytes()
    said = beginner.reads("start", "01", status=1)
    assert "stays as it is" in said
    assert "such as 01_socket.old." in said
    assert beginner.file("1.2").read_bytes() == before


def test_start_of_a_step_without_exercises_names_those_that_have_some(learner: Learner) -> None:
    assert "final has no exercises. These have: 01_socket, " in learner.reads(
        "start", "final", status=1
    )


@pytest.mark.parametrize("command", ["check", "watch", "reset"])
def test_without_a_workspace_the_way_to_one_is_said(learner: Learner, command: str) -> None:
    words = (command, "1.3") if command == "reset" else (command,)
    assert "python3 -m course start 01" in learner.reads(*words, status=1)


# --- check


def test_from_nothing_to_all(beginner: Learner) -> None:
    said = beginner.reads("check", status=1)
    assert states(said) == dict.fromkeys(STEP_01, "not yet")
    assert "0 of 6 exercises of 01_socket pass." in said
    beginner.writes_reference(*STEP_01)
    said = beginner.reads("check")
    assert states(said) == dict.fromkeys(STEP_01, "passed")
    assert "Next: python3 -m course start 02" in said
    said = beginner.reads("status")
    assert states(said) == dict.fromkeys(STEP_01, "passed")
    assert re.search(r"01_socket .* 6 of 6 passed", said)
    assert re.search(r"02_http_parse .* not started", said)


def test_known_mistake_gets_its_advice_and_the_bytes(beginner: Learner) -> None:
    advice = beginner.writes_chaff("1.3", "recv_once")
    said = beginner.reads("check", "1.3", status=1)
    assert states(said) == {"1.3": "failed"}
    assert " ".join(advice.split()) in " ".join(said.split())
    lines = said.splitlines()
    caret = next(number for number, line in enumerate(lines) if "^ first difference" in line)
    assert lines[caret - 1].strip().startswith("expected  GET / HTTP/1.1\\r\\n")
    assert lines[caret - 2].strip().startswith("received")
    assert lines[caret - 3].strip().startswith("sent      GET / HTTP/1.1\\r\\n")
    assert "tests/step_01_socket/test_server.py:" in said
    assert "python3 -m course hint 1.3" in said


def test_mistake_that_nobody_knows_gets_none(beginner: Learner) -> None:
    beginner.writes("1.3", "return b'GET'\n")
    said = beginner.reads("check", "1.3", status=1)
    assert "Your function behaves" not in said


def test_what_fails_because_of_another_exercise_waits_for_it(beginner: Learner) -> None:
    beginner.writes_reference("1.4", "1.5")
    beginner.writes("1.3", "return connection.receive(1)\n")
    said = beginner.reads("check", status=1)
    assert states(said)["1.4"] == "waits"
    assert re.search(r"1\.4 .* needs 1\.3", said)
    assert "'socket' object has no attribute 'receive'" in said
    assert "in read_head: return connection.receive(1)" in said


def test_endless_loop_is_told_in_a_sentence_and_harms_no_other(beginner: Learner) -> None:
    beginner.writes_reference("1.2", "1.3", "1.5")
    beginner.writes("1.4", "handler(read_head(connection))\nwhile True:\n    pass\n")
    said = beginner.reads("check", status=1)
    others = {"1.1": "not yet", "1.2": "passed", "1.3": "passed", "1.5": "passed", "1.6": "not yet"}
    assert states(said) == others | {"1.4": "failed"}
    assert "no reply within 2 s after these bytes" in said
    assert "still at work: workspace/01_socket/rung/server.py:" in said


def test_solution_that_ends_the_process_is_told(beginner: Learner) -> None:
    beginner.writes("1.1", "import os\n\nos._exit(3)\n")
    said = beginner.reads("check", "1.1", status=1)
    assert "The whole process ended here" in said
    assert "2 of 5 tests" in said, "two are enough"


def test_thread_that_never_ends_does_not_keep_the_learner(beginner: Learner) -> None:
    beginner.writes_reference("1.2")
    beginner.edits("1.2", "import argparse", "import argparse\nimport threading")
    thread = "threading.Thread(target=threading.Event().wait).start()"
    beginner.edits("1.2", "    head = [", f"    {thread}\n    head = [")
    assert states(beginner.reads("check", "1.2")) == {"1.2": "passed"}


def test_all_runs_the_other_tests_of_the_step_too(beginner: Learner) -> None:
    beginner.writes_reference(*STEP_01)
    page = beginner.workspace / "01_socket" / "server.py"
    page.write_text(page.read_text("utf-8").replace("bytes", "octets"), "utf-8")
    said = beginner.reads("check", "--all", status=1)
    assert "Other tests of 01_socket: " in said
    assert "page counts the bytes of the head" in said


def test_check_of_two_steps_at_once_is_refused(learner: Learner) -> None:
    assert "Name one of them" in learner.reads("check", "02", "1.3", status=1)


def test_unknown_exercise_is_answered_with_those_there_are(learner: Learner) -> None:
    assert "There are: 1.1, 1.2," in learner.reads("check", "1.9", status=1)
    assert "There are: 1.1 to 1.6, 2.1 to " in learner.reads("hint", "99", status=1)


# --- code that cannot be imported


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("BACKLOG = (128", "SyntaxError: '(' was never closed"),
        ("BACKLOG = 128\n  x = 1", "IndentationError: unexpected indent"),
        ("BACKLOG = limit", "NameError: name 'limit' is not defined"),
        ("BACKLOG = 128\nimport sokcet", "ModuleNotFoundError: No module named 'sokcet'"),
        ("while True: pass", "the import does not end within 5 s; it was at this line"),
    ],
    ids=["syntax", "indent", "name", "import", "endless"],
)
def test_code_that_cannot_be_imported_is_one_message(
    beginner: Learner, wrong: str, said: str
) -> None:
    beginner.edits("1.1", "BACKLOG = 128", wrong)
    text = beginner.file("1.1").read_text("utf-8").splitlines()
    last = wrong.splitlines()[-1]
    number = next(n for n, line in enumerate(text, 1) if line.startswith(last))
    told = beginner.reads("check", status=1)
    assert told.startswith(f"workspace/01_socket/rung/server.py, line {number}: {said}")
    assert f"{number} | {last}" in told
    assert told.count("^") == 1
    assert "No test ran." in told


def test_function_that_is_gone_is_missed_by_name(beginner: Learner) -> None:
    beginner.edits("1.3", "def read_head(", "def read_haed(")
    told = beginner.reads("check", status=1)
    assert "has the function read_head 0 times" in told
    assert "python3 -m course reset 1.3 --file" in told


# --- the next step


@pytest.mark.timeout(120)
def test_passed_solutions_are_carried_into_later_steps(learner: Learner) -> None:
    learner.reads("start", "02")
    learner.writes_reference("2.1", "2.2", "2.3", "2.4")
    learner.edits("2.3", "def parse_request_line(", "MINE = 1\n\n\ndef parse_request_line(")
    learner.edits("2.2", "cookies: dict[str, str] = {}", "cookies: dict[str, str] = dict()")
    learner.edits("2.1", "def parse_urlencoded(", "SIGN = '&'\n\n\ndef parse_urlencoded(")
    learner.edits("2.1", 'text.split("&")', "text.split(SIGN)")
    learner.writes("2.4", "return Headers()\n")
    (learner.file("2.3").parent / "mine.py").write_text("MINE = 2\n", "utf-8")
    learner.edits("2.3", "MINE = 1", "from .mine import MINE")

    said = learner.reads("start", "03")  # where both files are what they were
    assert re.search(
        r"rung/protocol.py: all of your workspace/02_http_parse/rung/protocol.py \(2\.3\)", said
    )
    assert re.search(r"2\.4 parse_field_lines: yours does not pass yet", said)
    carried = learner.file("2.3", "03_threadpool").read_text("utf-8")
    assert "import MINE" in carried
    assert "rung/mine.py: all of your workspace/02_http_parse/rung/mine.py" in said
    assert "return Headers()" not in carried
    assert "Exercise 2." not in carried
    assert "SIGN" in learner.file("2.1", "03_threadpool").read_text("utf-8")

    said = learner.reads("start", "04")  # which has changed messages.py
    assert re.search(r"rung/messages.py: your solutions of 2\.2; the rest is the ref", said)
    assert re.search(r"2\.1 parse_urlencoded: yours fails its tests among", said)
    messages = learner.file("2.1", "04_router").read_text("utf-8")
    assert "cookies: dict[str, str] = dict()" in messages
    assert "SIGN" not in messages
    assert "import MINE" in learner.file("2.3", "04_router").read_text("utf-8")


def test_earlier_step_that_cannot_be_read_is_mended_first(beginner: Learner) -> None:
    beginner.edits("1.1", "BACKLOG = 128", "BACKLOG = (")
    said = beginner.reads("start", "02", status=1)
    assert "workspace/01_socket/rung/server.py, line 18: SyntaxError: " in said
    assert "--reference" in said
    assert sorted(path.name for path in beginner.workspace.iterdir()) == [
        ".state.json",
        "01_socket",
    ]


def test_reference_takes_nothing_from_earlier_steps(beginner: Learner) -> None:
    beginner.writes_reference(*STEP_01)
    said = beginner.reads("start", "02", "--reference")
    assert "Yours from before" not in said
    assert beginner.file("1.1", "02_http_parse").read_text("utf-8").count("NotImplemented") == 1


def test_what_is_remembered_is_not_believed(beginner: Learner) -> None:
    """A solution passes when its tests say so, whatever a file says."""
    beginner.writes("1.1", "return None\n")
    beginner.reads("check", "1.1", status=1)
    state = beginner.workspace / ".state.json"
    state.write_text(state.read_text("utf-8").replace("failed", "passed"), "utf-8")
    beginner.edits("1.1", "return None", "return 0")
    said = beginner.reads("start", "02")
    assert "1.1 listen: yours does not pass yet" in said


# --- hint, solution, reset


def test_hints_come_one_by_one(learner: Learner) -> None:
    for number in (1, 2, 3):
        said = learner.reads("hint", "1.3")
        assert f"Hint {number} of 3: " in said
        assert said.count("Hint ") == 1
    assert "python3 -m course solution 1.3 --insist" in learner.reads("hint", "read_head")
    assert learner.reads("hint", "1.1", "--all").count("Hint ") == 3
    learner.reads("start", "01")
    assert re.search(r"1\.3 .* 3 of 3 ", learner.reads("status"))


def test_solution_is_shown_to_who_passes_or_insists(beginner: Learner) -> None:
    assert "--insist" in beginner.reads("solution", "1.2", status=1)
    said = beginner.reads("solution", "1.2", "--insist")
    assert '    """Return a whole answer: status line' in said
    assert "steps/01_socket/README.md" in said
    assert "+++" not in said, "there is nothing to compare with yet"
    beginner.writes_reference("1.2")
    assert "Yours is the same" in beginner.reads("solution", "1.2")
    beginner.edits("1.2", '"Connection: close",', '"connection: close",')
    said = beginner.reads("solution", "1.2")
    assert '\n-        "connection: close",\n+        "Connection: close",\n' in said


def test_reset_keeps_the_old_function(beginner: Learner) -> None:
    beginner.writes_reference("1.2", "1.3")
    beginner.edits("1.3", 'received = b""', 'received = b""  # mine')
    said = beginner.reads("reset", "1.3")
    kept = re.search(r"What you had is in (workspace/kept/\S+\.py)\.", said)
    assert kept
    assert "# mine" in (beginner.root / kept[1]).read_text("utf-8")
    source = beginner.file("1.3").read_text("utf-8")
    step = all_steps()[0]
    assert [is_empty(source, each) for each in step.exercises] == [True, False, *[True] * 4]
    assert "is empty already" in beginner.reads("reset", "1.3", status=1)


def test_reset_of_a_file_mends_what_cannot_be_read(beginner: Learner) -> None:
    beginner.file("1.3").write_text("def read_head(  # mine", "utf-8")
    assert "reset 1.3 --file" in beginner.reads("reset", "1.3", status=1)
    said = beginner.reads("reset", "1.3", "--file")
    kept = re.search(r"What you had is in (\S+\.py)\.", said)
    assert kept
    assert (beginner.root / kept[1]).read_text("utf-8") == "def read_head(  # mine"
    beginner.file("1.3").unlink()
    assert "reset 1.1 --file" in beginner.reads("check", status=1)
    beginner.reads("reset", "1.1", "--file")
    assert states(beginner.reads("check", "1.2", status=1)) == {"1.2": "not yet"}


# --- what is remembered


@pytest.mark.parametrize(
    "damage", ["", "{", "[1]", '{"step": "01_socket"}', '{"hints": {"1.1": {}}}']
)
def test_damaged_memory_costs_no_code(beginner: Learner, damage: str) -> None:
    beginner.writes("1.2", "return b'mine'\n")
    state = beginner.workspace / ".state.json"
    state.write_text(damage, "utf-8")
    said = beginner.reads("status")
    assert "Your code is not touched" in said
    assert states(said)["1.2"] == "not checked"
    kept = list(beginner.workspace.glob(".state-damaged-*.json"))
    assert [path.read_text("utf-8") for path in kept] == [damage]
    assert "return b'mine'" in beginner.file("1.2").read_text("utf-8")
    assert "Your code" not in beginner.reads("hint", "1.2")
    assert json.loads(state.read_text("utf-8"))["hints"] == {"1.2": 1}


def test_status_says_what_has_changed_since_the_check(beginner: Learner) -> None:
    beginner.writes_reference("1.2")
    beginner.reads("check", "1.2")
    assert "has changed since" not in beginner.reads("status")
    beginner.edits("1.2", "len(body)", "len(body) + 1")
    assert "01_socket has changed since it was checked" in beginner.reads("status")


# --- run and watch


@POSIX
def test_own_copy_is_served(beginner: Learner, tmp_path: Path) -> None:
    beginner.writes_reference(*STEP_01)
    beginner.edits("1.2", '"Connection: close",', '"Connection: close",\n        "X-Mine: yes",')
    log = tmp_path / "log"
    command = [sys.executable, "-m", "course", "run", "--workspace", "--port", "0"]
    with started(command, beginner.root, log) as process:
        wait_for(log, "http://")
        printed = PRINTED_URL.search(log.read_bytes())
        assert printed
        with urllib.request.urlopen(f"http://127.0.0.1:{int(printed[1])}/", timeout=5) as answer:
            assert answer.headers["X-Mine"] == "yes"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


@POSIX
def test_watch_checks_at_every_save(beginner: Learner, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-m", "course", "watch", "1.2"]
    with started(command, beginner.root, log) as process:
        wait_for(log, "Waiting for a save")
        beginner.edits("1.2", 'raise NotImplementedError("Exercise 1.2', 'rise Error("Exercise 1.2')
        assert "SyntaxError" in wait_for(log, "No test ran.")
        beginner.edits("1.2", 'rise Error("Exercise 1.2', 'raise NotImplementedError("Exercise 1.2')
        end = time.monotonic() + 20
        while log.read_text().count("Waiting for a save") < 3 and time.monotonic() < end:
            time.sleep(0.05)
        assert states(log.read_text().rpartition("No test ran.")[2]) == {"1.2": "not yet"}
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert log.read_text().endswith("Stopped.\n")


def test_notebook_that_is_not_there_is_answered_with_those_that_are(learner: Learner) -> None:
    assert "There are: " in learner.reads("notebook", "nonsense", status=1)
