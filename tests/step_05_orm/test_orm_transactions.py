"""Objects in transactions, and in many threads."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from .test_database import run_threads

Plain = Callable[[str], list[tuple[Any, ...]]]


def test_objects_of_a_block_are_stored_together_or_not_at_all(
    blog: SimpleNamespace, plain: Plain
) -> None:
    with pytest.raises(ZeroDivisionError), blog.database.atomic():
        ann = blog.User.insert(name="ann")
        blog.Post.insert(title="t", author=ann)
        _ = 1 / 0
    assert plain("SELECT * FROM users") == []
    with blog.database.atomic():
        ann = blog.User.insert(name="ann")
        blog.Post.insert(title="t", author=ann)
    assert plain("SELECT name FROM users") == [("ann",)]
    assert plain("SELECT title FROM posts") == [("t",)]


def test_a_refused_object_takes_back_its_own_block_alone(
    blog: SimpleNamespace, database_layer: ModuleType, plain: Plain
) -> None:
    with blog.database.atomic():
        for name in ("ann", "bob", "ann", "zoe"):
            try:
                with blog.database.atomic():
                    user = blog.User.insert(name=f"{name}'s double")
                    blog.User.insert(name=name)
            except database_layer.IntegrityError:
                assert name == "ann"
            else:
                user.delete()
    assert plain("SELECT name FROM users ORDER BY id") == [("ann",), ("bob",), ("zoe",)]


def test_a_broken_reference_is_refused_inside_a_transaction_that_goes_on(
    blog: SimpleNamespace, database_layer: ModuleType, plain: Plain
) -> None:
    with blog.database.atomic():
        ann = blog.User.insert(name="ann")
        with pytest.raises(database_layer.IntegrityError):
            blog.Post.insert(title="t", author_id=987654)
        blog.Post.insert(title="t", author=ann)
    assert plain("SELECT author_id FROM posts") == [(ann.id,)]


def test_an_object_saved_in_a_block_that_failed_is_not_stored(
    blog: SimpleNamespace, orm: ModuleType
) -> None:
    ann = blog.User(name="ann")
    with pytest.raises(ZeroDivisionError), blog.database.atomic():
        ann.save()
        _ = 1 / 0
    ann.name = "anna"
    with pytest.raises(orm.DoesNotExist, match="gone"):
        ann.save()


def test_eight_threads_store_every_row(blog: SimpleNamespace, plain: Plain) -> None:
    ann = blog.User.insert(name="ann")

    def write(number: int) -> None:
        for count in range(50):
            blog.Post.insert(title=f"{number}-{count}", author=ann)
        blog.database.close()

    run_threads([lambda number=number: write(number) for number in range(8)])
    found = plain("SELECT COUNT(*), COUNT(DISTINCT title), COUNT(DISTINCT id) FROM posts")
    assert found == [(400, 400, 400)]


def test_of_eight_threads_that_want_a_name_one_gets_it(
    blog: SimpleNamespace, database_layer: ModuleType, plain: Plain
) -> None:
    outcomes: list[str] = []

    def register() -> None:
        try:
            with blog.database.atomic():
                blog.User.insert(name="ann")
            outcomes.append("registered")
        except database_layer.IntegrityError:
            outcomes.append("refused")
        blog.database.close()

    run_threads([register] * 8)
    assert sorted(outcomes) == ["refused"] * 7 + ["registered"]
    assert plain("SELECT name FROM users") == [("ann",)]
