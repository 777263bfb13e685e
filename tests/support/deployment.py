"""The application as it is deployed: deploy/nginx as it is shipped, before several servers.

Ports and folders of the shipped configuration are replaced by the test's own, and nothing else.
"""

import contextlib
import http.client
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from course.steps import ROOT
from tests.final.client import Client
from tests.support.databases import missing
from tests.support.demo import clean_environment

DEPLOY = ROOT / "deploy"
NAME = "rung.example"  # of the site in the configuration
VISITOR = "127.0.0.9"  # where clients come from, so that nobody takes them for nginx (127.0.0.1)
DEADLINE = 15.0  # seconds for a program to start, or to end
SERVERS = ("rung", "gunicorn")


class Server:
    """One server process of the application, on a port that it keeps over restarts.

    Args:
        kind: "rung" for our server, "gunicorn" for gunicorn with deploy/gunicorn.conf.py.
        folder: a copy of final/.
    """

    def __init__(self, kind: str, folder: Path, log: Path, **environment: str) -> None:
        self.port = free_port()
        self._folder, self._log = folder, log
        self._environment = clean_environment() | environment
        gunicorn = ["-m", "gunicorn", "--config", str(DEPLOY / "gunicorn.conf.py")]
        arguments = {
            "rung": ["server.py", "--port", str(self.port)],
            "gunicorn": [*gunicorn, "--bind", f"127.0.0.1:{self.port}", "server:application"],
        }
        self._command = [sys.executable, *arguments[kind]]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers: what ExecStartPost of the systemd unit does."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(self._answers, lambda: f"no server on port {self.port}:\n{self.log()}")

    def stop(self) -> int:
        """End it as a service manager does, and return its exit status."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(DEADLINE)

    def reload(self) -> None:
        """Let gunicorn replace its workers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """End it, and the processes that it has made, without a word."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)  # start_new_session: a group of its own
            self._process.wait(DEADLINE)

    def log(self) -> str:
        return self._log.read_text("utf-8", errors="replace")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            connection.request("GET", "/static/icon.svg", headers={"Connection": "close"})
            return connection.getresponse().status == 200
        except OSError:
            return False


class Nginx:
    """nginx with the shipped configuration, before servers on two ports."""

    def __init__(self, folder: Path, ports: list[int], static: Path, uploads: Path) -> None:
        self.http, self.https = free_port(), free_port()
        self.folder = folder
        self.certificate = make_certificate(folder / "tls")
        self.configuration = self._write(ports, static, uploads)
        self._process: subprocess.Popen[bytes] | None = None

    def _write(self, ports: list[int], static: Path, uploads: Path) -> Path:
        """Put the shipped files into a nginx.conf of the test's own, which Debian brings."""
        changes = {
            "listen 80": f"listen 127.0.0.1:{self.http}",
            "listen 443": f"listen 127.0.0.1:{self.https}",
            "/etc/ssl/rung/": f"{self.folder}/tls/",
            "/var/log/nginx/": f"{self.folder}/",
            "/srv/rung/app/static/": f"{static}/",
            "/var/lib/rung/uploads/": f"{uploads}/",
            "127.0.0.1:8001": f"127.0.0.1:{ports[0]}",
            "127.0.0.1:8002": f"127.0.0.1:{ports[1]}",
        }
        text = "".join((DEPLOY / "nginx" / name).read_text() for name in CONFIGURATION)
        for shipped, ours in changes.items():
            assert shipped in text, f"the configuration says {shipped!r} no more"
            text = text.replace(shipped, ours)
        self._site = text
        (self.folder / "site.conf").write_text(text)
        path = self.folder / "nginx.conf"
        path.write_text(MAIN.format(user="user root;" if os.getuid() == 0 else "", at=self.folder))
        return path

    def check(self) -> str:
        """What `nginx -t` says of the configuration."""
        command = [*self._command(), "-t"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    def start(self) -> None:
        self._process = subprocess.Popen(self._command(), stderr=subprocess.DEVNULL)
        wait_for(lambda: is_listening(self.https), lambda: f"no nginx:\n{self.log()}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(DEADLINE)

    def take_out(self, server: Server) -> None:
        """Let a server get no more requests: the word "down" in upstreams.conf, and a reload."""
        old = f"server 127.0.0.1:{server.port} "
        self._reload(self._site.replace(old, f"{old}down "))

    def put_back(self) -> None:
        self._reload(self._site)

    def _reload(self, site: str) -> None:
        assert self._process is not None
        (self.folder / "site.conf").write_text(site)
        self._process.send_signal(signal.SIGHUP)  # what `nginx -s reload` does
        time.sleep(1)  # until the old processes of nginx have finished what they began

    def log(self) -> str:
        path = self.folder / "error.log"
        return path.read_text() if path.exists() else ""

    def _command(self) -> list[str]:
        return [find_nginx(), "-p", str(self.folder), "-c", str(self.configuration)]


CONFIGURATION = ("rung.conf", "upstreams.conf")
MAIN = """
{user}
daemon off;
worker_processes 2;
pid {at}/nginx.pid;
error_log {at}/error.log info;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {at}/body;
    proxy_temp_path {at}/proxy;
    fastcgi_temp_path {at}/fastcgi;
    uwsgi_temp_path {at}/uwsgi;
    scgi_temp_path {at}/scgi;
    include {at}/site.conf;
}}
"""


class Visitor(Client):
    """A client of the site over TLS, who verifies the certificate."""

    def __init__(self, nginx: Nginx) -> None:
        super().__init__(nginx.https)
        self.tls = ssl.create_default_context(cafile=nginx.certificate)

    def connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(NAME, timeout=DEADLINE)
        plain = socket.create_connection(
            ("127.0.0.1", self.port), DEADLINE, source_address=(VISITOR, 0)
        )
        connection.sock = self.tls.wrap_socket(plain, server_hostname=NAME)
        return connection


def make_certificate(folder: Path) -> Path:
    """Write a certificate that signs itself, and its key."""
    if shutil.which("openssl") is None:
        missing("no openssl; on Debian: sudo apt install openssl")
    folder.mkdir()
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-keyout", str(key)]
    command += ["-addext", f"subjectAltName=DNS:{NAME}", "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate


def find_nginx() -> str:
    """Where nginx is: /usr/sbin is not in everybody's PATH."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        missing("no nginx; on Debian: sudo apt install nginx")
    return str(found)


def free_port() -> int:
    """A port that nobody has, and that nobody is given while its server is being started again.

    So it lies below those that the kernel gives to clients (32768 and more on Linux).
    """
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def wait_for(condition: Callable[[], bool], problem: Callable[[], str]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, problem()
        time.sleep(0.02)
