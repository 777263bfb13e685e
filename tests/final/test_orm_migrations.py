"""Migrations: numbered, explicit, applied once and recorded, on both databases."""

from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def notes(orm: ModuleType, database: Any) -> Iterator[SimpleNamespace]:
    database.execute("DROP TABLE IF EXISTS migrations")
    database.execute("DROP TABLE IF EXISTS notes")
    migrations = orm.Migrations(database)

    @migrations.add(1, "notes")
    def create(database: Any) -> None:
        database.execute("CREATE TABLE notes (text VARCHAR(50))")

    yield SimpleNamespace(migrations=migrations, create=create, database=database)
    database.execute("DROP TABLE IF EXISTS migrations")
    database.execute("DROP TABLE IF EXISTS notes")


def test_each_migration_is_applied_once_in_order_and_recorded(
    notes: SimpleNamespace, orm: ModuleType
) -> None:
    assert notes.migrations.apply() == ["notes"]
    assert notes.migrations.apply() == []

    @notes.migrations.add(2, "notes get a language")
    def _(database: Any) -> None:
        database.execute("ALTER TABLE notes ADD COLUMN language VARCHAR(5)")

    @notes.migrations.add(3, "all notes are English")
    def _(database: Any) -> None:
        database.execute("INSERT INTO notes VALUES ('hello', NULL)")
        database.execute("UPDATE notes SET language = 'en'")

    assert notes.migrations.apply() == ["notes get a language", "all notes are English"]
    assert notes.database.execute("SELECT * FROM notes").rows == [("hello", "en")]
    rows = notes.database.execute("SELECT number, name FROM migrations ORDER BY number").rows
    assert rows == [(1, "notes"), (2, "notes get a language"), (3, "all notes are English")]


def test_a_migration_that_fails_is_not_recorded_and_the_next_ones_wait(
    notes: SimpleNamespace, database_layer: ModuleType
) -> None:
    broken = [True]

    @notes.migrations.add(2, "a row")
    def _(database: Any) -> None:
        with database.atomic():
            database.execute("INSERT INTO notes VALUES ('one')")
            database.execute("SELEC" if broken[0] else "SELECT 1")

    @notes.migrations.add(3, "another row")
    def _(database: Any) -> None:
        database.execute("INSERT INTO notes VALUES ('two')")

    with pytest.raises(database_layer.DatabaseError):
        notes.migrations.apply()
    assert notes.database.execute("SELECT * FROM notes").rows == []
    broken[0] = False
    assert notes.migrations.apply() == ["a row", "another row"]
    assert notes.database.execute("SELECT * FROM notes").rows == [("one",), ("two",)]


def test_numbers_leave_none_out_and_none_is_given_twice(
    notes: SimpleNamespace, orm: ModuleType
) -> None:
    for number in (1, 3, 0):
        with pytest.raises(orm.ModelError, match=rf"migration {number} \(x\): the next is 2"):
            notes.migrations.add(number, "x")


def test_a_history_that_is_not_ours_is_refused(notes: SimpleNamespace, orm: ModuleType) -> None:
    notes.migrations.apply()
    others = orm.Migrations(notes.database)
    with pytest.raises(orm.ModelError, match="not the first of these migrations"):
        others.apply()
    others.add(1, "something else")(print)
    with pytest.raises(orm.ModelError, match=r"applied were \['notes'\]"):
        others.apply()
