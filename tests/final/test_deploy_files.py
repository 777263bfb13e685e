"""What the files of deploy/ say fits together, and fits the code. Nothing is started here."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tests.support.demo import clean_environment
from tests.support.deployment import DEPLOY
from tests.support.targets import Target

Rung = Callable[..., ModuleType]
COMPOSE = DEPLOY / "compose"
VARIABLE = re.compile(r"\b(?:MICROBLOG_[A-Z_]+[A-Z]|DATABASE_URL)\b")
NAMES_OF_SETTINGS = (
    "import json; from dataclasses import fields; from app.settings import Settings, PREFIX; "
    "from rung.configuration import variable_of; "
    "print(json.dumps([variable_of(each, PREFIX) for each in fields(Settings)]))"
)


def text_of(path: str) -> str:
    return (DEPLOY / path).read_text("utf-8")


def setting(path: str, pattern: str) -> str:
    """What a file says at a place: of several, all must say the same."""
    found = set(re.findall(pattern, text_of(path)))
    assert len(found) == 1, f"{path}: {pattern} is {found}"
    return str(found.pop())


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text_of("compose/compose.yaml"))
    return loaded


# --- the code's own limits


def test_nginx_refuses_what_the_application_would_refuse(rung: Rung) -> None:
    megabytes = setting("nginx/rung.conf", r"client_max_body_size (\d+)m;")
    assert int(megabytes) * 2**20 == rung("protocol").Limits().body


def test_nginx_closes_an_idle_connection_before_the_server_does(rung: Rung) -> None:
    """Else the server may close it at the moment when nginx sends the next request on it."""
    for path in ("nginx/upstreams.conf", "compose/upstreams.conf"):
        seconds = int(setting(path, r"keepalive_timeout (\d+)s;"))
        assert seconds < rung("connection").Timeouts().keep_alive
        assert seconds < int(setting("gunicorn.conf.py", r"keepalive = (\d+)"))


def test_service_manager_waits_until_the_server_has_finished(rung: Rung) -> None:
    grace = rung("connection").Timeouts().grace
    assert int(setting("systemd/rung@.service", r"TimeoutStopSec=(\d+)")) > grace + 2
    assert int(setting("compose/compose.yaml", r"stop_grace_period: (\d+)s")) > grace + 2
    assert int(setting("gunicorn.conf.py", r"graceful_timeout = (\d+)")) == grace


# --- one file and another


def test_variables_that_are_set_exist(target: Target) -> None:
    said = subprocess.run(
        [sys.executable, "-c", NAMES_OF_SETTINGS],
        cwd=target.folder,
        env=clean_environment(),
        check=True,
        capture_output=True,
    )
    known = set(json.loads(said.stdout))
    files = [file for file in DEPLOY.rglob("*") if file.is_file()]
    used = {name for file in files for name in VARIABLE.findall(file.read_text("utf-8"))}
    assert {"DATABASE_URL", "MICROBLOG_TRUSTED_PROXIES", "MICROBLOG_UPLOADS"} <= used
    assert used <= known, f"no such setting: {used - known}"


@pytest.mark.parametrize("path", ["nginx/upstreams.conf", "compose/upstreams.conf"])
def test_reads_and_writes_go_to_the_same_servers(path: str) -> None:
    groups = re.findall(r"upstream (\w+) \{(.*?)\n\}", text_of(path), re.DOTALL)
    servers = {name: re.findall(r"^    server (.*);$", body, re.MULTILINE) for name, body in groups}
    assert servers["rung_reads"] == servers["rung_writes"]
    assert len(servers["rung_reads"]) == 2
    assert all(name in text_of("nginx/rung.conf") for name in servers)


def test_nginx_may_not_repeat_a_write() -> None:
    """Whether a POST was carried out, nobody knows when its connection has broken."""
    rules = re.findall(r"^ *(proxy_next_upstream .*);", text_of("nginx/rung.conf"), re.MULTILINE)
    assert rules == ["proxy_next_upstream error timeout"]


def test_nginx_hands_on_nothing_that_a_client_says_of_itself() -> None:
    """$proxy_add_x_forwarded_for would append, and $http_... would pass on."""
    fields = re.findall(r"proxy_set_header (\S+)\s+(\S+);", text_of("nginx/rung.conf"))
    assert dict(fields) == {
        "Connection": "$rung_connection",
        "Host": "$host",
        "X-Forwarded-Host": "$host",
        "X-Forwarded-For": "$remote_addr",
        "X-Forwarded-Proto": "$scheme",
        "X-Request-ID": "$request_id",
        "Forwarded": '""',
    }


def test_table_of_the_readme_is_the_one_that_was_measured() -> None:
    results = (DEPLOY.parent / "benchmarks" / "results" / "deploy.md").read_text("utf-8")
    table = [line for line in results.splitlines() if line.startswith("|")]
    assert len(table) == 10
    assert "\n".join(table) in text_of("README.md")


# --- compose


def test_every_file_of_the_compose_file_is_there(compose: dict[str, Any]) -> None:
    made_by_hand = {"./tls"}
    for service in compose["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source in made_by_hand:
                continue
            if source.startswith("."):
                assert (COMPOSE / source).exists(), source
            else:
                assert source in compose["volumes"], source
        if "build" in service:
            context = (COMPOSE / service["build"]["context"]).resolve()
            assert (context / service["build"]["dockerfile"]).is_file()


def test_image_gets_all_that_the_application_consists_of(target: Target) -> None:
    copied = {
        name
        for line in re.findall(r"^COPY (.*) \S+$", text_of("compose/Dockerfile"), re.MULTILINE)
        for name in line.split()
    }
    assert all((target.folder / name).exists() for name in copied), copied
    assert copied == {"app", "rung", "server.py", "reset.py", "requirements.txt"}


def test_services_wait_for_what_they_need(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] == "service_healthy"
            assert "healthcheck" in services[needed], f"{name} waits for {needed}"
    # The first one makes the tables; the other must not do it at the same time.
    assert "rung-1" in services["rung-2"]["depends_on"]


def test_only_nginx_is_reached_from_outside_and_only_nginx_is_trusted(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    address = services["nginx"]["networks"]["default"]["ipv4_address"]
    for name in ("rung-1", "rung-2"):
        assert services[name]["environment"]["MICROBLOG_TRUSTED_PROXIES"] == address
        assert f"server {name}:8000 " in text_of("compose/upstreams.conf")


def test_passwords_are_in_no_file(compose: dict[str, Any]) -> None:
    needed = set(re.findall(r"\$\{(\w+)", text_of("compose/compose.yaml")))
    lines = text_of("compose/example.env").splitlines()
    example = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    assert set(example) == needed
    assert set(example.values()) == {""}
    ignored = (DEPLOY.parent / ".gitignore").read_text("utf-8")
    assert "deploy/compose/.env\n" in ignored
    assert "deploy/compose/tls/\n" in ignored


# --- systemd


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not here")
    unit = tmp_path / "rung@8001.service"
    # The only thing that it may miss is the program: there is none at that place.
    text = text_of("systemd/rung@.service").replace("/srv/rung/.venv/bin/python", sys.executable)
    unit.write_text(text.replace("/usr/bin/curl", sys.executable), "utf-8")
    said = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
