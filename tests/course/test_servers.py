"""What every server.py promises: it runs alone, from any folder, and says in a sentence why not.

Each test starts a copy of the step's folder in a process of its own.
"""

import http.client
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from course.requirements import name_of, read_requirements
from course.steps import Step, all_steps
from tests.support.demo import Demo, clean_environment, copy_folder

LADDER = all_steps()
EACH = pytest.mark.parametrize("step", LADDER, ids=str)
WITH_DATABASE = [step for step in LADDER if (step.folder / "rung" / "database.py").exists()]
SOMETIMES = {"pymysql", "watchfiles"}  # imported when the data is in MySQL, and for --reload
PACKAGES = {
    step: [name_of(line) for line in read_requirements(step.folder / "requirements.txt")]
    for step in LADDER
}
DEADLINE = 15.0  # seconds until a server that cannot start must have said so


def refuse_to_start(
    step: Step, folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Start a server that cannot work, and return how it ended and what it said."""
    result = subprocess.run(
        [sys.executable, str(copy_folder(step.folder, folder) / "server.py"), *arguments],
        cwd=folder,
        env=clean_environment() | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    return result


def hide_package(name: str, folder: Path) -> str:
    """A folder for PYTHONPATH in which importing a package fails as if it were not installed."""
    folder.mkdir(exist_ok=True)
    failure = f"raise ModuleNotFoundError({f'No module named {name!r}'!r}, name={name!r})\n"
    (folder / f"{name}.py").write_text(failure)
    return str(folder)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def get_status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()
    return status


@EACH
def test_it_runs_alone_and_from_another_folder(step: Step, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    demo = Demo(copy_folder(step.folder, tmp_path), elsewhere)
    try:
        assert get_status(demo.port) == 200
        assert demo.port in map(int, re.findall(r"http://127\.0\.0\.1:(\d+)", demo.log()))
    finally:
        demo.stop()
    assert [path.suffix for path in elsewhere.iterdir()] == [".log"], "it left files where it stood"
    if step in WITH_DATABASE:
        assert list(demo.folder.glob("*.sqlite3")), "its database is not beside it"


@EACH
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_ends_without_a_traceback(step: Step, ending: signal.Signals, tmp_path: Path) -> None:
    demo = Demo(copy_folder(step.folder, tmp_path), tmp_path)
    try:
        get_status(demo.port)
        demo.process.send_signal(ending)
        status = demo.process.wait(10)
    finally:
        demo.stop()
    assert "Traceback" not in demo.log()
    assert status == 0 or (ending == signal.SIGTERM and status == -signal.SIGTERM)


@EACH
def test_taken_port_is_a_sentence_with_another(step: Step, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        said = refuse_to_start(step, tmp_path, "--port", str(port)).stderr
    assert str(port) in said
    assert "--port" in said


@pytest.mark.parametrize("step", [s for s in LADDER if set(PACKAGES[s]) - SOMETIMES], ids=str)
def test_missing_package_is_a_sentence_with_the_command(step: Step, tmp_path: Path) -> None:
    for name in set(PACKAGES[step]) - SOMETIMES:
        hidden = hide_package(name, tmp_path / "hidden")
        said = refuse_to_start(step, tmp_path, "--port", "0", PYTHONPATH=hidden).stderr
        assert name in said.lower()
        assert "pip install" in said


@pytest.mark.parametrize("step", WITH_DATABASE, ids=str)
def test_mysql_driver_is_needed_for_mysql_only(step: Step, tmp_path: Path) -> None:
    hidden = hide_package("pymysql", tmp_path / "hidden")
    url = f"mysql://root@127.0.0.1:{free_port()}/blog"
    said = refuse_to_start(step, tmp_path, "--port", "0", PYTHONPATH=hidden, DATABASE_URL=url)
    assert "pymysql" in said.stderr.lower()
    assert "pip install" in said.stderr

    demo = Demo(tmp_path / step.name, tmp_path, PYTHONPATH=hidden)
    try:
        assert get_status(demo.port) == 200
    finally:
        demo.stop()


@pytest.mark.parametrize("step", WITH_DATABASE, ids=str)
@pytest.mark.parametrize("form", ["postgres://localhost/blog", "blog.sqlite3", "mysql://localhost"])
def test_wrong_database_url_is_a_sentence(step: Step, form: str, tmp_path: Path) -> None:
    said = refuse_to_start(step, tmp_path, "--port", "0", DATABASE_URL=form).stderr
    assert "DATABASE_URL" in said
    assert "mysql://" in said.replace(form, "")  # the right form


@pytest.mark.parametrize("step", WITH_DATABASE, ids=str)
def test_database_that_is_down_is_a_sentence_without_its_password(
    step: Step, tmp_path: Path
) -> None:
    port = free_port()
    url = f"mysql://ada:s3cret@127.0.0.1:{port}/blog"
    said = refuse_to_start(step, tmp_path, "--port", "0", DATABASE_URL=url).stderr
    assert f"127.0.0.1:{port}" in said
    assert "s3cret" not in said
