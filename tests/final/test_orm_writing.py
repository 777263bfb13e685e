"""Rows written: changed columns alone, many at once, or inserted and updated in one go."""

import gc
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.step_05_orm.test_database import run_threads

Plain = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def statements(blog: SimpleNamespace) -> Iterator[list[str]]:
    texts: list[str] = []
    blog.database.log = lambda sql, parameters, seconds: texts.append(sql)
    yield texts
    blog.database.log = None


# --- one object


def test_an_update_names_the_changed_columns_alone(
    blog: SimpleNamespace, ann: Any, statements: list[str]
) -> None:
    ann.age = 31
    ann.save()
    ann.save()
    assert statements == ['UPDATE "users" SET "age" = ? WHERE "id" = ?']
    assert blog.User.get(ann.id).age == 31


def test_a_value_set_to_what_it_is_already_is_no_change(
    posts: SimpleNamespace, statements: list[str]
) -> None:
    for post in (posts.Post.get(2), posts.Post.insert(title="new", author_id=1)):
        statements.clear()
        post.title = "".join(list(post.title))  # equal, and another object
        post.created = post.created.replace(microsecond=post.created.microsecond)
        post.draft, post.rating, post.author = bool(post.draft), post.rating, post.author_id
        post.save()
        assert statements == []


def test_to_save_a_row_as_it_is_already_is_not_taken_for_a_lost_row(
    blog: SimpleNamespace, ann: Any
) -> None:
    """MySQL by itself counts the rows that an UPDATE changes, and would say 0."""
    blog.User.select().where(blog.User.id == ann.id).update(age=31)
    ann.age = 31
    ann.save()
    assert blog.User.select().where(blog.User.id == ann.id).update(age=31) == 1


def test_a_wrong_value_is_found_when_it_is_written_and_by_its_field(
    blog: SimpleNamespace, ann: Any, orm: ModuleType
) -> None:
    ann.age = "31"  # an assignment costs nothing, and checks nothing
    with pytest.raises(orm.InvalidValue, match=r"^User\.age: takes int, not '31'$"):
        ann.save()
    ann.age = 31
    ann.save()


def test_a_misspelt_attribute_is_not_lost_in_silence(
    blog: SimpleNamespace, ann: Any, orm: ModuleType
) -> None:
    ann.naem = "anna"
    with pytest.raises(orm.ModelError, match="User has no field 'naem'"):
        ann.save()


def test_a_model_may_have_an_init_of_its_own(orm: ModuleType) -> None:
    class Base(orm.Model, abstract=True):
        def __init__(self, **values: Any) -> None:
            super().__init__(**values)
            self._note = "by Base"

    class Post(Base):
        title = orm.TextField(default="untitled")

        def __init__(self, **values: Any) -> None:
            super().__init__(**values)
            self.title = self.title.title()

    post = Post(title="hello")
    assert (post.title, post._note) == ("Hello", "by Base")


def test_fields_may_have_the_names_of_builtins_and_of_what_generated_code_uses(
    orm: ModuleType, database: Any
) -> None:
    names = ("type", "len", "str", "int", "self", "found", "rows", "new", "v0", "row", "name")

    body = {name: orm.TextField(max_length=20, default=name) for name in names}
    Odd = type(orm.Model)("Odd", (orm.Model,), body, database=database)
    orm.drop_tables([Odd])
    orm.create_tables([Odd])
    odd = Odd.insert(type="t", self="s")
    assert vars(Odd.get(odd.id)).items() >= {"type": "t", "self": "s", "len": "len"}.items()
    assert Odd.insert_many([{"found": "f"}]) == 1
    assert Odd.select().count() == 2
    orm.drop_tables([Odd])


# --- many at once


def test_many_rows_are_inserted_with_their_defaults(
    blog: SimpleNamespace, ann: Any, plain: Plain
) -> None:
    rows = [{"title": f"{n} 🪜 %s ?", "author": ann, "likes": n} for n in range(2500)]
    assert blog.Post.insert_many(iter(rows)) == 2500
    assert plain("SELECT COUNT(*), SUM(likes), COUNT(DISTINCT title) FROM posts") == [
        (2500, 2500 * 2499 // 2, 2500)
    ]
    post = blog.Post.select().order_by(blog.Post.likes.desc()).first()
    assert (post.title, post.draft, post.author) == ("2499 🪜 %s ?", False, ann)
    assert post.created == blog.Post(title="t").created
    assert blog.Post.insert_many([]) == 0


def test_of_many_rows_all_are_stored_or_none(
    blog: SimpleNamespace, ann: Any, orm: ModuleType, plain: Plain
) -> None:
    with pytest.raises(orm.DuplicateValue):
        blog.User.insert_many([{"name": "bob"}, {"name": "ann"}])
    with pytest.raises(orm.BrokenReference):
        blog.Post.insert_many([{"title": "a", "author": ann}, {"title": "b", "author_id": 99}])
    with pytest.raises(orm.ModelError, match="no field 'nmae'"):
        blog.User.insert_many([{"name": "bob"}, {"nmae": "zoe"}])
    assert plain("SELECT name FROM users") == [("ann",)]
    assert plain("SELECT * FROM posts") == []


def test_of_many_rows_some_may_bring_their_id(blog: SimpleNamespace, plain: Plain) -> None:
    assert blog.User.insert_many([{"name": "ann"}, {"id": 77, "name": "bob"}]) == 2
    assert blog.User.insert_many([{"id": 99, "name": "zoe"}]) == 1
    found = dict(plain("SELECT name, id FROM users"))
    assert (len(found), found["bob"], found["zoe"]) == (3, 77, 99)


def test_a_model_may_have_nothing_but_its_id(orm: ModuleType, database: Any) -> None:
    class Ticket(orm.Model, table="t_tickets", database=database):
        pass

    orm.drop_tables([Ticket])
    orm.create_tables([Ticket])
    assert (Ticket.insert().id, Ticket.insert(id=7).id) == (1, 7)
    assert Ticket.insert_many([{}, {}]) == 2
    assert [ticket.id for ticket in Ticket.select().order_by(Ticket.id)] == [1, 7, 8, 9]
    orm.drop_tables([Ticket])


# --- inserted or updated


def test_upsert_inserts_and_then_updates_what_was_given(
    blog: SimpleNamespace, plain: Plain
) -> None:
    User = blog.User
    first = User.upsert(User.name, name="ann", age=30)
    again = User.upsert(User.name, name="ann", age=31)
    assert (first.id, again.age) == (again.id, 31)
    same = User.upsert(User.name, name="ann")
    assert (same.id, same.age) == (first.id, 31)
    assert plain("SELECT name, age FROM users") == [("ann", 31)]


def test_upsert_that_mysql_does_by_another_unique_column_is_no_silent_none(
    orm: ModuleType, database: Any
) -> None:
    class Person(orm.Model, table="t_people", database=database):
        name = orm.TextField(max_length=20, unique=True)
        email = orm.TextField(max_length=20, unique=True)

    orm.drop_tables([Person])
    orm.create_tables([Person])
    Person.insert(name="bob", email="b@x")
    # SQLite goes by the name, and finds the address taken; MySQL goes by the address.
    with pytest.raises((orm.DuplicateValue, orm.DoesNotExist)):
        Person.upsert(Person.name, name="ann", email="b@x")
    orm.drop_tables([Person])


def test_get_or_create_finds_or_inserts(blog: SimpleNamespace) -> None:
    User = blog.User
    ann, is_new = User.get_or_create(name="ann", defaults={"age": 30})
    again, is_new_again = User.get_or_create(name="ann", defaults={"age": 99})
    assert (is_new, is_new_again) == (True, False)
    assert (again, again.age) == (ann, 30)


def test_get_or_create_of_a_taken_name_with_other_values_is_refused(
    blog: SimpleNamespace, ann: Any, orm: ModuleType
) -> None:
    """There is no such row, and there cannot be one: (None, False) would help nobody."""
    with pytest.raises(orm.DuplicateValue, match=r"^User\.name: 'ann' is already taken"):
        blog.User.get_or_create(name="ann", age=77)


def test_get_or_create_takes_the_column_of_a_foreign_key_too(
    blog: SimpleNamespace, ann: Any, orm: ModuleType
) -> None:
    post, is_new = blog.Post.get_or_create(title="t", author_id=ann.id)
    assert blog.Post.get_or_create(title="t", author=ann) == (post, False)
    assert is_new
    with pytest.raises(orm.ModelError, match="User has no field 'nmae'"):
        blog.User.get_or_create(nmae="ann")


def test_eight_threads_create_one_row(blog: SimpleNamespace, plain: Plain) -> None:
    found = []
    run_threads([lambda: found.append(blog.User.get_or_create(name="ann"))] * 8)
    assert len({user.id for user, _ in found}) == 1
    assert sorted(is_new for _, is_new in found) == [False] * 7 + [True]
    run_threads([lambda n=n: blog.User.upsert(blog.User.name, name="bob", age=n) for n in range(8)])
    assert plain("SELECT COUNT(*) FROM users") == [(2,)]


# --- generated code


def test_explain_shows_the_sql_and_the_code_of_a_model(blog: SimpleNamespace) -> None:
    text = blog.Post.explain()
    for part in (
        'CREATE TABLE IF NOT EXISTS "posts"',
        "_self.title = title",
        "len(v2) <= 80",
        "object0.title",
    ):
        assert part in text


def test_explain_shows_the_sql_and_the_code_of_a_query(blog: SimpleNamespace) -> None:
    Post, User = blog.Post, blog.User
    query = Post.select().left_join(User, on=Post.editor).where(Post.likes > 3)
    text = query.explain()
    assert 'LEFT JOIN "users" ON "posts"."editor_id" = "users"."id"' in text
    assert "[3]" in text
    assert "def load(rows):" in text
    assert "._editor = object1" in text
    assert "for v0, v1, in rows" in Post.select(Post.title, Post.likes).explain()


def test_a_traceback_shows_the_generated_line(blog: SimpleNamespace, orm: ModuleType) -> None:
    with pytest.raises(orm.InvalidValue) as caught:
        blog.User.insert(name=5)
    text = "".join(traceback.format_exception(caught.value))
    assert "len(v2) <= 40): v2 = check2(v2)" in text


def test_the_same_query_asked_again_makes_no_new_text(blog: SimpleNamespace, ann: Any) -> None:
    """Texts are kept for tracebacks: one for each request would fill the memory."""

    def ask() -> int:
        Editor = blog.User.alias("editor")
        assert blog.Post.select().left_join(Editor, on=blog.Post.editor).all() == []
        assert blog.User.select(blog.User.name, blog.User.id.count()).all() == [("ann", 1)]
        return len(linecache.cache)

    known = ask()
    assert [ask() for _ in range(3)] == [known] * 3


def test_the_garbage_collector_is_left_as_it_was(blog: SimpleNamespace, ann: Any) -> None:
    try:
        for set_it, is_on in ((gc.disable, False), (gc.enable, True)):
            set_it()
            assert blog.User.select().all() == [ann]
            with pytest.raises(TypeError):
                load_all(blog, None)
            assert gc.isenabled() is is_on
    finally:
        gc.enable()


def load_all(blog: SimpleNamespace, rows: Any) -> None:
    """Load rows that are none, which fails inside of the generated code."""
    module = sys.modules[type(blog.User.select()).__module__]
    vars(module)["load_all"](blog.User.select().loader(), rows)
