"""Fixtures of the application's tests: a running site on each database."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.final.client import Client, Site
from tests.step_05_orm.conftest import (  # noqa: F401 the fixtures of the ORM's tests
    ann,
    blog,
    blog_url,
    database,
    database_layer,
    orm,
    plain,
    posts,
    pytest_generate_tests,
    tables,
    world,
    written,
)
from tests.step_07_sessions.conftest import (  # noqa: F401 and of the sessions'
    clock,
    open_database,
    sqlite,
)
from tests.support import databases
from tests.support.demo import Demo, clean_environment, copy_folder
from tests.support.targets import Target


@pytest.fixture(scope="session", params=["sqlite", "mysql"])
def site(
    request: pytest.FixtureRequest, target: Target, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The application on a database of its own, filled by its first start.

    One for all tests: each of them brings its own people and posts, and looks at those alone.
    """
    folder = copy_folder(target.folder, tmp_path_factory.mktemp("site"))
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    if request.param == "sqlite":
        running = Demo(folder, elsewhere)
        yield Site(running, f"sqlite:///{folder / 'rung.sqlite3'}")
        running.stop()
        return
    databases.require_mysql()
    url = databases.create_mysql_database()
    running = Demo(folder, elsewhere, DATABASE_URL=url)
    yield Site(running, url)
    running.stop()
    databases.drop_mysql_database(url)


@pytest.fixture
def visitor(site: Site) -> Client:
    """Somebody who is not logged in."""
    return site.visitor()


# Logging in takes a good part of a second of scrypt, so these do it once for all tests.


@pytest.fixture(scope="session")
def member(site: Site) -> Client:
    """Somebody who is logged in."""
    return site.member()


@pytest.fixture(scope="session")
def admin(site: Site) -> Client:
    return site.demo_user("wren")


@pytest.fixture(scope="session")
def moderator(site: Site) -> Client:
    return site.demo_user("mira")


@pytest.fixture(scope="session")
def stranger(site: Site) -> Client:
    """Another member, who owns nothing of what a test makes."""
    return site.member("A Stranger")


@pytest.fixture
def run_script(target: Target, tmp_path: Path) -> Callable[..., Any]:
    """run_script("reset.py", NAME="value") in a copy of the folder: the finished process."""
    folder = copy_folder(target.folder, tmp_path)

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env=clean_environment() | environment,
            capture_output=True,
            encoding="utf-8",
            timeout=20,
            check=False,
        )

    return run
