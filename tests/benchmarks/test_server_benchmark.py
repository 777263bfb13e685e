"""The server's benchmark reckons rightly: wrk's output, medians, bars, tables. Nothing is timed."""

import doctest
import json
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from benchmarks import bars, report, works
from benchmarks.bars import BARS, Bar, judge, medians
from benchmarks.crowd import crowd
from benchmarks.load import make_large_file, parse_wrk
from benchmarks.report import Results, bars_table, markdown, to_json
from benchmarks.servers import SERVERS, Failed, Running
from benchmarks.works import WORKS, Settings
from benchmarks.wsgi_app import LARGE_FILE

CLEAN = """Running 3s test @ http://127.0.0.1:40000/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   271.25us  206.67us   6.04ms   97.30%
    Req/Sec    29.59k     2.45k   33.27k    80.00%
  Latency Distribution
     50%  252.00us
     75%  281.00us
     90%  315.00us
     99%    1.02ms
  29429 requests in 1.00s, 4.35MB read
Requests/sec:  29402.82
Transfer/sec:      4.35MB
"""
TROUBLED = CLEAN.replace(
    "Requests/sec",
    "  Socket errors: connect 0, read 12, write 0, timeout 56\n"
    "  Non-2xx or 3xx responses: 7\nRequests/sec",
)


# --- wrk


def test_rate_and_latencies_are_read_in_milliseconds() -> None:
    load = parse_wrk(CLEAN)
    assert (load.rate, load.median, load.slowest) == (29402.82, 0.252, 1.02)
    assert load.problems == ""


def test_socket_errors_and_error_answers_are_problems() -> None:
    assert parse_wrk(TROUBLED).problems == "read 12, timeout 56, 7 answers that were not 2xx"


def test_no_answer_at_all_is_a_problem() -> None:
    assert parse_wrk(CLEAN.replace("29402.82", "0.00")).problems == "nothing was answered"


def test_output_without_a_rate_is_a_failure() -> None:
    with pytest.raises(Failed, match="unable to connect"):
        parse_wrk("unable to connect to 127.0.0.1:40000 Connection refused\n")


# --- medians and bars


def test_median_is_taken_of_each_figure_by_itself() -> None:
    samples = [{"a": 1.0, "b": 9.0}, {"a": 30.0}, {"a": 2.0, "b": 7.0}]
    assert medians(samples) == {"a": 2.0, "b": 8.0}


@pytest.mark.parametrize(("rate", "met"), [(59.9, False), (60.0, True), (90.0, True)])
def test_bar_is_met_from_its_bound_upwards(rate: float, met: bool) -> None:
    bar = Bar("hello", "rate", bars.times("waitress"), 6)
    table = {"rung": {works.RATE: rate}, "waitress": {works.RATE: 10.0}}
    verdict = judge(bar, table)
    assert (verdict.value, verdict.met) == (pytest.approx(rate / 10), met)


@pytest.mark.parametrize(("more", "met"), [(-1.0, True), (5.0, True), (5.1, False)])
def test_at_most_is_met_up_to_its_bound(more: float, met: bool) -> None:
    bar = Bar("routes", "more", bars.own(works.MORE), 5, at_most=True)
    verdict = judge(bar, {"rung": {works.MORE: more}})
    assert verdict.met is met
    assert (verdict.share >= 1) is met


def test_bar_without_its_figure_is_not_met() -> None:
    verdict = judge(BARS[0], {"rung": {works.RATE: 1e9}})
    assert (verdict.value, verdict.met, verdict.share) == (None, False, 0)


def test_bar_of_a_work_in_which_rung_failed_once_is_not_met() -> None:
    results = Results({})
    results.add("hello", "waitress", {works.RATE: 1.0})
    results.add("hello", "rung", {works.RATE: 100.0})
    assert results.verdicts()[0].met
    results.add("hello", "rung", {}, failure="read 12")
    assert not results.verdicts()[0].met


def test_transfer_is_compared_with_the_fastest_threaded_peer() -> None:
    table = {name: {works.SECONDS: seconds} for name, seconds in [("rung", 3.0), ("cheroot", 2.0)]}
    table |= {"waitress": {works.SECONDS: 4.0}, "bjoern": {works.SECONDS: 1.0}}
    assert bars.against_fastest_threaded(table) == 1.5


def test_every_bar_belongs_to_a_work_and_every_work_has_one() -> None:
    assert {bar.work for bar in BARS} == set(WORKS)


def test_every_work_names_servers_that_exist_and_rung_among_them() -> None:
    for work in WORKS.values():
        assert set(work.servers) <= set(SERVERS)
        assert work.servers[0] == "rung"


# --- the report


@pytest.fixture
def results() -> Results:
    made = Results({"Measured": "today"})
    for rate in (70.0, 90.0, 80.0):
        made.add("hello", "rung", {works.RATE: rate, "ms, median": 0.25})
    made.add("hello", "waitress", {works.RATE: 10.0})
    made.add("hello", "cheroot", {}, failure="read 12")
    return made


def test_page_shows_medians_spans_bars_and_failures(results: Results) -> None:
    page = markdown(results)
    assert "| rung (final) | 80.0       | 70.0 to 90.0      | 0.250      |" in page
    assert "| hello | rate, against waitress          | 8.0x     | 6.0x  | 8.0x  | yes    |" in page
    assert "| hello | rate, against cheroot           | failed   |" in page
    assert "- cheroot failed in 1 round(s): read 12" in page
    assert "- Measured: today" in page


def test_tables_of_a_page_have_rows_of_one_length(results: Results) -> None:
    lines = bars_table(results.verdicts()).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert {line.count("|") for line in lines} == {7}


def test_json_keeps_every_sample(results: Results) -> None:
    document = json.loads(to_json(results))
    rates = [sample[works.RATE] for sample in document["samples"]["hello"]["rung"]]
    assert rates == [70.0, 90.0, 80.0]
    assert document["failures"] == {"hello": {"cheroot": ["read 12"]}}
    assert document["bars"][0]["met"] is True


@pytest.mark.parametrize("module", [bars, report], ids=["bars", "report"])
def test_examples_in_docstrings_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)


# --- the clients


def test_large_file_has_its_size_and_no_two_pieces_alike(tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    checksum = make_large_file(path, 600_000)
    content = path.read_bytes()
    assert len(content) == 600_000
    assert content[:1000] != content[262_144:263_144]
    assert checksum == zlib.crc32(content)


def test_large_file_is_made_for_the_download_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(works, "DOWNLOAD_SIZE", 1000)
    settings = Settings(1, str(tmp_path))
    assert works.make_file_to_download(settings, ["hello"]) == settings
    assert list(tmp_path.iterdir()) == []
    made = works.make_file_to_download(settings, ["hello", "download"])
    assert made.checksum == zlib.crc32((tmp_path / LARGE_FILE).read_bytes())


@pytest.mark.parametrize("closes", [False, True], ids=["kept", "cut"])
def test_crowd_counts_the_connections_that_the_server_has_not_closed(closes: bool) -> None:
    with listener(closes) as port, crowd("trickle", at(port)) as tricklers:
        tricklers.open(5)
        deadline = threading.Event()
        for _ in range(50):  # a moment for the last of them
            if tricklers.count() == (0 if closes else 5):
                break
            deadline.wait(0.1)
        assert tricklers.count() == (0 if closes else 5)


def test_idle_crowd_without_answers_is_a_failure() -> None:
    with (
        listener(closes=True) as port,
        crowd("idle", at(port)) as idlers,
        pytest.raises(Failed, match="only 0 connections"),
    ):
        idlers.open(5)


@contextmanager
def listener(closes: bool) -> Iterator[int]:
    """A server that accepts and says nothing; it closes each connection at once, or keeps it."""
    server = socket.create_server(("127.0.0.1", 0))
    kept = []

    def accept() -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            connection.close() if closes else kept.append(connection)

    threading.Thread(target=accept, daemon=True).start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    for connection in kept:
        connection.close()


def at(port: int) -> Running:
    """A server that somebody else runs: the crowd asks for its port only."""
    return Running("rung", "hello", cast(Any, None), port, cast(Any, None))
