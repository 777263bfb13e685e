"""rung/access_log.py: a line for each answer, and an id on all that is logged meanwhile."""

import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.final.client import Client
from tests.support.demo import Demo
from tests.support.serving import serving
from tests.support.targets import Target

Rung = Callable[..., ModuleType]

# The manual of Apache's mod_log_config: "%h %l %u %t \"%r\" %>s %b"
COMMON = re.compile(
    r"(?P<host>\S+) (?P<ident>\S+) (?P<user>\S+) \[(?P<time>[^]]+)\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<bytes>\d+|-)'
)


class Lines(logging.Handler):
    """What has been logged, with the id of the request, as a handler with the filter sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[tuple[str, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        id = getattr(record, "request_id", "no filter")
        self.records.append((record.name, id, record.getMessage()))

    def of(self, name: str) -> list[tuple[str, str]]:
        return [(id, message) for logger, id, message in self.records if logger == name]

    @property
    def access(self) -> list[str]:
        return [message for _id, message in self.of("rung.access")]


@pytest.fixture
def lines(rung: Rung) -> Iterator[Lines]:
    lines, root = Lines(), logging.getLogger()
    lines.addFilter(rung("access_log").add_request_id)
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(lines)
    root.setLevel(level)


@pytest.fixture
def visit(rung: Rung, lines: Lines) -> Callable[..., Any]:
    """visit(handler, method, path, ...) -> the answer of that handler inside an AccessLog."""

    def visit(handler: Any, method: str = "GET", path: str = "/", **options: Any) -> Any:
        user_name = options.pop("user_name", lambda request: "")
        logged = rung().AccessLog(handler, user_name)
        return rung().Client(logged, **options).request(method, path)

    return visit


def fields(line: str) -> dict[str, str]:
    match = COMMON.fullmatch(line)
    assert match is not None, f"not in the Common Log Format: {line!r}"
    return match.groupdict()


# --- the line


def test_line_is_in_the_common_log_format(
    rung: Rung, visit: Callable[..., Any], lines: Lines
) -> None:
    visit(lambda request: rung().Response("hello", 201), "PUT", "/a?b=c", user_name=lambda _: "ann")
    (line,) = lines.access
    found = fields(line)
    moment = datetime.strptime(found.pop("time"), "%d/%b/%Y:%H:%M:%S %z")
    assert abs(datetime.now(moment.tzinfo) - moment) < timedelta(seconds=10)
    assert found == {
        "host": "127.0.0.1",
        "ident": "-",
        "user": "ann",
        "request": "PUT /a?b=c HTTP/1.1",
        "status": "201",
        "bytes": "5",
    }


def test_address_and_user_that_nobody_knows_are_hyphens(
    rung: Rung, visit: Callable[..., Any], lines: Lines
) -> None:
    visit(lambda request: rung().Response(""), remote_address="")
    assert lines.access[0].startswith("- - - [")


@pytest.mark.parametrize(
    ("method", "status", "body", "size"),
    [
        ("GET", 200, b"12345", "5"),
        ("GET", 200, b"", "-"),
        ("HEAD", 200, b"12345", "-"),
        ("GET", 304, b"", "-"),
    ],
)
def test_bytes_are_those_of_the_body_that_is_sent(
    rung: Rung,
    visit: Callable[..., Any],
    lines: Lines,
    method: str,
    status: int,
    body: bytes,
    size: str,
) -> None:
    visit(lambda request: rung().Response(body, status), method)
    assert fields(lines.access[0])["bytes"] == size


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ('/"%20200%201', "/\\x22%20200%201"),
        ("/a?b=\\", "/a?b=\\x5c"),
        ("/%0a127.0.0.1", "/%0a127.0.0.1"),
    ],
)
def test_target_cannot_end_its_quotes(
    rung: Rung, visit: Callable[..., Any], lines: Lines, path: str, written: str
) -> None:
    """Sent as it is, without the client's own encoding."""
    handler = rung().AccessLog(lambda request: rung().Response(""))
    parser = rung("protocol").RequestParser()
    parser.feed(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    handler(parser.next_request())
    assert fields(lines.access[0])["request"] == f"GET {written} HTTP/1.1"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a b", "a\\x20b"),
        ("a\r\n127.0.0.1", "a\\x0d\\x0a127.0.0.1"),
        ("\x1b[31m", "\\x1b[31m"),
        ("é", "\\xc3\\xa9"),
        ("\ud83d", "\\xed\\xa0\\xbd"),
        ('"', "\\x22"),
    ],
)
def test_user_cannot_write_lines_of_its_own(
    rung: Rung, visit: Callable[..., Any], lines: Lines, name: str, written: str
) -> None:
    visit(lambda request: rung().Response(""), user_name=lambda request: name)
    (line,) = lines.access
    assert fields(line)["user"] == written


# --- streams


def test_stream_is_logged_when_it_ends(rung: Rung, visit: Callable[..., Any], lines: Lines) -> None:
    seen = []

    def pieces() -> Iterator[bytes]:
        yield b"12345"
        seen.extend(lines.access)
        yield b"678"

    assert visit(lambda request: rung().Response(pieces())).body == b"12345678"
    assert seen == []
    assert [fields(line)["bytes"] for line in lines.access] == ["8"]


def test_stream_that_nobody_takes_is_logged_and_closed(
    rung: Rung, visit: Callable[..., Any], lines: Lines
) -> None:
    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"12345"])

        def close(self) -> None:
            logging.getLogger("shop").warning("closed")

    answer = visit(lambda request: rung().Response(Pieces()), "HEAD")
    assert lines.of("shop") == [(answer.headers["X-Request-ID"], "closed")]
    assert [fields(line)["bytes"] for line in lines.access] == ["-"]


def test_stream_that_fails_at_its_end_is_logged(
    rung: Rung, visit: Callable[..., Any], lines: Lines
) -> None:
    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"12345"])

        def close(self) -> None:
            raise OSError("no")

    with pytest.raises(OSError, match="no"):
        visit(lambda request: rung().Response(Pieces()))
    assert [fields(line)["bytes"] for line in lines.access] == ["5"]


def test_length_that_a_stream_knows_is_still_sent(rung: Rung, visit: Callable[..., Any]) -> None:
    answer = visit(
        lambda request: rung().Response(iter([b"12345"]), headers={"Content-Length": "5"})
    )
    assert answer.headers["Content-Length"] == "5"


# --- errors


def test_error_that_nobody_answers_has_its_line_and_its_id(
    visit: Callable[..., Any], lines: Lines
) -> None:
    def broken(request: Any) -> Any:
        raise ZeroDivisionError("a mistake")

    answer = visit(broken)
    assert [(id, message) for id, message in lines.of("rung.server")] == [
        (answer.headers["X-Request-ID"], "GET / failed")
    ]
    assert fields(lines.access[0])["status"] == "500"


def test_refusal_has_its_own_status(rung: Rung, visit: Callable[..., Any], lines: Lines) -> None:
    def gone(request: Any) -> Any:
        raise rung().HTTPError(410)

    assert visit(gone).headers["X-Request-ID"]
    assert fields(lines.access[0])["status"] == "410"


# --- ids


def test_id_is_in_the_context_the_answer_and_the_log(
    rung: Rung, visit: Callable[..., Any], lines: Lines
) -> None:
    def view(request: Any) -> Any:
        logging.getLogger("shop").warning("no more tea")
        return rung().Response(request.context["request_id"])

    answers = [visit(view) for _ in range(2)]
    ids = [answer.text for answer in answers]
    assert ids == [answer.headers["X-Request-ID"] for answer in answers]
    assert lines.of("shop") == [(id, "no more tea") for id in ids]
    assert [id for id, _line in lines.of("rung.access")] == ids
    assert ids[0] != ids[1]
    assert all(re.fullmatch("[0-9a-f]{16}", id) for id in ids)


def test_id_from_outside_counts_only_through_a_trusted_proxy(rung: Rung, lines: Lines) -> None:
    logged = rung().AccessLog(lambda request: rung().Response(""))
    for handler, taken in (
        (logged, False),
        (rung().BehindProxy(logged), False),
        (rung().BehindProxy(logged, trusted=["127.0.0.1"]), True),
    ):
        answer = rung().Client(handler).get("/", headers={"X-Request-ID": "from-outside"})
        assert (answer.headers["X-Request-ID"] == "from-outside") == taken


def test_records_outside_of_requests_have_a_hyphen(
    rung: Rung, visit: Callable[..., Any], lines: Lines
) -> None:
    visit(lambda request: rung().Response(""))
    logging.getLogger("shop").warning("after")
    assert lines.of("shop") == [("-", "after")]


def test_stream_logs_with_the_id_of_its_request_whoever_sends_it(rung: Rung, lines: Lines) -> None:
    """On the real server: the pieces are taken when the handler has long returned."""

    def pieces() -> Iterator[bytes]:
        try:
            for _ in range(3):
                logging.getLogger("shop").warning("a piece")
                yield b"x" * 300_000  # more than the server sends at once
        finally:
            logging.getLogger("shop").warning("closed")

    logged = rung().AccessLog(lambda request: rung().Response(pieces()))
    with serving(rung("server").Server(logged, port=0)) as running:
        answer = running.exchange(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    found = re.search(rb"X-Request-ID: (\w+)", answer)
    assert found is not None
    id = found[1].decode()
    assert lines.of("shop") == [(id, "a piece")] * 3 + [(id, "closed")]
    assert [(id, fields(line)["bytes"]) for _id, line in lines.of("rung.access")] == [
        (id, "900000")
    ]
    assert lines.of("rung.access")[0][0] == id


# --- one inside another


def test_of_two_the_inner_one_logs(rung: Rung, visit: Callable[..., Any], lines: Lines) -> None:
    """It knows the user; and behind a proxy, the id."""
    inner = rung().AccessLog(lambda request: rung().Response("hello"), lambda request: "ann")
    behind = rung().BehindProxy(inner, trusted=["127.0.0.1"])
    answer = rung().Client(rung().AccessLog(behind)).get("/", headers={"X-Request-ID": "proxys"})
    assert answer.headers["X-Request-ID"] == "proxys"
    assert [id for id, _line in lines.of("rung.access")] == ["proxys"]
    assert fields(lines.access[0])["user"] == "ann"


def test_outer_one_logs_what_never_comes_to_the_inner_one(
    rung: Rung, visit: Callable[..., Any], lines: Lines
) -> None:
    inner = rung().AccessLog(lambda request: rung().Response("hello"))

    def closed(request: Any) -> Any:
        return inner(request) if request.path == "/" else rung().Response("closed", 503)

    assert [visit(closed, path=path).status for path in ("/", "/shop")] == [200, 503]
    assert [fields(line)["status"] for line in lines.access] == ["200", "503"]


# --- what the terminal shows

SERVER = """
import sys
from rung import AccessLog, App, run

app = App()

@app.get("/")
def index(request):
    return "hello"

@app.get("/bug")
def bug(request):
    return 1 / 0

run({handler})
"""


@pytest.mark.parametrize("handler", ["app", "AccessLog(app)"])
@pytest.mark.parametrize("option", ["--access-log", "--debug", ""])
def test_server_prints_a_line_for_each_answer_if_asked(
    target: Target, tmp_path: Path, handler: str, option: str
) -> None:
    (tmp_path / "server.py").write_text(SERVER.format(handler=handler), encoding="utf-8")
    path = {"PYTHONPATH": str(target.folder)}
    demo = Demo(tmp_path, tmp_path, *option.split(), **path)
    try:
        answers = [Client(demo.port).get(path) for path in ("/", "/bug")]
    finally:
        demo.stop()
    printed = [line for line in demo.log().splitlines() if " HTTP/1.1" in line]
    assert [fields(line)["status"] for line in printed] == (["200", "500"] if option else [])
    if option == "--access-log":
        assert [int(fields(line)["bytes"]) for line in printed] == [len(a.body) for a in answers]


SHOW = """
import logging, sys
from rung.access_log import AccessLog, show_logs
from rung import Client, Response
if "own" in sys.argv:
    logging.basicConfig(format="own: %(message)s", stream=sys.stderr)
show_logs("WARNING", access="access" in sys.argv)

def view(request):
    logging.getLogger("shop").warning("no more tea")
    logging.getLogger("shop").info("nobody wants to know")
    return Response("")

answer = Client(AccessLog(view)).get("/")
print("id", answer.headers["X-Request-ID"])
"""


def show(target: Target, tmp_path: Path, *arguments: str) -> tuple[str, str]:
    """What a process has written with show_logs(): stdout and stderr."""
    (tmp_path / "show.py").write_text(SHOW, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(tmp_path / "show.py"), *arguments],
        env={"PYTHONPATH": str(target.folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    return run.stdout, run.stderr


def test_terminal_shows_warnings_with_their_ids(target: Target, tmp_path: Path) -> None:
    out, err = show(target, tmp_path)
    (id,) = re.findall(r"id (\w+)", out)
    assert err == f"WARNING [{id}] shop: no more tea\n"
    assert "GET" not in out, "the access log was not asked for"


def test_terminal_shows_the_access_log_when_asked(target: Target, tmp_path: Path) -> None:
    out, err = show(target, tmp_path, "access")
    assert COMMON.match(out)
    assert "GET" not in err


def test_logging_that_the_program_has_set_up_stands(target: Target, tmp_path: Path) -> None:
    _out, err = show(target, tmp_path, "own")
    assert err == "own: no more tea\n"
