"""SQL in, rows out, alike on both databases; transactions; and what happens when one is lost."""

import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support import databases

from .conftest import plain_connection

translation = pytest.mark.exercise("5.1")
transaction = pytest.mark.exercise("5.2")

Plain = Callable[[str], list[tuple[Any, ...]]]
DEADLINE = 20  # seconds for a thread to end


@pytest.fixture
def words(database_layer: ModuleType, blog_url: str) -> Iterator[Any]:
    """A database with an empty table words (id, word).

    With a connection of its own: a transaction that a test leaves open disturbs no other test.
    """
    database = database_layer.connect(blog_url)
    database.execute("DROP TABLE IF EXISTS words")
    key = database.dialect.primary_key
    database.execute(f"CREATE TABLE words (id {key}, word VARCHAR(50) UNIQUE)")
    yield database
    with suppress(database_layer.DatabaseError):  # if all is well, there is none to take back
        database.execute("ROLLBACK")
    database.close()


def add(database: Any, word: str) -> Any:
    return database.execute("INSERT INTO words (word) VALUES (?)", [word])


# --- statements


def test_question_marks_stand_for_values(database: Any) -> None:
    text = "it's 100% \\ \" ? ; DROP TABLE words -- 😀"
    assert database.execute("SELECT ?, ?, ?", [7, text, None]).rows == [(7, text, None)]


def test_question_marks_and_percent_signs_in_quotes_are_text(database: Any) -> None:
    result = database.execute("SELECT 'who? 100%s %', ?, 'it''s ?'", [1])
    assert result.rows == [("who? 100%s %", 1, "it's ?")]


def test_double_quotes_are_for_names(words: Any) -> None:
    add(words, "a")
    assert words.execute('SELECT "word" FROM "words" WHERE "word" = ?', ["a"]).rows == [("a",)]


def test_a_result_has_rows_a_count_and_the_id_of_the_inserted_row(words: Any) -> None:
    first = add(words, "a")
    second = add(words, "b")
    assert (first.row_count, second.last_id) == (1, first.last_id + 1)
    result = words.execute("SELECT id, word FROM words ORDER BY id")
    assert result.rows == [(first.last_id, "a"), (second.last_id, "b")]
    assert result.row_count == 2
    assert words.execute("SELECT id FROM words WHERE word = 'c'").rows == []


def test_matched_rows_are_counted_changed_or_not(words: Any) -> None:
    add(words, "a")
    assert words.execute("UPDATE words SET word = 'a' WHERE word = 'a'").row_count == 1
    assert words.execute("UPDATE words SET word = 'a' WHERE word = 'z'").row_count == 0


def test_an_id_is_never_used_twice(words: Any) -> None:
    last = add(words, "a").last_id
    words.execute("DELETE FROM words")
    assert add(words, "b").last_id > last


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("SELEC 1", []),
        ("SELECT * FROM nowhere", []),
        ("SELECT ?", []),
        ("SELECT ?", [1, 2]),
        ("SELECT ?", ["\ud800"]),
    ],
    ids=["syntax", "table", "too few", "too many", "half a character"],
)
def test_what_is_refused_raises_our_error(
    database: Any, database_layer: ModuleType, sql: str, parameters: list[Any]
) -> None:
    with pytest.raises(database_layer.DatabaseError) as caught:
        database.execute(sql, parameters)
    assert str(caught.value)
    assert database.execute("SELECT 1").rows == [(1,)]


def test_a_broken_rule_raises_integrity_error(words: Any, database_layer: ModuleType) -> None:
    number = add(words, "a").last_id
    with pytest.raises(database_layer.IntegrityError, match="word"):
        add(words, "a")
    with pytest.raises(database_layer.IntegrityError):
        words.execute("INSERT INTO words (id) VALUES (?)", [number])


@translation
@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", "SELECT 1"),
        ("a = ? AND b = ?", "a = %s AND b = %s"),
        ("a LIKE '50%' AND b = ?", "a LIKE '50%%' AND b = %s"),
        ("a % 2 = ?", "a %% 2 = %s"),
        ("SELECT '?', ?", "SELECT '?', %s"),
        ("SELECT 'it''s ?', ?", "SELECT 'it''s ?', %s"),
        (r"SELECT 'it\'s ?', ?", r"SELECT 'it\'s ?', %s"),
        ('SELECT "a?%s", ?', 'SELECT "a?%%s", %s'),
        ("SELECT `a?`, ?", "SELECT `a?`, %s"),
        ("SELECT ? -- why?\n, ?", "SELECT %s -- why?\n, %s"),
        ("SELECT /* 'why? */ ?", "SELECT /* 'why? */ %s"),
        ("VALUES (?,?)", "VALUES (%s,%s)"),
    ],
)
def test_question_marks_become_percent_s_for_pymysql(
    database_layer: ModuleType, sql: str, expected: str
) -> None:
    mysql = database_layer.connect("mysql://user@127.0.0.1/name").dialect
    assert mysql.translate(sql) == expected


@translation
def test_there_is_one_mark_for_each_value(database_layer: ModuleType) -> None:
    """PyMySQL reads %% as a percent sign, so %%s is no mark."""
    mysql = database_layer.connect("mysql://user@127.0.0.1/name").dialect
    translated = mysql.translate("SELECT '100% ?' FROM t WHERE a % 2 = ? AND b LIKE ?")
    assert translated.replace("%%", "").count("%s") == 2


# --- transactions


@transaction
def test_a_block_is_stored_as_a_whole(words: Any, plain: Plain) -> None:
    with words.atomic():
        add(words, "a")
        add(words, "b")
        assert plain("SELECT word FROM words") == []
    assert plain("SELECT word FROM words ORDER BY word") == [("a",), ("b",)]


@transaction
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_of_a_block_that_raises_nothing_is_stored(
    words: Any, plain: Plain, error: type[BaseException]
) -> None:
    with pytest.raises(error), words.atomic():
        add(words, "a")
        raise error
    assert words.execute("SELECT word FROM words").rows == []
    add(words, "b")  # stored at once: no transaction is open any more
    assert plain("SELECT word FROM words") == [("b",)]


@transaction
def test_after_an_error_in_an_inner_block_the_outer_one_goes_on(words: Any, plain: Plain) -> None:
    with words.atomic():
        add(words, "outer")
        with pytest.raises(ValueError, match="inner"), words.atomic():
            add(words, "inner")
            raise ValueError("inner")
        add(words, "after")
    assert plain("SELECT word FROM words ORDER BY id") == [("outer",), ("after",)]


@transaction
def test_an_error_in_an_inner_block_takes_nothing_from_the_outer_one(
    words: Any, plain: Plain
) -> None:
    with words.atomic():
        add(words, "outer")
        with pytest.raises(ValueError, match="inner"), words.atomic():
            raise ValueError("inner")
        add(words, "after")
        assert plain("SELECT word FROM words") == []  # not committed yet
    assert plain("SELECT word FROM words ORDER BY id") == [("outer",), ("after",)]


@transaction
def test_an_inner_block_is_taken_back_alone(words: Any, plain: Plain) -> None:
    with words.atomic():
        add(words, "outer")
        with pytest.raises(ValueError, match="inner"), words.atomic():
            add(words, "inner")
            with words.atomic():
                add(words, "innermost")
            raise ValueError("inner")
        add(words, "after")
        with words.atomic():
            add(words, "second")
    found = plain("SELECT word FROM words ORDER BY id")
    assert found == [("outer",), ("after",), ("second",)]


@transaction
def test_an_inner_block_is_no_commit(words: Any, plain: Plain) -> None:
    with pytest.raises(ValueError, match="late"), words.atomic():
        with words.atomic():
            add(words, "inner")
        assert plain("SELECT word FROM words") == []
        raise ValueError("late")
    assert plain("SELECT word FROM words") == []


@transaction
def test_a_refused_statement_can_be_caught_in_the_block(
    words: Any, plain: Plain, database_layer: ModuleType
) -> None:
    with words.atomic():
        add(words, "a")
        with pytest.raises(database_layer.IntegrityError):
            add(words, "a")
        add(words, "b")
    assert plain("SELECT word FROM words ORDER BY id") == [("a",), ("b",)]


@transaction
def test_a_block_that_cannot_commit_raises_and_stores_nothing(
    words: Any, plain: Plain, database_layer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = words.execute

    def refuse_commit(sql: str, parameters: Any = ()) -> Any:
        return execute("COMMIT TO NOTHING" if sql == "COMMIT" else sql, parameters)

    monkeypatch.setattr(words, "execute", refuse_commit)
    with pytest.raises(database_layer.DatabaseError), words.atomic():
        add(words, "a")
    monkeypatch.undo()
    assert plain("SELECT word FROM words") == []
    add(words, "b")
    assert plain("SELECT word FROM words") == [("b",)]


@transaction
def test_a_rollback_that_fails_hides_no_error_and_leaves_nothing_behind(
    words: Any, plain: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = words.execute

    def refuse_rollback(sql: str, parameters: Any = ()) -> Any:
        return execute("ROLLBACK TO NOTHING" if sql == "ROLLBACK" else sql, parameters)

    monkeypatch.setattr(words, "execute", refuse_rollback)
    with pytest.raises(ValueError, match="the first error"), words.atomic():
        add(words, "a")
        raise ValueError("the first error")
    monkeypatch.undo()
    assert plain("SELECT word FROM words") == []
    add(words, "b")
    assert plain("SELECT word FROM words") == [("b",)]


@transaction
def test_one_block_after_another_may_raise(words: Any, plain: Plain) -> None:
    for word in ("a", "b"):
        with pytest.raises(ValueError, match=word), words.atomic():
            add(words, word)
            raise ValueError(word)
    add(words, "c")
    assert plain("SELECT word FROM words") == [("c",)]


@transaction
def test_on_sqlite_nobody_writes_between_the_first_read_of_a_block_and_its_write(
    database_layer: ModuleType, tmp_path: Path
) -> None:
    """If somebody did, SQLite would refuse the block's write, and waiting would not help."""
    database = database_layer.connect(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    database.execute("CREATE TABLE words (word TEXT)")
    other = sqlite3.connect(tmp_path / "new.sqlite3", timeout=0, isolation_level=None)
    with database.atomic():
        database.execute("SELECT word FROM words")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO words VALUES ('theirs')")
        database.execute("INSERT INTO words VALUES ('ours')")
    other.close()
    database.close()


@transaction
def test_eight_threads_lose_no_row(words: Any, plain: Plain) -> None:
    def write(number: int) -> None:
        for count in range(0, 50, 5):
            with words.atomic():
                for each in range(count, count + 5):
                    add(words, f"{number}-{each}")
        words.close()

    run_threads([lambda number=number: write(number) for number in range(8)])
    assert plain("SELECT COUNT(*), COUNT(DISTINCT word) FROM words") == [(400, 400)]


@transaction
def test_read_then_write_loses_no_update(words: Any, plain: Plain) -> None:
    """The count is read and written in one transaction: no thread works with an old one."""
    words.execute("INSERT INTO words (word) VALUES ('0')")
    # By the primary key: then MySQL locks one row and no gap, and nobody gets into a deadlock.
    lock = "" if words.dialect.begin == "BEGIN IMMEDIATE" else "FOR UPDATE"

    def count() -> None:
        for _ in range(10):
            with words.atomic():
                [(word,)] = words.execute(f"SELECT word FROM words WHERE id = 1 {lock}").rows
                words.execute("UPDATE words SET word = ? WHERE id = 1", [str(int(word) + 1)])
        words.close()

    run_threads([count] * 4)
    assert plain("SELECT word FROM words") == [("40",)]


def run_threads(jobs: list[Callable[[], None]]) -> None:
    """Run each job in a thread of its own; fail with the first error, or after the deadline."""
    errors: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 it is raised below
            errors.append(error)

    threads = [threading.Thread(target=run, args=[job], daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    if errors:
        raise errors[0]
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"


# --- connections


def test_each_thread_has_a_connection_of_its_own(words: Any) -> None:
    counts = []
    with words.atomic():
        add(words, "not committed")
        other = threading.Thread(
            target=lambda: counts.append(words.execute("SELECT COUNT(*) FROM words").rows)
        )
        other.start()
        other.join(DEADLINE)
    assert counts == [[(0,)]]


def test_nothing_is_opened_before_the_first_statement(
    database_layer: ModuleType, tmp_path: Path
) -> None:
    file = tmp_path / "new.sqlite3"
    database = database_layer.connect(f"sqlite:///{file}")
    assert not file.exists()
    database.execute("SELECT 1")
    assert file.exists()
    database.close()


def test_a_relative_file_stays_where_it_was_when_the_folder_changes(
    database_layer: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = database_layer.connect("sqlite:///here.sqlite3")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    database.execute("SELECT 1")
    database.close()
    assert (tmp_path / "here.sqlite3").exists()


def test_sqlite_keeps_foreign_keys_and_does_not_lock_readers_out(
    database_layer: ModuleType, tmp_path: Path
) -> None:
    database = database_layer.connect(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert database.execute("PRAGMA foreign_keys").rows == [(1,)]
    assert database.execute("PRAGMA journal_mode").rows == [("wal",)]
    database.close()


def test_an_in_memory_database_lives_until_it_is_closed(database_layer: ModuleType) -> None:
    database = database_layer.connect("sqlite:///:memory:")
    database.execute("CREATE TABLE words (word TEXT)")
    database.execute("INSERT INTO words VALUES ('a')")
    assert database.execute("SELECT word FROM words").rows == [("a",)]
    database.close()
    with pytest.raises(database_layer.DatabaseError, match="no such table"):
        database.execute("SELECT word FROM words")


def test_a_closed_database_opens_again(words: Any) -> None:
    add(words, "a")
    words.close()
    words.close()
    assert words.execute("SELECT word FROM words").rows == [("a",)]


# --- a URL that does not work, in one sentence


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://ann:s3cret@127.0.0.1/blog", "mysql://user:password@host:3306/name"),
        ("blog.sqlite3", "sqlite:///file"),
        ("", "sqlite:///file"),
        ("sqlite://blog.sqlite3", "sqlite:///file"),
        ("sqlite:///", "sqlite:///file"),
        ("mysql://ann:s3cret@127.0.0.1", "mysql://user:password@host:3306/name"),
        ("mysql://ann:s3cret@127.0.0.1/", "mysql://user:password@host:3306/name"),
        ("mysql://ann:s3cret@127.0.0.1:port/blog", "mysql://user:password@host:3306/name"),
        ("mysql://ann:s3/cret@127.0.0.1/blog", "%2F"),
        ("mysql://ann:s3@cret@127.0.0.1/blog", "%40"),
    ],
)
def test_a_malformed_url_is_explained_without_its_password(
    database_layer: ModuleType, url: str, said: str
) -> None:
    with pytest.raises(database_layer.ConnectionFailed) as caught:
        database_layer.connect(url)
    assert said in str(caught.value)
    assert "cret" not in str(caught.value)


def test_a_missing_driver_is_named_with_the_command_that_installs_it(
    database_layer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(database_layer.ConnectionFailed, match="pip install pymysql"):
        database_layer.connect("mysql://ann@127.0.0.1/blog")
    database_layer.connect("sqlite:///needs-no-package.sqlite3")


@pytest.mark.parametrize("kind", ["no folder", "folder", "no database"])
def test_a_sqlite_file_that_cannot_be_used_is_named(
    database_layer: ModuleType, tmp_path: Path, kind: str
) -> None:
    path = {"no folder": tmp_path / "no" / "blog.sqlite3", "folder": tmp_path}.get(kind)
    if path is None:
        path = tmp_path / "letter.txt"
        path.write_text("Dear Ann, this is a letter and no database at all. " * 50)
    with pytest.raises(
        database_layer.ConnectionFailed, match="check that its folder exists"
    ) as caught:
        database_layer.connect(f"sqlite:///{path}").execute("SELECT 1")
    assert str(path) in str(caught.value)


def failure(database_layer: ModuleType, url: str) -> str:
    with pytest.raises(database_layer.ConnectionFailed) as caught:
        database_layer.connect(url).execute("SELECT 1")
    assert "cret" not in str(caught.value)
    return str(caught.value)


def test_a_mysql_server_that_is_down_is_named(database_layer: ModuleType) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else answers there
        port = taken.getsockname()[1]
        said = failure(database_layer, f"mysql://ann:s3cret@127.0.0.1:{port}/blog")
    assert f"MySQL at 127.0.0.1:{port}, database 'blog', as user 'ann'" in said
    assert "Can't connect" in said
    assert "check that it runs" in said


def test_a_mysql_server_that_refuses_us_is_named(database_layer: ModuleType) -> None:
    databases.require_mysql()
    address = databases.ADDRESS.rpartition("@")[2].rstrip("/")
    assert "Unknown database 'no_such'" in failure(
        database_layer, f"{databases.ADDRESS.rstrip('/')}/no_such"
    )
    assert "Access denied" in failure(database_layer, f"mysql://nobody:s3cret@{address}/no_such")


# --- a connection that is lost


@pytest.fixture
def mysql(database_layer: ModuleType) -> Iterator[Any]:
    """A MySQL database with the table words, whatever the other tests run on."""
    databases.require_mysql()
    url = databases.create_mysql_database()
    database = database_layer.connect(url)
    database.execute("CREATE TABLE words (id INT PRIMARY KEY AUTO_INCREMENT, word VARCHAR(50))")
    database.url = url
    yield database
    database.close()
    databases.drop_mysql_database(url)


def lose_connection(database: Any) -> None:
    """What a restarted server, or one that is tired of waiting, does to our connection."""
    [(number,)] = database.execute("SELECT CONNECTION_ID()").rows
    databases.execute(f"KILL {number}")


def words_in(database: Any) -> list[str]:
    with plain_connection(database.url) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT word FROM words ORDER BY id")
        return [word for (word,) in cursor.fetchall()]


@pytest.mark.own_step
def test_a_connection_lost_in_use_fails_once(mysql: Any, database_layer: ModuleType) -> None:
    lose_connection(mysql)
    with pytest.raises(database_layer.DatabaseError):
        add(mysql, "a")
    add(mysql, "b")
    assert words_in(mysql) == ["b"]


def test_of_a_transaction_whose_connection_is_lost_nothing_is_stored(
    mysql: Any, database_layer: ModuleType
) -> None:
    with pytest.raises(database_layer.DatabaseError), mysql.atomic():
        add(mysql, "first half")
        lose_connection(mysql)
        add(mysql, "second half")
    add(mysql, "afterwards")
    assert words_in(mysql) == ["afterwards"]


def test_a_loss_that_is_caught_inside_the_block_still_ends_it(
    mysql: Any, database_layer: ModuleType
) -> None:
    with (
        pytest.raises(database_layer.DatabaseError, match="ended this transaction"),
        mysql.atomic(),
    ):
        add(mysql, "first half")
        lose_connection(mysql)
        for word in ("lost", "second half"):
            with pytest.raises(database_layer.DatabaseError):
                add(mysql, word)
    assert words_in(mysql) == []
    add(mysql, "afterwards")
    assert words_in(mysql) == ["afterwards"]


def test_after_a_deadlock_the_rest_of_the_block_is_refused(
    mysql: Any, database_layer: ModuleType
) -> None:
    """The server has taken back all of it; going on would store the second half alone."""
    add(mysql, "a")
    add(mysql, "b")
    both_hold_one = threading.Barrier(2, timeout=DEADLINE)
    refused = []

    def swap(first: int, second: int) -> None:
        sql = "UPDATE words SET word = CONCAT(word, ?) WHERE id = ?"
        try:
            with mysql.atomic():
                mysql.execute(sql, ["+", first])
                both_hold_one.wait()
                try:
                    mysql.execute(sql, ["+", second])
                except database_layer.DatabaseError:
                    add(mysql, "second half")
        except database_layer.DatabaseError as error:
            refused.append(str(error))
        mysql.close()

    run_threads([lambda: swap(1, 2), lambda: swap(2, 1)])
    assert len(refused) == 1
    assert "ended this transaction" in refused[0]
    assert words_in(mysql) == ["a+", "b+"]
