"""Fifty clients in a hurry, all sorts of requests: leaders change hundreds of times a second.

Each request carries a token that its answer must repeat, so an answer that went to somebody else,
came twice or was cut off is seen. The seed is printed; the threads take turns as they like.
"""

import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import pytest

from tests.support.clients import reset
from tests.support.serving import Serving, serving

Rung = Callable[..., ModuleType]

CLIENTS = 50
SECONDS = 4.0
KINDS = [*["quick"] * 12, *["doze"] * 4, "sleep", "long", "stream", "pauses"]
TIMES = 3000  # how often a long answer repeats its token


class Pages:
    """The handler. It also checks that the body is the request's own."""

    def __init__(self, rung: Rung) -> None:
        self._Response = rung("messages").Response
        self.open_streams = 0
        self._lock = threading.Lock()

    def __call__(self, request: Any) -> Any:
        kind, token = request.path.strip("/").split("/")
        if request.body.replace(token.encode(), b""):
            return self._Response("somebody else's body", 500)
        if kind == "doze":
            time.sleep(random.uniform(0.001, 0.005))
        elif kind == "sleep":
            time.sleep(0.03)
        elif kind == "long":
            return self._Response(token * TIMES)
        elif kind in ("stream", "pauses"):
            return self._Response(self._pieces(token.encode(), 0.003 * (kind == "pauses")))
        return self._Response(token)

    def _pieces(self, token: bytes, pause: float) -> Iterator[bytes]:
        with self._lock:
            self.open_streams += 1
        try:
            for _ in range(10):
                time.sleep(pause)
                yield token * (TIMES // 10)
        finally:
            with self._lock:
                self.open_streams -= 1


class Hurry(threading.Thread):
    """A client that asks for all sorts of things, and looks at each answer."""

    def __init__(self, running: Serving, seed: int, end: float) -> None:
        super().__init__(daemon=True)
        self._running = running
        self._random = random.Random(seed)
        self._end = end
        self.asked = 0
        self.mistake: Exception | None = None

    def run(self) -> None:
        try:
            while time.monotonic() < self._end:
                with self._running.connect() as client, client.makefile("rb") as answers:
                    self._converse(client, answers)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.mistake = error

    def _converse(self, client: socket.socket, answers: BinaryIO) -> None:
        """Some requests, one after the other or several at once; then an end, polite or not."""
        for _ in range(self._random.randrange(1, 12)):
            asked = [self._choose() for _ in range(self._random.choice([1, 1, 1, 5]))]
            is_last = self._random.random() < 0.1
            requests = [self._request(kind, token) for kind, token in asked]
            if is_last:
                requests[-1] = requests[-1].replace(b"Host", b"Connection: close\r\nHost", 1)
            client.sendall(b"".join(requests))
            if self._random.random() < 0.05:
                time.sleep(self._random.uniform(0, 0.01))
                return reset(client)
            for kind, token in asked:
                body = read_answer(answers)
                times = 1 if kind in ("quick", "doze", "sleep") else TIMES
                assert body == token * times, (kind, token, body[:100], len(body))
                self.asked += 1
            if is_last:
                assert answers.read(1) == b"", "something stands behind the last answer"
                return None
        return None

    def _choose(self) -> tuple[str, bytes]:
        return self._random.choice(KINDS), b"%015d" % self._random.randrange(10**15)

    def _request(self, kind: str, token: bytes) -> bytes:
        """A request in either framing, with a body that may be too large for the memory."""
        body = token * self._random.choice([0, 1, 1, 1000, 1000, 20_000])
        head = b"POST /%b/%b HTTP/1.1\r\nHost: a\r\n" % (kind.encode(), token)
        if self._random.random() < 0.5:
            return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)
        chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
        return b"%bTransfer-Encoding: chunked\r\n\r\n%b0\r\n\r\n" % (head, chunk)


def read_answer(stream: BinaryIO) -> bytes:
    """The body of the next answer on a connection."""
    status = stream.readline()
    assert status == b"HTTP/1.1 200 OK\r\n", status
    fields: dict[bytes, bytes] = {}
    while line := stream.readline().strip():
        name, _, value = line.partition(b": ")
        fields[name] = value
    if b"Content-Length" in fields:
        return stream.read(int(fields[b"Content-Length"]))
    body = b""
    while size := int(stream.readline(), 16):
        body += stream.read(size)
        assert stream.readline() == b"\r\n"
    assert stream.readline() == b"\r\n"
    return body


def files_of_this_process() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are enough


@pytest.mark.parametrize("workers", [2, 8])
def test_every_answer_is_the_right_one(
    rung: Rung, workers: int, caplog: pytest.LogCaptureFixture
) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("open files are counted in /proc, which is not here")
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    pages = Pages(rung)
    server = rung("server").Server(pages, port=0, workers=workers)
    with serving(server) as running:
        files = files_of_this_process()
        end = time.monotonic() + SECONDS
        clients = [Hurry(running, seed + number, end) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join(SECONDS + 6)
        assert not any(client.is_alive() for client in clients), "somebody waits for ever"
        mistakes = [client.mistake for client in clients if client.mistake]
        assert not mistakes, mistakes[0]
        lead = [each for each in threading.enumerate() if each.name.startswith("worker-")]
        assert len(lead) >= workers
        wait = time.monotonic() + 5
        while files_of_this_process() > files and time.monotonic() < wait:
            time.sleep(0.02)
        assert files_of_this_process() <= files, "connections, or files of bodies, are left"
    assert sum(client.asked for client in clients) > 500
    assert pages.open_streams == 0
    assert not caplog.records
