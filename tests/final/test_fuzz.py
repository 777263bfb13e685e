"""A few thousand broken requests against the whole server of `final/`, over TCP.

The judge is the parser alone: what it reads out of the bytes is what the server must answer, in
whatever pieces they come. A failure names the seed and the bytes.
"""

import random
import re
import socket
import time
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from tests.step_02_http_parse.tables import ACCEPTED, FIRST, REFUSED, outcome
from tests.support.handlers import echo
from tests.support.serving import Serving, serving

Rung = Callable[..., ModuleType]
SEEDS = range(6)
MUTATIONS = 400  # of each seed, each of them sent whole and in pieces
PAUSE = 0.0003  # seconds between two pieces, which the server mostly reads one by one then
ALLOWED = {200, 400, 413, 414, 431, 501, 505}
SEPARATORS = [
    b"",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b",",
    b";",
    b"\0",
    b"\xa0",
]
FRAGMENTS = [
    b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: x\r\n",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Expect: 100-continue\r\n",
    b"Host: other\r\n",
    b" HTTP/1.0\r\n",
    b"0\r\n\r\n",
    b"5\r\nhello\r\n",
    b"ffffffffffffffff",
    b"%00",
    b"a" * 9000,
    FIRST,
]
STATUS_LINE = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2}) [ -~]+")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([!-~][\t -~\x80-\xff]*)")


@pytest.fixture(scope="module")
def running(rung: Rung) -> Iterator[Serving]:
    with serving(rung("server").Server(echo(rung), port=0, workers=2)) as server:
        yield server


def mutated(chance: random.Random) -> bytes:
    """One request of the tables, or several, with a few changes."""
    requests = [entry.raw for entry in ACCEPTED * 20 + REFUSED]
    stream = bytearray(b"".join(chance.choices(requests, k=chance.randint(1, 5))))
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        start = chance.randrange(len(stream) + 1)
        stop = min(len(stream), start + chance.choice([0, 0, 1, 1, 2, 20]))
        kind = chance.randrange(4)
        if kind == 0:
            stream[start:stop] = chance.choice(SEPARATORS)
        elif kind == 1:
            stream[start:stop] = chance.choice(FRAGMENTS)
        elif kind == 2:
            stream[start:stop] = chance.randbytes(stop - start)
        else:  # some bytes twice
            stream[stop:stop] = stream[start:stop]
    return bytes(stream)


# --- what must come back


def expected(protocol: ModuleType, stream: bytes) -> tuple[list[tuple[int, str]], bool]:
    """Status and method of each answer, and whether the server closes without being asked to."""
    answers: list[tuple[int, str]] = []
    for each in outcome(protocol, [stream]):
        if each == "more":
            return [*answers, (400, "")], False  # once we have closed our half
        if len(each) == 2:
            return [*answers, (each[0], "")], True
        method, _target, _path, _query, version, fields, _body = each
        answers.append((200, method))
        headers = protocol.Headers(fields)
        request = protocol.Request(method, "/", "/", headers=headers, version=version)
        if not protocol.wants_keep_alive(request):
            return answers, True
    return answers, False


def read_strictly(raw: bytes, answers: list[tuple[int, str]]) -> list[int]:
    """The statuses; fails on a byte that no answer may have, or that belongs to none."""
    statuses = []
    for _, method in answers:
        while raw.startswith(b"HTTP/1.1 100 Continue\r\n\r\n"):
            raw = raw[25:]
        head, end, rest = raw.partition(b"\r\n\r\n")
        status_line, *field_lines = head.split(b"\r\n")
        status = STATUS_LINE.fullmatch(status_line)
        fields = [FIELD_LINE.fullmatch(line) for line in field_lines]
        assert end and status and all(fields), raw[:300]
        names = [field[1].lower() for field in fields if field]
        values = dict(zip(names, (field[2] for field in fields if field), strict=True))
        assert len(names) == len(values), f"a field came twice: {names}"
        assert {b"date", b"content-type", b"content-length"} <= set(names), names
        assert b"transfer-encoding" not in names
        length = int(values[b"content-length"])
        if method == "HEAD" or (not rest and not method):  # the refusal of a HEAD request
            length = 0
        statuses.append(int(status[1]))
        assert len(rest) >= length, "the answer is shorter than it says"
        raw = rest[length:]
        if not method:
            assert values[b"connection"] == b"close"
    assert raw == b"", f"bytes that belong to no answer: {raw[:300]!r}"
    return statuses


def exchange(running: Serving, pieces: list[bytes], half_close: bool) -> bytes:
    """What comes back up to the end. A reset is a failure, but while we are still sending."""
    with running.connect() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        try:
            for piece in pieces:
                client.sendall(piece)
                time.sleep(PAUSE if piece is not pieces[-1] else 0)
            if half_close:
                client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has closed behind its last answer
        received = b""
        try:
            while data := client.recv(65536):
                received += data
        except ConnectionResetError:
            assert received, "a reset instead of an answer"
        return received


def cut(chance: random.Random, stream: bytes) -> list[bytes]:
    places = sorted(chance.choices(range(len(stream) + 1), k=chance.randint(1, 6)))
    return [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True)]


@pytest.mark.parametrize("seed", SEEDS)
def test_broken_requests_are_answered_as_the_parser_reads_them(
    rung: Rung, running: Serving, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    chance = random.Random(seed)
    protocol = rung("protocol")
    for number in range(MUTATIONS):
        stream = mutated(chance)
        answers, closes = expected(protocol, stream)
        for pieces in ([stream], cut(chance, stream)):
            context = f"seed {seed}, mutation {number}: {pieces!r}"
            try:
                received = exchange(running, pieces, half_close=not closes)
                statuses = read_strictly(received, answers)
            except (AssertionError, TimeoutError) as error:
                raise AssertionError(f"{error!r}\n{context}") from None
            assert statuses == [status for status, _ in answers], context
            assert set(statuses) <= ALLOWED, context
    answer = exchange(running, [FIRST], half_close=True)
    assert read_strictly(answer, [(200, "GET")]) == [200], f"seed {seed}: the server is ill"
    assert caplog.records == [], f"seed {seed}"
