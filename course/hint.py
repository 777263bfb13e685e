"""`course hint EXERCISE`: one hint, and one more each time."""

import argparse
import textwrap

from course import memory
from course.steps import Exercise, find_exercise

WIDTH = 100  # columns


def main(argv: list[str]) -> int:
    """Print the next hint, or all of them, and remember how many were shown."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course hint",
        description="A hint for an exercise. Asked again, it gives the next one.",
    )
    parser.add_argument("exercise", help="such as 4.2")
    parser.add_argument("--all", action="store_true", help="all hints at once")
    arguments = parser.parse_args(argv)
    _step, exercise = find_exercise(arguments.exercise)
    known = memory.recall()
    count = len(exercise.hints)
    taken = known.hints.get(exercise.id, 0)
    first, last = (1, count) if arguments.all else (min(taken + 1, count),) * 2
    print(f"{exercise.id} {exercise.function}: {exercise.title}\n")
    for number in range(first, last + 1):
        print_hint(exercise, number)
    if taken == count and not arguments.all:
        print(f"That was the last one. All of them: python3 -m course hint {exercise.id} --all")
        print(f"The reference: python3 -m course solution {exercise.id} --insist")
    known.hints[exercise.id] = max(taken, last)
    memory.remember(known)
    return 0


def print_hint(exercise: Exercise, number: int) -> None:
    """Print one hint of an exercise; they are counted from 1."""
    head = f"Hint {number} of {len(exercise.hints)}: "
    text = exercise.hints[number - 1]
    print(textwrap.fill(head + text, WIDTH, break_long_words=False, break_on_hyphens=False) + "\n")
