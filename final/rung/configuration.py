"""Settings from the environment: a frozen dataclass, filled from variables by its type hints.

A setting that is wrong stops the program at its start, with a sentence that names the variable. It
is never found out at the first request that needs it.
"""

import os
import types
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
EXPECTED = {int: "a whole number", float: "a number", bool: "yes or no", Path: "a path"}


class ConfigurationError(Exception):
    """The environment cannot be used: a sentence for each variable that is wrong."""


def from_environment(
    settings: type[T], prefix: str = "", environment: Mapping[str, str] | None = None
) -> T:
    """Return the settings as the environment has them, and their defaults for what it has not.

    The field `port` is read from the variable PREFIX_PORT, or from the one that its metadata
    names. Fields are str, int, float, bool, Path, a Literal, a tuple[..., ...] of one of these
    (separated by commas), or one of these or None. An empty variable is the same as none.

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
    BLOG_ADMIN is no variable that is known here; did you mean BLOG_ADMINS?

    Args:
        settings: the dataclass. Where a field has repr=False, its value is a secret: no message
            shows it, nor does the dataclass.
        prefix: of all variables; others with it are misspelt.
        environment: that of the process by default.

    Raises:
        ConfigurationError: says all that is wrong.
    """
