"""The server between a connection and a handler that takes a Request and gives a Response.

Rules of the wire stand in test_wire.py; here is what a handler may do, and what becomes of it.
"""

import logging
import socket
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.step_02_http_parse.tables import FIRST, NEXT
from tests.support.compare import read_answer, read_answers
from tests.support.serving import serving
from tests.support.wire import Wire, server_code

Rung = Callable[..., ModuleType]
MakeWire = Callable[..., Wire]


@pytest.fixture
def messages(rung: Rung) -> ModuleType:
    return rung("messages")


def test_handler_gets_a_request_and_gives_a_response(wire: MakeWire, messages: ModuleType) -> None:
    seen: list[Any] = []

    def handler(request: Any) -> Any:
        seen.append(request)
        return messages.Response("made", 201, headers={"Location": "/first/1"})

    answer = read_answer(wire(handler).exchange(FIRST))
    assert isinstance(seen[0], messages.Request)
    assert (answer.status, answer.headers["Location"], answer.body) == (201, "/first/1", b"made")


def test_http_error_of_a_handler_is_the_answer(wire: MakeWire, messages: ModuleType) -> None:
    """It is an answer like any other, so the connection stays."""

    def handler(request: Any) -> Any:
        if request.path == "/first":
            raise messages.HTTPError(405, "Read only.", {"Allow": "GET"})
        return messages.Response("second")

    first, second = read_answers(wire(handler).exchange(FIRST + NEXT))
    assert (first.status, first.headers["Allow"]) == (405, "GET")
    assert "Read only." in first.text
    assert second.text == "second"


def test_bad_json_is_answered_400_without_any_work_of_the_handler(
    wire: MakeWire, messages: ModuleType
) -> None:
    fields = b"Host: a\r\nContent-Type: application/json\r\nContent-Length: 1\r\n"
    raw = b"POST / HTTP/1.1\r\n" + fields + b"\r\n{"
    answer = read_answer(wire(lambda request: messages.Response(str(request.json))).exchange(raw))
    assert answer.status == 400
    assert "JSON" in answer.text


@pytest.mark.parametrize(
    "broken",
    [lambda request: 1 / 0, lambda request: None, lambda request: "text"],
    ids=["raises", "returns None", "returns a str"],
)
def test_broken_handler_is_logged_and_answered_500_and_the_server_goes_on(
    wire: MakeWire,
    messages: ModuleType,
    caplog: pytest.LogCaptureFixture,
    broken: Callable[[Any], Any],
) -> None:
    def handler(request: Any) -> Any:
        return broken(request) if request.path == "/first" else messages.Response("second")

    with caplog.at_level(logging.ERROR, "rung"):
        first, second = read_answers(wire(handler).exchange(FIRST + NEXT))
    assert first.status == 500
    assert second.text == "second"
    (record,) = caplog.records
    assert "GET /first" in record.getMessage()
    assert record.exc_info, "the traceback belongs into the log"


def test_traceback_is_not_for_strangers(wire: MakeWire) -> None:
    answer = wire(lambda request: {}["secret name"]).exchange(FIRST)
    assert b"500 Internal Server Error" in answer
    assert b"secret name" not in answer
    assert b"Traceback" not in answer


def test_handler_that_tries_to_inject_a_header_is_answered_500(
    wire: MakeWire, messages: ModuleType
) -> None:
    """RFC 9110 section 5.5: the query below would make a second field, or a second answer."""

    def redirect(request: Any) -> Any:
        return messages.Response("", 303, headers={"Location": request.query["to"]})

    target = b"/?to=/a%0d%0aSet-Cookie:%20stolen=1%0d%0a%0d%0aHTTP/1.1%20200"
    raw = b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = wire(redirect).exchange(raw)
    assert read_answer(answer).status == 500
    assert b"stolen" not in answer


@pytest.mark.parametrize("value", ["close", "Close"])
def test_handler_may_end_the_connection(wire: MakeWire, messages: ModuleType, value: str) -> None:
    def handler(request: Any) -> Any:
        return messages.Response("bye", headers={"Connection": value})

    raw = wire(handler).exchange(FIRST + NEXT, half_close=False)
    assert read_answer(raw).headers["Connection"] == "close"


def test_body_that_the_handler_has_not_looked_at_is_not_read_as_a_request(
    wire: MakeWire, messages: ModuleType
) -> None:
    body = b"DELETE /everything HTTP/1.1\r\nHost: a\r\n\r\n"
    raw = b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    seen: list[str] = []

    def handler(request: Any) -> Any:
        seen.append(f"{request.method} {request.path}")
        return messages.Response("ok")

    wire(handler).exchange(raw + body + NEXT)
    assert seen == ["POST /form", "GET /next"]


def test_long_answer_arrives_whole(wire: MakeWire, messages: ModuleType) -> None:
    """send() takes what fits into the kernel's buffer; sendall() all of it."""
    body = bytes(range(256)) * 8000
    answer = read_answer(wire(lambda request: messages.Response(body)).exchange(FIRST))
    assert len(answer.body) == len(body)
    assert answer.body == body


def test_client_that_has_gone_is_nobodys_error(
    rung: Rung, messages: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    client, server = socket.socketpair()
    client.sendall(FIRST)

    def handler(request: Any) -> Any:
        client.close()
        return messages.Response(b"x" * 1_000_000)

    server_code(rung("server"))(server, handler)
    assert server.fileno() == -1, "the connection was not closed"
    assert not caplog.records


@pytest.mark.own_step
def test_silent_client_is_given_up(
    rung: Rung, wire: MakeWire, messages: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step 03 has a clock for each request instead."""
    monkeypatch.setattr(rung("server"), "TIMEOUT", 0.1)
    serve = wire(lambda request: messages.Response("hi"))
    assert serve.exchange(b"", half_close=False) == b""
    assert len(read_answers(serve.exchange(FIRST, half_close=False))) == 1


@pytest.mark.own_step
def test_weakness_one_slow_client_stops_everybody(
    rung: Rung, messages: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The problem that step 03 solves: a client that does not speak is waited for."""
    monkeypatch.setattr(rung("server"), "TIMEOUT", 0.6)
    server = rung("server").Server(lambda request: messages.Response("hi"), port=0)
    with serving(server) as running, running.connect() as slow, running.connect() as quick:
        slow.sendall(b"GET / HT")
        time.sleep(0.05)
        quick.sendall(FIRST)
        quick.settimeout(0.2)
        with pytest.raises(TimeoutError):
            quick.recv(100)
        slow.close()
        quick.settimeout(5)
        assert quick.recv(100).startswith(b"HTTP/1.1 200 OK")
