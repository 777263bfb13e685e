"""The benchmark of WSGI reckons rightly, and shows what it has seen. Nothing is timed."""

import json

import pytest

from benchmarks import works, wsgi
from benchmarks.bars import judge
from benchmarks.report import Results


@pytest.fixture
def results() -> Results:
    made = Results({"Measured": "today"})
    for name, rate in (("rung", 120.0), ("waitress", 100.0), ("gunicorn", 101.0)):
        made.add("flask", name, {works.RATE: rate})
    return made


def test_bars_are_rungs_rate_against_each_other_server(results: Results) -> None:
    verdicts = [judge(bar, results.table("flask")) for bar in wsgi.BARS]
    assert [verdict.met for verdict in verdicts] == [True, False]


def test_page_and_json_show_rates_bars_and_failures(results: Results) -> None:
    results.add("flask", "gunicorn", {}, failure="read 12")
    verdicts = [judge(bar, results.table("flask")) for bar in wsgi.BARS]
    page = wsgi.markdown(results, verdicts)
    assert "| flask | rate, against waitress         | 1.2x     | 1.2x |     | yes    |" in page
    assert "| waitress         | 100        |" in page
    assert "- gunicorn failed in 1 round(s): read 12" in page
    document = json.loads(wsgi.to_json(results, verdicts))
    assert [bar["met"] for bar in document["bars"]] == [True, False]
    assert document["samples"]["flask"]["rung"] == [{works.RATE: 120.0}]
