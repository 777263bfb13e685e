"""Questions that step 05 cannot ask: sums, groups, picked columns, aliases, rows fetched ahead."""

from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

import pytest


@pytest.fixture
def statements(blog: SimpleNamespace) -> Iterator[list[str]]:
    """The SQL of all statements, as the log of the database is told it."""
    texts: list[str] = []
    blog.database.log = lambda sql, parameters, seconds: texts.append(sql)
    yield texts
    blog.database.log = None


# --- conditions


def test_between_takes_both_ends(posts: SimpleNamespace) -> None:
    Post = posts.Post
    found = Post.select(Post.title).where(Post.likes.between(10, 30)).order_by(Post.likes)
    assert list(found) == [("b",), ("c",), ("d",)]
    assert Post.select().where(~Post.likes.between(10, 30)).count() == 2
    assert Post.select().where(Post.likes.between(10, 30) & (Post.title == "c")).count() == 1


@pytest.mark.parametrize("text", ["100%", "a_b", "back\\slash", "it's", "?", "%s", "🪜", ""])
def test_contains_finds_the_text_itself(blog: SimpleNamespace, text: str) -> None:
    blog.User.insert(name=f"before {text.upper()} after")
    blog.User.insert(name="1000 axb backslash its")
    found = blog.User.select().where(blog.User.name.contains(text)).order_by(blog.User.id)
    assert [user.name[:6] for user in found][:1] == ["before"]
    assert len(found.all()) == (2 if text == "" else 1)


# --- columns, and values of many rows


def test_picked_columns_come_as_tuples_of_python_values(posts: SimpleNamespace) -> None:
    Post = posts.Post
    query = Post.select(Post.title, Post.draft, Post.rating, Post.author, Post.created)
    [row] = query.where(Post.title == "b")
    assert row == ("b", True, None, 1, Post.get(2).created)
    assert type(row[1]) is bool
    assert Post.select(Post.title).order_by(Post.id.desc()).first() == ("e",)


def test_distinct_gives_each_row_once(posts: SimpleNamespace) -> None:
    Post = posts.Post
    query = Post.select(Post.draft).distinct().order_by(Post.draft)
    assert list(query) == [(False,), (True,)]
    assert query.count() == 2
    joined = posts.User.select().join(Post, on=Post.author)
    assert joined.distinct().count() == 5


def test_sums_of_all_rows(posts: SimpleNamespace) -> None:
    Post = posts.Post
    for function, of_all, of_none in (
        (Post.likes.sum(), 100, None),
        (Post.likes.avg(), 20.0, None),
        (Post.likes.min(), 0, None),
        (Post.likes.max(), 40, None),
        (Post.rating.count(), 1, 0),
        (Post.author.count(distinct=True), 1, 0),
        (Post.title.max(), "e", None),
        (Post.draft.max(), True, None),
        (Post.created.min(), Post.get(1).created, None),
        (Post.rating.avg(), 4.5, None),
        (Post.draft.sum(), 1, None),
        (Post.draft.avg(), 0.2, None),
    ):
        [(found,)] = Post.select(function)
        assert (found, type(found)) == (of_all, type(of_all))
        assert list(Post.select(function).where(Post.id < 0)) == [(of_none,)]


def test_rows_are_grouped_and_groups_chosen(world: SimpleNamespace) -> None:
    Post, Comment = world.Post, world.Comment
    groups = Post.select(Post.author, Post.id.count(), Post.title.max()).group_by(Post.author)
    assert list(groups.order_by(Post.author)) == [(1, 2, "second"), (2, 1, "third")]
    assert list(groups.having(Post.id.count() > 1)) == [(1, 2, "second")]
    assert list(groups.having(Post.draft.sum() < 1, Post.id.avg() > 12)) == [(2, 1, "third")]
    most = groups.having(Post.id.count().between(1, 9)).order_by(Post.id.count().desc())
    assert most.first() == (1, 2, "second")
    assert groups.count() == 2
    joined = (
        Post.select(Post.title, Comment.id.count())
        .left_join(Comment)
        .group_by(Post.id, Post.title)
        .order_by(Post.id)
    )
    assert list(joined) == [("first", 2), ("second", 0), ("third", 1)]
    assert list(joined.having(Comment.id.count() == 0)) == [("second", 0)]


def test_values_of_having_are_bound_in_their_place(world: SimpleNamespace) -> None:
    Post = world.Post
    query = Post.select(Post.author).group_by(Post.author).limit(5)
    query = query.having(Post.id.count() < 9).where(Post.title != "x").order_by(Post.author)
    assert query.statement().values == ["x", 9, 5, 0]
    assert list(query) == [(1,), (2,)]


# --- a model twice in a query


def test_two_foreign_keys_to_one_table_are_joined_by_aliases(world: SimpleNamespace) -> None:
    Post, User = world.Post, world.User
    Editor = User.alias("editor")
    query = Post.select().join(User, on=Post.author).left_join(Editor, on=Post.editor)
    rows = query.order_by(Post.id).all()
    assert rows == [
        (world.first, world.ann, world.bob),
        (world.second, world.ann, None),
        (world.third, world.bob, None),
    ]
    assert (rows[0][0].author.name, rows[0][0].editor.name) == ("ann", "bob")
    assert query.where(Editor.name == "bob", User.name == "ann").all() == rows[:1]
    assert list(Post.select(Post.title, Editor.name).join(Editor, on=Post.editor)) == [
        ("first", "bob")
    ]


def test_a_table_is_joined_to_itself(world: SimpleNamespace) -> None:
    Comment = world.Comment
    top = Comment.insert(text="top", post=world.first)
    reply = Comment.insert(text="reply", post=world.first, reply_to=top)
    Parent = Comment.alias("parent")
    query = Comment.select().left_join(Parent, on=Comment.reply_to).where(Comment.id >= top.id)
    assert query.order_by(Comment.id).all() == [(top, None), (reply, top)]
    Reply = Comment.alias("reply")
    children = Comment.select().join(Reply, on=Reply.reply_to)
    assert children.all() == [(top, reply)]
    assert children.all()[0][1].reply_to is not None


def test_a_name_that_is_taken_in_a_query_is_refused(
    world: SimpleNamespace, orm: ModuleType
) -> None:
    Post, User = world.Post, world.User
    query = Post.select().join(User, on=Post.author)
    with pytest.raises(orm.ModelError, match=r"users is in this query already: .*\.alias\(name\)"):
        query.join(User, on=Post.editor)
    with pytest.raises(orm.ModelError, match="cannot name a table"):
        User.alias('e" --')
    with pytest.raises(orm.ModelError, match="User has no field 'nmae'"):
        _ = User.alias("e").nmae


def test_a_left_join_that_picks_no_column_of_the_other_still_says_whether_it_matched(
    world: SimpleNamespace,
) -> None:
    """Two empty answers differ: a row with NULLs is there, no row is not."""
    Post, User = world.Post, world.User
    picked = Post.select(Post.title, User.id).left_join(User, on=Post.editor).order_by(Post.id)
    assert list(picked) == [("first", 2), ("second", None), ("third", None)]
    for post, editor in Post.select().left_join(User, on=Post.editor):
        assert (editor is None) == (post.editor_id is None)


def test_a_row_that_is_joined_many_times_is_one_object(world: SimpleNamespace) -> None:
    Post, User = world.Post, world.User
    rows = Post.select().join(User, on=Post.author).order_by(Post.id).all()
    assert rows[0][1] is rows[1][1]
    assert rows[0][0].author is rows[1][0].author
    assert rows[2][1] is not rows[0][1]


# --- fetched ahead, and the way back


def test_prefetch_takes_one_statement_more_however_many_rows(
    world: SimpleNamespace, statements: list[str]
) -> None:
    Post = world.Post
    found = Post.select().prefetch(Post.author, Post.editor).order_by(Post.id).all()
    assert [post.author.name for post in found] == ["ann", "ann", "bob"]
    assert [post.editor and post.editor.name for post in found] == ["bob", None, None]
    assert len(statements) == 3
    assert found[0].author is found[1].author


def test_prefetch_of_no_rows_and_of_nothing_asks_for_nothing_it_cannot_find(
    world: SimpleNamespace,
) -> None:
    Post = world.Post
    assert Post.select().where(Post.id < 0).prefetch(Post.author).all() == []
    [post] = Post.select().where(Post.title == "second").prefetch(Post.editor)
    assert post.editor is None


def test_prefetch_goes_along_a_joined_model_too(
    world: SimpleNamespace, statements: list[str]
) -> None:
    Post, Comment = world.Post, world.Comment
    query = Comment.select().join(Post).prefetch(Post.author).order_by(Comment.id)
    assert [post.author.name for _, post in query] == ["ann", "ann", "bob"]
    assert len(statements) == 2


@pytest.fixture
def shelves(blog: SimpleNamespace, orm: ModuleType) -> Iterator[SimpleNamespace]:
    """Authors with the way back to their books, as writers and as editors."""

    class Author(orm.Model, table="t_authors", database=blog.database):
        name = orm.TextField(max_length=20)

    class Book(orm.Model, table="t_books", database=blog.database):
        title = orm.TextField(max_length=20)
        author = orm.ForeignKey(Author, reverse="books", on_delete="cascade")
        editor = orm.ForeignKey(Author, reverse="edited", null=True)

    orm.drop_tables([Author, Book])
    orm.create_tables([Author, Book])
    ann, bob = Author.insert(name="ann"), Author.insert(name="bob")
    Author.insert(name="zoe")
    for title in ("one", "two"):
        Book.insert(title=title, author=ann, editor=bob)
    Book.insert(title="three", author=bob)
    yield SimpleNamespace(Author=Author, Book=Book, ann=ann, bob=bob)
    orm.drop_tables([Author, Book])


def test_the_way_back_is_a_query(shelves: SimpleNamespace) -> None:
    assert [book.title for book in shelves.ann.books.order_by(shelves.Book.id)] == ["one", "two"]
    assert shelves.ann.edited.count() == 0
    assert shelves.bob.edited.where(shelves.Book.title == "one").count() == 1


def test_the_way_back_is_fetched_ahead_for_each_foreign_key_apart(
    shelves: SimpleNamespace, statements: list[str]
) -> None:
    Author = shelves.Author
    found = Author.select().prefetch(Author.books, Author.edited).order_by(Author.id).all()
    assert [[book.title for book in author.books] for author in found] == [
        ["one", "two"],
        ["three"],
        [],
    ]
    assert [len(author.edited) for author in found] == [0, 2, 0]
    assert all(book.author is found[0] for book in found[0].books)
    assert len(statements) == 3
    found[0].name = "anna"
    assert found[0].save().id == shelves.ann.id


def test_a_way_back_takes_no_name_that_is_taken(shelves: SimpleNamespace, orm: ModuleType) -> None:
    for name in ("books", "save", "name"):
        with pytest.raises(orm.ModelError, match=rf"Author\.{name}: the name is taken"):
            type(orm.Model)(
                "Essay", (orm.Model,), {"author": orm.ForeignKey(shelves.Author, reverse=name)}
            )
