"""benchmarks/conformance.py: its lists fit the tables, and rung is right about every request."""

import os

import pytest

from benchmarks.conformance import LISTS, Seen, ask, cases, read, refused
from benchmarks.servers import started
from tests.step_02_http_parse.tables import ACCEPTED, REFUSED

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + b'{"path": "/"}'


def test_lists_name_requests_of_the_tables() -> None:
    known = {f"{entry.part}.{entry.name}" for entry in ACCEPTED + REFUSED}
    known |= {f"{entry.part}.*" for entry in REFUSED}
    listed = [name for names in LISTS.values() for name in names]
    assert set(listed) - known == set()
    assert len(listed) == len(set(listed)), "in two lists"


def test_what_reached_the_application_is_told_from_a_refusal() -> None:
    answered = read(ANSWER, closed=True, methods=["GET"])
    assert (answered.understood(), str(answered)) == ([{"path": "/"}], "200 /")
    assert not refused(answered)
    assert refused(read(ANSWER.replace(b"200 OK", b"400 No"), closed=True, methods=["GET"]))
    assert refused(Seen(closed=True)), "a connection that is closed without a word"
    assert not refused(Seen(closed=False)), "it waits for more"
    assert not refused(read(b"nonsense", closed=True, methods=["GET"]))


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="benchmarks need Linux")
def test_rung_is_right_about_every_request() -> None:
    with started("rung", "echo", core=min(os.sched_getaffinity(0))) as server:
        wrong = {
            each.name: str(seen) for each in cases() if not each.is_right(seen := ask(server, each))
        }
    assert wrong == {}
    assert len(cases()) > 150
