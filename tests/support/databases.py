"""A database of a test's own on a MySQL server, and what happens where a real part is missing."""

import functools
import itertools
import os
from urllib.parse import unquote, urlsplit

import pymysql
import pytest

ADDRESS = os.environ.get("RUNG_TEST_MYSQL", "mysql://root@127.0.0.1:3306")
_numbers = itertools.count(1)


def require_mysql() -> None:
    """Skip the test where no MySQL server answers; fail it under CI, where one must."""
    reason = _why_unreachable()
    if reason:
        missing(f"no MySQL server at RUNG_TEST_MYSQL: {reason}")


def missing(reason: str) -> None:
    """What a test needs is not there: skipped on a learner's machine, a failure under CI."""
    if os.environ.get("CI"):
        pytest.fail(f"required under CI: {reason}", pytrace=False)
    pytest.skip(reason)


def create_mysql_database() -> str:
    """Make an empty database and return its URL."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"rung_test_{os.getpid()}_{worker}_{next(_numbers)}"
    execute(f"CREATE DATABASE {name}")
    return f"{ADDRESS.rstrip('/')}/{name}"


def drop_mysql_database(url: str) -> None:
    """Drop the database that `create_mysql_database` made."""
    execute(f"DROP DATABASE IF EXISTS {urlsplit(url).path.strip('/')}")


def execute(statement: str) -> None:
    """Run one statement on the server, outside any database."""
    ask(ADDRESS, statement)


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement by the bare driver, on a connection for it alone, and return the rows."""
    address = urlsplit(url)
    connection = pymysql.connect(
        host=address.hostname or "127.0.0.1",
        port=address.port or 3306,
        user=unquote(address.username or "root"),
        password=unquote(address.password or ""),
        database=address.path[1:] or None,
        connect_timeout=3,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@functools.cache
def _why_unreachable() -> str:
    try:
        execute("SELECT 1")
    except pymysql.err.MySQLError as error:
        return str(error.args[-1])
    return ""
