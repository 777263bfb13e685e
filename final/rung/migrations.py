"""Changes of tables that hold data: plain, numbered, written down by hand, each applied once.

    MIGRATIONS = [
        (1, "posts get a language", "ALTER TABLE posts ADD COLUMN language VARCHAR(5)"),
        (2, "all posts are English", lambda: Post.select().update(language="en")),
    ]
    migrate(database, MIGRATIONS)

Nothing is guessed from the models. What was applied is recorded in the table `migrations`.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from .database import Database
from .expressions import ModelError

TABLE = """CREATE TABLE IF NOT EXISTS migrations
    (number BIGINT PRIMARY KEY, name VARCHAR(200) NOT NULL, applied VARCHAR(40) NOT NULL)"""
Migration = tuple[int, str, str | Callable[[], Any]]


def migrate(database: Database, migrations: Sequence[Migration]) -> list[str]:
    """Apply those that were not applied yet, in order, and return their names.

    On SQLite a migration that fails is taken back. MySQL commits at each CREATE or ALTER, so a
    transaction would promise too much there: one such statement is enough for a migration.

    Args:
        migrations: number, name, and a statement or a function. The numbers are 1, 2, 3 ...: of two
            branches that both add one, the merge shows it.

    Raises:
        ModelError: the numbers leave one out, or those applied are not the first of these.
    """
    database.execute(TABLE)
    done = database.execute("SELECT number, name FROM migrations ORDER BY number").rows
    known = [(number, name) for number, name, _step in migrations]
    if [number for number, _name in known] != list(range(1, len(known) + 1)):
        raise ModelError(f"the numbers of migrations are 1, 2, 3 ..., and not those of {known}")
    if done != known[: len(done)]:
        raise ModelError(f"applied were {done}, which are not the first of {known}")
    for number, name, step in migrations[len(done) :]:
        with database.atomic() if database.dialect.name == "sqlite" else nullcontext():
            database.execute(step) if isinstance(step, str) else step()
            row = [number, name, datetime.now(UTC).isoformat()]
            database.execute("INSERT INTO migrations VALUES (?, ?, ?)", row)
    return [name for _number, name in known[len(done) :]]
