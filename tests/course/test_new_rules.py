"""What a step's test_wire.py says is new with that step: on the step before, every test fails.

And by assertion: a test that fails there because a module is missing would prove nothing.
"""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from course.steps import ROOT, Step, all_steps, predecessor
from tests.support.targets import NOT_SOURCE

LADDER = all_steps()
WITH_RULES = [step for step in LADDER if (ROOT / f"tests/step_{step.name}/test_wire.py").exists()]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("step", WITH_RULES, ids=str)
def test_rules_of_the_wire_do_not_hold_one_step_earlier(step: Step, tmp_path: Path) -> None:
    earlier = predecessor(step, LADDER)
    assert earlier is not None
    folder = tmp_path / step.name  # under this name it passes for the step
    shutil.copytree(earlier.folder, folder, ignore=NOT_SOURCE)
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", f"tests/step_{step.name}/test_wire.py"]
    command += [f"--target={folder}", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert report.exists(), run.stdout + run.stderr
    verdicts = {
        case.get("name"): verdict(case) for case in ElementTree.parse(report).iter("testcase")
    }
    assert verdicts, run.stdout
    wrong = {name: text for name, text in verdicts.items() if not text.startswith("assert")}
    assert not wrong, f"on {earlier.name} these pass, or fail for another reason: {wrong}"


def verdict(case: ElementTree.Element) -> str:
    """What a test failed by: "assert ..." if by assertion; "passed" if it did not."""
    if case.find("error") is not None:
        return "error"
    failure = case.find("failure")
    if failure is None:
        return "passed"
    return failure.get("message", "").replace("AssertionError", "assert", 1)
