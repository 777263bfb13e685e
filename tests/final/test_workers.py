"""The threads of the server: none dies of a request, none is held by a client, none starves one."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any

import pytest

from tests.support.clients import receive, reset
from tests.support.compare import read_answer
from tests.support.serving import Serving, serving

Rung = Callable[..., ModuleType]
Serve = Callable[..., AbstractContextManager[Serving]]


def get(path: str, close: bool = False) -> bytes:
    """A request."""
    last = "Connection: close\r\n" if close else ""
    return f"GET {path} HTTP/1.1\r\nHost: example\r\n{last}\r\n".encode()


@pytest.fixture
def serve(rung: Rung, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """with serve(handler, workers, keep_alive=1.0) as running: the server in this process."""
    server = rung("server")
    monkeypatch.setattr(server, "POLL_TIME", 0.03)

    def make(handler: Any, workers: int = 8, **seconds: float) -> AbstractContextManager[Serving]:
        timeouts = server.Timeouts(**seconds)
        return serving(server.Server(handler, port=0, workers=workers, timeouts=timeouts))

    return make


def all_live(running: Serving, workers: int) -> bool:
    """Whether so many of its workers live. (Other servers may run in this process.)

    The first may have answered all before the last is started; so there is some time for it. One
    that has died does not come back.
    """

    def living() -> int:
        own = running.server._work
        return sum(getattr(each, "_target", None) == own for each in threading.enumerate())

    end = time.monotonic() + 5
    while living() != workers and time.monotonic() < end:
        time.sleep(0.01)
    return living() == workers


# --- a worker never dies of a request


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


class OwnBaseException(BaseException):
    pass


ANYTHING = [
    Exception("bug"), OSError(9, "closed"), BlockingIOError(), ConnectionResetError(),
    TimeoutError(), StopIteration(), RecursionError(), MemoryError(), AssertionError(),
    Unprintable(), SystemExit(0), KeyboardInterrupt(), GeneratorExit(), OwnBaseException(),
]  # fmt: skip


def name(error: BaseException) -> str:
    return type(error).__name__


@pytest.mark.parametrize("error", ANYTHING, ids=name)
def test_handler_may_raise_anything(rung: Rung, serve: Serve, error: BaseException) -> None:
    Response = rung("messages").Response

    def handler(request: Any) -> Any:
        if request.path == "/slow":
            time.sleep(0.01)  # so that another thread gets the lead
        if request.path != "/good":
            raise error
        return Response("good")

    with serve(handler, workers=2) as running, running.connect() as client:
        for path in ("/", "/slow", "/", "/slow"):
            client.sendall(get(path))
            assert read_answer(receive(client, b"details.\n")).status == 500
        client.sendall(get("/good", close=True))
        assert read_answer(receive(client)).text == "good"
        assert all_live(running, 2)


def deep() -> int:
    return 1 + deep()


def test_handler_may_recurse_for_ever(serve: Serve) -> None:
    with serve(lambda request: deep(), workers=1) as running:
        for _ in range(3):
            assert read_answer(running.exchange(get("/", close=True))).status == 500


@pytest.mark.parametrize("length", ["abc", "-5", "5_0", "1" * 5000], ids=lambda text: text[:5])
def test_length_that_is_none_is_the_handlers_error(rung: Rung, serve: Serve, length: str) -> None:
    """Content-Length of a stream, set after the response was made, so that nobody has looked."""
    Response = rung("messages").Response

    def handler(request: Any) -> Any:
        response = Response(iter([b"body"]))
        response.headers["Content-Length"] = length
        return response

    with serve(handler, workers=1) as running:
        for _ in range(2):
            assert read_answer(running.exchange(get("/", close=True))).status == 500


def test_error_that_is_no_answer_is_the_handlers_error(rung: Rung, serve: Serve) -> None:
    def handler(request: Any) -> Any:
        raise rung("messages").HTTPError(100)

    with serve(handler, workers=1) as running:
        for _ in range(2):
            assert read_answer(running.exchange(get("/", close=True))).status == 500


@pytest.mark.parametrize(
    "error", [each for each in ANYTHING if not isinstance(each, StopIteration)], ids=name
)
def test_stream_may_raise_anything_in_the_middle(
    rung: Rung, serve: Serve, error: BaseException
) -> None:
    """What was sent does not look whole: it ends with a reset, and without its last chunk."""
    Response = rung("messages").Response

    class Pieces:
        def __init__(self) -> None:
            self._count = 0

        def __iter__(self) -> "Pieces":
            return self

        def __next__(self) -> bytes:
            self._count += 1
            if self._count > 3:
                raise error
            return b"piece"

    def handler(request: Any) -> Any:
        return Response("good" if request.path == "/good" else Pieces())

    with serve(handler, workers=2) as running:
        for _ in range(4):
            with running.connect() as client:
                client.sendall(get("/"))
                received = receive(client)
            assert not received.endswith(b"0\r\n\r\n")
        assert read_answer(running.exchange(get("/good", close=True))).text == "good"
        assert all_live(running, 2)


@pytest.mark.parametrize("error", ANYTHING, ids=name)
def test_close_of_a_stream_may_raise_anything(
    rung: Rung, serve: Serve, error: BaseException
) -> None:
    Response = rung("messages").Response

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"piece"])

        def close(self) -> None:
            raise error

    with serve(lambda request: Response(Pieces()), workers=2) as running:
        for _ in range(4):
            assert read_answer(running.exchange(get("/", close=True))).text == "piece"
        assert all_live(running, 2)


@pytest.mark.parametrize(
    ("pieces", "length"),
    [
        (["text"], None),
        ([b"a", None], None),
        ([b"a", 5], None),
        ([bytearray(b"a")], None),
        ([b"abc"], "2"),
        ([b"ab", b"c"], "2"),
        ([b"a"], "2"),
        ([], "2"),
    ],
    ids=["str", "None", "int", "bytearray", "long piece", "long", "short", "nothing"],
)
def test_stream_that_breaks_its_word_is_cut_off(
    rung: Rung, serve: Serve, pieces: list[Any], length: str | None
) -> None:
    Response = rung("messages").Response
    headers = {"Content-Length": length} if length else {}
    with serve(lambda request: Response(iter(pieces), headers=headers), workers=1) as running:
        for _ in range(3):
            with running.connect() as client:
                client.sendall(get("/"))
                received = receive(client)
            assert not received.endswith(b"0\r\n\r\n"), "it must not look whole"
            assert b"abc" not in received
        assert all_live(running, 1)


@pytest.mark.parametrize(("place", "status"), [("reading", None), ("answering", 500)])
def test_mistake_of_the_server_costs_one_client_and_no_worker(
    rung: Rung, serve: Serve, monkeypatch: pytest.MonkeyPatch, place: str, status: int | None
) -> None:
    """There should be none. The client sees an end, and nothing is left of its connection."""
    Response = rung("messages").Response
    owner = rung("connection").RequestParser if place == "reading" else rung("server")
    function = "next_request" if place == "reading" else "can_keep_alive"
    right = getattr(owner, function)

    def wrong(*arguments: Any) -> Any:
        raise RuntimeError("a mistake")

    with serve(lambda request: Response("good"), workers=2) as running:
        monkeypatch.setattr(owner, function, wrong)
        for _ in range(4):
            with running.connect() as client:
                client.sendall(get("/"))
                received = receive(client)
            assert (read_answer(received).status if received else None) == status
        monkeypatch.setattr(owner, function, right)
        assert read_answer(running.exchange(get("/", close=True))).text == "good"
        assert all_live(running, 2)
        end = time.monotonic() + 5  # the answer is out before the leader has settled all
        while running.server._connections and time.monotonic() < end:
            time.sleep(0.01)
        assert not running.server._connections


# --- nobody waits for somebody else


class Pages:
    """A handler: /0.5 takes so many seconds, /stream/0.5 waits between two pieces, and so on."""

    def __init__(self, rung: Rung) -> None:
        self._Response = rung("messages").Response
        self.closed = threading.Event()
        self.most, self._now, self._lock = 0, 0, threading.Lock()

    def __call__(self, request: Any) -> Any:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            return self._answer(*request.path.strip("/").rpartition("/"))
        finally:
            with self._lock:
                self._now -= 1

    def _answer(self, kind: str, _slash: str, number: str) -> Any:
        if kind == "stream":
            return self._Response(self._pieces(float(number)))
        if kind == "endless":
            return self._Response(self._endless(float(number)))
        time.sleep(float(number))
        return self._Response(f"done {number}")

    def _pieces(self, seconds: float) -> Iterator[bytes]:
        for _ in range(2):
            time.sleep(seconds / 2)
            yield b"piece"

    def _endless(self, seconds: float) -> Iterator[bytes]:
        try:
            while True:
                yield b"x" * 65536
        finally:
            time.sleep(seconds)
            self.closed.set()


@pytest.fixture
def pages(rung: Rung) -> Pages:
    return Pages(rung)


def timed(client: socket.socket, path: str = "/0") -> float:
    """Seconds until the answer to a request is here."""
    started = time.monotonic()
    client.sendall(get(path))
    receive(client, b"done " + path.strip("/").encode())
    return time.monotonic() - started


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def test_ninth_client_of_eight_workers_waits_and_is_served(pages: Pages, serve: Serve) -> None:
    with serve(pages) as running, contextlib.ExitStack() as stack:
        clients = [stack.enter_context(running.connect()) for _ in range(24)]
        started = time.monotonic()
        for client in clients:
            client.sendall(get("/0.2"))
        for client in clients:
            receive(client, b"done 0.2")
        seconds = time.monotonic() - started
    assert pages.most == 8
    assert 0.55 < seconds < 1.2, "three times eight"


@pytest.mark.parametrize("path", ["/0.5", "/stream/0.5"])
def test_handlers_that_block_do_not_hold_up_the_quick_ones(
    pages: Pages, serve: Serve, path: str
) -> None:
    with serve(pages) as running, running.connect() as quick, contextlib.ExitStack() as stack:
        for _ in range(7):
            stack.enter_context(running.connect()).sendall(get(path))
        time.sleep(0.1)
        times = [timed(quick) for _ in range(50)]
    assert median(times) < 0.01, f"{median(times) * 1000:.1f} ms"


def test_client_that_pipelines_does_not_starve_the_others(pages: Pages, serve: Serve) -> None:
    """Its 500 requests take a second; who asks meanwhile waits for a few of them, not for all."""
    with serve(pages, workers=2) as running, running.connect() as greedy, running.connect() as fair:
        timed(fair)
        greedy.sendall(get("/0.001") * 500)
        receive(greedy, b"done")
        times = [timed(fair) for _ in range(20)]
    assert max(times) < 0.2, f"{max(times):.3f} s"


def test_client_that_never_stops_asking_does_not_starve_the_others(
    pages: Pages, serve: Serve
) -> None:
    """A buffer that ends in the middle of a request is filled again: it has no end of requests."""
    with serve(pages, workers=2) as running, running.connect() as greedy, running.connect() as fair:
        timed(fair)
        stop = threading.Event()

        def ask() -> None:
            with contextlib.suppress(OSError):
                while not stop.is_set():
                    greedy.sendall(get("/0/0/0/0") * 1000)

        def read() -> None:
            with contextlib.suppress(OSError):
                while greedy.recv(1 << 20):
                    pass

        threads = [threading.Thread(target=each) for each in (ask, read)]
        for thread in threads:
            thread.start()
        try:
            time.sleep(0.1)
            times = [timed(fair) for _ in range(5)]
        finally:
            stop.set()
            greedy.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()
    assert max(times) < 0.5, f"{max(times):.3f} s"


def test_clients_that_pipeline_slow_pages_do_not_starve_the_others(
    pages: Pages, serve: Serve
) -> None:
    """More of them than there are workers, each with its next request here already."""
    with serve(pages, workers=2) as running, contextlib.ExitStack() as stack:
        fair, *greedy = (stack.enter_context(running.connect()) for _ in range(5))
        for client in greedy:
            client.sendall(get("/0.005") * 100)  # a second, if they are alone
        receive(greedy[0], b"done")
        assert timed(fair) < 0.3


def test_selector_does_without_epoll(
    rung: Rung, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is none, the connections that are ready come from `selectors`."""
    asked = []

    def epoll_of(selector: Any) -> None:
        asked.append(selector)

    monkeypatch.setattr(rung("server"), "epoll_of", epoll_of)
    with serve(lambda request: rung("messages").Response("good"), workers=2) as running:
        for _ in range(3):
            assert read_answer(running.exchange(get("/", close=True))).text == "good"
    assert len(asked) == 1


def test_end_of_a_stream_may_take_its_time(pages: Pages, serve: Serve) -> None:
    """close() of a stream whose client has gone: a database commits, say. The others go on."""
    with serve(pages, workers=2) as running, running.connect() as other:
        client = running.connect()
        client.sendall(get("/endless/0.5"))
        receive(client, b"x" * 65536)
        timed(other)
        reset(client)
        time.sleep(0.02)
        times = [timed(other) for _ in range(5)]
        assert max(times) < 0.2, f"{max(times):.3f} s"
        assert pages.closed.wait(5)


def test_end_of_a_stream_that_nobody_takes_may_take_its_time(pages: Pages, serve: Serve) -> None:
    """The same when it is the server that parts with the client."""
    with serve(pages, workers=2, send=0.1) as running, running.connect() as other:
        with running.connect() as client:
            client.sendall(get("/endless/0.6"))
            end = time.monotonic() + 1.5
            times = []
            while time.monotonic() < end:
                times.append(timed(other))
                time.sleep(0.01)
            assert pages.closed.is_set()
        assert max(times) < 0.3, f"{max(times):.3f} s"
