"""The fields of a model: descriptors that know what a column takes, and how it is stored.

Python values in, the same Python values out, on SQLite and on MySQL. Nothing here makes a
statement, but for the line of a column in CREATE TABLE.
"""

from __future__ import annotations

import difflib
import math
import re
from datetime import datetime
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from reprlib import repr as show  # long values cut short
from typing import TYPE_CHECKING, Any, ClassVar

from .expressions import Column, ModelError, require_table

if TYPE_CHECKING:
    from .orm import Model


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
        vars(instance)[self.name] = value if isinstance(value, self.target) else None

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


def check_identifier(name: str) -> str:
    """The name of a table or column, if it can stand in the text of a statement."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,59}", name):
        raise ModelError(f"{name!r} cannot name a table or column: use up to 60 of A-Z a-z 0-9 _")
    return name


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
