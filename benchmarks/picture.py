"""One picture of a run: how far each bar is reached, and everybody's rate at one of the works."""

from pathlib import Path

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from benchmarks.bars import Verdict
from benchmarks.report import Results
from benchmarks.servers import SERVERS
from benchmarks.works import RATE

MET, MISSED, PEER, FLOOR = "#2a7f62", "#c8553d", "#9aa5b1", "#d9dde2"
FARTHEST = 3.0  # times the bar; what is better still ends here, its label tells the number


def draw(results: Results, path: Path) -> None:
    """Write the picture as PNG."""
    verdicts = results.verdicts()
    table = results.samples.get(results.subject.pictured, {})
    pyplot.rcParams.update({"font.size": 9})
    height = 1.2 + 0.32 * max(len(verdicts), len(table), 4)
    figure, (left, right) = pyplot.subplots(
        1, 2, figsize=(13, height), width_ratios=[3, 2], layout="constrained"
    )
    draw_bars(left, verdicts)
    draw_rates(right, results)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def draw_bars(axes: Axes, verdicts: list[Verdict]) -> None:
    """A bar for each bar: the line at 1 is what must be reached, whatever the unit."""
    names = [f"{verdict.bar.work}: {verdict.bar.figure}" for verdict in verdicts]
    lengths = [min(verdict.share, FARTHEST) for verdict in verdicts]
    colours = [MET if verdict.met else MISSED for verdict in verdicts]
    places = range(len(verdicts))
    axes.barh(places, lengths, color=colours, height=0.65)
    axes.axvline(1, color="black", linewidth=1)
    for place, length, verdict in zip(places, lengths, verdicts, strict=True):
        axes.text(max(length, 1) + 0.05, place, label(verdict), va="center")
    axes.set_yticks(places, names)
    axes.set_xlim(0, FARTHEST + 1.4)
    axes.set_xticks([0, 1, 2, 3], ["0", "the bar", "twice as good", "3 and more"])
    axes.invert_yaxis()
    axes.set_title("rung beside its bars", loc="left", fontweight="bold")
    tidy(axes)


def label(verdict: Verdict) -> str:
    """What was measured, and the bar in the same unit."""
    form = verdict.bar.form
    measured = "failed" if verdict.value is None else form.format(verdict.value)
    limit = "at most " if verdict.bar.at_most else "bar "
    return f"{measured}  ({limit}{form.format(verdict.bar.bound)})"


def draw_rates(axes: Axes, results: Results) -> None:
    """Everybody's rate at one work, the fastest on top."""
    work = results.subject.pictured
    table = results.table(work) if work in results.samples else {}
    rates = sorted(((row[RATE], name) for name, row in table.items() if RATE in row), reverse=True)
    colours = {"rung": MET, "epoll": FLOOR, "bjoern": FLOOR}
    places = range(len(rates))
    axes.barh(
        places,
        [rate for rate, _name in rates],
        color=[colours.get(name, PEER) for _rate, name in rates],
        height=0.65,
    )
    for place, (rate, _name) in zip(places, rates, strict=True):
        axes.text(rate, place, f" {rate:,.0f}", va="center")
    axes.set_yticks(places, [SERVERS[name] for _rate, name in rates])
    axes.set_xlim(0, max((rate for rate, _name in rates), default=1) * 1.25)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.invert_yaxis()
    axes.set_title(f"requests/s at {work}, on one core", loc="left", fontweight="bold")
    tidy(axes)


def tidy(axes: Axes) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
