"""WSGI both ways, as people use it: Flask, Bottle and Django on our server; ours on other servers.

Each is a process of its own, started by the command that the README names.
"""

import hashlib
import http.client
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.final.client import Client, Site
from tests.final.test_app_profiles import PICTURES, picture_of
from tests.support.demo import Program, clean_environment, copy_folder
from tests.support.targets import Target

SITES = Path(__file__).parent / "sites"
MEGABYTES = bytes(range(256)) * 8192  # two of them, more than a server keeps in memory
DEADLINE = 10.0  # seconds


# --- in: python -m rung


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "large.bin"
    path.write_bytes(MEGABYTES)
    return path


@pytest.fixture(scope="module", params=["flask", "bottle", "django"])
def site_of(
    request: pytest.FixtureRequest,
    target: Target,
    large_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Program]]:
    """The name of a framework, and its site on our server."""
    command = [sys.executable, "-m", "rung", f"{request.param}_site:app", "--port", "0"]
    path = {"PYTHONPATH": str(target.folder), "FILE": str(large_file)}
    running = Program(command, SITES, tmp_path_factory.mktemp("logs"), **path)
    yield request.param, running
    assert running.stop() == 0, running.log()


@pytest.fixture
def client(site_of: tuple[str, Program]) -> Client:
    """A visitor of that site."""
    return Client(site_of[1].port)


def test_site_knows_its_host_and_its_visitor(client: Client, site_of: tuple[str, Program]) -> None:
    said = client.get("/").text
    assert said == f"Hello from {site_of[0].title()} to 127.0.0.1:{client.port}, 127.0.0.1"


def test_session_counts_each_visitor_alone(client: Client) -> None:
    assert [client.get("/count").text for _ in range(3)] == ["1", "2", "3"]
    assert Client(client.port).get("/count").text == "1"


def test_upload_arrives_whole(client: Client) -> None:
    answer = client.upload("/upload", "file", MEGABYTES, filename="a b.bin")
    assert answer.json == {"name": "a b.bin", "sum": hashlib.sha256(MEGABYTES).hexdigest()}


def test_body_in_chunks_arrives_whole(client: Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=DEADLINE)
    pieces = (MEGABYTES[start : start + 100_000] for start in range(0, 500_000, 100_000))
    connection.request(
        "POST", "/sum", pieces, encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
    )
    assert (
        connection.getresponse().read().decode() == hashlib.sha256(MEGABYTES[:500_000]).hexdigest()
    )
    connection.close()


def test_stream_arrives_while_it_is_made(client: Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=DEADLINE)
    connection.request("GET", "/stream")
    answer = connection.getresponse()
    assert answer.readline() == b"first\n"
    assert client.get("/release").text == "released", "the first request is not over yet"
    assert answer.read() == b"second\n"
    connection.close()


def test_redirect_has_its_place(client: Client) -> None:
    answer = client.get("/old")
    assert answer.status == 302
    assert answer.location in ("/", f"http://127.0.0.1:{client.port}/")


def test_file_is_downloaded_whole(client: Client) -> None:
    answer = client.get("/file")
    assert answer.body == MEGABYTES
    assert answer.headers["Content-Length"] == str(len(MEGABYTES))
    assert "large.bin" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("path", ["/", "/file"])
def test_head_is_get_without_a_body(client: Client, path: str) -> None:
    head, get = client.request("HEAD", path), client.get(path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(get.body))


def test_path_and_query_arrive_as_they_were_meant(client: Client) -> None:
    assert client.get("/echo/caf%C3%A9/a%2525b?q=%C3%BC+%26").text == "café/a%25b ü &"


def test_error_page_is_the_frameworks_own(client: Client, site_of: tuple[str, Program]) -> None:
    assert client.get("/none").status == 404
    answer = client.get("/fail")
    assert answer.status == 500
    assert "a bug of the site" not in answer.text
    assert client.get("/").status == 200
    if site_of[0] != "django":  # which writes to its log, and that goes nowhere unless told
        assert "RuntimeError: a bug of the site" in site_of[1].log()


@pytest.fixture
def rung_command(target: Target, tmp_path: Path) -> Callable[..., Any]:
    """rung_command("hello:app") runs `python -m rung` in a folder with a module hello."""
    lines = ["import nothing_of_this_name"]
    (tmp_path / "broken.py").write_text("\n".join(lines), encoding="utf-8")
    lines = ["def app(environ, start_response): ...", "def handler(request): ...", "number = 5"]
    (tmp_path / "hello.py").write_text("\n".join(lines), encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rung", *arguments],
            cwd=tmp_path,
            env=clean_environment() | {"PYTHONPATH": str(target.folder)},
            capture_output=True,
            encoding="utf-8",
            timeout=20,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Expected: python -m rung MODULE:NAME"),
        (["--port", "8001", "hello:app"], "Expected: python -m rung MODULE:NAME"),
        (["hello"], "Expected: python -m rung MODULE:NAME"),
        ([":app"], "Expected: python -m rung MODULE:NAME"),
        (["goodbye:app"], "Cannot import goodbye: No module named 'goodbye'"),
        (["hello.sub:app"], "Cannot import hello.sub: No module named 'hello.sub'"),
        (["broken:app"], "Cannot import broken: No module named 'nothing_of_this_name'"),
        (["hello:site"], "Cannot find hello:site: module 'hello' has no attribute 'site'"),
        (["hello:number"], "hello:number is no WSGI application"),
        (["hello:handler"], "hello:handler is no WSGI application"),
        (["hello:app", "--processes", "0"], "--processes needs 1 or more"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_served_is_one_sentence(
    rung_command: Callable[..., Any], arguments: list[str], words: str
) -> None:
    finished = rung_command(*arguments)
    assert finished.returncode not in (0, None)
    assert words in finished.stderr
    assert "Traceback" not in finished.stderr
    assert not finished.stdout


def test_access_log_is_printed_if_asked(target: Target, large_file: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rung", "flask_site:app", "--port", "0", "--access-log"]
    path = {"PYTHONPATH": str(target.folder), "FILE": str(large_file)}
    running = Program(command, SITES, tmp_path, **path)
    try:
        answer = Client(running.port).get("/")
    finally:
        assert running.stop() == 0, running.log()
    assert f'"GET / HTTP/1.1" 200 {len(answer.body)}\n' in running.log()


def test_several_processes_serve_an_application(
    target: Target, large_file: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "rung", "flask_site:app", "--port", "0", "--processes", "2"]
    path = {"PYTHONPATH": str(target.folder), "FILE": str(large_file)}
    running = Program(command, SITES, tmp_path, **path)
    try:
        assert {Client(running.port).get("/").status for _ in range(10)} == {200}
    finally:
        assert running.stop() == 0, running.log()


# --- out: gunicorn server:application


SERVERS = {
    "gunicorn": [
        "gunicorn", "--no-control-socket", "--workers", "2", "--worker-class", "gthread",
        "--threads", "4", "--bind", "127.0.0.1:0",
    ],
    "waitress": ["waitress", "--listen", "127.0.0.1:0"],
    "rung": ["rung", "--port", "0", "--processes", "2"],
}  # fmt: skip


def command_of(server: str) -> list[str]:
    """What serves server:application from the folder of the application."""
    module, *options = SERVERS[server]
    if module == "rung":  # its options stand behind
        return [sys.executable, "-m", module, "server:application", *options]
    return [sys.executable, "-m", module, *options, "server:application"]


@pytest.fixture(scope="module", params=SERVERS)
def other(
    request: pytest.FixtureRequest, target: Target, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The microblog, on another server; and on ours by way of WSGI."""
    folder = copy_folder(target.folder, tmp_path_factory.mktemp("other"))
    (folder / "app" / "static" / "large.bin").write_bytes(MEGABYTES)
    reset = [sys.executable, "reset.py"]
    subprocess.run(reset, cwd=folder, env=clean_environment(), check=True, capture_output=True)
    logs = tmp_path_factory.mktemp("logs")
    running = Program(command_of(request.param), folder, logs)
    yield Site(running, f"sqlite:///{folder / 'rung.sqlite3'}")  # type: ignore[arg-type]
    running.stop()
    assert "Traceback" not in running.log()


def test_pages_posts_and_pictures_go_through_another_server(other: Site) -> None:
    member = other.demo_user("tomas")
    id = member.write_post("written through another server 🪜")
    assert "written through another server 🪜" in other.visitor().get(f"/posts/{id}").text
    member.name = "tomas"
    picture = PICTURES["image/png"] + bytes(900_000)  # so much that it waits in a file
    member.follow(member.upload("/profile/picture", "picture", picture))
    shown = other.visitor().get(picture_of(member))
    assert (shown.status, shown.body) == (200, picture)
    assert shown.headers["Content-Type"] == "image/png"


def test_form_that_is_refused_names_the_field(other: Site) -> None:
    answer = other.visitor().post("/login", name="tomas", password="wrong")
    assert answer.status == 422
    assert answer.page.typed("name") == "tomas"


def test_errors_are_pages_of_the_application(other: Site) -> None:
    visitor = other.visitor()
    assert visitor.get("/none").status == 404
    assert "404" in visitor.get("/none").page.text
    assert visitor.get("/posts/new").status in (303, 403)
    assert visitor.request("PUT", "/").status == 405


def test_path_that_is_not_utf8_is_refused(other: Site) -> None:
    assert other.visitor().get("/%FF").status == 400


def test_static_file_is_streamed_ranged_and_known(other: Site) -> None:
    visitor = other.visitor()
    whole = visitor.get("/static/large.bin")
    assert whole.body == MEGABYTES
    assert whole.headers["Content-Length"] == str(len(MEGABYTES))
    part = visitor.get("/static/large.bin", Range="bytes=1000000-1500000")
    assert (part.status, part.body) == (206, MEGABYTES[1_000_000:1_500_001])
    assert part.headers["Content-Range"] == f"bytes 1000000-1500000/{len(MEGABYTES)}"
    known = visitor.get("/static/large.bin", If_None_Match=whole.headers["ETag"])
    assert (known.status, known.body) == (304, b"")
    head = visitor.request("HEAD", "/static/large.bin")
    assert (head.headers["Content-Length"], head.body) == (str(len(MEGABYTES)), b"")


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "Make it first: python reset.py"),
        ("postgres://localhost/blog", "a database URL is sqlite:///file.sqlite3 or mysql://"),
        ("mysql://root@127.0.0.1:1/blog", "No database (MySQL at 127.0.0.1, blog)"),
    ],
    ids=["missing", "wrong", "unreachable"],
)
def test_server_without_a_database_ends_and_says_why(
    target: Target, tmp_path: Path, server: str, url: str, sentence: str
) -> None:
    """It is not made here, by several workers at once; nor are these started again for ever."""
    folder = copy_folder(target.folder, tmp_path)
    finished = subprocess.run(
        command_of(server),
        cwd=folder,
        env=clean_environment() | {"DATABASE_URL": url},
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert finished.returncode not in (0, None)
    assert sentence in finished.stdout + finished.stderr
