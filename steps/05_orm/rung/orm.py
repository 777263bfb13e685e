"""Classes in, SQL out: a model is a table, its fields are columns, its objects are rows.

    class Base(Model, abstract=True, database=connect("sqlite:///blog.sqlite3")):
        created = DateTimeField(default=datetime.now)

    class Post(Base, table="posts"):
        title = TextField(max_length=80)
        author = ForeignKey(User)

    post = Post.insert(title="Hello", author=ann)
    Post.select().where(Post.title.like("he%")).order_by(Post.created.desc()).limit(10).all()

Here are the metaclass, which collects the fields of a class, and Model, which every model is based
on. What a field is stands in fields.py, how statements are built in query.py and expressions.py.
"""

import copy
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from .database import Database
from .expressions import Expression, ModelError
from .fields import Field, ForeignKey, IntegerField, check_identifier, find_field
from .query import Query, database_of


class DoesNotExist(ModelError):
    """There is no such row."""


class ModelType(type):
    """The class of model classes. Python calls it where the statement `class Post(Model):` ends.

    A class statement runs its body, keeps the names in a dict, the namespace, and calls the
    metaclass to make the class: ModelType("Post", (Model,), namespace, table="posts") (Python
    reference, section 3.3.3). Here the fields can be seen before there is a class.

    The plain way, __init_subclass__, comes when the class is there: too late to give it copies of
    inherited fields and have Python call their __set_name__.

    Options: `table`, its name (if not, the name of the class, in small letters); `abstract`,
    whether it has none; `database`.
    """

    def __new__(mcs, name: str, bases: Any, namespace: Any, **options: Any) -> Any:
        fields = collect_fields(name, bases, namespace) if bases else {}  # Model itself has none
        options = {"table": name.lower(), "abstract": not bases} | options
        if unknown := options.keys() - {"table", "abstract", "database"}:
            raise ModelError(f"{name}: no option {unknown}; use table, abstract and database")
        namespace |= fields | {f"_{key}": value for key, value in options.items()}
        namespace["_fields"] = fields
        check_identifier(namespace["_table"])
        return super().__new__(mcs, name, bases, namespace)


def collect_fields(name: str, bases: tuple[Any, ...], namespace: Any) -> dict[str, Field]:
    """The fields of a model, in order: its id, those of its bases, those of its own body.

    All are copies. A field knows its model; one that two models shared would speak for the wrong
    table.
    """
    inherited: dict[str, Field] = {}
    for base in reversed(bases):  # where two bases differ the first wins, as with methods
        if not getattr(base, "_abstract", True):
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
        inherited |= getattr(base, "_fields", {})
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in namespace:
        is_taken = key not in inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or (is_taken if key in own else key in inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | inherited | own
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}


class Model(metaclass=ModelType):
    """A table, as a class; one row of it, as an instance.

    class Post(Model, table="posts", database=database): a model with a table
    class Base(Model, abstract=True, database=database): fields and methods for others to inherit
    """

    id: Any
    _fields: ClassVar[dict[str, Field]]
    _table: ClassVar[str]
    _database: Database | None = None
    _stored: dict[str, Any] | None = None  # the row as it lies in the table; None: not there yet

    def __init__(self, **values: Any) -> None:
        for field in self._fields.values():
            default = field.default() if callable(field.default) else field.default
            vars(self)[field.column] = default
        for name, value in values.items():
            find_field(type(self), name)
            setattr(self, name, value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} id={vars(self).get('id')}>"

    def __eq__(self, other: object) -> bool:
        """Objects of one row are equal, however often it was loaded: post.author == user."""
        is_same_row = isinstance(other, type(self)) and self.id == other.id is not None
        return self is other or is_same_row

    def __hash__(self) -> int:
        return hash((type(self), self.id))

    @classmethod
    def insert(cls, **values: Any) -> Self:
        """Store a new row, and return its object."""
        return cls(**values).save()

    @classmethod
    def select(cls) -> Query:
        """All rows: narrow and order them by the methods of Query."""
        return Query(cls)

    @classmethod
    def get(cls, wanted: Expression | int) -> Self:
        """The row with this id, or the first that meets a condition; DoesNotExist if none does."""
        found = cls.get_or_none(wanted)
        if found is None:
            which = wanted if isinstance(wanted, Expression) else f"id {wanted}"
            raise DoesNotExist(f"there is no {cls.__name__} with {which}")
        return found

    @classmethod
    def get_or_none(cls, wanted: Expression | int | None) -> Self | None:
        """As get, but None if there is no such row."""
        condition = wanted if isinstance(wanted, Expression) else cls.id == wanted
        found: Self | None = cls.select().where(condition).order_by(cls.id).first()
        return found

    def save(self) -> Self:
        """Insert a new object, which gives it its id; of a stored one, update what has changed.

        Raises:
            InvalidValue: a value cannot be stored.
            IntegrityError: the row would break a rule of the table.
            DoesNotExist: the row to update is gone.
        """
        row = {field.column: vars(self)[field.column] for field in self._fields.values()}
        for name in vars(self).keys() - row.keys():  # post.titel = "..." would be lost in silence
            if not name.startswith("_") and not hasattr(type(self), name):
                find_field(type(self), name)
        if self._stored is None:
            row["id"] = self.id = insert_row(type(self), row)
        else:
            changed = {name: row[name] for name in row if row[name] != self._stored[name]}
            if changed and not self._same_row().update(**changed):
                raise DoesNotExist(f"{self!r} cannot be updated: its row is gone")
        # Simplified: a rollback takes the row back, and not this object. Load it again after one.
        self._stored = row
        return self

    def delete(self) -> None:
        """Delete the row of this object. If it is gone already, nothing happens."""
        self._same_row().delete()
        self._stored = None

    def _same_row(self) -> Query:
        """The row of this object, by the id that it had when it was loaded or saved."""
        if self._stored is None:
            raise ModelError(f"{self!r} is not stored yet")
        return self.select().where(type(self).id == self._stored["id"])


def create_tables(models: Iterable[type[Model]]) -> None:
    """Make the tables of models where they are missing."""
    # Simplified: in the order given, so name a model after those that it points at. final/ sorts.
    for model in models:
        database_of(model).execute(table_statement(model))


def table_statement(model: Any) -> str:
    """CREATE TABLE."""
    # Simplified: no index but that of a unique column, so other conditions are looked up row by
    # row. In final/ a field can have one, and each foreign key has.
    dialect = database_of(model).dialect
    _id, *fields = model._fields.values()
    lines = [f'"id" {dialect.primary_key}', *(field.definition() for field in fields)]
    lines += [field.constraint() for field in fields if isinstance(field, ForeignKey)]
    body = ", ".join(lines)
    return f'CREATE TABLE IF NOT EXISTS "{model._table}" ({body}) {dialect.table_options}'


def insert_row(model: Any, row: dict[str, Any]) -> int:
    """INSERT a row and return its id: the given one, or the one that the database has made."""
    columns = ", ".join(f'"{column}"' for column in row)
    values = [field.check(row[field.column]) for field in model._fields.values()]
    sql = f'INSERT INTO "{model._table}" ({columns}) VALUES ({", ".join("?" * len(values))})'
    last_id = database_of(model).execute(sql, values).last_id
    return int(row["id"] or last_id or 0)
