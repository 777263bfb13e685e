"""Rows written, found, ordered, counted, changed and deleted; the same on both databases."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

comparing = pytest.mark.exercise("5.5")
building = pytest.mark.exercise("5.6")
loading = pytest.mark.exercise("5.7")
saving = pytest.mark.exercise("5.9")

Plain = Callable[[str], list[tuple[Any, ...]]]

INJECTION = "x' OR 1=1; DROP TABLE posts; -- \" \\' %s ?"


def titles(posts: SimpleNamespace, query: Any) -> str:
    """The titles of the rows that a query selects, in a word."""
    statement = query.statement()
    rows = posts.database.execute(statement.sql, statement.values).rows
    place = list(posts.Post._fields).index("title")
    return "".join(row[place] for row in rows)


# --- objects: save and delete


@saving
def test_a_new_object_is_inserted_and_gets_its_id(blog: SimpleNamespace, plain: Plain) -> None:
    user = blog.User(name="ann")
    assert user.id is None
    assert plain("SELECT * FROM users") == []
    assert user.save() is user
    assert plain("SELECT id, name, age FROM users") == [(user.id, "ann", None)]


@saving
def test_insert_stores_at_once(blog: SimpleNamespace, plain: Plain) -> None:
    user = blog.User.insert(name="ann", age=30)
    assert plain("SELECT id, name, age FROM users") == [(user.id, "ann", 30)]


@saving
def test_a_stored_object_is_updated_and_no_other_row_is(
    blog: SimpleNamespace, ann: Any, plain: Plain
) -> None:
    bob = blog.User.insert(name="bob")
    ann.name = "anna"
    ann.save()
    ann.age = 31
    ann.save()
    assert plain("SELECT id, name, age FROM users ORDER BY id") == [
        (ann.id, "anna", 31),
        (bob.id, "bob", None),
    ]


@saving
def test_a_loaded_object_is_updated(blog: SimpleNamespace, ann: Any, plain: Plain) -> None:
    again = blog.User.get(ann.id)
    again.name = "anna"
    again.save()
    assert plain("SELECT id, name FROM users") == [(ann.id, "anna")]


@saving
def test_an_update_writes_only_what_has_changed(
    blog: SimpleNamespace, ann: Any, plain: Plain
) -> None:
    """Two requests change different columns of a row: neither takes back what the other did."""
    mine, yours = blog.User.get(ann.id), blog.User.get(ann.id)
    mine.name = "anna"
    yours.age = 31
    mine.save()
    yours.save()
    assert plain("SELECT name, age FROM users") == [("anna", 31)]


@saving
def test_saving_what_has_not_changed_is_no_error(blog: SimpleNamespace, ann: Any) -> None:
    ann.save()
    ann.name = "ann"
    assert ann.save() is ann
    ann.age = None
    ann.save()
    assert blog.User.select().count() == 1


@saving
def test_a_value_can_be_set_to_null_and_back(blog: SimpleNamespace, plain: Plain) -> None:
    user = blog.User.insert(name="ann", age=30)
    user.age = None
    user.save()
    assert plain("SELECT age FROM users") == [(None,)]
    user.age = 0
    user.save()
    assert plain("SELECT age FROM users") == [(0,)]


@saving
def test_an_object_whose_row_is_gone_cannot_be_updated(
    blog: SimpleNamespace, ann: Any, orm: ModuleType
) -> None:
    blog.User.get(ann.id).delete()
    ann.name = "anna"
    with pytest.raises(orm.DoesNotExist, match=rf"<User id={ann.id}> .* gone"):
        ann.save()


@saving
def test_an_attribute_that_is_no_field_is_refused_before_anything_is_written(
    blog: SimpleNamespace, ann: Any, orm: ModuleType, plain: Plain
) -> None:
    """user.nmae = "anna" is no error to Python, and the name would stay as it was."""
    new = blog.User(name="bob")
    for user in (ann, new):
        user.nmae = "anna"
        with pytest.raises(orm.ModelError, match="User has no field 'nmae': it has id, created, n"):
            user.save()
    assert plain("SELECT name FROM users") == [("ann",)]


@saving
def test_an_id_given_by_us_makes_a_new_row(blog: SimpleNamespace, plain: Plain) -> None:
    blog.User(id=1234, name="ann").save()
    assert plain("SELECT id, name FROM users") == [(1234, "ann")]


@saving
def test_an_id_can_be_changed(blog: SimpleNamespace, ann: Any, plain: Plain) -> None:
    ann.id = 4321
    ann.save()
    ann.name = "anna"
    ann.save()
    assert plain("SELECT id, name FROM users") == [(4321, "anna")]


def test_delete_removes_the_row_of_the_object_alone(
    blog: SimpleNamespace, ann: Any, orm: ModuleType, plain: Plain
) -> None:
    bob = blog.User.insert(name="bob")
    ann.delete()
    assert plain("SELECT name FROM users") == [("bob",)]
    for never_stored in (ann, blog.User(name="zoe"), blog.User(id=bob.id)):
        with pytest.raises(orm.ModelError, match="is not stored"):
            never_stored.delete()
    other = blog.User.get(bob.id)
    bob.delete()
    other.delete()  # gone already, which is what was asked for


def test_a_deleted_object_can_be_inserted_again(blog: SimpleNamespace, ann: Any) -> None:
    ann.delete()
    ann.save()
    assert blog.User.get(ann.id).name == "ann"


def test_objects_of_one_row_are_equal(blog: SimpleNamespace, ann: Any) -> None:
    again = blog.User.get(ann.id)
    bob = blog.User.insert(name="bob")
    assert again is not ann
    assert again == ann
    assert {again, ann, bob} == {ann, bob}
    assert ann != bob
    assert ann != ann.id
    assert ann != blog.Post(id=ann.id)
    assert blog.User() != blog.User()


# --- get


@loading
def test_get_finds_by_id_or_by_condition(posts: SimpleNamespace, orm: ModuleType) -> None:
    Post = posts.Post
    first = Post.get(Post.title == "a")
    assert Post.get(first.id).title == "a"
    assert Post.get(Post.likes >= 20).title == "c"  # the first by id
    assert Post.get_or_none(first.id) == first
    assert Post.get_or_none(first.id + 1000) is None
    assert Post.get_or_none(None) is None
    assert Post.get_or_none(Post.title == "z") is None
    with pytest.raises(orm.DoesNotExist, match="no Post with id 987654"):
        Post.get(987654)
    with pytest.raises(orm.DoesNotExist, match=r'no Post with .*"posts"."title" ='):
        Post.get(Post.title == "z")
    with pytest.raises(orm.InvalidValue, match=r"Post\.id: takes int, not '7'"):
        Post.get("7")


# --- conditions

CONDITIONS: dict[str, list[tuple[Any, str]]] = {
    "comparisons": [
        (lambda Post: Post.title == "c", "c"),
        (lambda Post: Post.title != "c", "abde"),
        (lambda Post: Post.likes < 20, "ab"),
        (lambda Post: Post.likes <= 20, "abc"),
        (lambda Post: Post.likes > 20, "de"),
        (lambda Post: Post.likes >= 20, "cde"),
    ],
    "NULL": [
        (lambda Post: Post.rating == None, "abcd"),  # noqa: E711
        (lambda Post: Post.rating != None, "e"),  # noqa: E711
        (lambda Post: Post.rating.is_null(), "abcd"),
        (lambda Post: ~Post.rating.is_null(), "e"),
    ],
    "NULL, where there is none": [(lambda Post: Post.title == None, "")],  # noqa: E711
    "NULL is neither equal nor different": [
        (lambda Post: Post.rating != 1.0, "e"),
        (lambda Post: ~(Post.rating == 1.0), "e"),
    ],
    "one of several": [
        (lambda Post: Post.title.in_(["a", "c", "z"]), "ac"),
        (lambda Post: Post.title.in_(x for x in "ac"), "ac"),
        (lambda Post: ~Post.title.in_(["a", "c", "z"]), "bde"),
        (lambda Post: Post.title.in_([]), ""),
        (lambda Post: ~Post.title.in_([]), "abcde"),
        (lambda Post: Post.title.in_(["a", "c"]) & (Post.title == "c"), "c"),
    ],
    "true or false": [
        (lambda Post: Post.draft, "b"),
        (lambda Post: ~Post.draft, "acde"),
        (lambda Post: Post.draft == True, "b"),  # noqa: E712
    ],
    "combined": [
        (lambda Post: (Post.likes > 0) & (Post.likes < 40), "bcd"),
        (lambda Post: (Post.title == "a") | (Post.title == "e"), "ae"),
        (lambda Post: ~((Post.title == "a") | (Post.title == "e")), "bcd"),
        (lambda Post: ~(Post.title == "a") & ~(Post.title == "e"), "bcd"),
        (lambda Post: (Post.title == "a") | (Post.title == "b") & (Post.likes == 0), "a"),
        (lambda Post: ((Post.title == "a") | (Post.title == "b")) & (Post.likes == 0), "a"),
        (lambda Post: (Post.likes == 0) & ((Post.title == "a") | (Post.title == "b")), "a"),
        (lambda Post: ~(Post.likes > 5) & (Post.likes < 50), "a"),
        (lambda Post: ~~(Post.likes > 25), "de"),
    ],
    "two columns": [
        (lambda Post: Post.title == Post.title, "abcde"),
        (lambda Post: Post.body == Post.title, ""),
    ],
    "values that look like SQL": [
        (lambda Post: Post.title == INJECTION, ""),
        (lambda Post: Post.title.in_([INJECTION, "b"]), "b"),
    ],
}


@comparing
@pytest.mark.parametrize("kind", CONDITIONS)
def test_conditions_find_the_right_rows(posts: SimpleNamespace, kind: str) -> None:
    found, expected = {}, {}
    for make, right in CONDITIONS[kind]:
        condition = make(posts.Post)
        sql = f"SELECT title FROM posts WHERE {condition.sql} ORDER BY id"
        rows = posts.database.execute(sql, condition.values).rows
        found[condition.sql] = "".join(title for (title,) in rows)
        expected[condition.sql] = right
    assert found == expected


@comparing
def test_every_value_is_bound_and_none_is_in_the_text(orm: ModuleType) -> None:
    class Post(orm.Model, table="posts"):
        title = orm.TextField()
        likes = orm.IntegerField()

    condition = (Post.title == INJECTION) & (Post.likes > 77)
    assert condition.sql == '( "posts"."title" = ? AND "posts"."likes" > ? )'
    assert list(condition.values) == [INJECTION, 77]


@comparing
def test_none_is_null(orm: ModuleType) -> None:
    class Post(orm.Model, table="posts"):
        title = orm.TextField()

    assert (Post.title == None).sql == '"posts"."title" IS NULL'  # noqa: E711
    assert "NOT" in (Post.title != None).sql  # noqa: E711


@building
def test_values_stay_in_the_order_of_their_question_marks(posts: SimpleNamespace) -> None:
    Post = posts.Post
    query = Post.select().where(Post.likes > 5).order_by(Post.id).limit(7).offset(1)
    query = query.where(Post.title.in_(["b", "c", "d"]), Post.likes < 35)
    statement = query.statement()
    assert statement.values == [5, "b", "c", "d", 35, 7, 1]
    assert statement.sql.count("?") == 7
    assert titles(posts, query) == "cd"


@comparing
def test_a_comparison_with_nothing_has_no_order(posts: SimpleNamespace, orm: ModuleType) -> None:
    for wrong in (lambda: posts.Post.likes < None, lambda: posts.Post.title.in_([None])):
        with pytest.raises(orm.InvalidValue):
            wrong()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda Post: bool(Post.likes > 3),
        lambda Post: Post.likes > 3 and Post.draft,
        lambda Post: Post.likes > 3 or Post.draft,
        lambda Post: not Post.draft,
        lambda Post: 1 < Post.likes < 5,
        lambda Post: Post.likes > 3 & Post.draft,
        lambda Post: (Post.likes > 3) & "1 = 1",
        lambda Post: (Post.likes > 3) | True,
        lambda Post: Post.select().where("title = 'a'"),
        lambda Post: Post.select().where(Post().likes == 3),
        lambda Post: Post.select().order_by("title"),
        lambda Post: Post.select().where(None),
    ],
    ids=[
        "bool",
        "and",
        "or",
        "not",
        "chain",
        "precedence",
        "text",
        "True",
        "where text",
        "where object",
        "order text",
        "where None",
    ],
)
def test_what_is_no_condition_is_refused_with_the_remedy(
    tables: SimpleNamespace, wrong: Any
) -> None:
    with pytest.raises(TypeError, match=r"combine by & \| ~|write \(Post.likes > 3\) & "):
        wrong(tables.Post)


# --- like

LIKE = [
    ("hello%", ["Hello World", "hello"]),
    ("%o", ["hello"]),
    ("%WORLD", ["Hello World"]),
    ("h_llo", ["hello"]),
    ("HELLO", ["hello"]),
    ("ÉCOLE%", ["École 100%"]),
    ("%100%", ["100 people", "École 100%"]),
    (r"%100\%", ["École 100%"]),
    (r"a\_b", ["a_b"]),
    ("a_b", ["a_b", "axb"]),
    ("%'%", ["it's"]),
    ("%?%", ["why?"]),
    (r"%\\%", ["back\\slash"]),
    ("%", None),
    ("", []),
]


@pytest.mark.parametrize(("pattern", "expected"), LIKE, ids=[pattern for pattern, _ in LIKE])
def test_like_knows_no_case_and_has_an_escape(
    blog: SimpleNamespace, pattern: str, expected: list[str] | None
) -> None:
    names = ["Hello World", "hello", "École 100%", "100 people", "a_b", "axb", "it's", "why?"]
    names.append("back\\slash")
    for name in names:
        blog.User.insert(name=name)
    found = [user.name for user in blog.User.select().where(blog.User.name.like(pattern))]
    assert sorted(found) == sorted(names if expected is None else expected)


def test_like_is_for_text(blog: SimpleNamespace, orm: ModuleType) -> None:
    with pytest.raises(orm.InvalidValue, match=r"Post\.likes"):
        blog.Post.likes.like("1%")


# --- order, limit, offset


@building
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (lambda Post: [Post.likes.desc()], "edcba"),
        (lambda Post: [Post.draft.desc(), Post.likes], "bacde"),
        (lambda Post: [Post.draft, Post.likes.desc()], "edcab"),
        (lambda Post: [Post.rating, Post.id.desc()], "dcbae"),  # NULL comes first
        (lambda Post: [Post.rating.desc(), Post.id], "eabcd"),
    ],
)
def test_rows_come_in_the_order_asked_for(
    posts: SimpleNamespace, order: Any, expected: str
) -> None:
    assert titles(posts, posts.Post.select().order_by(*order(posts.Post))) == expected
    one_by_one = posts.Post.select()
    for column in order(posts.Post):
        one_by_one = one_by_one.order_by(column)
    assert titles(posts, one_by_one) == expected


@building
@pytest.mark.parametrize(
    ("limit", "offset", "expected"),
    [
        (2, None, "ab"),
        (2, 0, "ab"),
        (2, 2, "cd"),
        (2, 4, "e"),
        (None, 3, "de"),
        (0, None, ""),
        (0, 2, ""),
        (100, None, "abcde"),
        (None, 100, ""),
        (-1, None, ""),
        (2, -1, "ab"),
    ],
)
def test_limit_and_offset_cut_a_page(
    posts: SimpleNamespace, limit: int | None, offset: int | None, expected: str
) -> None:
    query = posts.Post.select().order_by(posts.Post.id)
    if limit is not None:
        query = query.limit(limit)
    if offset is not None:
        query = query.offset(offset)
    assert titles(posts, query) == expected
    assert query.count() == len(expected)


@building
def test_a_query_is_not_changed_by_its_methods(posts: SimpleNamespace) -> None:
    Post = posts.Post
    query = Post.select().order_by(Post.id)
    query.where(Post.draft)
    query.order_by(Post.likes.desc())
    query.limit(1)
    query.offset(1)
    assert titles(posts, query) == "abcde"
    drafts = query.where(Post.draft)
    assert titles(posts, query.where(~Post.draft).where(Post.likes > 20)) == "de"
    assert titles(posts, drafts) == "b"
    assert titles(posts, drafts) == "b"  # and a query can be asked again


@loading
def test_first_and_all_give_objects(posts: SimpleNamespace) -> None:
    Post = posts.Post
    query = Post.select().order_by(Post.id.desc())
    assert query.first().title == "e"
    assert query.where(Post.title == "z").first() is None
    assert [post.title for post in query.all()] == list("edcba")
    assert [post.title for post in query] == list("edcba")
    assert all(type(post) is Post for post in query)


@building
def test_columns_are_read_by_name_whatever_their_order_in_the_table(
    orm: ModuleType, database: Any
) -> None:
    """The table may be older than the model, or somebody else's."""

    class Note(orm.Model, table="t_older", database=database):
        text = orm.TextField(max_length=20)
        likes = orm.IntegerField()

    database.execute("CREATE TABLE t_older (likes BIGINT, old INT, text VARCHAR(20), id BIGINT)")
    database.execute("INSERT INTO t_older VALUES (3, 4, 'hello', 1)")
    statement = Note.select().statement()
    rows = database.execute(statement.sql, statement.values).rows
    database.execute("DROP TABLE t_older")
    assert rows == [(1, "hello", 3)]


@building
def test_the_database_counts(posts: SimpleNamespace) -> None:
    Post = posts.Post
    query = Post.select().order_by(Post.id.desc())
    assert query.where(Post.likes > 15).count() == 3
    assert query.where(Post.title == "z").count() == 0


def test_rows_can_be_changed_while_they_are_read(posts: SimpleNamespace) -> None:
    for post in posts.Post.select().order_by(posts.Post.id):
        post.title = post.title.upper()
        post.save()
    assert titles(posts, posts.Post.select().order_by(posts.Post.id)) == "ABCDE"


# --- update and delete of many


def test_update_changes_the_rows_that_match_and_counts_them(
    posts: SimpleNamespace, plain: Plain
) -> None:
    Post = posts.Post
    assert Post.select().where(Post.likes > 15).update(title=INJECTION, likes=1) == 3
    found = plain("SELECT title, likes FROM posts ORDER BY id")
    assert found == [("a", 0), ("b", 10)] + [(INJECTION, 1)] * 3


def test_update_counts_rows_that_match_changed_or_not(posts: SimpleNamespace) -> None:
    Post = posts.Post
    assert Post.select().update(draft=False) == 5
    assert Post.select().update(draft=False) == 5
    assert Post.select().where(Post.title == "z").update(draft=True) == 0
    assert Post.select().where(Post.title.in_([])).update(draft=True) == 0


def test_update_takes_an_object_for_a_foreign_key(posts: SimpleNamespace, plain: Plain) -> None:
    bob = posts.User.insert(name="bob")
    assert posts.Post.select().where(posts.Post.title == "a").update(author=bob) == 1
    assert posts.Post.select().where(posts.Post.title == "b").update(author_id=bob.id) == 1
    assert plain(f"SELECT title FROM posts WHERE author_id = {bob.id} ORDER BY id") == [
        ("a",),
        ("b",),
    ]


def test_delete_removes_the_rows_that_match_and_counts_them(
    posts: SimpleNamespace, plain: Plain
) -> None:
    Post = posts.Post
    assert Post.select().where(Post.likes > 15, Post.title != "d").delete() == 2
    assert plain("SELECT title FROM posts ORDER BY id") == [("a",), ("b",), ("d",)]
    assert Post.select().where(Post.title.in_([])).delete() == 0
    assert Post.select().delete() == 3
    assert plain("SELECT * FROM posts") == []


@pytest.mark.parametrize(
    "narrow",
    [
        lambda query, blog: query.limit(1),
        lambda query, blog: query.offset(1),
        lambda query, blog: query.order_by(blog.Post.id),
        lambda query, blog: query.join(blog.User, on=blog.Post.author),
    ],
    ids=["limit", "offset", "order", "join"],
)
def test_update_and_delete_refuse_what_they_would_ignore(
    posts: SimpleNamespace, orm: ModuleType, plain: Plain, narrow: Any
) -> None:
    query = narrow(posts.Post.select(), posts)
    for wrong in (query.delete, lambda: query.update(title="all")):
        with pytest.raises(orm.ModelError, match="go with where"):
            wrong()
    assert len(plain("SELECT * FROM posts WHERE title <> 'all'")) == 5


# --- tables


def test_tables_are_made_once_in_the_order_given(
    orm: ModuleType, database: Any, plain: Plain
) -> None:
    class Author(orm.Model, table="t_authors", database=database):
        name = orm.TextField(max_length=20, unique=True)

    class Book(orm.Model, table="t_books", database=database):
        author = orm.ForeignKey(Author)
        sequel_of = orm.ForeignKey("self", null=True)

    orm.create_tables([Author, Book])
    book = Book.insert(author=Author.insert(name="ann"))
    Book.insert(author=book.author, sequel_of=book)
    orm.create_tables([Author, Book])  # there already: nothing happens
    assert plain("SELECT COUNT(*) FROM t_books") == [(2,)]
    for table in ("t_books", "t_authors"):
        database.execute(f"DROP TABLE {table}")


def test_names_that_are_words_of_sql_can_name_columns_and_tables(
    orm: ModuleType, database: Any
) -> None:
    class Order(orm.Model, database=database):
        group = orm.IntegerField()
        key = orm.TextField(max_length=10, unique=True)
        values = orm.TextField()
        select_ = orm.TextField(default="")

    orm.create_tables([Order])
    Order.insert(group=1, key="a", values="x")
    query = Order.select().where(Order.group == 1, Order.key.like("A")).order_by(Order.values)
    assert [order.values for order in query] == ["x"]
    assert query.where(Order.values == "x").count() == 1
    database.execute('DROP TABLE "order"')


def test_rows_that_others_have_written_are_read(
    blog: SimpleNamespace, database: Any, ann: Any
) -> None:
    database.execute(
        "INSERT INTO posts (title, body, likes, draft, author_id, created) "
        "VALUES ('by hand', '', 3, 1, ?, '2026-01-01 10:00:00')",
        [ann.id],
    )
    post = blog.Post.get(blog.Post.title == "by hand")
    assert (post.likes, post.draft, post.author, post.created.hour) == (3, True, ann, 10)
