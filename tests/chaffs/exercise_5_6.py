"""5.6, Query.statement: wrong answers. course/chaffs.py says how this file is read."""


def select_star(self, columns=""):
    """Your function behaves like one that asks for "*". The columns then come as the table has
    them, and it may have been made by somebody else, with another order or with columns more: the
    cells would land in the wrong fields. Name the columns, in the order of the model's _fields."""
    joins = [
        f'{kind} "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
        for kind, model, key in self.joins
    ]
    where = clause("WHERE", self.conditions, "AND")
    order = clause("ORDER BY", self.order, ",")
    page = (self.row_limit, self.row_offset)
    limit = [Expression("LIMIT ? OFFSET ?", page)] if page != (NO_LIMIT, 0) else []
    head = f'SELECT {columns or "*"} FROM "{self.model._table}"'
    return glue(head, *joins, *where, *order, *limit)


def columns_without_their_table(self, columns=""):
    """Your function behaves like one that names a column without its table. As soon as two tables
    are joined, both have an "id", and the database asks which one is meant. A Column knows its
    table: use its SQL."""
    every = [f'"{f.column}"' for model in self._models() for f in model._fields.values()]
    joins = [
        f'{kind} "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
        for kind, model, key in self.joins
    ]
    where = clause("WHERE", self.conditions, "AND")
    order = clause("ORDER BY", self.order, ",")
    page = (self.row_limit, self.row_offset)
    limit = [Expression("LIMIT ? OFFSET ?", page)] if page != (NO_LIMIT, 0) else []
    head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
    return glue(head, *joins, *where, *order, *limit)


def columns_of_the_first_model(self, columns=""):
    """Your function behaves like one that asks for the columns of the first model alone. A join
    gives the objects of both, and what is to be made of a row must be in the row. _models() has all
    models of the query, in order."""
    every = [Column(self.model, field).sql for field in self.model._fields.values()]
    joins = [
        f'{kind} "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
        for kind, model, key in self.joins
    ]
    where = clause("WHERE", self.conditions, "AND")
    order = clause("ORDER BY", self.order, ",")
    page = (self.row_limit, self.row_offset)
    limit = [Expression("LIMIT ? OFFSET ?", page)] if page != (NO_LIMIT, 0) else []
    head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
    return glue(head, *joins, *where, *order, *limit)


def order_before_where(self, columns=""):
    """Your function behaves like one that writes ORDER BY before WHERE. SQL wants its clauses in
    one order, whichever the methods were called in: first the rows are chosen, then they are
    sorted, then cut. The docstring's "in the order in which SQL wants them" is this order."""
    every = [Column(model, f).sql for model in self._models() for f in model._fields.values()]
    joins = [
        f'{kind} "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
        for kind, model, key in self.joins
    ]
    where = clause("WHERE", self.conditions, "AND")
    order = clause("ORDER BY", self.order, ",")
    page = (self.row_limit, self.row_offset)
    limit = [Expression("LIMIT ? OFFSET ?", page)] if page != (NO_LIMIT, 0) else []
    head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
    return glue(head, *joins, *order, *where, *limit)


def one_condition_is_enough(self, columns=""):
    """Your function behaves like one that puts OR between the conditions. where(a, b) and
    where(a).where(b) narrow a query down: only the rows that meet all of the conditions. Whoever
    wants either of two writes a | b, which is one condition."""
    every = [Column(model, f).sql for model in self._models() for f in model._fields.values()]
    joins = [
        f'{kind} "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
        for kind, model, key in self.joins
    ]
    where = clause("WHERE", self.conditions, "OR")
    order = clause("ORDER BY", self.order, ",")
    page = (self.row_limit, self.row_offset)
    limit = [Expression("LIMIT ? OFFSET ?", page)] if page != (NO_LIMIT, 0) else []
    head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
    return glue(head, *joins, *where, *order, *limit)


def the_first_model_has_the_key(self, columns=""):
    """Your function behaves like one that looks for the foreign key in the first model's table. It
    may be on the other side: in Post.select().left_join(Comment) the comments point at the post.
    The key knows the model that it belongs to, key.model, and the one that it points at,
    key.target."""
    every = [Column(model, f).sql for model in self._models() for f in model._fields.values()]
    joins = [
        f'{kind} "{model._table}" ON {Column(self.model, key).sql} = {model.id.sql}'
        for kind, model, key in self.joins
    ]
    where = clause("WHERE", self.conditions, "AND")
    order = clause("ORDER BY", self.order, ",")
    page = (self.row_limit, self.row_offset)
    limit = [Expression("LIMIT ? OFFSET ?", page)] if page != (NO_LIMIT, 0) else []
    head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
    return glue(head, *joins, *where, *order, *limit)


def every_join_is_an_inner_join(self, columns=""):
    """Your function behaves like one that writes JOIN for every join. left_join() promises a row
    also where nothing belongs to it, and JOIN drops such a row. Each of self.joins begins with its
    kind."""
    every = [Column(model, f).sql for model in self._models() for f in model._fields.values()]
    joins = [
        f'JOIN "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
        for _kind, model, key in self.joins
    ]
    where = clause("WHERE", self.conditions, "AND")
    order = clause("ORDER BY", self.order, ",")
    page = (self.row_limit, self.row_offset)
    limit = [Expression("LIMIT ? OFFSET ?", page)] if page != (NO_LIMIT, 0) else []
    head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
    return glue(head, *joins, *where, *order, *limit)


def a_limit_of_zero_is_none(self, columns=""):
    """Your function behaves like one that takes a limit of 0 for no limit. Zero is false in Python,
    and it is a number of rows: whoever computes a limit and arrives at 0 must not get the whole
    table. Compare with what stands for "no limit"."""
    every = [Column(model, f).sql for model in self._models() for f in model._fields.values()]
    joins = [
        f'{kind} "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
        for kind, model, key in self.joins
    ]
    where = clause("WHERE", self.conditions, "AND")
    order = clause("ORDER BY", self.order, ",")
    page = (self.row_limit or NO_LIMIT, self.row_offset)
    limit = [Expression("LIMIT ? OFFSET ?", page)] if page != (NO_LIMIT, 0) else []
    head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
    return glue(head, *joins, *where, *order, *limit)


def offset_alone(self, columns=""):
    """Your function behaves like one that writes OFFSET without LIMIT where only an offset was
    asked for. Neither SQLite nor MySQL takes that. A limit that no table reaches does no harm: it
    is what row_limit is from the beginning."""
    every = [Column(model, f).sql for model in self._models() for f in model._fields.values()]
    joins = [
        f'{kind} "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
        for kind, model, key in self.joins
    ]
    where = clause("WHERE", self.conditions, "AND")
    order = clause("ORDER BY", self.order, ",")
    limit = [Expression("LIMIT ?", [self.row_limit])] if self.row_limit != NO_LIMIT else []
    offset = [Expression("OFFSET ?", [self.row_offset])] if self.row_offset else []
    head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
    return glue(head, *joins, *where, *order, *limit, *offset)


def numbers_may_stand_in_the_text(self, columns=""):
    """Your function behaves like one that writes limit and offset into the text of the statement. A
    page number often comes straight from a URL, and then it is a value like any other: it travels
    beside the text. A rule without exceptions is the one that nobody forgets."""
    every = [Column(model, f).sql for model in self._models() for f in model._fields.values()]
    joins = [
        f'{kind} "{model._table}" ON {Column(key.model, key).sql} = {key.target.id.sql}'
        for kind, model, key in self.joins
    ]
    where = clause("WHERE", self.conditions, "AND")
    order = clause("ORDER BY", self.order, ",")
    has_page = (self.row_limit, self.row_offset) != (NO_LIMIT, 0)
    limit = [f"LIMIT {self.row_limit} OFFSET {self.row_offset}"] if has_page else []
    head = f'SELECT {columns or ", ".join(every)} FROM "{self.model._table}"'
    return glue(head, *joins, *where, *order, *limit)
