"""Exercises in source text: find an exercise's function, and take its body out.

The starter is made from the reference code by its syntax tree, so the two cannot drift apart.
"""

import ast
import io
import textwrap
from pathlib import Path

from course.errors import CourseError
from course.steps import Exercise

Function = ast.FunctionDef | ast.AsyncFunctionDef


def write_starter(folder: Path, exercise: Exercise) -> None:
    """Empty the exercise's function in `folder`, which is laid out as the step is."""
    path = folder / "rung" / f"{exercise.module}.py"
    source = path.read_text(encoding="utf-8")
    try:
        starter = empty_function(source, exercise.function, not_done(exercise))
    except CourseError as error:
        raise CourseError(f"Exercise {exercise.id}: rung/{path.name}: {error}") from None
    path.write_text(starter, encoding="utf-8")


def not_done(exercise: Exercise) -> str:
    """The message of an exercise's NotImplementedError."""
    return f"Exercise {exercise.id}: {exercise.title}"


def empty_function(source: str, qualified_name: str, message: str) -> str:
    r"""Replace the body of a function, but for its docstring, by `raise NotImplementedError`.

    >>> print(empty_function('def f(x):\n    "Twice x."\n    return 2 * x\n', "f", "Exercise 1.1"))
    def f(x):
        "Twice x."
        raise NotImplementedError("Exercise 1.1")
    <BLANKLINE>
    """
    quoted = message.replace("\\", "\\\\").replace('"', '\\"')
    return replace_body(source, qualified_name, f'raise NotImplementedError("{quoted}")\n')


def replace_body(source: str, qualified_name: str, body: str) -> str:
    r"""Give a function another body; its signature, docstring and neighbours stay.

    >>> print(replace_body("def f(x):\n    return 2 * x\n", "f", "return x + x\n"))
    def f(x):
        return x + x
    <BLANKLINE>

    Args:
        body: its lines, not indented.
    """
    lines = _lines(source)
    start, stop, indent = _body_place(find_function(source, qualified_name))
    return "".join([*lines[:start], textwrap.indent(body, " " * indent), *lines[stop:]])


def body_of(source: str, qualified_name: str) -> str:
    r"""The body of a function behind its docstring, not indented.

    >>> body_of('def f(x):\n    "Twice x."\n    return 2 * x\n', "f")
    'return 2 * x\n'
    """
    start, stop, _indent = _body_place(find_function(source, qualified_name))
    return textwrap.dedent("".join(_lines(source)[start:stop]))


def replace_function(source: str, qualified_name: str, text: str) -> str:
    r"""Put another text in the place of a whole function.

    >>> replace_function("x = 1\ndef f():\n    return x\n", "f", "def f(): return 2\n")
    'x = 1\ndef f(): return 2\n'
    """
    lines = _lines(source)
    start, stop = _place(find_function(source, qualified_name))
    return "".join([*lines[:start], text, *lines[stop:]])


def function_text(source: str, qualified_name: str) -> str:
    """A whole function, from its first decorator to its last line, indented as it stands."""
    start, stop = _place(find_function(source, qualified_name))
    text = "".join(_lines(source)[start:stop])
    return text if text.endswith("\n") else text + "\n"


def is_same_function(one: str, other: str, qualified_name: str) -> bool:
    """Whether two sources have the same function of that name, comments and docstring aside."""
    try:
        found = [find_function(source, qualified_name) for source in (one, other)]
    except CourseError:
        return False
    for function in found:
        if ast.get_docstring(function) is not None:
            function.body = function.body[1:]
    return ast.dump(found[0]) == ast.dump(found[1])


def is_empty(source: str, exercise: Exercise) -> bool:
    """Whether the exercise's function is as the starter has it: nobody has begun."""
    match ast.parse(body_of(source, exercise.function)).body:
        case [ast.Raise(exc=ast.Call(args=[ast.Constant(value=str(message))]))]:
            return message.startswith(f"Exercise {exercise.id}:")
    return False


def _lines(source: str) -> list[str]:
    return list(io.StringIO(source))  # not splitlines(): a form feed ends no line of Python


def _place(function: Function) -> tuple[int, int]:
    """The lines, from and up to, of a whole function."""
    first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
    return first - 1, function.end_lineno or first


def _body_place(function: Function) -> tuple[int, int, int]:
    """The lines, from and up to, of a body behind its docstring, and its indentation."""
    first = function.body[0]
    has_docstring = ast.get_docstring(function) is not None
    start = (first.end_lineno or first.lineno) if has_docstring else first.lineno - 1
    return start, function.end_lineno or start, first.col_offset


def find_function(source: str, qualified_name: str) -> Function:
    """The one function or method of that name ("compile_path", "Router.match") in the source."""
    found = [function for name, function in functions(ast.parse(source)) if name == qualified_name]
    if len(found) != 1:
        raise CourseError(f"{qualified_name} is defined {len(found)} times, must be once")
    return found[0]


def functions(node: ast.AST, prefix: str = "") -> list[tuple[str, Function]]:
    """Every function under a node with its qualified name, those inside functions left out."""
    found: list[tuple[str, Function]] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((prefix + child.name, child))
        elif isinstance(child, ast.ClassDef):
            found += functions(child, f"{prefix}{child.name}.")
        else:
            found += functions(child, prefix)
    return found
