"""Python values in, the same Python values out, on both databases; what does not fit is refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Plain = Callable[[str], list[tuple[Any, ...]]]

MAN_WITH_TURBAN = "👳🏽‍♂️"  # one picture of five characters, two of them of four bytes

ROUND_TRIPS = [
    ("title", ""),
    ("title", "a"),
    ("title", "Grüße, 你好, 😀 and " + MAN_WITH_TURBAN),
    ("title", "😀" * 80),
    ("title", " blanks around, a\ttab, a\nline, a \\ and a 'quote' "),
    ("title", '100% ? %s " ` \x00 \x1a'),
    ("body", "long " * 30_000),
    ("likes", 0),
    ("likes", -1),
    ("likes", 2**63 - 1),
    ("likes", -(2**63)),
    ("draft", True),
    ("draft", False),
    ("rating", 0.1),
    ("rating", 1 / 3),
    ("rating", -1.7976931348623157e308),
    ("rating", 5e-324),
    ("rating", None),
    ("created", datetime(2026, 11, 22, 12, 30, 15, 123456)),
    ("created", datetime(2026, 11, 22, 12, 30, 15, 1)),
    ("created", datetime(2026, 11, 22)),
    ("created", datetime(9999, 12, 31, 23, 59, 59, 999999)),
    ("created", datetime(1000, 1, 1)),
]


@pytest.mark.parametrize(
    ("name", "value"),
    ROUND_TRIPS,
    ids=[f"{name}-{str(value)[:20]!r}" for name, value in ROUND_TRIPS],
)
def test_a_value_comes_back_as_it_went_in(
    blog: SimpleNamespace, ann: Any, name: str, value: Any
) -> None:
    values = {"title": "t", "author": ann} | {name: value}
    post = blog.Post.insert(**values)
    found = getattr(blog.Post.get(post.id), name)
    assert found == value
    assert type(found) is type(value)
    if value is not None:
        assert blog.Post.get(getattr(blog.Post, name) == value) == post


def test_both_databases_store_what_the_bare_driver_reads(
    blog: SimpleNamespace, ann: Any, plain: Plain
) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 6)
    blog.Post.insert(title="😀", author=ann, draft=True, likes=7, rating=0.5, created=moment)
    is_sqlite = blog.database.dialect.begin == "BEGIN IMMEDIATE"
    [row] = plain("SELECT title, author_id, editor_id, draft, likes, rating, created FROM posts")
    stored = "2026-01-02 03:04:05.000006" if is_sqlite else moment
    assert row == ("😀", ann.id, None, 1, 7, 0.5, stored)


def test_a_moment_is_stored_with_all_six_digits(
    blog: SimpleNamespace, ann: Any, plain: Plain
) -> None:
    blog.Post.insert(title="t", author=ann, created=datetime(2026, 1, 2, 3, 4, 5))
    found = plain("SELECT created FROM posts WHERE created LIKE '2026-01-02 03:04:05.000000'")
    assert len(found) == 1


def test_null_is_none_where_it_is_allowed(blog: SimpleNamespace, ann: Any, plain: Plain) -> None:
    post = blog.Post.insert(title="t", author=ann, rating=None)
    assert (blog.Post.get(post.id).rating, blog.Post.get(post.id).editor) == (None, None)
    assert plain("SELECT rating, editor_id FROM posts") == [(None, None)]


def test_ids_are_numbers_of_the_database_or_our_own(blog: SimpleNamespace) -> None:
    first = blog.User.insert(name="a")
    second = blog.User.insert(name="b")
    assert second.id == first.id + 1
    assert blog.User.insert(id=second.id + 100, name="c").id == second.id + 100
    assert blog.User.insert(name="d").id == second.id + 101
    for number in (0, -5):
        assert blog.User.insert(id=number, name=f"user {number}").id == number
        assert blog.User.get(number).name == f"user {number}"


# --- order and comparison


def stored(blog: SimpleNamespace, ann: Any, name: str, values: list[Any]) -> None:
    for value in values:
        blog.Post.insert(**{"title": "t", "author": ann, name: value})


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (
            "created",
            [
                datetime(2026, 1, 1, 12, 0, 0),
                datetime(2026, 1, 1, 12, 0, 0, 5),
                datetime(2026, 1, 1, 12, 0, 0, 500000),
                datetime(2026, 1, 1, 12, 0, 1),
                datetime(2026, 1, 2),
            ],
        ),
        ("title", ["", " ", "A", "Z", "a", "a ", "aa", "ä", "你", "\uffee", "😀"]),
        ("likes", [-(2**63), -1, 0, 9, 10, 2**63 - 1]),
        ("rating", [-1e300, -0.5, 0.0, 1e-300, 2.0, 10.0]),
    ],
    ids=["moments", "texts", "integers", "floats"],
)
def test_values_sort_and_compare_as_in_python(
    blog: SimpleNamespace, ann: Any, name: str, values: list[Any]
) -> None:
    assert values == sorted(values)
    stored(blog, ann, name, values[::-1])
    column = getattr(blog.Post, name)

    def found(condition: Any) -> list[Any]:
        query = blog.Post.select().where(condition).order_by(column)
        return [getattr(post, name) for post in query]

    assert found(column.in_(values)) == values
    assert found(column < values[-1]) == values[:-1]
    assert found(column >= values[1]) == values[1:]
    for value in values:
        assert found(column == value) == [value]


# --- what does not fit


WRONG = [
    ("title", 5, "takes str, not 5"),
    ("title", b"bytes", "takes str, not b'bytes'"),
    ("title", "x" * 81, "does not fit into 80 characters"),
    ("title", "😀" * 81, "does not fit into 80 characters"),
    ("likes", "5", "takes int, not '5'"),
    ("likes", 5.0, "takes int, not 5.0"),
    ("draft", 1, "takes bool, not 1"),
    ("draft", "yes", "takes bool, not 'yes'"),
    ("rating", "0.5", "takes float, not '0.5'"),
    ("created", "2026-11-22", "takes datetime, not '2026-11-22'"),
    ("created", datetime(2026, 1, 1, tzinfo=UTC), "astimezone"),
    ("author", "ann", "takes User, not 'ann'"),
]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    WRONG,
    ids=[f"{name}-{str(value)[:12]}" for name, value, _ in WRONG],
)
def test_a_value_that_does_not_fit_is_refused_before_it_is_written(
    blog: SimpleNamespace,
    ann: Any,
    orm: ModuleType,
    plain: Plain,
    name: str,
    value: Any,
    problem: str,
) -> None:
    author = {"author_id": value} if name == "author" else {"author": ann.id}
    post = blog.Post(title="t", **author)
    if name != "author":
        setattr(post, name, value)
    with pytest.raises(orm.InvalidValue) as caught:
        post.save()
    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"Post.{name}: ")
    assert (caught.value.model, caught.value.field) == (blog.Post, name)
    assert plain("SELECT * FROM posts") == []


def test_a_wrong_value_is_refused_in_an_update_too(
    blog: SimpleNamespace, ann: Any, orm: ModuleType, plain: Plain
) -> None:
    post = blog.Post.insert(title="t", author=ann)
    post.title = "x" * 81
    with pytest.raises(orm.InvalidValue, match=r"^Post\.title: 'xxx.* 80 characters"):
        post.save()
    with pytest.raises(orm.InvalidValue, match=r"^Post\.title"):
        blog.Post.select().update(title=None)
    assert plain("SELECT title FROM posts") == [("t",)]


def test_text_with_half_a_character_is_refused(blog: SimpleNamespace, orm: ModuleType) -> None:
    """JSON can say "\\ud83d", which is no text: the client's mistake, not the database's."""
    for wrong in (
        lambda: blog.User.insert(name="\ud83d"),
        lambda: blog.User.name == "a\udfff",
        lambda: blog.User.name.like("%\ud800%"),
    ):
        with pytest.raises(orm.InvalidValue, match=r"^User\.name: .* half a character"):
            wrong()


@pytest.mark.exercise("5.5")
@pytest.mark.parametrize(
    ("name", "value"), [("likes", "5"), ("title", 5), ("draft", 1), ("rating", "1")]
)
def test_a_comparison_with_a_wrong_type_is_refused(
    blog: SimpleNamespace, orm: ModuleType, name: str, value: Any
) -> None:
    """SQLite would find nothing, MySQL would convert: neither is what was meant."""
    with pytest.raises(orm.InvalidValue, match=rf"^Post\.{name}: takes"):
        _ = getattr(blog.Post, name) == value


def test_a_foreign_key_takes_a_model_with_a_table(orm: ModuleType) -> None:
    for wrong in ("User", orm.Model):
        with pytest.raises(orm.ModelError, match='ForeignKey takes "self" or a model with a table'):
            orm.ForeignKey(wrong)
