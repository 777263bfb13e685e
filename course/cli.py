"""The table of subcommands, and the one place where an error becomes a sentence.

A subcommand is a module with `main(argv) -> exit status`. To add one, write the module and its
line in the table.
"""

import importlib
import os
import sys

from course.errors import CourseError

COMMANDS = {  # the subcommand, its module in this package, what it does
    "run": ("run", "start the finished application, the demo of a step, or your own copy of it"),
    "start": ("start", "put a copy of a step into workspace/, its exercises taken out"),
    "check": ("check", "run a step's tests on your copy, and say what passed and what did not"),
    "watch": ("watch", "check at every save"),
    "hint": ("hint", "a hint for an exercise, and the next time another one"),
    "solution": ("solution", "the reference beside yours, once you pass"),
    "reset": ("reset", "put your function back to its start; the old one is kept aside"),
    "status": ("status", "where you are: a table of steps and exercises"),
    "diff": ("diff", "show what one step changes from another, file by file"),
    "notebook": ("notebook", "open the notebooks in JupyterLab"),
    "test": ("suite", "run the project's own tests (--all: slow ones, too)"),
    "doctor": ("doctor", "say what is wrong with this machine, and the command that mends it"),
}
MAINTENANCE = {  # the same for those who work on the course itself
    "lint": ("lint", "check style, format and types"),
    "bench": ("bench", "measure beside peers, on a machine that does nothing else"),
    "chaffs": ("chaff_command", "try the wrong answers, and write down which tests catch them"),
    "carry": ("carry", "carry a mended file of one step forward into the later ones"),
}


def main(argv: list[str]) -> int:
    """Run a subcommand and return its exit status: 2 for a wrong call, 1 for what went wrong."""
    try:
        status = run(argv)
        sys.stdout.flush()
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for Python's last flush
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130  # what a shell reports for a command that Ctrl-C has ended
    return status


def run(argv: list[str]) -> int:
    """Hand over to the subcommand's module."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    name, *arguments = argv
    if name not in COMMANDS | MAINTENANCE:
        print(f"There is no command {name!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    module, _ = (COMMANDS | MAINTENANCE)[name]
    status: int = importlib.import_module(f"course.{module}").main(arguments)
    return status


def usage() -> str:
    """The table of subcommands as text."""
    lines = ["Usage: python3 -m course COMMAND [ARGUMENTS]   (COMMAND --help says more)", ""]
    lines += [f"  {name:9}{summary}" for name, (_, summary) in COMMANDS.items()]
    lines += ["", "For those who work on the course itself:"]
    lines += [f"  {name:9}{summary}" for name, (_, summary) in MAINTENANCE.items()]
    return "\n".join(lines)
