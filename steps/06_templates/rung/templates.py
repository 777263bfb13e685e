"""Templates: pages as files with gaps, and the values that fill the gaps.

Jinja2 reads the files and makes Python code of them. This page decides how it does so: every value
is escaped, an unknown name is an error, and every error says which line of which file to mend. It
knows nothing of routes or users: what the pages need of them, the application hands in.
"""

import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import jinja2

from .messages import Request, Response
from .responses import html_response

ContextFunction = Callable[[Request], Mapping[str, Any]]


class TemplateError(Exception):
    """A template is missing, is malformed, or uses a name that it was not given."""


class Templates:
    """The templates of an application.

    Args:
        folder: where they are. A subfolder for each controller keeps them apart:
            "posts/index.html".
        global_values: names that every template knows, macros included: `url_for=app.url_for`.

    Attributes:
        environment: Jinja2's own object, to add filters and tests to.
        globals: the names that every template knows; add to them before the first page is made.

    Raises:
        TemplateError: there is no such folder.
    """

    def __init__(self, folder: str | Path, /, **global_values: Any) -> None:
        self.folder = Path(folder).resolve()
        self.environment = make_environment(self.folder)
        self.globals = self.environment.globals
        self.globals.update(global_values)
        self.context_functions: list[ContextFunction] = []

    def context(self, function: ContextFunction) -> ContextFunction:
        """Register a function whose values every page gets.

        Macros that a template imports do not see them, only globals: what a macro needs of the
        page, it takes as an argument.
        """
        self.context_functions.append(function)
        return function

    def response(
        self, request: Request, name: str, /, status: int = 200, **values: Any
    ) -> Response:
        """Return a page.

        Args:
            name: the template.
            values: for its gaps, beside `request` and what the context functions give. Where two
                have one name, the view's value counts.
        """
        context: dict[str, Any] = {"request": request}
        for function in self.context_functions:
            context.update(function(request))
        context.update(values)
        return html_response(self.render(name, **context), status)

    def render(self, name: str, /, **values: Any) -> str:
        """Return the text of a template, its gaps filled.

        Raises:
            TemplateError: says which line of which template to mend, and how.
        """
        try:
            return self.environment.get_template(name).render(values)
        except jinja2.TemplateNotFound as error:
            problem = f"there is no template {error.name!r} in {self.folder}"
            problem += hint(str(error.name), self.environment.list_templates())
            raise TemplateError(self.place(error) + problem) from None
        except UnicodeDecodeError as error:
            raise TemplateError(f"{name}, or what it uses, is not UTF-8: {error}") from None
        except jinja2.TemplateError as error:  # syntax, an unknown filter, an undefined name
            problem = str(error.message)
            undefined = re.fullmatch(r"'(\w+)' is undefined", problem)
            if undefined and undefined[1] in values:
                problem += " here: a macro that is imported sees only what it is given"
            elif undefined:
                problem += hint(undefined[1], [*values, *self.globals])
            raise TemplateError(self.place(error) + problem) from None

    def place(self, error: Exception) -> str:
        """Return where an error happened: "posts/form.html, line 8: ".

        Jinja2 writes the lines of the templates into the traceback, as if Python ran them. For an
        error inside a macro or an included file the last two are shown: it may be the caller's.
        """
        places = []
        for frame in traceback.extract_tb(error.__traceback__):
            path = Path(frame.filename)
            if path.is_relative_to(self.folder):
                name = path.relative_to(self.folder).as_posix()
                places.append(f"{name}, line {frame.lineno}")
        return " used ".join(places[-2:]) + ": " if places else ""


def make_environment(folder: Path) -> jinja2.Environment:
    """Return what reads the templates of a folder and remembers them compiled.

    Raises:
        TemplateError: there is no such folder.
    """
    if not folder.is_dir():
        raise TemplateError(f"there is no folder {folder} to take templates from")
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        # < > & and quotes in a value become &lt; and so on: what a visitor typed is text and never
        # markup. On for every template, whatever its name ends in.
        autoescape=True,
        # Jinja2's default shows nothing where a name is misspelt, and nobody notices.
        undefined=jinja2.StrictUndefined,
        # A template that has changed is compiled again at its next use. That costs a look at the
        # time of each file that a page is made of, and saves a restart after each change.
        auto_reload=True,
        trim_blocks=True,  # a line that holds only {% ... %} leaves no empty line behind
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def hint(wrong: str, names: Iterable[str]) -> str:
    """Return what may have been meant: the names that are like the wrong one, or else all.

    >>> hint("titel", ["title", "text"])
    "; did you mean 'title'?"
    """
    known = sorted(set(names))
    near = get_close_matches(wrong, known)
    if near:
        return f"; did you mean {' or '.join(map(repr, near))}?"
    return f"; there are: {', '.join(known) or 'none'}"
