"""What a run is about, and what it has found: as text, as JSON, as tables in Markdown.

Nothing is measured here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.bars import BARS, Bar, Table, Verdict, judge, medians
from benchmarks.servers import SERVERS
from benchmarks.works import WORKS, Sample, Settings, Work, make_file_to_download


@dataclass(frozen=True)
class Subject:
    """What a run is about.

    Attributes:
        name: of its module in benchmarks/, and of its files in benchmarks/results/.
        title: of its report; and `pictured`, the work whose rates its picture shows.
        prepare: makes what the works need, once, before the first of them.
    """

    name: str
    title: str
    works: dict[str, Work]
    bars: tuple[Bar, ...]
    pictured: str
    prepare: Callable[[Settings, list[str]], Settings]

    @property
    def servers(self) -> list[str]:
        """Those that take part in any of the works, rung first."""
        return list(dict.fromkeys(name for work in self.works.values() for name in work.servers))


SERVER = Subject("server", "The server", WORKS, BARS, "hello", make_file_to_download)


@dataclass
class Results:
    """Everything that a run has seen.

    Attributes:
        context: when, with what, and for how long.
        subject: what it is about.
        samples: by work, then by server: the figures of each round.
        failures: by work, then by server: what went wrong, once for each round.
    """

    context: dict[str, str]
    subject: Subject = SERVER
    samples: dict[str, dict[str, list[Sample]]] = field(default_factory=dict)
    failures: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def add(self, work: str, server: str, sample: Sample, failure: str = "") -> None:
        samples = self.samples.setdefault(work, {}).setdefault(server, [])
        if sample:
            samples.append(sample)
        if failure:
            self.failures.setdefault(work, {}).setdefault(server, []).append(failure)

    def table(self, work: str) -> Table:
        """The medians of a work, by server."""
        return {name: medians(each) for name, each in self.samples[work].items() if each}

    def verdicts(self) -> list[Verdict]:
        """The bars of the works that were measured."""
        return [
            judge(bar, self.table(bar.work), failed="rung" in self.failures.get(bar.work, {}))
            for bar in self.subject.bars
            if bar.work in self.samples
        ]


def markdown(results: Results) -> str:
    """The whole report as a page."""
    context = [f"- {name}: {value}" for name, value in results.context.items()]
    sections = [
        f"# {results.subject.title}, measured",
        f"Written by `python -m benchmarks.{results.subject.name}`; "
        "the [README](../README.md) says how.",
        "\n".join(context),
        "## The bars",
        bars_table(results.verdicts()),
        *(work_section(results, name) for name in results.samples),
    ]
    return "\n\n".join(sections) + "\n"


def bars_table(verdicts: list[Verdict]) -> str:
    rows = [["work", "figure", "measured", "bar", "aim", "met"]]
    for verdict in verdicts:
        bar = verdict.bar
        limit = "at most " if bar.at_most else ""
        rows.append(
            [
                bar.work,
                bar.figure,
                "failed" if verdict.value is None else bar.form.format(verdict.value),
                limit + bar.form.format(bar.bound),
                "" if bar.aim is None else bar.form.format(bar.aim),
                "yes" if verdict.met else "**no**",
            ]
        )
    return table_of(rows)


def work_section(results: Results, name: str) -> str:
    """One work: its servers' medians, and what failed."""
    parts = [f"## {name}: {results.subject.works[name].title}"]
    table = results.table(name)
    if table:
        parts.append(medians_table(table, results.samples[name]))
    failures = [
        f"- {SERVERS[server]} failed in {len(messages)} round(s): {messages[0]}"
        for server, messages in results.failures.get(name, {}).items()
    ]
    if failures:
        parts.append("\n".join(failures))
    return "\n\n".join(parts)


def medians_table(table: Table, samples: dict[str, list[Sample]]) -> str:
    """A row for each server. Beside the first figure stands what it was in the rounds."""
    figures = list(dict.fromkeys(name for sample in table.values() for name in sample))
    rows = [["server", figures[0], "lowest to highest", *figures[1:]]]
    for server, sample in table.items():
        first = [each[figures[0]] for each in samples[server] if figures[0] in each]
        span = f"{number(min(first))} to {number(max(first))}" if first else ""
        cells = [number(sample[name]) if name in sample else "" for name in figures]
        rows.append([SERVERS[server], cells[0], span, *cells[1:]])
    return table_of(rows)


def table_of(rows: list[list[str]]) -> str:
    """A table in Markdown, padded so that it reads as well in a terminal.

    >>> print(table_of([["server", "requests/s"], ["rung", "25,000"]]))
    | server | requests/s |
    | ------ | ---------- |
    | rung   | 25,000     |
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    head, *body = rows
    ruled = [head, ["-" * width for width in widths], *body]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in ruled
    )


def number(value: float) -> str:
    """A figure with about three digits.

    >>> number(25123.4), number(88.06), number(0.9712)
    ('25,123', '88.1', '0.971')
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def write(results: Results, folder: Path) -> None:
    """Write three files, such as server.json, server.md and server.png."""
    from benchmarks.picture import draw  # slow to import, and only needed here

    folder.mkdir(parents=True, exist_ok=True)
    name = results.subject.name
    folder.joinpath(f"{name}.json").write_text(to_json(results), encoding="utf-8")
    folder.joinpath(f"{name}.md").write_text(markdown(results), encoding="utf-8")
    draw(results, folder / f"{name}.png")


def to_json(results: Results) -> str:
    """All samples and all verdicts, for whoever wants to reckon anew."""
    verdicts: list[dict[str, Any]] = [
        {
            "work": verdict.bar.work,
            "figure": verdict.bar.figure,
            "value": verdict.value,
            "bar": verdict.bar.bound,
            "aim": verdict.bar.aim,
            "at_most": verdict.bar.at_most,
            "met": verdict.met,
        }
        for verdict in results.verdicts()
    ]
    document = {
        "context": results.context,
        "bars": verdicts,
        "samples": results.samples,
        "failures": results.failures,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
