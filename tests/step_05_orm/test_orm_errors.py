"""A refused row names the model, the field and the value, in the same words on both databases."""

from collections.abc import Callable
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
    blog: SimpleNamespace, orm: ModuleType
) -> None:
    """The model allows NULL, the table (made by an older version of it) does not."""

    class OldUser(orm.Model, table="users", database=blog.database):
        name = orm.TextField(max_length=40, null=True)
        created = orm.DateTimeField(null=True)

    with pytest.raises(orm.InvalidValue, match=r"NOT NULL|cannot be null"):
        OldUser.insert()


def test_a_column_of_a_model_that_is_not_joined_is_refused(
    blog: SimpleNamespace, database_layer: ModuleType
) -> None:
    query = blog.Post.select().where(blog.User.name == "ann")
    with pytest.raises(database_layer.DatabaseError, match=r"users\.name"):
        query.all()


def test_errors_are_of_one_family_a_layer(orm: ModuleType, database_layer: ModuleType) -> None:
    for error in (orm.UnknownField, orm.InvalidValue, orm.DoesNotExist):
        assert issubclass(error, orm.ModelError)
    for error in (orm.MissingValue, orm.DuplicateValue, orm.BrokenReference):
        assert issubclass(error, orm.InvalidValue)
    for error in (database_layer.ConnectionFailed, database_layer.IntegrityError):
        assert issubclass(error, database_layer.DatabaseError)


@pytest.mark.parametrize("wrong", [1.5, "3", None])
def test_limit_and_offset_take_whole_numbers(blog: SimpleNamespace, wrong: object) -> None:
    with pytest.raises(TypeError, match="take a whole number, not"):
        blog.Post.select().limit(wrong)
    with pytest.raises(TypeError, match="take a whole number, not"):
        blog.Post.select().offset(wrong)
    assert blog.Post.select().limit(10**30).offset(10**20).all() == []


def test_a_query_has_no_truth_value(blog: SimpleNamespace) -> None:
    """`if User.select().where(...)` would always be true, whether there are rows or not."""
    with pytest.raises(TypeError, match=r"ask exists\(\), count\(\) or first\(\)"):
        bool(blog.Post.select())


def test_an_update_of_nothing_is_refused(blog: SimpleNamespace, orm: ModuleType) -> None:
    with pytest.raises(orm.ModelError, match=r"update\(\) needs a field and its value"):
        blog.Post.select().update()


def test_a_field_without_parentheses_says_so(orm: ModuleType) -> None:
    with pytest.raises(orm.ModelError, match=r"Note.text: write TextField\(\), with parentheses"):

        class Note(orm.Model):
            text = orm.TextField


def test_a_url_is_no_database(orm: ModuleType) -> None:
    with pytest.raises(orm.ModelError, match=r"write database=connect\(url\), not the URL itself"):

        class Note(orm.Model, database="sqlite:///notes.sqlite3"):
            pass


def test_what_get_has_looked_for_is_named(blog: SimpleNamespace, orm: ModuleType) -> None:
    with pytest.raises(orm.DoesNotExist, match=r"no User with .*name.* for \['nobody'\]"):
        blog.User.get(blog.User.name == "nobody")
