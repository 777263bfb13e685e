"""The database goes away, waits too long, or refuses: on a real MariaDB that the tests may stop.

Where nothing was begun, nobody notices. What was begun and cannot be ended raises, and nothing of
it is stored: never a silent half.
"""

import os
import threading
import time
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.step_05_orm.test_database import run_threads
from tests.support.mariadb import PrivateServer

DEADLINE = 20  # seconds


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    server = PrivateServer(tmp_path_factory.mktemp("mariadb"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def accounts(
    server: PrivateServer, orm: ModuleType, database_layer: ModuleType
) -> Iterator[SimpleNamespace]:
    """A model with two rows, ann and bob, on the private server."""
    database = database_layer.connect(server.url, pool_size=4, wait=5.0)

    class Account(orm.Model, table="accounts", database=database):
        name = orm.TextField(max_length=40, unique=True)
        balance = orm.IntegerField(default=0)
        owner = orm.ForeignKey("self", null=True)

    orm.create_tables([Account])
    Account.insert_many([{"name": "ann", "balance": 10}, {"name": "bob", "balance": 10}])
    yield SimpleNamespace(Account=Account, database=database)
    database.close()
    server.ask("DROP TABLE private.accounts")


def stored(server: PrivateServer) -> list[tuple[Any, ...]]:
    return server.ask("SELECT name, balance FROM private.accounts ORDER BY id")


# --- away for a while


def test_a_restart_between_two_requests_is_not_noticed(
    accounts: SimpleNamespace, server: PrivateServer
) -> None:
    assert accounts.Account.get(1).name == "ann"
    server.restart()
    assert accounts.Account.get(1).name == "ann"
    server.restart()
    accounts.Account.insert(name="zoe")
    server.restart()
    with accounts.database.atomic():
        accounts.Account.insert(name="eve")
    assert [name for name, _ in stored(server)] == ["ann", "bob", "zoe", "eve"]


def test_a_restart_leaves_no_thread_with_a_dead_connection(
    accounts: SimpleNamespace, server: PrivateServer
) -> None:
    together = threading.Barrier(4, timeout=DEADLINE)

    def use() -> None:
        with accounts.database.atomic():
            together.wait()  # four connections are open
            accounts.Account.get(1)

    run_threads([use] * 4)
    server.restart()
    run_threads([use] * 4)


def test_a_connection_that_was_idle_too_long_is_replaced_unnoticed(
    accounts: SimpleNamespace, server: PrivateServer
) -> None:
    accounts.database.execute("SET SESSION wait_timeout = 1")
    [(number,)] = accounts.database.execute("SELECT CONNECTION_ID()").rows
    time.sleep(1.5)
    accounts.Account.insert(name="zoe")
    assert accounts.database.execute("SELECT CONNECTION_ID()").rows != [(number,)]
    assert len(stored(server)) == 3


def test_a_connection_killed_while_idle_is_replaced_unnoticed(
    accounts: SimpleNamespace, server: PrivateServer
) -> None:
    [(number,)] = accounts.database.execute("SELECT CONNECTION_ID()").rows
    server.ask(f"KILL {number}")
    accounts.Account.insert(name="zoe")
    assert len(stored(server)) == 3


def test_of_a_transaction_in_which_the_server_restarts_nothing_is_stored(
    accounts: SimpleNamespace, server: PrivateServer, database_layer: ModuleType
) -> None:
    with pytest.raises(database_layer.DatabaseError), accounts.database.atomic():
        accounts.Account.insert(name="first half")
        server.restart()
        accounts.Account.insert(name="second half")
    assert [name for name, _ in stored(server)] == ["ann", "bob"]
    accounts.Account.insert(name="afterwards")
    assert [name for name, _ in stored(server)] == ["ann", "bob", "afterwards"]


def test_a_restart_that_is_caught_inside_the_block_still_ends_it(
    accounts: SimpleNamespace, server: PrivateServer, database_layer: ModuleType
) -> None:
    with (
        pytest.raises(database_layer.DatabaseError, match="ended this transaction"),
        accounts.database.atomic(),
    ):
        accounts.Account.insert(name="first half")
        server.restart()
        for name in ("lost", "second half"):
            with pytest.raises(database_layer.DatabaseError):
                accounts.Account.insert(name=name)
    assert [name for name, _ in stored(server)] == ["ann", "bob"]


def test_a_server_that_stays_away_is_a_clear_error_and_costs_no_connection(
    accounts: SimpleNamespace, server: PrivateServer, database_layer: ModuleType
) -> None:
    server.stop()
    for _ in range(10):  # more often than the pool has connections
        with pytest.raises(database_layer.ConnectionFailed, match="check that it runs"):
            accounts.Account.get(1)
    server.start()
    assert accounts.Account.get(1).name == "ann"


# --- deadlocks


def transfer(accounts: SimpleNamespace, first: int, second: int, wait: Any) -> None:
    """Add one to two rows, in this order, and wait for the other thread in between."""
    update = "UPDATE accounts SET balance = balance + 1 WHERE id = ?"
    accounts.database.execute(update, [first])
    wait()
    accounts.database.execute(update, [second])


def once(barrier: threading.Barrier) -> Any:
    """A function that waits the first time that a thread calls it."""
    have_waited = threading.local()

    def wait() -> None:
        if not getattr(have_waited, "done", False):
            have_waited.done = True
            barrier.wait()

    return wait


def test_after_a_deadlock_that_is_caught_the_rest_of_the_block_is_refused(
    accounts: SimpleNamespace, server: PrivateServer, database_layer: ModuleType
) -> None:
    """The server has taken back the whole transaction: what comes after would be stored alone."""
    wait, refused = once(threading.Barrier(2, timeout=DEADLINE)), []

    def work(first: int, second: int) -> None:
        try:
            with accounts.database.atomic():
                try:
                    transfer(accounts, first, second, wait)
                except database_layer.Deadlock:
                    for name in ("one", "two"):
                        try:
                            accounts.Account.insert(name=name)
                        except database_layer.DatabaseError as error:
                            refused.append(str(error))
        except database_layer.Deadlock as error:
            refused.append(str(error))

    run_threads([lambda: work(1, 2), lambda: work(2, 1)])
    assert len(refused) == 3
    assert all("ended this transaction" in message for message in refused)
    assert stored(server) == [("ann", 11), ("bob", 11)]


def test_a_deadlock_in_an_inner_block_ends_the_outer_one_too(
    accounts: SimpleNamespace, server: PrivateServer, database_layer: ModuleType
) -> None:
    """There is no savepoint any more to go back to: the server has taken it back with the rest."""
    wait, refused = once(threading.Barrier(2, timeout=DEADLINE)), []

    def work(first: int, second: int) -> None:
        try:
            with accounts.database.atomic():
                accounts.Account.insert(name=f"before {first}")
                try:
                    with accounts.database.atomic():
                        transfer(accounts, first, second, wait)
                except database_layer.Deadlock:
                    accounts.Account.insert(name="after")
        except database_layer.Deadlock as error:
            refused.append((first, str(error)))

    run_threads([lambda: work(1, 2), lambda: work(2, 1)])
    [(loser, said)] = refused
    assert "ended this transaction" in said
    winner = 3 - loser
    assert stored(server) == [("ann", 11), ("bob", 11), (f"before {winner}", 0)]


@pytest.mark.parametrize("catches", [False, True])
def test_with_retry_both_transactions_of_a_deadlock_are_stored(
    accounts: SimpleNamespace, server: PrivateServer, database_layer: ModuleType, catches: bool
) -> None:
    wait, calls = once(threading.Barrier(2, timeout=DEADLINE)), []

    @accounts.database.atomic(retry=3)
    def work(first: int, second: int) -> str:
        calls.append(first)
        try:
            transfer(accounts, first, second, wait)
        except database_layer.Deadlock:
            if not catches:
                raise
        return f"from {first}"

    answers: list[str] = []
    run_threads([lambda: answers.append(work(1, 2)), lambda: answers.append(work(2, 1))])
    assert sorted(answers) == ["from 1", "from 2"]
    assert len(calls) == 3
    assert stored(server) == [("ann", 12), ("bob", 12)]


def test_without_retry_a_deadlock_reaches_the_caller(
    accounts: SimpleNamespace, server: PrivateServer, database_layer: ModuleType
) -> None:
    wait, errors = once(threading.Barrier(2, timeout=DEADLINE)), []

    @accounts.database.atomic()
    def work(first: int, second: int) -> None:
        transfer(accounts, first, second, wait)

    def report(first: int, second: int) -> None:
        try:
            work(first, second)
        except database_layer.Deadlock as error:
            errors.append(str(error))

    run_threads([lambda: report(1, 2), lambda: report(2, 1)])
    assert len(errors) == 1
    assert stored(server) == [("ann", 11), ("bob", 11)]


def test_a_function_with_retry_inside_another_transaction_leaves_the_retry_to_that(
    accounts: SimpleNamespace, server: PrivateServer, database_layer: ModuleType
) -> None:
    calls = []

    @accounts.database.atomic(retry=3)
    def inner() -> None:
        calls.append("inner")
        raise database_layer.Deadlock("as if")

    with pytest.raises(database_layer.Deadlock), accounts.database.atomic():
        inner()
    assert calls == ["inner"]
    calls.clear()
    with pytest.raises(database_layer.Deadlock):
        inner()
    assert calls == ["inner"] * 4


def test_a_statement_that_commits_by_itself_does_not_pass_as_atomic(
    accounts: SimpleNamespace, server: PrivateServer, database_layer: ModuleType
) -> None:
    with (
        pytest.raises(database_layer.DatabaseError, match="ended this transaction"),
        accounts.database.atomic(),
    ):
        accounts.database.execute("CREATE TABLE more (id INT)")
        accounts.Account.insert(name="outside")
    assert [name for name, _ in stored(server)] == ["ann", "bob"]
    accounts.database.execute("DROP TABLE more")


# --- the pool


def test_32_threads_on_8_connections_store_every_row(
    accounts: SimpleNamespace, server: PrivateServer, database_layer: ModuleType, orm: ModuleType
) -> None:
    database = database_layer.connect(server.url, pool_size=8, wait=DEADLINE)

    class Entry(orm.Model, table="entries", database=database):
        text = orm.TextField(max_length=40)

    orm.create_tables([Entry])
    database.close()
    most, is_over = [0], threading.Event()

    def watch() -> None:
        sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = 'private'"
        while not is_over.is_set():
            [(count,)] = server.ask(sql)
            most[0] = max(most[0], int(str(count)))
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    accounts.database.close()
    watcher.start()

    def write(number: int) -> None:
        for count in range(0, 40, 4):
            with database.atomic():
                Entry.insert(text=f"{number}-{count} 🪜")
                Entry.insert(text=f"{number}-{count + 1} 🪜")
            Entry.insert(text=f"{number}-{count + 2} 🪜")
            Entry.insert_many([{"text": f"{number}-{count + 3} 🪜"}])

    try:
        run_threads([lambda number=number: write(number) for number in range(32)])
    finally:
        is_over.set()
        watcher.join()
    found = server.ask("SELECT COUNT(*), COUNT(DISTINCT text) FROM private.entries")
    assert found == [(1280, 1280)]
    assert 1 < most[0] <= 8
    orm.drop_tables([Entry])
    database.close()


def test_an_exhausted_pool_is_a_clear_error_after_the_wait(
    server: PrivateServer, accounts: SimpleNamespace, database_layer: ModuleType
) -> None:
    database = database_layer.connect(server.url, pool_size=1, wait=0.3)
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with database.atomic():
            is_held.set()
            may_end.wait(DEADLINE)

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(DEADLINE)
    started = time.monotonic()
    said = r"none of the 1 connections came back within 0\.3 seconds"
    with pytest.raises(database_layer.ConnectionFailed, match=said):
        database.execute("SELECT 1")
    assert 0.3 <= time.monotonic() - started < 5
    may_end.set()
    holder.join()
    assert database.execute("SELECT 1").rows == [(1,)]
    database.close()


# --- what is written


def test_text_of_four_byte_characters_comes_back_exactly(
    accounts: SimpleNamespace, server: PrivateServer
) -> None:
    name = "🪜 👩‍👩‍👧 \U0010fffd é"
    accounts.Account.insert(name=name)
    assert accounts.Account.get(accounts.Account.name == name).name == name
    assert stored(server)[-1] == (name, 0)


def test_broken_rules_are_one_family_with_model_column_and_value(
    accounts: SimpleNamespace, orm: ModuleType, database_layer: ModuleType
) -> None:
    Account = accounts.Account
    for wrong, kind, column, value in (
        (lambda: Account.insert(name="ann"), orm.DuplicateValue, "name", "ann"),
        (lambda: Account.insert(name=None), orm.MissingValue, "name", None),
        (lambda: Account.insert(name="x", owner_id=99), orm.BrokenReference, "owner", 99),
    ):
        with pytest.raises(database_layer.IntegrityError) as caught:
            wrong()
        error: Any = caught.value
        assert type(error) is kind
        assert (error.model, error.field, error.value) == (Account, column, value)


def test_in_a_transaction_a_row_that_another_has_committed_since_is_found(
    accounts: SimpleNamespace, server: PrivateServer
) -> None:
    """MySQL goes on showing the transaction what was there when it began (REPEATABLE READ)."""
    Account = accounts.Account
    with accounts.database.atomic():
        assert Account.select().count() == 2
        server.ask("INSERT INTO private.accounts (name, balance) VALUES ('eve', 5), ('zoe', 7)")
        eve, is_new = Account.get_or_create(name="eve")
        assert (eve.name, eve.balance, is_new) == ("eve", 5, False)
        # The row is as it should be already, so MySQL does not change it, nor show it.
        assert Account.upsert(Account.name, name="zoe", balance=7).name == "zoe"
    assert Account.select().count() == 4


# --- processes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("kind", ["mysql", "sqlite"])
def test_a_forked_process_opens_connections_of_its_own(
    accounts: SimpleNamespace,
    server: PrivateServer,
    database_layer: ModuleType,
    tmp_path: Any,
    kind: str,
) -> None:
    sqlite = database_layer.connect(f"sqlite:///{tmp_path / 'fork.sqlite3'}")
    database = accounts.database if kind == "mysql" else sqlite
    database.execute("CREATE TABLE IF NOT EXISTS forked (word VARCHAR(20))")
    with database.atomic():
        database.execute("INSERT INTO forked VALUES ('parent')")
        child = os.fork()
        if child == 0:
            status = 1
            try:  # inside the parent's transaction everything is refused, and nothing is ended
                try:
                    database.execute("SELECT 1")
                except database_layer.DatabaseError:
                    status = 2
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
        database.execute("INSERT INTO forked VALUES ('parent again')")
    opened: list[Any] = []
    make = database.dialect.open
    database.dialect.open = lambda: opened.append(make()) or opened[-1]
    database.execute("SELECT 1")
    assert opened == []  # the parent has one, idle
    child = os.fork()
    if child == 0:
        status = 1
        try:
            database.execute("INSERT INTO forked VALUES ('child')")
            status = 0 if len(opened) == 1 else 3
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    rows = database.execute("SELECT word FROM forked").rows
    assert rows == [("parent",), ("parent again",), ("child",)]
    database.execute("DROP TABLE forked")
    database.close()
