"""What the course remembers of a learner, in `workspace/.state.json`.

Nothing in it is needed to go on: where the file is lost or damaged, `check` finds out anew what
passes, and only the number of hints taken is forgotten. The learner's code is never in it.
"""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from course import workspace
from course.errors import CourseError
from course.steps import Exercise, Step, all_steps


@dataclass
class Memory:
    """Outcomes are by exercise: what the tests said, and of which code (workspace.digest)."""

    step: str = ""  # the one last started
    hints: dict[str, int] = field(default_factory=dict)  # by exercise: how many were shown
    outcomes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def knows(self, step: Step, exercise: Exercise) -> bool:
        """Whether the tests have judged the solution as it stands now."""
        return self.outcomes.get(exercise.id, ("", ""))[1] == workspace.digest(step)

    def passes(self, step: Step, exercise: Exercise) -> bool:
        """Whether the tests have passed the solution as it stands now."""
        return self.outcomes.get(exercise.id) == ("passed", workspace.digest(step))


def path() -> Path:
    return workspace.WORKSPACE / ".state.json"


def recall() -> Memory:
    """Read what is remembered. A file that makes no sense is kept aside, and this is said."""
    try:
        return _read(json.loads(path().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Memory()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        aside = path().with_name(f".state-damaged-{time.strftime('%Y%m%d-%H%M%S')}.json")
        path().replace(aside)
        print(
            f"{workspace.shown(path())} cannot be read ({error}); it is now {aside.name}.\n"
            "Your code is not touched. What passes is found out by: python3 -m course check\n",
            file=sys.stderr,
        )
        return Memory()


def remember(memory: Memory) -> None:
    """Write it as a whole or not at all."""
    path().parent.mkdir(exist_ok=True)
    fresh = path().with_name(f".state-{os.getpid()}.json")
    fresh.write_text(json.dumps(asdict(memory), indent=1) + "\n", encoding="utf-8")
    fresh.replace(path())


def current_step(memory: Memory) -> Step:
    """The step that the learner is at: the one last started."""
    started = [step for step in all_steps() if workspace.is_started(step)]
    if not started:
        raise CourseError("You have not started a step. Begin with: python3 -m course start 01")
    return next((step for step in started if step.name == memory.step), started[-1])


def _read(table: dict[str, Any]) -> Memory:
    outcomes = {str(key): (str(a), str(b)) for key, (a, b) in table["outcomes"].items()}
    hints = {str(key): int(count) for key, count in table["hints"].items()}
    return Memory(str(table["step"]), hints, outcomes)
