"""Controllers, and the application that holds them together.

A controller is a group of views with what surrounds them: functions that run before and after,
and handlers of errors. The application is a controller, too; what it surrounds is the router.
"""

import logging
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from .messages import HTTPError, Request, Response
from .responses import error_response, to_response
from .router import Path, Route, Router, View, join_path, with_head

logger = logging.getLogger("rung.app")

BeforeFunction = Callable[[Request], Response | None]
AfterFunction = Callable[[Request, Response], Response]
ErrorHandler = Callable[[Request, Any], Any]  # the error's own class, and what a view may return
Check = Callable[..., Response | None]  # like a view; None lets the request pass


class Controller:
    """A group of views under one prefix. Each lives in a module of its own and is mounted.

    Args:
        name: stands before the names of its views: "posts.show".
        prefix: stands before their paths: "/posts".
    """

    def __init__(self, name: str, prefix: str = "") -> None:
        self.name = name
        self.prefix = prefix
        self.mounted = False
        self.routes: list[Route] = []
        self.before_functions: list[BeforeFunction] = []
        self.after_functions: list[AfterFunction] = []
        self.error_handlers: dict[int | type[Exception], ErrorHandler] = {}

    def route(
        self, path: Path, methods: Iterable[str] = ("GET",), name: str | None = None
    ) -> Callable[[View], View]:
        """Return a decorator that registers a view and leaves it as it is.

        >>> posts = Controller("posts", prefix="/posts")
        >>> @posts.route("/<int:id>", methods=("GET", "POST"))
        ... def show(request, id): ...
        >>> posts.routes[0].name
        'posts.show'
        """

        if callable(path):  # "@app.get" without parentheses would register nothing, and say nothing
            raise TypeError(f"a route needs a path: @app.get('/') before {path.__name__}")

        def register(view: View) -> View:
            full_name = ".".join(part for part in (self.name, name or view.__name__) if part)
            route = self.add_route(path, view, methods, full_name)
            # A decorator that stands above this one gets the view when it is in the table already.
            # Through this list it finds the place where its wrapper belongs (see guard).
            vars(view).setdefault("routes", []).append(route)
            return view

        return register

    def get(self, path: Path, name: str | None = None) -> Callable[[View], View]:
        return self.route(path, ("GET",), name)

    def post(self, path: Path, name: str | None = None) -> Callable[[View], View]:
        return self.route(path, ("POST",), name)

    def put(self, path: Path, name: str | None = None) -> Callable[[View], View]:
        return self.route(path, ("PUT",), name)

    def patch(self, path: Path, name: str | None = None) -> Callable[[View], View]:
        return self.route(path, ("PATCH",), name)

    def delete(self, path: Path, name: str | None = None) -> Callable[[View], View]:
        return self.route(path, ("DELETE",), name)

    def before(self, function: BeforeFunction) -> BeforeFunction:
        """Register a function to run before the views. A response from it is the answer."""
        self.before_functions.append(function)
        return function

    def after(self, function: AfterFunction) -> AfterFunction:
        """Register a function that gets every response, and returns it or another one."""
        self.after_functions.append(function)
        return function

    def error_handler(self, kind: int | type[Exception]) -> Callable[[ErrorHandler], ErrorHandler]:
        """Return a decorator: the function answers errors of a status, or of an exception class."""

        if not isinstance(kind, int | type):
            raise TypeError(f"an error handler needs a status or an error class, not {kind!r}")

        def register(function: ErrorHandler) -> ErrorHandler:
            self.error_handlers[kind] = function
            return function

        return register

    def add_route(self, path: Path, view: View, methods: Iterable[str], name: str) -> Route:
        if self.mounted:
            raise ValueError(f"{name!r} comes too late; mount {self.name!r} after its last route")
        route = Route(join_path(self.prefix, path), with_head(methods), view, name)
        self.routes.append(route)
        return route

    def surround(self, view: View) -> Callable[..., Response]:
        """Return what a request goes through: before functions, view, after functions.

        An error ends the first two; what its handler answers goes through the third as well.
        """

        @wraps(view)
        def surrounded(request: Request, **parameters: Any) -> Response:
            try:
                for before in self.before_functions:
                    answer = before(request)
                    if answer is not None:
                        break
                else:  # none of them has answered
                    answer = view(request, **parameters)
                response = to_response(answer)
            except Exception as error:  # noqa: BLE001 - App.answer_error logs what nobody answers
                response = self.answer_error(request, error)
            for after in self.after_functions:
                changed: object = after(request, response)
                if not isinstance(changed, Response):
                    problem = f"{after.__name__} runs after views and returns a Response"
                    raise TypeError(f"{problem}, not {changed!r}")
                response = changed
            return response

        return surrounded

    def answer_error(self, request: Request, error: Exception) -> Response:
        """Ask the handler of this error, the most specific first; without one the error goes on."""
        status = error.status if isinstance(error, HTTPError) else None
        for kind in (status, *type(error).__mro__):
            if kind in self.error_handlers:
                return with_status(self.error_handlers[kind](request, error), error)
        raise error


class App(Controller):
    """The application: a handler.

    >>> app = App()
    >>> @app.get("/hello/<name>")
    ... def hello(request, name):
    ...     return {"hello": name}
    >>> app(Request("GET", "/hello/you", "/hello/you")).body
    b'{"hello": "you"}'
    """

    def __init__(self) -> None:
        super().__init__("")
        self.router = Router()
        self.url_for = self.router.url_for
        self._handle = self.surround(self.router)

    def __call__(self, request: Request) -> Response:
        """Answer a request: surround() shows its life, and what it surrounds here is the router."""
        return self._handle(request)

    def mount(self, controller: Controller) -> None:
        """Add the views of a controller to the route table, surrounded by what belongs to it."""
        for route in controller.routes:
            self.add_route(route.path, controller.surround(route.view), route.methods, route.name)
            route.is_mounted = True
        controller.mounted = True

    def add_route(self, path: Path, view: View, methods: Iterable[str], name: str) -> Route:
        return self.router.add(path, view, methods, name)

    def answer_error(self, request: Request, error: Exception) -> Response:
        """Like every controller, but here the error has nowhere else to go."""
        try:
            return super().answer_error(request, error)
        except HTTPError as unanswered:
            return error_response(unanswered, request)
        except Exception as unexpected:
            # A bug. Its traceback is for the log: it tells strangers how to break in.
            logger.error("%s %s failed", request.method, request.target, exc_info=unexpected)
            internal = HTTPError(500, "Something went wrong on our side.")
            if isinstance(error, HTTPError):  # The error handler itself has failed.
                return error_response(internal, request)
            return self.answer_error(request, internal)


def guard(check: Check) -> Callable[[View], View]:
    """Return a decorator that lets a view run only if `check` has no objection.

    It may stand above or below the decorator that registers the view. A decorator sees what is
    below it: from above, it is handed a view that is in the route table already, bare. So it looks
    there, too, and puts the guarded view in its place.

    Args:
        check: called like the view; returns None to let it run, or the response to give instead.

    Raises (the decorator does):
        ValueError: the controller of the view is mounted already.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, **parameters: Any) -> Any:
            objection = check(request, **parameters)
            return view(request, **parameters) if objection is None else objection

        for route in getattr(view, "routes", ()):
            if route.is_mounted:  # the table holds the bare view for good
                raise ValueError(f"{route.name!r} is mounted already; guard it before that")
            route.view = guarded
        return guarded

    return decorate


def with_status(value: Any, error: Exception) -> Response:
    """Return an error handler's answer; unless it chose a status, it gets the error's own."""
    response = to_response(value)
    http_error = error if isinstance(error, HTTPError) else HTTPError(500)
    if not isinstance(value, Response):
        response.status = http_error.status
    for name, text in http_error.headers.items():
        response.headers.setdefault(name, text)
    return response
