"""Changes of tables that hold data: plain, numbered, written down by hand, each applied once.

    migrations = Migrations(database)

    @migrations.add(1, "posts get a language")
    def _(database):
        database.execute("ALTER TABLE posts ADD COLUMN language VARCHAR(5)")

    migrations.apply()

Nothing is guessed from the models. What was applied is recorded in the table `migrations`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from .database import Database
from .expressions import ModelError

TABLE = """CREATE TABLE IF NOT EXISTS migrations
    (number BIGINT PRIMARY KEY, name VARCHAR(200) NOT NULL, applied VARCHAR(40) NOT NULL)"""


class Migrations:
    """The migrations of a database, in the order of their numbers: 1, 2, 3, ..."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._steps: list[tuple[str, Callable[[Database], object]]] = []

    def add(self, number: int, name: str) -> Callable[[Any], Any]:
        """Register a function. Numbers begin at 1 and leave none out, so two branches that both
        add one are noticed when they are merged."""
        if number != len(self._steps) + 1:
            raise ModelError(f"migration {number} ({name}): the next is {len(self._steps) + 1}")

        def register(step: Callable[[Database], object]) -> Callable[[Database], object]:
            self._steps.append((name, step))
            return step

        return register

    def apply(self) -> list[str]:
        """Apply what was not applied yet, and return the names.

        On SQLite a migration that fails is taken back. MySQL commits at each CREATE or ALTER, so a
        transaction would promise too much there: one such statement is enough for a migration.
        """
        self.database.execute(TABLE)
        rows = self.database.execute("SELECT name FROM migrations ORDER BY number").rows
        done, known = [name for (name,) in rows], [name for name, _ in self._steps]
        if done != known[: len(done)]:
            raise ModelError(f"applied were {done}, which are not the first of these migrations")
        for number in range(len(done), len(known)):
            is_whole = self.database.dialect.name == "sqlite"
            with self.database.atomic() if is_whole else nullcontext():
                self._steps[number][1](self.database)
                row = [number + 1, known[number], datetime.now(UTC).isoformat()]
                self.database.execute("INSERT INTO migrations VALUES (?, ?, ?)", row)
        return known[len(done) :]
