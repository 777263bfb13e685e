"""Who leads: a thread that is quick keeps the lead, one that is held up loses it."""

import threading
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

Rung = Callable[..., ModuleType]


@pytest.fixture
def lead(rung: Rung) -> Any:
    """A lead that this thread has; `lead.lost` counts how often it was let go."""
    made = rung("leader").Lead(let_go=lambda: setattr(made, "lost", made.lost + 1))
    made.lost = 0
    assert made.take()
    return made


def hold_up(lead: Any) -> None:
    """Run something that takes so long that the one who watches passes the lead on."""
    watching = threading.Thread(target=lead.watch, args=(5,))
    watching.start()
    assert not lead.run(lambda: watching.join(5)), "nobody has passed the lead on"


def test_quick_work_keeps_the_lead(lead: Any) -> None:
    assert all(lead.run(lambda: None) for _ in range(3))
    assert lead.lost == 0


def test_held_up_leader_loses_the_lead(lead: Any) -> None:
    hold_up(lead)
    assert lead.lost == 1
    assert lead.take(), "and may take it again"


def test_after_slow_work_the_lead_is_given_away_before_the_next(lead: Any) -> None:
    """So that nobody has to wait until somebody sees that it is slow again."""
    hold_up(lead)
    lead.take()
    lost_by_then: list[int] = []
    assert not lead.run(lambda: lost_by_then.append(lead.lost))
    assert lost_by_then == [2]


def test_after_quick_work_the_lead_is_kept_again(lead: Any) -> None:
    hold_up(lead)
    lead.take()
    lead.run(lambda: None)
    lead.take()
    assert lead.run(lambda: None)


def compute(seconds: float) -> None:
    """Use so much processor time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


@pytest.fixture
def watched(rung: Rung, lead: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The lead, watched all the time; patience is long enough for a machine that has much to do."""
    if not hasattr(time, "pthread_getcpuclockid"):
        pytest.skip("this system does not tell one thread the processor time of another")
    monkeypatch.setattr(rung("leader"), "PATIENCE", 0.05)

    def watch() -> None:
        while not lead.is_over:
            lead.watch(0.05)

    watching = threading.Thread(target=watch)
    watching.start()
    yield lead
    lead.end()
    watching.join(5)


def test_leader_that_computes_keeps_the_lead(watched: Any) -> None:
    """Another thread would only take the interpreter from it."""
    assert watched.run(lambda: compute(0.2))
    assert watched.lost == 0


def test_leader_that_waits_as_long_loses_it(watched: Any) -> None:
    assert not watched.run(lambda: time.sleep(0.2))
    assert watched.lost == 1


def test_leader_that_computes_for_very_long_loses_it(
    rung: Rung, watched: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page that takes a second may not keep everybody waiting for a second."""
    monkeypatch.setattr(rung("leader"), "LOOKS", 2)
    assert not watched.run(lambda: compute(0.6))
    assert watched.lost == 1


def test_what_computes_is_not_slow(watched: Any) -> None:
    watched.run(lambda: time.sleep(0.2))
    watched.take()
    assert not watched.run(lambda: compute(0.2)), "given away before: the last one was slow"
    watched.take()
    assert watched.run(lambda: None), "it has computed, and not waited"


def test_follower_waits_for_the_lead_and_goes_home_at_the_end(lead: Any) -> None:
    taken: list[bool] = []
    follower = threading.Thread(target=lambda: taken.append(lead.take()))
    follower.start()
    time.sleep(0.05)
    assert taken == [], "two would lead"
    lead.end()
    follower.join(5)
    assert taken == [False]
