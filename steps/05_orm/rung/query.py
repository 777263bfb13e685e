"""Queries: which rows, in which order, joined to what; and the objects that are made of rows.

The public class is Query. What it needs of a model are its table, its fields and its database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .database import Database, Result
from .expressions import Column, Expression, ModelError, check_expressions, clause, glue
from .fields import find_field

NO_LIMIT = 2**62  # more rows than any table has


@dataclass(frozen=True)
class Query:
    """Rows of a model. Its methods change nothing: each returns another query.

    Nothing is asked of the database until rows are wanted, by a for loop, all(), first(), count().
    """

    model: Any
    conditions: tuple[Expression, ...] = ()
    order: tuple[Expression, ...] = ()
    joins: tuple[tuple[str, Any, Any], ...] = ()  # kind, model, foreign key
    row_limit: int = NO_LIMIT
    row_offset: int = 0

    def where(self, *conditions: Expression) -> Query:
        """Only the rows that meet all of the conditions: where(Post.likes > 3, Post.draft)."""
        return replace(self, conditions=self.conditions + check_expressions(conditions))

    def order_by(self, *columns: Expression) -> Query:
        """Sorted by the columns, the first first: order_by(Post.created.desc(), Post.id)."""
        return replace(self, order=self.order + check_expressions(columns))

    def limit(self, count: int) -> Query:
        """At most `count` rows."""
        return replace(self, row_limit=max(0, count))

    def offset(self, count: int) -> Query:
        """Without the first `count` rows."""
        return replace(self, row_offset=max(0, count))

    def join(self, model: Any, on: Column | None = None, kind: str = "JOIN") -> Query:
        """With the row of another model that belongs to it: each row becomes a tuple of objects.

        The foreign key between the two models says what belongs together. Where there are two,
        `on` names one: join(User, on=Post.editor).
        """
        # Simplified: no model twice, so a post with its author *and* its editor takes a second
        # query. In final/ a model can stand in a query under two names.
        key = find_key(self._models(), model, on)
        return replace(self, joins=(*self.joins, (kind, model, key)))

    def left_join(self, model: Any, on: Column | None = None) -> Query:
        """As join; and a row to which nothing belongs comes too, with None."""
        return self.join(model, on, "LEFT JOIN")

    def __iter__(self) -> Iterator[Any]:
        return map(self._load_row, execute(self.model, self.statement()).rows)

    def all(self) -> list[Any]:
        return list(self)

    def first(self) -> Any:
        """The first row, or None."""
        return next(iter(self.limit(1)), None)

    def count(self) -> int:
        """How many rows there are; the database counts them."""
        counted = glue("SELECT COUNT(*) FROM (", self.statement("1"), ") AS counted")
        return int(execute(self.model, counted).rows[0][0])

    def update(self, **values: Any) -> int:
        """Set columns of all these rows to the values; return how many rows there are."""
        row = {find_field(self.model, name): value for name, value in values.items()}
        settings = [Expression(f'"{f.column}" = ?', [f.check(row[f])]) for f in row]
        return self._write(f'UPDATE "{self.model._table}"', *clause("SET", settings, ","))

    def delete(self) -> int:
        """Delete all these rows (select().delete(): all of the table); return how many."""
        return self._write(f'DELETE FROM "{self.model._table}"')

    def _write(self, *statement: str | Expression) -> int:
        """Execute UPDATE or DELETE for the rows of this query."""
        if replace(self, conditions=()) != Query(self.model):
            raise ModelError("update() and delete() go with where(), not with join, order or limit")
        whole = glue(*statement, *clause("WHERE", self.conditions, "AND"))
        return execute(self.model, whole).row_count

    def statement(self, columns: str = "") -> Expression:
        """The SELECT of this query, its clauses in the order in which SQL wants them."""
        every = [Column(model, f).sql for model in self._models() for f in model._fields.values()]
        joins = [
            f'{kind} "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
            for kind, model, key in self.joins
        ]
        where = clause("WHERE", self.conditions, "AND")
        order = clause("ORDER BY", self.order, ",")
        page = (self.row_limit, self.row_offset)  # there is no OFFSET without LIMIT
        limit = [Expression("LIMIT ? OFFSET ?", page)] if page != (NO_LIMIT, 0) else []
        head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
        return glue(head, *joins, *where, *order, *limit)

    def _models(self) -> list[Any]:
        return [self.model, *(model for _kind, model, _key in self.joins)]

    def _load_row(self, row: tuple[Any, ...]) -> Any:
        """The object of a row; with joins a tuple of objects, cut from the row model by model."""
        cells = iter(row)
        objects = {model: load_object(model, cells) for model in self._models()}
        for _kind, _model, key in self.joins:
            owner, target = objects[key.model], objects[key.target]
            if owner is not None and target is not None:
                setattr(owner, key.name, target)
        return tuple(objects.values()) if self.joins else objects[self.model]


def find_key(present: list[Any], model: Any, on: Column | None) -> Any:
    """The one foreign key (the one that `on` names) between a model and those of a query."""
    pairs = [pair for other in present for pair in ((other, model), (model, other))]
    keys = [k for a, b in pairs for k in a._fields.values() if getattr(k, "target", None) is b]
    fitting = [key for key in keys if on is None or key is getattr(on, "field", None)]
    if len(fitting) != 1 or model in present:
        names = ", ".join(f"on={key.model.__name__}.{key.name}" for key in keys) or "there is none"
        raise ModelError(f"join({model.__name__}) needs one foreign key to go by: {names}")
    return fitting[0]


def load_object(model: Any, cells: Iterator[Any]) -> Any:
    """The object of the next cells, made without __init__; None if a left join found no row."""
    # Simplified: a loop over the fields for each row. It is the plain way, and it takes six times
    # as long as the driver; final/ generates a function for each kind of row, and takes half again.
    row = {
        field.column: None if cell is None else field.from_database(cell)
        for field, cell in zip(model._fields.values(), cells, strict=False)
    }
    if row["id"] is None:
        return None
    instance = model.__new__(model)
    vars(instance).update(row, _stored=row)
    return instance


def execute(model: Any, statement: Expression) -> Result:
    """Execute a statement on the database of a model."""
    return database_of(model).execute(statement.sql, statement.values)


def database_of(model: Any) -> Database:
    """The database of a model that may have rows."""
    if model._abstract:
        raise ModelError(f"{model.__name__} has no rows: it is abstract")
    if model._database is None:
        raise ModelError(f"{model.__name__} has no database: give it database=connect(url)")
    database: Database = model._database
    return database
