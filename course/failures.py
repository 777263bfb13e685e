"""One failed test in the learner's terms: what was sent, came and was expected, and where.

pytest tells the way to an error through all files. Here are only the words of the error and the
lines of the learner's own code.
"""

import re
import textwrap
from pathlib import Path

from course.steps import ROOT
from course.verdicts import ENDED, Place, Verdict
from course.workspace import shown

NOTHING = re.compile(r"^( *(?:sent|received|expected)) *$")
MOST_LINES = 16  # of an error's words
MOST_LOGGED = 12  # lines of what was printed and logged
LONGEST = 500  # characters of one line
LONGEST_DETAIL = 120  # of one in which pytest says where a value comes from
DETAIL = re.compile(r" *\+ +(?:where|and) ")
TIMEOUT = re.compile(r"Failed: Timeout \(>(\d+)(?:\.\d+)?s\).*", re.DOTALL)
NOT_RAISED = re.compile(r"^Failed: DID NOT RAISE (?:<class ')?(?:\w+\.)*(\w+)(?:'>)?")
PACKAGE = re.compile(r"\b(?:target_\w+|steps\.\w+)\.rung\.")  # what the tests import the copy as
NOISE = re.compile(r"use '?-vv?'? to (?:get|show)|^ +rung=Target\(", re.IGNORECASE)
STACKS = re.compile(r"\++ Timeout \++")  # pytest-timeout's heading over the stacks of all threads
FRAME = re.compile(r' +File "([^"]+)", line \d+')


def told(verdict: Verdict, folder: Path) -> str:
    """The failure as lines of text, the test's name first."""
    lines = [name_in_words(verdict)]
    if verdict.title.lower() not in lines[0]:
        lines.append(f"  {verdict.title}")
    lines += [f"    {line}" for line in cut(words(verdict)).splitlines()]
    lines += [f"  {line}" for line in places(verdict, folder)]
    logged = log(verdict)
    if logged:
        lines += ["  meanwhile, printed or logged:", textwrap.indent(logged, "    ")]
    return "\n".join(lines)


def name_in_words(verdict: Verdict) -> str:
    """The name of a test as a sentence.

    >>> name_in_words(Verdict("test_a.py::test_a_head_ends[body]", "", "", (), "failed", ""))
    'a head ends [body]'
    """
    name, bracket, parameters = verdict.test.rpartition("::")[2].partition("[")
    sentence = name.removeprefix("test_").replace("_", " ")
    return f"{sentence} [{parameters}" if bracket else sentence


def words(verdict: Verdict) -> str:
    """The error itself."""
    message = PACKAGE.sub("rung.", verdict.message or verdict.text)
    if verdict.text == ENDED:
        return "The whole process ended here: by os._exit(), or for a loop that could not be cut."
    late = TIMEOUT.search(message)
    if late:
        return (
            f"No end within {late[1]} s: an endless loop, or waiting for what never comes. "
            "It was cut at the line below."
        )
    message = NOT_RAISED.sub(r"Nothing was raised; \1 was expected.", message)
    lines = [line for line in message.splitlines() if not NOISE.search(line)]
    return re.sub(r"^AssertionError: ", "", "\n".join(lines)).strip()


def cut(text: str) -> str:
    """Lines that are not too long, and not too many of them."""
    lines = [NOTHING.sub(r"\1  (nothing)", line.rstrip()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    more = len(lines) - MOST_LINES
    lines = [
        line
        if len(line) <= (most := LONGEST_DETAIL if DETAIL.match(line) else LONGEST)
        else f"{line[:most]} ..."
        for line in lines
    ]
    return "\n".join([*lines[:MOST_LINES], *([f"... {more} more lines"] * (more > 0))])


def places(verdict: Verdict, folder: Path) -> list[str]:
    """The line of the learner's code that it came from, or is at, and the test."""
    lines = []
    own = [place for place in verdict.places if place.is_inside(folder)]
    if own:
        lines.append(_place(own[-1]))
    lines += [f"still at work: {_place(place)}" for place in verdict.busy[:1]]
    tests = [place for place in verdict.places if place.function.startswith("test_")]
    lines += [f"the test: {_place(place, with_function=False)}" for place in tests[:1]]
    return lines


def _place(place: Place, with_function: bool = True) -> str:
    """A place and the line that stands there."""
    lines = (ROOT / place.file).read_text(encoding="utf-8", errors="replace").splitlines()
    line = lines[place.line - 1].strip() if place.line <= len(lines) else ""
    inside = f", in {place.function}" * with_function
    return f"{shown((ROOT / place.file).resolve())}:{place.line}{inside}: {line}"


def log(verdict: Verdict) -> str:
    """The end of what was printed and logged; of tracebacks, only the lines of the framework."""
    kept, inside = [], True
    text = STACKS.split(verdict.log)[0]  # of a test that was cut, the place says enough
    for line in PACKAGE.sub("rung.", text).splitlines():
        frame = FRAME.match(line)
        if frame:
            inside = f"{ROOT.name}/tests/" not in frame[1] and "/rung/" in frame[1]
        elif not line.startswith("    "):
            inside = True
        if inside and line.strip():
            kept.append(line.replace(f"{ROOT}/", "")[:LONGEST])
    more = len(kept) - MOST_LOGGED
    return "\n".join([*(["..."] * (more > 0)), *kept[-MOST_LOGGED:]])
