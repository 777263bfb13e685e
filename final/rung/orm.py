"""Classes in, SQL out: a model is a table, its fields are columns, its objects are rows.

    class Base(Model, abstract=True, database=connect("sqlite:///blog.sqlite3")):
        created = DateTimeField(default=datetime.now)

    class Post(Base, table="posts"):
        title = TextField(max_length=80)
        author = ForeignKey(User)

    post = Post.insert(title="Hello", author=ann)
    Post.select().where(Post.title.like("he%")).order_by(Post.created.desc()).limit(10).all()

Reading order: errors; fields, which are descriptors; the metaclass, which collects them; Model;
Query, which builds statements; Expression and Column, of which statements are made.

Two rules hold all through. A name goes into the text of a statement only after check_identifier.
A value never goes into the text: it travels beside it, in Expression.values, and is bound.
"""

from __future__ import annotations

import copy
import difflib
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from functools import partialmethod
from reprlib import repr as show  # long values cut short
from typing import Any, ClassVar, NamedTuple, Self

from .database import Database, IntegrityError


class ModelError(Exception):
    """A model is declared or used in a way that cannot work; the message says what to change."""


class UnknownField(ModelError, AttributeError):
    """The model has no field of this name. (An AttributeError too, as Python expects it.)"""


class DoesNotExist(ModelError):
    """There is no such row."""


class InvalidValue(ModelError):
    """A field cannot hold a value. Its parts: `model`, `field` (name), `value`, `problem`."""

    def __init__(self, field: Field, value: Any, problem: str) -> None:
        super().__init__(f"{field.model.__name__}.{field.name}: {problem}")
        self.model, self.field, self.value, self.problem = field.model, field.name, value, problem


class MissingValue(InvalidValue):
    """None, where the field must have a value (NOT NULL)."""


class DuplicateValue(InvalidValue):
    """A value that another row has already, in a unique field."""


class BrokenReference(InvalidValue):
    """A foreign key to a row that is not there, or a deletion that would leave one behind."""


class Field:
    """One column: its name, the values that it takes, and how they are stored.

    A field is a *non-data descriptor*: it has __get__ and no __set__. For `post.title` Python
    therefore takes the value that lies in the instance's own __dict__, as fast as any attribute;
    only `Post.title`, on the class, comes to __get__ (Python reference, section 3.3.2.3).

    Args:
        null: whether None may be stored.
        default: a value, or a function that is called for each new object.
        unique: whether the database refuses a second row with the same value.
        index: whether the database keeps the values sorted, so that they are found quickly.
    """

    python_type: Any
    # One type does for both databases: SQLite reads no more from it than whether the column
    # prefers whole numbers, floats or text (sqlite.org/datatype3.html, section 3.1).
    sql_type: str
    room = ""  # what the column has room for, in words

    def __init__(
        self, *, null: bool = False, default: Any = None, unique: bool = False, index: bool = False
    ) -> None:
        self.null, self.default, self.unique, self.index = null, default, unique, index

    def __set_name__(self, model: type[Model], name: str) -> None:
        """Python calls this for each descriptor of a class, when the class has been made."""
        self.model, self.name, self.column = model, name, name

    def __get__(self, instance: Model | None, model: type[Model]) -> Any:
        """On the class, an expression: Post.likes > 3. On an instance only if it has no value."""
        if instance is None:
            return Column(model, self)
        raise ModelError(f"{model.__name__}.{self.name} has no value: did Model.__init__ run?")

    def to_database(self, value: Any) -> Any:
        """The value as the driver takes it, or InvalidValue if it is of a wrong type."""
        if type(value) is int and self.python_type in (float, Decimal) and abs(value) < 2**53:
            value = self.python_type(value)  # an int will do, where it stays exact
        if not isinstance(value, self.python_type):
            wanted = getattr(self, "target", self.python_type).__name__
            raise InvalidValue(self, value, f"takes {wanted}, not {show(value)}")
        return value

    def from_database(self, value: Any) -> Any:
        """The value as Python knows it; a database has 1 for True."""
        return self.python_type(value)

    def check(self, value: Any) -> Any:
        """The value as it is written. (What is too long may be searched for, but not written.)"""
        if value is None and not self.null:
            raise MissingValue(self, None, "needs a value: give one, or a default, or null=True")
        bound = None if value is None else self.to_database(value)
        if bound is not None and not self.fits(bound):
            raise InvalidValue(self, value, f"{show(value)} does not fit into {self.room}")
        return bound

    def fits(self, value: Any) -> bool:
        """Whether there is room for a value of the right type."""
        return True

    def definition(self) -> str:
        """The line of this field in CREATE TABLE."""
        rules = ("" if self.null else " NOT NULL") + (" UNIQUE" if self.unique else "")
        return f'"{self.column}" {self.sql_type}{rules}'


class IntegerField(Field):
    python_type, sql_type, room = int, "BIGINT", "64 bits"

    def fits(self, value: int) -> bool:
        return -(2**63) <= value < 2**63

    def to_database(self, value: Any) -> Any:
        if self.fits(super().to_database(value)):
            return value
        return 2.0**64 if value > 0 else -(2.0**64)  # to search for: beyond that of every row


class BooleanField(Field):
    python_type, sql_type = bool, "BOOLEAN"


class FloatField(Field):
    python_type, sql_type, room = float, "DOUBLE", "a finite DOUBLE"

    def fits(self, value: float) -> bool:
        return math.isfinite(value)  # MySQL has no infinity, and SQLite makes NULL of NaN


class TextField(Field):
    """Text; with max_length, of at most so many characters (which are not bytes)."""

    python_type = str

    def __init__(self, max_length: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.max_length = max_length or 2**30
        self.room = f"{self.max_length} characters"
        # MySQL indexes 3,072 bytes at most, and a character may take four.
        self.sql_type = f"VARCHAR({max_length})" if self.max_length <= 768 else "LONGTEXT"
        if (self.unique or self.index) and self.max_length > 768:
            raise ModelError("a TextField that is unique or indexed needs max_length=768 or less")

    def to_database(self, value: Any) -> Any:
        if re.search("[\ud800-\udfff]", super().to_database(value)):  # JSON can bring one along
            raise InvalidValue(self, value, f"{show(value)} holds half a character (a surrogate)")
        return value

    def fits(self, value: str) -> bool:
        return len(value) <= self.max_length


class DecimalField(Field):
    """An exact number of up to 18 digits, such as an amount of money: no float, never rounded.

    SQLite has no such type. Its column holds the number without the point, 12.50 as 1250: whole
    numbers compare, sort and add up as they should.
    """

    python_type = Decimal

    def __init__(self, max_digits: int = 12, decimal_places: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self.sql_type = f"DECIMAL({max_digits}, {decimal_places})"
        self.room = f"{max_digits} digits, {decimal_places} of them after the point"
        self.unit = Decimal(1).scaleb(-decimal_places)
        # The traps make an error of what other contexts round.
        self.exact = Context(prec=max_digits, traps=[Inexact, InvalidOperation])

    def to_database(self, value: Any) -> Any:
        try:
            exact = super().to_database(value).quantize(self.unit, context=self.exact)
            whole = int(self.exact.divide(exact, self.unit))
        except (DecimalException, ValueError):
            problem = f"{show(value)} does not fit into {self.room}"
            raise InvalidValue(self, value, problem) from None
        return whole if database_of(self.model).dialect.name == "sqlite" else exact

    def from_database(self, value: Any) -> Decimal:
        return value if isinstance(value, Decimal) else self.exact.multiply(value, self.unit)


class DateTimeField(Field):
    """A moment, to the microsecond, without a time zone: use UTC throughout.

    An aware datetime is refused, because neither database would give its time zone back.
    """

    python_type, sql_type = datetime, "DATETIME(6)"

    def to_database(self, value: Any) -> str:
        if super().to_database(value).tzinfo is not None:
            remedy = "without a time zone: value.astimezone(UTC).replace(tzinfo=None)"
            raise InvalidValue(self, value, f"takes datetime {remedy}")
        # The text that MySQL, too, would show: largest unit first, so it sorts as the moments do.
        return str(value.isoformat(" ", "microseconds"))

    def from_database(self, value: Any) -> datetime:
        return value if isinstance(value, datetime) else datetime.fromisoformat(value)


class ForeignKey(IntegerField):
    """A reference to a row of another model, or of its own ("self"): post.author.

    A *data descriptor*: it has __set__ too, so Python asks it before the instance's __dict__. It
    has to be one, because two attributes must agree. The column's, post.author_id, is the truth;
    the object is kept beside it for as long as its id is the same.

    on_delete is what happens when the row that is pointed at is deleted: "restrict" (refuse),
    "cascade" (delete this one too) or "set null".
    """

    ACTIONS: ClassVar = {"restrict": "NO ACTION", "cascade": "CASCADE", "set null": "SET NULL"}

    def __init__(self, target: Any, on_delete: str = "restrict", **options: Any) -> None:
        super().__init__(**options)
        if getattr(target, "_abstract", target != "self"):
            raise ModelError(
                f'ForeignKey takes a model with a table, or "self": {target!r} is none'
            )
        if on_delete not in self.ACTIONS or (on_delete == "set null" and not self.null):
            raise ModelError(f"on_delete={on_delete!r}: restrict, cascade or (null=True) set null")
        self._target, self.action = target, self.ACTIONS[on_delete]

    def __set_name__(self, model: type[Model], name: str) -> None:
        super().__set_name__(model, name)
        self.column = f"{name}_id"
        self.target = model if self._target == "self" else self._target

    def __get__(self, instance: Model | None, model: type[Model]) -> Any:
        """The row that is pointed at, loaded when first asked for. On the class, an expression."""
        if instance is None:
            return Column(model, self)
        key, kept = getattr(instance, self.column), vars(instance).get(self.name)
        if key is not None and (kept is None or kept.id != key):
            # Simplified: a statement for each row of a list that shows its authors. A join brings
            # them along; final/ also fetches them for the whole list at once.
            kept = vars(instance)[self.name] = self.target.get(key)
        return None if key is None else kept

    def __set__(self, instance: Model, value: Model | int | None) -> None:
        vars(instance)[self.column] = None if value is None else self.to_database(value)
        vars(instance)[self.name] = value if isinstance(value, Model) else None

    def to_database(self, value: Any) -> Any:
        """An id, or the id of an object."""
        if not isinstance(value, self.target):
            return super().to_database(value)
        if value.id is None:
            raise InvalidValue(self, value, f"{value!r} is not stored yet: save() it first")
        return value.id

    def constraint(self) -> str:
        target = f'REFERENCES "{self.target._table}" ("id") ON DELETE {self.action}'
        return f'FOREIGN KEY ("{self.column}") {target}'


class ModelType(type):
    """The class of model classes. Python calls it where the statement `class Post(Model):` ends.

    A class statement runs its body, keeps the names in a dict, the namespace, and calls the
    metaclass to make the class: ModelType("Post", (Model,), namespace, table="posts") (Python
    reference, section 3.3.3). Here the fields can be seen before there is a class.

    The plain way, __init_subclass__, comes when the class is there: too late to give it copies of
    inherited fields and have Python call their __set_name__.
    """

    numbers = itertools.count()

    def __new__(mcs, name: str, bases: tuple[Any, ...], namespace: Any, **options: Any) -> Any:
        if bases:  # not Model itself
            fields = collect_fields(name, bases, namespace)
            namespace |= fields
            namespace["_fields"] = fields
            namespace["_number"] = next(mcs.numbers)
            namespace["_table"] = check_identifier(options.pop("table", snake_case(name)))
            namespace["_abstract"] = options.pop("abstract", False)
            if "database" in options:
                namespace["_database"] = options.pop("database")
            if not isinstance(namespace.get("_database"), Database | None):
                raise ModelError(f"{name}: write database=connect(url), not the URL itself")
        return super().__new__(mcs, name, bases, namespace, **options)

    def __getattr__(cls, name: str) -> Any:
        """Python comes here when a class has no such attribute: mostly a slip of the fingers."""
        raise unknown_field(cls, name)


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
    for key, value in namespace.items():
        if isinstance(value, type) and issubclass(value, Field):
            raise ModelError(f"{name}.{key}: write {value.__name__}(), with parentheses")
        is_taken = key not in inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or (is_taken if key in own else key in inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | inherited | own
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}


def check_identifier(name: str) -> str:
    """The name of a table or column, if it can stand in the text of a statement."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,59}", name):
        raise ModelError(f"{name!r} cannot name a table or column: use up to 60 of A-Z a-z 0-9 _")
    return name


def snake_case(name: str) -> str:
    """The table of a class that names none.

    >>> snake_case("BlogPost")
    'blog_post'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class Model(metaclass=ModelType):
    """A table, as a class; one row of it, as an instance.

    class Post(Model, table="posts", database=database): a model with a table
    class Base(Model, abstract=True, database=database): fields and methods for others to inherit
    """

    id: Any
    _fields: ClassVar[dict[str, Field]] = {}
    _abstract = True
    _database: Database | None = None
    _stored: dict[Field, Any] | None = None  # the row as it lies in the table; None: not there yet

    def __init__(self, **values: Any) -> None:
        require_table(type(self))
        for field in self._fields.values():
            default = field.default() if callable(field.default) else field.default
            vars(self)[field.column] = default
        for name, value in values.items():
            find_field(type(self), name)
            setattr(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if hasattr(type(self), name):  # a property that failed: let us hear its own error
            return object.__getattribute__(self, name)
        raise unknown_field(type(self), name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} id={vars(self).get('id')}>"

    def __eq__(self, other: object) -> bool:
        """Objects of one row are equal, however often it was loaded: post.author == user."""
        is_same_row = isinstance(other, type(self)) and self.id == other.id is not None
        return self is other or is_same_row

    def __hash__(self) -> int:
        return hash((type(self), self.id))

    @classmethod
    def create_table(cls) -> None:
        """Make the table and its indices, where they are not there yet."""
        for statement in table_statements(cls):
            database_of(cls).execute(statement)

    @classmethod
    def drop_table(cls) -> None:
        """Drop the table with all its rows, if it is there."""
        database_of(cls).execute(f'DROP TABLE IF EXISTS "{cls._table}"')

    @classmethod
    def insert(cls, **values: Any) -> Self:
        """Store a new row, and return its object."""
        return cls(**values).save()

    @classmethod
    def select(cls) -> Query:
        """All rows: narrow and order them by the methods of Query."""
        return Query(require_table(cls))

    @classmethod
    def get(cls, wanted: Expression | int) -> Self:
        """The row with this id, or the first that meets a condition; DoesNotExist if none does."""
        found = cls.get_or_none(wanted)
        if found is None:
            which = f"id {wanted}"
            if isinstance(wanted, Expression):
                which = f"{wanted.sql} for {list(wanted.values)}"
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
            InvalidValue: a value cannot be stored; or one of its subclasses.
            DoesNotExist: the row to update is gone.
        """
        for name in vars(self):  # post.titel = "..." would be lost in silence
            if not name.startswith("_") and not hasattr(type(self), name):
                find_field(type(self), name)
        row = {field: vars(self)[field.column] for field in self._fields.values()}
        if self._stored is None:
            row[self._fields["id"]] = self.id = insert_row(type(self), row)
        else:
            changed = {f.column: row[f] for f in row if row[f] != self._stored[f]}
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
        return self.select().where(type(self).id == self._stored[self._fields["id"]])


def create_tables(models: Iterable[type[Model]]) -> None:
    """Make the tables of models, each after those that it points at.

    A foreign key can only name a class that is there already. So the order in which the classes
    were made is an order for their tables, too.
    """
    for model in sorted(models, key=lambda model: model._number):
        model.create_table()


def drop_tables(models: Iterable[type[Model]]) -> None:
    """Drop the tables of models, with all their rows, each before those that it points at."""
    for model in sorted(models, key=lambda model: -model._number):
        model.drop_table()


def table_statements(model: type[Model]) -> Iterator[str]:
    """CREATE TABLE; on SQLite, each index is made by a statement of its own."""
    dialect = database_of(model).dialect
    fields = [field for field in model._fields.values() if field.name != "id"]
    keys = [field for field in fields if isinstance(field, ForeignKey)]
    indexed = [field.column for field in fields if field.index or isinstance(field, ForeignKey)]
    lines = [f'"id" {dialect.primary_key}', *(field.definition() for field in fields)]
    lines += [key.constraint() for key in keys]
    if dialect.name == "mysql":
        lines += [f'INDEX ("{column}")' for column in indexed]
    body = ", ".join(lines)
    yield f'CREATE TABLE IF NOT EXISTS "{model._table}" ({body}) {dialect.table_options}'
    for column in indexed if dialect.name == "sqlite" else []:
        name = f"{model._table}_{column}"
        yield f'CREATE INDEX IF NOT EXISTS "{name}" ON "{model._table}" ("{column}")'


def require_table(model: Any) -> Any:
    if model._abstract:
        raise ModelError(f"{model.__name__} is abstract and has no rows: use a model based on it")
    return model


def database_of(model: Any) -> Any:
    if require_table(model)._database is None:
        raise ModelError(f"{model.__name__} has no database: give its class database=connect(url)")
    return model._database


def find_field(model: type[Model], name: str) -> Field:
    """The field of this name; a foreign key also by that of its column."""
    for field in model._fields.values():
        if name in (field.name, field.column):
            return field
    raise unknown_field(model, name)


def unknown_field(model: Any, name: str) -> UnknownField:
    near = difflib.get_close_matches(name, model._fields, n=1)
    advice = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(model._fields)}"
    return UnknownField(f"{model.__name__} has no field {name!r}: {advice}")


@dataclass(frozen=True)
class Query:
    """Rows of a model. Its methods change nothing: each returns another query.

    Nothing is asked of the database until rows are wanted, by a for loop, all(), first(), count().
    """

    model: Any
    conditions: tuple[Expression, ...] = ()
    order: tuple[Expression, ...] = ()
    joins: tuple[Join, ...] = ()
    row_limit: int | None = None
    row_offset: int = 0

    def where(self, *conditions: Expression) -> Query:
        """Only the rows that meet all of the conditions: where(Post.likes > 3, Post.draft)."""
        return replace(self, conditions=self.conditions + check_expressions(conditions))

    def order_by(self, *columns: Expression) -> Query:
        """Sorted by the columns, the first first: order_by(Post.created.desc(), Post.id)."""
        return replace(self, order=self.order + check_expressions(columns))

    def limit(self, count: int) -> Query:
        """At most `count` rows."""
        return replace(self, row_limit=whole_number(count))

    def offset(self, count: int) -> Query:
        """Without the first `count` rows."""
        return replace(self, row_offset=whole_number(count))

    def join(self, model: Any, on: Column | None = None) -> Query:
        """With the row of another model that belongs to it: each row becomes a tuple of objects.

        The foreign key between the two models says what belongs together. Where there are two,
        `on` names one: join(User, on=Post.editor).
        """
        return self._join("JOIN", model, on)

    def left_join(self, model: Any, on: Column | None = None) -> Query:
        """As join; and a row to which nothing belongs comes too, with None."""
        return self._join("LEFT JOIN", model, on)

    def __iter__(self) -> Iterator[Any]:
        return map(self._load_row, execute(self.model, self.statement()).rows)

    def __bool__(self) -> bool:
        raise TypeError("a query has no truth value: ask exists(), count() or first()")

    def all(self) -> list[Any]:
        return list(self)

    def first(self) -> Any:
        """The first row, or None."""
        return next(iter(self.limit(1)), None)

    def count(self) -> int:
        """How many rows there are; the database counts them."""
        counting = glue("SELECT COUNT(*) FROM (", self.statement("1"), ") AS counted")
        return int(execute(self.model, counting).rows[0][0])

    def exists(self) -> bool:
        return self.limit(1).count() > 0

    def update(self, **values: Any) -> int:
        """Set columns of all these rows to the values; return how many rows there are."""
        if not values:
            raise ModelError("update() needs a field and its value: update(likes=0)")
        row = {find_field(self.model, name): value for name, value in values.items()}
        settings = [glue(f'"{f.column}" =', Expression("?", [f.check(row[f])])) for f in row]
        return self._write(glue(f'UPDATE "{self.model._table}" SET', *commas(settings)), row)

    def delete(self) -> int:
        """Delete all these rows (select().delete(): all of the table); return how many."""
        return self._write(Expression(f'DELETE FROM "{self.model._table}"'), {})

    def _write(self, statement: Expression, row: dict[Field, Any]) -> int:
        """Execute UPDATE or DELETE for the rows of this query."""
        if replace(self, conditions=()) != Query(self.model):
            raise ModelError("update() and delete() go with where(), not with join, order or limit")
        return int(execute(self.model, glue(statement, *self._where()), row).row_count)

    def statement(self, columns: str = "") -> Expression:
        """The SELECT of this query, its clauses in the order in which SQL wants them."""
        every = [Column(model, f).sql for model in self._models() for f in model._fields.values()]
        joins = [
            f'{kind} "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
            for kind, model, key in self.joins
        ]
        order = ["ORDER BY", *commas(self.order)] if self.order else []
        limit = []
        if self.row_limit is not None or self.row_offset:  # there is no OFFSET without LIMIT
            count = 2**62 if self.row_limit is None else self.row_limit
            limit = [Expression("LIMIT ? OFFSET ?", [count, self.row_offset])]
        head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
        return glue(head, *joins, *self._where(), *order, *limit)

    def _where(self) -> list[str | Expression]:
        parts = [part for condition in self.conditions for part in ("AND", condition)]
        return ["WHERE", *parts[1:]] if parts else []

    def _models(self) -> list[Any]:
        return [self.model, *(join.model for join in self.joins)]

    def _join(self, kind: str, model: Any, on: Column | None) -> Query:
        # Simplified: no model twice, so a post with its author *and* its editor takes a second
        # query. In final/ a model can stand in a query under two names.
        if model in self._models():
            raise ModelError(f"{model.__name__} is in this query already")
        join = Join(kind, model, find_key(self._models(), model, on))
        return replace(self, joins=(*self.joins, join))

    def _load_row(self, row: tuple[Any, ...]) -> Any:
        """The object of a row; with joins a tuple of objects, cut from the row model by model."""
        cells, objects = iter(row), {}
        for model in self._models():
            objects[model] = load_object(model, itertools.islice(cells, len(model._fields)))
        for join in self.joins:
            owner, target = objects[join.key.model], objects[join.key.target]
            if owner is not None and target is not None:
                setattr(owner, join.key.name, target)
        return tuple(objects.values()) if self.joins else objects[self.model]


def whole_number(count: Any) -> int:
    if not isinstance(count, int):
        raise TypeError(f"limit() and offset() take a whole number, not {count!r}")
    return min(max(0, count), 2**62)  # both databases refuse what does not fit into 64 bits


class Join(NamedTuple):
    """One more model in a query."""

    kind: str
    model: Any
    key: Any


def find_key(present: list[Any], model: Any, on: Column | None) -> Any:
    """The one foreign key (the one that `on` names) between a model and those of a query."""
    pairs = [pair for other in present for pair in ((other, model), (model, other))]
    keys = [k for a, b in pairs for k in a._fields.values() if getattr(k, "target", None) is b]
    fitting = [key for key in keys if on is None or key is getattr(on, "field", None)]
    if len(fitting) != 1:
        names = ", ".join(f"on={key.model.__name__}.{key.name}" for key in keys) or "there is none"
        raise ModelError(f"join({model.__name__}) needs one foreign key to go by: {names}")
    return fitting[0]


def load_object(model: Any, cells: Iterable[Any]) -> Any:
    """The object of a row, made without __init__; None if a left join has found no row."""
    row = {
        field: None if cell is None else field.from_database(cell)
        for field, cell in zip(model._fields.values(), cells, strict=True)
    }
    if row[model._fields["id"]] is None:
        return None
    instance = model.__new__(model)
    vars(instance).update({field.column: value for field, value in row.items()}, _stored=row)
    return instance


def insert_row(model: Any, row: dict[Field, Any]) -> int:
    """INSERT a row and return its id: the given one, or the one that the database has made."""
    columns = ", ".join(f'"{field.column}"' for field in row)
    values = [Expression("?", [field.check(value)]) for field, value in row.items()]
    statement = glue(f'INSERT INTO "{model._table}" ({columns}) VALUES (', *commas(values), ")")
    last_id = execute(model, statement, row).last_id
    return int(statement.values[0] or last_id or 0)


def execute(model: Any, statement: Expression, row: dict[Field, Any] | None = None) -> Any:
    """Execute a statement; that a row breaks a rule is told by its field."""
    try:
        return database_of(model).execute(statement.sql, statement.values)
    except IntegrityError as error:
        raise explain(model, error, row or {}) from error


def explain(model: Any, error: IntegrityError, row: dict[Field, Any]) -> InvalidValue:
    """Which field of the row broke which rule."""
    duplicate = "id" if error.duplicate_column == "PRIMARY" else error.duplicate_column
    for field, value in row.items():
        if field.column == duplicate:
            return DuplicateValue(field, value, f"{show(value)} is already taken (unique field)")
        if isinstance(field, ForeignKey) and value is not None and not duplicate:
            # Which foreign key it was, SQLite does not say.
            key, target = field.to_database(value), field.target
            if target.get_or_none(key) is None:
                return BrokenReference(field, value, f"there is no {target.__name__} with id {key}")
    if row:
        return InvalidValue(model._fields["id"], None, str(error))
    return BrokenReference(model._fields["id"], None, "other rows still point at what to delete")


class Expression:
    """A piece of SQL, and the values that its question marks stand for."""

    def __init__(self, sql: str, values: Sequence[Any] = ()) -> None:
        self.sql, self.values = sql, values

    def __repr__(self) -> str:
        return f"<SQL {self.sql!r} with {list(self.values)}>"

    def combine(self, word: str, other: Expression) -> Expression:
        return glue("(", self, word, *check_expressions([other]), ")")

    __and__ = __rand__ = partialmethod(combine, "AND")
    __or__ = __ror__ = partialmethod(combine, "OR")

    def __invert__(self) -> Expression:
        return glue("NOT (", self, ")")

    def __bool__(self) -> bool:
        raise TypeError("a condition has no truth value: combine by & | ~, not by and, or, not, if")


class Column(Expression):
    """A field in a statement: what Post.likes is. Comparing it makes a condition."""

    def __init__(self, model: Any, field: Field) -> None:
        super().__init__(f'"{require_table(model)._table}"."{field.column}"')
        self.field = field

    def bind(self, value: Any) -> Expression:
        """The other side of a comparison: another column, or a ? for a value of this field."""
        if isinstance(value, Expression):
            return value
        return Expression("?", [self.field.to_database(value)])

    def compare(self, operator: str, other: Any) -> Expression:
        """The condition `column operator other`. NULL equals nothing in SQL, so None is IS NULL.

        Nor does NULL differ from anything: neither likes != 3 nor ~(likes == 3) finds a row whose
        likes are NULL. Who wants it says so: (Post.likes != 3) | Post.likes.is_null().
        """
        if other is None and operator in ("=", "<>"):
            return self.is_null() if operator == "=" else ~self.is_null()
        return glue(self, operator, self.bind(other))

    __eq__ = partialmethod(compare, "=")
    __ne__ = partialmethod(compare, "<>")
    __lt__ = partialmethod(compare, "<")
    __le__ = partialmethod(compare, "<=")
    __gt__ = partialmethod(compare, ">")
    __ge__ = partialmethod(compare, ">=")

    def in_(self, values: Iterable[Any]) -> Expression:
        """Equal to one of the values. Of no values none is equal: no row."""
        marks = [self.bind(value) for value in values]
        return glue(self, "IN (", *commas(marks), ")") if marks else Expression("1 = 0")

    def like(self, pattern: str) -> Expression:
        r"""Text of a pattern, whatever its case: % is any text, _ any character, \% a percent."""
        escaped = glue("LOWER(", self.bind(pattern), ") ESCAPE", self.bind("\\"))
        return glue("LOWER(", self, ") LIKE", escaped)

    def is_null(self) -> Expression:
        return glue(self, "IS NULL")

    def desc(self) -> Expression:
        """For order_by: the largest first."""
        return glue(self, "DESC")


def glue(*parts: str | Expression) -> Expression:
    """One expression of several: their SQL side by side, their values in the same order."""
    pieces = [part if isinstance(part, Expression) else Expression(part) for part in parts]
    values = [value for piece in pieces for value in piece.values]
    return Expression(" ".join(piece.sql for piece in pieces), values)


def commas(parts: Iterable[Expression]) -> list[str | Expression]:
    """The parts of a list, for glue: a, b -> a "," b."""
    return [item for part in parts for item in (",", part)][1:]


def check_expressions(parts: Iterable[Any]) -> tuple[Expression, ...]:
    """Refuse what is no expression: a text would become SQL; post.id == 7 is True or False."""
    for part in parts:
        if not isinstance(part, Expression):
            raise TypeError(f"{part!r} is no condition or column: write (Post.likes > 3) & (...)")
    return tuple(parts)
