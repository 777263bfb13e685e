"""`course lint`: style, format and types of all our code. For those who work on the course.

Each step is checked for types by itself, from inside its folder: every step has a package `rung` of
its own, and mypy knows one package of a name at a time.
"""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from course import environment
from course.steps import ROOT, all_steps


@dataclass(frozen=True)
class Check:
    """A tool to run: what it looks at, its command line, and the folder to start it in."""

    name: str
    command: list[str]
    folder: Path = ROOT


def main(argv: list[str]) -> int:
    """Run every check, show what the failing ones say, and return 1 if there are any."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course lint", description="Check style, format and types."
    )
    parser.add_argument("--fix", action="store_true", help="mend style and format where ruff can")
    arguments = parser.parse_args(argv)
    environment.require("runtime", "learner", "development")
    results = [run(check) for check in style_checks(arguments.fix)]  # both write the same files
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results += pool.map(run, type_checks())
    failed, count = results.count(False), len(results)
    print(f"{failed} of {count} checks failed" if failed else f"{count} checks passed")
    return 1 if failed else 0


def style_checks(fix: bool) -> list[Check]:
    """The linter and the formatter over everything."""
    ruff = [sys.executable, "-m", "ruff"]
    style, layout = (["--fix"], []) if fix else ([], ["--check"])
    return [
        Check("style", [*ruff, "check", "--output-format=concise", *style, "."]),
        Check("format", [*ruff, "format", *layout, "."]),
    ]


def type_checks() -> list[Check]:
    """The type checker over `course`, `benchmarks` and each step, with a cache for each."""
    mypy = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    cache = ROOT / ".mypy_cache"
    checks = [
        Check(f"types of {name}", [*mypy, "--cache-dir", str(cache / name), name])
        for name in ("course", "benchmarks")
    ]
    for step in all_steps():
        command = [*mypy, "--cache-dir", str(cache / step.name), "."]
        checks.append(Check(f"types of {step.name}", command, step.folder))
    return checks


def run(check: Check) -> bool:
    """Run one check, print one line if it passed and all that it says if not."""
    result = subprocess.run(
        check.command, cwd=check.folder, capture_output=True, text=True, check=False
    )
    if result.returncode == 0:
        print(f"ok      {check.name}", flush=True)
        return True
    said = (result.stdout + result.stderr).strip()
    print(f"FAILED  {check.name}\n{said}\n", flush=True)
    return False
