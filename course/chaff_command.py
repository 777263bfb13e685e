"""`course chaffs [STEP ...]`: try the wrong answers, and write down which tests each one fails.

For those who work on the course, after a change of the tests. (CI tries one test for each chaff.)
"""

import argparse
import json

from course import environment
from course.chaffs import FINGERPRINTS, Fingerprints, read_chaffs, read_fingerprints
from course.steps import Step, all_steps, find_step
from course.suite import parallel
from course.verdicts import run_tests


def main(argv: list[str]) -> int:
    """Write the fingerprints of the steps' chaffs; return 1 if a chaff passes all its tests."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course chaffs", description="Write down which tests each chaff fails."
    )
    parser.add_argument("step", nargs="*", help="such as 03; all steps by default")
    wanted = [find_step(name) for name in parser.parse_args(argv).step]
    environment.require("runtime", "test")
    known, uncaught = read_fingerprints(), 0
    for step in wanted or [step for step in all_steps() if step.exercises]:
        found = fingerprints(step)
        for exercise in step.exercises:
            for chaff in read_chaffs(exercise):
                count = len(found.get(exercise.id, {}).get(chaff.name, ()))
                uncaught += not count
                print(f"{exercise.id} {chaff.name:40} {count or 'NOT CAUGHT'}")
        known |= found
    ordered = dict(sorted(known.items(), key=lambda item: [int(n) for n in item[0].split(".")]))
    FINGERPRINTS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    return 1 if uncaught else 0


def fingerprints(step: Step) -> Fingerprints:
    """Run the tests of a step's exercises against its chaffs; the failing tests of each."""
    verdicts = run_tests(
        [f"tests/step_{step.name}", "--target=chaffs", "-p", "xdist.plugin", *parallel([])]
    )
    failed: Fingerprints = {
        exercise.id: {chaff.name: [] for chaff in read_chaffs(exercise)}
        for exercise in step.exercises
    }
    for verdict in verdicts:
        _chaff, exercise, name = verdict.target.split("-", 2)
        if verdict.outcome == "failed":
            failed[exercise][name] = sorted({*failed[exercise][name], verdict.test})
    return failed
