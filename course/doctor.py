"""`course doctor`: what this machine has and lacks, each with the command that mends it.

It must work where everything else is broken, so it uses the standard library alone.
"""

import argparse
import os
import re
import shlex
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from course import environment
from course.requirements import missing, name_of, requirements_of
from course.steps import ROOT, all_steps

OLDEST_SQLITE = (3, 24)  # the first with INSERT ... ON CONFLICT DO UPDATE
PORT = 8000
PATIENCE = 3.0  # seconds for a database server to greet us
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TEST_MYSQL = "mysql://root@127.0.0.1:3306"
# The form that rung's database.py takes, from step 05 on.
MYSQL_URL = re.compile(r"mysql://([^:@/]+)(?::([^@/]*))?@([^:@/]+)(?::(\d{1,5}))?/([^/?#]+)")


@dataclass(frozen=True)
class Finding:
    """One line of the report. `state` is "ok", "note" (works without) or "wrong" (needed)."""

    state: str
    what: str
    remedy: str = ""


def main(argv: list[str]) -> int:
    """Print the findings; exit status 1 if something that is needed is wrong."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course doctor",
        description="Say what is wrong with this machine, and the command that mends it.",
    )
    parser.parse_args(argv)
    states = []
    for check in CHECKS:
        for finding in check():
            print(f"{finding.state:6} {finding.what}")
            if finding.remedy:
                print(f"       -> {finding.remedy}")
            states.append(finding.state)
    wrong = states.count("wrong")
    print(f"\n{wrong} to mend." if wrong else "\nAll that is needed is here.")
    return 1 if wrong else 0


def check_python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("ok", f"Python {version} ({sys.executable})")  # an older one stops in __main__
    problem = environment.why_no_venv()
    if problem:
        yield Finding("wrong", "no virtual environments", problem)
    else:
        yield Finding("ok", "virtual environments can be made")


def check_packages() -> Iterator[Finding]:
    unfinished = (environment.VENV / "unfinished").exists()
    if unfinished:
        yield Finding("note", ".venv is half made; the next command that needs it makes it anew")
    elif environment.VENV.exists() and not environment.venv_python().exists():
        yield Finding(
            "wrong", ".venv has lost its Python", f"rm -r {shlex.quote(str(environment.VENV))}"
        )
    else:
        yield Finding(
            "ok", ".venv is " + ("there" if environment.VENV.exists() else "not made yet")
        )
    for group, command in (("runtime", "run"), ("learner", "check"), ("test", "test")):
        yield _find_packages(requirements_of("runtime", group), command)


def _find_packages(requirements: list[str], command: str) -> Finding:
    if not missing(requirements):
        return Finding("ok", f"packages for `{command}`: in this Python")
    lacking = [each for each in requirements if each not in environment.installed()]
    if not lacking:
        return Finding("ok", f"packages for `{command}`: in .venv")
    names = ", ".join(map(name_of, lacking))
    what = f"packages for `{command}`: not installed yet ({names})"
    return Finding("note", what, f"python3 -m course {command} installs them by itself")


def check_port() -> Iterator[Finding]:
    with socket.socket() as listener:
        if sys.platform != "win32":  # as our servers do: a port that was just left counts as free
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", PORT))
        except OSError:
            another = f"python3 -m course run --port {PORT + 1}"
            yield Finding("note", f"port {PORT} is taken by another program", another)
        else:
            yield Finding("ok", f"port {PORT} is free")


def check_sqlite() -> Iterator[Finding]:
    try:
        import sqlite3  # a Python that was built without it cannot import this
    except ImportError as error:
        remedy = "install a Python that was built with SQLite, as python.org's are"
        yield Finding("wrong", f"no SQLite in this Python ({error})", remedy)
        return
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        what = f"SQLite {sqlite3.sqlite_version} is older than {oldest}"
        yield Finding("wrong", what, "install a newer Python, which brings a newer SQLite")
    else:
        yield Finding("ok", f"SQLite {sqlite3.sqlite_version}")


def check_database_url() -> Iterator[Finding]:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        yield Finding("ok", "DATABASE_URL is not set: data goes into a SQLite file")
    elif url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        folder = Path(url.removeprefix("sqlite:///")).absolute().parent
        if folder.is_dir():
            yield Finding("ok", f"DATABASE_URL is {url}")
        else:
            what = f"DATABASE_URL names a file in {folder}, which is not there"
            yield Finding("wrong", what, f"mkdir -p {shlex.quote(str(folder))}")
    elif MYSQL_URL.fullmatch(url):
        yield ask_mysql("DATABASE_URL", url, "wrong")
    else:
        forms = "sqlite:///FILE or mysql://USER:PASSWORD@HOST:3306/NAME"
        remedy = f"export DATABASE_URL={forms}, or unset DATABASE_URL"
        yield Finding("wrong", f"DATABASE_URL has an unknown form: {hide_password(url)}", remedy)


def check_for_tests() -> Iterator[Finding]:
    """What only the project's own tests use; without it they skip a part and say so."""
    yield ask_mysql("the tests' MySQL", os.environ.get("RUNG_TEST_MYSQL", TEST_MYSQL), "note")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser:
        yield Finding("ok", f"Chromium for the tests of pages ({browser})")
    else:
        yield Finding(
            "note", "no Chromium: tests of pages are skipped", "sudo apt install chromium"
        )


def check_folders() -> Iterator[Finding]:
    folders = [ROOT, *(step.folder for step in all_steps())]
    locked = [str(folder) for folder in folders if not os.access(folder, os.W_OK)]
    if locked:
        remedy = f'sudo chown -R "$USER" {shlex.quote(str(ROOT))}'
        yield Finding("wrong", f"cannot write in {', '.join(locked)}", remedy)
    else:
        yield Finding("ok", f"the folders can be written ({ROOT})")


CHECKS: list[Callable[[], Iterator[Finding]]] = [
    check_python,
    check_packages,
    check_port,
    check_sqlite,
    check_database_url,
    check_for_tests,
    check_folders,
]


def ask_mysql(what: str, url: str, otherwise: str) -> Finding:
    """Whether a MySQL server greets us at the URL's address; it does so before any log-in."""
    shown = hide_password(url)
    try:
        address = urlsplit(url)
        host, port = address.hostname or "127.0.0.1", address.port or 3306
        with socket.create_connection((host, port), PATIENCE) as connection:
            connection.settimeout(PATIENCE)
            greeting = connection.recv(256)
    except (OSError, ValueError) as error:
        remedy = f"start the server at {shown}, or correct that address"
        return Finding(otherwise, f"{what}: no server answers ({error})", remedy)
    # A packet's head is 4 bytes; the greeting goes on with 10 (its version) and the server's name,
    # a refusal with 255, an error number of 2 bytes and a text.
    if greeting[4:5] == b"\x0a":
        name = greeting[5:].partition(b"\0")[0].decode("ascii", "replace")
        name = name.removeprefix("5.5.5-")  # MariaDB says that to clients who know only MySQL
        return Finding("ok", f"{what}: {name} answers at {shown} (no log-in was tried)")
    if greeting[4:5] == b"\xff":
        reason = greeting[7:].decode("utf-8", "replace")
        return Finding(otherwise, f"{what}: the server refuses us: {reason}")
    return Finding(otherwise, f"{what}: what answers at {shown} is not MySQL")


def hide_password(url: str) -> str:
    """The URL with *** for its password.

    >>> hide_password("mysql://ada:secret@localhost/blog")
    'mysql://ada:***@localhost/blog'
    """
    scheme, separator, rest = url.partition("://")
    credentials, at, host = rest.rpartition("@")
    user, colon, _ = credentials.partition(":")
    return f"{scheme}{separator}{user}{colon}{'***' if colon else ''}{at}{host}"
