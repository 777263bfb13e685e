"""Who leads: a thread that is quick keeps the lead, one that is held up loses it."""

import threading
import time
from collections.abc import Callable
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


def test_follower_waits_for_the_lead_and_goes_home_at_the_end(lead: Any) -> None:
    taken: list[bool] = []
    follower = threading.Thread(target=lambda: taken.append(lead.take()))
    follower.start()
    time.sleep(0.05)
    assert taken == [], "two would lead"
    lead.end()
    follower.join(5)
    assert taken == [False]
