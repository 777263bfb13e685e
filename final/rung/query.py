"""Queries: which rows, in which order, joined to what; and the objects that are made of rows.

The public class is Query. What it needs of a model are its table, its fields and its database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from reprlib import repr as show  # long values cut short
from typing import Any

from .database import Database, IntegrityError, Result
from .expressions import Column, Expression, ModelError, check_expressions, clause, glue
from .fields import BrokenReference, DuplicateValue, Field, check_identifier, find_field
from .generated import load_all, make_load, make_pick
from .relations import prefetch

NO_LIMIT = 2**62  # more rows than any table has


@dataclass(frozen=True)
class Query:
    """Rows of a model. Its methods change nothing: each returns another query.

    Nothing is asked of the database until rows are wanted, by a for loop, all(), first(), count().
    """

    model: Any
    picked: tuple[Any, ...] = ()
    conditions: tuple[Expression, ...] = ()
    order: tuple[Expression, ...] = ()
    joins: tuple[tuple[str, Any, Column, Column], ...] = ()  # kind, source, key, id
    groups: tuple[Expression, ...] = ()
    group_conditions: tuple[Expression, ...] = ()
    prefetches: tuple[Any, ...] = ()
    row_limit: int = NO_LIMIT
    row_offset: int = 0
    is_distinct: bool = False
    ending: tuple[str, ...] = ()

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

    def distinct(self) -> Query:
        """Each row once, where several are alike: Post.select(Post.author).distinct()."""
        return replace(self, is_distinct=True)

    def group_by(self, *columns: Expression) -> Query:
        """One row for all rows that are alike in these columns; pick them, and aggregates."""
        return replace(self, groups=self.groups + check_expressions(columns))

    def having(self, *conditions: Expression) -> Query:
        """Only the groups that meet all of the conditions: having(Post.id.count() > 3)."""
        return replace(self, group_conditions=self.group_conditions + check_expressions(conditions))

    def prefetch(self, *relations: Any) -> Query:
        """Fetch what these lead to for all rows at once: Post.author, or the reverse User.posts."""
        return replace(self, prefetches=self.prefetches + relations)

    def join(self, model: Any, on: Column | None = None, kind: str = "JOIN") -> Query:
        """With the row of another model that belongs to it: each row becomes a tuple of objects.

        The foreign key between the two models says what belongs together. Where there are two,
        `on` names one: join(User, on=Post.editor). A model that is in the query already joins as
        an alias: Editor = User.alias("editor"), then join(Editor, on=Post.editor).
        """
        key, id = find_key(self._sources(), model, on)
        return replace(self, joins=(*self.joins, (kind, model, key, id)))

    def left_join(self, model: Any, on: Column | None = None) -> Query:
        """As join; and a row to which nothing belongs comes too, with None."""
        return self.join(model, on, "LEFT JOIN")

    def __iter__(self) -> Iterator[Any]:
        statement = self.statement()
        rows = execute(self.model, statement.sql, statement.values).rows
        found = load_all(self.loader(), rows)
        for relation in self.prefetches:
            place = self._sources().index(relation.source)
            objects = [row[place] for row in found] if self.joins else found
            prefetch([each for each in objects if each is not None], relation)
        return iter(found)

    def __bool__(self) -> bool:
        raise TypeError("a query has no truth value: ask count() or first()")

    def all(self) -> list[Any]:
        return list(self)

    def first(self) -> Any:
        """The first row, or None."""
        return next(iter(self.limit(1)), None)

    def latest(self) -> Any:
        """As first(), but as the row is by now, whatever this transaction has seen of it before."""
        return replace(self, ending=database_of(self.model).dialect.latest).first()

    def count(self) -> int:
        """How many rows there are; the database counts them."""
        counted = glue("SELECT COUNT(*) FROM (", self.statement(counted=True), ") AS counted")
        return int(execute(self.model, counted.sql, counted.values).rows[0][0])

    def update(self, **values: Any) -> int:
        """Set columns of all these rows to the values; return how many rows there are."""
        row = {find_field(self.model, name): value for name, value in values.items()}
        settings = [Expression(f'"{f.column}" = ?', [f.check(row[f])]) for f in row]
        return self._write(f'UPDATE "{self.model._table}"', *clause("SET", settings, ","), row=row)

    def delete(self) -> int:
        """Delete all these rows (select().delete(): all of the table); return how many."""
        return self._write(f'DELETE FROM "{self.model._table}"')

    def _write(self, *statement: str | Expression, row: Any = ()) -> int:
        """Execute UPDATE or DELETE for the rows of this query."""
        if replace(self, conditions=()) != Query(self.model):
            raise ModelError("update() and delete() go with where(), not with join, order or limit")
        whole = glue(*statement, *clause("WHERE", self.conditions, "AND"))
        return execute(self.model, whole.sql, whole.values, row).row_count

    def statement(self, counted: bool = False) -> Expression:
        """The SELECT of this query, its clauses in the order in which SQL wants them."""
        sources, distinct = self._sources(), "DISTINCT " * self.is_distinct
        columns = self.picked or [Column(s, field) for s in sources for field in s._fields.values()]
        texts = [f"{c.sql} AS c{n}" if counted else c.sql for n, c in enumerate(columns)]
        joins = [f"{kind} {s._from} ON {key.sql} = {id.sql}" for kind, s, key, id in self.joins]
        where = clause("WHERE", self.conditions, "AND") + clause("GROUP BY", self.groups, ",")
        having = clause("HAVING", self.group_conditions, "AND")
        order = clause("ORDER BY", self.order, ",")
        page = (self.row_limit, self.row_offset)  # there is no OFFSET without LIMIT
        limit = [Expression("LIMIT ? OFFSET ?", page)] if page != (NO_LIMIT, 0) else []
        head = f"SELECT {distinct}{', '.join(texts)} FROM {self.model._from}"
        return glue(head, *joins, *where, *having, *order, *limit, *self.ending)

    def loader(self) -> Any:
        """The function that makes objects of the rows, or tuples of what was picked."""
        if self.picked:
            return make_pick([column.read for column in self.picked])
        place = self._sources().index
        links = [
            (place(key.source), f"_{key.field.name}", place(id.source))
            for _kind, _source, key, id in self.joins
        ]
        return make_load(tuple(source._model for source in self._sources()), tuple(links))

    def explain(self) -> str:
        """The SQL of this query, its values, and the code that makes objects of its rows."""
        statement = self.statement()
        return f"{statement.sql}\n{list(statement.values)}\n\n{self.loader().source}"

    def _sources(self) -> list[Any]:
        return [self.model, *(join[1] for join in self.joins)]


class Alias:
    """A model under a second name in one query: Editor = User.alias("editor"), Editor.name."""

    def __init__(self, model: Any, name: str) -> None:
        self._model, self._fields, self._table = model, model._fields, check_identifier(name)
        self._from = f'{model._from} AS "{name}"'

    def __getattr__(self, name: str) -> Column:
        return Column(self, find_field(self._model, name))


def find_key(present: list[Any], source: Any, on: Column | None) -> tuple[Column, Column]:
    """The one foreign key (the one that `on` names) between a source and those of a query."""
    if source._table in [each._table for each in present]:
        remedy = f"join an alias of it, {source._model.__name__}.alias(name)"
        raise ModelError(f"{source._table} is in this query already: {remedy}")
    pairs = [pair for other in present for pair in ((other, source), (source, other))]
    ends = [(Column(a, key), b) for a, b in pairs for key in a._fields.values()]
    keys = [(key, b.id) for key, b in ends if getattr(key.field, "target", None) is b._model]
    fitting = [pair for pair in keys if on is None or pair[0].sql == getattr(on, "sql", None)]
    if len(fitting) != 1:
        names = ", ".join(f"on={k.source._model.__name__}.{k.field.name}" for k, _ in keys)
        names = names or "there is none"
        raise ModelError(f"join({source._table}) needs one foreign key to go by: {names}")
    return fitting[0]


def execute(model: Any, sql: str, values: Any = (), fields: Any = (), many: bool = False) -> Result:
    """Execute a statement on the database of a model.

    That a row breaks a rule is told by the field, of those that it writes.
    """
    try:
        return database_of(model).execute(sql, values, many)
    except IntegrityError as error:
        row = dict(zip(fields, values, strict=False))
        raise broken_rule(model, str(error), row) from error


def broken_rule(model: Any, text: str, row: dict[Field, Any]) -> IntegrityError:
    """Which field of a row has broken which rule. The databases say that a value is taken so:

    UNIQUE constraint failed: votes.user_id, votes.post_id
    Duplicate entry '1-2' for key 'user_id_post_id'     (MySQL 8 writes 'votes.user_id_post_id')
    """
    pattern = r"\w+\.(\w+)" if text.startswith("UNIQUE") else r"^Dup.*'(?:\w+\.)?(\w+)'$"
    broken = "_".join(re.findall(pattern, text, re.DOTALL)).replace("PRIMARY", "id")
    for names in [*((name,) for name in model._fields), *model._unique]:
        fields = [find_field(model, name) for name in names]
        if broken == "_".join(field.column for field in fields):
            values = tuple(row.get(field) for field in fields)
            value = values if len(values) > 1 else values[0]
            rule = "unique field" if len(names) == 1 else f"unique together: {', '.join(names)}"
            problem = f"{show(value)} is already taken ({rule})" if row else text
            return DuplicateValue(fields[-1], value, problem)
    if "foreign key" not in text.lower():
        return IntegrityError(text)
    for key, id in row.items():  # which one it was, SQLite does not say
        target = getattr(key, "target", None)
        if target and id is not None and target.get_or_none(id) is None:
            return BrokenReference(key, id, f"there is no {target.__name__} with id {id}")
    problem = text if row else f"other rows still point at what to delete, or: {text}"
    return BrokenReference(model._fields["id"], None, problem)


def database_of(model: Any) -> Database:
    """The database of a model that may have rows."""
    if model._abstract:
        raise ModelError(f"{model.__name__} has no rows: it is abstract")
    if model._database is None:
        raise ModelError(f"{model.__name__} has no database: give it database=connect(url)")
    database: Database = model._database
    return database
