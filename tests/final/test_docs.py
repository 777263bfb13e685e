"""The user's guide, final/docs: what it shows is what happens, and it leaves out no public name."""

import builtins
import inspect
import keyword
import re
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from course.steps import ROOT
from tests.final.client import Client
from tests.support import databases
from tests.support.demo import Demo
from tests.support.guide import Page, differing_commands, run, run_examples
from tests.support.targets import Target

Rung = Callable[..., ModuleType]

FOLDER = ROOT / "final" / "docs"
INDEX = FOLDER / "README.md"
PAGES = [Page(path) for path in sorted(FOLDER.glob("*.md"))]


def each(pages: list[Page]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", pages, ids=lambda page: page.path.stem)


LANGUAGES = {"pycon", "python", "html", "console", "text"}
NOT_RUN = ("cp", "cd", "pip")  # the test makes the folder itself
PROGRAMS = ("curl", "flask", "gunicorn", "waitress")  # what the commands need beside ourselves

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
WORD = re.compile(r"[A-Za-z_]\w*")
NAME = re.compile(r"@?([A-Za-z_][\w.]*)(?:\(.*\))?")  # `name`, `@app.before`, `run()`, `a.b(c)`
CALL = re.compile(r"([A-Za-z_][\w.]*)\(")
ARGUMENT = re.compile(r"[(,] ?(\w+)=(?!=)|^(\w+)=$")
# Names in backticks that are of neither rung nor Python, nor of the examples of their page.
OTHERS = {
    "Authorization", "NaN", "PYTHONPATH", "Path", "Secure", "UPDATE", "access", "boto3", "gettext",
    "onclick", "post_form", "smtplib", "watchfiles",
}  # fmt: skip


# --- what is shown is what happens


@each([page for page in PAGES if page.code("pycon")])
def test_examples_are_true(page: Page, target: Target, tmp_path: Path) -> None:
    require_programs(page)
    done = run_examples(page, page.make_project(target.folder / "rung", tmp_path / "project"))
    assert done.returncode == 0, done.stdout


def test_models_are_the_same_on_each_database(
    target: Target, tmp_path: Path, database_url: str
) -> None:
    page = Page(FOLDER / "models.md")
    project = page.make_project(target.folder / "rung", tmp_path / "project")
    done = run_examples(page, project, database_url)
    assert done.returncode == 0, done.stdout
    assert not (project / "blog.sqlite3").exists()


@each([page for page in PAGES if page.commands()])
def test_commands_print_what_is_shown(page: Page, target: Target, tmp_path: Path) -> None:
    require_programs(page)
    folder = page.make_project(target.folder / "rung", tmp_path / "project")
    assert not differing_commands(page, folder, NOT_RUN)


@each(PAGES)
def test_no_block_is_only_to_be_looked_at(page: Page) -> None:
    assert {block.language for block in page.blocks} <= LANGUAGES
    files = page.files()
    programs = [block.text for block in [*page.code("python"), *page.code("html")]]
    assert [text for text in programs if text not in files.values()] == [], "without a file name"
    said = "\n".join([*files.values(), page.examples(), *(block.text for block in page.blocks)])
    unused = [name for name in files if not re.search(use_of(Path(name)), said)]
    assert unused == [], "nothing starts, imports or shows it"


def test_an_application_has_ten_lines() -> None:
    name, text = next(iter(Page(INDEX).files().items()))
    assert len(text.removeprefix(f"# {name}\n").splitlines()) == 10


def test_the_guestbook_keeps_what_is_written(target: Target, tmp_path: Path) -> None:
    folder = Page(INDEX).make_project(target.folder / "rung", tmp_path / "guestbook")
    texts = {"name": "Zoë", "text": "<i>nice</i>"}
    running = Demo(folder, tmp_path)
    try:
        visitor = Client(running.port)
        assert visitor.get("/").status == 200
        assert visitor.post("/", **texts).status == 303
        shown = visitor.get("/").text
        assert "Thank you, Zoë." in shown
        assert "&lt;i&gt;nice&lt;/i&gt;" in shown
        refused = visitor.post("/", name="x" * 41, text="hello")
        assert (refused.status, "does not fit" in refused.text) == (422, True)
    finally:
        running.stop()
    again = Demo(folder, tmp_path)
    try:
        shown = Client(again.port).get("/").text
        assert ("Zoë" in shown, "Thank you" in shown) == (True, False)
    finally:
        again.stop()


def test_the_requirements_are_ours(target: Target) -> None:
    [block] = Page(INDEX).code("text")
    ours = (target.folder / "requirements.txt").read_text().splitlines()
    assert block.text.splitlines() == [line for line in ours if "watchfiles" not in line]


# --- what is named exists, and what exists is named


@each(PAGES)
def test_names_exist(page: Page, rung: Rung) -> None:
    assert unknown_names(page, rung()) == []


@each(PAGES)
def test_options_exist(page: Page, options: set[str]) -> None:
    ours = [command for command, _ in page.commands() if "python" in command]
    named = OPTION.findall(" ".join([*ours, *page.spans]))
    assert set(named) - options == set()


def test_every_option_is_explained(options: set[str]) -> None:
    table = [line for line in (FOLDER / "running.md").read_text().splitlines() if line[:1] == "|"]
    assert options - set(OPTION.findall("\n".join(table))) == {"--help"}


def test_every_public_name_is_explained(rung: Rung) -> None:
    assert missing_names(rung(), PAGES) == []


def test_the_index_leads_to_every_page() -> None:
    listed = re.findall(r"^\d+\. \[.+\]\((.+)\)", INDEX.read_text(), re.MULTILINE)
    assert sorted([*listed, "README.md"]) == [page.path.name for page in PAGES]
    assert "(docs/README.md)" in (ROOT / "final/README.md").read_text()


# --- the guards themselves


def written(folder: Path, text: str) -> Page:
    path = folder / "page.md"
    path.write_text(text)
    return Page(path)


def test_guard_sees_an_example_that_is_not_true(target: Target, tmp_path: Path) -> None:
    page = written(tmp_path, "Why?\n\n```pycon\n>>> from rung import Request\n>>> 1 + 1\n3\n```\n")
    done = run_examples(page, page.make_project(target.folder / "rung", tmp_path / "project"))
    assert done.returncode == 1
    assert 'File "page.md", line 5' in done.stdout


def test_examples_keep_their_lines(tmp_path: Path) -> None:
    page = written(tmp_path, "```pycon\n>>> 1\n1\n```\n\ntext >>> 2\n\n```pycon\n>>> 3\n4\n```\n")
    assert page.examples().splitlines() == ["", ">>> 1", "1", *[""] * 5, ">>> 3", "4", "", ""]


def test_guard_sees_a_command_that_prints_something_else(target: Target, tmp_path: Path) -> None:
    page = written(tmp_path, "```console\n$ python -c 'print(1)'\n2\n$ python -c ''\n```\n")
    problems = differing_commands(page, page.make_project(target.folder / "rung", tmp_path / "p"))
    assert problems == ["$ python -c 'print(1)'\nexpected:\n2\n\ngot:\n1\n"]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("`Request` and `app.url_for`, `len()`", []),
        ("`Reqest`", ["Reqest"]),
        ("`request.querry`", ["request.querry"]),
        ("`make_response(text)`", ["make_response"]),
        ("`BehindProxy(AccesLog(app))`", ["AccesLog"]),
        ("`TextField(max_lenght=80)`", ["max_lenght"]),
        ("`max_lenght=`", ["max_lenght"]),
        ("`it`\n\n```pycon\n>>> it = 1\n```\n", []),
    ],
)
def test_guard_sees_a_name_that_is_none(
    text: str, unknown: list[str], rung: Rung, tmp_path: Path
) -> None:
    assert unknown_names(written(tmp_path, text), rung()) == unknown


def test_guard_sees_a_name_that_no_page_explains(rung: Rung, tmp_path: Path) -> None:
    whole = " ".join(f"`{name}`" for name in public_names(rung()) if name != "Throttle")
    page = written(tmp_path, f"{whole}\n\nThrottle is said in prose alone.\n")
    assert missing_names(rung(), [page]) == ["Throttle"]


# --- helpers


def use_of(file: Path) -> str:
    """What a page says where it uses one of its files, as a regular expression."""
    if file.suffix == ".html":
        return f'"{file.name}"'
    if file.name.startswith("test_"):
        return r"\$ python -m pytest"
    return rf"\b(?:(?:import|from|python) {file.stem}\b|{file.stem}:)"


@pytest.fixture(scope="session")
def options() -> set[str]:
    """All options of run()."""
    program = "from rung import *; run(App(), ['--help'])"
    return set(OPTION.findall(run([sys.executable, "-c", program], ROOT / "final").stdout))


def require_programs(page: Page) -> None:
    for name in PROGRAMS:
        is_needed = any(name in block.text for block in page.blocks)
        if is_needed and not (shutil.which(name) or (name != "curl" and find_spec(name))):
            databases.missing(f"{name} is not here")


def unknown_names(page: Page, rung: ModuleType) -> list[str]:
    """What stands in the backticks of a page like a name of ours, and is none.

    Of a name with dots, the last part has to be known: the first is often an object of the page.
    """
    known = public_words(rung) | set(dir(builtins)) | set(keyword.kwlist) | OTHERS
    known |= {word for block in page.blocks for word in WORD.findall(block.text)}
    unknown = []
    for span in page.spans:
        whole = NAME.fullmatch(span)
        names = ([whole[1]] if whole else []) + CALL.findall(span)
        names += [first or second for first, second in ARGUMENT.findall(span)]
        unknown += [name for name in names if name.rpartition(".")[2] not in known]
    return list(dict.fromkeys(unknown))


def public_names(rung: ModuleType) -> set[str]:
    """What `from rung import ...` gives."""
    names = {name for name, value in vars(rung).items() if not inspect.ismodule(value)}
    return {name for name in names if not name.startswith("_")}


def public_words(rung: ModuleType) -> set[str]:
    """The public names, those of their attributes, and those of their arguments."""
    words = public_names(rung)
    columns = rung.Expression.__subclasses__()  # what Post.likes is; it needs no name of its own
    for public in [*(getattr(rung, name) for name in public_names(rung)), *columns]:
        functions = [public]
        if inspect.isclass(public):
            functions = [getattr(public, name, None) for name in dir(public)]
            words |= {name for name in dir(public) if not name.startswith("_")}
            words.update(*(vars(base).get("__annotations__", ()) for base in public.__mro__))
        for code in (each.__code__ for each in functions if hasattr(each, "__code__")):
            words |= set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    return words


def missing_names(rung: ModuleType, pages: list[Page]) -> list[str]:
    """The public names that no page has in its code or in its backticks."""
    texts = [text for page in pages for text in [*page.spans, *(b.text for b in page.blocks)]]
    said = set(WORD.findall("\n".join(texts)))
    return sorted(public_names(rung) - said)
