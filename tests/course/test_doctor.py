"""`course doctor`: finds what is wrong, says what mends it, and never prints a password."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from course import doctor
from tests.support.commands import course

FAMILIES = ("ok", "note", "wrong")


@contextmanager
def server_that_says(greeting: bytes) -> Iterator[int]:
    """A port on which one connection is greeted with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(greeting)

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def packet(payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "little") + b"\0" + payload


def findings(check: str) -> list[doctor.Finding]:
    found: list[doctor.Finding] = list(getattr(doctor, check)())
    return found


def test_healthy_machine_gets_status_0_and_a_line_for_each_thing() -> None:
    result = course("doctor")
    assert result.returncode == 0, result.stdout
    lines = [line for line in result.stdout.splitlines() if line and not line.startswith("  ")]
    assert lines[-1] == "All that is needed is here."
    assert all(line.split()[0] in FAMILIES for line in lines[:-1])
    for word in ("Python 3", "virtual environments", ".venv", "packages", "port 8000", "SQLite"):
        assert word in result.stdout
    for word in ("DATABASE_URL", "tests' MySQL", "Chromium", "folders"):
        assert word in result.stdout


def test_database_that_is_down_gets_status_1_and_no_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]  # free again when the block ends
    url = f"mysql://ada:s3cret@127.0.0.1:{port}/blog"
    result = course("doctor", DATABASE_URL=url)
    assert result.returncode == 1
    assert "wrong  DATABASE_URL: no server answers" in result.stdout
    assert f"-> start the server at mysql://ada:***@127.0.0.1:{port}/blog" in result.stdout
    assert "1 to mend" in result.stdout
    assert "s3cret" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    "url",
    [
        "blog.sqlite3",
        "sqlite:blog.sqlite3",
        "sqlite:///",
        "postgres://ada:s3cret@localhost/blog",
        "mysql://localhost",
        "mysql:///blog",
    ],
)
def test_unknown_form_of_url_is_shown_with_the_right_forms(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    (finding,) = findings("check_database_url")
    assert finding.state == "wrong"
    assert "s3cret" not in finding.what
    assert "sqlite:///FILE" in finding.remedy
    assert "mysql://USER:PASSWORD@HOST:3306/NAME" in finding.remedy


@pytest.mark.parametrize("url", ["", "sqlite:///blog.sqlite3", "sqlite:////var/blog.sqlite3"])
def test_sqlite_needs_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert [finding.state for finding in findings("check_database_url")] == ["ok"]


def test_mysql_greeting_is_understood() -> None:
    with server_that_says(packet(b"\x0a5.5.5-10.11.6-MariaDB\0rest")) as port:
        url = f"mysql://ada:s3cret@127.0.0.1:{port}/blog"
        finding = doctor.ask_mysql("DATABASE_URL", url, "wrong")
    assert finding.state == "ok"
    assert "10.11.6-MariaDB answers at mysql://ada:***@" in finding.what


def test_mysql_refusal_is_passed_on() -> None:
    refusal = packet(b"\xff" + (1130).to_bytes(2, "little") + b"Host is not allowed to connect")
    with server_that_says(refusal) as port:
        finding = doctor.ask_mysql("DATABASE_URL", f"mysql://a@127.0.0.1:{port}/b", "wrong")
    assert finding.state == "wrong"
    assert finding.what.endswith("refuses us: Host is not allowed to connect")


def test_server_of_another_kind_is_not_taken_for_mysql() -> None:
    with server_that_says(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        finding = doctor.ask_mysql("DATABASE_URL", f"mysql://a@127.0.0.1:{port}/b", "wrong")
    assert finding.state == "wrong"
    assert "is not MySQL" in finding.what


def test_taken_port_is_a_note_with_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setattr(doctor, "PORT", port)
        (finding,) = findings("check_port")
    assert finding.state == "note"
    assert finding.remedy.endswith(f"--port {port + 1}")
    assert [each.state for each in findings("check_port")] == ["ok"]


def test_missing_chromium_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    finding = findings("check_for_tests")[1]
    assert (finding.state, finding.remedy) == ("note", "sudo apt install chromium")


def test_missing_venv_module_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert [finding.state for finding in findings("check_python")] == ["ok", "wrong"]


def test_environment_that_lost_its_python_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("course.environment.VENV", tmp_path)
    monkeypatch.setattr("course.environment.venv_python", lambda: tmp_path / "no-such-file")
    finding = findings("check_packages")[0]
    assert (finding.state, finding.remedy) == ("wrong", f"rm -r {tmp_path}")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mysql://ada:s3cret@db:3306/blog", "mysql://ada:***@db:3306/blog"),
        ("mysql://ada:s3:cr@et@db/blog", "mysql://ada:***@db/blog"),
        ("mysql://ada@db/blog", "mysql://ada@db/blog"),
        ("sqlite:///blog.sqlite3", "sqlite:///blog.sqlite3"),
    ],
)
def test_password_is_hidden(url: str, shown: str) -> None:
    assert doctor.hide_password(url) == shown


def test_commands_that_are_shown_hold_a_folder_with_blanks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Unquoted, `rm -r /home/ann/my course/.venv` would delete /home/ann/my."""
    venv = tmp_path / "my course" / ".venv"
    venv.mkdir(parents=True)
    monkeypatch.setattr("course.environment.VENV", venv)
    monkeypatch.setattr("course.environment.venv_python", lambda: tmp_path / "no-such-file")
    assert findings("check_packages")[0].remedy == f"rm -r '{venv}'"
