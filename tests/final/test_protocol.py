"""What the protocol of `final/` promises beyond the steps: limits, bodies in files, streams.

The rules that all steps share have their tables in tests/step_02_http_parse.
"""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.step_02_http_parse.tables import FIRST
from tests.support.compare import read_answer, read_answers
from tests.support.serving import serving

Rung = Callable[..., ModuleType]
LAST = b"GET /last HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n"


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


@pytest.mark.parametrize("path", ["/stream/exit", "/stream/cancelled"])
def test_stream_that_ends_itself_does_not_end_the_worker(rung: Rung, path: str) -> None:
    with serving(rung("server").Server(failing(rung), port=0, workers=1)) as running:
        for _ in range(3):
            with running.connect() as client, pytest.raises(ConnectionResetError):
                client.sendall(FIRST.replace(b"/first", path.encode()))
                while client.recv(65536):
                    pass
        assert read_answer(running.exchange(LAST)).text == "fine", "the worker has died of it"
