"""The tests' own tools: a tool that cannot fail would hide every fault behind it."""

import logging
import socket
import time
from pathlib import Path

import pytest

from course.steps import ROOT, all_steps, find_step
from tests.support.compare import assert_bytes, assert_contains, read_answer, read_answers, show
from tests.support.targets import choose_targets, step_of_tests, unknown_exercises
from tests.support.wire import Wire


def echo(connection: socket.socket, handler: object) -> None:
    """A server that gives back, in upper case, what it read, once it saw the end of it."""
    received = b""
    while data := connection.recv(1000):
        received += data
    connection.sendall(received.upper())


def count_reads(connection: socket.socket, handler: object) -> None:
    """A server that answers each recv with the number of bytes that it brought."""
    while data := connection.recv(1000):
        connection.sendall(b"%d " % len(data))


def say_nothing(connection: socket.socket, handler: object) -> None:
    connection.recv(10)
    time.sleep(1)


def say_half(connection: socket.socket, handler: object) -> None:
    connection.sendall(b"HTTP/1.1 200")
    time.sleep(1)


def raise_error(connection: socket.socket, handler: object) -> None:
    connection.recv(10)
    logging.getLogger("tests").error("about to fail")
    raise ZeroDivisionError("in the server")


def flood(connection: socket.socket, handler: object) -> None:
    """A server that answers much before it reads: a client that only sends would block it."""
    connection.sendall(b"x" * 3_000_000)
    echo(connection, handler)


# --- the wire


def test_exchange_sends_closes_and_reads_to_the_end() -> None:
    assert Wire(echo, None).exchange(b"hello") == b"HELLO"


def test_exchange_of_pieces_lets_the_server_read_each_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # On a busy machine the reader may have to wait for its turn longer than a piece usually waits.
    monkeypatch.setattr("tests.support.wire.PIECE_DEADLINE", 5.0)
    pieces = [b"a", b"bc", b"d" * 30] * 20
    expected = b"".join(b"%d " % len(piece) for piece in pieces)
    # A recv that is under way may still take what comes in that instant: seldom, and not each time.
    assert expected in [Wire(count_reads, None).exchange(pieces) for _ in range(5)]


def test_exchange_reads_while_it_sends() -> None:
    assert len(Wire(flood, None).exchange(b"y" * 3_000_000)) == 6_000_000


@pytest.mark.parametrize(
    ("server", "message"),
    [
        (say_nothing, "no reply within 0.2 s after these bytes\nsent      GET /"),
        (say_half, "no end of the reply.*within 0.2 s(.|\n)*received  HTTP/1.1 200"),
    ],
    ids=["nothing", "half"],
)
def test_hang_is_a_failure_that_shows_the_bytes(server: object, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        Wire(server, None, deadline=0.2).exchange(b"GET /")  # type: ignore[arg-type]


def test_exception_in_the_server_is_raised_in_the_test() -> None:
    with pytest.raises(ZeroDivisionError, match="in the server"):
        Wire(raise_error, None).exchange(b"x")


def test_conversation_by_hand() -> None:
    with Wire(count_reads, None).open() as conversation:
        assert conversation.is_silent(0.05)
        conversation.send(b"abc")
        assert conversation.receive_until(b" ") == b"3 "
        conversation.half_close()
        assert conversation.receive_all() == b""
        conversation.finish()


# --- readable failures


def test_equal_bytes_pass() -> None:
    assert_bytes(b"same", b"same")
    assert_contains(b"one two", b"two")


def test_different_bytes_show_a_caret_at_the_first_difference() -> None:
    with pytest.raises(AssertionError) as failure:
        assert_bytes(b"HTTP/1.1 200 OK\r\n\r\nhi", b"HTTP/1.1 200 OK\r\nA: b\r\n", sent=b"GET")
    lines = str(failure.value).splitlines()
    assert lines[1:] == [
        "sent      GET",
        r"received  HTTP/1.1 200 OK\r\n\r\nhi",
        r"expected  HTTP/1.1 200 OK\r\nA: b\r\n",
        "                             ^ first difference, at byte 17",
    ]
    assert lines[3][29:] == r"A: b\r\n"  # the caret stands under the A


@pytest.mark.parametrize(("received", "place"), [(b"", 0), (b"abc", 3), (b"abcdef", 5)])
def test_missing_and_surplus_bytes_differ_where_they_begin(received: bytes, place: int) -> None:
    with pytest.raises(AssertionError, match=f"at byte {place}$"):
        assert_bytes(received, b"abcde")


def test_first_difference_far_behind_is_shown_in_its_neighbourhood() -> None:
    with pytest.raises(AssertionError) as failure:
        assert_bytes(b"x" * 5000 + b"a", b"x" * 5000 + b"b")
    message = str(failure.value)
    assert len(message) < 400
    _, received, expected, caret = message.splitlines()
    place = caret.index("^")
    assert (received[place], expected[place]) == ("a", "b")


def test_missing_part_is_shown_with_what_came() -> None:
    with pytest.raises(AssertionError, match=r"received  one\nexpected  \.\.\.two\.\.\."):
        assert_contains(b"one", b"two")


def test_long_bytes_are_cut_in_the_middle() -> None:
    assert show(b"a" * 500 + b"\r\n", limit=4) == "aa ... 498 bytes ... \\r\\n"


def test_pipelined_answers_are_split_by_pythons_own_client() -> None:
    first = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    second = b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
    answers = read_answers(first + second + first)
    assert [(each.status, each.body) for each in answers] == [
        (200, b"hi"),
        (404, b"x"),
        (200, b"hi"),
    ]
    assert answers[1].headers["transfer-encoding"] == "chunked"


def test_answer_to_head_has_no_body() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    answers = read_answers(head + head + b"hi", methods=["HEAD", "GET"])
    assert [each.body for each in answers] == [b"", b"hi"]


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi",
        b"HTTP/1.1 xx\r\n\r\n",
    ],
)
def test_what_is_no_answer_fails(raw: bytes) -> None:
    with pytest.raises(AssertionError, match="not a response"):
        read_answers(raw)


def test_one_answer_is_one() -> None:
    with pytest.raises(AssertionError, match="0 responses"):
        read_answer(b"")


# --- targets


def test_tests_of_a_step_run_on_it_and_on_all_that_follow() -> None:
    names = [target.name for target in choose_targets(find_step("3"), False, [], [])]
    assert names == [step.name for step in all_steps() if step.number >= 3]
    assert names[-1] == "final"


def test_own_step_is_one_target() -> None:
    assert [each.name for each in choose_targets(find_step("3"), True, [], [])] == ["03_threadpool"]


def test_target_option_restricts() -> None:
    assert [t.name for t in choose_targets(find_step("3"), False, ["final"], [])] == ["final"]
    assert choose_targets(find_step("3"), False, ["02_http_parse"], []) == []
    assert choose_targets(find_step("3"), True, ["final"], []) == []
    with pytest.raises(ValueError, match="--target nowhere: not one of 01_socket"):
        choose_targets(find_step("3"), False, ["nowhere"], [])


def test_layers_of_two_targets_are_different_modules() -> None:
    first, second = choose_targets(find_step("1"), False, ["01_socket", "02_http_parse"], [])
    assert first.module("server") is not second.module("server")
    assert first.module("server").__file__ == str(ROOT / "steps/01_socket/rung/server.py")


def test_folder_elsewhere_is_a_target_under_its_own_name(tmp_path: Path) -> None:
    rung = tmp_path / "03_threadpool" / "rung"
    rung.mkdir(parents=True)
    (rung / "__init__.py").write_text("from .inner import VALUE\n")
    (rung / "inner.py").write_text("VALUE = 7\n")
    wanted = [str(rung.parent)]
    (target,) = choose_targets(find_step("2"), False, wanted, [])
    assert (target.name, target.module().VALUE) == ("03_threadpool", 7)
    assert choose_targets(find_step("4"), False, wanted, []) == []


def test_step_of_a_test_file_is_that_of_its_folder() -> None:
    step = step_of_tests(ROOT / "tests/step_04_router/test_router.py")
    assert step is not None
    assert step.name == "04_router"
    assert step_of_tests(ROOT / "tests/course/test_support.py") is None


def test_exercise_that_its_step_does_not_have_is_found() -> None:
    assert unknown_exercises(find_step("1"), ["1.1", "1.99", "2.1"]) == ["1.99", "2.1"]
    assert unknown_exercises(find_step("1"), []) == []
    assert unknown_exercises(None, ["1.1"]) == ["1.1"]
