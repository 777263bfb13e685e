"""`course carry`: a mended file goes forward through the ladder, and no other file is touched."""

import subprocess
from pathlib import Path

import pytest

from course.carry import Past, carry
from course.errors import CourseError
from course.steps import all_steps

BODY = "".join(f"line {number}\n" for number in range(1, 21))


class Ladder:
    """A git repository of three steps: 02 changes app.py at its end, 03 and final/ add nothing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("steps/01_a/rung/app.py", BODY)
        self.write("steps/01_a/rung/core.py", BODY)
        self.write("steps/01_a/rung/old.py", BODY)
        self.write("steps/02_b/rung/app.py", BODY + "of step 02\n")
        self.write("steps/02_b/rung/core.py", BODY)
        self.write("final/rung/app.py", BODY + "of step 02\n")
        self.write("final/rung/core.py", BODY)
        self.write("steps/01_a/step.toml", 'title = "A"\nadds = ["app.py", "core.py", "old.py"]')
        self.write("steps/02_b/step.toml", 'title = "B"\nchanges=["app.py"]\nremoves=["old.py"]')
        self.write("final/step.toml", 'title = "F"\n')
        self.git("init", "--quiet")
        self.commit()

    def write(self, name: str, content: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def read(self, name: str) -> str:
        return (self.root / name).read_text()

    def git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        command = ["git", "-C", str(self.root), *identity, *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "--quiet", "-m", "x")

    def carry(self, since: str = "HEAD") -> int:
        return carry(all_steps(self.root), Past(self.root, since))


@pytest.fixture
def ladder(tmp_path: Path) -> Ladder:
    return Ladder(tmp_path)


def test_nothing_changed_is_nothing_to_carry(
    ladder: Ladder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ladder.carry() == 0
    assert capsys.readouterr().out == "Nothing to carry.\n"


def test_identical_file_is_copied_up_to_final(
    ladder: Ladder, capsys: pytest.CaptureFixture[str]
) -> None:
    mended = BODY.replace("line 3\n", "line three\n")
    ladder.write("steps/01_a/rung/core.py", mended)
    assert ladder.carry() == 0
    assert ladder.read("steps/02_b/rung/core.py") == mended
    assert ladder.read("final/rung/core.py") == mended
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["01_a", "->", "02_b"],
        ["rung/core.py", "copied"],
        ["02_b", "->", "final"],
        ["rung/core.py", "copied"],
        ["2", "files", "carried."],
    ]


def test_declared_change_is_merged_and_the_merged_file_goes_on(ladder: Ladder) -> None:
    ladder.write("steps/01_a/rung/app.py", BODY.replace("line 3\n", "line three\n"))
    assert ladder.carry() == 0
    expected = BODY.replace("line 3\n", "line three\n") + "of step 02\n"
    assert ladder.read("steps/02_b/rung/app.py") == expected
    assert ladder.read("final/rung/app.py") == expected


def test_carrying_twice_changes_nothing_more(
    ladder: Ladder, capsys: pytest.CaptureFixture[str]
) -> None:
    # The mended line touches the line that step 02 added: merged once, but not mergeable again.
    ladder.write("steps/01_a/rung/app.py", "line 0\n" + BODY)
    ladder.write("steps/01_a/rung/core.py", "line 0\n" + BODY)
    assert ladder.carry() == 0
    once = ladder.read("steps/02_b/rung/app.py"), ladder.read("final/rung/core.py")
    capsys.readouterr()
    assert ladder.carry() == 0
    assert (ladder.read("steps/02_b/rung/app.py"), ladder.read("final/rung/core.py")) == once
    assert capsys.readouterr().out.endswith("Nothing to carry.\n")


def test_conflict_stops_with_marks_and_names(
    ladder: Ladder, capsys: pytest.CaptureFixture[str]
) -> None:
    ladder.write("steps/01_a/rung/app.py", BODY + "mended end\n")
    assert ladder.carry() == 1
    assert ladder.read("steps/02_b/rung/app.py") == (
        BODY + "<<<<<<< 02_b\nof step 02\n=======\nmended end\n>>>>>>> mended\n"
    )
    assert ladder.read("final/rung/app.py") == BODY + "of step 02\n"
    printed = capsys.readouterr().out
    assert f"conflict   {ladder.root / 'steps/02_b/rung/app.py'}" in printed
    assert printed.endswith("Stopped. Mend 02_b, then: python3 -m course carry 02_b\n")

    resolved = BODY + "mended end\nof step 02\n"
    ladder.write("steps/02_b/rung/app.py", resolved)
    rest = all_steps(ladder.root)[1:]
    assert carry(rest, Past(ladder.root, "HEAD")) == 0
    assert ladder.read("final/rung/app.py") == resolved


def test_new_file_is_copied_and_removed_one_is_deleted(ladder: Ladder) -> None:
    ladder.write("steps/01_a/rung/fresh.py", "fresh\n")
    (ladder.root / "steps/01_a/rung/core.py").unlink()
    assert ladder.carry() == 0
    assert ladder.read("final/rung/fresh.py") == "fresh\n"
    assert not (ladder.root / "steps/02_b/rung/core.py").exists()
    assert not (ladder.root / "final/rung/core.py").exists()


def test_file_that_the_next_step_removes_is_not_carried(ladder: Ladder) -> None:
    ladder.write("steps/01_a/rung/old.py", "mended\n")
    assert ladder.carry() == 0
    assert not (ladder.root / "steps/02_b/rung/old.py").exists()


def test_undeclared_difference_stops_and_is_left_alone(
    ladder: Ladder, capsys: pytest.CaptureFixture[str]
) -> None:
    ladder.write("steps/02_b/rung/core.py", "its own\n")
    ladder.write("steps/01_a/rung/core.py", "mended\n")
    assert ladder.carry() == 1
    assert ladder.read("steps/02_b/rung/core.py") == "its own\n"
    assert "02_b does not declare it in `changes`" in capsys.readouterr().out


def test_file_that_the_next_step_adds_itself_stops(
    ladder: Ladder, capsys: pytest.CaptureFixture[str]
) -> None:
    ladder.write("steps/02_b/rung/fresh.py", "its own\n")
    ladder.write("steps/02_b/step.toml", 'title = "B"\nadds = ["fresh.py"]\nchanges = ["app.py"]')
    ladder.write("steps/01_a/rung/fresh.py", "fresh\n")
    assert ladder.carry() == 1
    assert ladder.read("steps/02_b/rung/fresh.py") == "its own\n"
    assert "02_b adds a file of that name" in capsys.readouterr().out


def test_since_names_an_older_state(ladder: Ladder) -> None:
    ladder.write("steps/01_a/rung/core.py", "mended\n")
    ladder.commit()
    assert ladder.carry() == 0
    assert ladder.read("final/rung/core.py") == BODY
    assert ladder.carry("HEAD~1") == 0
    assert ladder.read("final/rung/core.py") == "mended\n"


def test_only_rung_is_touched(ladder: Ladder) -> None:
    ladder.write("steps/01_a/server.py", "demo\n")
    ladder.write("steps/01_a/rung/core.py", "mended\n")
    before = ladder.read("steps/02_b/step.toml")
    assert ladder.carry() == 0
    assert not (ladder.root / "steps/02_b/server.py").exists()
    assert ladder.read("steps/02_b/step.toml") == before


def test_folder_without_a_commit_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="commit HEAD"):
        Past(tmp_path, "HEAD")
