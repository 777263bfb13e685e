"""`python server.py`, as a learner runs it. That it starts and answers holds for every step."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support.demo import Demo, clean_environment, copy_folder
from tests.support.targets import Target

HEAD = b"GET / HTTP/1.1\r\nHost: example\r\n\r\n"


def test_prints_its_url_and_answers_there(demo: Demo) -> None:
    """From a copy of the folder alone, and called from another one."""
    try:
        with urlopen(demo.url, timeout=5) as answer:
            status, kind = answer.status, answer.headers["Content-Type"]
    except HTTPError as error:
        status, kind = error.code, error.headers["Content-Type"]
    assert status < 500
    assert kind
    assert "Traceback" not in demo.log()


def test_taken_port_is_said_in_a_sentence(target: Target, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        script = copy_folder(target.folder, tmp_path) / "server.py"
        ended = subprocess.run(
            [sys.executable, str(script), "--port", str(port)],
            cwd=tmp_path,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert ended.returncode == 1
    assert str(port) in ended.stderr.splitlines()[-1]
    assert "--port" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


@pytest.mark.own_step
def test_page_shows_the_bytes_of_the_browser(demo: Demo) -> None:
    request = Request(f"{demo.url}/any/page?x=1", headers={"X-Name": "<script>"})
    with urlopen(request, timeout=5) as answer:
        page = answer.read().decode()
    assert "GET /any/page?x=1 HTTP/1.1<b>\\r\\n</b>" in page
    assert "User-Agent: Python-urllib" in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


@pytest.mark.own_step
def test_page_counts_the_bytes_of_the_head(demo: Demo) -> None:
    with socket.create_connection(("127.0.0.1", demo.port), 5) as client:
        client.sendall(HEAD)
        page = b"".join(iter(lambda: client.recv(65536), b""))
    assert b"These %d bytes" % len(HEAD) in page


@pytest.mark.own_step
def test_ctrl_c_ends_it_with_status_0(start_demo: Callable[..., Demo]) -> None:
    demo = start_demo()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(5) == 0
    assert "Traceback" not in demo.log()
