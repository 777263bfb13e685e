"""How a class statement becomes a model: fields collected, copied, and answering on the class."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

collecting = pytest.mark.exercise("5.3")
describing = pytest.mark.exercise("5.4")
saving = pytest.mark.exercise("5.9")


@pytest.fixture
def database(database_layer: ModuleType) -> Iterator[Any]:
    """What a model looks like does not depend on the database; one in memory will do."""
    database = database_layer.connect("sqlite:///:memory:")
    yield database
    database.close()


# --- collecting


@collecting
def test_fields_stand_in_order_after_the_id(orm: ModuleType) -> None:
    class Post(orm.Model):
        title = orm.TextField()
        likes = orm.IntegerField()
        author = orm.ForeignKey("self")

    assert list(Post._fields) == ["id", "title", "likes", "author"]
    assert [field.column for field in Post._fields.values()] == [
        "id",
        "title",
        "likes",
        "author_id",
    ]
    assert isinstance(Post._fields["author"], orm.ForeignKey)


@collecting
def test_fields_and_methods_of_abstract_bases_are_inherited(orm: ModuleType) -> None:
    class Base(orm.Model, abstract=True):
        created = orm.IntegerField(default=7)

        def age(self) -> int:
            return 10 - int(self.created)

    class Titled(Base, abstract=True):
        title = orm.TextField(default="untitled")

    class Post(Titled):
        likes = orm.IntegerField(default=0)

    assert list(Post._fields) == ["id", "created", "title", "likes"]
    assert Post().age() == 3
    assert Post().title == "untitled"


@collecting
def test_two_models_share_no_field(orm: ModuleType) -> None:
    class Base(orm.Model, abstract=True):
        created = orm.IntegerField()

    class Post(Base, table="posts"):
        pass

    class User(Base, table="users"):
        pass

    assert Post._fields["created"] is not User._fields["created"]
    assert Post._fields["created"].model is Post
    assert User._fields["created"].model is User
    assert Base._fields["created"].model is Base


@collecting
def test_one_field_object_used_twice_becomes_two_fields(orm: ModuleType) -> None:
    title = orm.TextField(max_length=10)

    class Post(orm.Model):
        first = title
        second = title

    class Page(orm.Model):
        heading = title

    assert [field.column for field in Post._fields.values()] == ["id", "first", "second"]
    assert [field.column for field in Page._fields.values()] == ["id", "heading"]
    assert Post._fields["first"].model is Post


@collecting
def test_a_model_may_replace_an_inherited_field(orm: ModuleType) -> None:
    class Base(orm.Model, abstract=True):
        title = orm.TextField()
        likes = orm.IntegerField()

    class Post(Base):
        title = orm.TextField(max_length=10)

    assert list(Post._fields) == ["id", "title", "likes"]
    assert Post._fields["title"].max_length == 10


@collecting
def test_of_two_bases_the_first_wins_as_with_methods(orm: ModuleType) -> None:
    class First(orm.Model, abstract=True):
        title = orm.TextField(default="first")

    class Second(orm.Model, abstract=True):
        title = orm.TextField(default="second")
        likes = orm.IntegerField(default=2)

    class Post(First, Second):
        pass

    assert (Post().title, Post().likes) == ("first", 2)


@collecting
def test_a_base_may_be_a_plain_class(orm: ModuleType) -> None:
    class Shouting:
        def shout(self) -> str:
            return str(self.title).upper()  # type: ignore[attr-defined]

    class Post(Shouting, orm.Model):
        title = orm.TextField()

    assert Post(title="hello").shout() == "HELLO"


@collecting
def test_a_model_with_a_table_cannot_be_a_base(orm: ModuleType) -> None:
    class Post(orm.Model):
        title = orm.TextField()

    with pytest.raises(orm.ModelError, match=r"^News: Post has a table"):

        class News(Post):
            source = orm.TextField()


@collecting
@pytest.mark.parametrize("name", ["save", "delete", "get", "select", "insert", "id", "_fields"])
def test_a_field_cannot_take_the_name_of_a_method(orm: ModuleType, name: str) -> None:
    with pytest.raises(orm.ModelError, match=rf"^Post\.{name}: the name is taken"):
        type(orm.Model)("Post", (orm.Model,), {name: orm.TextField()})


@collecting
def test_a_field_cannot_take_the_name_of_an_inherited_method(orm: ModuleType) -> None:
    class Base(orm.Model, abstract=True):
        def age(self) -> int:
            return 1

    with pytest.raises(orm.ModelError, match=r"^Post\.age: the name is taken"):

        class Post(Base):
            age = orm.IntegerField()


@collecting
def test_a_method_cannot_take_the_name_of_an_inherited_field(orm: ModuleType) -> None:
    class Base(orm.Model, abstract=True):
        age = orm.IntegerField()

    with pytest.raises(orm.ModelError, match=r"^Post\.age: the name is taken"):

        class Post(Base):
            def age(self) -> int:
                return 1


# --- what a class statement says besides


@pytest.mark.parametrize(
    ("name", "table"),
    [("Post", "post"), ("BlogPost", "blogpost")],
)
def test_the_table_of_a_model_is_its_name_in_small_letters(
    orm: ModuleType, name: str, table: str
) -> None:
    assert type(orm.Model)(name, (orm.Model,), {})._table == table


@pytest.mark.parametrize(
    "table", ["posts; DROP TABLE users", 'po"sts', "", "größe", "1st", "x" * 61]
)
def test_a_table_name_that_could_be_more_than_a_name_is_refused(
    orm: ModuleType, table: str
) -> None:
    with pytest.raises(orm.ModelError, match="cannot name a table"):
        type(orm.Model)("Post", (orm.Model,), {}, table=table)


@pytest.mark.parametrize("name", ['ti"tle', "größe", "ti tle", "t" * 61])
def test_a_field_name_that_could_be_more_than_a_name_is_refused(orm: ModuleType, name: str) -> None:
    with pytest.raises(orm.ModelError, match="cannot name a table or column") as caught:
        type(orm.Model)("Post", (orm.Model,), {name: orm.TextField()})
    assert repr(name) in str(caught.value)


def test_a_misspelt_option_is_refused(orm: ModuleType) -> None:
    with pytest.raises(orm.ModelError, match=r"Post: no option .'tabel'.; use table"):
        type(orm.Model)("Post", (orm.Model,), {}, tabel="posts")


def test_the_database_is_inherited_and_may_be_replaced(
    orm: ModuleType, database_layer: ModuleType, database: Any
) -> None:
    class Base(orm.Model, abstract=True, database=database):
        pass

    class Post(Base):
        pass

    another = database_layer.connect("sqlite:///:memory:")

    class Page(Base, database=another):
        pass

    assert (Post._database, Page._database) == (database, another)


# --- descriptors


@describing
def test_on_the_class_a_field_is_an_expression(orm: ModuleType) -> None:
    class Post(orm.Model, table="posts"):
        title = orm.TextField()

    assert isinstance(Post.title, orm.Column)
    assert Post.title.sql == '"posts"."title"'
    assert Post.title.field is Post._fields["title"]


@describing
def test_each_model_asks_for_its_own_column_of_an_inherited_field(orm: ModuleType) -> None:
    class Base(orm.Model, abstract=True):
        created = orm.IntegerField()

    class Post(Base, table="posts"):
        pass

    class User(Base, table="users"):
        pass

    assert (Post.created.sql, User.created.sql) == ('"posts"."created"', '"users"."created"')


def test_on_an_instance_a_field_is_the_value_in_its_dict(orm: ModuleType) -> None:
    class Post(orm.Model):
        title = orm.TextField()

    post = Post(title="hello")
    assert vars(post)["title"] == "hello"
    post.title = "changed"
    assert vars(post)["title"] == "changed"
    vars(post)["title"] = "directly"
    assert post.title == "directly"


def test_a_plain_field_is_no_data_descriptor_and_a_foreign_key_is_one(orm: ModuleType) -> None:
    assert not hasattr(orm.TextField, "__set__")
    assert hasattr(orm.ForeignKey, "__set__")


def test_reading_a_value_does_not_call_the_field(
    orm: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Post(orm.Model):
        title = orm.TextField()

    post = Post(title="hello")
    monkeypatch.setattr(orm.Field, "__get__", lambda *arguments: pytest.fail("__get__ was called"))
    assert post.title == "hello"


@describing
def test_an_object_made_without_init_says_so(orm: ModuleType) -> None:
    class Post(orm.Model):
        title = orm.TextField()

    with pytest.raises(orm.ModelError, match=r"Post\.title has no value"):
        _ = Post.__new__(Post).title


@describing
def test_an_empty_object_is_an_object(orm: ModuleType) -> None:
    class Basket(orm.Model):
        content = orm.TextField()

        def __len__(self) -> int:
            return 0

    with pytest.raises(orm.ModelError, match=r"Basket\.content has no value"):
        _ = Basket.__new__(Basket).content


# --- making objects


def test_an_object_takes_values_by_name_and_defaults_for_the_others(orm: ModuleType) -> None:
    counted = iter(range(10))

    class Post(orm.Model):
        title = orm.TextField(default="untitled")
        number = orm.IntegerField(default=lambda: next(counted))
        likes = orm.IntegerField(null=True)

    assert vars(Post(title="hello")) == {"id": None, "title": "hello", "number": 0, "likes": None}
    assert Post().number == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda Post: Post(titel="hello"),
        lambda Post: Post.insert(titel="hello"),
        lambda Post: Post.select().update(titel="hello"),
        lambda Post: setattr_and_save(Post(title="a"), "titel", "hello"),
    ],
    ids=["Post()", "insert", "update", "assigned"],
)
def test_a_misspelt_field_is_answered_with_those_that_there_are(
    orm: ModuleType, database: Any, wrong: Any
) -> None:
    class Post(orm.Model, database=database):
        title = orm.TextField()

    orm.create_tables([Post])
    with pytest.raises(orm.ModelError, match="Post has no field 'titel': it has id, title"):
        wrong(Post)


def test_a_misspelt_attribute_is_an_attribute_error(orm: ModuleType) -> None:
    class Post(orm.Model):
        title = orm.TextField()

    with pytest.raises(AttributeError, match="titel"):
        _ = Post.titel == "hello"
    with pytest.raises(AttributeError, match="titel"):
        _ = Post(title="hello").titel


def setattr_and_save(instance: Any, name: str, value: Any) -> None:
    setattr(instance, name, value)
    instance.save()


def test_a_property_that_fails_says_what_failed_inside_of_it(orm: ModuleType) -> None:
    class Post(orm.Model):
        title = orm.TextField()

        @property
        def shouted(self) -> str:
            return str(self.titel).upper()

    with pytest.raises(AttributeError, match="'titel'"):
        _ = Post(title="a").shouted


@saving
def test_private_and_cached_attributes_do_not_disturb_saving(
    orm: ModuleType, database: Any
) -> None:
    from functools import cached_property

    class Post(orm.Model, database=database):
        title = orm.TextField()

        @cached_property
        def length(self) -> int:
            return len(self.title)

    orm.create_tables([Post])
    post = Post(title="hello")
    post._note = "mine"
    assert post.length == 5
    assert post.save().id


def test_an_abstract_model_has_no_rows(orm: ModuleType, database: Any) -> None:
    class Base(orm.Model, abstract=True, database=database):
        title = orm.TextField()

    for wrong in (
        lambda: Base.insert(title="a"),
        lambda: Base.select().all(),
        lambda: Base.get(1),
        lambda: orm.create_tables([Base]),
    ):
        with pytest.raises(orm.ModelError, match="Base has no rows: it is abstract"):
            wrong()


def test_a_model_without_a_database_says_so_when_it_needs_one(orm: ModuleType) -> None:
    class Post(orm.Model):
        title = orm.TextField()

    post = Post(title="needs none yet")
    for wrong in (
        post.save,
        lambda: orm.create_tables([Post]),
        lambda: Post.get(1),
        lambda: Post.select().all(),
    ):
        with pytest.raises(orm.ModelError, match="Post has no database"):
            wrong()
