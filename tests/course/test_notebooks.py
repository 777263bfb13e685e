"""Every notebook runs from top to bottom and still prints what its committed outputs say."""

from pathlib import Path

import pytest

from tests.support.notebooks import FOLDER, execute, mask, pictures, printed, read

NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS, f"no notebook in {FOLDER}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_prints_what_is_committed(path: Path) -> None:
    committed = read(path)
    fresh = execute(path)
    for number, (old, new) in enumerate(zip(committed.cells, fresh.cells, strict=True), start=1):
        place = f"{path.name}, cell {number}:\n{old.source}"
        assert "\n".join(printed(new)) == "\n".join(printed(old)), place
        assert pictures(new) == pictures(old), place


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_shows_a_picture_and_was_run_in_order(path: Path) -> None:
    cells = read(path).cells
    code = [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]
    assert sum(map(pictures, code)) >= 1
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<Post object at 0x7f3aa2c1d0>", "<Post object at 0x10aa2c1d0>"),
        ("Serving on http://127.0.0.1:40123/", "Serving on http://127.0.0.1:8000/"),
        ("('127.0.0.1', 40123)", "('127.0.0.1', 51234)"),
        ("listening on port 40123", "listening on port 8000"),
        ("Date: Sun, 22 Nov 2026 08:49:37 GMT", "Date: Mon, 23 Nov 2026 09:00:00 GMT"),
        ("created 2026-11-22 08:49:37.123456", "created 2026-11-23 09:00:00.5"),
        ("eight pages took 1.02 s", "eight pages took 0.98 s"),
        ("median 12.5 µs, 1,024 requests/s", "median  8 µs, 987 requests/s"),
        ("3.1x faster", "12x faster"),
    ],
)
def test_what_differs_from_run_to_run_is_masked(one: str, other: str) -> None:
    assert mask(one) == mask(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTP/1.1 200 OK", "HTTP/1.1 404 OK"),
        ("Content-Length: 12", "Content-Length: 13"),
        ("4 fields", "5 fields"),
        ("0x0d 0x0a", "0x0d 0x0b"),
        ("route /posts/3", "route /posts/4"),
        ("2 of 8 workers", "3 of 8 workers"),
    ],
)
def test_what_must_not_differ_is_not_masked(one: str, other: str) -> None:
    assert mask(one) != mask(other)
