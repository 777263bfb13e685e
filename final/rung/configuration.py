"""Settings from the environment: a frozen dataclass, filled from variables by its type hints.

A setting that is wrong stops the program at its start, with a sentence that names the variable. It
is never found out at the first request that needs it.

>>> from dataclasses import dataclass
>>> @dataclass(frozen=True)
... class Settings:
...     port: int = 8000
...     admins: tuple[str, ...] = ()
>>> from_environment(Settings, "BLOG_", {"BLOG_ADMINS": "ann, bob"})
Settings(port=8000, admins=('ann', 'bob'))
>>> from_environment(Settings, "BLOG_", {"BLOG_PORT": "80a", "BLOG_ADMIN": "ann"})
Traceback (most recent call last):
ConfigurationError: BLOG_PORT is '80a'; expected a whole number.
BLOG_ADMIN is not known here; did you mean 'BLOG_ADMINS'?
"""

import os
from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import MISSING, Field, fields
from types import NoneType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from .templates import hint

T = TypeVar("T")

BOOLEANS = ConfigParser.BOOLEAN_STATES  # {"yes": True, "true": True, "on": True, "1": True, ...}
EXPECTED = {int: "a whole number", float: "a number", bool: "yes or no"}


class ConfigurationError(Exception):
    """The environment cannot be used: a sentence for each variable that is wrong."""


def from_environment(
    settings: type[T], prefix: str = "", environment: Mapping[str, str] | None = None
) -> T:
    """Return the settings as the environment has them, and their defaults for what it has not.

    With the prefix "BLOG_", the field `port` is read from the variable BLOG_PORT, or from the one
    that its metadata names. Fields are str, int, float, bool, Path, a Literal, a tuple[..., ...] of
    one of these (separated by commas), or one of these or None. An empty variable is the same as
    none.

    Args:
        settings: the dataclass. Where a field has repr=False, its value is a secret: no message
            shows it, nor does the dataclass.
        prefix: of all variables; others with it are misspelt.
        environment: that of the process by default.

    Raises:
        ConfigurationError: says all that is wrong.
    """
    environment = os.environ if environment is None else environment
    hints = get_type_hints(settings)
    known = {variable_of(field, prefix): field for field in fields(cast(Any, settings))}
    problems, values = [], {}
    for variable, field in known.items():
        text = environment.get(variable, "")
        try:
            if text:
                values[field.name] = convert(text, hints[field.name])
            elif field.default is MISSING and field.default_factory is MISSING:
                problems.append(f"{variable} is not set, and there is no default for it.")
        except ValueError as expected:
            shown = repr(text) if field.repr else "something else"
            problems.append(f"{variable} is {shown}; expected {expected}.")
    problems += misspelt(environment, prefix, known)
    if problems:
        raise ConfigurationError("\n".join(problems))
    return settings(**values)


def misspelt(environment: Mapping[str, str], prefix: str, known: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each variable that has the prefix, and sets nothing."""
    names = (name for name in environment if prefix and name.startswith(prefix))
    return [f"{name} is not known here{hint(name, known)}" for name in names if name not in known]


def variable_of(field: "Field[Any]", prefix: str) -> str:
    name: str = field.metadata.get("variable", prefix + field.name.upper())
    return name


def convert(text: str, kind: Any) -> Any:
    """Return the value that a text stands for.

    >>> convert("a, b", tuple[str, ...]), convert("No", bool), convert("8000", int | None)
    (('a', 'b'), False, 8000)

    Raises:
        ValueError: with what was expected, and not with the text: that may be a secret.
    """
    arguments = get_args(kind)
    if get_origin(kind) is tuple:
        parts = (part.strip() for part in text.split(","))
        return tuple(convert(part, arguments[0]) for part in parts if part)
    if NoneType in arguments:
        return convert(text, next(each for each in arguments if each is not NoneType))
    if get_origin(kind) is Literal:
        if text not in arguments:
            raise ValueError(f"one of {', '.join(arguments)}")
        return text
    try:
        return BOOLEANS[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        raise ValueError(EXPECTED.get(kind, f"a {kind.__name__}")) from None
