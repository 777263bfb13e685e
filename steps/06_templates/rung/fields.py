"""The fields of a model: descriptors that know what a column takes, and how it is stored.

Python values in, the same Python values out, on SQLite and on MySQL. Nothing here makes a
statement, but for the line of a column in CREATE TABLE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from reprlib import repr as show  # long values cut short
from typing import TYPE_CHECKING, Any, ClassVar

from .expressions import Column, ModelError

if TYPE_CHECKING:
    from .orm import Model


class InvalidValue(ModelError):
    """A field cannot hold a value. Its parts: `model`, `field` (name), `value`, `problem`."""

    def __init__(self, field: Field, value: Any, problem: str) -> None:
        super().__init__(f"{field.model.__name__}.{field.name}: {problem}")
        self.model, self.field, self.value, self.problem = field.model, field.name, value, problem


@dataclass(kw_only=True, eq=False)
class Field:
    """One column: its name, the values that it takes, and how they are stored.

    A field is a *non-data descriptor*: it has __get__ and no __set__. For `post.title` Python
    therefore takes the value that lies in the instance's own __dict__, as fast as any attribute;
    only `Post.title`, on the class, comes to __get__ (Python reference, section 3.3.2.3).

    Args:
        null: whether None may be stored.
        default: a value, or a function that is called for each new object.
        unique: whether the database refuses a second row with the same value.
    """

    null: bool = False
    default: Any = None
    unique: bool = False

    python_type: ClassVar[Any]
    # One type does for both databases: SQLite reads no more from it than whether the column
    # prefers whole numbers, floats or text (sqlite.org/datatype3.html, section 3.1).
    sql_type = ""

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
        if not isinstance(value, self.python_type):
            wanted = getattr(self, "target", self.python_type).__name__
            raise InvalidValue(self, value, f"takes {wanted}, not {show(value)}")
        return value

    def from_database(self, value: Any) -> Any:
        """The value as Python knows it."""
        return value

    def check(self, value: Any) -> Any:
        """The value as it is written. (What is too long may be searched for, but not written.)"""
        if value is None and not self.null:
            raise InvalidValue(self, None, "needs a value: give one, or a default, or null=True")
        return None if value is None else self.to_database(value)

    def definition(self) -> str:
        """The line of this field in CREATE TABLE."""
        rules = ("" if self.null else " NOT NULL") + (" UNIQUE" if self.unique else "")
        return f'"{self.column}" {self.sql_type}{rules}'


class IntegerField(Field):
    python_type, sql_type = int, "BIGINT"


class FloatField(Field):
    python_type, sql_type = float, "DOUBLE"


class BooleanField(Field):
    python_type, sql_type = bool, "BOOLEAN"
    from_database: Any = staticmethod(bool)  # both databases have 1 for True


@dataclass(eq=False)
class TextField(Field):
    """Text; with max_length, of at most so many characters (which are not bytes)."""

    max_length: int = 2**30
    python_type = str

    def __post_init__(self) -> None:
        # MySQL makes no column of a LONGTEXT unique. It indexes 3,072 bytes at most, and a
        # character may take four.
        self.sql_type = f"VARCHAR({self.max_length})" if self.max_length <= 768 else "LONGTEXT"

    def to_database(self, value: Any) -> Any:
        if re.search("[\ud800-\udfff]", super().to_database(value)):  # JSON can bring one along
            raise InvalidValue(self, value, f"{show(value)} holds half a character (a surrogate)")
        return value

    def check(self, value: Any) -> Any:
        if len(super().check(value) or "") > self.max_length:
            room = f"{self.max_length} characters"
            raise InvalidValue(self, value, f"{show(value)} does not fit into {room}")
        return value


class DateTimeField(Field):
    """A moment, to the microsecond, without a time zone: use UTC throughout.

    An aware datetime is refused, because neither database would give its time zone back.
    """

    python_type, sql_type = datetime, "DATETIME(6)"

    def to_database(self, value: Any) -> str:
        if super().to_database(value).tzinfo is not None:
            raise InvalidValue(self, value, "takes value.astimezone(UTC).replace(tzinfo=None)")
        # The text that MySQL, too, would show: largest unit first, so it sorts as the moments do.
        return str(value.isoformat(" ", "microseconds"))

    def from_database(self, value: Any) -> datetime:
        return value if isinstance(value, datetime) else datetime.fromisoformat(value)


@dataclass(eq=False)
class ForeignKey(IntegerField):
    """A reference to a row of another model, or of its own ("self"): post.author.

    A *data descriptor*: it has __set__ too, so Python asks it before the instance's __dict__. It
    has to be one, because two attributes must agree. The column's, post.author_id, is the truth;
    the object is kept beside it, as post._author, for as long as its id is the same.

    on_delete is what happens when the row that is pointed at is deleted: "no action" (refuse it),
    "cascade" (delete this one too) or "set null".
    """

    target: Any
    on_delete: str = "no action"

    def __post_init__(self) -> None:
        if getattr(self.target, "_abstract", self.target != "self"):
            raise ModelError(f'ForeignKey takes "self" or a model with a table, not {self.target}')

    def __set_name__(self, model: type[Model], name: str) -> None:
        super().__set_name__(model, name)
        self.column, self.kept = f"{name}_id", f"_{name}"
        if self.target == "self":
            self.target = model

    def __get__(self, instance: Model | None, model: type[Model]) -> Any:
        """The row that is pointed at, loaded when first asked for. On the class, an expression."""
        if instance is None:
            return Column(model, self)
        key, kept = getattr(instance, self.column), vars(instance).get(self.kept)
        if key is not None and (kept is None or kept.id != key):
            # Simplified: a statement for each row of a list that shows its authors. A join brings
            # them along; final/ also fetches them for the whole list at once.
            kept = vars(instance)[self.kept] = self.target.get(key)
        return None if key is None else kept

    def __set__(self, instance: Model, value: Model | int | None) -> None:
        setattr(instance, self.column, None if value is None else self.to_database(value))
        setattr(instance, self.kept, value if isinstance(value, self.target) else None)

    def to_database(self, value: Any) -> Any:
        """An id, or the id of an object."""
        if not isinstance(value, self.target):
            return super().to_database(value)
        if value.id is None:
            raise InvalidValue(self, value, f"{value!r} is not stored yet: save() it first")
        return value.id

    def constraint(self) -> str:
        target = f'REFERENCES "{self.target._table}" ("id") ON DELETE {self.on_delete.upper()}'
        return f'FOREIGN KEY ("{self.column}") {target}'


def check_identifier(name: str) -> str:
    """The name of a table or column, if it can stand in the text of a statement."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,59}", name):
        raise ModelError(f"{name!r} cannot name a table or column: use up to 60 of A-Z a-z 0-9 _")
    return name


def find_field(model: type[Model], name: str) -> Field:
    """The field of this name; a foreign key also by that of its column."""
    for field in model._fields.values():
        if name in (field.name, field.column):
            return field
    raise ModelError(f"{model.__name__} has no field {name!r}: it has {', '.join(model._fields)}")
