"""SQL text and values in, rows out: SQLite and MySQL behind one door.

Nothing here knows what a model is, and nothing above here knows which of the two databases
answers. Both drivers speak Python's database API (PEP 249); what that leaves different is evened
out by two small classes, `SQLite` and `MySQL`.

Connections open at their first use, one for each thread: neither driver lets two threads run
statements on one connection at the same time.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

BUSY_TIMEOUT = 10.0  # seconds that one writer of a SQLite file waits for another

# Why: a deadlock, or a lost connection.
OVER = "the database has ended this transaction: leave the atomic() block and begin it again"

# No message repeats a URL, which may hold a password.
BAD_URL = (
    "a database URL is sqlite:///file.sqlite3 or mysql://user:password@host:3306/name, "
    "and in the password %40 stands for @, %2F for / and %3A for :"
)


class DatabaseError(Exception):
    """The database refused a statement, or was lost while it ran."""


class ConnectionFailed(DatabaseError):
    """The database of the URL cannot be used; the message says what to mend."""


class IntegrityError(DatabaseError):
    """A row would break a rule of its table: unique, NOT NULL or foreign key."""


class Result(NamedTuple):
    """What a statement gave: its rows, how many rows it matched, the id of the row inserted."""

    rows: list[tuple[Any, ...]]
    row_count: int
    last_id: int | None


def connect(url: str) -> Database:
    """The database of a URL. Nothing is opened before the first statement.

    sqlite:///blog.sqlite3                  a file, relative to the current folder
    sqlite:////srv/blog.sqlite3             a file, absolute
    sqlite:///:memory:                      of the thread that uses it, until close(): for trying
    mysql://user:password@host:3306/name    through PyMySQL

    Raises:
        ConnectionFailed: the URL makes no sense, or PyMySQL is missing.
    """
    return Database(SQLite(url) if url.startswith("sqlite:") else MySQL(url))


class ThreadConnection(threading.local):
    """A driver's connection, and what we know of it. Every thread sees attributes of its own."""

    raw: Any = None
    depth = 0  # how many atomic() blocks are open on it


class Database:
    """Runs statements on the connection of the thread that asks."""

    def __init__(self, dialect: SQLite | MySQL) -> None:
        self.dialect = dialect
        # Simplified: as many connections as the server has workers, and each is closed only with
        # its thread. A pool with a limit, which lends connections to threads, comes in final/.
        self._here = ThreadConnection()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Result:
        """Run one statement; each ? in it stands for one of the parameters.

        A value never becomes part of the SQL text here, and that is what makes SQL injection
        impossible: whatever the value says, it is not read as SQL.

        Raises:
            IntegrityError: a row would break a rule of its table.
            DatabaseError: anything else that the database or its driver refuses.
        """
        raw = self._connection()
        try:
            cursor = raw.cursor()
            cursor.execute(self.dialect.translate(sql), tuple(parameters))
            rows = list(cursor.fetchall()) if cursor.description else []
        except (self.dialect.driver.Error, ValueError, TypeError, OverflowError) as error:
            if isinstance(error, self.dialect.lost):
                self.close()
            broken_rule = isinstance(error, self.dialect.driver.IntegrityError)
            raise (IntegrityError if broken_rule else DatabaseError)(str(error.args[-1])) from error
        return Result(rows, max(cursor.rowcount, len(rows)), cursor.lastrowid)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """A transaction: all statements of the block are stored, or, if it raises, none of them.

        Inside another atomic() block it is a savepoint: an error that is caught between the two
        takes back the inner block alone.
        """
        here = self._here
        savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
        self.execute(savepoint or self.dialect.begin)
        here.depth += 1
        try:
            yield
            self.execute(f"RELEASE {savepoint}" if savepoint else "COMMIT")
        except BaseException:  # KeyboardInterrupt too: no half may stay behind
            try:
                self.execute(f"ROLLBACK TO {savepoint}" if savepoint else "ROLLBACK")
            except DatabaseError:
                self.close()  # then the database takes it back
            raise
        finally:
            here.depth -= 1

    def close(self) -> None:
        """Close this thread's connection. The next statement opens a new one."""
        raw, self._here.raw = self._here.raw, None
        if raw is not None:
            raw.close()

    def _connection(self) -> Any:
        """The connection of this thread: opened at its first use, and again after a loss."""
        here, dialect = self._here, self.dialect
        # Simplified: a statement on a connection that the server has closed since, because nobody
        # used it for long, fails, and the next one finds a new connection. final/ looks first.
        if here.raw is None:
            if here.depth:  # on another connection, half of the transaction would be missing
                raise DatabaseError(OVER)
            try:
                here.raw = dialect.open()
            except (dialect.driver.Error, RuntimeError, OverflowError) as error:
                reason = f"cannot use {dialect.place}: {error.args[-1]}"
                raise ConnectionFailed(f"{reason}; check that {dialect.remedy}") from error
        return here.raw


class SQLite:
    """What is particular to SQLite: one file, and one writer at a time."""

    driver: Any = sqlite3
    # Errors after which the connection is of no use: none, it is a file.
    # Simplified: a full disk ends a transaction too, and the rest of the block would be stored.
    # final/ refuses it.
    lost: Any = ()
    # The write lock at once. A transaction that begins by reading and asks for the lock later is
    # refused if another has written in between, and no waiting would help it.
    begin = "BEGIN IMMEDIATE"
    # AUTOINCREMENT: the number of a deleted row is never given to another, as on MySQL.
    primary_key = "INTEGER PRIMARY KEY AUTOINCREMENT"
    table_options = ""
    remedy = "its folder exists, and that it is a file which SQLite has made"

    def __init__(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        if path in (url, ""):
            raise ConnectionFailed(BAD_URL)
        # Absolute now: when the current folder changes, it must not become another file.
        self.place = path if path == ":memory:" else str(Path(path).absolute())

    def open(self) -> sqlite3.Connection:
        # isolation_level=None: the driver begins no transactions of its own, atomic() does.
        raw = sqlite3.connect(self.place, timeout=BUSY_TIMEOUT, isolation_level=None)
        raw.execute("PRAGMA foreign_keys = ON")  # off by default, for the sake of old programs
        with suppress(sqlite3.OperationalError):  # locked: somebody else is doing the same
            raw.execute("PRAGMA journal_mode = WAL")  # readers do not wait for the writer
        # SQLite's own LOWER() knows A to Z; MySQL's knows the other letters, and so does Python's.
        # (They differ in a few that change their length or with their place: İ, ẞ, the final ς.)
        raw.create_function("LOWER", 1, lambda text: text and str(text).lower(), deterministic=True)
        return raw

    def translate(self, sql: str) -> str:
        return sql


class MySQL:
    """What is particular to MySQL and MariaDB: a server, which may be away, and its manners."""

    # Simplified: a statement such as CREATE TABLE, which MySQL commits, ends it unnoticed (manual,
    # "Statements That Cause an Implicit Commit"). final/ refuses what comes after.
    begin = "START TRANSACTION"
    primary_key = "BIGINT PRIMARY KEY AUTO_INCREMENT"
    # Text compares exactly, as on SQLite: "a" is neither "A" (_bin) nor "a " (no padding). The
    # collation has two names; MySQL runs what stands in /*!80017 */, MariaDB what is in /*M! */.
    table_options = (
        "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 "
        "/*!80017 COLLATE=utf8mb4_0900_bin */ /*M! COLLATE=utf8mb4_nopad_bin */"
    )
    remedy = "it runs, user and password are right, and CREATE DATABASE has made the database"

    URL = re.compile(r"mysql://([^:@/]+)(?::([^@/]*))?@([^:@/]+)(?::(\d{1,5}))?/([^/?#]+)")

    def __init__(self, url: str) -> None:
        parts = self.URL.fullmatch(url)
        if parts is None:
            raise ConnectionFailed(BAD_URL)
        try:
            import pymysql
        except ModuleNotFoundError:
            raise ConnectionFailed("MySQL needs the package PyMySQL: pip install pymysql") from None
        self.driver: Any = pymysql
        # Also after a deadlock: the server has taken back the whole transaction then.
        self.lost = (pymysql.OperationalError, pymysql.InterfaceError)
        user, password, host, port, name = (unquote(part or "") for part in parts.groups())
        self.place = f"MySQL at {host}:{port or 3306}, database {name!r}, as user {user!r}"
        address = {"host": host, "port": int(port or 3306), "database": name}
        self.login = address | {"user": user, "password": password.encode()}

    def open(self) -> Any:
        return self.driver.connect(
            **self.login,
            connect_timeout=5,
            autocommit=True,
            charset="utf8mb4",  # what MySQL calls utf8 has no room for an emoji
            # Count the rows that an UPDATE matches, as SQLite does, not those that it changes.
            client_flag=self.driver.constants.CLIENT.FOUND_ROWS,
            # ANSI_QUOTES: "..." quotes names, as in standard SQL. STRICT: what does not fit is
            # refused, not cut off. NO_AUTO_VALUE: the id 0 is no request for a new id.
            sql_mode="ANSI_QUOTES,STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO",
        )

    def translate(self, sql: str) -> str:
        """PyMySQL marks a value by %s. A ? in quotes is text and stays; every % is doubled.

        SELECT '100% sure?' FROM t WHERE a = ?  ->  SELECT '100%% sure?' FROM t WHERE a = %s
        """
        pieces = QUOTED.split(sql.replace("%", "%%"))  # text, quoted, text, ..., quoted, text
        pieces[::2] = [text.replace("?", "%s") for text in pieces[::2]]
        return "".join(pieces)


# '...' with \' or '' for a quote inside; "..." and `...` around names; -- and /* comments */
QUOTED = re.compile(r"""('(?:[^'\\]|\\.|'')*'|"[^"]*"|`[^`]*`|--[^\n]*|/\*.*?\*/)""", re.DOTALL)
