"""The shipped nginx configuration before two server processes with one MariaDB database.

Everything here is real but the ports: nginx, TLS with a certificate that the clients verify, two
processes of our server or of gunicorn. They are ended, killed and started again under load.
"""

import contextlib
import json
import re
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.final.client import Client
from tests.support import databases
from tests.support.demo import clean_environment, copy_folder
from tests.support.deployment import NAME, SERVERS, VISITOR, Nginx, Server, Visitor, find_nginx
from tests.support.targets import Target

pytestmark = pytest.mark.slow

WRITERS, READERS = 4, 2
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture, as far as its first bytes tell" * 5000
PASSWORD = "one rung at a time"  # of the people that reset.py makes
FOUND_OUT = 3.0  # seconds until nginx has tried again a server that did not answer


class Deployment:
    """nginx and two servers: `.nginx`, `.servers`, `.url` of the database."""

    def __init__(self, kind: str, folder: Path, url: str, parent: Path) -> None:
        self.kind, self.url = kind, url
        uploads = parent / "uploads"
        uploads.mkdir()
        self.servers = [
            Server(
                kind,
                folder,
                parent / f"server-{number}.log",
                DATABASE_URL=url,
                MICROBLOG_TRUSTED_PROXIES="127.0.0.1",
                MICROBLOG_UPLOADS=str(uploads),
                MICROBLOG_ACCESS_LOG="yes",
            )
            for number in (1, 2)
        ]
        (parent / "nginx").mkdir()
        ports = [each.port for each in self.servers]
        self.nginx = Nginx(parent / "nginx", ports, folder / "app" / "static", uploads)

    def start(self) -> None:
        for each in self.servers:
            each.start()
        self.nginx.start()

    def stop(self) -> None:
        self.nginx.stop()
        for each in self.servers:
            each.kill()

    def stored(self) -> Counter[str]:
        """How often each post of a writer is in the database."""
        rows = databases.ask(self.url, "SELECT text FROM posts WHERE text LIKE 'write %'")
        return Counter(str(text) for (text,) in rows)


@pytest.fixture(scope="module", params=SERVERS)
def deployment(
    request: pytest.FixtureRequest,
    target: Target,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    """Started once for all tests of a kind of server; each test leaves all of it running."""
    find_nginx()
    databases.require_mysql()
    url = databases.create_mysql_database()
    folder = copy_folder(target.folder, tmp_path_factory.mktemp("site"))
    running = Deployment(request.param, folder, url, tmp_path_factory.mktemp("deployment"))
    try:
        reset(folder, url)
        running.start()
        yield running
    finally:
        running.stop()
        databases.drop_mysql_database(url)


def reset(folder: Path, url: str) -> None:
    """Make the tables and the people: once, and not by both servers at the same time."""
    command = [sys.executable, "reset.py"]
    environment = clean_environment() | {"DATABASE_URL": url}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)


@pytest.fixture
def visitor(deployment: Deployment) -> Visitor:
    return Visitor(deployment.nginx)


@pytest.fixture(scope="module")
def member(deployment: Deployment) -> Visitor:
    """Somebody who has logged in, which takes a good part of a second."""
    client = Visitor(deployment.nginx)
    client.log_in("tomas", PASSWORD)
    return client


def times_asked(server: Server, line: str) -> int:
    """How many lines of a server's access log have this in them."""
    return server.log().count(line)


# --- what nginx is told


def test_nginx_has_no_complaint(deployment: Deployment) -> None:
    said = deployment.nginx.check()
    assert "syntax is ok" in said
    assert "warn" not in said
    assert "test is successful" in said


def test_http_leads_to_https(deployment: Deployment) -> None:
    answer = Client(deployment.nginx.http).get("/people/mira?page=2", Host=NAME)
    assert answer.status == 308
    assert answer.location == f"https://{NAME}/people/mira?page=2"


def test_another_name_gets_no_page(deployment: Deployment, visitor: Visitor) -> None:
    assert Client(deployment.nginx.http).get("/", Host="evil.example").status == 421
    assert visitor.get("/", Host="evil.example").status == 421


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize(
    ("newest", "agreed"),
    [("TLSv1_3", "TLSv1.3"), ("TLSv1_2", "TLSv1.2"), ("TLSv1_1", None)],
)
def test_versions_of_tls(
    deployment: Deployment, visitor: Visitor, newest: str, agreed: str | None
) -> None:
    visitor.tls = tls = ssl.create_default_context(cafile=deployment.nginx.certificate)
    tls.set_ciphers("DEFAULT:@SECLEVEL=0")  # so that it is nginx who refuses the old ones
    tls.minimum_version = ssl.TLSVersion.TLSv1
    tls.maximum_version = ssl.TLSVersion[newest]
    if agreed is None:
        with pytest.raises(ssl.SSLError, match="alert"):  # that is what the other side sends
            visitor.connect()
        return
    connection = visitor.connect()
    assert connection.sock.version() == agreed
    connection.close()


def test_page_comes_from_the_application_with_its_headers(visitor: Visitor) -> None:
    answer = visitor.get("/")
    assert answer.status == 200
    assert answer.page.posts
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Strict-Transport-Security"):
        assert len(answer.headers.get_all(name)) == 1, name


def test_static_files_come_from_nginx(deployment: Deployment, visitor: Visitor) -> None:
    answer = visitor.get("/static/style.css")
    assert answer.status == 200
    assert answer.headers["Server"] == "nginx"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" in answer.headers
    assert visitor.get("/static/style.css", If_None_Match=answer.headers["ETag"]).status == 304
    assert visitor.get("/static/../models.py").status in (400, 404)
    assert visitor.get("/static/%2e%2e/models.py").status in (400, 404)
    assert not any(times_asked(each, "/static/style.css") for each in deployment.servers)


def test_picture_goes_through_one_server_and_comes_from_nginx(
    deployment: Deployment, member: Visitor
) -> None:
    assert member.upload("/profile/picture", "picture", PNG).status == 303
    [path] = re.findall(r"/pictures/\w+\.png", member.get("/people/tomas").text)[:1]
    answer = member.get(path)
    assert answer.body == PNG
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert member.get("/pictures/.hidden").status == 404
    missing = member.get("/pictures/none.png")
    assert missing.status == 404
    assert "Cache-Control" not in missing.headers, "it may be there tomorrow"
    assert not any(times_asked(each, "/pictures/") for each in deployment.servers)


def test_body_above_the_limit_stops_at_nginx(deployment: Deployment, visitor: Visitor) -> None:
    answer = visitor.request("POST", "/login?too-long", b"", Content_Length=str(16 * 2**20 + 1))
    assert answer.status == 413
    assert "<center>nginx</center>" in answer.text
    assert not any(times_asked(each, "too-long") for each in deployment.servers)


# --- what the servers learn


def test_who_logs_in_at_one_server_is_known_to_the_other(
    deployment: Deployment, member: Visitor
) -> None:
    for _ in range(6):
        assert member.get("/profile?who").status == 200
    line = '- tomas [%s] "GET /profile?who HTTP/1.1" 200'
    for server in deployment.servers:
        assert re.search(re.escape(line).replace("%s", r"[^]]*"), server.log()), server.log()


FORGED = {
    "X_Forwarded_For": "203.0.113.66",
    "X_Forwarded_Proto": "http",
    "X_Forwarded_Host": "evil.example",
    "Forwarded": "for=203.0.113.66;proto=http",
    "X_Request_ID": "made-up",
    "X_Real_IP": "203.0.113.66",
}


def test_visitor_cannot_forge_where_a_request_comes_from(
    deployment: Deployment, visitor: Visitor
) -> None:
    for _ in range(4):
        answer = visitor.get("/login?forged", **FORGED)
        assert answer.headers["X-Request-ID"] != "made-up"
    for server in deployment.servers:
        lines = [line for line in server.log().splitlines() if "/login?forged" in line]
        ours = [line for line in lines if "rung" not in line and line.startswith(f"{VISITOR} - ")]
        assert ours, server.log()
        assert "203.0.113.66" not in server.log()


def test_cookies_are_secure_whatever_a_visitor_says(visitor: Visitor) -> None:
    answer = visitor.get("/login", **FORGED)
    form = f"name=mira&password={PASSWORD.replace(' ', '+')}&csrf_token={visitor.token}"
    kind = "application/x-www-form-urlencoded"
    logged_in = visitor.request("POST", "/login", form, Content_Type=kind, **FORGED)
    assert logged_in.status == 303
    cookies = [*answer.headers.get_all("Set-Cookie"), *logged_in.headers.get_all("Set-Cookie")]
    assert {each.partition("=")[0] for each in cookies} == {"csrf", "session"}
    assert all("; Secure" in each for each in cookies), cookies


# --- one of them ends


class Fragile(socketserver.BaseRequestHandler):
    """A server that breaks off the first request that it or its sister gets, and answers others."""

    def handle(self) -> None:
        request = self.request.recv(65536)
        asked: list[bytes] = self.server.asked  # type: ignore[attr-defined]
        asked.append(request.partition(b" ")[0])
        if len(asked) > 1:
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")


@pytest.mark.parametrize(
    ("method", "status", "asked"),
    [("GET", 200, [b"GET"] * 2), ("PUT", 200, [b"PUT"] * 2), ("POST", 502, [b"POST"])],
)
def test_what_broke_off_is_asked_again_unless_it_may_not_come_twice(
    tmp_path: Path, method: str, status: int, asked: list[bytes]
) -> None:
    """RFC 9110 section 9.2.2: a POST that may have arrived is not repeated by a proxy."""
    with contextlib.ExitStack() as stack:
        seen: list[bytes] = []
        servers = [
            stack.enter_context(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Fragile))
            for _ in range(2)
        ]
        for server in servers:
            server.asked = seen  # type: ignore[attr-defined]
            threading.Thread(target=server.serve_forever, args=(0.05,)).start()
            stack.callback(server.shutdown)
        ports = [server.server_address[1] for server in servers]
        nginx = Nginx(tmp_path, ports, static=tmp_path, uploads=tmp_path)
        nginx.start()
        stack.callback(nginx.stop)
        answer = Visitor(nginx).request(method, "/", b"" if method == "GET" else b"a body")
        assert (answer.status, seen) == (status, asked)


class Load:
    """Clients that read and write as fast as they can; each post has a text of its own.

    Attributes:
        acknowledged: texts of posts that were answered with 201.
        tried: all texts.
        failures: what went wrong, as text, by "read" or "write".
    """

    def __init__(self, member: Visitor, nginx: Nginx) -> None:
        self.acknowledged: list[str] = []
        self.tried: list[str] = []
        self.failures: list[tuple[str, str]] = []
        self.reads = 0
        self._member, self._nginx = member, nginx
        self._over = threading.Event()
        self._label = time.monotonic_ns()
        self._threads = [
            *(threading.Thread(target=self._write, args=(each,)) for each in range(WRITERS)),
            *(threading.Thread(target=self._read) for _ in range(READERS)),
        ]

    def __enter__(self) -> "Load":
        self._member.fresh_token()
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        for each in self._threads:
            each.join()

    def wait_for(self, writes: int) -> None:
        """Until so many more posts were written."""
        wanted, end = len(self.acknowledged) + writes, time.monotonic() + 15
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < end, f"stuck: {self.failures}"
            time.sleep(0.01)

    def _write(self, number: int) -> None:
        fields = {
            "Content-Type": "application/json",
            "X-CSRF-Token": self._member.token,
            "Cookie": "; ".join(f"{name}={text}" for name, text in self._member.cookies.items()),
        }
        count = 0
        while not self._over.is_set():
            text = f"write {self._label} {number} {(count := count + 1)}"
            self.tried.append(text)
            if self._ask("write", "POST", "/api/posts", json.dumps({"text": text}), fields) == 201:
                self.acknowledged.append(text)

    def _read(self) -> None:
        while not self._over.is_set():
            self._ask("read", "GET", "/api/posts", None, {})
            self.reads += 1

    def _ask(self, what: str, method: str, path: str, body: Any, fields: dict[str, str]) -> int:
        connection = Visitor(self._nginx).connect()
        try:
            connection.request(method, path, body, fields)
            answer = connection.getresponse()
            said = answer.read()
        except OSError as error:
            self.failures.append((what, repr(error)))
            return 0
        finally:
            connection.close()
        if answer.status not in (200, 201):
            self.failures.append((what, f"{answer.status} {said[:300]!r}"))
        return answer.status


def assert_nothing_is_lost_or_doubled(deployment: Deployment, load: Load) -> None:
    stored = deployment.stored()
    assert not [text for text in load.acknowledged if text not in stored], "acknowledged and lost"
    assert not [text for text, count in stored.items() if count > 1], "stored twice"


def test_server_that_is_killed_takes_no_acknowledged_write_along(
    deployment: Deployment, member: Visitor
) -> None:
    """What it was just answering is lost: at most one request of each client, and no read."""
    with Load(member, deployment.nginx) as load:
        load.wait_for(50)
        deployment.servers[0].kill()
        load.wait_for(50)
        deployment.servers[0].start()
        load.wait_for(50)
    assert_nothing_is_lost_or_doubled(deployment, load)
    assert not [failure for what, failure in load.failures if what == "read"], load.failures
    assert len(load.failures) <= WRITERS, load.failures
    assert load.reads > 20


def assert_nobody_noticed(deployment: Deployment, load: Load) -> None:
    assert load.failures == []
    assert_nothing_is_lost_or_doubled(deployment, load)
    assert len(load.acknowledged) == len(load.tried)
    assert load.reads > 20


def test_rolling_restart_is_noticed_by_nobody(deployment: Deployment, member: Visitor) -> None:
    """One after the other: SIGTERM, wait for the end, start, wait until it answers.

    gunicorn resets the connections that the kernel has let in and that it has not taken yet. A
    write that was sent on one of them is lost for its client. So it is taken out of nginx before.
    """
    take_out = deployment.kind == "gunicorn"
    with Load(member, deployment.nginx) as load:
        for server in deployment.servers:
            load.wait_for(50)
            if take_out:
                deployment.nginx.take_out(server)
            assert server.stop() == 0
            load.wait_for(20)
            server.start()
            if take_out:
                deployment.nginx.put_back()
            else:
                time.sleep(FOUND_OUT)
        load.wait_for(50)
    assert_nobody_noticed(deployment, load)


@pytest.mark.parametrize("deployment", ["gunicorn"], indirect=True)
def test_gunicorn_takes_a_new_release_without_being_ended(
    deployment: Deployment, member: Visitor
) -> None:
    """SIGHUP, `systemctl reload`: its first process keeps the socket, the others are replaced."""
    with Load(member, deployment.nginx) as load:
        for server in deployment.servers:
            load.wait_for(50)
            server.reload()
            time.sleep(2)
        load.wait_for(50)
    assert_nobody_noticed(deployment, load)
    assert all(times_asked(each, "Handling signal: hup") for each in deployment.servers)
