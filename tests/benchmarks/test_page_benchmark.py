"""The page's benchmark: the three sites give the same answers, and other answers are noticed.

Nothing is timed. A peer that is not installed is skipped; `course bench` installs them.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import page
from benchmarks.bars import times
from benchmarks.load import fetch
from benchmarks.page_apps.data import DATABASE, POSTS, SHOWN, VISITOR, make_database
from benchmarks.report import SERVER, Results, markdown, write
from benchmarks.server import parse_arguments
from benchmarks.servers import PACKAGES, SERVERS, Failed, Running, installed, started
from benchmarks.works import RATE, Load, Sample, Settings

NAMES = page.PAGE.servers

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="benchmarks bind processes to cores: Linux only"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("page"))
    make_database(folder)
    return folder


@pytest.fixture(scope="module", params=NAMES)
def site(request: pytest.FixtureRequest, folder: str) -> Iterator[Running]:
    if not installed(request.param):
        pytest.skip(f"{SERVERS[request.param]} is not installed")
    with started(request.param, "page", min(os.sched_getaffinity(0)), folder) as running:
        yield running


def test_page_of_a_visitor_is_the_one_that_jinja2_alone_makes(site: Running, folder: str) -> None:
    body, _fields = fetch(site, "/", Cookie=page.log_in(site))
    assert body == page.expected_page(folder, VISITOR)


def test_page_without_a_session_names_nobody(site: Running, folder: str) -> None:
    body, _fields = fetch(site, "/")
    assert body == page.expected_page(folder, None)


def test_session_that_nobody_has_begun_is_not_believed(site: Running, folder: str) -> None:
    body, _fields = fetch(site, "/", Cookie="session=c29tZWJvZHk")
    assert body == page.expected_page(folder, None)


def test_json_has_the_newest_posts(site: Running, folder: str) -> None:
    body, fields = fetch(site, "/api/posts")
    assert json.loads(body) == page.expected_json(folder)
    assert fields["Content-Type"].partition(";")[0] == "application/json"


@pytest.mark.parametrize("measure", [page.page, page.as_json], ids=["page", "json"])
def test_other_posts_than_those_of_the_database_are_a_failure(
    measure: Any, site: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_database(str(tmp_path))
    monkeypatch.setattr(page, "NEWEST", page.NEWEST.replace("posts.id DESC", "posts.id"))
    monkeypatch.setattr(page, "load", lambda *_: pytest.fail("a wrong answer was timed"))
    sample: Sample = {}
    with pytest.raises(Failed, match=r"^GET /"):
        measure(site, Settings(1, str(tmp_path)), sample)
    assert sample == {}


def test_page_that_reads_no_session_is_a_failure(
    site: Running, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = page.expected_page(folder, VISITOR)  # for everybody
    monkeypatch.setattr(page, "expected_page", lambda _folder, _visitor: same)
    monkeypatch.setattr(page, "load", lambda *_: pytest.fail("a wrong answer was timed"))
    with pytest.raises(Failed, match=r"^GET /: expected .*, got "):
        page.page(site, Settings(1, folder), {})


@pytest.mark.parametrize("measure", [page.page, page.as_json], ids=["page", "json"])
def test_right_answers_are_timed(
    measure: Any, site: Running, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def load(_running: Running, _settings: Settings, path: str, *options: str) -> Load:
        asked.append(" ".join([path, *options]))
        return Load(rate=100.0, median=1.0, slowest=2.0, problems="")

    monkeypatch.setattr(page, "load", load)
    sample: Sample = {}
    measure(site, Settings(1, folder), sample)
    assert sample[RATE] == 100.0
    expected = r"/ -H Cookie: session=\S+" if measure is page.page else "/api/posts"
    assert len(asked) == 1 and re.fullmatch(expected, asked[0])


def test_expected_page_has_twenty_posts_escaped_and_the_visitor(folder: str) -> None:
    text = page.expected_page(folder, VISITOR).decode()
    assert text.count("<article ") == SHOWN
    assert f'<article id="post-{POSTS}">' in text
    assert "&lt;anyone&gt;" in text and "<anyone>" not in text
    assert f'<a href="/people/{VISITOR}">{VISITOR}</a>' in text
    assert text.startswith("<!doctype html>")  # of the layout


def test_database_has_the_tables_and_nobody_logged_in(folder: str, tmp_path: Path) -> None:
    make_database(str(tmp_path))
    assert Path(tmp_path, DATABASE).is_file()
    assert page.expected_posts(str(tmp_path)) == page.expected_posts(folder)


# --- the report


def test_every_bar_of_the_page_belongs_to_a_work_and_every_work_has_one() -> None:
    assert {bar.work for bar in page.BARS} == set(page.WORKS)


def test_every_work_of_the_page_names_servers_that_exist_and_rung_first() -> None:
    assert NAMES[0] == "rung"
    for work in page.WORKS.values():
        assert set(work.servers) <= set(SERVERS)
        assert work.servers[0] == "rung"


def test_the_two_subjects_share_no_peers_but_rung() -> None:
    assert set(SERVER.servers) & set(NAMES) == {"rung"}


def test_peer_takes_part_when_all_that_it_needs_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(PACKAGES, "flask", ("pytest", "a-package-that-is-nowhere"))
    monkeypatch.setitem(PACKAGES, "bottle", ("pytest",))
    assert [installed(name) for name in ("rung", "flask", "bottle")] == [True, False, True]


def test_works_are_those_of_the_subject(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_arguments([], page.PAGE).works == ["page", "json"]
    assert parse_arguments([], page.PAGE).peers == ["flask", "flask-cookie", "bottle"]
    with pytest.raises(SystemExit):
        parse_arguments(["hello"], page.PAGE)
    assert "there is no work 'hello'; there are page, json" in capsys.readouterr().err


def test_three_files_are_named_after_the_subject(tmp_path: Path) -> None:
    results = Results({"Measured": "today"}, page.PAGE)
    results.add("page", "rung", {RATE: 800.0})
    write(results, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["page.json", "page.md", "page.png"]


def test_report_of_a_page_judges_by_the_bars_of_the_page() -> None:
    results = Results({"Measured": "today"}, page.PAGE)
    for name, rate in [("rung", 800.0), ("flask", 200.0), ("flask-cookie", 400.0)]:
        results.add("page", name, {RATE: rate})
    assert [verdict.met for verdict in results.verdicts()] == [True, False]
    assert times("flask")(results.table("page")) == 4.0
    text = markdown(results)
    assert text.startswith("# A whole page, measured\n\nWritten by `python -m benchmarks.page`;")
    assert "## page: Session, 20 joined rows, inherited template" in text
    assert "| Flask, SQLAlchemy                  | 200        |" in text
