"""Several clients at once, clocks and signals: what any client may rely on from step 03 on.

The same tests can be run on step 02, which has none of this: every one fails there, by assertion.
"""

import contextlib
import shutil
import signal
import socket
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.compare import read_answer, read_answers, show
from tests.support.demo import Demo
from tests.support.handlers import echo
from tests.support.limits import set_limit
from tests.support.serving import Serving, serving
from tests.support.targets import Target

Rung = Callable[..., ModuleType]
Serve = Callable[..., AbstractContextManager[Serving]]
Start = Callable[..., Demo]

GET = b"GET /page HTTP/1.1\r\nHost: example\r\n\r\n"
GET_AND_CLOSE = b"GET /page HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n"
OTHERS_WAIT = 1.0  # seconds; step 02 waits twice as long for a silent client


@pytest.fixture
def serve(rung: Rung) -> Serve:
    """with serve() as running: the target's server on a port, with a handler or one that echoes."""

    def make(handler: Any = None) -> AbstractContextManager[Serving]:
        return serving(rung("server").Server(handler or echo(rung), port=0))

    return make


def receive(client: socket.socket, seconds: float, mark: bytes = b"\r\n\r\n") -> bytes:
    """What arrives up to a mark, or EOF, within a time; a failure if neither comes."""
    __tracebackhide__ = True
    received = b""
    end = time.monotonic() + seconds
    while mark not in received:
        client.settimeout(max(0.001, end - time.monotonic()))
        try:
            data = client.recv(65536)
        except TimeoutError:
            raise AssertionError(
                f"neither {mark!r} nor the end came within {seconds:g} s, but {show(received)!r}"
            ) from None
        if not data:
            break
        received += data
    return received


# --- many at once


def test_eight_slow_pages_take_the_time_of_one(rung: Rung, serve: Serve) -> None:
    Response = rung("messages").Response

    def slow(request: Any) -> Any:
        time.sleep(0.15)
        return Response("slow")

    def timed(count: int) -> float:
        started = time.monotonic()
        with ThreadPoolExecutor(count) as clients:
            answers = list(clients.map(running.exchange, [GET_AND_CLOSE] * count))
        assert all(read_answer(answer).text == "slow" for answer in answers)
        return time.monotonic() - started

    with serve(slow) as running:
        one, eight = timed(1), timed(8)
    assert eight < 3 * one, f"one takes {one:.2f} s, eight {eight:.2f} s"


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe", GET],
    ids=["nothing", "half a line", "half a body", "a whole request"],
)
def test_client_that_says_no_more_does_not_stop_the_others(serve: Serve, begun: bytes) -> None:
    with serve() as running, running.connect() as silent, running.connect() as other:
        silent.sendall(begun)
        time.sleep(0.02)
        other.sendall(GET)
        assert b"/page" in receive(other, OTHERS_WAIT, b"/page")


def test_client_that_never_reads_does_not_stop_the_others(rung: Rung, serve: Serve) -> None:
    Response = rung("messages").Response

    def handler(request: Any) -> Any:
        return Response(b"x" * 20_000_000 if request.path == "/long" else b"short")

    with serve(handler) as running, running.connect() as deaf, running.connect() as other:
        deaf.sendall(GET.replace(b"/page", b"/long"))
        time.sleep(0.05)
        other.sendall(GET)
        assert b"short" in receive(other, OTHERS_WAIT, b"short")


# --- the clocks


def test_request_that_trickles_in_is_given_up(
    rung: Rung, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9110 section 15.5.9. The deadline is the request's: a byte now and then moves nothing."""
    set_limit(monkeypatch, rung("server"), "REQUEST_TIMEOUT", 0.25)
    with serve() as running, running.connect() as client:
        started = time.monotonic()
        received = b""
        while not received and time.monotonic() - started < 1.2:
            with contextlib.suppress(TimeoutError, OSError):
                client.sendall(b"a")
                client.settimeout(0.03)
                received = client.recv(65536)
        assert read_answer(received or b"HTTP/1.1 000 none\r\n\r\n").status == 408
        assert receive(client, 1, b"no such mark") == b"", "the connection was not closed"


def test_request_that_stops_half_way_is_given_up(
    rung: Rung, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_limit(monkeypatch, rung("server"), "REQUEST_TIMEOUT", 0.1)
    with serve() as running, running.connect() as client:
        client.sendall(GET + b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
        answers = read_answers(receive(client, OTHERS_WAIT, b"no such mark"))
    assert [answer.status for answer in answers] == [200, 408]
    assert answers[-1].headers["Connection"] == "close"


def test_connection_that_stays_idle_is_closed_without_a_word(
    rung: Rung, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9112 section 9.5. An answer that nobody asked for could be taken for the next one's."""
    set_limit(monkeypatch, rung("server"), "KEEP_ALIVE_TIMEOUT", 0.1)
    with serve() as running, running.connect() as client:
        assert receive(client, OTHERS_WAIT) == b"", "who has not asked gets nothing"
    with serve() as running, running.connect() as client:
        client.sendall(GET)
        received = receive(client, OTHERS_WAIT, b"no such mark")
    assert len(read_answers(received)) == 1


# --- the end, in a process of its own

SLOW_SERVER = """
import resource, time
from rung import Response, run

def handler(request):
    print("asked", request.path, flush=True)
    time.sleep(float(request.path.strip("/") or 0))
    return Response("done")

if FILES:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
run(handler)
"""


@pytest.fixture
def start(target: Target, tmp_path: Path) -> Iterator[Start]:
    """start() runs the target's server in a process; its pages /0.5, /30 sleep so many seconds."""
    shutil.copytree(target.folder / "rung", tmp_path / "slow" / "rung")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    started: list[Demo] = []

    def make(files: int = 0) -> Demo:
        code = SLOW_SERVER.replace("FILES", str(files))
        (tmp_path / "slow" / "server.py").write_text(code, encoding="utf-8")
        started.append(Demo(tmp_path / "slow", elsewhere))
        return started[-1]

    yield make
    for each in started:
        each.process.kill()
        each.process.wait()


def connect(demo: Demo) -> socket.socket:
    return socket.create_connection(("127.0.0.1", demo.port), timeout=5)


def wait_for(demo: Demo, words: str) -> None:
    """Wait until the server has printed something."""
    end = time.monotonic() + 5
    while words not in demo.log() and time.monotonic() < end:
        time.sleep(0.01)
    assert words in demo.log()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_signal_ends_the_server_when_what_is_in_flight_is_answered(
    start: Start, number: signal.Signals
) -> None:
    demo = start()
    with connect(demo) as idle, connect(demo) as busy:
        idle.sendall(b"GET /0 HTTP/1.1\r\nHost: a\r\n\r\n")
        receive(idle, 5, b"done")
        busy.sendall(b"GET /0.2 HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_for(demo, "asked /0.2")
        demo.process.send_signal(number)
        answers = read_answers(receive(busy, 5, b"no such mark"))
        assert [answer.text for answer in answers] == ["done"], demo.log()
        assert answers[0].headers["Connection"] == "close"
        assert receive(idle, 5) == b""
    assert demo.process.wait(5) == 0, "the status of a program that has ended as it should"
    assert "Traceback" not in demo.log()


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_second_signal_ends_it_at_once(start: Start, second: signal.Signals) -> None:
    demo = start()
    with connect(demo) as busy:
        busy.sendall(b"GET /30 HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_for(demo, "asked /30")
        demo.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        assert demo.process.poll() is None, "the first signal waits for what is in flight"
        demo.process.send_signal(second)
        assert demo.process.wait(2) == -second


def test_server_recovers_when_it_has_run_out_of_file_descriptors(
    start: Start,
) -> None:
    """accept(2), EMFILE: it pauses, and goes on when others have hung up."""
    demo = start(files=24)
    clients = [connect(demo) for _ in range(40)]
    wait_for(demo, "Too many open files")
    time.sleep(0.3)
    assert demo.log().count("\n") < 20, "it spins"
    for client in clients:
        reset(client)
    with connect(demo) as client:
        client.sendall(b"GET /0 HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"done" in receive(client, 5, b"done")


def reset(client: socket.socket) -> None:
    """Close without a goodbye."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
