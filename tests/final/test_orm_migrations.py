"""Migrations: numbered, explicit, applied once and recorded, on both databases."""

import threading
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.step_05_orm.test_database import DEADLINE, run_threads
from tests.support import databases

FIRST = (1, "notes", "CREATE TABLE notes (text VARCHAR(50))")
SECOND = (2, "notes get a language", "ALTER TABLE notes ADD COLUMN language VARCHAR(5)")


@pytest.fixture
def empty(database: Any) -> Iterator[Any]:
    """The database, without these tables."""
    for table in ("migrations", "notes"):
        database.execute(f"DROP TABLE IF EXISTS {table}")
    yield database
    for table in ("migrations", "notes"):
        database.execute(f"DROP TABLE IF EXISTS {table}")


def test_each_migration_is_applied_once_in_order_and_recorded(empty: Any, orm: ModuleType) -> None:
    def fill() -> None:
        empty.execute("INSERT INTO notes VALUES ('hello', NULL)")
        empty.execute("UPDATE notes SET language = 'en'")

    migrations = [FIRST]
    assert orm.migrate(empty, migrations) == ["notes"]
    assert orm.migrate(empty, migrations) == []
    migrations += [SECOND, (3, "all notes are English", fill)]
    assert orm.migrate(empty, migrations) == ["notes get a language", "all notes are English"]
    assert orm.migrate(empty, migrations) == []
    assert empty.execute("SELECT * FROM notes").rows == [("hello", "en")]
    rows = empty.execute("SELECT number, name FROM migrations ORDER BY number").rows
    assert rows == [(number, name) for number, name, _ in migrations]


def test_a_migration_that_fails_is_not_recorded_and_the_next_ones_wait(
    empty: Any, orm: ModuleType, database_layer: ModuleType
) -> None:
    broken = [True]

    def fill() -> None:
        with empty.atomic():
            empty.execute("INSERT INTO notes VALUES ('one')")
            empty.execute("SELEC" if broken[0] else "SELECT 1")

    migrations = [FIRST, (2, "a row", fill), (3, "another", "INSERT INTO notes VALUES ('two')")]
    with pytest.raises(database_layer.DatabaseError):
        orm.migrate(empty, migrations)
    assert empty.execute("SELECT * FROM notes").rows == []
    broken[0] = False
    assert orm.migrate(empty, migrations) == ["a row", "another"]
    assert empty.execute("SELECT * FROM notes").rows == [("one",), ("two",)]


def test_on_sqlite_a_migration_that_fails_leaves_nothing_behind(
    database_layer: ModuleType, orm: ModuleType
) -> None:
    database = database_layer.connect("sqlite:///:memory:")

    def half() -> None:
        database.execute("CREATE TABLE half (text TEXT)")
        database.execute("SELEC")

    with pytest.raises(database_layer.DatabaseError):
        orm.migrate(database, [(1, "half", half)])
    with pytest.raises(database_layer.DatabaseError, match="no such table"):
        database.execute("SELECT * FROM half")
    database.close()


@pytest.mark.parametrize("numbers", [(2,), (1, 1), (1, 3), (2, 1), (0, 1)])
def test_numbers_leave_none_out_and_none_is_given_twice(
    empty: Any, orm: ModuleType, numbers: tuple[int, ...]
) -> None:
    with pytest.raises(orm.ModelError, match="the numbers of migrations are 1, 2, 3"):
        orm.migrate(empty, [(number, "x", "SELECT 1") for number in numbers])
    assert empty.execute("SELECT * FROM migrations").rows == []


def test_a_history_that_is_not_ours_is_refused(empty: Any, orm: ModuleType) -> None:
    orm.migrate(empty, [FIRST])
    for others in ([], [(1, "something else", "SELECT 1")]):
        with pytest.raises(orm.ModelError, match=r"applied were \[\(1, 'notes'\)\]"):
            orm.migrate(empty, others)


def test_two_processes_that_start_at_once_migrate_once(
    empty: Any, database_layer: ModuleType, orm: ModuleType, blog_url: str
) -> None:
    together, calls = threading.Barrier(2, timeout=DEADLINE), []
    names: list[list[str]] = []
    orm.migrate(empty, [])  # the table of migrations is there: nobody waits for that

    def start() -> None:
        own = database_layer.connect(blog_url)  # as another process has one

        def make() -> None:
            calls.append("make")
            time.sleep(0.2)  # time enough for the other to look whether this is done already
            own.execute("CREATE TABLE notes (text VARCHAR(50))")

        together.wait()
        names.append(orm.migrate(own, [(1, "notes", make)]))
        own.close()

    run_threads([start] * 2)
    assert calls == ["make"]
    assert sorted(names) == [[], ["notes"]]


def test_a_process_that_waits_too_long_for_another_says_so(
    database_layer: ModuleType,
    orm: ModuleType,
    rung: Callable[..., ModuleType],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    databases.require_mysql()
    url = databases.create_mysql_database()
    monkeypatch.setattr(rung("migrations"), "PATIENCE", 0)
    database, other = database_layer.connect(url), database_layer.connect(url)

    def late() -> None:
        with pytest.raises(database_layer.ConnectionFailed, match="another process has been"):
            orm.migrate(other, [(1, "late", late)])

    try:
        assert orm.migrate(database, [(1, "late", late)]) == ["late"]
    finally:
        database.close()
        other.close()
        databases.drop_mysql_database(url)
