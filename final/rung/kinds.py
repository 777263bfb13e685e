"""More kinds of fields: decimals, dates, JSON and bytes, alike on both databases."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from reprlib import repr as show
from typing import Any

from .fields import Field, IntegerField, InvalidValue
from .query import database_of

BigIntegerField = IntegerField  # 64 bits is what other frameworks call big


@dataclass(eq=False)
class DecimalField(Field):
    """An exact number of up to 18 digits, such as an amount of money: no float, never rounded.

    SQLite has no such type. Its column holds the number without the point, 12.50 as 1250: whole
    numbers compare, sort and add up as they should.
    """

    python_type = Decimal

    max_digits: int = 12
    decimal_places: int = 2

    def __post_init__(self) -> None:
        self.sql_type = f"DECIMAL({self.max_digits}, {self.decimal_places})"
        self.room = f"{self.max_digits} digits, {self.decimal_places} of them after the point"
        self.unit = Decimal(1).scaleb(-self.decimal_places)
        # The traps make an error of what other contexts round.
        self.exact = Context(prec=self.max_digits, traps=[Inexact, InvalidOperation])

    def to_database(self, value: Any) -> Any:
        number = Decimal(value) if type(value) is int else super().to_database(value)
        try:
            exact = number.quantize(self.unit, context=self.exact)
            whole = int(self.exact.divide(exact, self.unit))
        except (DecimalException, ValueError):
            problem = f"{show(value)} does not fit into {self.room}"
            raise InvalidValue(self, value, problem) from None
        return whole if database_of(self.model).dialect.name == "sqlite" else exact

    def from_database(self, value: Any) -> Decimal:
        if isinstance(value, Decimal):
            return value
        # A context of our own: a sum may be longer than max_digits, and is exact all the same.
        return Context(40).multiply(Decimal(value), self.unit)


class DateField(Field):
    """A day of the calendar. A datetime is a date to Python, and not here."""

    python_type, sql_type = date, "DATE"

    def to_database(self, value: Any) -> str:
        if isinstance(value, datetime):
            raise InvalidValue(self, value, f"takes date, not {show(value)}")
        return str(super().to_database(value).isoformat())

    def from_database(self, value: Any) -> date:
        return value if isinstance(value, date) else date.fromisoformat(value)


class BytesField(Field):
    python_type, sql_type, is_plainly_good = bytes, "LONGBLOB", "type({0}) is bytes"


class JSONField(Field):
    """What JSON can say: dicts with text keys, lists, texts, numbers, True, False.

    Stored as text, so that both databases give back what they were given. (MySQL's own JSON type
    sorts keys.) None is NULL. A change inside a list or a dict is noticed by save().
    """

    python_type, sql_type = object, "LONGTEXT"

    def to_database(self, value: Any) -> str:
        try:
            text = json.dumps(value, allow_nan=False)
            if json.loads(text) == value:  # a tuple would come back as a list
                return text
        except (TypeError, ValueError, RecursionError):
            pass
        raise InvalidValue(self, value, f"takes JSON values, and not {show(value)}")

    from_database: Any = staticmethod(json.loads)
