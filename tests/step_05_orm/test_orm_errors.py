"""What is refused: wrong values by the field, broken rules by the database, slips by a sentence."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Plain = Callable[[str], list[tuple[Any, ...]]]


def test_a_taken_value_is_refused(
    blog: SimpleNamespace, ann: Any, database_layer: ModuleType, plain: Plain
) -> None:
    bob = blog.User.insert(name="bob")
    bob.name = "ann"
    for wrong in (
        lambda: blog.User.insert(name="ann", age=7),
        lambda: blog.User.insert(id=ann.id, name="zoe"),
        bob.save,
        lambda: blog.User.select().where(blog.User.name == "bob").update(name="ann"),
    ):
        with pytest.raises(database_layer.IntegrityError):
            wrong()
    assert plain("SELECT name FROM users ORDER BY id") == [("ann",), ("bob",)]


def test_texts_that_differ_in_case_accent_or_blanks_are_not_the_same(
    blog: SimpleNamespace, ann: Any, plain: Plain
) -> None:
    for name in ("Ann", "ann ", " ann", "änn", "ann\u0301", "\uff41nn"):
        blog.User.insert(name=name)
    assert plain("SELECT COUNT(*) FROM users") == [(7,)]
    assert blog.User.select().where(blog.User.name == "ann").all() == [ann]


def test_a_missing_value_is_named(blog: SimpleNamespace, ann: Any, orm: ModuleType) -> None:
    for wrong, name in (
        (lambda: blog.Post.insert(author=ann), "title"),
        (lambda: blog.Post.insert(title=None, author=ann), "title"),
        (lambda: blog.Post.insert(title="t"), "author"),
        (lambda: blog.Post.insert(title="t", author=None), "author"),
        (lambda: blog.Post.insert(title="t", author=ann, likes=None), "likes"),
        (lambda: blog.Post.select().update(title=None), "title"),
    ):
        with pytest.raises(orm.InvalidValue, match=rf"^Post\.{name}: needs a value") as caught:
            wrong()
        assert (caught.value.field, caught.value.value) == (name, None)


def test_a_reference_to_nothing_is_refused(
    blog: SimpleNamespace, ann: Any, database_layer: ModuleType, plain: Plain
) -> None:
    post = blog.Post.insert(title="t", author=ann)
    post.author_id = 987654
    for wrong in (
        post.save,
        lambda: blog.Post.insert(title="t", author_id=987654),
        lambda: blog.Post.insert(title="t", author=ann, editor_id=987654),
        lambda: blog.Post.select().update(editor_id=987654),
    ):
        with pytest.raises(database_layer.IntegrityError):
            wrong()
    assert plain("SELECT author_id, editor_id FROM posts") == [(ann.id, None)]


def test_a_row_that_is_pointed_at_cannot_be_deleted(
    blog: SimpleNamespace, ann: Any, database_layer: ModuleType, plain: Plain
) -> None:
    post = blog.Post.insert(title="t", author=ann)
    for wrong in (ann.delete, blog.User.select().delete):
        with pytest.raises(database_layer.IntegrityError):
            wrong()
    post.delete()
    ann.delete()
    assert plain("SELECT * FROM users") == []


def test_on_delete_cascades_or_sets_null_as_declared(
    blog: SimpleNamespace, ann: Any, plain: Plain
) -> None:
    bob = blog.User.insert(name="bob")
    post = blog.Post.insert(title="t", author=ann, editor=bob)
    blog.Comment.insert(text="c", post=post)
    bob.delete()
    assert plain("SELECT editor_id FROM posts") == [(None,)]
    post.delete()
    assert plain("SELECT * FROM comments") == []


def test_a_rule_that_only_the_table_knows_is_told_in_its_own_words(
    blog: SimpleNamespace, orm: ModuleType, database_layer: ModuleType
) -> None:
    """The model allows NULL, the table (made by an older version of it) does not."""

    class OldUser(orm.Model, table="users", database=blog.database):
        name = orm.TextField(max_length=40, null=True)
        created = orm.DateTimeField(null=True)

    with pytest.raises(database_layer.IntegrityError):
        OldUser.insert()


def test_a_column_of_a_model_that_is_not_joined_is_refused(
    blog: SimpleNamespace, database_layer: ModuleType
) -> None:
    query = blog.Post.select().where(blog.User.name == "ann")
    with pytest.raises(database_layer.DatabaseError, match=r"users\.name"):
        query.all()


def test_errors_are_of_one_family_a_layer(orm: ModuleType, database_layer: ModuleType) -> None:
    for error in (orm.InvalidValue, orm.DoesNotExist):
        assert issubclass(error, orm.ModelError)
    for error in (database_layer.ConnectionFailed, database_layer.IntegrityError):
        assert issubclass(error, database_layer.DatabaseError)


def test_what_get_has_looked_for_is_named(blog: SimpleNamespace, orm: ModuleType) -> None:
    with pytest.raises(orm.DoesNotExist, match=r"no User with .*name.* \['nobody'\]"):
        blog.User.get(blog.User.name == "nobody")
