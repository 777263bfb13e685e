"""Serve a WSGI application: `python -m rung MODULE:NAME [--port N] [--processes N]`.

The module is looked for in the current folder first. A handler of ours needs no such command: a
server.py calls run() with it.
"""

import sys
from importlib import import_module
from inspect import signature
from operator import attrgetter
from pathlib import Path
from typing import Any

from .command import run
from .wsgi_handler import WSGIHandler

USAGE = "Expected: python -m rung MODULE:NAME [--port N] [--processes N], like hello:app"


def main(argv: list[str]) -> None:
    run(WSGIHandler(find_application(argv[0] if argv else "")), argv[1:])


def find_application(place: str) -> Any:
    """Return what "module:name" names.

    Raises:
        SystemExit: with one sentence, when there is nothing that could be served.
    """
    module_name, _, name = place.partition(":")
    if not module_name or not name:
        sys.exit(USAGE)
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:  # this one, or one that it imports
        sys.exit(f"Cannot import {module_name}: {error} (in {Path.cwd()}, or installed).")
    try:
        application = attrgetter(name)(module)
        signature(application).bind({}, print)
    except AttributeError as error:
        sys.exit(f"Cannot find {place}: {error}.")
    except TypeError:
        sys.exit(f"{place} is no WSGI application: it does not take environ and start_response.")
    return application


if __name__ == "__main__":
    main(sys.argv[1:])
