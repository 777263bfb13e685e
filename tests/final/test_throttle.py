"""How often may somebody try?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest

Rung = Callable[..., ModuleType]


@pytest.fixture
def shared(open_database: Callable[[str], Any], database_url: str) -> Any:
    """The database in which the attempts are counted: SQLite, then MySQL."""
    return open_database(database_url)


@pytest.fixture
def throttle(rung: Rung, shared: Any, clock: Any) -> Any:
    return rung("throttle").Throttle(shared, period=600, clock=clock)


def tries(throttle: Any, limits: dict[str, int], times: int = 1) -> list[int]:
    """Try so often; the status of each, 200 where it may go on."""
    statuses = []
    for _ in range(times):
        try:
            throttle.count(limits)
            statuses.append(200)
        except Exception as error:
            statuses.append(error.status)  # type: ignore[attr-defined]
    return statuses


def test_attempts_beyond_the_limit_are_refused(throttle: Any) -> None:
    assert tries(throttle, {"mira": 3}, times=5) == [200, 200, 200, 429, 429]
    assert tries(throttle, {"tomas": 3}) == [200], "each key has a counter of its own"


def test_refusal_says_when_to_come_back(throttle: Any, clock: Any) -> None:
    throttle.count({"mira": 1})
    clock.now += 130
    with pytest.raises(Exception, match="Try again in 8 minutes") as caught:
        throttle.count({"mira": 1})
    assert caught.value.headers["Retry-After"] == "470"  # type: ignore[attr-defined]


def test_period_begins_with_the_first_attempt_and_ends_whatever_comes(
    throttle: Any, clock: Any
) -> None:
    assert tries(throttle, {"mira": 1}, times=2) == [200, 429]
    clock.now += 599
    assert tries(throttle, {"mira": 1}) == [429]
    clock.now += 1
    assert tries(throttle, {"mira": 1}, times=2) == [200, 429]


def test_who_is_refused_by_one_limit_does_not_count_for_the_next(throttle: Any) -> None:
    """Attack: locking others out, from an address that is refused anyway."""
    limits = {"address": 2, "mira": 100}
    assert tries(throttle, limits, times=5) == [200, 200, 429, 429, 429]
    assert tries(throttle, {"mira": 3}, times=2) == [200, 429]


def test_good_attempt_is_taken_back_and_bad_ones_stay(throttle: Any) -> None:
    """Attack: whoever has an account logs in now and then, to go on guessing at the others."""
    limits = {"address": 3}
    assert tries(throttle, limits, times=2) == [200, 200]
    for _ in range(5):
        throttle.count(limits)
        throttle.forgive(limits)
    assert tries(throttle, limits, times=2) == [200, 429]


def test_many_at_once_do_not_slip_through(throttle: Any) -> None:
    throttle.create_table()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: tries(throttle, {"mira": 5})[0], range(40)))
    assert found.count(200) == 5


def test_processes_count_together(rung: Rung, shared: Any, clock: Any, throttle: Any) -> None:
    other = rung("throttle").Throttle(shared, period=600, clock=clock)
    assert tries(throttle, {"mira": 2}, times=2) == [200, 200]
    assert tries(other, {"mira": 2}) == [429]


def test_table_keeps_no_names_and_nothing_that_is_over(
    throttle: Any, shared: Any, clock: Any
) -> None:
    tries(throttle, {"mira": 3, "\ud800" * 5000: 3})
    clock.now += 600
    tries(throttle, {"tomas": 3})
    rows = shared.execute("SELECT key_hash FROM attempts").rows
    assert len(rows) == 1
    assert len(rows[0][0]) == 64
