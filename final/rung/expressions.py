"""Pieces of SQL, and the values that go with them.

Two rules hold in the whole ORM. A name goes into the text of a statement only after
check_identifier (fields.py). A value never goes into the text: it travels beside it, in
Expression.values, and the driver binds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partialmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .fields import Field


class ModelError(Exception):
    """A model is declared or used in a way that cannot work; the message says what to change."""


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
    """A field in a statement: what Post.likes is. Comparing it makes a condition.

    The source is a model, or an alias of one. An aggregate such as Post.likes.sum() is a column of
    other SQL; `read` makes Python's value of the driver's, and `write` the driver's of Python's.
    """

    def __init__(self, source: Any, field: Field, sql: str = "") -> None:
        super().__init__(sql or f'"{source._table}"."{field.column}"')
        self.source, self.field = source, field
        self.read: Callable[[Any], Any] = field.from_database
        self.write: Callable[[Any], Any] = field.to_database

    def bind(self, value: Any) -> Expression:
        """The other side of a comparison: another column, or a ? for a value of this field."""
        is_sql = isinstance(value, Expression)
        return value if is_sql else Expression("?", [self.write(value)])

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
        marks = clause("IN (", [self.bind(value) for value in values], ",")
        return glue(self, *marks, ")") if marks else Expression("1 = 0")

    def like(self, pattern: str) -> Expression:
        r"""Text of a pattern, whatever its case: % is any text, _ any character, \% a percent."""
        escaped = glue("LOWER(", self.bind(pattern), ") ESCAPE", self.bind("\\"))
        return glue("LOWER(", self, ") LIKE", escaped)

    def contains(self, text: str) -> Expression:
        """Text in which this occurs, whatever its case. Here % and _ are themselves."""
        return self.like("%" + re.sub(r"([\\%_])", r"\\\1", text) + "%")

    def between(self, low: Any, high: Any) -> Expression:
        """At least `low` and at most `high`."""
        return glue("(", self, "BETWEEN", self.bind(low), "AND", self.bind(high), ")")

    def aggregate(self, function: str, distinct: bool = False) -> Column:
        """One value of many rows: Post.likes.sum(), Post.author.count(distinct=True).

        NULLs are left out, and of no values there is no sum: None, but a count of 0.
        """
        summed = Column(self.source, self.field, f"{function}({'DISTINCT ' * distinct}{self.sql})")
        kind = self.field.python_type
        if function == "COUNT" or (function == "SUM" and issubclass(kind, int)):  # bool is one
            summed.read, summed.write = int, lambda value: value
        elif function == "AVG" and issubclass(kind, int | float):
            summed.read = summed.write = float
        elif function == "AVG":  # of Decimals, which the field may store in another form
            summed.read = lambda value: float(self.read(value))
        return summed

    count = partialmethod(aggregate, "COUNT")
    sum = partialmethod(aggregate, "SUM")
    avg = partialmethod(aggregate, "AVG")
    min = partialmethod(aggregate, "MIN")
    max = partialmethod(aggregate, "MAX")

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


def clause(word: str, parts: Sequence[Expression], between: str) -> list[str | Expression]:
    """A clause for glue: WHERE a AND b. Nothing, if there are no parts."""
    return [item for n, part in enumerate(parts) for item in (between if n else word, part)]


def check_expressions(parts: Iterable[Any]) -> tuple[Expression, ...]:
    """Refuse what is no expression: a text would become SQL; post.id == 7 is True or False."""
    for part in parts:
        if not isinstance(part, Expression):
            raise TypeError(f"{part!r} is no condition or column: write (Post.likes > 3) & (...)")
    return tuple(parts)
