"""Code that writes code: the inner loops of a model, each written out for the fields it has.

The plain way is a loop over the fields for each row: for each field a call, a dict entry, a tuple.
Four fields and 10,000 rows make 40,000 turns, each of which finds out again what the class has
known all the time. Here the loop runs once, when the class is made, and writes the code that one
would write by hand for this class: no loop, no dict, and a call only where a value must be
converted. Post.explain() and Post.select().explain() show it.

What goes into the text of a function are names of fields, which are checked, and numbers. Values
and functions are handed over in `names`.
"""

from __future__ import annotations

import gc
import itertools
import linecache
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from .fields import Field, ForeignKey, find_field

_numbers = itertools.count(1)
_MISSING = object()  # stands for a default that is made anew for each object


def define(name: str, lines: list[str], **names: Any) -> Any:
    """Make the function of this name from its lines. Its text stays in `function.source`."""
    source = "\n".join(lines) + "\n"
    file = f"<generated {name} {next(_numbers)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)  # for tracebacks
    exec(compile(source, file, "exec"), names)
    names[name].source = source
    return names[name]


def make_init(fields: dict[str, Field]) -> Any:
    """__init__: an argument for each field, and for a foreign key one for its column too."""
    lines, names = take_arguments("type(_self)", fields)
    for field in fields.values():
        lines.append(f"    _self.{field.column} = {field.column}")
        if isinstance(field, ForeignKey):
            lines.append(f"    if {field.name} is not None: _self.{field.name} = {field.name}")
    return define("take", lines, **names)


def make_row_from(fields: dict[str, Field], checked: Any) -> Any:
    """take(Model, title=..., ...): the checked values of the arguments of __init__, no object."""
    lines, names = take_arguments("_self", fields)
    for field in fields.values():
        if isinstance(field, ForeignKey):
            lines.append(f"    if {field.name} is not None: {field.column} = {field.name}")
    cells = ", ".join(field.column for field in fields.values())
    return define("take", [*lines, f"    return _checked({cells})"], _checked=checked, **names)


def make_values_of(fields: dict[str, Field]) -> Any:
    """values_of(object): its values in the order of the columns, unchecked."""
    cells = ", ".join(f"_self.{field.column}" for field in fields.values())
    return define("values_of", ["def values_of(_self):", f"    return ({cells},)"])


def make_checked(fields: dict[str, Field]) -> Any:
    """checked(v0, v1, ...): what INSERT binds. What is not plainly good the field decides."""
    cells, lines, names = ", ".join(f"v{n}" for n in range(len(fields))), [], {}
    for number, field in enumerate(fields.values()):
        good = "False" if field.choices else field.is_plainly_good.format(f"v{number}")
        good = f"v{number} is None or {good}" if field.null else good
        names[f"check{number}"] = field.check
        lines.append(f"    if not ({good}): v{number} = check{number}(v{number})")
    head = f"def checked({cells}):"
    return define("checked", [head, *lines, f"    return ({cells},)"], **names)


def take_arguments(model: str, fields: dict[str, Field]) -> tuple[list[str], dict[str, Any]]:
    """The beginning of a function that takes values by name, with the defaults of the fields."""
    arguments, body, names = [], [], {"_MISSING": _MISSING, "_find_field": find_field}
    for name, field in fields.items():
        names |= {f"_default_{name}": field.default, f"_make_{name}": field.default}
        if callable(field.default):
            names[f"_default_{name}"] = _MISSING
            body.append(f"    if {name} is _MISSING: {name} = _make_{name}()")
        arguments.append(f"{name}=_default_{name}")
        if isinstance(field, ForeignKey):
            arguments.append(f"{field.column}=None")
    head = f"def take(_self, *, {', '.join(arguments)}, **_unknown):"
    return [head, f"    for _name in _unknown: _find_field({model}, _name)", *body], names


def load_all(load: Any, rows: list[Any]) -> list[Any]:
    """Call load(rows), with the garbage collector waiting for the end.

    It would look through the new objects again and again while there are more and more of them, a
    third of the whole time; and all of them are kept.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        found: list[Any] = load(rows)
        return found
    finally:
        if was_on:
            gc.enable()


@lru_cache(maxsize=500)
def make_load(models: tuple[Any, ...], links: tuple[tuple[int, str, int], ...]) -> Any:
    """load(rows): the objects of rows; of several models a tuple for each row.

    A link (0, "_author", 1) puts the second object of the row into the first one's _author.
    """
    names: dict[str, Any] = {"new": object.__new__}
    head = ["def load(rows):", "    found = []", "    add = found.append"]
    cells: list[str] = []
    body: list[str] = []
    shared = {target for _owner, _name, target in links}
    for number, model in enumerate(models):
        names[f"Model{number}"], it, lines = model._model, f"object{number}", []
        mine = [f"v{len(cells) + place}" for place in range(len(model._fields))]
        for place, field in enumerate(model._fields.values()):
            value = reading(mine[place], field.from_database, names)
            if number == 0 and value == mine[place]:  # straight from the row into the object
                mine[place] = f"object0.{field.column}"
            else:
                lines.append(f"{it}.{field.column} = {value}")
        if number:
            lines = [f"{it} = new(Model{number})", f"{it}._stored = ({', '.join(mine)},)", *lines]
            found = "None"
            if number in shared:  # the author of ten posts is one object
                head.append(f"    seen{number} = {{}}")
                lines.append(f"seen{number}[{mine[0]}] = {it}")
                found = f"seen{number}.get({mine[0]})"
            # A left join may have found nothing: then there is not even an id.
            body += [f"{it} = {found}", f"if {it} is None and {mine[0]} is not None:"]
            lines = [f"    {line}" for line in lines]
        body, cells = body + lines, cells + mine
    for owner, name, target in links:
        found = f"object{max(owner, target)} is not None and object{min(owner, target)} is not None"
        body.append(f"if {found}: object{owner}.{name} = object{target}")
    # The driver's row, as it is, serves as the snapshot; what is behind its own part is not read.
    first = ["object0 = new(Model0)", "object0._stored = row", f"{', '.join(cells)}, = row"]
    last = f"add(({', '.join(f'object{number}' for number in range(len(models)))}))"
    loop = [f"        {line}" for line in [*first, *body, last]]
    return define("load", [*head, "    for row in rows:", *loop, "    return found"], **names)


def make_pick(reads: Sequence[Any]) -> Any:
    """load(rows) where single columns are picked: tuples of Python's values."""
    names: dict[str, Any] = {}
    cells = [f"v{number}" for number in range(len(reads))]
    values = [reading(cell, read, names) for cell, read in zip(cells, reads, strict=True)]
    line = f"    return [({', '.join(values)},) for {', '.join(cells)}, in rows]"
    return define("load", ["def load(rows):", line], **names)


def reading(cell: str, read: Any, names: dict[str, Any]) -> str:
    """The Python text that makes Python's value of a cell: the cell itself, where it is that."""
    if getattr(read, "__func__", None) is Field.from_database:
        return cell
    names[f"read_{cell}"] = read
    return f"None if {cell} is None else read_{cell}({cell})"
