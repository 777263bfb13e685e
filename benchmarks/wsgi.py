"""Flask's hello on three servers: python -m benchmarks.wsgi [--rounds N] [--seconds N].

One application, unchanged, on our server (`python -m rung`), on waitress and on gunicorn with
threads. One core serves and the other one asks; the servers take turns; what counts is the median.
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.bars import TIMES, Bar, Verdict, judge, times
from benchmarks.report import Results, bars_table, medians_table
from benchmarks.server import FOLDER, choose_cores, context, measure
from benchmarks.servers import installed
from benchmarks.works import Settings, Work, hello

SERVERS = ("rung", "waitress", "gunicorn")
FLASK = Work("flask", "Flask's hello, keep-alive, 8 connections", SERVERS, hello)
BARS = (
    Bar("flask", "rate, against waitress", times("waitress"), 1.2, form=TIMES),
    Bar("flask", "rate, against gunicorn gthread", times("gunicorn"), 1.2, form=TIMES),
)


def main(argv: list[str] | None = None) -> int:
    """Measure, print, write; return 1 if a bar is not met."""
    arguments = parse_arguments(argv)
    if lacking := [name for name in (*SERVERS[1:], "flask") if not installed(name)]:
        sys.exit(
            f"Not installed: {', '.join(lacking)}. python3 -m course bench wsgi installs them."
        )
    core = choose_cores()
    results = Results(context(arguments, [*SERVERS[1:], "flask"]))
    measure(FLASK, list(SERVERS), arguments.rounds, core, Settings(arguments.seconds), results)
    failed = "rung" in results.failures.get(FLASK.name, {})
    verdicts = [judge(bar, results.table(FLASK.name), failed) for bar in BARS]
    page = markdown(results, verdicts)
    print("\n" + page)
    if arguments.rounds >= 3 or arguments.output != FOLDER:
        arguments.output.mkdir(parents=True, exist_ok=True)
        (arguments.output / "wsgi.md").write_text(page, encoding="utf-8")
        (arguments.output / "wsgi.json").write_text(to_json(results, verdicts), encoding="utf-8")
        print(f"Written to {arguments.output}: wsgi.md, wsgi.json")
    return 0 if all(verdict.met for verdict in verdicts) else 1


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.wsgi", description="Measure Flask on our server and on others."
    )
    parser.add_argument("--rounds", type=int, default=5, help="turns of each server (5)")
    parser.add_argument("--seconds", type=int, default=3, help="of load for each figure (3)")
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args(argv)
    if min(arguments.rounds, arguments.seconds) < 1:
        parser.error("at least one round, and at least one second")
    return arguments


def markdown(results: Results, verdicts: list[Verdict]) -> str:
    """The report as a page."""
    failures = [
        f"- {server} failed in {len(messages)} round(s): {messages[0]}"
        for server, messages in results.failures.get(FLASK.name, {}).items()
    ]
    sections = [
        "# Flask on our server, measured",
        "Written by `python -m benchmarks.wsgi`; the [README](../README.md) says how.",
        "\n".join(f"- {name}: {value}" for name, value in results.context.items()),
        bars_table(verdicts),
        f"## {FLASK.title}",
        medians_table(results.table(FLASK.name), results.samples[FLASK.name]),
        *(["\n".join(failures)] if failures else []),
    ]
    return "\n\n".join(sections) + "\n"


def to_json(results: Results, verdicts: list[Verdict]) -> str:
    document = {
        "context": results.context,
        "bars": [
            {"figure": each.bar.figure, "value": each.value, "bar": each.bar.bound, "met": each.met}
            for each in verdicts
        ],
        "samples": results.samples,
        "failures": results.failures,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped; nothing was written.")
