"""Bytes in, bytes out, through the whole server: what any client may rely on from step 02 on.

The handler gives back what it understood, so a request that was taken for another one shows. The
same tests can be run on step 01, which knows none of this: every one fails there, by assertion.
"""

import json
import re
import socket
from collections.abc import Callable
from http.client import HTTPConnection
from types import ModuleType
from typing import Any

import pytest

from tests.step_02_http_parse.tables import ACCEPTED, FIRST, NEXT, REFUSED, Entry, cuts, each
from tests.support.compare import Answer, assert_bytes, read_answer, read_answers
from tests.support.handlers import echo
from tests.support.serving import serving
from tests.support.wire import Wire

Rung = Callable[..., ModuleType]
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
EXPECT = b"POST / HTTP/1.1\r\nHost: example\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"

# A few of the tables' requests for what takes longer: of each kind one.
SAMPLE = {
    "request_line.get",
    "framing.length",
    "chunks.several",
    "chunks.trailers",
    "request_line.garbage",
    "fields.folded_line",
    "lines.lf_ends_the_head",
    "framing.length_and_chunked",
    "chunks.data_is_longer_than_its_size",
}
SAMPLED = [entry for entry in ACCEPTED + REFUSED if f"{entry.part}.{entry.name}" in SAMPLE]


@pytest.fixture
def echoing(wire: Callable[..., Wire], rung: Rung) -> Wire:
    """The target's server code with a handler that gives back what it understood."""
    return wire(echo(rung))


def understood(answer: Answer) -> dict[str, Any]:
    """What the handler gave back; nothing if the answer is not the handler's."""
    value: dict[str, Any] = json.loads(answer.body) if answer.status == 200 else {}
    return value


def asked(raw: bytes, methods: str | list[str] = "GET") -> list[Any]:
    """The answers in short: the path that was understood, or the status of an error."""
    answers = read_answers(raw, methods)
    return [understood(each).get("path") if each.status == 200 else each.status for each in answers]


def without_date(raw: bytes) -> bytes:
    """The only difference that two equal requests may make."""
    return re.sub(rb"(?m)^Date: [^\r]+", b"Date: then", raw).replace(CONTINUE, b"")


# --- the tables, through the server


@each(ACCEPTED)
def test_accepted_request_reaches_the_handler(echoing: Wire, entry: Entry) -> None:
    answer = read_answer(echoing.exchange(entry.raw), entry.expected.get("method", "GET"))
    assert answer.status == 200, entry.rule
    if entry.expected.get("method") == "HEAD":
        assert (int(answer.headers["Content-Length"]) > 0, answer.headers["Date"]) > (True, "")
        return
    expected = {"body": "", **entry.expected}
    names = {"method", "path", "version", "fields", "body"} & set(expected)
    seen = understood(answer)
    assert {name: seen.get(name) for name in names} == {name: expected[name] for name in names}


@each(REFUSED)
def test_refused_request_gets_a_sentence_and_the_connection_is_closed(
    echoing: Wire, entry: Entry
) -> None:
    """The client keeps its side open: the server must not wait for it to answer and to close."""
    answer = read_answer(echoing.exchange(entry.raw + NEXT, half_close=False))
    assert answer.status == entry.expected["status"], entry.rule
    assert answer.headers["Connection"] == "close"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Date"].endswith(" GMT"), "RFC 9110 section 6.6.1"
    assert len(answer.body) == int(answer.headers["Content-Length"])
    title, empty, sentence = answer.text.removesuffix("\n").split("\n")
    assert title == f"{answer.status} {answer.reason}"
    assert empty == ""
    assert len(sentence) > 10


# --- however the stream is cut


@pytest.mark.exercise("2.9")
@each(SAMPLED)
def test_byte_by_byte_gets_the_same_answer(echoing: Wire, entry: Entry) -> None:
    whole = without_date(echoing.exchange(entry.raw))
    pieces = [entry.raw[place : place + 1] for place in range(len(entry.raw))]
    assert_bytes(without_date(echoing.exchange(pieces)), whole, entry.raw)
    assert b"\r\nDate: then" in whole


@each(SAMPLED)
def test_behind_another_request_it_gets_the_same_answer(echoing: Wire, entry: Entry) -> None:
    first, alone = echoing.exchange(FIRST), echoing.exchange(entry.raw)
    assert alone, "no answer at all"
    both = echoing.exchange(FIRST + entry.raw)
    assert_bytes(without_date(both), without_date(first + alone), FIRST + entry.raw)


def test_every_cut_of_a_pipeline_gets_the_same_answers(echoing: Wire) -> None:
    chunked = (
        b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\n\r\n"
    )
    stream = chunked + NEXT
    whole = without_date(echoing.exchange(stream))
    assert asked(whole) == ["/a", "/next"]
    for pieces in cuts(stream):
        assert_bytes(without_date(echoing.exchange(pieces)), whole, stream)


# --- several requests on one connection


@pytest.mark.exercise("2.9")
def test_pipelined_requests_are_answered_in_order(echoing: Wire) -> None:
    """RFC 9112 section 9.3.2. No byte follows the last one: who asks the socket first waits."""
    stream = FIRST + NEXT + FIRST
    assert asked(echoing.exchange(stream)) == ["/first", "/next", "/first"]


@pytest.mark.exercise("2.9")
def test_pipelined_requests_are_all_answered_before_more_is_awaited(echoing: Wire) -> None:
    with echoing.open() as conversation:
        conversation.send(FIRST + NEXT)
        received = conversation.receive_until(b'"/next"')
        conversation.finish()
    assert received.count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.exercise("2.9")
def test_connection_stays_open_for_the_next_request(echoing: Wire) -> None:
    """RFC 9112 section 9.3."""
    with echoing.open() as conversation:
        conversation.send(FIRST)
        received = conversation.receive_until(b'"/first"')
        conversation.send(NEXT)
        received += conversation.receive_until(b'"/next"')
        conversation.half_close()
        received += conversation.receive_all()
        conversation.finish()
    assert asked(received) == ["/first", "/next"]


def test_nothing_is_read_behind_a_request_that_says_close(echoing: Wire) -> None:
    """RFC 9112 section 9.6: the server must not process what follows."""
    last = b"GET /last HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n"
    raw = echoing.exchange(FIRST + last + NEXT, half_close=False)
    assert asked(raw) == ["/first", "/last"]
    assert read_answers(raw)[1].headers["Connection"] == "close"


def test_http_1_0_closes_unless_asked_to_stay(echoing: Wire) -> None:
    """RFC 9112 section 9.3 and appendix C.2.2."""
    stays = b"GET /stays HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    closes = b"GET /closes HTTP/1.0\r\n\r\n"
    raw = echoing.exchange(stays + closes + stays, half_close=False)
    assert asked(raw) == ["/stays", "/closes"]
    connections = [answer.headers["Connection"] for answer in read_answers(raw)]
    assert connections == ["keep-alive", "close"]


@pytest.mark.exercise("2.9")
def test_end_between_two_requests_is_no_error(echoing: Wire) -> None:
    assert asked(echoing.exchange(FIRST)) == ["/first"]
    assert asked(echoing.exchange(FIRST + b"\r\n")) == ["/first"]


@pytest.mark.exercise("2.9")
@pytest.mark.parametrize(
    "begun",
    [
        b"GET /a",
        b"GET / HTTP/1.1\r\nHost: example\r\n",
        b"POST / HTTP/1.1\r\nHost: example\r\nContent-Length: 5\r\n\r\nhell",
        b"POST / HTTP/1.1\r\nHost: example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ],
    ids=["line", "head", "body", "chunks"],
)
def test_end_in_the_middle_of_a_request_is_an_error(echoing: Wire, begun: bytes) -> None:
    """RFC 9112 section 8: an incomplete request is answered with an error before closing."""
    assert asked(echoing.exchange(FIRST + begun)) == ["/first", 400]


# --- leave to send a body


@pytest.mark.exercise("2.9")
def test_client_that_waits_is_told_to_continue(echoing: Wire) -> None:
    """RFC 9110 section 10.1.1."""
    with echoing.open() as conversation:
        conversation.send(EXPECT % 5)
        interim = conversation.receive_until(b"\r\n\r\n")
        conversation.send(b"hello" + NEXT)
        conversation.half_close()
        final = conversation.receive_all()
        conversation.finish()
    assert_bytes(interim, CONTINUE, EXPECT % 5)
    first, second = read_answers(final)
    assert (understood(first).get("body"), understood(second).get("path")) == ("hello", "/next")


@pytest.mark.exercise("2.9")
def test_client_is_told_to_continue_once_a_request(echoing: Wire) -> None:
    """Also where its body comes chunk by chunk; and the next request asks anew."""
    head = EXPECT.replace(b"Content-Length: %d", b"Transfer-Encoding: chunked")
    received = b""
    with echoing.open() as conversation:
        for _ in range(2):
            conversation.send(head)
            received += conversation.receive_until(CONTINUE)
            conversation.send(b"2\r\nab\r\n")
            said_again = not conversation.is_silent(0.05)
            conversation.send(b"2\r\ncd\r\n0\r\n\r\n")
            received += conversation.receive_until(b'"abcd"}')
        conversation.finish()
    assert received.count(CONTINUE) == 2
    assert received.count(b'"abcd"}') == 2
    assert not said_again


def test_client_whose_body_is_refused_is_not_told_to_continue(echoing: Wire) -> None:
    """RFC 9110 section 10.1.1: a final status instead, if it can be told from the head alone."""
    assert asked(echoing.exchange(EXPECT % 10**12, half_close=False)) == [413]
    assert b"100 Continue" not in echoing.exchange(EXPECT % 10**12)
    both = EXPECT.replace(b"Expect", b"Transfer-Encoding: chunked\r\nExpect") % 5
    assert_bytes(echoing.exchange(both, half_close=False)[:12], b"HTTP/1.1 400", both)


@pytest.mark.exercise("2.9")
def test_old_client_is_not_told_to_continue(echoing: Wire) -> None:
    """RFC 9110 section 15.2: no 1xx to an HTTP/1.0 client."""
    old = (EXPECT % 5).replace(b"HTTP/1.1", b"HTTP/1.0")
    raw = echoing.exchange([old, b"hello"])
    assert_bytes(raw[:12], b"HTTP/1.1 200", old)
    assert understood(read_answer(raw)).get("body") == "hello"


@pytest.mark.exercise("2.9")
def test_client_that_does_not_wait_is_not_told_to_continue(echoing: Wire) -> None:
    """RFC 9110 section 10.1.1: it has not asked, and its body is on the way already."""
    head = (EXPECT % 5).replace(b"Expect: 100-continue\r\n", b"")
    raw = echoing.exchange([head, b"he", b"llo"])
    assert_bytes(raw[:12], b"HTTP/1.1 200", head)
    assert understood(read_answer(raw)).get("body") == "hello"


# --- HEAD


def test_head_is_answered_like_get_without_the_body(echoing: Wire) -> None:
    """RFC 9110 section 9.3.2: or the client would take the body for the next answer."""
    raw = echoing.exchange(FIRST.replace(b"GET", b"HEAD") + NEXT)
    first, second = read_answers(raw, ["HEAD", "GET"])
    assert int(first.headers["Content-Length"]) > 0
    assert understood(second).get("path") == "/next"


# --- a real client, over TCP


def test_http_client_keeps_its_connection(rung: Rung) -> None:
    with serving(rung("server").Server(echo(rung), port=0)) as running:
        client = HTTPConnection("127.0.0.1", running.port, timeout=5)
        client.request("GET", "/a?b=c")
        first = json.loads(client.getresponse().read())
        used = client.sock
        client.request("POST", "/form", body="ünï".encode())
        second = json.loads(client.getresponse().read())
        pieces = iter([b"one", b"two", b"x" * 5000])
        client.request("PUT", "/chunked", body=pieces, encode_chunked=True)
        third = json.loads(client.getresponse().read())
        client.request("HEAD", "/head")
        assert client.getresponse().read() == b""
        assert client.sock is used, "the server has closed the connection in between"
        client.close()
    assert (first.get("path"), first.get("query")) == ("/a", "b=c")
    assert second.get("body") == "ünï".encode().decode("latin-1")
    assert third.get("body") == "onetwo" + "x" * 5000


def test_error_answer_reaches_a_client_that_is_still_sending(rung: Rung) -> None:
    """RFC 9112 section 9.6. A close on unread bytes is a reset, and cuts the client off."""
    head = b"POST / HTTP/1.1\r\nHost: example\r\nContent-Length: 100000000000\r\n\r\n"
    with serving(rung("server").Server(echo(rung), port=0)) as running, running.connect() as client:
        try:
            client.sendall(head + b"x" * 10_000_000)  # more than all buffers on the way hold
            client.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise AssertionError(f"cut off while sending: {error!r}") from None
        assert asked(running.receive_all(client)) == [413]
