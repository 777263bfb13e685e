"""The pages of the user's guide: their code blocks, and a project in an empty folder made of them.

A block whose first line is a comment with a file name is that file: `# server.py` in Python,
`{# templates/index.html #}` in HTML. The blocks `pycon` are a doctest, all of a page together. In
the blocks `console`, what begins with a $ is a command, and what follows is what it prints.
"""

import doctest
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.commands import plain_environment, started, wait_for
from tests.support.targets import NOT_SOURCE

DEADLINE = 40  # seconds for all examples of a page, or for one command
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"\A(?:# (\w+\.py)|\{# ([\w/]+\.html) #\})\n")
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
URL = re.compile(r"^.*http://127\.0\.0\.1:(\d+).*\n", re.MULTILINE)
PORT = "8000"  # where the pages say that everything is served
FLAGS = doctest.ELLIPSIS

# Run by a Python of its own in the project's folder, with the page's examples on its input.
EXAMPLES = f"""
import doctest, sys
test = doctest.DocTestParser().get_doctest(
    sys.stdin.read(), {{"__name__": "__main__"}}, sys.argv[1], sys.argv[1], 0
)
runner = doctest.DocTestRunner(optionflags={FLAGS})
runner.run(test)
print(runner.tries, "examples")
sys.exit(min(runner.failures, 100))
"""


@dataclass
class Block:
    """A fenced block of a page."""

    language: str
    text: str
    line: int  # of the page, where the text begins


@dataclass
class Page:
    """One page of the guide."""

    path: Path
    text: str = field(init=False)
    blocks: list[Block] = field(init=False)

    def __post_init__(self) -> None:
        self.text = self.path.read_text(encoding="utf-8")
        self.blocks = [
            Block(match[1], match[2], self.text[: match.start(2)].count("\n") + 1)
            for match in FENCE.finditer(self.text)
        ]

    @property
    def prose(self) -> str:
        return FENCE.sub("", self.text)

    @property
    def spans(self) -> list[str]:
        """What stands in `backticks`."""
        return SPAN.findall(self.prose)

    def code(self, language: str) -> list[Block]:
        return [block for block in self.blocks if block.language == language]

    def files(self) -> dict[str, str]:
        """The files that the page shows: name and content."""
        named = [(FILE.match(block.text), block.text) for block in self.blocks]
        return {match[1] or match[2]: text for match, text in named if match}

    def examples(self) -> str:
        """The blocks `pycon`, each line in its place: all other lines are empty."""
        lines = [""] * (self.text.count("\n") + 2)
        for block in self.code("pycon"):
            shown = block.text.splitlines()
            lines[block.line - 1 : block.line - 1 + len(shown)] = shown
        return "\n".join(lines)

    def commands(self) -> list[tuple[str, str]]:
        """The commands of the blocks `console`, and what each prints."""
        return [pair for block in self.code("console") for pair in COMMAND.findall(block.text)]

    def make_project(self, rung: Path, folder: Path) -> Path:
        """Put the page's files into a folder, with the framework beside them."""
        folder.mkdir()
        shutil.copytree(rung, folder / "rung", ignore=NOT_SOURCE)
        for name, text in self.files().items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return folder


def run_examples(
    page: Page, folder: Path, database_url: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run the doctest of a page in a project; its status is the number of failures.

    With a URL, on that database, in the place of the SQLite file of the examples.
    """
    text = page.examples()
    if database_url:
        text = re.sub(r'connect\("sqlite:///\w+\.sqlite3"\)', f'connect("{database_url}")', text)
    return run([sys.executable, "-c", EXAMPLES, page.path.name], folder, text)


def run(
    command: list[str], folder: Path, text: str = "", **variables: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        cwd=folder,
        env=plain_environment() | {"PYTHONPATH": "."} | variables,
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=DEADLINE,
        check=False,
    )


def differing_commands(page: Page, folder: Path, not_run: Collection[str] = ()) -> list[str]:
    """Run a page's commands one after another; say which of them print something else.

    A server stays there until the next one is started. It and `curl` get a free port in the place
    of 8000.
    """
    problems = []
    with ExitStack() as server:
        port = ""
        for command, expected in page.commands():
            variables, words = split(command)
            if words[0] in not_run:
                continue
            if URL.search(expected):
                server.close()
                printed, port = server.enter_context(serving(words, folder, variables))
                printed = printed.replace(port, PORT)
            else:
                words = [word.replace(f":{PORT}", f":{port}") for word in words]
                printed = run(program(words), folder, **variables).stdout
                printed = printed + "\n" if printed[-1:] not in ("", "\n") else printed
            if not doctest.OutputChecker().check_output(expected, printed, FLAGS):
                problems.append(f"$ {command}\nexpected:\n{expected}\ngot:\n{printed}")
    return problems


@contextmanager
def serving(words: list[str], folder: Path, variables: dict[str, str]) -> Iterator[tuple[str, str]]:
    """A server that a page starts: the line in which it says where it is, and its port."""
    log = folder / "server.log"
    free = [word.replace(PORT, "0") for word in words]
    command = program(free if free != words else [*words, "--port", "0"])
    with started(command, folder, log, PYTHONPATH=".", **variables):
        printed = URL.search(wait_for(log, "http://"))
        assert printed, log.read_text()
        yield printed[0], printed[1]


def split(command: str) -> tuple[dict[str, str], list[str]]:
    """Return the variables before a command, and its words.

    >>> split("BLOG_PORT=80 python 'my server.py'")
    ({'BLOG_PORT': '80'}, ['python', 'my server.py'])
    """
    words = shlex.split(command)
    variables = {}
    while re.match(r"[A-Z_]+=", words[0]):
        name, _, variables[name] = words.pop(0).partition("=")
    return variables, words


def program(words: list[str]) -> list[str]:
    """A command as it is run here: by the Python of the tests, and curl without its progress."""
    modules = {"gunicorn": "gunicorn", "waitress-serve": "waitress"}
    if words[0] in modules:
        return [sys.executable, "-m", modules[words[0]], *words[1:]]
    if words[0] == "curl":
        return ["curl", "--silent", "--max-time", "20", *words[1:]]
    return [sys.executable, *words[1:]] if words[0] == "python" else words
