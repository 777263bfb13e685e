"""`course status`: where you are, as a table of steps and exercises."""

import argparse

from course import environment, memory, workspace
from course.memory import Memory
from course.steps import Exercise, Step, all_steps


def main(argv: list[str]) -> int:
    """Print the table, and where to go on. Nothing is run: it shows what the last check said."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course status",
        description="Where you are: a table of steps and exercises, as of the last check.",
    )
    parser.parse_args(argv)
    environment.require("runtime", "learner", needed=["rich"])
    from course.screen import Screen, coloured  # they need packages

    known = memory.recall()
    steps = [step for step in all_steps() if step.exercises]
    rows: list[tuple[str, ...]] = [("", "", "", "hints", "minutes")]
    for step in steps:
        rows.append((step.name, step.title, summary(step, known), "", str(step.minutes)))
        if workspace.is_started(step):
            rows += [exercise_row(step, each, known) for each in step.exercises]
    screen = Screen()
    screen.table([(*row[:2], coloured(row[2]), *row[3:]) for row in rows], right=(3, 4))
    screen.line()
    for line in ending(steps, known):
        screen.line(line)
    return 0


def summary(step: Step, known: Memory) -> str:
    """How far a step is."""
    if not workspace.is_started(step):
        return "not started"
    passed = [each for each in step.exercises if state(step, each, known) == "passed"]
    return f"{len(passed)} of {len(step.exercises)} passed"


def exercise_row(step: Step, exercise: Exercise, known: Memory) -> tuple[str, ...]:
    hints = known.hints.get(exercise.id, 0)
    return (
        f"  {exercise.id}",
        exercise.title,
        state(step, exercise, known),
        f"{hints} of {len(exercise.hints)}" if hints else "",
        str(exercise.minutes),
    )


def state(step: Step, exercise: Exercise, known: Memory) -> str:
    """What the last check said of a function that somebody has begun."""
    if not workspace.is_started(step) or workspace.is_unwritten(step, exercise):
        return "not yet"
    said, _code = known.outcomes.get(exercise.id, ("", ""))
    return said if said not in ("", "not yet") else "not checked"


def ending(steps: list[Step], known: Memory) -> list[str]:
    """What the table does not say: what is stale, how much is done, and where to go on."""
    done = [
        exercise
        for step in steps
        for exercise in step.exercises
        if state(step, exercise, known) == "passed"
    ]
    every = [exercise for step in steps for exercise in step.exercises]
    lines = [f"{len(done)} of {len(every)} exercises pass."]
    for step in steps:
        begun = [each for each in step.exercises if not workspace.is_unwritten(step, each)]
        if workspace.is_started(step) and not all(known.knows(step, each) for each in begun):
            number = step.name[:2]
            lines.append(
                f"{step} has changed since it was checked: python3 -m course check {number}"
            )
    return [*lines, go_on(known)]


def go_on(known: Memory, at: Step | None = None) -> str:
    """The exercise to do next, in the step that the learner is at first, or the step to start."""
    steps = [step for step in all_steps() if step.exercises]
    started = [step for step in steps if workspace.is_started(step)]
    if started:
        current = memory.current_step(known)
        fresh = [step for step in steps if step.number > current.number and step not in started]
        for step in (at or current, current):
            if open_one(step, known):
                return open_one(step, known)
        if fresh:
            return f"Next: python3 -m course start {fresh[0].name[:2]}"
    for step in steps:
        if step not in started:
            return f"Next: python3 -m course start {step.name[:2]}"
        if open_one(step, known):
            return open_one(step, known)
    return "You have built the whole of it. What production adds: final/README.md"


def open_one(step: Step, known: Memory) -> str:
    """A step's exercise to do next, one that has failed first; empty where all pass."""
    open_ones = [each for each in step.exercises if state(step, each, known) != "passed"]
    failed = [each for each in open_ones if state(step, each, known) == "failed"]
    for exercise in (*failed, *open_ones):
        path = workspace.shown(workspace.file_of(step, exercise))
        return f"Next: {exercise.id}, {exercise.function} in {path}"
    return ""
