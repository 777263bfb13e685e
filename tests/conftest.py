"""The fixtures of every test: which code it runs against, and how it talks to it.

target        the step under test; tests in tests/step_NN_name run against step NN and all later
rung          rung("protocol") -> that target's module rung/protocol.py
wire          wire(handler).exchange(b"GET / HTTP/1.1...") -> all bytes of the answer
demo          the target's server.py in a process, one for all tests of a module: .url .port .log()
start_demo    start_demo("--flag", NAME="value"): one of the test's own
database_url  an empty database, once on SQLite and once on MySQL
page          a page of headless Chromium
"""

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from course.errors import CourseError
from tests.support import databases
from tests.support.demo import Demo, Program, copy_folder
from tests.support.targets import (
    Target,
    choose_targets,
    lacks,
    step_of_tests,
    unknown_exercises,
)
from tests.support.wire import DEADLINE, Wire, server_code

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_OPTIONS = [
    "--no-sandbox",  # Chromium refuses its sandbox to root, who runs the tests in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_TARGET = "no-target"


# --- which code a test runs against


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--target",
        action="append",
        default=[],
        metavar="NAME",
        help="run only the tests that have a target, and on this one: a step (04_router, final), "
        "a copy of such a folder; `starters`: the step with each exercise emptied in turn; or "
        "`chaffs`: with each wrong answer in turn",
    )
    parser.addoption("--all", action="store_true", help="run the slow tests, too: some minutes")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    definition = metafunc.definition
    step = step_of_tests(definition.path)
    exercises = [str(mark.args[0]) for mark in definition.iter_markers("exercise")]
    unknown = unknown_exercises(step, exercises)
    if unknown:
        raise pytest.UsageError(f"{definition.name}: not in the step's step.toml: {unknown}")
    if "target" not in metafunc.fixturenames:
        return
    if step is None:
        folder = definition.path.parent.name
        raise pytest.UsageError(f"{folder}: `target` needs a test in the folder of a step on disk")
    own_step = definition.get_closest_marker("own_step") is not None
    steps_only = definition.get_closest_marker("steps_only") is not None
    wanted = metafunc.config.getoption("--target")
    try:
        targets: list[Any] = [
            target
            for target in choose_targets(step, own_step, wanted, exercises)
            if not lacks(target, definition.path) and not (steps_only and target.name == "final")
        ]
    except (ValueError, CourseError) as error:
        raise pytest.UsageError(str(error)) from None
    labels = [target.label for target in targets]
    # A test without a target is taken out below; an empty list here would show as skipped.
    metafunc.parametrize(
        "target", targets or [None], ids=labels or [NO_TARGET], indirect=True, scope="session"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    only_targets = bool(config.getoption("--target"))
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        callspec = getattr(item, "callspec", None)
        params = callspec.params if callspec else {}
        has_target = params.get("target") is not None
        keep = has_target or ("target" not in params and not only_targets)
        if item.get_closest_marker("slow") is not None and not config.getoption("--all"):
            keep = False
        (kept if keep else dropped).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Target:
    """The step, or final/, that the test runs against."""
    chosen: Target = request.param
    return chosen


@pytest.fixture(scope="session")
def rung(target: Target) -> Callable[..., ModuleType]:
    """rung("router") imports the target's layer; rung() its package."""
    return target.module


# --- how a test talks to it


@pytest.fixture
def wire(target: Target) -> Callable[..., Wire]:
    """wire(handler) serves connections of a socket pair by the target's server code."""

    def make(handler: Any, deadline: float = DEADLINE) -> Wire:
        return Wire(server_code(target.module("server")), handler, deadline)

    return make


@pytest.fixture(scope="module")
def demo(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The target's server.py, started once for all tests of the module."""
    folder = copy_folder(target.folder, tmp_path_factory.mktemp("demo"))
    running = Demo(folder, tmp_path_factory.mktemp("elsewhere"))
    yield running
    running.stop()


@pytest.fixture
def start_demo(target: Target, tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """start_demo(*arguments, **environment) starts the target's server.py for this test alone.

    Several calls start several processes on the same copy of the folder.
    """
    folder = copy_folder(target.folder, tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    running: list[Demo] = []

    def start(*arguments: str, **environment: str) -> Demo:
        running.append(Demo(folder, elsewhere, *arguments, **environment))
        return running[-1]

    yield start
    for each in running:
        each.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Show what a server in a process printed beside the failure of the test that used it."""
    report = yield
    for value in getattr(item, "funcargs", {}).values():
        if report.failed and isinstance(value, Program):
            report.sections.append(("Captured stdout of server.py", value.log()))
    return report


@pytest.fixture(params=["sqlite", "mysql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
        return
    databases.require_mysql()
    url = databases.create_mysql_database()
    yield url
    databases.drop_mysql_database(url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium, the machine's own."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        databases.missing("no Chromium; on Debian: sudo apt install chromium")
    from playwright.sync_api import sync_playwright  # slow to import; few tests need it

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=BROWSER_OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page in a browser context of its own: no cookies, no history."""
    context = browser.new_context()
    context.set_default_timeout(10_000)  # milliseconds
    yield context.new_page()
    context.close()
