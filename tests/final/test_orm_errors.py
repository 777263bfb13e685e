"""A refused row names the model, the field and the value, in the same words on both databases."""

from collections.abc import Callable
from datetime import datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Plain = Callable[[str], list[tuple[Any, ...]]]


def test_a_taken_value_is_named(
    blog: SimpleNamespace, ann: Any, orm: ModuleType, plain: Plain
) -> None:
    with pytest.raises(orm.DuplicateValue) as caught:
        blog.User.insert(name="ann", age=7)
    assert str(caught.value) == "User.name: 'ann' is already taken (unique field)"
    error = caught.value
    assert (error.model, error.field, error.value) == (blog.User, "name", "ann")
    assert error.problem == "'ann' is already taken (unique field)"
    assert plain("SELECT name FROM users") == [("ann",)]


@pytest.mark.parametrize("name", ["it's", "for key 'age'", "a 'quoted'", "line\nbreak", "users.id"])
def test_a_taken_value_is_named_whatever_it_says(
    blog: SimpleNamespace, orm: ModuleType, name: str
) -> None:
    blog.User.insert(name=name)
    with pytest.raises(orm.DuplicateValue) as caught:
        blog.User.insert(name=name)
    assert (caught.value.field, caught.value.value) == ("name", name)


def test_a_taken_value_is_named_in_updates(
    blog: SimpleNamespace, ann: Any, orm: ModuleType
) -> None:
    bob = blog.User.insert(name="bob")
    bob.name = "ann"
    with pytest.raises(orm.DuplicateValue, match=r"^User\.name: 'ann' is already taken"):
        bob.save()
    with pytest.raises(orm.DuplicateValue, match=r"^User\.name: 'ann' is already taken"):
        blog.User.select().where(blog.User.name == "bob").update(name="ann")


def test_a_taken_id_is_named(blog: SimpleNamespace, ann: Any, orm: ModuleType) -> None:
    with pytest.raises(orm.DuplicateValue) as caught:
        blog.User.insert(id=ann.id, name="bob")
    assert str(caught.value) == f"User.id: {ann.id} is already taken (unique field)"


def test_a_missing_value_is_named(blog: SimpleNamespace, ann: Any, orm: ModuleType) -> None:
    for wrong, name in (
        (lambda: blog.Post.insert(author=ann), "title"),
        (lambda: blog.Post.insert(title=None, author=ann), "title"),
        (lambda: blog.Post.insert(title="t"), "author"),
        (lambda: blog.Post.insert(title="t", author=None), "author"),
        (lambda: blog.Post.insert(title="t", author=ann, likes=None), "likes"),
        (lambda: blog.Post.select().update(title=None), "title"),
    ):
        with pytest.raises(orm.MissingValue, match=rf"^Post\.{name}: needs a value") as caught:
            wrong()
        assert (caught.value.field, caught.value.value) == (name, None)


def test_a_reference_to_nothing_is_named(
    blog: SimpleNamespace, ann: Any, orm: ModuleType, plain: Plain
) -> None:
    post = blog.Post.insert(title="t", author=ann)
    for wrong, name in (
        (lambda: blog.Post.insert(title="t", author_id=987654), "author"),
        (lambda: blog.Post.insert(title="t", author=ann, editor_id=987654), "editor"),
        (lambda: blog.Post.select().update(editor_id=987654), "editor"),
    ):
        with pytest.raises(orm.BrokenReference) as caught:
            wrong()
        assert str(caught.value) == f"Post.{name}: there is no User with id 987654"
        assert (caught.value.field, caught.value.value) == (name, 987654)
    post.author_id = 987654
    with pytest.raises(orm.BrokenReference, match=r"^Post\.author: there is no User"):
        post.save()
    assert plain("SELECT author_id, editor_id FROM posts") == [(ann.id, None)]


def test_a_row_that_is_pointed_at_cannot_be_deleted(
    blog: SimpleNamespace, ann: Any, orm: ModuleType, plain: Plain
) -> None:
    post = blog.Post.insert(title="t", author=ann)
    for wrong in (ann.delete, blog.User.select().delete):
        with pytest.raises(orm.BrokenReference, match=r"^User\.id: .* still point"):
            wrong()
    post.delete()
    ann.delete()
    assert plain("SELECT * FROM users") == []


def test_errors_are_of_one_family_a_layer(orm: ModuleType, database_layer: ModuleType) -> None:
    for error in (orm.MissingValue, orm.DuplicateValue, orm.BrokenReference):
        assert issubclass(error, orm.InvalidValue)
        assert issubclass(error, database_layer.IntegrityError)
    for error in (database_layer.Deadlock, database_layer.IntegrityError):
        assert issubclass(error, database_layer.DatabaseError)


def test_a_rule_that_only_the_table_knows_is_told_in_its_own_words(
    blog: SimpleNamespace, orm: ModuleType, database_layer: ModuleType
) -> None:
    """The model allows NULL, the table (made by an older version of it) does not."""

    class OldUser(orm.Model, table="users", database=blog.database):
        name = orm.TextField(max_length=40, null=True)
        created = orm.DateTimeField(default=lambda: datetime(2026, 11, 22))

    with pytest.raises(database_layer.IntegrityError, match="name") as caught:
        OldUser.insert()
    assert not isinstance(caught.value, orm.InvalidValue)


def test_a_query_has_no_truth_value(blog: SimpleNamespace) -> None:
    """`if User.select().where(...)` would always be true, whether there are rows or not."""
    with pytest.raises(TypeError, match=r"ask count\(\) or first\(\)"):
        bool(blog.Post.select())
