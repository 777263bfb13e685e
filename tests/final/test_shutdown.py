"""How the server ends: what is in flight is answered, who idles is let go, nobody waits long."""

import contextlib
import gc
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.clients import narrow, receive
from tests.support.compare import read_answer, read_answers
from tests.support.processes import Measured, write_server
from tests.support.serving import serving
from tests.support.targets import Target

Rung = Callable[..., ModuleType]
Start = Callable[..., Measured]

STOP = [signal.SIGTERM, signal.SIGINT]
QUICK = 2.0  # seconds; far less than the grace period


@pytest.fixture
def start(target: Target, tmp_path: Path) -> Iterator[Start]:
    """start(grace=8) runs the server in a process of its own."""
    folder = write_server(target, tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    started: list[Measured] = []

    def make(**settings: float) -> Measured:
        started.append(Measured(folder, elsewhere, SETTINGS=json.dumps(settings)))
        return started[-1]

    yield make
    for each in started:
        each.process.kill()
        each.process.wait()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: example\r\n\r\n".encode()


def connect(server: Measured, raw: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port), timeout=5)
    client.sendall(raw)
    return client


def wait_for(server: Measured, words: str, count: int = 1) -> None:
    """Wait until the server has printed something so often."""
    end = time.monotonic() + 5
    while server.log().count(words) < count and time.monotonic() < end:
        time.sleep(0.01)
    assert server.log().count(words) >= count


def assert_ends(server: Measured, seconds: float = QUICK) -> None:
    assert server.process.wait(seconds) == 0, "the status of a program that has ended as it should"
    assert server.log().endswith("Stopped.\n")
    assert "Traceback" not in server.log()


# --- what is in flight


@pytest.mark.parametrize("number", STOP, ids=lambda number: number.name)
def test_everything_in_flight_is_finished(start: Start, number: signal.Signals) -> None:
    """Handlers that run, one that waits for a worker, a stream, an answer that is half out."""
    server = start(workers=3)
    with contextlib.ExitStack() as stack:

        def ask(path: str, client: socket.socket | None = None) -> socket.socket:
            client = stack.enter_context(client or connect(server))
            client.sendall(get(path))
            return client

        half_out = ask("/long/5000000", narrow(server.port))
        stream = ask("/stream/20/0.02")
        handlers = [ask("/sleep/0.4"), ask("/sleep/0.5")]
        wait_for(server, "asked", 3)
        waiting = ask("/sleep/0.1")
        idle = [ask("/"), stack.enter_context(connect(server))]
        time.sleep(0.1)
        server.process.send_signal(number)
        for client, length in [(half_out, 5_000_000), (stream, 20 * 16384)]:
            assert len(read_answer(receive(client)).body) == length
        for client in (*handlers, waiting):
            answer = read_answer(receive(client))
            assert answer.text.startswith("done /sleep")
            assert answer.headers["Connection"] == "close"
        for client in idle:
            receive(client)
    assert_ends(server)


@pytest.mark.parametrize("path", ["/long/5000000", "/stream/40/0.02"])
def test_answer_that_began_before_the_end_does_not_hold_it_up(start: Start, path: str) -> None:
    """It has promised to keep the connection open; that was before."""
    server = start(grace=8, keep_alive=8)
    with narrow(server.port) as client:
        client.sendall(get(path))
        receive(client, b"\r\n\r\n")
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        receive(client)
        assert_ends(server)


def test_who_has_just_connected_may_still_ask(start: Start) -> None:
    """A proxy that has sent a POST in vain may not send it elsewhere; it looks like an error."""
    server = start()
    with connect(server) as client:
        time.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        client.sendall(get("/asked-late"))
        answer = read_answer(receive(client))
        assert answer.text.startswith("done /asked-late")
        assert answer.headers["Connection"] == "close"
    assert_ends(server)


HALF = b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf"


def test_half_sent_request_may_still_become_whole(start: Start) -> None:
    server = start()
    with connect(server, HALF) as client:
        time.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        client.sendall(b"half")
        assert read_answer(receive(client)).text == "done /form 8"
    assert_ends(server)


def test_half_sent_request_that_stays_so_is_refused(start: Start) -> None:
    server = start()
    with connect(server, HALF) as client:
        time.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        assert read_answer(receive(client)).status == 503
    assert_ends(server)


def test_everybody_is_served_whom_the_kernel_has_let_in(start: Start) -> None:
    """To close the listening socket resets those who wait in its queue."""
    server = start(workers=1)
    with contextlib.ExitStack() as stack:
        busy = stack.enter_context(connect(server, get("/sleep/0.5")))
        wait_for(server, "asked")
        queue = [stack.enter_context(connect(server, get(f"/{each}"))) for each in range(100)]
        server.process.send_signal(signal.SIGTERM)
        assert read_answer(receive(busy)).text.startswith("done /sleep")
        for number, client in enumerate(queue):
            assert read_answer(receive(client)).text == f"done /{number} 0"
    assert_ends(server)


@pytest.mark.parametrize("path", ["/sleep/60", "/stream/1000/1", "/long/5000000"])
def test_nobody_prolongs_the_grace_period(start: Start, path: str) -> None:
    """A handler that hangs, a stream without end, a client that does not read."""
    server = start(grace=0.5)
    with narrow(server.port) as client:
        client.sendall(get(path))
        time.sleep(0.2)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert_ends(server)
        assert time.monotonic() - began > 0.5
        assert "not answered" in server.log()


@pytest.mark.parametrize("second", STOP, ids=lambda number: number.name)
def test_second_signal_ends_it_at_once(start: Start, second: signal.Signals) -> None:
    server = start(workers=1)
    with connect(server, get("/sleep/60")):
        wait_for(server, "asked")
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        assert server.process.poll() is None
        server.process.send_signal(second)
        assert server.process.wait(QUICK) == -second


@pytest.mark.parametrize("number", STOP, ids=lambda number: number.name)
def test_server_that_idles_ends_at_once(start: Start, number: signal.Signals) -> None:
    server = start()
    server.process.send_signal(number)
    assert_ends(server, 1)


def test_waiting_for_the_end_uses_no_cpu(start: Start) -> None:
    server = start()
    with connect(server, get("/sleep/1")), narrow(server.port) as deaf:
        deaf.sendall(get("/long/5000000"))
        wait_for(server, "asked")
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        spent = server.cpu()
        time.sleep(0.7)
        assert server.cpu() - spent <= 0.03


# --- under a flood


def test_end_in_a_flood(start: Start) -> None:
    """Each client gets a whole answer or none; and a server that is flooded ends, too."""
    server = start(workers=4)
    answers: list[bytes] = []
    over = threading.Event()

    def flood() -> None:
        while not over.is_set():
            try:
                with connect(server, get("/sleep/0.001")) as client:
                    answers.append(receive(client, b"done /sleep/0.001 0"))
            except OSError:
                time.sleep(0.001)

    threads = [threading.Thread(target=flood) for _ in range(20)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    server.process.send_signal(signal.SIGTERM)
    try:
        assert_ends(server)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert len(answers) > 100
    assert all(len(read_answers(each)) == 1 for each in answers if each)


# --- what it leaves behind


def files_of_this_process() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are enough


def test_server_that_has_ended_leaves_no_thread_and_no_file(rung: Rung) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("open files are counted in /proc, which is not here")
    gc.collect()
    files, threads = files_of_this_process(), threading.active_count()

    def handler(request: Any) -> Any:
        return rung("messages").Response("done")

    server = rung("server").Server(handler, port=0)
    with serving(server) as running:
        running.exchange(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    end = time.monotonic() + 2
    while threading.active_count() > threads and time.monotonic() < end:
        time.sleep(0.01)
    assert threading.active_count() == threads
    assert files_of_this_process() == files, "the garbage collector should not have to do it"
    server.shutdown()  # a second time, and too late: this must not fail
