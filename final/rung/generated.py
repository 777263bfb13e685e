"""Code that writes code: the inner loops of a model, each written out for the fields it has.

The plain way is a loop over the fields for each row: for each field a call, a dict entry, a tuple.
Four fields and 10,000 rows make 40,000 turns, each of which finds out again what the class has
known all the time. Here the loop runs once, when the class is made, and writes the code that one
would write by hand for this class: no loop, no dict, and a call only where a value must be
converted. Post.explain() and Post.select().explain() show it.

What goes into the text of a function are names of fields, which are checked, and numbers. Values
and functions are handed over in `names`.
"""

import gc
import linecache
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any

from .fields import Field, ForeignKey, find_field


def define(name: str, lines: list[str], names: dict[str, Any]) -> Any:
    """Make the function of this name from its lines. Its text stays in `function.source`."""
    source = "\n".join(lines) + "\n"
    exec(compile_once(name, source), names)
    names[name].source = source
    return names[name]


@lru_cache(maxsize=1000)
def compile_once(name: str, source: str) -> CodeType:
    """The code of a text. It is named after the text, so that each is kept for tracebacks once."""
    file = f"<generated {name} {hash(source):x}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    return compile(source, file, "exec")


def make_init(model: Any) -> Any:
    """__init__: an argument for each field, and for a foreign key one for its column too."""
    names: dict[str, Any] = {"_Model": model, "_find_field": find_field}
    arguments, lines = [], ["    for _name in _unknown: _find_field(_Model, _name)"]
    for name, field in model._fields.items():
        default = f"_default_{name}"
        names[default] = field.default
        arguments.append(f"{name}={default}")
        if callable(field.default):  # nobody gives the function itself as a value
            lines.append(f"    if {name} is {default}: {name} = {default}()")
        if isinstance(field, ForeignKey):
            arguments.append(f"{field.column}=None")
            lines.append(f"    if {name} is not None: {field.column} = {name}")
        lines.append(f"    _self.{field.column} = {field.column}")
        if isinstance(field, ForeignKey):
            lines.append(f"    if {name} is not None: _self.{name} = {name}")
    head = f"def init(_self, *, {', '.join(arguments)}, **_unknown):"
    return define("init", [head, *lines], names)


def make_row(model: Any) -> Any:
    """row(object): what INSERT binds. Of a value that is not plainly good the field decides."""
    lines, names = ["def row(_self):"], {}
    for number, field in enumerate(model._fields.values()):
        value = f"v{number}"
        good = "False" if field.choices else field.is_plainly_good.format(value)
        good = f"{value} is None or {good}" if field.null else good
        names[f"check{number}"] = field.check
        lines.append(f"    {value} = _self.{field.column}")
        lines.append(f"    if not ({good}): {value} = check{number}({value})")
    cells = ", ".join(f"v{number}" for number in range(len(model._fields)))
    return define("row", [*lines, f"    return ({cells},)"], names)


def load_all(load: Callable[[list[Any]], list[Any]], rows: list[Any]) -> list[Any]:
    """Call load(rows), with the garbage collector waiting for the end.

    It would look through the new objects again and again while there are more and more of them, a
    third of the whole time; and all of them are kept.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return load(rows)
    finally:
        if was_on:
            gc.enable()


@lru_cache(maxsize=500)
def make_load(models: tuple[Any, ...], links: tuple[tuple[int, str, int], ...]) -> Any:
    """load(rows): the objects of rows; of several models a tuple for each row.

    A link (0, "_author", 1) puts the second object of the row into the first one's _author.
    """
    names: dict[str, Any] = {"new": object.__new__}
    head = ["def load(rows):", "    found = []"]
    cells: list[str] = []
    body: list[str] = []
    for number, model in enumerate(models):
        mine = [f"v{len(cells) + place}" for place in range(len(model._fields))]
        names[f"Model{number}"] = model
        lines = make_object(number, model, mine, names)
        if number:  # the author of ten posts is one object
            head.append(f"    seen{number} = {{}}")
            body.append(f"object{number} = seen{number}.get({mine[0]})")
            # A left join may have found nothing: then there is not even an id.
            body.append(f"if object{number} is None and {mine[0]} is not None:")
            lines = [f"    {line}" for line in lines]
            lines.append(f"    seen{number}[{mine[0]}] = object{number}")
        body, cells = body + lines, cells + mine
    for owner, name, target in links:
        are_there = f"object{owner} is not None and object{target} is not None"
        body.append(f"if {are_there}: object{owner}.{name} = object{target}")
    objects = ", ".join(f"object{number}" for number in range(len(models)))
    loop = [f"{', '.join(cells)}, = row", *body, f"found.append(({objects}))"]
    loop = [f"        {line}" for line in loop]
    return define("load", [*head, "    for row in rows:", *loop, "    return found"], names)


def make_object(number: int, model: Any, cells: list[str], names: dict[str, Any]) -> list[str]:
    """The lines that make an object of its cells of a row."""
    it = f"object{number}"
    # The driver's row, as it is, serves as the snapshot; what is behind its own part is not read.
    stored = f"({', '.join(cells)},)" if number else "row"
    lines = [f"{it} = new(Model{number})", f"{it}._stored = {stored}"]
    for cell, field in zip(cells, model._fields.values(), strict=True):
        lines.append(f"{it}.{field.column} = {reading(cell, field.from_database, names)}")
    return lines


def make_pick(reads: Sequence[Any]) -> Any:
    """load(rows) where single columns are picked: tuples of Python's values."""
    names: dict[str, Any] = {}
    cells = [f"v{number}" for number in range(len(reads))]
    values = [reading(cell, read, names) for cell, read in zip(cells, reads, strict=True)]
    line = f"    return [({', '.join(values)},) for {', '.join(cells)}, in rows]"
    return define("load", ["def load(rows):", line], names)


def reading(cell: str, read: Any, names: dict[str, Any]) -> str:
    """The Python text that makes Python's value of a cell: the cell itself, where it is that."""
    if getattr(read, "__func__", None) is Field.from_database:
        return cell
    names[f"read_{cell}"] = read
    return f"None if {cell} is None else read_{cell}({cell})"
