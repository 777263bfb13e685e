"""Other people's clients as oracles of the server of `final/`: http.client, curl and Chromium."""

import hashlib
import http.client
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support import databases
from tests.support.serving import Serving, serving

Rung = Callable[..., ModuleType]
DEADLINE = 20  # seconds for one run of curl
LARGE = bytes(range(256)) * 8000  # 2 MB, which waits in a file here
PAGE = """<!doctype html>
<title>waiting</title>
<link rel="icon" href="data:,">
<script>
  async function ask(number) {
    const answer = await fetch(number % 3 ? `/number/${number}` : `/stream/${number}`);
    return Number((await answer.text()).trim());
  }
  const numbers = Array.from({length: 120}, (_, number) => number);
  Promise.all(numbers.map(ask)).then(
    (answers) => { document.title = answers.every((answer, n) => answer === n) ? "all" : "wrong"; },
    (error) => { document.title = String(error); });
</script>
"""
FORM = """<!doctype html>
<title>Form</title>
<link rel="icon" href="data:,">
<form method="post" enctype="multipart/form-data">
  <input name="text"><input name="file" type="file"><button>Send</button>
</form>
"""


def site(rung: Rung, received: list[bytes]) -> Callable[[Any], Any]:
    """A small site, without the framework: what it is asked is what is tested."""
    messages = rung("messages")

    def stream(number: str) -> Iterator[bytes]:
        yield b" " * 10_000
        yield number.encode()

    def handler(request: Any) -> Any:
        kind, _, number = request.path.strip("/").partition("/")
        if kind == "page":
            return messages.Response(PAGE)
        if kind == "number":
            return messages.Response(number, content_type="text/plain")
        if kind == "stream":
            return messages.Response(stream(number), content_type="text/plain")
        if kind == "form" and request.method == "GET":
            return messages.Response(FORM)
        received.append(request.body)
        understood = {
            "method": request.method,
            "version": request.version,
            "from": [request.scheme, request.remote_address],
            "query": request.query_string,
            "fields": {name.lower(): value for name, value in request.headers.pairs()},
            "size": request.size,
            "digest": hashlib.sha256(request.body).hexdigest(),
        }
        return messages.Response(json.dumps(understood), content_type="application/json")

    return handler


@pytest.fixture(scope="module")
def received() -> list[bytes]:
    """The bodies that have come."""
    return []


@pytest.fixture(scope="module")
def running(rung: Rung, received: list[bytes]) -> Iterator[Serving]:
    with serving(rung("server").Server(site(rung, received), port=0)) as server:
        yield server


# --- http.client


def test_http_client_reads_every_framing_on_one_connection(running: Serving) -> None:
    client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
    client.connect()
    used = client.sock
    for number in range(20):
        client.request("GET", f"/stream/{number}")
        answer = client.getresponse()
        assert (answer.chunked, answer.read().strip()) == (True, b"%d" % number)
        client.request("HEAD", f"/stream/{number}")
        assert client.getresponse().read() == b""
        client.request("GET", f"/number/{number}")
        answer = client.getresponse()
        assert (answer.length, answer.read()) == (len(str(number)), b"%d" % number)
        client.request("PUT", "/", body=iter([LARGE[:70_000], LARGE[70_000:]]), encode_chunked=True)
        understood = json.loads(client.getresponse().read())
        assert understood["digest"] == hashlib.sha256(LARGE).hexdigest()
        assert client.sock is used, "the server has closed the connection in between"
    client.close()


def test_http_client_of_an_old_version_reads_a_stream_to_its_end(running: Serving) -> None:
    client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
    client._http_vsn, client._http_vsn_str = 10, "HTTP/1.0"  # type: ignore[attr-defined]
    client.request("GET", "/stream/7")
    answer = client.getresponse()
    assert (answer.chunked, answer.length, answer.will_close) == (False, None, True)
    assert answer.read().strip() == b"7"
    client.close()


def test_request_knows_the_address_that_it_came_from(running: Serving) -> None:
    client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
    client.request("GET", "/")
    assert json.loads(client.getresponse().read())["from"] == ["http", "127.0.0.1"]
    client.close()


# --- curl


@pytest.fixture
def curl(running: Serving, tmp_path: Path) -> Callable[..., str]:
    """curl("-I", "/path") runs it against the server: what it prints, its own account included."""
    program = shutil.which("curl")
    if program is None:
        databases.missing("no curl; on Debian: sudo apt install curl")

    def run(*arguments: str, body: bytes = b"") -> str:
        given = [
            running.url.rstrip("/") + each if each.startswith("/") else each for each in arguments
        ]
        done = subprocess.run(
            [program, "--silent", "--show-error", "--verbose", "--noproxy", "*", *given],  # type: ignore[list-item]
            cwd=tmp_path,
            input=body,
            capture_output=True,
            timeout=DEADLINE,
            check=False,
        )
        account = done.stderr.decode()
        assert done.returncode == 0, account
        return account.replace("\r\n", "\n") + done.stdout.decode()

    return run


@pytest.mark.parametrize("version", ["--http1.1", "--http1.0", "--http2"])
def test_curl_speaks_every_version(curl: Callable[..., str], version: str) -> None:
    """--http2 asks for an upgrade to h2c, and must be answered as if it did not (RFC 9110 7.8)."""
    account = curl(version, "/echo?a=b")
    assert "< HTTP/1.1 200 OK" in account
    assert '"query": "a=b"' in account
    assert ('"version": "HTTP/1.0"' in account) is (version == "--http1.0")
    assert "left intact" in account or version == "--http1.0"


@pytest.mark.parametrize("version", ["--http1.1", "--http1.0"])
def test_curl_reads_a_stream(curl: Callable[..., str], version: str) -> None:
    account = curl(version, "/stream/42")
    assert account.endswith(" 42")
    assert ("< Transfer-Encoding: chunked" in account) is (version == "--http1.1")


def test_curl_sends_chunks_and_waits_for_leave(curl: Callable[..., str]) -> None:
    account = curl(
        "-T", "-", "-H", "Expect: 100-continue", "--expect100-timeout", "10", "/up", body=LARGE
    )
    assert "> Transfer-Encoding: chunked" in account
    assert "< HTTP/1.1 100 Continue" in account
    assert hashlib.sha256(LARGE).hexdigest() in account


def test_curl_sends_a_large_body_with_its_length(curl: Callable[..., str]) -> None:
    account = curl("--data-binary", "@-", "/up", body=LARGE)
    assert f'"size": {len(LARGE)}' in account
    assert hashlib.sha256(LARGE).hexdigest() in account


def test_curl_sees_only_a_head(curl: Callable[..., str]) -> None:
    """It would complain about bytes behind it, or wait for those that do not come."""
    for path in ("/number/7", "/stream/7"):
        account = curl("-I", path, "--next", "-I", path)
        assert account.count("< HTTP/1.1 200 OK") == 2
        assert "Re-using existing connection" in account
        assert "Excess" not in account


def test_curl_reuses_its_connection_for_every_method(curl: Callable[..., str]) -> None:
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    arguments = [part for each in methods for part in ("--next", "-X", each, "/echo")][1:]
    account = curl(*arguments)
    assert re.findall(r'"method": "(\w+)"', account) == methods
    assert account.count("Re-using existing connection") == len(methods) - 1


def test_curl_reads_a_refusal_while_it_is_sending(curl: Callable[..., str]) -> None:
    """Without waiting for leave: 30 MB are more than the limit of a body."""
    account = curl("-H", "Expect:", "--data-binary", "@-", "/up", body=LARGE * 15)
    assert "< HTTP/1.1 413" in account


# --- Chromium


def test_browser_gets_many_answers_at_once(page: Any, running: Serving) -> None:
    """Six connections, kept, with answers of both framings."""
    problems: list[str] = []
    page.on("requestfailed", lambda request: problems.append(f"{request.url} {request.failure}"))
    page.goto(running.url + "page")
    page.wait_for_function("document.title !== 'waiting'")
    assert (page.title(), problems) == ("all", [])


def test_browser_sends_a_form_with_a_file(
    page: Any, running: Serving, received: list[bytes]
) -> None:
    page.goto(running.url + "form")
    page.fill("[name=text]", "ünï")
    page.set_input_files(
        "[name=file]", {"name": "any.bin", "mimeType": "application/x-any", "buffer": LARGE}
    )
    page.click("button")
    understood = json.loads(page.inner_text("body"))
    assert understood["fields"]["content-type"].startswith("multipart/form-data; boundary=")
    assert understood["size"] > len(LARGE)
    (body,) = (body for body in received if len(body) == understood["size"])
    assert LARGE in body
    assert "ünï".encode() in body
