"""5.5, Column.compare: wrong answers. course/chaffs.py says how this file is read."""


def sql_by_fstring(self, operator, other):
    """Your function behaves like one that writes the value into the text of the condition. Whoever
    chooses the value then writes SQL: "x' OR 1=1 --" finds every row (SQL injection). The text gets
    a question mark, and the value travels beside it; bind() makes both."""
    if other is None and operator in ("=", "<>"):
        return self.is_null() if operator == "=" else ~self.is_null()
    if isinstance(other, Expression):
        return glue(self, operator, other)
    value = self.field.to_database(other)
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return Expression(f"{self.sql} {operator} {text}")


def none_is_a_value_like_any_other(self, operator, other):
    """Your function behaves like one that binds None as it binds any value. The docstring gives ==
    and != a meaning for it: Post.rating == None finds the rows without a rating. SQL has words of
    its own for that question; is_null() makes them."""
    return glue(self, operator, self.bind(other))


def equals_null(self, operator, other):
    """Your function behaves like one that writes "= NULL". In SQL nothing is equal to NULL, not
    even NULL, and nothing differs from it: the comparison is neither true nor false, and no row is
    found. The question is called IS NULL, and its opposite NOT (... IS NULL)."""
    if other is None and operator in ("=", "<>"):
        return glue(self, operator, "NULL")
    return glue(self, operator, self.bind(other))


def none_is_null_under_every_operator(self, operator, other):
    """Your function behaves like one that makes IS NULL of every comparison with None. Then != None
    finds the rows that it should leave out, and < None finds something, although nothing is smaller
    than NULL. Look at the operator as well; bind() refuses None where it has no meaning."""
    if other is None:
        return self.is_null()
    return glue(self, operator, self.bind(other))


def columns_are_values(self, operator, other):
    """Your function behaves like one that binds whatever stands on the right. There may be a column
    on both sides, Post.title == Post.body, and a column is SQL and no value: it goes into the text.
    bind() tells the two apart."""
    if other is None and operator in ("=", "<>"):
        return self.is_null() if operator == "=" else ~self.is_null()
    return glue(self, operator, Expression("?", [self.field.to_database(other)]))


def the_driver_will_know(self, operator, other):
    """Your function behaves like one that hands any value to the driver. SQLite finds no row whose
    likes are "5", MySQL converts the text: the same line means two things, and neither is what was
    meant. The field knows which values it takes; bind() asks it."""
    if other is None and operator in ("=", "<>"):
        return self.is_null() if operator == "=" else ~self.is_null()
    return glue(
        self, operator, other if isinstance(other, Expression) else Expression("?", [other])
    )


def null_differs_from_every_value(self, operator, other):
    """Your function behaves like one that takes NULL for different from every value, as Python does
    with None. In SQL it neither equals nor differs, and the docstring keeps to that: who wants
    these rows says so. A comparison stays one comparison."""
    if other is None and operator in ("=", "<>"):
        return self.is_null() if operator == "=" else ~self.is_null()
    condition = glue(self, operator, self.bind(other))
    return condition | self.is_null() if operator == "<>" else condition


def the_value_comes_first(self, operator, other):
    """Your function behaves like one that puts the value on the left: "? > likes". With = that is
    the same, and with > it is the opposite. The condition is `column operator other`, in this
    order."""
    if other is None and operator in ("=", "<>"):
        return self.is_null() if operator == "=" else ~self.is_null()
    return glue(self.bind(other), operator, self)
