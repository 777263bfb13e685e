"""The microblog as it is deployed: python -m benchmarks.deploy [--rounds N] [--seconds N].

The timeline, with its join, its template and everything else of a page, by 1 and 2 processes, on
SQLite and on MariaDB, asked straight and through nginx with the shipped configuration and TLS.
Load, nginx, servers and database share the machine's cores; how busy each of them was is noted,
too. That shows where the limit sits.
"""

import argparse
import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.load import NO_WRK, run_wrk
from benchmarks.orm import MYSQL
from benchmarks.report import number, table_of
from benchmarks.server import FOLDER, commit, processor, wrk_version
from benchmarks.servers import ROOT, free_port

DATABASE = "rung_benchmark_deploy"
CONNECTIONS = 16
START_TIME = 20.0  # seconds
TICKS = os.sysconf("SC_CLK_TCK")
PARTS = ("servers", "nginx", "mariadbd", "load")

NGINX = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Case:
    """What is measured: one row of the table."""

    database: str
    processes: int
    way: str  # "straight" or "nginx"


CASES = [
    Case(database, processes, way)
    for database in ("SQLite", "MariaDB")
    for processes in (1, 2)
    for way in ("straight", "nginx")
]
Sample = dict[str, float]  # "rate", and the cores that each part has kept busy


def main(argv: list[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.deploy", description="Measure the microblog as it is deployed."
    )
    parser.add_argument("--rounds", type=int, default=3, help="turns of each (3)")
    parser.add_argument("--seconds", type=int, default=4, help="of load for each figure (4)")
    parser.add_argument("--output", type=Path, default=FOLDER, help="the folder to write to")
    arguments = parser.parse_args(argv)
    if not shutil.which("wrk") or not find_nginx():
        sys.exit(NO_WRK if not shutil.which("wrk") else "nginx is not installed (Debian: nginx).")
    about = context(arguments)
    samples: dict[Case, list[Sample]] = {case: [] for case in CASES}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ports = {
            (database, processes): stack.enter_context(site(Path(folder), database, processes))
            for database in ("SQLite", "MariaDB")
            for processes in (1, 2)
        }
        for each in range(arguments.rounds):
            for case in CASES:
                port, session = ports[case.database, case.processes]
                sample = measure(Path(folder), case, port, session, arguments.seconds)
                samples[case].append(sample)
                print(f"round {each + 1}  {case}: {sample['rate']:,.0f}", flush=True)
    write(about, samples, arguments.output)


@contextmanager
def site(folder: Path, database: str, processes: int) -> Iterator[tuple[int, int]]:
    """Serve a copy of the application on a database of its own; gives its port and its session."""
    own = folder / f"{database}{processes}"
    shutil.copytree(ROOT / "final", own, ignore=shutil.ignore_patterns("*.sqlite3*", "uploads"))
    name = f"{DATABASE}{processes}"
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{own}/rung.sqlite3",
        "MICROBLOG_TRUSTED_PROXIES": "127.0.0.1",
    }
    if database == "MariaDB":
        environment["DATABASE_URL"] = f"{MYSQL.rstrip('/')}/{name}"
    port = free_port()
    subprocess.run(
        [sys.executable, "reset.py"], cwd=own, env=environment, check=True, capture_output=True
    )
    command = [sys.executable, "server.py", "--port", str(port), "--processes", str(processes)]
    with ended(command, own, environment) as process:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/"))
        yield port, process.pid
    if database == "MariaDB":
        drop = f"from app.models import database; database.execute('DROP DATABASE {name}')"
        subprocess.run([sys.executable, "-c", drop], cwd=own, env=environment, check=True)


@contextmanager
def ended(
    command: list[str], folder: Path, environment: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program in a session of its own, by which proc(5) shows all of its processes."""
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START_TIME)


def measure(folder: Path, case: Case, port: int, session: int, seconds: int) -> Sample:
    """Load the timeline for some seconds."""
    with ExitStack() as stack:
        url, sessions = f"http://127.0.0.1:{port}/", {"servers": session}
        if case.way == "nginx":
            https = free_port()
            configuration = configure_nginx(folder, port, https)
            command = [str(find_nginx()), "-p", str(folder), "-c", str(configuration)]
            process = stack.enter_context(ended(command, folder, dict(os.environ)))
            url, sessions["nginx"] = f"https://localhost:{https}/", process.pid
            wait_until(lambda: answers(url))
        run_wrk(url, 1, CONNECTIONS)  # to warm up
        before, began = busy(sessions), time.monotonic()
        load = run_wrk(url, seconds, CONNECTIONS)
        after, took = busy(sessions), time.monotonic() - began
    return {"rate": load.rate} | {part: (after[part] - before[part]) / took for part in PARTS}


def configure_nginx(folder: Path, port: int, https: int) -> Path:
    """Write the shipped configuration with our ports, and a name that wrk can ask for."""
    tls = folder / "tls"
    if not tls.exists():
        tls.mkdir()
        options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
        files = ["-keyout", str(tls / "privkey.pem"), "-out", str(tls / "fullchain.pem")]
        command = ["openssl", "req", "-x509", *options, "-subj", "/CN=localhost", *files]
        subprocess.run(command, check=True, capture_output=True)
    shipped = ROOT / "deploy" / "nginx"
    text = "".join((shipped / name).read_text() for name in ("rung.conf", "upstreams.conf"))
    for old, new in {
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "listen 443": f"listen 127.0.0.1:{https}",
        "/etc/ssl/rung": str(tls),
        "access_log /var/log/nginx/rung.log rung;": "",
        "rung.example": "localhost",
        "127.0.0.1:8001": f"127.0.0.1:{port}",
        "127.0.0.1:8002": f"127.0.0.1:{port}",
    }.items():
        text = text.replace(old, new)
    (folder / "site.conf").write_text(text)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user))
    return folder / "nginx.conf"


def busy(sessions: dict[str, int]) -> dict[str, float]:
    """Seconds of processor time so far, by part. Source: proc_pid_stat(5)."""
    by_session = {number: part for part, number in sessions.items()}
    seconds = dict.fromkeys(PARTS, 0.0)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue  # it has just ended
        fields = rest.split()
        part = "mariadbd" if name in ("mariadbd", "mysqld") else by_session.get(int(fields[3]))
        if part:
            seconds[part] += (int(fields[11]) + int(fields[12])) / TICKS
    times = os.times()
    seconds["load"] = times.children_user + times.children_system  # wrk, which has ended
    return seconds


def find_nginx() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def answers(url: str) -> bool:
    command = ["curl", "--silent", "--insecure", "--fail", "--output", os.devnull, url]
    return subprocess.run(command, check=False).returncode == 0


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + START_TIME
    while not condition():
        if time.monotonic() > end:
            sys.exit("A server did not answer in time.")
        time.sleep(0.1)


def context(arguments: argparse.Namespace) -> dict[str, str]:
    cores = os.cpu_count()
    return {
        "Measured": f"{datetime.datetime.now(datetime.UTC):%d %B %Y}, at {commit()}",
        "Method": f"medians of {arguments.rounds} rounds, {arguments.seconds} s of load each; "
        f"{CONNECTIONS} connections, kept alive, ask for the timeline (10 of 32 posts)",
        "Machine": f"{processor()}, {cores} cores for load, nginx, servers and database together",
        "Load average before the run": f"{os.getloadavg()[0]:.1f}; far from 0, it is no good run",
        "Load": wrk_version(),
    }


def write(about: dict[str, str], samples: dict[Case, list[Sample]], folder: Path) -> None:
    """Print the page, and write it."""
    busy_parts = [f"{part}, cores" for part in PARTS]
    rows = [["database", "processes", "way", "pages/s", *busy_parts, "servers, ms a page"]]
    medians = {
        case: {name: median(sample[name] for sample in each) for name in each[0]}
        for case, each in samples.items()
    }
    for case, found in medians.items():
        cores = [f"{found[part]:.2f}" for part in PARTS]
        way = "nginx, TLS" if case.way == "nginx" else case.way
        cost = f"{1000 * found['servers'] / found['rate']:.1f}"
        rows.append([case.database, str(case.processes), way, number(found["rate"]), *cores, cost])
    page = "\n\n".join(
        [
            "# The microblog, deployed and measured",
            "Written by `python -m benchmarks.deploy`; what it means, "
            "[deploy/README.md](../../deploy/README.md) says.",
            "\n".join(f"- {name}: {value}" for name, value in about.items()),
            table_of(rows),
        ]
    )
    print(f"\n{page}")
    raw = [{**vars(case), "samples": each} for case, each in samples.items()]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deploy.md").write_text(page + "\n", "utf-8")
    text = json.dumps({"context": about, "cases": raw}, indent=1)
    (folder / "deploy.json").write_text(text + "\n", "utf-8")
    print(f"Written to {folder}: deploy.md, deploy.json")


if __name__ == "__main__":
    main()
