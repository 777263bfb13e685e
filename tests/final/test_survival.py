"""Clients that flood, vanish, stall, trickle, or send garbage: the server stays, and stays small.

Each test has a server in a process of its own, so that its memory, its files and its CPU time can
be read. That a worker dies of no request, test_workers.py shows; how the server ends,
test_shutdown.py.
"""

import contextlib
import json
import random
import select
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.clients import is_cut, narrow, receive, reset, send
from tests.support.compare import read_answer, read_answers
from tests.support.processes import Measured, write_server
from tests.support.targets import Target

Start = Callable[..., Measured]

GET = b"GET /page HTTP/1.1\r\nHost: example\r\n\r\n"
GET_AND_CLOSE = b"GET /page HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n"
POST = b"POST /page HTTP/1.1\r\nHost: example\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LOOK = 0.2  # seconds between two looks at the clock, POLL_TIME


@pytest.fixture(scope="module")
def start(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """start(workers=8, request=0.5) runs the server with these settings; the same ones only once.

    What a test does to it must leave no trace: that is what these tests are about.
    """
    folder = write_server(target, tmp_path_factory.mktemp("server"))
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    started: dict[str, Measured] = {}

    def make(**settings: float) -> Measured:
        key = json.dumps(settings, sort_keys=True)
        if key not in started or started[key].process.poll() is not None:
            started[key] = Measured(folder, elsewhere, SETTINGS=key)
        return started[key]

    yield make
    for each in started.values():
        each.process.kill()
        each.process.wait()


@pytest.fixture
def server(start: Start) -> Iterator[Measured]:
    """A server with four workers, little patience with requests, and much with idle clients.

    After the test it is as well as before, and has as many files open.
    """
    server = start(workers=4, request=0.4, send=0.6, drain=0.5, keep_alive=60)
    ask(server)
    files = server.files()
    yield server
    try:
        assert_healthy(server, workers=4)
        assert wait_until(lambda: server.files() <= files), f"{server.files()} files, not {files}"
    except BaseException:
        server.process.kill()  # the next test gets another one
        server.process.wait()
        raise


def connect(server: Measured) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=5)


def ask(server: Measured, raw: bytes = GET_AND_CLOSE) -> str:
    """The text of the answer to one request."""
    with connect(server) as client:
        client.sendall(raw)
        return read_answer(receive(client)).text


def seconds_of(server: Measured, requests: int) -> float:
    """How long the median of so many requests takes, one after the other on one connection."""
    times = []
    with connect(server) as client:
        for _ in range(requests):
            began = time.monotonic()
            client.sendall(GET)
            receive(client, b"done /page 0")
            times.append(time.monotonic() - began)
    return sorted(times)[requests // 2]


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def wait_until_at_rest(server: Measured) -> None:
    """Wait until all that it was given to do is done, however busy the machine is."""
    spent = -1.0
    while server.cpu() > spent:
        spent = server.cpu()
        time.sleep(0.2)


def assert_healthy(server: Measured, workers: int = 8) -> None:
    """It answers, with all of its workers, and has logged no mistake of its own."""
    assert ask(server) == "done /page 0"
    assert server.threads() == workers + 1
    assert "Traceback" not in server.log(), server.log()[-2000:]


# --- floods


def test_flood_beyond_the_file_descriptors_pauses_and_recovers(start: Start) -> None:
    """Those who got in are served, those outside wait in the kernel, and nothing spins."""
    server = start(files=100, keep_alive=60)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(server)) for _ in range(300)]
        assert wait_until(lambda: "Too many open files" in server.log())
        clients[0].sendall(GET)
        receive(clients[0], b"done")
        spent = server.cpu()
        time.sleep(1)
        assert server.cpu() - spent < 0.1, "it spins"
        assert server.files() < 100
        assert server.log().count("\n") < 20
        for client in clients[:150]:
            client.close()
        clients[200].sendall(GET)
        receive(clients[200], b"done")
    assert_healthy(server)
    assert wait_until(lambda: server.files() < 12)


def test_running_out_of_file_descriptors_is_survived(start: Start) -> None:
    """Not connections alone take them: here each client has a body that waits in a file."""
    server = start(files=64, keep_alive=60)
    head = POST + b"Content-Length: 1000000\r\n\r\n"
    with contextlib.ExitStack() as stack:
        for _ in range(45):
            send(stack.enter_context(connect(server)), head + b"x" * 400_000)
        assert wait_until(lambda: server.files() == 64)
        time.sleep(0.3)
        spent = server.cpu()
        time.sleep(1)
        assert server.cpu() - spent < 0.1, "it spins"
    assert_healthy(server)
    assert wait_until(lambda: server.files() < 12)


def test_flood_of_short_connections_leaves_nothing(start: Start) -> None:
    server = start()
    ask(server)
    files, memory = server.files(), server.memory()
    for number in range(3000):
        client = connect(server)
        if number % 3:
            client.sendall(GET[: number % len(GET)])
        (reset if number % 2 else socket.socket.close)(client)
    assert_healthy(server)
    assert wait_until(lambda: server.files() == files)
    assert server.memory() - memory < 5


# --- those who vanish

CONTINUE = POST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
BEGUN = {
    "nothing": b"",
    "line": GET[:9],
    "head": GET[:30],
    "body": POST + b"Content-Length: 50\r\n\r\nhalf",
    "large body": POST + b"Content-Length: 5000000\r\n\r\n" + b"x" * 400_000,
    "chunk": CHUNKED + b"1000\r\nhalf",
    "trailer": CHUNKED + b"0\r\nName: va",
    "100-continue": CONTINUE,
    "100-continue behind an answer": GET + CONTINUE,
    "answer": GET,
    "many answers": GET * 50,
    "long answer": GET.replace(b"/page", b"/long/5000000"),
    "stream": GET.replace(b"/page", b"/stream/1000/0.001"),
    "slow handler": GET.replace(b"/page", b"/sleep/0.02"),
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_client_may_vanish_in_the_middle_of_anything(server: Measured, begun: bytes) -> None:
    for number in range(24):
        client = connect(server)
        client.sendall(begun)
        time.sleep((0, 0.001, 0.005)[number % 3])
        (reset if number % 2 else socket.socket.close)(client)


@pytest.mark.parametrize(
    "path", ["/page", "/sleep/0.1", "/long/5000000", "/stream/20/0.005"], ids=str
)
def test_client_that_has_half_closed_gets_its_answers(server: Measured, path: str) -> None:
    one = GET.replace(b"/page", path.encode())
    with connect(server) as client:
        client.sendall(one + GET)
        client.shutdown(socket.SHUT_WR)
        spent = server.cpu()
        answers = read_answers(receive(client))
    assert [answer.status for answer in answers] == [200, 200]
    assert server.cpu() - spent < 0.2, "it spins"


def test_client_that_half_closes_in_a_request_is_told_so(server: Measured) -> None:
    for begun in ("line", "head", "body", "chunk", "trailer"):
        with connect(server) as client:
            client.sendall(BEGUN[begun])
            client.shutdown(socket.SHUT_WR)
            assert read_answer(receive(client)).status == 400


# --- those who do not read


@pytest.mark.parametrize("path", [b"/long/3000000", b"/stream/1000000/0"], ids=["long", "stream"])
def test_clients_that_never_read_hold_no_worker_and_are_cut(server: Measured, path: bytes) -> None:
    """Six times as many as there are workers. What waits for them does not grow either."""
    files = server.files()
    with contextlib.ExitStack() as stack:
        for _ in range(24):
            client = stack.enter_context(narrow(server.port))
            client.sendall(GET.replace(b"/page", path))
        wait_until_at_rest(server)
        memory, spent = server.memory(), server.cpu()
        assert seconds_of(server, 50) < 0.01
        time.sleep(0.3)
        assert server.memory() - memory < 2
        assert server.cpu() - spent < 0.3, "it spins"
        assert wait_until(lambda: server.files() == files, 4), "they were not cut"


def test_client_that_reads_slowly_but_steadily_gets_all(start: Start) -> None:
    """It takes longer than the time-out to make the third of the kernel's buffer free that a
    selector waits for."""
    server = start(send=0.3)
    received = bytearray()
    with narrow(server.port, 65536) as client:
        client.sendall(GET_AND_CLOSE.replace(b"/page", b"/long/6000000"))
        while data := client.recv(65536):
            received += data
            time.sleep(0.02)
    assert len(read_answer(bytes(received)).body) == 6_000_000


# --- garbage, and too much of everything


MISHEARD = ["nothing", "head", "body", "chunk", "trailer", "100-continue", "answer"]


def garbage(random: random.Random) -> bytes:
    """A request, or a half and a whole one, with bytes changed, cut out, doubled and thrown in."""
    raw = bytearray(BEGUN[random.choice(MISHEARD)] + GET)
    for _ in range(random.randrange(1, 6)):
        place = random.randrange(len(raw))
        kind = random.randrange(4)
        if kind == 0:
            raw[place] = random.randrange(256)
        elif kind == 1:
            del raw[place : place + random.randrange(20)]
        elif kind == 2:
            raw[place:place] = raw[place : place + random.randrange(200)]
        else:
            raw[place:place] = random.randbytes(random.randrange(40))
        raw = raw or bytearray(b"\0")
    return bytes(raw)


def test_ten_thousand_garbage_requests(server: Measured) -> None:
    seed = 9112
    print("seed", seed)
    source = random.Random(seed)
    memory = 0.0
    for number in range(100):
        clients = [connect(server) for _ in range(100)]
        for client in clients:
            send(client, garbage(source))
        for place, client in enumerate(clients):
            (reset if place % 2 else socket.socket.close)(client)
        if number == 20:
            memory = server.memory()
    assert server.memory() - memory < 5, "it grows"


OVERSIZED = {
    "line": (b"GET /", b"a", 414),
    "one field": (GET[:-2] + b"Name: ", b"a", 431),
    "fields": (GET[:-2], b"Name: value\r\n", 431),
    "name": (GET[:-2], b"a", 431),
    "body": (POST + b"Content-Length: 99999999999\r\n\r\n", b"a", 413),
    "digits": (POST + b"Content-Length: ", b"9", 431),
    "chunk": (CHUNKED + b"fffffffffff\r\n", b"a", 413),
    "chunks": (CHUNKED, b"400\r\n" + b"a" * 1024 + b"\r\n", 413),
    "chunk size": (CHUNKED, b"0", 400),
    "extension": (CHUNKED + b"1;", b"a", 400),
    "trailer": (CHUNKED + b"0\r\nName: ", b"a", 400),
    "trailers": (CHUNKED + b"0\r\n", b"Name: value\r\n", 431),
    "nonsense": (b"", b"\xff\0", 501),
    "lines of nonsense": (b"\n", b"\xff\n", 431),
}


@pytest.mark.parametrize(("begin", "more", "status"), OVERSIZED.values(), ids=OVERSIZED)
def test_too_much_of_anything_is_refused_and_the_answer_arrives(
    server: Measured, begin: bytes, more: bytes, status: int
) -> None:
    """Although the client goes on sending: what comes behind the answer is read for a moment."""
    piece = more * (65536 // len(more))
    received, answered, closed = b"", 0.0, False
    end = time.monotonic() + 4
    with connect(server) as client:
        client.sendall(begin)
        client.setblocking(False)
        while time.monotonic() < end and not closed:
            readable, writable, _ = select.select([client], [client], [], 0.1)
            try:
                if readable:
                    received += client.recv(65536)
                    answered = answered or time.monotonic()
                if writable:
                    client.send(piece)
            except ConnectionError:
                closed = True
    assert closed, "it may send for ever"
    assert read_answer(received).status == status
    assert time.monotonic() - answered < 0.5 + 2 * LOOK + 0.3


def test_refused_body_of_a_client_that_does_not_look_up(server: Measured) -> None:
    """It sends all of its 20 MB and then looks for the answer; the answer is there."""
    with connect(server) as client:
        client.sendall(POST + b"Content-Length: 20000000\r\n\r\n")
        client.sendall(b"a" * 20_000_000)
        assert read_answer(receive(client)).status == 413


# --- those who do nothing, or very little


def test_thousand_idle_connections_cost_little_and_are_closed_in_time(start: Start) -> None:
    server = start(keep_alive=2.5, files=2000)
    ask(server)
    files, memory = server.files(), server.memory()
    with contextlib.ExitStack() as stack:
        began = time.monotonic()
        clients = [stack.enter_context(connect(server)) for _ in range(1000)]
        for client in clients[:500]:
            client.sendall(GET)
            receive(client, b"done")
        assert wait_until(lambda: server.files() >= files + 1000)
        assert server.memory() - memory < 6
        assert seconds_of(server, 100) < 0.01
        assert all(not is_cut(client, 0) for client in clients)
        last = time.monotonic()
        assert wait_until(lambda: server.files() == files, 6)
        assert time.monotonic() - began >= 2.5
        assert time.monotonic() - last < 2.5 + 2 * LOOK + 0.5
        assert all(is_cut(client, 1) for client in clients)
    assert_healthy(server)


STALLED = ["line", "head", "body", "chunk", "trailer"]


@pytest.mark.parametrize("begun", STALLED)
def test_request_that_stalls_is_cut_in_time(server: Measured, begun: str) -> None:
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(server)) for _ in range(20)]
        began = time.monotonic()
        for client in clients:
            client.sendall(BEGUN[begun])
        assert seconds_of(server, 10) < 0.01, "they hold a worker"
        for client in clients:
            assert read_answer(receive(client)).status == 408
        assert 0.35 < time.monotonic() - began < 0.4 + LOOK + 0.5


@pytest.mark.parametrize("begun", STALLED)
def test_request_that_trickles_is_cut_in_time(server: Measured, begun: str) -> None:
    """A byte every 20 ms changes nothing: the clock stands at the first byte."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(server)) for _ in range(20)]
        began = time.monotonic()
        for client in clients:
            client.sendall(BEGUN[begun])
        while time.monotonic() < began + 0.4 + LOOK + 0.3:
            for client in clients:
                send(client, b"a")
            time.sleep(0.02)
        assert seconds_of(server, 10) < 0.01
        for client in clients:
            assert read_answer(receive(client, seconds=1)).status == 408


def test_body_that_comes_fast_enough_may_take_long(server: Measured) -> None:
    """A second more for each MIN_RATE of it."""
    with connect(server) as client:
        client.sendall(POST + b"Connection: close\r\nContent-Length: 200000\r\n\r\n")
        for _ in range(20):
            client.sendall(b"x" * 10_000)
            time.sleep(0.05)
        assert read_answer(receive(client)).text == "done /page 200000"


def test_request_behind_a_long_answer_has_its_own_time(server: Measured) -> None:
    """Its first bytes came long ago, with the request before it: nobody looked at them then."""
    with connect(server) as client:
        client.sendall(GET.replace(b"/page", b"/stream/2/0.3") + GET_AND_CLOSE[:30])
        receive(client, b"0\r\n\r\n")
        time.sleep(0.1)
        client.sendall(GET_AND_CLOSE[30:])
        assert read_answer(receive(client)).status == 200


@pytest.mark.parametrize("pause", [0.0, 0.1])
def test_empty_lines_keep_no_connection_alive(start: Start, pause: float) -> None:
    """RFC 9112 section 2.2: they are ignored. Nor may they come for ever, however fast."""
    server = start(keep_alive=0.5)
    with connect(server) as client:
        end = time.monotonic() + 3
        while send(client, b"\r\n") and time.monotonic() < end:
            time.sleep(pause)
        assert time.monotonic() < end, "it was not cut"


# --- who does nothing should cost nothing


def test_idle_server_uses_no_cpu(start: Start) -> None:
    """Alone, and with a few connections that idle, and one that is half-way."""
    server = start()
    ask(server)
    spent = server.cpu()
    time.sleep(1)
    assert server.cpu() - spent <= 0.02
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(connect(server)).sendall(BEGUN["head"])
        time.sleep(0.1)
        spent = server.cpu()
        time.sleep(1)
        assert server.cpu() - spent <= 0.03


def test_server_whose_workers_are_all_busy_uses_no_cpu(start: Start) -> None:
    """Although more requests wait, and more clients knock, than it can serve."""
    server = start(workers=2)
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            client = stack.enter_context(connect(server))
            client.sendall(GET.replace(b"/page", b"/sleep/1.2"))
        time.sleep(0.1)
        spent = server.cpu()
        time.sleep(1)
        assert server.cpu() - spent <= 0.03
