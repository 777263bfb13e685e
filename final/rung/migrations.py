"""Changes of tables that hold data: plain, numbered, written down by hand, each applied once.

    MIGRATIONS = [
        (1, "posts get a language", "ALTER TABLE posts ADD COLUMN language VARCHAR(5)"),
        (2, "all posts are English", lambda: Post.select().update(language="en")),
    ]
    migrate(database, MIGRATIONS)

Nothing is guessed from the models. What was applied is recorded in the table `migrations`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

from .database import ConnectionFailed, Database
from .expressions import ModelError

TABLE = """CREATE TABLE IF NOT EXISTS migrations
    (number BIGINT PRIMARY KEY, name VARCHAR(200) NOT NULL, applied VARCHAR(40) NOT NULL)"""
# Its name is the server's: other databases there may migrate meanwhile.
LOCK = "SELECT GET_LOCK(MD5(CONCAT('migrations of ', DATABASE())), ?)"
PATIENCE = 3600  # seconds to wait for another process: to alter a long table takes long
Migration = tuple[int, str, str | Callable[[], Any]]


def migrate(database: Database, migrations: Sequence[Migration]) -> list[str]:
    """Apply those that were not applied yet, in order, and return their names.

    On SQLite a migration that fails is taken back. MySQL commits at each CREATE or ALTER, so a
    transaction would promise too much there: one such statement is enough for a migration.
    Processes that start at the same time take turns, and find done what another has done.

    Args:
        migrations: number, name, and a statement or a function. The numbers are 1, 2, 3 ...: of two
            branches that both add one, the merge shows it.

    Raises:
        ModelError: the numbers leave one out, or those applied are not the first of these.
    """
    database.execute(TABLE)
    known = [(number, name) for number, name, _step in migrations]
    if [number for number, _name in known] != list(range(1, len(known) + 1)):
        raise ModelError(f"the numbers of migrations are 1, 2, 3 ..., and not those of {known}")
    applied: list[str] = []
    while True:
        with _one_process_at_a_time(database):
            done = database.execute("SELECT number, name FROM migrations ORDER BY number").rows
            if done != known[: len(done)]:
                raise ModelError(f"applied were {done}, which are not the first of {known}")
            if len(done) == len(known):
                return applied
            number, name, step = migrations[len(done)]
            database.execute(step) if isinstance(step, str) else step()
            row = [number, name, datetime.now(UTC).isoformat()]
            database.execute("INSERT INTO migrations VALUES (?, ?, ?)", row)
            applied.append(name)


@contextmanager
def _one_process_at_a_time(database: Database) -> Iterator[None]:
    if database.dialect.name == "sqlite":
        with database.atomic():
            yield
        return
    # The lock belongs to a connection and ends with it: here, to one that does nothing else.
    with closing(Database(database.dialect, pool_size=1)) as lock:
        if lock.execute(LOCK, [PATIENCE]).rows != [(1,)]:
            raise ConnectionFailed(f"another process has been migrating for {PATIENCE} seconds")
        yield
