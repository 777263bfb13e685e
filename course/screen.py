"""What the learner's commands print with: rich, which knows what a terminal can show.

Into a pipe or a file goes plain text.
"""

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

PLAIN_WIDTH = 100  # columns, where there is no terminal to ask
WIDEST = 100  # columns of running text

COLOURS = {
    "passed": "green",
    "failed": "bold red",
    "waits": "yellow",
    "skipped": "yellow",
    "not yet": "dim",
}


class Screen:
    """A terminal, or what stands in for it."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, emoji=False)
        if not self.console.is_terminal:
            self.console = Console(highlight=False, emoji=False, width=PLAIN_WIDTH)

    def line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """Print text as it stands: a line is never broken, so that a caret stays below its byte."""
        block = textwrap.indent(text, " " * indent)
        self.console.print(Text(block, style=style), soft_wrap=True)

    def paragraph(self, text: str, style: str = "", indent: int = 0) -> None:
        """Print running text, broken at the width of the terminal."""
        width = min(self.console.width, WIDEST)
        margin = " " * indent
        broken = textwrap.fill(
            text,
            width,
            initial_indent=margin,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
        self.line(broken, style)

    def code(self, source: str) -> None:
        """Print Python, in colours on a terminal."""
        if self.console.is_terminal:
            theme = "ansi_dark"  # the sixteen colours that people have chosen for their terminal
            syntax = Syntax(source, "python", theme=theme, background_color="default")
            self.console.print(syntax.highlight(source), soft_wrap=True, end="")
        else:
            self.line(source.rstrip())

    def table(self, rows: Sequence[Sequence[str | Text]], right: Sequence[int] = ()) -> None:
        """Print columns without lines between them; `right` numbers those that hold figures."""
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for number in range(len(rows[0])):
            table.add_column(justify="right" if number in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
        self.console.print(table)


def coloured(state: str) -> Text:
    """The word for a state of an exercise, in its colour."""
    return Text(state, style=COLOURS.get(state, ""))
