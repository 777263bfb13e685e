"""From a method and a path to a view and its arguments.

A hash table finds fixed paths, compiled patterns find the others. The router is a handler like any
other: it takes a Request, and the Response comes from the view that it found.
"""

import inspect
import re
from bisect import insort
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from .messages import HTTPError, Request, Response
from .responses import redirect, to_response

Path = str | re.Pattern[str]  # "/posts/<int:id>", or a compiled regular expression
# A view takes the request, and by name what its route has found in the path. It returns a
# Response, or something that responses.to_response() knows how to make one of.
View = Callable[..., Any]


class Converter(NamedTuple):
    """How a parameter looks in a path, and what a view gets of it."""

    pattern: str
    convert: Callable[[str], Any]
    rank: int  # of two routes that fit, the one with the lower rank is asked first


CONVERTERS = {
    # [0-9], because \d means the digits of every script. 18 of them fit into 64 bits.
    "int": Converter(r"[0-9]{1,18}", int, 1),
    "float": Converter(r"[0-9]{1,18}\.[0-9]{1,18}", float, 2),
    "str": Converter(r"[^/]+", str, 3),
    # No slash in front: from "/<path:rest>", "/evil.example" would make a link to another site.
    "path": Converter(r"[^/].*", str, 4),
}
LITERAL_RANK = 0
END_RANK = 8
REGEX_RANK = 9

PARAMETER = re.compile(r"<(?:(\w+):)?([A-Za-z_]\w*)>", re.ASCII)  # <id> or <int:id>


@dataclass(eq=False)
class Route:
    """One line of the route table.

    Attributes:
        path: as registered: "/posts/<int:id>", or a compiled regular expression.
        methods: those that the view answers.
        view: what to call. A decorator above the route's may put its wrapper here.
        name: what url_for() knows the route by.
    """

    path: Path
    methods: frozenset[str]
    view: View
    name: str

    def __post_init__(self) -> None:
        self.is_fixed = isinstance(self.path, str) and "<" not in self.path
        self.pattern, self.converters = compile_path(self.path)
        self.is_mounted = False  # whether it is a controller's, and has a copy in the route table

    def parameters(self, path: str) -> dict[str, Any] | None:
        """Return the arguments that a path holds for the view; None if it is not of this route."""
        match = self.pattern.fullmatch(path)
        if match is None:
            return None
        parameters = match.groupdict()  # those of a raw regular expression stay text
        for name, converter in self.converters.items():
            parameters[name] = converter.convert(parameters[name])
        return parameters


class Router:
    """The route table.

    >>> router = Router()
    >>> route = router.add("/posts/<int:id>", lambda request, id: f"post {id}", name="show")
    >>> router.match("GET", "/posts/7")[1]
    {'id': 7}
    >>> router.url_for("show", id=7)
    '/posts/7'
    """

    def __init__(self) -> None:
        self._fixed: dict[str, list[Route]] = {}
        self._patterns: list[Route] = []  # the most specific first
        self._names: dict[str, Route] = {}
        self._twins: dict[Hashable, list[Route]] = {}  # by fingerprint, to find duplicates

    def __call__(self, request: Request) -> Response:
        """Call the view of a request. OPTIONS needs no view (RFC 9110 section 9.3.7)."""
        if request.path == "*":
            return Response(status=204, content_type="")  # OPTIONS * asks: are you there?
        try:
            route, parameters = self.match(request.method, request.path)
        except HTTPError as error:
            if request.method == "OPTIONS" and error.status == 405:
                return Response(status=204, content_type="", headers=error.headers)
            if error.status == 404 and (url := self._url_of_other_slash(request)):
                return redirect(url, 308)  # the same method again (RFC 9110 section 15.4.9)
            raise
        return to_response(route.view(request, **parameters))

    def add(
        self, path: Path, view: View, methods: Iterable[str] = ("GET",), name: str | None = None
    ) -> Route:
        """Add a route to the table.

        Args:
            path: "/about", "/posts/<int:id>", or a compiled regular expression with named groups.
            view: called with the request and, by name, what the path holds.
            methods: those that it answers; HEAD comes with GET.
            name: for url_for(); the name of the view by default.

        Raises:
            ValueError: the path is malformed or taken, the name is taken, or the view does not
                accept what the path holds.
        """
        route = Route(path, with_head(methods), view, name or view.__name__)
        check_signature(route)
        twins = self._twins.setdefault(fingerprint(route), [])
        for other in twins:
            if common := " ".join(sorted(other.methods & route.methods)):
                raise ValueError(f"{common} {path} already leads to {other.name!r}")
        if self._names.setdefault(route.name, route).path != path:
            taken_by = self._names[route.name].path
            raise ValueError(f"the name {route.name!r} is taken by {taken_by}; pass another name=")
        twins.append(route)
        if route.is_fixed:
            self._fixed.setdefault(str(path), []).append(route)
        else:
            insort(self._patterns, route, key=specificity)  # behind those of the same specificity
        return route

    def match(self, method: str, path: str) -> tuple[Route, dict[str, Any]]:
        """Return the route of a request, and the arguments for its view.

        Raises:
            HTTPError: 404 if no route has this path; 405 if one has, but not for this method, with
                the methods that are allowed (RFC 9110 section 15.5.6).
        """
        allowed: set[str] = set()
        for route, parameters in self._candidates(path):
            if method in route.methods:
                return route, parameters
            allowed |= route.methods
        if not allowed:
            raise HTTPError(404, f"There is no page {path!r} here.")
        allow = ", ".join(sorted(allowed | {"OPTIONS"}))
        raise HTTPError(405, f"{path!r} answers {allow}, not {method}.", {"Allow": allow})

    def url_for(self, name: str, /, **values: Any) -> str:
        """Return the URL that leads to a view: the table read backwards.

        Args:
            values: the parameters of the path; what is left over becomes the query.

        Raises:
            ValueError: there is no such name, or a value is missing or does not fit.
        """
        if name not in self._names:
            known = ", ".join(sorted(self._names))
            raise ValueError(f"no route is named {name!r}; there are: {known}")
        route = self._names[name]
        if not isinstance(route.path, str):
            raise ValueError(f"{name!r} is a regular expression; no URL can be made from it")

        def fill(parameter: re.Match[str]) -> str:
            return fill_parameter(route, parameter[2], values)

        # Literals are quoted first, which leaves <int:id> as it is; fill() quotes what it fills in.
        path = PARAMETER.sub(fill, quote(route.path, safe="/<:>@!$&'()*+,;=~"))
        if not {".", ".."}.isdisjoint(path.split("/")):  # RFC 3986 section 5.2.4
            raise ValueError(f"url_for({name!r}): clients take the dots out of {path!r}")
        rest = {key: value for key, value in values.items() if key not in route.converters}
        return path + ("?" + urlencode(rest) if rest else "")

    def _url_of_other_slash(self, request: Request) -> str:
        """Return the URL of the page that has one slash at its end more or less; "" for none."""
        path = request.path[:-1] if request.path.endswith("/") else request.path + "/"
        # Browsers take "//evil.example" for another site, "\" for a slash, and "" for this page.
        if not path or path.startswith("//") or "\\" in path or not any(self._candidates(path)):
            return ""
        return quote(path) + ("?" + request.query_string if request.query_string else "")

    def _candidates(self, path: str) -> Iterator[tuple[Route, dict[str, Any]]]:
        """Yield the routes of a path, the most specific first."""
        for route in self._fixed.get(path, ()):
            yield route, {}
        # Simplified: one pattern after another, so the thousandth route waits for 999 others. In
        # final/, a hash table finds these routes, too.
        for route in self._patterns:
            parameters = route.parameters(path)
            if parameters is not None:
                yield route, parameters


def compile_path(path: Path) -> tuple[re.Pattern[str], dict[str, Converter]]:
    """Turn a path with parameters into a regular expression, and say who converts its groups.

    >>> pattern, converters = compile_path("/posts/<int:id>.<format>")
    >>> pattern.pattern
    '/posts/(?P<id>[0-9]{1,18})\\\\.(?P<format>[^/]+)'
    >>> converters["id"].convert("7")
    7

    Raises:
        ValueError: no slash in front or two in a row, an unknown converter, a parameter twice or
            malformed; or some paths would take too long to match.
    """
    if isinstance(path, re.Pattern):
        return path, {}
    if not path.startswith("/") or "//" in path:
        raise ValueError(f"a path begins with '/' and has no '//' in it; this is {path!r}")
    regex, position = "", 0
    converters: dict[str, Converter] = {}
    for parameter in PARAMETER.finditer(path):
        kind, name = parameter[1] or "str", parameter[2]
        if kind not in CONVERTERS:
            raise ValueError(f"{path!r}: no converter {kind!r}; there are: {', '.join(CONVERTERS)}")
        if name in converters:
            raise ValueError(f"{path!r} has two parameters named {name!r}")
        converters[name] = CONVERTERS[kind]
        # Everything between parameters is literal: the dot of ".json" must not match any character.
        regex += re.escape(path[position : parameter.start()])
        regex += f"(?P<{name}>{CONVERTERS[kind].pattern})"
        position = parameter.end()
    check_backtracking(path)
    if "<" in PARAMETER.sub("", path) or ">" in PARAMETER.sub("", path):
        raise ValueError(f"{path!r}: < and > may only stand in a parameter: <name> or <int:name>")
    return re.compile(regex + re.escape(path[position:])), converters


def check_backtracking(path: str) -> None:
    """Refuse a path with three texts in a row that may end anywhere, as /<year>-<month>-<day> has.

    On a path that nearly fits, a regular expression tries every way to share the characters out:
    n * n * n of them. No other thread runs meanwhile, and 8000 characters would take minutes.
    """
    paths = sum(kind == "path" for kind, _name in PARAMETER.findall(path))
    for segment in path.split("/"):
        texts = [kind for kind, _name in PARAMETER.findall(segment) if kind in ("", "str", "path")]
        if len(texts) > 2 or paths > 2:
            raise ValueError(f"{path!r}: at most two texts in a segment, and two <path:...>")


def with_head(methods: Iterable[str]) -> frozenset[str]:
    """Return a set of methods; whoever answers GET answers HEAD (RFC 9110 section 9.3.2).

    >>> sorted(with_head(["GET"]))
    ['GET', 'HEAD']
    """
    names = {methods} if isinstance(methods, str) else set(methods)
    if not names or not all(name.isalpha() and name.isupper() for name in names):
        raise ValueError(f"methods look like ('GET', 'POST'), not like {methods!r}")
    return frozenset(names | {"HEAD"} if "GET" in names else names)


def join_path(prefix: str, path: Path) -> Path:
    """Return a path with a prefix before it, whichever form it has."""
    if not isinstance(path, re.Pattern):
        return prefix + path
    if "<" in prefix:
        raise ValueError(f"{prefix!r} has a parameter; no regular expression can stand behind it")
    # The group keeps the prefix before both sides of "a|b".
    return re.compile(f"{re.escape(prefix)}(?:{path.pattern.removeprefix('^')})", path.flags)


def specificity(route: Route) -> list[tuple[int, int]]:
    """Return a sort key, segment by segment: literals, then int, float, str and path; then regex.

    Of two parameters of the same kind, the one with more literal text around it comes first:
    "@<name>" before "<name>".

    >>> specificity(Route("/users/@<name>/<int:id>", frozenset(), print, "show"))
    [(0, 0), (3, -1), (1, 0), (8, 0)]
    """
    if not isinstance(route.path, str):
        return [(REGEX_RANK, 0)]
    key = []
    for segment in route.path[1:].split("/"):
        ranks = [CONVERTERS[match[1] or "str"].rank for match in PARAMETER.finditer(segment)]
        literal = PARAMETER.sub("", segment)
        # All literals are equal: the length of a word says nothing about how well it fits.
        key.append((max(ranks), -len(literal)) if ranks else (LITERAL_RANK, 0))
    # A path that goes on comes before one that ends: "/<path:page>/edit" before "/<path:page>".
    return [*key, (END_RANK, 0)]


def fingerprint(route: Route) -> Hashable:
    """Return what two routes have in common when no path could tell them apart."""
    return re.sub(r"\(\?P<\w+>", "(", route.pattern.pattern), route.pattern.flags


def check_signature(route: Route) -> None:
    """Refuse a view that cannot take what its path holds: at start, not at the first request."""
    names = route.pattern.groupindex
    signature = inspect.signature(route.view)
    try:
        signature.bind(None, **names)
    except TypeError:
        call = f"{route.name}({', '.join(['request', *names])})"
        raise ValueError(f"{route.path} calls {call}, but the view takes {signature}") from None


def fill_parameter(route: Route, name: str, values: dict[str, Any]) -> str:
    """Return the text of one parameter in a URL, quoted as far as its converter needs it."""
    if name not in values:
        raise ValueError(f"url_for({route.name!r}) needs {name!r} for {route.path}")
    text = str(values[name])
    converter = route.converters[name]
    if not re.fullmatch(converter.pattern, text):
        problem = f"{name}={values[name]!r} is not one of {route.path}"
        raise ValueError(f"url_for({route.name!r}): {problem}")
    return quote(text, safe="/" if converter is CONVERTERS["path"] else "")
