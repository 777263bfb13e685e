"""The figures that final/README.md quotes are those in benchmarks/results."""

import re
from collections.abc import Iterator

import pytest

from course.steps import ROOT

RESULTS = ROOT / "benchmarks" / "results"
README = (ROOT / "final" / "README.md").read_text("utf-8")
WORKS = {  # what a row of the README's table says, the work, and the column
    "requests/s, hello on 8 connections": ("hello", "requests/s"),
    "the same with ten header fields": ("fields", "requests/s"),
    "handler that sleeps 10 ms, 64 clients": ("sleep", "requests/s"),
}
SERVERS = {
    "here": "rung (final)",
    "step 03": "the plain pool of step 03",
    "waitress": "waitress",
    "cheroot": "cheroot",
    "gunicorn": "gunicorn gthread",
}
ORMS = ("here", "peewee", "SQLAlchemy")
Table = dict[str, dict[str, str]]  # row, column, cell


def table(text: str, corner: str) -> Table:
    """The first table of a text whose first column has this heading."""
    lines = iter(text.splitlines())
    cells = [line.strip("| ").split("|") for line in rows_from(lines, f"| {corner}")]
    (_, *columns), _line, *rows = [[cell.strip() for cell in row] for row in cells]
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}


def rows_from(lines: Iterator[str], start: str) -> Iterator[str]:
    for line in lines:
        if line.startswith(start):
            yield line
            break
    for line in lines:
        if not line.startswith("|"):
            break
        yield line


def measured(work: str) -> Table:
    """The table of one work in results/server.md."""
    return table((RESULTS / "server.md").read_text("utf-8").partition(f"\n## {work}:")[2], "server")


def quoted(heading: str) -> Table:
    """The table below a heading of the README."""
    return table(README.partition(f"\n## {heading}\n")[2].replace("| |", "| - |", 1), "- |")


@pytest.mark.parametrize("row", WORKS)
def test_rates_of_the_servers(row: str) -> None:
    work, column = WORKS[row]
    of_work = measured(work)
    for short, name in SERVERS.items():
        assert quoted("The server, grown up")[row][short] == of_work[name][column], short


def test_seconds_of_large_transfers() -> None:
    row = quoted("The server, grown up")["s for 100 MB down, 50 MB up"]
    down, up = measured("download"), measured("upload")
    for short, name in SERVERS.items():
        if row[short]:
            seconds = [f"{float(each[name]['seconds']):.2f}" for each in (down, up)]
            assert row[short] == ", ".join(seconds), short


def test_what_idle_and_slow_clients_cost() -> None:
    idle, slow = measured("idle")["rung (final)"], measured("trickle")["rung (final)"]
    memory = float(idle["MB more for 5,000"])
    lost = [1 - float(idle["of its own rate beside 5,000"])]
    lost += [1 - float(slow["of its own rate beside 200 tricklers"])]
    assert f"take {memory:.1f} MB and {lost[0]:.0%} of the rate" in README
    assert f"dribble a byte a second take {lost[1]:.0%}" in README
    assert f"reaches {measured('hello')['bare epoll loop']['requests/s']}" in README


def test_times_of_the_orm() -> None:
    text = (RESULTS / "orm.txt").read_text("utf-8").partition("MariaDB")[0]
    lines = re.findall(r"^(\w.+?) {2,}[\d.]+ [mM][sB] +(.+)$", text, re.MULTILINE)
    assert len(lines) == 7
    rows = quoted("The ORM, grown up")
    for name, cells in lines:
        row = next(rows[label] for label in rows if label.startswith(name))
        for column, figure in zip(ORMS, re.findall(r"[\d.]+", cells), strict=True):
            assert row[column].removesuffix(" MB") in (figure, f"{float(figure):.0f}"), name
