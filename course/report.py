"""What `check` shows: a table of the exercises, then each failure, then where to go on."""

import contextlib
from collections.abc import Iterator, Sequence

from course import memory, workspace
from course.check import Checked
from course.failures import told
from course.outcomes import Outcome, not_written
from course.screen import Screen, coloured
from course.status import go_on
from course.steps import Step
from course.verdicts import Progress, Verdict

MOST_FAILURES = 2  # of the first exercise that fails, where not one alone was asked for
MOST_IN_FULL = 6  # where it was
MOST_ADVICE = 2  # wrong answers that look alike


@contextlib.contextmanager
def progress(step: Step) -> Iterator[Progress]:
    """A line that lives as long as the tests run, on a terminal alone."""
    console = Screen().console
    with console.status(f"Running the tests of {step} ...", spinner="line") as status:

        def show(done: int, total: int) -> None:
            counted = f" {done} of {total}" if total else ""
            status.update(f"Running the tests of {step} ...{counted}")

        yield show


def show(checked: Checked, in_full: bool) -> None:
    """Print what came out of a check.

    Args:
        in_full: with more of an exercise's failures.
    """
    screen = Screen()
    step = checked.step
    screen.line(f"{step}: {step.title} ({workspace.shown(workspace.copy_of(step))})", "bold")
    screen.line()
    rows = [(o.exercise.id, o.exercise.title, coloured(o.state), o.note) for o in checked.outcomes]
    screen.table(rows)
    most = MOST_IN_FULL if in_full else MOST_FAILURES
    for outcome in checked.outcomes:
        if outcome.failures:
            show_failures(screen, step, outcome, most)
            most = 1  # of the exercises behind: they may fail because of this one
    show_others(screen, step, checked.others)
    screen.line()
    show_end(screen, checked)


def show_failures(screen: Screen, step: Step, outcome: Outcome, most: int) -> None:
    """An exercise's failures, those at most, and what they look like."""
    exercise = outcome.exercise
    screen.line()
    path = workspace.shown(workspace.file_of(step, exercise))
    screen.line(f"{exercise.id} {exercise.function} in {path}", "bold red")
    for verdict in varied(outcome.failures)[:most]:
        screen.line()
        screen.line(told(verdict, workspace.copy_of(step)), indent=2)
    more = len(outcome.failures) - most
    if more > 0:
        all_of_it = "" if most == MOST_IN_FULL else f": python3 -m course check {exercise.id}"
        screen.line(f"\n  and {more} more{all_of_it}", "dim")
    screen.line()
    for chaff in outcome.advice[:MOST_ADVICE]:
        perhaps = "Perhaps: " if outcome.is_guess or len(outcome.advice) > 1 else ""
        screen.paragraph(perhaps + chaff.advice, "cyan", indent=2)
    screen.line(f"A hint: python3 -m course hint {exercise.id}", "dim", indent=2)


def varied(failures: Sequence[Verdict]) -> list[Verdict]:
    """One of each test first, then those with other parameters."""
    seen: set[str] = set()
    firsts = []
    for each in failures:
        name = each.test.partition("[")[0]
        if name not in seen:
            seen.add(name)
            firsts.append(each)
    return [*firsts, *(each for each in failures if each not in firsts)]


def show_others(screen: Screen, step: Step, failed: list[Verdict]) -> None:
    """With --all: the failures of tests that judge no exercise."""
    waiting = [each for each in failed if not_written(each)]
    real = [each for each in failed if each not in waiting]
    if failed:
        screen.line(f"\nOther tests of {step}: {len(failed)} failed", "bold red")
    if waiting:
        screen.line(f"{len(waiting)} need exercises that are not written yet", indent=2)
    for verdict in varied(real)[:MOST_IN_FULL]:
        screen.line("\n" + told(verdict, workspace.copy_of(step)), indent=2)
    if len(real) > MOST_IN_FULL:
        screen.line(f"\n  and {len(real) - MOST_IN_FULL} more", "dim")


def show_end(screen: Screen, checked: Checked) -> None:
    """How many pass, what is new, and what comes next."""
    outcomes = checked.outcomes
    passed = [each for each in outcomes if each.state == "passed"]
    alone = outcomes[0].exercise.id if len(outcomes) == 1 else ""
    if alone and passed:
        screen.line(f"{alone} passes.", "green")
    elif not alone:
        whole = len(passed) == len(outcomes)
        count = f"All {len(passed)}" if whole else f"{len(passed)} of {len(outcomes)}"
        screen.line(f"{count} exercises of {checked.step} pass.", "green" if whole else "")
    fresh = [each.exercise.id for each in passed if each.exercise.id in checked.fresh]
    if fresh:
        beside = f"python3 -m course solution {fresh[0]}"
        screen.line(f"New: {', '.join(fresh)}. The reference beside yours: {beside}")
    if not alone or passed:
        screen.line(go_on(memory.recall(), checked.step))
