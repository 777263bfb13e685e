"""One connection and its clock, without a server: the test says when it may read or write."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.support.clients import receive

Rung = Callable[..., ModuleType]
Connect = Callable[..., tuple[socket.socket, Any]]

GET = b"GET /page HTTP/1.1\r\nHost: example\r\n\r\n"
POST = b"POST /page HTTP/1.1\r\nHost: example\r\n"


@pytest.fixture
def connect(rung: Rung) -> Iterator[Connect]:
    """connect(send=0.1) gives a client and the connection to it."""
    module = rung("connection")
    made: list[socket.socket] = []

    def make(**seconds: float) -> tuple[socket.socket, Any]:
        client, served = socket.socketpair()
        made.extend((client, served))
        served.setblocking(False)
        client.settimeout(5)
        return client, module.Connection(served, "", None, module.Timeouts(**seconds))

    yield make
    for each in made:
        each.close()


def is_over(connection: Any) -> bool:
    return bool(connection.deadline <= time.monotonic())


def test_clock_of_a_stream_stands_while_the_stream_makes_its_next_piece(
    rung: Rung, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rung("connection"), "MIN_RATE", 1 << 40)  # what was sent gives no time
    client, connection = connect(send=0.1)

    def slow() -> Iterator[bytes]:
        time.sleep(0.3)
        yield b"x" * 5_000_000

    client.sendall(GET)
    connection.begin(connection.read(), rung("messages").Response(slow()), keep_alive=True)
    assert connection.answer is not None, "this should be more than the kernel takes"
    assert not is_over(connection), "the client had no time at all"
    time.sleep(0.12)
    assert is_over(connection)


def test_clock_of_a_request_starts_when_the_answer_before_it_is_out(
    rung: Rung, connect: Connect
) -> None:
    client, connection = connect(request=0.1)

    def slow() -> Iterator[bytes]:
        time.sleep(0.3)
        yield b"x"

    client.sendall(GET + GET[:9])
    connection.begin(connection.read(), rung("messages").Response(slow()), keep_alive=True)
    assert connection.has_more
    assert connection.read() is None
    assert not is_over(connection)
    time.sleep(0.12)
    with pytest.raises(rung("messages").HTTPError) as caught:
        connection.read()
    assert caught.value.status == 408


def test_client_that_is_late_but_has_taken_something_has_more_time(
    rung: Rung, connect: Connect
) -> None:
    """What it has taken may be less than makes a selector speak."""
    client, connection = connect(send=0.1)
    client.sendall(GET)
    response = rung("messages").Response(b"x" * 5_000_000)
    connection.begin(connection.read(), response, keep_alive=True)
    time.sleep(0.12)
    taken = 0
    while taken < 150_000:
        taken += len(client.recv(65536))
    connection.write()
    assert not connection.is_gone
    connection.deadline = time.monotonic()
    connection.write()
    assert connection.is_gone, "now it has taken nothing"


def test_end_of_a_stream_is_left_to_the_next_write(rung: Rung, connect: Connect) -> None:
    """It may take its time, and write() is called where that is allowed."""
    client, connection = connect()
    ended = []

    def stream() -> Iterator[bytes]:
        try:
            while True:
                yield b"x" * 65536
        finally:
            ended.append(True)

    client.sendall(GET)
    connection.begin(connection.read(), rung("messages").Response(stream()), keep_alive=True)
    client.close()
    connection.write()
    assert connection.is_gone
    assert not ended
    connection.write()
    assert ended
    assert connection.answer is None


def test_client_that_waits_for_leave_and_has_gone_is_no_error(connect: Connect) -> None:
    client, connection = connect()
    client.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    client.close()
    assert connection.read() is None
    assert not connection.is_gone, "its end has not been read yet"


@pytest.mark.parametrize("data", [b"", b"\r\n"], ids=["nothing", "an empty line"])
def test_idle_connection_ends_with_its_time(connect: Connect, data: bytes) -> None:
    client, connection = connect(keep_alive=0.05)
    assert connection.read() is None
    assert not connection.is_gone
    time.sleep(0.06)
    client.sendall(data)
    assert connection.read() is None
    assert connection.is_gone


def test_request_that_comes_in_the_last_moment_is_answered(connect: Connect) -> None:
    """The clock may be looked at before the bytes are."""
    client, connection = connect(keep_alive=0.05)
    client.sendall(GET)
    time.sleep(0.06)
    assert connection.read().path == "/page"


def test_client_that_goes_on_sending_is_listened_to_for_a_moment(
    rung: Rung, connect: Connect
) -> None:
    client, connection = connect(drain=0.1)
    connection.refuse(rung("messages").HTTPError(413))
    assert connection.is_closing
    end = time.monotonic() + 1
    while not connection.is_gone and time.monotonic() < end:
        client.send(b"x" * 1000)
        connection.drain()
    assert connection.is_gone
    assert b"413" in receive(client)


def test_file_of_a_body_that_never_became_whole_is_closed(connect: Connect) -> None:
    client, connection = connect()
    files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are enough
    client.sendall(POST + b"Content-Length: 1000000\r\n\r\n")
    for _ in range(10):
        client.sendall(b"x" * 50_000)
        connection.read()
    assert len(os.listdir("/proc/self/fd")) == files + 1  # noqa: PTH208
    connection.close()
    assert len(os.listdir("/proc/self/fd")) == files - 1  # noqa: PTH208


def test_upload_that_waited_for_us_is_not_too_late(
    rung: Rung, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All workers were busy meanwhile: what is here came in time, however many reads it takes."""
    monkeypatch.setattr(rung("connection"), "RECEIVE_SIZE", 1000)
    monkeypatch.setattr(rung("connection"), "BODY_SIZE", 1000)
    client, connection = connect(request=0.05)
    client.sendall(POST + b"Content-Length: 5000\r\n\r\n")
    assert connection.read() is None
    client.sendall(b"x" * 5000)
    time.sleep(0.5)  # longer than what these bytes give, at MIN_RATE
    reads = 1
    while (request := connection.read()) is None:
        reads += 1
    assert (request.body, reads) == (b"x" * 5000, 5)


def test_who_has_sent_nothing_more_by_then_is_too_late(rung: Rung, connect: Connect) -> None:
    client, connection = connect(request=0.05)
    client.sendall(POST + b"Content-Length: 5000\r\n\r\n")
    assert connection.read() is None
    client.sendall(b"x")
    time.sleep(0.1)
    with pytest.raises(rung("messages").HTTPError) as caught:
        connection.read()
    assert caught.value.status == 408
