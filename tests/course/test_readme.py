"""What the README files say exists: links, paths, commands and step names."""

import re
import shlex
from pathlib import Path

import pytest

from course.cli import COMMANDS, MAINTENANCE
from course.steps import ROOT, all_steps, find_step

READMES = [ROOT / "README.md", *(step.folder / "README.md" for step in all_steps())]
GUIDE = sorted((ROOT / "final" / "docs").glob("*.md"))
DEPLOY = ROOT / "deploy" / "README.md"
EACH = pytest.mark.parametrize(
    "path", [*READMES, *GUIDE, DEPLOY], ids=lambda path: str(path.relative_to(ROOT))
)
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)>\s]+)>?(?: \"[^\"]*\")?\)")
HTML_LINK = re.compile(r"(?:src|href)=\"([^\"]+)\"")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
ROOT_PATH = re.compile(r"(?:steps|final|course|tests|notebooks|benchmarks|\.ci)/[\w./-]*")
COURSE = re.compile(r"python3? -m course\b([^\n`|;&#]*)")


def read(path: Path) -> str:
    assert path.exists(), f"{path.relative_to(ROOT)} is missing"
    return path.read_text(encoding="utf-8")


def prose(text: str) -> str:
    """The text without its fenced blocks: a block may show what does not exist yet."""
    return FENCE.sub("", text)


@EACH
def test_links_lead_somewhere(path: Path) -> None:
    text = prose(read(path))
    links = [*LINK.findall(text), *HTML_LINK.findall(text)]
    broken = []
    for link in links:
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue  # the web: not ours to check
        place = path.parent / target if target else path
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(link)
    assert not broken


@EACH
def test_paths_in_code_spans_exist(path: Path) -> None:
    spans = [span for span in CODE.findall(prose(read(path))) if "NN" not in span]
    named = [span.rstrip("/") for span in spans if ROOT_PATH.fullmatch(span)]
    assert not [
        name for name in named if not ((ROOT / name).exists() or (path.parent / name).exists())
    ]


@EACH
def test_commands_exist(path: Path) -> None:
    commands = {**COMMANDS, **MAINTENANCE}
    for arguments in COURSE.findall(read(path)):
        words = [word for word in shlex.split(arguments) if word != "..."]
        if not words:
            continue
        name, *rest = words
        assert name in commands, f"python3 -m course {name}"
        if name in ("run", "diff", "start"):
            for word in rest:
                if re.fullmatch(r"\d\d?|\d\d_\w+|[a-z]+", word):
                    find_step(word)  # raises, with the names there are


def test_front_page_shows_the_two_commands_and_every_step() -> None:
    text = read(ROOT / "README.md")
    assert "python3 -m course run" in text
    assert "python3 -m course test" in text
    for step in all_steps():
        assert step.name in text
    assert re.search(r"!\[[^\]]+\]\([^)]+\.(?:png|jpg|webp)\)", text), "no screenshot"


def anchors(path: Path) -> set[str]:
    """The names by which a page's headings can be linked to, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", read(path), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}
