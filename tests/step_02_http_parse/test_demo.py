"""`python server.py` of step 02: a page that shows the visitor their request, parsed."""

import re
import signal
import socket
from collections.abc import Callable
from http.client import HTTPConnection

import pytest

from tests.step_02_http_parse.tables import FIRST, REFUSED
from tests.support.compare import read_answer
from tests.support.demo import Demo

pytestmark = pytest.mark.own_step

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "theme=<dark>; id=42"}


def ask(
    demo: Demo, method: str, target: str, body: bytes | None = None, **fields: str
) -> tuple[int, str]:
    """Status and page, by http.client."""
    client = HTTPConnection("127.0.0.1", demo.port, timeout=5)
    client.request(method, target, body, {"Connection": "close", **fields})
    answer = client.getresponse()
    page = answer.read().decode()
    client.close()
    return answer.status, page


def row(page: str, name: str) -> str | None:
    """What the page shows beside a name."""
    found = re.search(rf"<th>{re.escape(name)}<td>([^<]*)", page)
    return found and found[1]


def test_page_shows_the_request_parsed(demo: Demo) -> None:
    status, page = ask(demo, "POST", "/caf%C3%A9?q=a+b", b"name=Zo%C3%AB&text=x", **FORM)
    assert status == 200
    assert row(page, "method") == "POST"
    assert row(page, "target") == "/caf%C3%A9?q=a+b"
    assert row(page, "path") == "/café"
    assert row(page, "query q") == "a b"
    assert row(page, "cookie id") == "42"
    assert row(page, "name") == "Zoë"
    assert row(page, "Content-Length") == "20"


def test_page_shows_json_and_refuses_what_is_none(demo: Demo) -> None:
    kind = {"Content-Type": "application/json"}
    status, page = ask(demo, "POST", "/", b'{"a": [1, null]}', **kind)
    assert (status, row(page, "json")) == (200, "{&#x27;a&#x27;: [1, None]}")
    assert ask(demo, "POST", "/", b"{", **kind)[0] == 400


def test_what_the_visitor_sent_is_no_markup(demo: Demo) -> None:
    script = "<script>alert(1)</script>"
    fields = {**FORM, "X-Name": script}
    _, page = ask(demo, "POST", "/%3Cscript%3E?q=%3Cscript%3E", script.encode(), **fields)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("status", [400, 413, 501, 505])
def test_bad_request_is_answered_with_a_sentence(demo: Demo, status: int) -> None:
    raw = next(entry.raw for entry in REFUSED if entry.expected["status"] == status)
    with socket.create_connection(("127.0.0.1", demo.port), 5) as client:
        client.sendall(raw)
        received = b"".join(iter(lambda: client.recv(65536), b""))
    assert read_answer(received).status == status


def test_head_of_a_page_that_is_too_long_is_431(demo: Demo) -> None:
    with socket.create_connection(("127.0.0.1", demo.port), 5) as client:
        client.sendall(FIRST[:-2] + b"X: y\r\n" * 1000 + b"\r\n")
        received = b"".join(iter(lambda: client.recv(65536), b""))
    assert read_answer(received).status == 431


def test_ctrl_c_ends_it_with_status_0(start_demo: Callable[..., Demo]) -> None:
    demo = start_demo()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(5) == 0
    assert "Traceback" not in demo.log()
