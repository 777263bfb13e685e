"""The server with a pool: who waits, who is dropped, and what a shutdown leaves."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.support import serving as serving_module
from tests.support.compare import read_answer, read_answers
from tests.support.handlers import echo
from tests.support.limits import set_limit
from tests.support.serving import Serving, serving

Rung = Callable[..., ModuleType]

GET = b"GET /page HTTP/1.1\r\nHost: example\r\n\r\n"
GET_AND_CLOSE = b"GET /page HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n"
DEADLINE = 5.0  # seconds


@pytest.fixture
def server(rung: Rung, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = rung("server")
    monkeypatch.setattr(module, "POLL_TIME", 0.03, raising=False)  # so that no test waits long
    return module


class Gate:
    """A handler that answers when it is told to."""

    def __init__(self, rung: Rung) -> None:
        self._Response = rung("messages").Response
        self._open = threading.Event()
        self._asked = threading.Semaphore(0)

    def __call__(self, request: Any) -> Any:
        self._asked.release()
        self._open.wait(2 * DEADLINE)
        return self._Response("through")

    def wait_for_a_request(self) -> None:
        assert self._asked.acquire(timeout=DEADLINE)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate(rung: Rung) -> Iterator[Gate]:
    gate = Gate(rung)
    yield gate
    gate.open()


def ask(running: Serving, count: int) -> list[socket.socket]:
    """So many clients, each with a request on its way."""
    clients = [running.connect() for _ in range(count)]
    for client in clients:
        client.sendall(GET_AND_CLOSE)
    return clients


def answers_of(running: Serving, clients: list[socket.socket]) -> list[str]:
    """What the clients get until the server closes."""
    texts = []
    for client in clients:
        with client:
            received = running.receive_all(client)
            texts.append(read_answer(received).text if received else "nothing")
    return texts


# --- one receive of a request that has a deadline


@pytest.mark.steps_only
@pytest.mark.exercise("3.6")
def test_bytes_that_come_in_time_are_returned(server: ModuleType) -> None:
    client, connection = socket.socketpair()
    with client, connection:
        client.sendall(b"bytes")
        assert server.receive_before(time.monotonic() + 1, connection) == b"bytes"
        client.close()
        assert server.receive_before(time.monotonic() + 1, connection) == b""


@pytest.mark.steps_only
@pytest.mark.exercise("3.6")
def test_bytes_are_returned_as_soon_as_they_come(server: ModuleType) -> None:
    """Whether more belongs to the request, the parser knows."""
    client, connection = socket.socketpair()
    with client, connection:
        client.sendall(b"bytes")
        started = time.monotonic()
        assert server.receive_before(started + 1.2, connection) == b"bytes"
    assert time.monotonic() - started < 1


@pytest.mark.steps_only
@pytest.mark.exercise("3.6")
@pytest.mark.parametrize("seconds", [0.2, 0.0, -5.0])
def test_silence_until_the_deadline_is_408(
    server: ModuleType, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """RFC 9110 section 15.5.9. A deadline may be over already; settimeout(-5) is an error."""
    set_limit(monkeypatch, server, "REQUEST_TIMEOUT", 1.2)
    client, connection = socket.socketpair()
    with client, connection, pytest.raises(server.HTTPError) as caught:
        server.receive_before(time.monotonic() + seconds, connection)
    assert caught.value.status == 408


@pytest.mark.steps_only
@pytest.mark.exercise("3.6")
@pytest.mark.parametrize("seconds", [0.2, 0.0, -5.0])
def test_silence_lasts_until_the_deadline_and_no_longer(
    server: ModuleType, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    set_limit(monkeypatch, server, "REQUEST_TIMEOUT", 1.2)
    client, connection = socket.socketpair()
    started = time.monotonic()
    with client, connection, contextlib.suppress(server.HTTPError):
        server.receive_before(started + seconds, connection)
    taken = time.monotonic() - started
    assert max(0, seconds) - 0.05 <= taken < 1


@pytest.mark.steps_only
@pytest.mark.exercise("3.6")
def test_connection_that_breaks_is_no_silence(server: ModuleType) -> None:
    """There is nobody left to be told that the time is up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        connection, _ = listener.accept()
    with connection:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()  # a reset
        with pytest.raises(OSError, match="reset"):
            server.receive_before(time.monotonic() + 1, connection)


@pytest.mark.steps_only
@pytest.mark.exercise("3.6")
def test_a_byte_now_and_then_does_not_move_the_deadline(
    server: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_limit(monkeypatch, server, "REQUEST_TIMEOUT", 1.2)
    client, connection = socket.socketpair()
    started = time.monotonic()
    with client, connection, pytest.raises(server.HTTPError):
        while time.monotonic() < started + 2:
            client.sendall(b"a")
            time.sleep(0.02)
            server.receive_before(started + 0.2, connection)
            if time.monotonic() > started + 0.2:  # nothing left to receive now
                server.receive_before(started + 0.2, connection)
    assert time.monotonic() - started < 1


def test_time_between_two_requests_does_not_count(
    rung: Rung, server: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of a request starts with its first byte."""
    set_limit(monkeypatch, server, "REQUEST_TIMEOUT", 0.2)
    with serving(server.Server(echo(rung), port=0)) as running, running.connect() as client:
        for _ in range(2):
            time.sleep(0.25)
            client.sendall(GET[:10])
            time.sleep(0.03)
            client.sendall(GET[10:])
            assert client.recv(65536).startswith(b"HTTP/1.1 200 OK")


# --- more clients than workers


class BusyPool:
    """A pool that is full for the first so many times, and takes note of what comes then."""

    def __init__(self, server: ModuleType, refusals: int) -> None:
        self._QueueFull = server.QueueFull
        self._refusals = refusals
        self.asked = 0
        self.jobs: list[Any] = []

    def submit(self, job: Any, timeout: float | None = None) -> None:
        self.asked += 1
        assert self.asked < 100, "it asks for a place for ever"
        if self.asked <= self._refusals:
            raise self._QueueFull
        self.jobs.append(job)


@pytest.mark.steps_only
@pytest.mark.exercise("3.7")
def test_connection_is_handed_over_as_soon_as_there_is_a_place(
    rung: Rung, server: ModuleType
) -> None:
    """Nobody else can serve it: neither the accepting thread nor one that is not in the pool."""
    made, pool = server.Server(echo(rung), port=0), BusyPool(server, refusals=3)
    made.close()
    client, connection = socket.socketpair()
    client.sendall(GET_AND_CLOSE)
    client.shutdown(socket.SHUT_WR)
    client.settimeout(0.1)
    with client, connection:
        made._hand_over(pool, connection)
        with pytest.raises(TimeoutError):
            client.recv(1)  # no worker has called the job yet
        assert (pool.asked, len(pool.jobs)) == (4, 1)
        pool.jobs[0]()
        assert client.recv(65536).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.steps_only
@pytest.mark.exercise("3.7")
def test_connection_for_which_there_is_no_place_at_a_shutdown_is_closed(
    rung: Rung, server: ModuleType
) -> None:
    """Otherwise its client would wait until the process has ended."""
    made = server.Server(echo(rung), port=0)
    made.close()
    made.shutdown()
    client, connection = socket.socketpair()
    with client, connection:
        made._hand_over(BusyPool(server, refusals=1000), connection)
        assert connection.fileno() == -1, "the connection was not closed"


@pytest.mark.steps_only
@pytest.mark.exercise("3.7")
def test_shutdown_can_reach_a_connection_that_waits_for_a_place(
    rung: Rung, server: ModuleType
) -> None:
    """It must be known before a worker has it: the worker may be done with it at once."""
    made, pool = server.Server(echo(rung), port=0), BusyPool(server, refusals=1)
    made.close()
    known: list[bool] = []
    submit = pool.submit

    def look_and_submit(job: Any, timeout: float | None = None) -> None:
        known.append(connection in made._connections)
        submit(job, timeout)

    pool.submit = look_and_submit
    client, connection = socket.socketpair()
    with client, connection:
        made._hand_over(pool, connection)
    assert known == [True, True]


@pytest.mark.exercise("3.7")
def test_nobody_is_dropped_when_all_workers_are_busy(server: ModuleType, gate: Gate) -> None:
    """Far more clients than workers and places in the queue: they wait, and are all answered."""
    with serving(server.Server(gate, port=0, workers=2)) as running:
        clients = ask(running, 100)
        gate.wait_for_a_request()
        time.sleep(0.1)  # the queue is full, and a first wait for a place is over
        gate.open()
        assert answers_of(running, clients) == ["through"] * 100


@pytest.mark.exercise("3.7")
def test_shutdown_ends_a_server_whose_queue_is_full(
    server: ModuleType, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although no worker ever takes anything out of it again."""
    set_limit(monkeypatch, server, "GRACE_TIME", 0.1)
    monkeypatch.setattr(serving_module, "DEADLINE", 2.0)
    with serving(server.Server(gate, port=0, workers=1)) as running:
        clients = ask(running, 80)
        gate.wait_for_a_request()
        time.sleep(0.1)
        assert running.stop(), "serve_forever() does not return"
    for client in clients:
        client.close()


@pytest.mark.exercise("3.7")
def test_client_that_is_handed_over_is_served(rung: Rung, server: ModuleType) -> None:
    with serving(server.Server(echo(rung), port=0, workers=1)) as running:
        for _ in range(3):
            assert read_answer(running.exchange(GET_AND_CLOSE)).status == 200


def test_no_more_handlers_run_at_once_than_there_are_workers(
    rung: Rung, server: ModuleType
) -> None:
    Response = rung("messages").Response
    running_now, most, lock = 0, 0, threading.Lock()

    def handler(request: Any) -> Any:
        nonlocal running_now, most
        with lock:
            running_now += 1
            most = max(most, running_now)
        time.sleep(0.01)
        with lock:
            running_now -= 1
        return Response("ok")

    with serving(server.Server(handler, port=0, workers=3)) as running:
        assert answers_of(running, ask(running, 20)) == ["ok"] * 20
    assert most == 3


# --- shutdown


def test_shutdown_answers_what_is_in_flight_and_what_is_queued(
    server: ModuleType, gate: Gate
) -> None:
    """The second request has arrived, and no worker has looked at it yet."""
    made = server.Server(gate, port=0, workers=1)
    with serving(made) as running:
        clients = ask(running, 1)
        gate.wait_for_a_request()
        clients += ask(running, 1)
        time.sleep(0.05)
        made.shutdown()
        time.sleep(0.1)
        gate.open()
        assert answers_of(running, clients) == ["through", "through"]
        assert running.stop()


@pytest.mark.exercise("3.7")
def test_shutdown_closes_idle_connections_at_once(
    rung: Rung, server: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not after their time: otherwise every stop would take KEEP_ALIVE_TIMEOUT."""
    set_limit(monkeypatch, server, "KEEP_ALIVE_TIMEOUT", 2.5)
    made = server.Server(echo(rung), port=0)
    with serving(made) as running, running.connect() as client:
        client.sendall(GET)
        client.recv(65536)
        started = time.monotonic()
        made.shutdown()
        assert client.recv(65536) == b""
        assert running.stop()
    assert time.monotonic() - started < 2


def test_answer_that_is_made_during_a_shutdown_is_the_last(server: ModuleType, gate: Gate) -> None:
    """RFC 9112 section 9.6: it says close, and what follows is not processed."""
    made = server.Server(gate, port=0)
    with serving(made) as running, running.connect() as client:
        client.sendall(GET + GET)
        gate.wait_for_a_request()
        made.shutdown()
        gate.open()
        (answer,) = read_answers(running.receive_all(client))
    assert answer.headers["Connection"] == "close"


def test_nobody_is_accepted_while_a_shutdown_waits(server: ModuleType, gate: Gate) -> None:
    """A client that is refused can ask another server; one that is accepted would be cut off."""
    made = server.Server(gate, port=0)
    with serving(made) as running:
        clients = ask(running, 1)
        gate.wait_for_a_request()
        made.shutdown()
        refused = False
        end = time.monotonic() + DEADLINE
        while not refused and time.monotonic() < end:
            try:
                running.connect().close()
                time.sleep(0.01)
            except ConnectionRefusedError:
                refused = True
        gate.open()
        assert refused
        assert answers_of(running, clients) == ["through"]


def test_request_that_hangs_does_not_prevent_the_end(
    server: ModuleType, gate: Gate, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    set_limit(monkeypatch, server, "GRACE_TIME", 0.1)
    made = server.Server(gate, port=0)
    with serving(made) as running:
        (client,) = ask(running, 1)
        gate.wait_for_a_request()
        assert running.stop(), "serve_forever() does not return"
        client.close()
    assert "not answered" in caplog.text


# --- what clients do to a server


def test_server_survives_clients_that_vanish_in_the_middle_of_anything(
    rung: Rung, server: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(server.Server(echo(rung), port=0, workers=2)) as running:
        for place in range(0, len(GET) + 1, 2):
            client = running.connect()
            client.sendall(GET[:place])
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        assert answers_of(running, ask(running, 4))[0] != "nothing", "the workers are gone"
    assert not caplog.records


# --- what is still wrong at the end of this step


@pytest.mark.own_step
def test_weakness_an_idle_connection_holds_a_worker(
    rung: Rung, server: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many idle clients as workers, and the next one waits. `final/` parks them instead."""
    set_limit(monkeypatch, server, "KEEP_ALIVE_TIMEOUT", 0.6)
    made = server.Server(echo(rung), port=0, workers=2)
    with serving(made) as running, running.connect() as one, running.connect() as other:
        for idle in (one, other):
            idle.sendall(GET)
            idle.recv(65536)
        with running.connect() as third:
            third.sendall(GET)
            third.settimeout(0.2)
            with pytest.raises(TimeoutError):
                third.recv(100)
            one.close()
            third.settimeout(DEADLINE)
            assert third.recv(100).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.own_step
def test_empty_lines_do_not_keep_a_connection_alive(
    rung: Rung, server: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are ignored in front of a request (RFC 9112 section 2.2), and so is their time."""
    set_limit(monkeypatch, server, "KEEP_ALIVE_TIMEOUT", 0.4)
    with serving(server.Server(echo(rung), port=0)) as running, running.connect() as client:
        client.settimeout(0.15)
        started = time.monotonic()
        closed = False
        while not closed and time.monotonic() - started < DEADLINE:
            try:
                client.sendall(b"\r\n")
                closed = client.recv(100) == b""
            except TimeoutError:
                continue
            except OSError:
                closed = True
    assert closed


def test_a_request_that_a_shutdown_cuts_off_may_be_sent_again(
    rung: Rung, server: ModuleType
) -> None:
    """503, not 400: the request was sound, it is the server that goes (RFC 9110 section 15.6.4)."""
    made = server.Server(echo(rung), port=0)
    with serving(made) as running, running.connect() as client:
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: example\r\nContent-Length: 1000\r\n\r\n0123456789"
        )
        time.sleep(0.2)  # so that a worker waits for the rest
        made.shutdown()
        assert read_answer(running.receive_all(client)).status == 503


def test_a_view_that_calls_exit_ends_neither_server_nor_worker(
    rung: Rung, server: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    def handler(request: Any) -> Any:
        raise SystemExit(3)

    with serving(server.Server(handler, port=0, workers=1)) as running:
        for _ in range(3):
            assert read_answer(running.exchange(GET_AND_CLOSE)).status == 500
    assert "SystemExit" in caplog.text


@pytest.mark.steps_only
def test_a_long_answer_has_more_time_than_a_short_one(
    rung: Rung, server: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time-out of sendall() is one for all of the data: it must grow with the answer."""
    set_limit(monkeypatch, server, "SEND_TIMEOUT", 0.1)
    body = b"x" * 8_000_000  # more than the buffers of both kernels hold

    def handler(request: Any) -> Any:
        return rung("messages").Response(body)

    with serving(server.Server(handler, port=0)) as running, running.connect() as client:
        client.sendall(GET_AND_CLOSE)
        time.sleep(0.4)
        assert read_answer(running.receive_all(client)).body == body
