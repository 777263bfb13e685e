"""How often may somebody try?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest

Rung = Callable[..., ModuleType]
Tries = Callable[..., list[int]]


@pytest.fixture
def shared(open_database: Callable[[str], Any], database_url: str) -> Any:
    """The database in which the attempts are counted: SQLite, then MySQL."""
    return open_database(database_url)


@pytest.fixture
def throttle(rung: Rung, shared: Any, clock: Any) -> Any:
    return rung("throttle").Throttle(shared, period=600, clock=clock)


@pytest.fixture
def tries(rung: Rung, throttle: Any) -> Tries:
    """tries(limits, times, by): tries so often; the status of each, 200 where it may go on."""

    def tries(limits: dict[str, int], times: int = 1, by: Any = throttle) -> list[int]:
        statuses = []
        for _ in range(times):
            try:
                by.count(limits)
                statuses.append(200)
            except rung("messages").HTTPError as error:
                statuses.append(int(error.status))
        return statuses

    return tries


def test_attempts_beyond_the_limit_are_refused(tries: Tries) -> None:
    assert tries({"mira": 3}, times=5) == [200, 200, 200, 429, 429]
    assert tries({"tomas": 3}) == [200], "each key has a counter of its own"


def test_refusal_says_when_to_come_back(throttle: Any, clock: Any) -> None:
    throttle.count({"mira": 1})
    clock.now += 130
    with pytest.raises(Exception, match="Try again in 8 minutes") as caught:
        throttle.count({"mira": 1})
    assert caught.value.headers["Retry-After"] == "470"  # type: ignore[attr-defined]


def test_period_begins_with_the_first_attempt_and_ends_whatever_comes(
    tries: Tries, clock: Any
) -> None:
    assert tries({"mira": 1}, times=2) == [200, 429]
    clock.now += 599
    assert tries({"mira": 1}) == [429]
    clock.now += 1
    assert tries({"mira": 1}, times=2) == [200, 429]


def test_who_is_refused_by_one_limit_does_not_count_for_the_next(tries: Tries) -> None:
    """Attack: locking others out, from an address that is refused anyway."""
    limits = {"address": 2, "mira": 100}
    assert tries(limits, times=5) == [200, 200, 429, 429, 429]
    assert tries({"mira": 3}, times=2) == [200, 429]


def test_good_attempt_is_taken_back_and_bad_ones_stay(throttle: Any, tries: Tries) -> None:
    """Attack: whoever has an account logs in now and then, to go on guessing at the others."""
    limits = {"address": 3}
    assert tries(limits, times=2) == [200, 200]
    for _ in range(5):
        throttle.count(limits)
        throttle.forgive(limits)
    assert tries(limits, times=2) == [200, 429]


def test_many_at_once_do_not_slip_through(throttle: Any, tries: Tries) -> None:
    throttle.create_table()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: tries({"mira": 5})[0], range(40)))
    assert 1 <= found.count(200) <= 5  # fewer: one has seen what another counted a moment later


def test_processes_count_together(rung: Rung, shared: Any, clock: Any, tries: Tries) -> None:
    other = rung("throttle").Throttle(shared, period=600, clock=clock)
    assert tries({"mira": 2}, times=2) == [200, 200]
    assert tries({"mira": 2}, by=other) == [429]


def test_table_keeps_no_names_and_nothing_that_is_over(
    tries: Tries, shared: Any, clock: Any
) -> None:
    tries({"mira": 3, "\ud800" * 5000: 3})
    clock.now += 600
    tries({"tomas": 3})
    rows = shared.execute("SELECT key_hash FROM attempts").rows
    assert len(rows) == 1
    assert len(rows[0][0]) == 64
