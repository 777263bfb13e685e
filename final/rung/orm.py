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
import itertools
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any, ClassVar, Self

from .database import Database
from .expressions import Column, Expression, ModelError, check_expressions
from .fields import DuplicateValue, Field, ForeignKey, IntegerField, check_identifier, find_field
from .generated import make_init, make_load, make_row
from .query import Alias, Query, database_of, execute
from .relations import Reverse


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
    whether it has none; `database`; `unique`, tuples of the names of fields whose values may occur
    together once.
    """

    numbers = itertools.count()

    def __new__(mcs, name: str, bases: Any, namespace: Any, **options: Any) -> Any:
        fields = collect_fields(name, bases, namespace) if bases else {}  # Model itself has none
        options = {"table": name.lower(), "abstract": not bases, "unique": ()} | options
        if unknown := options.keys() - {"table", "abstract", "database", "unique"}:
            raise ModelError(f"{name}: no option {unknown}; use table, abstract, database, unique")
        namespace |= fields | {f"_{key}": value for key, value in options.items()}
        namespace |= {"_fields": fields, "_number": next(mcs.numbers)}
        check_identifier(namespace["_table"])
        model = super().__new__(mcs, name, bases, namespace)
        if bases:
            finish_model(model)
        return model


def finish_model(model: Any) -> None:
    """What a class gets when it is there: generated code, and ways back to it."""
    model._model, model._from = model, f'"{model._table}"'
    code = model._code = SimpleNamespace(init=make_init(model), row=make_row(model))
    code.load = make_load((model,), ())
    code.select_one = f'{model.select().statement().sql} WHERE "id" = ?'
    fields = [*model._fields.values()]
    code.columns = [field.column for field in fields]
    # With the id, and without it: for one that is NULL, SQLite takes a third longer.
    code.inserts = [insertion(model, some) for some in (fields, fields[1:] or fields)]
    if model._abstract:
        return
    if model.__init__ is Model.__init__:  # one that the model has written itself calls it
        model.__init__ = code.init
    for key in model._fields.values():
        if isinstance(key, ForeignKey) and key.reverse is not None:
            if hasattr(key.target, check_identifier(key.reverse)):
                raise ModelError(f"{key.target.__name__}.{key.reverse}: the name is taken")
            setattr(key.target, key.reverse, Reverse(key))


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
        is_taken = is_taken or key.startswith("_")  # generated code has such names
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
    _number: ClassVar[int]
    _database: Database | None = None
    _code: ClassVar[Any]  # what finish_model has written for this class: functions and SQL
    _stored: tuple[Any, ...] | None = None  # the row as the driver knows it; None: not there yet

    def __init__(self, **values: Any) -> None:
        self._code.init(self, **values)

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
        return cls(**values)._insert_row()

    @classmethod
    def insert_many(cls, rows: Iterable[dict[str, Any]]) -> int:
        """Store a row for each of the dicts, all or none; return how many. Makes no objects."""
        blank, init, row, bound = Blank(), cls._code.init, cls._code.row, []
        for values in rows:
            init(blank, **values)
            bound.append(row(blank))
        skip = int(all(cells[0] is None for cells in bound))  # 1: no row brings an id of its own
        sql, _fields = cls._code.inserts[skip]
        with database_of(cls).atomic():
            if bound:
                execute(cls, sql, [cells[skip:] or cells for cells in bound], many=True)
        return len(bound)

    @classmethod
    def upsert(cls, *unique: Column, **values: Any) -> Self:
        """Insert a row; where one with the same values of the unique columns is there, update it.

        User.upsert(User.name, name="ann", age=31). The database decides which it is, in one
        statement. (MySQL goes by any unique column, whichever you name.)
        """
        new, dialect = cls(**values), database_of(cls).dialect
        names = [column.field.column for column in unique]
        changed = [c for c in (find_field(cls, name).column for name in values) if c not in names]
        head = dialect.on_duplicate.format(", ".join(f'"{name}"' for name in names))
        settings = [f'"{c}" = {dialect.new_value.format(c)}' for c in changed or names]
        insert, fields = cls._code.inserts[0]
        execute(cls, f"{insert} {head} {', '.join(settings)}", cls._code.row(new), fields)
        same = [column == vars(new)[column.field.column] for column in unique]
        found: Self | None = cls.select().where(*same).latest()
        if found is None:
            raise DoesNotExist(f"{cls.__name__}.upsert went by another unique column than {names}")
        return found

    @classmethod
    def get_or_create(cls, defaults: Any = None, **values: Any) -> tuple[Self, bool]:
        """The row with these values, and False; or a new one, with the defaults too, and True."""
        fields = {find_field(cls, name): value for name, value in values.items()}
        query = cls.select().where(*(Column(cls, field) == fields[field] for field in fields))
        found = query.first()
        if found is not None:
            return found, False
        try:
            with database_of(cls).atomic():
                return cls.insert(**values, **(defaults or {})), True
        except DuplicateValue:  # another thread has inserted it since we looked
            found = query.latest()
            if found is None:  # no: a row with other values has the unique one of these
                raise
            return found, False

    @classmethod
    def select(cls, *columns: Column) -> Query:
        """All rows: narrow and order them by the methods of Query. Of columns: tuples of them."""
        return Query(cls, check_expressions(columns))

    @classmethod
    def alias(cls, name: str) -> Any:
        """This model under a second name, to stand in a query twice."""
        return Alias(cls, name)

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
        if type(wanted) is int:  # the commonest query of all: its SQL is written already
            rows = execute(cls, cls._code.select_one, (wanted,)).rows
            return cls._code.load(rows)[0] if rows else None
        condition = wanted if isinstance(wanted, Expression) else cls.id == wanted
        found: Self | None = cls.select().where(condition).order_by(cls.id).first()
        return found

    @classmethod
    def explain(cls) -> str:
        """The SQL of this model's table, and the code that was generated for it."""
        functions = (cls._code.init, cls._code.row, cls._code.load)
        return "\n\n".join([*table_statements(cls), *(each.source for each in functions)])

    def save(self) -> Self:
        """Insert a new object, which gives it its id; of a stored one, update what has changed.

        Raises:
            InvalidValue: a value cannot be stored; or one of its subclasses.
            DoesNotExist: the row to update is gone.
        """
        for name in vars(self).keys() - self._code.columns:  # post.titel = "..." would be lost
            if not name.startswith("_") and not hasattr(type(self), name):
                find_field(type(self), name)
        if self._stored is None:
            return self._insert_row()
        now, changed = list(self._stored), {}
        for place, field in enumerate(self._fields.values()):
            value, stored = vars(self)[field.column], now[place]
            if value is stored or (stored is not None and field.from_database(stored) == value):
                continue
            changed[field] = now[place] = field.check(value)
        if changed:
            settings = ", ".join(f'"{field.column}" = ?' for field in changed)
            sql = f'UPDATE "{self._table}" SET {settings} WHERE "id" = ?'
            bound = [*changed.values(), self._stored[0]]
            if not execute(type(self), sql, bound, changed).row_count:
                raise DoesNotExist(f"{self!r} cannot be updated: its row is gone")
            # A rollback takes the row back, and not this object. Load it again after one.
            self._stored = tuple(now)
        return self

    def _insert_row(self) -> Self:
        row = self._code.row(self)
        skip = int(row[0] is None)  # 1: the database chooses the id
        sql, fields = self._code.inserts[skip]
        last_id = execute(type(self), sql, row[skip:] or row, fields).last_id
        self.id = last_id if skip else row[0]
        self._stored = (self.id, *row[1:])
        return self

    def delete(self) -> None:
        """Delete the row of this object. If it is gone already, nothing happens."""
        if self._stored is None:
            raise ModelError(f"{self!r} is not stored yet")
        self.select().where(type(self).id == self._stored[0]).delete()
        self._stored = None


class Blank:
    """What insert_many() fills anew for each row, and reads again: attributes, and no more.

    It is of no model, because Python sets and gets an attribute faster where no descriptor of the
    class could have a say.
    """


def insertion(model: Any, fields: list[Field]) -> tuple[str, list[Field]]:
    """INSERT for a row of these fields; and the fields, which tell what is wrong with one."""
    names, marks = '", "'.join(field.column for field in fields), ", ".join("?" * len(fields))
    return f'INSERT INTO "{model._table}" ("{names}") VALUES ({marks})', fields


def create_tables(models: Iterable[type[Model]]) -> None:
    """Make the tables of models where they are missing, each after those that it points at.

    A foreign key can only name a class that is there already. So the order in which the classes
    were made is an order for their tables, too.
    """
    for model in sorted(models, key=lambda model: model._number):
        for statement in table_statements(model):
            database_of(model).execute(statement)


def drop_tables(models: Iterable[type[Model]]) -> None:
    """Drop the tables of models, with all their rows, each before those that it points at."""
    for model in sorted(models, key=lambda model: -model._number):
        database_of(model).execute(f'DROP TABLE IF EXISTS "{model._table}"')


def table_statements(model: Any) -> Iterator[str]:
    """CREATE TABLE; on SQLite, each index is made by a statement of its own."""
    dialect = database_of(model).dialect
    _id, *fields = model._fields.values()
    keys = [field for field in fields if isinstance(field, ForeignKey)]
    indexed = [field.column for field in fields if field.index or field in keys]
    lines = [f'"id" {dialect.primary_key}', *(field.definition() for field in fields)]
    lines += [key.constraint() for key in keys]
    for names in model._unique:
        columns = [find_field(model, name).column for name in names]
        quoted = ", ".join(f'"{column}"' for column in columns)
        lines.append(f'CONSTRAINT "{"_".join(columns)}" UNIQUE ({quoted})')
    if dialect.name == "mysql":
        lines += [f'INDEX ("{column}")' for column in indexed]
    body = ", ".join(lines)
    yield f'CREATE TABLE IF NOT EXISTS "{model._table}" ({body}) {dialect.table_options}'
    for column in indexed if dialect.name == "sqlite" else []:
        name = f"{model._table}_{column}"
        yield f'CREATE INDEX IF NOT EXISTS "{name}" ON "{model._table}" ("{column}")'
