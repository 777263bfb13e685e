"""Failures that can be read: bytes as bytes, with a caret at the first difference."""

import io
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse
from itertools import zip_longest
from typing import Any, cast

BEFORE, AFTER = 40, 60  # how many bytes around the first difference are shown


def assert_bytes(received: bytes, expected: bytes, sent: bytes = b"") -> None:
    """Fail with what was sent, what came back and what was expected, unless the two are equal."""
    __tracebackhide__ = True
    if received == expected:
        return
    pairs = zip_longest(received, expected)
    place = next(index for index, (left, right) in enumerate(pairs) if left != right)
    start = max(0, place - BEFORE)
    dots = "..." if start else ""
    report = [
        f"received  {dots}{escape(received[start : place + AFTER])}",
        f"expected  {dots}{escape(expected[start : place + AFTER])}",
        " " * (10 + len(dots) + len(escape(expected[start:place])))
        + f"^ first difference, at byte {place}",
    ]
    if sent:
        report.insert(0, f"sent      {show(sent)}")
    raise AssertionError("\n".join(["the bytes differ", *report]))


def assert_contains(received: bytes, part: bytes, sent: bytes = b"") -> None:
    """Fail with what was sent and what came back, unless `part` stands somewhere in it."""
    __tracebackhide__ = True
    if part in received:
        return
    report = ["the expected bytes are not there"]
    report += [f"sent      {show(sent)}"] * bool(sent)
    report += [f"received  {show(received)}", f"expected  ...{show(part)}..."]
    raise AssertionError("\n".join(report))


def show(data: bytes, limit: int = 400) -> str:
    """Bytes as text with escapes, cut in the middle where there are many."""
    if len(data) <= limit:
        return escape(data)
    half = limit // 2
    return f"{escape(data[:half])} ... {len(data) - limit} bytes ... {escape(data[-half:])}"


def escape(data: bytes) -> str:
    r"""The inside of repr(), byte by byte, so that a caret can be placed: b"a\r" -> a\\r."""
    return "".join(repr(bytes([byte]))[2:-1] for byte in data)


@dataclass
class Answer:
    """One response as Python's own HTTP client understands it."""

    version: int  # 10 or 11, as http.client counts
    status: int
    reason: str
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body, decoded."""
        return self.body.decode("utf-8")


def read_answers(raw: bytes, methods: str | list[str] = "GET") -> list[Answer]:
    """Split the bytes of a connection into its responses, with http.client as the judge.

    methods are those of the requests, in order (the answer to HEAD has no body); one word means
    that all were alike. Interim answers (100 Continue) are passed over. Fails on bytes that are no
    response.
    """
    __tracebackhide__ = True
    stream = _Stream(raw)
    answers: list[Answer] = []
    while stream.tell() < len(raw):
        start = stream.tell()
        method = methods if isinstance(methods, str) else "".join(methods[len(answers) :][:1])
        try:
            answers.append(_read_answer(stream, method))
        except HTTPException as error:
            rest = show(raw[start:])
            raise AssertionError(f"not a response ({error!r}), from byte {start}: {rest}") from None
    return answers


def read_answer(raw: bytes, method: str = "GET") -> Answer:
    """The one response in these bytes; fails when there are more or none."""
    __tracebackhide__ = True
    answers = read_answers(raw, method)
    if len(answers) != 1:
        raise AssertionError(f"{len(answers)} responses, expected one: {show(raw)}")
    return answers[0]


def _read_answer(stream: "_Stream", method: str) -> Answer:
    response = HTTPResponse(cast("Any", _Socket(stream)), method=method)
    response.begin()
    body = response.read()
    return Answer(response.version, response.status, response.reason, response.headers, body)


class _Stream(io.BytesIO):
    """A buffer that HTTPResponse may close at the end of one response without ending the next."""

    def close(self) -> None:
        """Stay open."""


class _Socket:
    """As much of a socket as HTTPResponse asks for."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def makefile(self, mode: str) -> _Stream:
        return self._stream
