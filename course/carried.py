"""The learner's solutions of earlier steps, put into a new copy: what grows is their framework.

A file that stands in the new step as it stood in the earlier one comes as a whole, the learner's
other code with it. Of a file that a step between them has changed, those functions come that it has
left alone. All of it is tried in its new place. What does not pass there stays behind, and the
reference stands in for it.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from course.exercises import function_text, is_same_function, replace_function
from course.solutions import Solution, misfits, passed_solutions, text_in
from course.steps import Step, all_steps
from course.workspace import copy_of, is_started, read_source, shown


@dataclass
class Carried:
    """What was done, in the words of the report."""

    files: dict[str, str] = field(default_factory=dict)  # by file of rung/: what came into it
    left: dict[str, str] = field(default_factory=dict)  # by Solution.name: why it stayed behind


def carry_into(folder: Path, step: Step) -> Carried:
    """Put the learner's solutions into a complete copy of a step's reference."""
    carried = Carried()
    passed, failed = passed_solutions(step)
    carried.left |= dict.fromkeys(failed, "yours does not pass yet")
    fitting = [each for each in passed if _fits(each, step, carried)]
    names = {each.file for each in fitting}  # and of them, those to take as a whole:
    whole = {name for name in names if _origin(step.folder / "rung" / name, step)}
    own = _own_modules(step) if fitting else {}
    for name, path in own.items():
        shutil.copy(path, folder / "rung" / name)
    if fitting:
        print(f"Trying your solutions in {step} ...", flush=True)
    while fitting:
        carried.files = _write(folder, step, fitting, whole)
        wrong = misfits(folder, fitting)
        if not wrong:
            carried.files |= {name: f"all of your {shown(path)}" for name, path in own.items()}
            return carried
        if whole.isdisjoint(each.file for each in wrong):
            reason = f"yours fails its tests among the other code of {step}"
            carried.left |= dict.fromkeys((each.name for each in wrong), reason)
            fitting = [each for each in fitting if each not in wrong]
        # The fault may be in the other code of those files: next, their functions alone.
        whole -= {each.file for each in wrong}
    carried.files = _write(folder, step, [], set())
    for name in own:
        (folder / "rung" / name).unlink()
    return carried


def _fits(solution: Solution, step: Step, carried: Carried) -> bool:
    """Whether the function is in the new step what it was; if not, the report says so."""
    function = solution.exercise.function
    old = read_source(solution.step.folder / "rung" / solution.file)
    path = step.folder / "rung" / solution.file
    new = read_source(path) if path.exists() else ""
    if is_same_function(old, new, function):
        return True
    there = text_in(step.folder, solution.file, function)
    since = "a step since then has changed it" if there else "the framework has it no more"
    carried.left[solution.name] = since
    return False


def _write(folder: Path, step: Step, solutions: list[Solution], whole: set[str]) -> dict[str, str]:
    """Write all files of rung/, the solutions in them; by file, what came into it."""
    came = {}
    for reference in sorted((step.folder / "rung").glob("*.py")):
        here = [each for each in solutions if each.file == reference.name]
        names = ", ".join(each.exercise.id for each in here)
        origin = _origin(reference, step) if here and reference.name in whole else None
        if origin is not None:
            source = _without_open_ones(read_source(origin), reference)
            came[reference.name] = f"all of your {shown(origin)} ({names})"
        else:
            source = read_source(reference)
            if here:
                came[reference.name] = f"your solutions of {names}; the rest is the reference"
        for each in here:
            source = replace_function(source, each.exercise.function, each.text)
        (folder / "rung" / reference.name).write_text(source, encoding="utf-8")
    return came


def _own_modules(before: Step) -> dict[str, Path]:
    """The modules that the learner has added to earlier copies, the newest of each name."""
    earlier = [each for each in all_steps() if each.number < before.number and is_started(each)]
    return {
        path.name: path
        for step in earlier
        for path in sorted((copy_of(step) / "rung").glob("*.py"))
        if not any((each.folder / "rung" / path.name).exists() for each in (step, before))
    }


def _origin(reference: Path, before: Step) -> Path | None:
    """The learner's newest file with code of their own for a reference that is what it was then."""
    name = reference.name
    for step in reversed([each for each in all_steps() if each.number < before.number]):
        theirs = step.folder / "rung" / name
        if is_started(step) and theirs.exists() and read_source(theirs) == read_source(reference):
            copy = copy_of(step)
            whole = all(text_in(copy, name, function) for function in _functions(reference))
            if whole and read_source(copy / "rung" / name) != read_source(reference):
                return copy / "rung" / name
    return None


def _without_open_ones(source: str, reference: Path) -> str:
    """The learner's file with all functions of exercises as in the reference."""
    model = read_source(reference)
    for function in _functions(reference):
        source = replace_function(source, function, function_text(model, function))
    return source


def _functions(reference: Path) -> list[str]:
    """The functions of a file that an exercise of any step is about."""
    return [
        exercise.function
        for step in all_steps()
        for exercise in step.exercises
        if f"{exercise.module}.py" == reference.name
        and text_in(reference.parent.parent, reference.name, exercise.function)
    ]
