"""The bars: what each work must reach, and whether it does. Arithmetic on medians, nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks import works
from benchmarks.works import Sample

Table = dict[str, Sample]  # by server: the medians of one work

IDEAL_SLEEP_RATE = 800.0  # requests/s: 8 workers, 10 ms each


@dataclass(frozen=True)
class Bar:
    """One number to reach.

    Attributes:
        work: the work that it belongs to.
        figure: what the number is.
        value: takes it from the work's medians; a KeyError means that it was not measured.
        bound: the bar itself.
        aim: better than the bar; None if there is no such aim.
        at_most: the number must stay below the bar, not above it.
        form: how the number is written.
    """

    work: str
    figure: str
    value: Callable[[Table], float]
    bound: float
    aim: float | None = None
    at_most: bool = False
    form: str = "{:.2f}"


@dataclass(frozen=True)
class Verdict:
    """A bar beside what was measured; the value is None where something failed."""

    bar: Bar
    value: float | None
    met: bool

    @property
    def share(self) -> float:
        """How far the bar is reached: 1 is the bar, more is better."""
        if self.value is None:
            return 0.0
        if not self.bar.at_most:
            return self.value / self.bar.bound
        # Half the bar is twice as good; a tenth and less is as good as nothing at all.
        return self.bar.bound / max(self.value, self.bar.bound / 10)


def medians(samples: list[Sample]) -> Sample:
    """Return the median of each figure over the rounds that have it.

    >>> medians([{"requests/s": 3.0}, {"requests/s": 1.0}, {"requests/s": 2.0, "seconds": 9.0}])
    {'requests/s': 2.0, 'seconds': 9.0}
    """
    names = dict.fromkeys(name for sample in samples for name in sample)
    return {name: median(sample[name] for sample in samples if name in sample) for name in names}


def judge(bar: Bar, table: Table, failed: bool = False) -> Verdict:
    """Compare a bar with the medians of its work.

    Args:
        failed: rung has failed in one round at least; that is never a bar met.
    """
    try:
        value = bar.value(table)
    except KeyError:
        return Verdict(bar, None, met=False)
    reached = value <= bar.bound if bar.at_most else value >= bar.bound
    return Verdict(bar, value, met=reached and not failed)


def times(peer: str) -> Callable[[Table], float]:
    """rung's rate as a multiple of a peer's."""
    return lambda table: table["rung"][works.RATE] / table[peer][works.RATE]


def own(figure: str, whole: float = 1.0) -> Callable[[Table], float]:
    """A figure of rung's, as a share of something."""
    return lambda table: table["rung"][figure] / whole


def against_fastest_threaded(table: Table) -> float:
    """rung's seconds as a multiple of those of the fastest threaded peer."""
    peers = [table[name][works.SECONDS] for name in works.THREADED if name in table]
    if not peers:
        raise KeyError("no threaded peer was measured")
    return table["rung"][works.SECONDS] / min(peers)


TIMES, SHARE, MEGABYTES = "{:.1f}x", "{:.3f}", "{:.1f} MB"

BARS = (
    Bar("hello", "rate, against waitress", times("waitress"), 6, 8, form=TIMES),
    Bar("hello", "rate, against cheroot", times("cheroot"), 7, 9, form=TIMES),
    Bar("hello", "rate, against gunicorn gthread", times("gunicorn"), 12, 15, form=TIMES),
    Bar("hello", "rate, against a bare epoll loop", times("epoll"), 0.45, 0.55, form="{:.2f}x"),
    Bar("fields", "rate, against waitress", times("waitress"), 5, 6, form=TIMES),
    Bar("close", "rate, against waitress", times("waitress"), 2.5, 3, form=TIMES),
    Bar("routes", "more than hello", own(works.MORE), 5, at_most=True, form="{:.1f} µs"),
    Bar("sleep", "of the ideal 800/s", own(works.RATE, IDEAL_SLEEP_RATE), 0.95, form=SHARE),
    Bar("idle", "rate, beside 5,000 idle", own(works.idle_share(5_000)), 0.9, form=SHARE),
    Bar("idle", "for 5,000 idle", own(works.idle_memory(5_000)), 10, at_most=True, form=MEGABYTES),
    Bar("idle", "of 10,000 idle served", own(works.idle_survivors(10_000), 10_000), 1, form=SHARE),
    Bar("trickle", "rate, beside 200 tricklers", own(works.BESIDE_TRICKLERS), 0.9, form=SHARE),
    Bar("trickle", "of 200 cut", own(works.CUT, works.TRICKLERS), 1, form=SHARE),
    Bar(
        "download",
        "time, against the fastest threaded peer",
        against_fastest_threaded,
        1.2,
        at_most=True,
        form="{:.2f}x",
    ),
    Bar("download", "memory", own(works.MEMORY), 20, at_most=True, form=MEGABYTES),
    Bar(
        "upload",
        "time, against the fastest threaded peer",
        against_fastest_threaded,
        1.2,
        at_most=True,
        form="{:.2f}x",
    ),
    Bar("upload", "memory", own(works.MEMORY), 20, at_most=True, form=MEGABYTES),
)
