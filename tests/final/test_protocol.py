"""What the protocol of `final/` promises beyond the steps: limits, bodies in files, streams.

The rules that all steps share have their tables in tests/step_02_http_parse.
"""

import errno
import io
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any

import pytest

from tests.step_02_http_parse.tables import (
    ACCEPTED,
    FIRST,
    NEXT,
    Entry,
    bytes_of,
    cuts,
    each,
    in_parts,
    outcome,
    statuses,
)
from tests.support.compare import Answer, assert_bytes, read_answer, read_answers
from tests.support.handlers import echo
from tests.support.serving import Serving, serving

Rung = Callable[..., ModuleType]
LAST = b"GET /last HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: example\r\nTransfer-Encoding: chunked\r\n\r\n"
LENGTH = b"POST / HTTP/1.1\r\nHost: example\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture
def protocol(rung: Rung) -> ModuleType:
    return rung("protocol")


def parse(protocol: ModuleType, pieces: list[bytes], **limits: int) -> Any:
    """The one request in these pieces, or None, with limits of one's own."""
    parser = protocol.RequestParser(protocol.Limits(**limits))
    request = None
    for piece in pieces:
        parser.feed(piece)
        request = request or parser.next_request()
    return request


def refusal(protocol: ModuleType, pieces: list[bytes], **limits: int) -> int:
    """The status of the error that these pieces end in."""
    with pytest.raises(protocol.HTTPError) as caught:
        parse(protocol, pieces, **limits)
    return int(caught.value.status)


# --- the host, to the letter


@pytest.mark.parametrize(
    ("host", "valid"),
    [
        ("[::]", True),
        ("[1:2:3:4:5:6:7:8]", True),
        ("[1:2:3:4:5:6:192.0.2.1]:443", True),
        ("example:65535", True),
        ("example:00080", True),
        ("example:65536", False),
        ("[::1]:65536", False),
        ("[:::]", False),
        ("[1]", False),
        ("[1:2:3]", False),
        ("[::1::]", False),
        ("[12345::]", False),
        ("[1:2:3:4:5:6:7:8:9]", False),
        ("[127.0.0.1]", False),
        ("[::1.2.3]", False),
    ],
)
def test_host_is_one_that_could_be(protocol: ModuleType, host: str, valid: bool) -> None:
    """RFC 3986 sections 3.2.2 and 3.2.3, in the field and in the target."""
    expected = [200 if valid else 400]
    field = b"GET / HTTP/1.1\r\nHost: %b\r\n\r\n" % host.encode()
    target = b"GET http://%b/ HTTP/1.1\r\nHost: example\r\n\r\n" % host.encode()
    assert statuses(outcome(protocol, [field])) == expected
    assert statuses(outcome(protocol, [target])) == expected


# --- limits that an application chooses


@pytest.mark.parametrize(
    ("limits", "fits", "exceeds", "status"),
    [
        ({"request_line": 14}, b"GET / HTTP/1.1", b"GET /a HTTP/1.1", 414),
        ({"request_line": 14}, b"GET / HTTP/1.1", b"AVERYLONGMETHOD", 501),
        ({"head": 60}, b"GET / HTTP/1.1\r\nX: y", b"GET / HTTP/1.1\r\nX: " + b"y" * 60, 431),
        ({"fields": 2}, b"GET / HTTP/1.1\r\nX: y", b"GET / HTTP/1.1\r\nX: y\r\nX: y", 431),
    ],
    ids=["request_line", "method", "head", "fields"],
)
def test_limits_of_the_head(
    protocol: ModuleType, limits: dict[str, int], fits: bytes, exceeds: bytes, status: int
) -> None:
    rest = b"\r\nHost: example\r\n\r\n"
    for split in (lambda raw: [raw], bytes_of):
        assert parse(protocol, split(fits + rest), **limits) is not None
        assert refusal(protocol, split(exceeds + rest), **limits) == status


def test_limit_of_the_body(protocol: ModuleType) -> None:
    assert parse(protocol, [LENGTH % 10 + b"0123456789"], body=10).body == b"0123456789"
    assert refusal(protocol, [LENGTH % 11], body=10) == 413
    assert refusal(protocol, [CHUNKED + b"6\r\n012345\r\n5\r\n"], body=10) == 413


def test_limit_of_a_chunk_line(protocol: ModuleType) -> None:
    line = b"5;" + b"x" * 18
    assert parse(protocol, [CHUNKED + line + b"\r\nhello\r\n0\r\n\r\n"], chunk_line=20) is not None
    assert refusal(protocol, [CHUNKED + line + b"x\r\n"], chunk_line=20) == 400
    assert refusal(protocol, [CHUNKED + line + b"xx"], chunk_line=20) == 400


def test_extensions_of_all_chunks_together_have_a_limit(protocol: ModuleType) -> None:
    """RFC 9112 section 7.1.1: else a body of one-byte chunks brings a thousand times its size."""
    chunk = b"1;" + b"x" * 100 + b"\r\n.\r\n"
    assert parse(protocol, [CHUNKED + chunk * 9 + b"0\r\n\r\n"], head=1000).body == b"." * 9
    assert refusal(protocol, [CHUNKED + chunk * 11], head=1000) == 400
    assert refusal(protocol, bytes_of(CHUNKED + chunk * 11), head=1000) == 400


def test_limits_of_a_server_are_those_that_it_was_given(rung: Rung) -> None:
    limits = rung("protocol").Limits(body=3, request_line=100)
    with serving(rung("server").Server(echo(rung), port=0, limits=limits)) as running:
        assert read_answer(running.exchange(LENGTH % 4 + b"body")).status == 413
        assert read_answer(running.exchange(b"GET /" + b"a" * 100)).status == 414
        assert read_answers(running.exchange(LENGTH % 3 + b"yes" + LAST))[0].status == 200


# --- bodies that wait in a file


@each([entry for entry in ACCEPTED if entry.expected.get("body")])
def test_body_in_a_file_is_the_same_body(protocol: ModuleType, entry: Entry) -> None:
    for pieces in [[entry.raw], bytes_of(entry.raw), *cuts(entry.raw)]:
        request = parse(protocol, pieces, body_in_memory=0)
        assert not isinstance(request.content, bytes)
        expected = entry.expected["body"].encode("latin-1")
        assert_bytes(request.body, expected, entry.raw)
        assert (request.size, request.stream.read()) == (len(expected), expected)
        request.close()
        assert request.content.closed


@pytest.mark.parametrize(("size", "in_file"), [(0, False), (99, False), (100, False), (101, True)])
def test_only_a_long_body_goes_to_a_file(protocol: ModuleType, size: int, in_file: bool) -> None:
    body = bytes(range(256))[:size]
    chunks = b"".join(b"1\r\n%b\r\n" % body[at : at + 1] for at in range(size)) + b"0\r\n\r\n"
    for raw in (LENGTH % size + body, CHUNKED + chunks):
        request = parse(protocol, [raw], body_in_memory=100)
        assert isinstance(request.content, bytes) is not in_file
        assert_bytes(request.body, body)
        assert_bytes(request.stream.read(7) + request.stream.read(), body)
        request.close()


def test_body_of_any_bytes_comes_back_and_its_file_is_closed(rung: Rung) -> None:
    """A view that reads the stream never holds it whole; nothing is open when the answer is out."""
    seen: list[Any] = []
    messages = rung("messages")

    def handler(request: Any) -> Any:
        seen.append(request)
        pieces = iter(lambda: request.stream.read(10_000), b"")
        return messages.Response(b"".join(reversed(list(pieces))), content_type="")

    body = bytes(range(256)) * 4000
    limits = rung("protocol").Limits(body_in_memory=1000)
    with serving(rung("server").Server(handler, port=0, limits=limits)) as running:
        answers = read_answers(running.exchange(LENGTH % len(body) + body + LAST))
        pieces = [body[at : at + 10_000] for at in range(0, len(body), 10_000)]
        assert_bytes(answers[0].body, b"".join(reversed(pieces)))
    assert seen[0].content.closed


class FullDisk(io.BytesIO):
    """A file for which there is no place: at the first byte, or when its buffer is written out."""

    def __init__(self, when: str) -> None:
        super().__init__()
        self.when = when

    def write(self, data: Any) -> int:
        if self.when == "write":
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)

    def seek(self, *place: int) -> int:
        if self.when == "seek":
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().seek(*place)

    def close(self) -> None:
        """As a file does: it tries once more to write what its buffer holds, and ends anyway."""
        was_closed = self.closed
        super().close()
        if not was_closed:
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("when", ["open", "write", "seek"])
def test_full_disk_is_told_to_the_client(
    rung: Rung, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, when: str
) -> None:
    """RFC 4918 section 11.5: 507. The server goes on."""

    def open_file() -> FullDisk:
        if when == "open":
            raise OSError(errno.ENOSPC, "No space left on device")
        return FullDisk(when)

    protocol = rung("protocol")
    monkeypatch.setattr(protocol.tempfile, "TemporaryFile", open_file)
    limits = protocol.Limits(body_in_memory=10)
    server = rung("server").Server(echo(rung), port=0, workers=1, limits=limits)
    with serving(server) as running:
        answer = read_answer(running.exchange(LENGTH % 100 + b"x" * 100 + NEXT))
        assert answer.status == 507
        assert "No space left" in answer.text
        assert read_answer(running.exchange(LAST)).status == 200
    assert caplog.records == []


# --- streams


PIECES = [b"one", b"", b"two\r\n0\r\n\r\n", b"", b"three" * 1000]


class Stream:
    """Pieces of a body, and whether somebody has closed it."""

    def __init__(self, pieces: list[Any]) -> None:
        self.pieces = iter(pieces)
        self.closed = threading.Event()
        self.taken = 0

    def __iter__(self) -> Iterator[Any]:
        for piece in self.pieces:
            self.taken += 1
            yield piece

    def close(self) -> None:
        self.closed.set()


def streaming(
    rung: Rung, stream: Stream, status: int = 200, **fields: str
) -> AbstractContextManager[Serving]:
    """A server that answers /first with a stream, and whatever else with a word."""
    messages = rung("messages")
    headers = {name.replace("_", "-"): value for name, value in fields.items()}

    def handler(request: Any) -> Any:
        if request.path != "/first":
            return messages.Response(request.path)
        return messages.Response(stream, status, headers=headers)

    return serving(rung("server").Server(handler, port=0))


def ask(running: Serving, raw: bytes, methods: list[str] | None = None) -> tuple[bytes, Answer]:
    """The answer to the first request, and all bytes."""
    received = running.exchange(raw)
    return received, read_answers(received, methods or ["GET", "GET"])[0]


def test_stream_goes_out_in_chunks_and_the_connection_stays(rung: Rung) -> None:
    """RFC 9112 section 7.1. A piece of no bytes would be the last chunk: it must be left out."""
    stream = Stream(PIECES)
    with streaming(rung, stream) as running:
        raw, answer = ask(running, FIRST + LAST)
        assert answer.headers.get_all("Transfer-Encoding") == ["chunked"]
        assert answer.headers["Content-Length"] is None
        assert_bytes(answer.body, b"".join(PIECES))
        assert raw.endswith(b"/last"), "the next answer follows"
        assert stream.closed.wait(5)


def test_stream_to_an_old_client_ends_with_the_connection(rung: Rung) -> None:
    """RFC 9112 section 6.1: HTTP/1.0 has no chunks. So it is closed, whatever the client wants."""
    stream = Stream(PIECES)
    old = b"GET /first HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    with streaming(rung, stream) as running:
        raw = running.exchange(old + NEXT)
    answer = read_answer(raw)
    assert answer.headers["Connection"] == "close"
    assert answer.headers["Transfer-Encoding"] is None
    assert answer.headers["Content-Length"] is None
    assert raw.endswith(b"\r\n\r\n" + b"".join(PIECES))
    assert stream.closed.wait(5)


@pytest.mark.parametrize("version", [b"HTTP/1.1", b"HTTP/1.0"])
def test_stream_of_a_known_length_is_sent_as_it_is(rung: Rung, version: bytes) -> None:
    """RFC 9112 section 6.2: then even an old client may stay."""
    length = str(sum(map(len, PIECES)))
    first = FIRST.replace(b"HTTP/1.1", version).replace(
        b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n"
    )
    with streaming(rung, Stream(PIECES), Content_Length=length) as running:
        raw, answer = ask(running, first + LAST)
    assert answer.headers.get_all("Content-Length") == [length]
    assert answer.headers["Transfer-Encoding"] is None
    assert_bytes(answer.body, b"".join(PIECES))
    assert raw.endswith(b"/last")


@pytest.mark.parametrize(("length", "body"), [(5, b"onet"), (3, b"on"), (100, b"onetwo")])
def test_stream_of_another_length_than_it_says_is_never_taken_for_whole(
    rung: Rung, caplog: pytest.LogCaptureFixture, length: int, body: bytes
) -> None:
    """RFC 9112 section 8: bytes too many would be the next answer, bytes too few a broken one."""
    pieces = [body[at : at + 1] for at in range(len(body))] + [b"wo"]
    with streaming(rung, Stream(pieces), Content_Length=str(length)) as running:
        with caplog.at_level(logging.CRITICAL), running.connect() as client:
            client.sendall(FIRST + NEXT)
            received = b""
            with pytest.raises(ConnectionResetError):
                while data := client.recv(65536):
                    received += data
        assert b"/next" not in received
        assert len(received.partition(b"\r\n\r\n")[2]) <= length


@pytest.mark.parametrize(
    ("method", "status", "expected"),
    [
        (b"HEAD", 200, {"Transfer-Encoding": "chunked", "Content-Length": None}),
        (b"GET", 204, {"Transfer-Encoding": None, "Content-Length": None}),
        (b"GET", 205, {"Transfer-Encoding": None, "Content-Length": "0"}),
        (b"GET", 304, {"Transfer-Encoding": None, "Content-Length": None}),
    ],
)
def test_stream_where_no_content_may_be_is_closed_untouched(
    rung: Rung, method: bytes, status: int, expected: dict[str, str | None]
) -> None:
    """RFC 9110 sections 9.3.2, 15.3.5, 15.3.6 and 15.4.5."""
    stream = Stream(PIECES)
    with streaming(rung, stream, status) as running:
        raw, answer = ask(running, FIRST.replace(b"GET", method) + LAST, [method.decode(), "GET"])
        assert stream.closed.wait(5)
    assert {name: answer.headers[name] for name in expected} == expected
    assert (answer.body, stream.taken) == (b"", 0)
    assert raw.endswith(b"/last"), "the next answer follows"


def test_head_of_a_stream_with_a_length_tells_it(rung: Rung) -> None:
    """RFC 9110 section 8.6."""
    with streaming(rung, Stream(PIECES), Content_Length="5016") as running:
        _, answer = ask(running, FIRST.replace(b"GET", b"HEAD") + LAST, ["HEAD", "GET"])
    assert answer.headers["Content-Length"] == "5016"


def test_stream_is_closed_when_its_client_has_gone(rung: Rung) -> None:
    stream = Stream([b"x" * 100_000] * 10_000)
    with streaming(rung, stream) as running:
        with running.connect() as client:
            client.sendall(FIRST)
            client.recv(10)
        assert stream.closed.wait(5)
    assert stream.taken < 10_000


# --- answers that cannot be sent


class Cancelled(BaseException):
    """What asyncio's CancelledError is: an error that `except Exception` lets pass."""


def failing(rung: Rung) -> Callable[[Any], Any]:
    """A handler with every mistake that only shows when its answer goes out."""
    messages = rung("messages")

    def stream(error: BaseException) -> Iterator[bytes]:
        yield b"a beginning"
        raise error

    def handler(request: Any) -> Any:
        if request.path == "/length":
            return messages.Response(iter([b"abc"]), headers={"Content-Length": "three"})
        if request.path == "/negative":
            return messages.Response(iter([b"abc"]), headers={"Content-Length": "-3"})
        if request.path == "/fields":
            response = messages.Response("abc")
            response.headers = {"X-Name": "a\r\nb"}
            return response
        if request.path == "/cancelled":
            raise Cancelled
        if request.path == "/stream/exit":
            return messages.Response(stream(SystemExit(1)))
        if request.path == "/stream/cancelled":
            return messages.Response(stream(Cancelled()))
        if request.path == "/stream/text":
            return messages.Response(iter(["text"]))
        return messages.Response("fine")

    return handler


@pytest.mark.parametrize("path", ["/length", "/negative", "/fields", "/cancelled"])
def test_answer_that_cannot_be_sent_is_our_fault(rung: Rung, path: str) -> None:
    """And neither a client that waits for ever, nor a field that splits the answer."""
    with serving(rung("server").Server(failing(rung), port=0, workers=1)) as running:
        request = FIRST.replace(b"/first", path.encode())
        answer = read_answers(running.exchange(request + LAST))[0]
        assert (answer.status, answer.headers["X-Name"]) == (500, None)
        assert read_answer(running.exchange(LAST)).text == "fine", "the worker has died of it"


@pytest.mark.parametrize("path", ["/stream/exit", "/stream/cancelled", "/stream/text"])
def test_stream_that_ends_itself_does_not_end_the_worker(rung: Rung, path: str) -> None:
    with serving(rung("server").Server(failing(rung), port=0, workers=1)) as running:
        for _ in range(3):
            with running.connect() as client, pytest.raises(ConnectionResetError):
                client.sendall(FIRST.replace(b"/first", path.encode()))
                while client.recv(65536):
                    pass
        assert read_answer(running.exchange(LAST)).text == "fine", "the worker has died of it"


# --- nothing splits an answer

SPLITTERS = ["a\r\nSet-Cookie: b=c", "a\nb", "a\rb", "a\r\n\r\n<html>", "\r\n", "a\0b"]


def ways_to_split(rung: Rung, text: str) -> dict[str, Callable[[], Any]]:
    """Every way that a view has to put a text into the head of an answer."""
    messages, responses = rung("messages"), rung("responses")

    def changed(change: Callable[[Any], object]) -> Any:
        response = messages.Response("body")
        change(response)
        return response

    def cookie(**values: Any) -> Callable[[], Any]:
        arguments = {"name": "a", "value": "b"} | values
        return lambda: changed(lambda response: response.set_cookie(**arguments))

    return {
        "field name": lambda: messages.Response("", headers={text: "x"}),
        "field value": lambda: messages.Response("", headers={"X-Name": text}),
        "fields as pairs": lambda: messages.Response("", headers=[("X-Name", text)]),
        "content type": lambda: messages.Response("", content_type=text),
        "assigned": lambda: changed(lambda it: it.headers.__setitem__("X-Name", text)),
        "added": lambda: changed(lambda it: it.headers.add("X-Name", text)),
        "updated": lambda: changed(lambda it: it.headers.update({"X-Name": text})),
        "default": lambda: changed(lambda it: it.headers.setdefault("X-Name", text)),
        "status": lambda: messages.Response("", status=text),
        "status as text": lambda: changed(lambda it: setattr(it, "status", f"200 {text}")),
        "cookie name": cookie(name=text),
        "cookie value": cookie(value=text),
        "cookie path": cookie(path="/" + text),
        "cookie age": cookie(max_age=text),
        "cookie site": cookie(same_site=text),
        "redirect": lambda: responses.redirect("/" + text),
        "redirect to a host": lambda: responses.redirect("http://" + text),
        "error": lambda: messages.HTTPError(404, text).to_response(),
        "error field": lambda: messages.HTTPError(404, "", {"X-Name": text}).to_response(),
        "page": lambda: responses.html_response(text),
        "json field": lambda: responses.json_response({}, headers={"X-Name": text}),
    }


@pytest.mark.parametrize("text", SPLITTERS)
def test_no_text_of_a_view_splits_an_answer(rung: Rung, text: str) -> None:
    """RFC 9112 section 11.1. It is refused where it is said, or harmless when it goes out."""
    refused = []
    for way, make in ways_to_split(rung, text).items():
        try:
            response = make()
        except (ValueError, TypeError):
            refused.append(way)
            continue
        raw = rung("protocol").serialize_response(response, None, keep_alive=True)
        head = raw[: len(raw) - len(response.body)]
        assert head.endswith(b"\r\n\r\n"), way
        lines = head[:-4].split(b"\r\n")
        names = {line.partition(b":")[0] for line in lines[1:]}
        known = {b"Content-Type", b"Content-Length", b"Date", b"Location", b"Set-Cookie"}
        assert names <= known, way
        assert not set(b"\r\n\0") & set(b"".join(lines)), way
    assert {"field value", "cookie value", "content type", "cookie site"} <= set(refused)


# --- through the server


def test_a_thousand_requests_in_one_send_are_answered_in_order(rung: Rung) -> None:
    """RFC 9112 section 9.3.2."""
    stream = b"".join(FIRST.replace(b"first", b"%d" % number) for number in range(999)) + LAST
    with serving(rung("server").Server(echo(rung), port=0)) as running, running.connect() as client:
        sender = threading.Thread(target=client.sendall, args=(stream,))
        sender.start()
        answers = read_answers(running.receive_all(client))
        sender.join()
    paths = [answer.text.partition('"path": "')[2].partition('"')[0] for answer in answers]
    assert paths == [f"/{number}" for number in range(999)] + ["/last"]


@pytest.mark.parametrize(
    "last",
    [
        LAST,
        b"GET /last HTTP/1.0\r\n\r\n",
        LENGTH.replace(b"Content", b"Connection: close\r\nContent") % 3 + b"abc",
        b"nonsense\r\n\r\n",
        LENGTH % 10**12,
        LENGTH.replace(b"Content-Length: %d", b"Transfer-Encoding: x, chunked"),
    ],
    ids=["close", "HTTP/1.0", "body and close", "nonsense", "too large", "unknown coding"],
)
def test_nothing_behind_the_last_answer_is_read_as_a_request(rung: Rung, last: bytes) -> None:
    """RFC 9112 section 9.6: in whichever piece it comes."""
    paths: list[str] = []
    messages = rung("messages")

    def handler(request: Any) -> Any:
        paths.append(request.path)
        return messages.Response("yes")

    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: example\r\n\r\n"
    with serving(rung("server").Server(handler, port=0)) as running:
        for pause in (False, True):
            with running.connect() as client:
                client.sendall(last if pause else last + smuggled)
                received = client.recv(65536)
                try:
                    client.sendall(smuggled)
                    while data := client.recv(65536):
                        received += data
                except OSError:
                    pass  # it has closed already, which is what it should
            assert len(read_answers(received)) == 1
    assert "/smuggled" not in paths


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: a b\r\nContent-Length: 5000000\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: example\r\nContent-Length: 500000000\r\n\r\n", 413),
        (b"BREW / HTTP/1.1\r\nHost: example\r\nContent-Length: 5000000\r\n\r\n", 501),
        (CHUNKED + b"xyz\r\n", 400),
        (CHUNKED + b"5\r\nhelloXX", 400),
        (b"G" * 9000, 501),
    ],
    ids=["host", "too large", "method", "chunk size", "chunk end", "no line"],
)
def test_error_reaches_a_client_that_goes_on_sending(rung: Rung, head: bytes, status: int) -> None:
    """RFC 9112 section 9.6: a close on unread bytes is a reset, and throws the answer away."""
    with serving(rung("server").Server(echo(rung), port=0)) as running, running.connect() as client:
        try:
            client.sendall(head + b"x" * 5_000_000)
        except OSError as error:
            raise AssertionError(f"cut off while sending: {error!r}") from None
        answer = read_answer(running.receive_all(client))
    assert answer.status == status
    assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"HEAD / HTTP/1.1\r\n\r\n", 400),
        (b"HEAD / HTTP/1.1\r\nHost: example\r\nContent-Length: x\r\n\r\n", 400),
        (b"HEAD / HTTP/1.1\r\nHost: example\r\nContent-Length: 999999999\r\n\r\n", 413),
        (b"HEAD / HTTP/1.1\r\nHost: example\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        (b"HEAD /" + b"a" * 9000, 414),
        (b"HEAD / HTTP/1.1\r\nX: " + b"a" * 99_000, 431),
        (b"HEAD / HTTP/2.0\r\n\r\n", 505),
    ],
)
def test_refusal_of_a_head_request_has_no_content(rung: Rung, raw: bytes, status: int) -> None:
    """RFC 9110 section 9.3.2: not even an error has one."""
    with serving(rung("server").Server(echo(rung), port=0)) as running:
        received = running.exchange(raw)
    answer = read_answer(received, "HEAD")
    assert (answer.status, answer.headers["Connection"]) == (status, "close")
    assert int(answer.headers["Content-Length"]) > 0
    assert received.endswith(b"\r\n\r\n")


def test_client_that_waits_for_leave_sends_its_body_afterwards(rung: Rung) -> None:
    """RFC 9110 section 10.1.1, over TCP and with a body that waits in a file."""
    limits = rung("protocol").Limits(body_in_memory=10)
    body = b"x" * 100_000
    head = LENGTH.replace(b"Content", b"Expect: 100-continue\r\nContent") % len(body)
    server = rung("server").Server(echo(rung), port=0, limits=limits)
    with serving(server) as running, running.connect() as client:
        for _ in range(2):
            client.sendall(head)
            assert_bytes(client.recv(65536), b"HTTP/1.1 100 Continue\r\n\r\n", head)
            client.sendall(body)
            received = b""
            while not received.endswith(b'"}'):
                received += client.recv(65536)
            answer = read_answer(received)
            assert (answer.status, answer.text.count("x" * len(body))) == (200, 1)


def test_client_that_goes_instead_of_waiting_for_leave_is_no_error(
    rung: Rung, caplog: pytest.LogCaptureFixture
) -> None:
    """Our "100 Continue" finds nobody there."""
    head = LENGTH.replace(b"Content", b"Expect: 100-continue\r\nContent") % 5
    server = rung("server").Server(echo(rung), port=0, workers=1)
    with serving(server) as running:
        for _ in range(20):
            ours, theirs = socket.socketpair()
            ours.sendall(head)
            ours.close()
            server.adopt(theirs)
        assert read_answer(running.exchange(LAST)).status == 200
    assert caplog.records == []


# --- lines and heads that came before are remembered

PAGE = b"GET /page?a=1 HTTP/1.1\r\nHost: example\r\nX: 1\r\n\r\n"


def test_equal_requests_share_nothing_that_can_be_changed(rung: Rung) -> None:
    """From the third on, what was made of the second is used again."""
    parser = rung("protocol").RequestParser()
    for raw in (PAGE + PAGE, PAGE, PAGE, PAGE):
        parser.feed(raw)
        while request := parser.next_request():
            assert request.headers.pairs() == [("Host", "example"), ("X", "1")]
            assert request.context == {}
            request.headers.add("X", "2")
            request.headers["Host"] = "elsewhere"
            request.context["user"] = "ann"
    assert parser.is_idle


def test_head_that_comes_again_gives_the_same_request(rung: Rung) -> None:
    parser = rung("protocol").RequestParser()
    read = []
    for _ in range(4):
        parser.feed(PAGE)
        read.append(in_parts(parser.next_request()))
        assert parser.is_idle
    assert read == [read[0]] * 4
    assert read[0][:5] == ("GET", "/page?a=1", "/page", "a=1", "HTTP/1.1")


def test_head_that_is_nearly_the_same_is_read_anew(rung: Rung) -> None:
    parser = rung("protocol").RequestParser()
    for raw in (PAGE, PAGE, PAGE, PAGE.replace(b"/page", b"/cage"), PAGE):
        parser.feed(raw)
        assert parser.next_request().path.encode() in raw
    parser.feed(PAGE.replace(b"Host: example", b"Host: exa ple"))
    with pytest.raises(rung("messages").HTTPError):
        parser.next_request()


@pytest.mark.parametrize("place", range(1, len(PAGE)))
def test_head_that_comes_again_may_come_in_two_pieces(rung: Rung, place: int) -> None:
    parser = rung("protocol").RequestParser()
    for _ in range(4):
        parser.feed(PAGE)
        parser.next_request()
    for _ in range(2):
        parser.feed(PAGE[:place])
        assert parser.next_request() is None
        parser.feed(PAGE[place:] + PAGE[:-1])
        assert parser.next_request().path == "/page"
        assert parser.next_request() is None
        parser.feed(PAGE[-1:])
        assert parser.next_request().path == "/page"
        assert parser.is_idle
    parser.feed(b"GET /\n\n")  # is searched from its beginning again
    with pytest.raises(rung("messages").HTTPError):
        parser.next_request()


def test_body_is_read_each_time_though_its_head_is_the_same(rung: Rung) -> None:
    parser = rung("protocol").RequestParser()
    for body in (b"abcde", b"fghij", b"klmno", b"pqrst"):
        parser.feed(LENGTH % 5 + body)
        assert parser.next_request().body == body


def test_long_heads_are_not_remembered(rung: Rung) -> None:
    """Ten thousand idle connections would hold 60 kB each."""
    protocol = rung("protocol")
    parser = protocol.RequestParser()
    for _ in range(4):
        parser.feed(PAGE.replace(b"X: 1", b"X: " + b"1" * protocol.SHORT_HEAD))
        assert parser.next_request() is not None
    assert len(parser._last) <= protocol.SHORT_HEAD
    assert parser._known is None


def test_lines_of_long_heads_are_not_remembered(rung: Rung) -> None:
    """Strangers choose them: a thousand lines of 60 kB would stay in memory for good."""
    protocol = rung("protocol")
    before = (protocol.known_start.cache_info(), dict(protocol.KNOWN_FIELDS))
    parser = protocol.RequestParser()
    for letter in b"abc":
        parser.feed(b"GET /%c HTTP/1.1\r\nHost: a\r\nX: " % letter + b"x" * 5000 + b"\r\n\r\n")
        assert parser.next_request() is not None
    assert (protocol.known_start.cache_info(), dict(protocol.KNOWN_FIELDS)) == before
