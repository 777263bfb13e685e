"""Rows that belong together: foreign keys followed, joins, and both objects in a tuple."""

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

building = pytest.mark.exercise("5.6")
loading = pytest.mark.exercise("5.7")
following = pytest.mark.exercise("5.8")


class Statements:
    """Counts the statements that a database executes."""

    def __init__(self, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        execute = database.execute

        def count(sql: str, *parameters: Any) -> Any:
            self.texts.append(sql)
            return execute(sql, *parameters)

        monkeypatch.setattr(database, "execute", count)


@pytest.fixture
def statements(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Statements:
    return Statements(world.database, monkeypatch)


# --- following a foreign key


@following
def test_a_foreign_key_gives_the_object_and_its_id(world: SimpleNamespace) -> None:
    post = world.Post.get(world.first.id)
    assert post.author_id == world.ann.id
    assert post.author.name == "ann"
    assert post.editor.name == "bob"
    assert world.Post.get(world.second.id).editor is None


@following
def test_the_object_is_loaded_at_first_use_and_kept(
    world: SimpleNamespace, statements: Statements
) -> None:
    post = world.Post.get(world.first.id)
    assert len(statements.texts) == 1
    author = post.author
    assert len(statements.texts) == 2
    assert post.author is author
    assert len(statements.texts) == 2


@following
def test_an_object_that_was_given_is_not_loaded(
    world: SimpleNamespace, statements: Statements
) -> None:
    post = world.Post(title="fourth", author=world.ann)
    assert post.author is world.ann
    assert post.author_id == world.ann.id
    assert statements.texts == []


@following
def test_a_changed_id_means_another_object(world: SimpleNamespace) -> None:
    post = world.Post.get(world.first.id)
    assert post.author == world.ann
    post.author_id = world.bob.id
    assert post.author == world.bob
    post.author = world.zoe
    assert (post.author_id, post.author) == (world.zoe.id, world.zoe)
    post.editor_id = None
    assert post.editor is None
    post.editor = world.ann
    post.editor = None
    assert post.editor_id is None


@following
def test_a_foreign_key_to_nothing_says_what_is_missing(
    world: SimpleNamespace, orm: ModuleType
) -> None:
    post = world.Post(title="t", author_id=987654)
    with pytest.raises(orm.DoesNotExist, match="no User with id 987654"):
        _ = post.author


@following
def test_a_foreign_key_may_be_zero(world: SimpleNamespace) -> None:
    world.database.execute("INSERT INTO users (id, name, created) VALUES (0, 'nul', '2026-11-22')")
    post = world.Post(title="t", author_id=0)
    assert (post.author.id, post.author.name) == (0, "nul")


@following
def test_on_the_class_a_foreign_key_is_an_expression(world: SimpleNamespace) -> None:
    Post = world.Post
    assert Post.author.sql == '"posts"."author_id"'

    def found(condition: Any) -> list[str]:
        return [post.title for post in Post.select().where(condition).order_by(Post.id)]

    assert found(Post.author == world.ann) == ["first", "second"]
    assert found(Post.author == world.ann.id) == ["first", "second"]
    assert found(Post.author != world.ann) == ["third"]
    assert found(Post.author.in_([world.bob, world.zoe.id])) == ["third"]
    assert found(Post.editor.is_null()) == ["second", "third"]
    assert found(Post.author == Post.editor) == []


def test_a_changed_foreign_key_is_stored(world: SimpleNamespace) -> None:
    world.first.author = world.zoe
    world.first.editor_id = None
    world.first.save()
    found = world.Post.get(world.first.id)
    assert (found.author, found.editor) == (world.zoe, None)


def test_an_object_that_is_not_stored_cannot_be_pointed_at(
    world: SimpleNamespace, orm: ModuleType
) -> None:
    new = world.User(name="new")
    for wrong in (
        lambda: world.Post(title="t", author=new),
        lambda: setattr(world.first, "author", new),
        lambda: world.Post.author == new,
    ):
        with pytest.raises(orm.InvalidValue, match=r"Post\.author: <User id=None> is not stored"):
            wrong()


def test_an_object_of_another_model_cannot_be_pointed_at(
    world: SimpleNamespace, orm: ModuleType
) -> None:
    for wrong in (
        lambda: world.Post(title="t", author=world.first),
        lambda: world.Post.author == world.first,
    ):
        with pytest.raises(orm.InvalidValue, match=r"Post\.author: takes User, not <Post id="):
            wrong()


def test_a_row_can_point_at_its_own_table(world: SimpleNamespace) -> None:
    Comment = world.Comment
    top = Comment.insert(text="top", post=world.first)
    reply = Comment.insert(text="reply", post=world.first, reply_to=top)
    found = Comment.get(reply.id)
    assert found.reply_to == top
    assert found.reply_to.reply_to is None
    assert Comment.select().where(Comment.reply_to == top).count() == 1


# --- joins


@loading
def test_a_join_gives_both_objects(world: SimpleNamespace) -> None:
    Comment, Post = world.Comment, world.Post
    rows = Comment.select().join(Post).order_by(Comment.id).all()
    assert [(comment.text, post.title) for comment, post in rows] == [
        ("hello", "first"),
        ("thanks", "first"),
        ("well", "third"),
    ]
    assert [(type(left), type(right)) for left, right in rows] == [(Comment, Post)] * 3
    assert rows[0][1] == world.first


@loading
def test_a_joined_row_is_a_tuple(world: SimpleNamespace) -> None:
    query = world.Comment.select().join(world.Post)
    assert [type(row) for row in query] == [tuple] * 3


@loading
def test_a_left_join_keeps_rows_to_which_nothing_belongs(world: SimpleNamespace) -> None:
    Comment, Post = world.Comment, world.Post
    rows = Post.select().left_join(Comment).order_by(Post.id, Comment.id).all()
    assert [(post.title, comment and comment.text) for post, comment in rows] == [
        ("first", "hello"),
        ("first", "thanks"),
        ("second", None),
        ("third", "well"),
    ]
    silent = Post.select().left_join(Comment).where(Comment.id.is_null())
    assert [tuple(row) for row in silent] == [(world.second, None)]


@loading
def test_the_joined_object_is_put_where_the_foreign_key_will_look(
    world: SimpleNamespace,
) -> None:
    for comment, post in world.Comment.select().join(world.Post):
        assert vars(comment).get("_post") is post


@loading
def test_the_object_with_the_foreign_key_may_be_the_joined_one(world: SimpleNamespace) -> None:
    for post, comment in world.Post.select().join(world.Comment):
        assert vars(comment).get("_post") is post


@loading
def test_a_row_of_empty_values_is_still_a_row(world: SimpleNamespace, orm: ModuleType) -> None:
    """That a left join has found nothing is said by the id, and by nothing else."""

    class Note(orm.Model, table="t_notes", database=world.database):
        text = orm.TextField(null=True)
        user = orm.ForeignKey(world.User, null=True)

    orm.create_tables([Note])
    try:
        world.database.execute("INSERT INTO t_notes (id) VALUES (1)")
        assert [tuple(row) for row in Note.select().left_join(world.User)] == [(Note.get(1), None)]
        world.database.execute("UPDATE t_notes SET user_id = 1")
        query = world.User.select().left_join(Note).where(world.User.id == 1)
        assert [tuple(row) for row in query] == [(world.ann, Note.get(1))]
    finally:
        world.database.execute("DROP TABLE t_notes")


@following
def test_a_joined_object_is_not_loaded_again(
    world: SimpleNamespace, statements: Statements
) -> None:
    Post = world.Post
    for post, user in Post.select().join(world.User, on=Post.author):
        assert post.author is user
    for post, user in Post.select().left_join(world.User, on=Post.editor):
        assert post.editor is user
    assert len(statements.texts) == 2


@following
def test_two_foreign_keys_to_one_table_are_told_apart(
    world: SimpleNamespace, orm: ModuleType
) -> None:
    Post, User = world.Post, world.User
    rows = Post.select().join(User, on=Post.editor).all()
    assert rows == [(world.first, world.bob)]
    assert rows[0][0].author == world.ann
    rows = Post.select().left_join(User, on=Post.editor).order_by(Post.id).all()
    assert rows == [(world.first, world.bob), (world.second, None), (world.third, None)]
    assert rows[1][0].editor is None
    with pytest.raises(orm.ModelError, match=r"on=Post\.author, on=Post\.editor"):
        Post.select().join(User)


@following
def test_a_join_works_from_the_other_side_too(world: SimpleNamespace) -> None:
    Post, User = world.Post, world.User
    rows = User.select().left_join(Post, on=Post.author).order_by(User.id, Post.id).all()
    assert rows == [
        (world.ann, world.first),
        (world.ann, world.second),
        (world.bob, world.third),
        (world.zoe, None),
    ]
    assert rows[0][1].author is rows[0][0]


@following
def test_three_tables_in_one_query(world: SimpleNamespace, statements: Statements) -> None:
    Post, User, Comment = world.Post, world.User, world.Comment
    query = Comment.select().join(Post).join(User, on=Post.author).order_by(Comment.id)
    rows = query.where(User.name == "ann").all()
    assert [(comment.text, post, user) for comment, post, user in rows] == [
        ("hello", world.first, world.ann),
        ("thanks", world.first, world.ann),
    ]
    assert rows[0][0].post.author.name == "ann"
    assert sum("SELECT" in text for text in statements.texts) == 1


def cells(query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query as the database gives them, without the ORM's objects."""
    statement = query.statement()
    rows: list[tuple[Any, ...]] = query.model._database.execute(
        statement.sql, statement.values
    ).rows
    return rows


def ids(query: Any) -> list[tuple[Any, ...]]:
    """Of each row of a joined query, the ids of the first model and of the second."""
    width = len(query.model._fields)
    return [(row[0], *row[width : width + 1]) for row in cells(query)]


@building
def test_a_statement_joins_by_the_foreign_key(written: SimpleNamespace) -> None:
    Post, Comment = written.Post, written.Comment
    query = Comment.select().join(Post).order_by(Comment.id)
    assert ids(query) == [(21, 11), (22, 11), (23, 13)]
    assert [len(row) for row in cells(query)] == [len(Comment._fields) + len(Post._fields)] * 3


@building
def test_a_foreign_key_may_be_on_either_side_of_a_join(written: SimpleNamespace) -> None:
    Post, Comment = written.Post, written.Comment
    query = Post.select().join(Comment).order_by(Comment.id)
    assert [row[0] for row in cells(query)] == [11, 11, 13]


@building
def test_a_left_join_keeps_all_rows_of_the_first_model(written: SimpleNamespace) -> None:
    Post = written.Post
    query = Post.select().left_join(written.User, on=Post.editor).order_by(Post.id)
    assert [row[0] for row in cells(query)] == [11, 12, 13]


@building
def test_a_joined_statement_is_narrowed_ordered_cut_and_counted(written: SimpleNamespace) -> None:
    Post, Comment = written.Post, written.Comment
    query = Comment.select().join(Post).order_by(Post.id.desc(), Comment.id)
    assert [row[0] for row in cells(query)] == [23, 21, 22]
    narrow = query.where(Comment.text == "thanks", Post.title == "first")
    assert [row[0] for row in cells(narrow)] == [22]
    assert [row[0] for row in cells(query.limit(2).offset(1))] == [21, 22]
    assert query.count() == 3


@following
def test_a_joined_query_is_narrowed_ordered_counted_and_cut(world: SimpleNamespace) -> None:
    Post, User = world.Post, world.User
    query = Post.select().join(User, on=Post.author).order_by(User.name.desc(), Post.title.desc())
    assert [post.title for post, _ in query] == ["third", "second", "first"]
    assert [post.title for post, _ in query.limit(1).offset(1)] == ["second"]
    assert query.where(User.name == "ann").count() == 2
    assert query.first() == (world.third, world.bob)
    assert query.where(User.name == "nobody").first() is None


def test_a_join_that_cannot_work_says_what_would(world: SimpleNamespace, orm: ModuleType) -> None:
    Post, User, Comment = world.Post, world.User, world.Comment
    for wrong, said in (
        (lambda: Comment.select().join(User), "there is none"),
        (lambda: Post.select().join(User, on=Post.title), r"on=Post\.author, on=Post\.editor"),
        (lambda: Post.select().join(User, on=Comment.post), r"on=Post\.author, on=Post\.editor"),
        (
            lambda: Post.select().join(User, on=Post.author).join(User, on=Post.editor),
            r"join\(User\) needs one foreign key|is in this query already",
        ),
        (
            lambda: Comment.select().join(Comment, on=Comment.reply_to),
            r"join\(Comment\) needs one foreign key|is in this query already",
        ),
    ):
        with pytest.raises(orm.ModelError, match=said):
            wrong()


def test_an_abstract_model_cannot_be_joined(world: SimpleNamespace, orm: ModuleType) -> None:
    with pytest.raises(orm.ModelError):
        world.Post.select().join(world.Base).all()
