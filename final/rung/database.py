"""SQL text and values in, rows out: SQLite and MySQL behind one door.

Nothing here knows what a model is, and nothing above here knows which of the two databases
answers. Both drivers speak Python's database API (PEP 249); what that leaves different is evened
out by two small classes, `SQLite` and `MySQL`.

A connection is taken from a pool for each statement, or for a whole transaction: neither driver
lets two threads run statements on one connection at the same time.
"""

from __future__ import annotations

import os
import random
import re
import selectors
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial, wraps
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from .pool import SIZE, WAIT, Pool

BUSY_TIMEOUT = 10.0  # seconds that one writer of a SQLite file waits for another

# Why: an error (a deadlock, a lost connection, a full disk), or a statement such as CREATE TABLE,
# which MySQL commits.
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


class Deadlock(DatabaseError):
    """Another transaction is in the way, and this one had to give way to it. Begin it again."""


class IntegrityError(DatabaseError):
    """A row would break a rule of its table: unique, NOT NULL or foreign key."""


class Result(NamedTuple):
    """What a statement gave: its rows, how many rows it matched, the id of the row inserted."""

    rows: list[tuple[Any, ...]]
    row_count: int
    last_id: int | None


def connect(url: str, pool_size: int = SIZE, wait: float = WAIT) -> Database:
    """The database of a URL. Nothing is opened before the first statement.

    sqlite:///blog.sqlite3                  a file, relative to the current folder
    sqlite:////srv/blog.sqlite3             a file, absolute
    sqlite:///:memory:                      one connection, which all threads share, until close()
    mysql://user:password@host:3306/name    through PyMySQL

    Raises:
        ConnectionFailed: the URL makes no sense, or PyMySQL is missing.
    """
    dialect = SQLite(url) if url.startswith("sqlite:") else MySQL(url)
    return Database(dialect, 1 if dialect.place == ":memory:" else pool_size, wait)


class ThreadState(threading.local):
    """The transaction of a thread. Every thread sees attributes of its own."""

    raw: Any = None  # the driver's connection, while a transaction is open
    depth = 0  # how many atomic() blocks are open on it
    ended: DatabaseError | None = None  # what has ended the transaction before its end


class Database:
    """Runs statements on a connection that is this thread's for so long.

    `log`, if you set it, is called after each statement: log(sql, parameters, seconds).
    """

    def __init__(self, dialect: SQLite | MySQL, pool_size: int = SIZE, wait: float = WAIT) -> None:
        self.dialect = dialect
        self.log: Callable[[str, Sequence[Any], float], object] | None = None
        self._pool = Pool(dialect, pool_size, wait)
        self._here = ThreadState()
        if hasattr(os, "register_at_fork"):  # there is no fork on Windows
            os.register_at_fork(after_in_child=self.forget)  # a database is for the whole program

    def execute(self, sql: str, parameters: Sequence[Any] = (), many: bool = False) -> Result:
        """Run one statement; each ? in it stands for one of the parameters.

        A value never becomes part of the SQL text here, and that is what makes SQL injection
        impossible: whatever the value says, it is not read as SQL.

        Args:
            many: run it once for each of the parameters, which are rows of values.

        Raises:
            IntegrityError: a row would break a rule of its table.
            Deadlock: another transaction is in the way, and will be until this one ends.
            DatabaseError: anything else that the database or its driver refuses.
        """
        here, started = self._here, time.perf_counter() if self.log else 0.0
        raw = here.raw if here.depth else self._take()
        # Inside a transaction no other connection is taken: half of it would be missing.
        is_over = here.depth and (here.ended or raw is None or not self.dialect.in_transaction(raw))
        if is_over and sql is not self.dialect.begin:
            raise (Deadlock if isinstance(here.ended, Deadlock) else DatabaseError)(OVER)
        try:
            cursor = self.dialect.run(raw, sql, parameters, many)
            if not cursor.description:
                return Result([], cursor.rowcount, cursor.lastrowid)
            rows = list(cursor.fetchall())
            return Result(rows, len(rows), cursor.lastrowid)
        except (self.dialect.driver.Error, ValueError, TypeError, OverflowError) as error:
            problem = self._kind_of(error)(str(error.args[-1]))
            # A row that breaks a rule is refused alone. After any other error we cannot know what
            # the database has taken back, so all that can follow is a rollback.
            here.ended = None if isinstance(problem, IntegrityError) else problem
            raise problem from error
        finally:
            if raw is not here.raw:
                self._pool.give_back(raw)
            if self.log:
                self.log(sql, parameters, time.perf_counter() - started)

    def _kind_of(self, error: Exception) -> type[DatabaseError]:
        if isinstance(error, self.dialect.driver.IntegrityError):
            return IntegrityError
        return Deadlock if self.dialect.is_conflict(error) else DatabaseError

    def atomic(self, retry: int = 0) -> Any:
        """A transaction: all statements of the block are stored, or, if it raises, none of them.

        Inside another atomic() block it is a savepoint: an error that is caught between the two
        takes back the inner block alone. Also a decorator, for functions that many threads call.

        Args:
            retry: how often a function so decorated is called again after a Deadlock. (A decorator
                can call it again. The block of a `with` statement runs once.)
        """
        return partial(self._retrying, retry) if retry else self._transaction()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        here = self._here
        savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
        if not here.depth:
            here.raw, here.ended = self._take(), None
        here.depth += 1
        try:
            self.execute(savepoint or self.dialect.begin)
            yield
            self.execute(f"RELEASE {savepoint}" if savepoint else "COMMIT")
        except BaseException:  # KeyboardInterrupt too: no half may stay behind
            ended, here.ended = here.ended, None
            try:
                self.execute(f"ROLLBACK TO {savepoint}" if savepoint else "ROLLBACK")
            except DatabaseError as error:
                here.ended = ended or error  # never commit what could not be taken back
            raise
        finally:
            here.depth -= 1
            if here.raw and not here.depth:
                self._pool.give_back(here.raw)
                here.raw = None

    def _retrying(self, retry: int, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def in_transaction(*arguments: Any, **named: Any) -> Any:
            try:
                with self._transaction():
                    return function(*arguments, **named)
            except Deadlock:
                if self._here.depth:  # an outer block is lost with this one: it is to be repeated
                    raise
            time.sleep(random.uniform(0, 0.1))  # not both at once again
            return self.atomic(retry - 1)(function)(*arguments, **named)

        return in_transaction

    def close(self) -> None:
        """Close the connections that nobody uses. The next statement opens a new one."""
        self._pool.close()

    def forget(self) -> None:
        """In a process that was forked: leave the connections to the parent."""
        self._pool.forget(self._here.raw)
        self._here.raw = None  # of a transaction that is open, this process can do no more

    def _take(self) -> Any:
        dialect = self.dialect
        try:
            return self._pool.take()
        except TimeoutError as error:
            raise ConnectionFailed(str(error)) from None
        except (dialect.driver.Error, RuntimeError, OverflowError) as error:
            reason = f"cannot use {dialect.place}: {error.args[-1]}"
            raise ConnectionFailed(f"{reason}; check that {dialect.remedy}") from error


class SQLite:
    """What is particular to SQLite: one file, and one writer at a time."""

    driver: Any = sqlite3
    name = "sqlite"
    # The write lock at once. A transaction that begins by reading and asks for the lock later is
    # refused if another has written in between, and no waiting would help it.
    begin = "BEGIN IMMEDIATE"
    # AUTOINCREMENT: the number of a deleted row is never given to another, as on MySQL.
    primary_key = "INTEGER PRIMARY KEY AUTOINCREMENT"
    table_options = ""
    on_duplicate, new_value = "ON CONFLICT ({}) DO UPDATE SET", 'excluded."{}"'
    latest = ()  # while one transaction writes, nobody else does
    remedy = "its folder exists, and that it is a file which SQLite has made"

    def __init__(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        if path in (url, ""):
            raise ConnectionFailed(BAD_URL)
        # Absolute now: when the current folder changes, it must not become another file.
        self.place = path if path == ":memory:" else str(Path(path).absolute())

    def open(self) -> sqlite3.Connection:
        # isolation_level=None: the driver begins no transactions of its own, atomic() does.
        # check_same_thread: the pool sees to it that no two threads use a connection at a time.
        raw = sqlite3.connect(
            self.place, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        raw.execute("PRAGMA foreign_keys = ON")  # off by default, for the sake of old programs
        with suppress(sqlite3.OperationalError):  # locked: somebody else is doing the same
            raw.execute("PRAGMA journal_mode = WAL")  # readers do not wait for the writer
        # SQLite's own LOWER() knows A to Z; MySQL's knows the other letters, and so does Python's.
        # (They differ in a few that change their length or with their place: İ, ẞ, the final ς.)
        raw.create_function("LOWER", 1, lambda text: text and str(text).lower(), deterministic=True)
        return raw

    def run(self, raw: Any, sql: str, parameters: Sequence[Any], many: bool) -> Any:
        return (raw.executemany if many else raw.execute)(sql, parameters)

    def is_conflict(self, error: Exception) -> bool:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without its finer distinctions
        return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

    def is_usable(self, raw: sqlite3.Connection) -> bool:
        return True

    def in_transaction(self, raw: sqlite3.Connection) -> bool:
        return raw.in_transaction


class MySQL:
    """What is particular to MySQL and MariaDB: a server, which may be away, and its manners."""

    name = "mysql"
    begin = "START TRANSACTION"
    primary_key = "BIGINT PRIMARY KEY AUTO_INCREMENT"
    # Text compares exactly, as on SQLite: "a" is neither "A" (_bin) nor "a " (no padding). The
    # collation has two names; MySQL runs what stands in /*!80017 */, MariaDB what is in /*M! */.
    table_options = (
        "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 "
        "/*!80017 COLLATE=utf8mb4_0900_bin */ /*M! COLLATE=utf8mb4_nopad_bin */"
    )
    on_duplicate, new_value = "ON DUPLICATE KEY UPDATE", 'VALUES("{}")'
    # In a transaction MySQL shows all rows as they were when it first read one (REPEATABLE READ).
    # Only what a statement locks does it show as it is.
    latest = ("LOCK IN SHARE MODE",)
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

    def run(self, raw: Any, sql: str, parameters: Sequence[Any], many: bool) -> Any:
        cursor = raw.cursor()
        (cursor.executemany if many else cursor.execute)(self.translate(sql), parameters)
        return cursor

    def is_conflict(self, error: Exception) -> bool:
        return error.args[0] in (1205, 1213)  # waited too long for a lock, and a deadlock

    def is_usable(self, raw: Any) -> bool:
        """Whether the server has neither closed an idle connection nor said that it will.

        It has nothing to say to us there, so whatever can be read is bad news. To look costs a
        few microseconds; a ping would cost as much as a statement.
        """
        with getattr(selectors, "PollSelector", selectors.DefaultSelector)() as selector:
            if raw.open:
                selector.register(raw._sock, selectors.EVENT_READ)
            return raw.open and not selector.select(0)

    def in_transaction(self, raw: Any) -> bool:
        return bool(raw.server_status & self.driver.constants.SERVER_STATUS.SERVER_STATUS_IN_TRANS)

    @staticmethod
    @lru_cache(maxsize=1000)  # statements repeat
    def translate(sql: str) -> str:
        """PyMySQL marks a value by %s. A ? in quotes is text and stays; every % is doubled.

        SELECT '100% sure?' FROM t WHERE a = ?  ->  SELECT '100%% sure?' FROM t WHERE a = %s
        """
        pieces = QUOTED.split(sql.replace("%", "%%"))  # text, quoted, text, ..., quoted, text
        pieces[::2] = [text.replace("?", "%s") for text in pieces[::2]]
        return "".join(pieces)


# '...' with \' or '' for a quote inside; "..." and `...` around names; -- and /* comments */
QUOTED = re.compile(r"""('(?:[^'\\]|\\.|'')*'|"[^"]*"|`[^`]*`|--[^\n]*|/\*.*?\*/)""", re.DOTALL)
