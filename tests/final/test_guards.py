"""Each attack in the tests gets through as soon as its guard is gone; or it would prove nothing."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from course.steps import ROOT
from tests.support.demo import clean_environment, copy_folder
from tests.support.targets import Target

HERE = Path(__file__).parent
GUARDS = tomllib.loads((HERE / "guards.toml").read_text("utf-8"))["guard"]
DEADLINE = 50  # seconds for the attacks on one copy


@pytest.mark.slow
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard["name"].replace(" ", "-"))
def test_attack_gets_through_without_its_guard(
    guard: dict[str, Any], target: Target, tmp_path: Path
) -> None:
    folder = copy_folder(target.folder, tmp_path)
    for edit in guard["edits"]:
        page = folder / edit["file"]
        text = page.read_text("utf-8")
        assert text.count(edit["old"]) == 1, f"{edit['old']!r} does not stand once in {page.name}"
        page.write_text(text.replace(edit["old"], edit["new"]), "utf-8")
    attacks = [str(HERE / attack) for attack in guard["attacks"]]
    options = ["-q", "-rf", "--tb=line", "-p", "no:cacheprovider", "-k", "not mysql"]
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--target", str(folder), *attacks],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE,
        check=False,
    )
    through = set(re.findall(r"^FAILED \S*?(\w+\.py::\w+)", finished.stdout, re.MULTILINE))
    assert through == set(guard["attacks"]), finished.stdout
    assert " error" not in finished.stdout.splitlines()[-1], finished.stdout
