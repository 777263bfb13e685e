"""What a step may change: only what its step.toml declares."""

from itertools import zip_longest
from pathlib import Path

from course.steps import Step


def undeclared(old: Step | None, new: Step) -> list[str]:
    """How `new`'s rung/ and what it declares against `old`'s disagree; empty if they do not."""
    before = files(old.folder / "rung") if old else {}
    after = files(new.folder / "rung")
    problems = []
    for name in sorted({*before, *after, *new.adds, *new.changes, *new.removes}):
        if before.get(name) == after.get(name) and name in before:
            truth = "same"
        elif name not in before:
            truth = "adds" if name in after else "nowhere"
        else:
            truth = "changes" if name in after else "removes"
        lists = {"adds": new.adds, "changes": new.changes, "removes": new.removes}
        declared = [key for key, names in lists.items() if name in names]
        if declared != [truth] and (declared or truth != "same"):
            problems.append(_complaint(name, declared, truth, before, after))
    return problems


def files(folder: Path) -> dict[str, bytes]:
    """Every file under rung/ by its name there; caches are none of ours."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in paths
        if "__pycache__" not in path.parts
    }


def _complaint(
    name: str, declared: list[str], truth: str, before: dict[str, bytes], after: dict[str, bytes]
) -> str:
    said = f"declared in `{'` and `'.join(declared)}`" if declared else "declared nowhere"
    facts = {
        "same": "is the same file as before",
        "adds": "is new",
        "removes": "is gone",
        "nowhere": "is in neither step",
    }
    fact = facts.get(truth) or f"differs {_first_difference(before[name], after[name])}"
    return f"rung/{name}: {said}, but it {fact}"


def _first_difference(old: bytes, new: bytes) -> str:
    pairs = zip_longest(old.splitlines(), new.splitlines())
    for number, (before, after) in enumerate(pairs, start=1):
        if before != after:
            return f"from line {number} on: {before!r} became {after!r}"
    return "in its line ends"
