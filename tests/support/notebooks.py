"""Notebooks executed, and their printed text compared with what is committed.

To execute notebooks and keep the new outputs: python -m tests.support.notebooks FILE ...
"""

import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from course.steps import ROOT

FOLDER = ROOT / "notebooks"
CELL_DEADLINE = 90  # seconds
PICTURES = ("image/png", "image/svg+xml", "image/jpeg")
UNITS = r"(?:ns|us|µs|μs|ms|s|sec|seconds?|minutes?|%|x|times|MB|kB|KiB|MiB|(?:req(?:uest)?s?)?/s)"
MASKS = [  # what differs from run to run, and what stands for it in a comparison
    (re.compile(r"0x[0-9a-fA-F]{6,}"), "ADDRESS"),
    (re.compile(r"\b(?:127\.0\.0\.1|localhost)[:, ']+\d+"), "HOST:PORT"),
    (re.compile(r"\bport (?:is |= ?)?\d+", re.IGNORECASE), "PORT"),
    (re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"), "DATE"),
    (
        re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?"),
        "DATE",
    ),
    (re.compile(r"\b\d\d:\d\d:\d\d(?:\.\d+)?\b"), "TIME"),
    (re.compile(r"(?<![\w.])\d[\d,_]*(?:\.\d+)?(?:e[+-]?\d+)? ?" + UNITS + r"(?!\w)"), "FIGURE"),
    (re.compile(r"/(?:tmp|var/folders|private)/[^\s'\"<>]+"), "PATH"),
    (re.compile(re.escape(str(ROOT))), "ROOT"),
]


def read(path: Path) -> Any:
    """The notebook as it is committed."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def execute(path: Path) -> Any:
    """A copy of the notebook with the outputs of a fresh run; an error in a cell is raised."""
    notebook = read(path)
    where = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(
        notebook, record_timing=False, timeout=CELL_DEADLINE, kernel_name="python3", resources=where
    )
    client.execute()
    return notebook


def printed(cell: Any) -> list[str]:
    """All text that a cell shows, streams first; what differs from run to run is masked."""
    streams = [output.text for output in cell.get("outputs", ()) if output.output_type == "stream"]
    values = [
        text
        for output in cell.get("outputs", ())
        if output.output_type in ("display_data", "execute_result")
        for text in _texts(output.data)
    ]
    return [mask(text) for text in ["".join(streams), *values]]


def pictures(cell: Any) -> int:
    """How many pictures a cell shows."""
    return sum(_is_picture(output) for output in cell.get("outputs", ()))


def mask(text: str) -> str:
    """The text with ports, addresses, dates, measured figures and temporary paths taken out.

    >>> mask("<Post at 0x7f3aa2c1d0>, port 40123, 1,024.5 ms, 3 clients")
    '<Post at ADDRESS>, PORT, FIGURE, 3 clients'
    """
    for pattern, word in MASKS:
        text = pattern.sub(word, text)
    return re.sub(r"[ \t]+", " ", text).strip()  # columns move when a figure grows


def _texts(data: Any) -> list[str]:
    if any(kind in data for kind in PICTURES):
        return []  # its text is "<Figure size ...>"
    return [data[kind] for kind in ("text/html", "text/markdown", "text/plain") if kind in data]


def _is_picture(output: Any) -> bool:
    data = output.get("data", {})
    return any(kind in data for kind in PICTURES) or "<svg" in data.get("text/html", "")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        nbformat.write(execute(Path(name)), name)  # type: ignore[no-untyped-call]
        print(f"executed {name}")
