"""Transactions as decorators, the statement log, and connections that threads share."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.step_05_orm.test_database import DEADLINE, add, run_threads, words  # noqa: F401

Plain = Callable[[str], list[tuple[Any, ...]]]


# --- decorators


def test_a_function_is_a_transaction(words: Any, plain: Plain) -> None:  # noqa: F811
    @words.atomic()
    def write(word: str, fail: bool = False) -> str:
        """Write a word."""
        add(words, word)
        add(words, word + word)
        if fail:
            raise ValueError(word)
        return word

    assert write("a") == "a"
    with pytest.raises(ValueError, match="b"):
        write("b", fail=True)
    assert write("c") == "c"
    assert [word for (word,) in plain("SELECT word FROM words ORDER BY id")] == [
        "a",
        "aa",
        "c",
        "cc",
    ]
    assert (write.__name__, write.__doc__) == ("write", "Write a word.")


@pytest.mark.parametrize("retry", [0, 5])
def test_a_decorated_function_is_safe_in_many_threads(
    words: Any,  # noqa: F811
    plain: Plain,
    retry: int,
) -> None:
    """One decorator, eight threads in it at a time: each has a transaction of its own."""

    @words.atomic(retry=retry)
    def write(number: int, count: int) -> None:
        add(words, f"{number}-{count}-first")
        add(words, f"{number}-{count}-second")
        if count % 2:
            raise KeyError(number)

    def work(number: int) -> None:
        for count in range(10):
            try:
                write(number, count)
            except KeyError as error:
                assert error.args == (number,)

    run_threads([lambda number=number: work(number) for number in range(8)])
    assert plain("SELECT COUNT(*), COUNT(DISTINCT word) FROM words") == [(80, 80)]


def test_a_with_statement_cannot_be_retried_and_says_so(words: Any) -> None:  # noqa: F811
    with pytest.raises(TypeError, match="context manager"), words.atomic(retry=2):
        pass


# --- after an error


def test_after_an_error_the_rest_of_the_block_is_refused(
    words: Any,  # noqa: F811
    database_layer: ModuleType,
    plain: Plain,
) -> None:
    """What the database has taken back then, only it knows: nothing more is stored."""
    with (
        pytest.raises(database_layer.DatabaseError, match="ended this transaction"),
        words.atomic(),
    ):
        add(words, "first half")
        with pytest.raises(database_layer.DatabaseError):
            words.execute("SELEC 1")
        add(words, "second half")
    assert plain("SELECT word FROM words") == []
    add(words, "afterwards")
    assert plain("SELECT word FROM words") == [("afterwards",)]


def test_an_error_that_is_caught_cannot_be_committed(
    words: Any,  # noqa: F811
    database_layer: ModuleType,
    plain: Plain,
) -> None:
    with (
        pytest.raises(database_layer.DatabaseError, match="ended this transaction"),
        words.atomic(),
    ):
        add(words, "first half")
        with pytest.raises(database_layer.DatabaseError):
            words.execute("SELEC 1")
    assert plain("SELECT word FROM words") == []


def test_an_error_in_an_inner_block_is_taken_back_with_it(
    words: Any,  # noqa: F811
    database_layer: ModuleType,
    plain: Plain,
) -> None:
    with words.atomic():
        add(words, "outer")
        with pytest.raises(database_layer.DatabaseError, match="SELEC"), words.atomic():
            add(words, "inner")
            words.execute("SELEC 1")
        add(words, "after")
    assert plain("SELECT word FROM words ORDER BY id") == [("outer",), ("after",)]


def test_after_a_full_disk_the_rest_of_the_block_is_refused(
    database_layer: ModuleType, tmp_path: Path
) -> None:
    """SQLite takes back the whole transaction by itself then, as MySQL does after a deadlock."""
    database = database_layer.connect(f"sqlite:///{tmp_path / 'small.sqlite3'}")
    database.execute("CREATE TABLE words (word TEXT)")
    database.execute("PRAGMA max_page_count = 5")
    with (
        pytest.raises(database_layer.DatabaseError, match="ended this transaction"),
        database.atomic(),
    ):
        database.execute("INSERT INTO words VALUES ('first half')")
        with pytest.raises(database_layer.DatabaseError, match="full"):
            database.execute("INSERT INTO words VALUES (?)", ["x" * 100_000])
        database.execute("INSERT INTO words VALUES ('second half')")
    assert database.execute("SELECT * FROM words").rows == []
    database.close()


# --- the log


def test_the_log_is_told_each_statement_with_its_values_and_its_time(
    words: Any,  # noqa: F811
    database_layer: ModuleType,
) -> None:
    seen: list[tuple[str, Any, float]] = []
    words.log = lambda *statement: seen.append(statement)
    with words.atomic():
        add(words, "a")
        with pytest.raises(database_layer.IntegrityError):
            add(words, "a")
    words.log = None
    add(words, "b")
    texts = [sql for sql, _, _ in seen]
    assert texts == [
        words.dialect.begin,
        "INSERT INTO words (word) VALUES (?)",
        "INSERT INTO words (word) VALUES (?)",
        "COMMIT",
    ]
    assert seen[1][1] == ["a"]
    assert all(0 <= seconds < 5 for _, _, seconds in seen)


def test_a_percent_sign_in_a_literal_survives_with_and_without_values(
    words: Any,  # noqa: F811
) -> None:
    add(words, "100%")
    assert words.execute("SELECT '%s 100%' FROM words").rows == [("%s 100%",)]
    assert words.execute("SELECT word FROM words WHERE word LIKE '%\\%'").rows is not None
    found = words.execute("SELECT word, 7 % 4 FROM words WHERE word LIKE '100%' AND id > ?", [0])
    assert found.rows == [("100%", 3)]


def test_one_statement_runs_for_many_rows(words: Any, plain: Plain) -> None:  # noqa: F811
    sql = "INSERT INTO words (word) VALUES (?)"
    words.execute(sql, [("a",), ("100%",), ("c?",)], many=True)
    assert plain("SELECT word FROM words ORDER BY id") == [("a",), ("100%",), ("c?",)]


# --- connections


def test_a_quiet_program_needs_one_connection(
    database_layer: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = database_layer.connect(f"sqlite:///{tmp_path / 'quiet.sqlite3'}")
    opened = count_opened(database, monkeypatch)
    for _ in range(20):
        database.execute("SELECT 1")
        with database.atomic():
            database.execute("SELECT 1")
    assert len(opened) == 1
    database.close()


def count_opened(database: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    opened: list[Any] = []
    make = database.dialect.open

    def count() -> Any:
        opened.append(make())
        return opened[-1]

    monkeypatch.setattr(database.dialect, "open", count)
    return opened


def test_threads_share_the_connections_of_a_small_pool(
    database_layer: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = database_layer.connect(f"sqlite:///{tmp_path / 'small.sqlite3'}", pool_size=2)
    database.execute("CREATE TABLE words (word TEXT)")
    opened = count_opened(database, monkeypatch)

    def work(number: int) -> None:
        for count in range(20):
            with database.atomic():
                database.execute("INSERT INTO words VALUES (?)", [f"{number}-{count}"])

    run_threads([lambda number=number: work(number) for number in range(8)])
    assert len(opened) <= 2
    assert database.execute("SELECT COUNT(DISTINCT word) FROM words").rows == [(160,)]
    database.close()


def test_who_finds_the_last_idle_connection_taken_opens_one(
    rung: Callable[..., ModuleType],
) -> None:
    """Two threads see that one lies idle; the other is quicker, between our look and our grasp."""

    class TakenMeanwhile(list[str]):
        def pop(self, *place: Any) -> str:
            self.clear()
            return super().pop(*place)

    opened: list[str] = []

    class Dialect:
        def open(self) -> str:
            opened.append("new")
            return "new"

        def is_usable(self, raw: str) -> bool:
            return True

        def in_transaction(self, raw: str) -> bool:
            return False

    pool = rung("pool").Pool(Dialect(), size=2, wait=0.1)
    pool._idle = TakenMeanwhile(["idle"])
    assert pool.take() == "new"
    pool.give_back("new")
    assert pool.take() == "new"  # and no ticket was lost
    assert opened == ["new", "new"]
    pool.take()
    with pytest.raises(TimeoutError):
        pool.take()


def test_in_a_forked_process_an_open_transaction_is_over(
    database_layer: ModuleType, tmp_path: Path
) -> None:
    """The child may neither go on with the parent's transaction nor end it."""
    database = database_layer.connect(f"sqlite:///{tmp_path / 'forked.sqlite3'}")
    with (
        pytest.raises(database_layer.DatabaseError, match="ended this transaction"),
        database.atomic(),
    ):
        database.forget()  # what the child does first
        database.execute("SELECT 1")
    assert database.execute("SELECT 1").rows == [(1,)]
    database.close()


def test_a_database_in_memory_is_one_for_all_threads(database_layer: ModuleType) -> None:
    database = database_layer.connect("sqlite:///:memory:")
    database.execute("CREATE TABLE words (word TEXT)")
    run_threads([lambda: database.execute("INSERT INTO words VALUES ('a')")] * 8)
    assert database.execute("SELECT COUNT(*) FROM words").rows == [(8,)]
    database.close()


def test_a_transaction_begun_behind_our_back_does_not_stay_open(
    database_layer: ModuleType, tmp_path: Path
) -> None:
    path = tmp_path / "left.sqlite3"
    database = database_layer.connect(f"sqlite:///{path}")
    database.execute("CREATE TABLE words (word TEXT)")
    database.execute("BEGIN IMMEDIATE")  # and nobody who would end it
    with sqlite3.connect(path, timeout=0.1) as other:
        other.execute("INSERT INTO words VALUES ('a')")
    assert database.execute("SELECT COUNT(*) FROM words").rows == [(1,)]
    database.close()


def test_a_writer_waits_for_another_and_a_reader_does_not(
    database_layer: ModuleType, tmp_path: Path
) -> None:
    """SQLite: the write lock is taken at the beginning, and in WAL mode readers need none."""
    database = database_layer.connect(f"sqlite:///{tmp_path / 'wal.sqlite3'}")
    database.execute("CREATE TABLE counter (count INTEGER)")
    database.execute("INSERT INTO counter VALUES (0)")

    def count() -> None:
        for _ in range(20):
            with database.atomic():
                [(number,)] = database.execute("SELECT count FROM counter").rows
                database.execute("UPDATE counter SET count = ?", [number + 1])

    run_threads([count] * 4)
    assert database.execute("SELECT count FROM counter").rows == [(80,)]
    seen: list[Any] = []
    with database.atomic():
        database.execute("UPDATE counter SET count = 0")
        reader = threading.Thread(
            target=lambda: seen.append(database.execute("SELECT count FROM counter").rows)
        )
        reader.start()
        reader.join(DEADLINE)
    assert seen == [[(80,)]]
    database.close()


def test_a_locked_sqlite_file_is_a_conflict_that_may_be_retried(
    database_layer: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_layer, "BUSY_TIMEOUT", 0.05)
    path = tmp_path / "locked.sqlite3"
    database = database_layer.connect(f"sqlite:///{path}")
    database.execute("CREATE TABLE words (word TEXT)")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(database_layer.Deadlock, match="locked"), database.atomic():
        pytest.fail("the block must not run without its transaction")
    calls = []

    @database.atomic(retry=5)
    def write() -> None:
        calls.append("write")
        database.execute("INSERT INTO words VALUES ('a')")

    other.execute("COMMIT")
    write()
    assert calls == ["write"]
    database.close()
    other.close()
