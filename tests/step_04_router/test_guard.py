"""guard(): a view that runs only with leave, wherever the decorator stands."""

import functools
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.exercise("4.8")


@pytest.fixture
def asked() -> list[Any]:
    """What the checks were called with, in order."""
    return []


@pytest.fixture
def logged_in(app_layer: ModuleType, responses: ModuleType, asked: list[Any]) -> Any:
    """A guard that lets a request pass if it has a user."""

    def check(request: Any, **parameters: Any) -> Any:
        asked.append(parameters)
        if "user" not in request.query:
            return responses.redirect("/login")
        return None

    return app_layer.guard(check)


def loud(view: Callable[..., Any]) -> Callable[..., Any]:
    """Somebody else's decorator, written as the manual says."""

    @functools.wraps(view)
    def wrapper(*arguments: Any, **parameters: Any) -> Any:
        answer = view(*arguments, **parameters)
        return answer.upper() if isinstance(answer, str) else answer

    return wrapper


@pytest.fixture
def show() -> Callable[..., str]:
    """A view; each test gets its own, because a route leaves its trace on it."""

    def show(request: Any, id: int) -> str:
        """Show a post."""
        return f"post {id}"

    return show


ORDERS = {
    "below": lambda guard, route, show: route(guard(show)),
    "above": lambda guard, route, show: guard(route(show)),
    "below another decorator": lambda guard, route, show: route(loud(guard(show))),
    "above another decorator below": lambda guard, route, show: route(guard(loud(show))),
    "above, the other between": lambda guard, route, show: guard(loud(route(show))),
    "above, the other below the route": lambda guard, route, show: guard(route(loud(show))),
    "above, the other on top": lambda guard, route, show: loud(guard(route(show))),
}
ORDER = pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)


def check_that_it_guards(app: Any, ask: Any, path: str, asked: list[Any]) -> None:
    response = ask(app, path)
    assert (response.status, response.headers.get("Location")) == (303, "/login")
    assert b"post" not in response.body.lower()
    assert asked == [{"id": 7}], "the check is called once, like the view"
    response = ask(app, f"{path}?user=ann")
    assert (response.status, response.body.lower()) == (200, b"post 7")
    assert asked == [{"id": 7}] * 2


@ORDER
def test_guard_on_a_view_of_the_application(
    app: Any, ask: Any, logged_in: Any, asked: list[Any], order: Any, show: Any
) -> None:
    order(logged_in, app.get("/posts/<int:id>"), show)
    check_that_it_guards(app, ask, "/posts/7", asked)


@ORDER
def test_guard_on_a_view_of_a_controller(
    app: Any,
    app_layer: ModuleType,
    ask: Any,
    logged_in: Any,
    asked: list[Any],
    order: Any,
    show: Any,
) -> None:
    posts = app_layer.Controller("posts", prefix="/posts")
    order(logged_in, posts.get("/<int:id>"), show)
    app.mount(posts)
    check_that_it_guards(app, ask, "/posts/7", asked)


@ORDER
def test_what_the_decorators_return_is_guarded_as_well(
    app: Any, make_request: Any, logged_in: Any, order: Any, show: Any
) -> None:
    view = order(logged_in, app.get("/posts/<int:id>"), show)
    assert view(make_request(), id=7) != "post 7"


@ORDER
def test_name_and_docstring_and_signature_are_kept(
    app: Any, logged_in: Any, order: Any, show: Any
) -> None:
    view = order(logged_in, app.get("/posts/<int:id>"), show)
    assert (view.__name__, view.__doc__) == ("show", "Show a post.")
    assert inspect.signature(view) == inspect.signature(show)
    assert inspect.unwrap(view) is show
    assert app.url_for("show", id=7) == "/posts/7"


@pytest.mark.parametrize("routes", [0, 1, 2])
def test_every_route_of_a_view_is_guarded(
    app: Any, ask: Any, logged_in: Any, asked: list[Any], routes: int, show: Any
) -> None:
    """Two routes, with the guard below both, between them or above both."""
    decorators = [app.get("/a/<int:id>", name="a"), app.get("/b/<int:id>", name="b")]
    decorators.insert(routes, logged_in)
    view = show
    for decorator in decorators:
        view = decorator(view)
    check_that_it_guards(app, ask, "/a/7", asked)
    asked.clear()
    check_that_it_guards(app, ask, "/b/7", asked)


def named_guard(app_layer: ModuleType, name: str, steps: list[str], objects: bool) -> Any:
    def check(request: Any, **parameters: Any) -> Any:
        steps.append(name)
        return "no" if objects else None

    return app_layer.guard(check)


@pytest.mark.parametrize("route_at", [0, 1, 2])
@pytest.mark.parametrize("objecting", [None, "outer", "inner"])
def test_the_upper_of_two_guards_is_asked_first(
    app: Any, app_layer: ModuleType, ask: Any, route_at: int, objecting: str | None, show: Any
) -> None:
    steps: list[str] = []
    inner, outer = (
        named_guard(app_layer, name, steps, name == objecting) for name in ("inner", "outer")
    )
    decorators = [inner, outer]
    decorators.insert(route_at, app.get("/posts/<int:id>"))
    view = show
    for decorator in decorators:
        view = decorator(view)
    response = ask(app, "/posts/7")
    assert steps == (["outer"] if objecting == "outer" else ["outer", "inner"])
    assert response.body == (b"no" if objecting else b"post 7")


def test_one_guard_on_two_views_keeps_them_apart(
    app: Any, ask: Any, logged_in: Any, asked: list[Any]
) -> None:
    logged_in(app.get("/a", name="a")(lambda request: "a"))
    app.get("/b", name="b")(logged_in(lambda request: "b"))
    app.get("/free", name="free")(lambda request: "free")
    assert ask(app, "/a?user=x").body == b"a"
    assert ask(app, "/b?user=x").body == b"b"
    asked.clear()
    assert ask(app, "/free").body == b"free"
    assert asked == []


def test_a_check_may_abort(
    show: Any, app: Any, app_layer: ModuleType, ask: Any, responses: ModuleType
) -> None:
    forbid = app_layer.guard(lambda request, **parameters: responses.abort(403, "Not yours."))
    forbid(app.get("/posts/<int:id>")(show))
    response = ask(app, "/posts/7")
    assert response.status == 403
    assert b"Not yours." in response.body


def test_a_view_that_is_not_let_run_does_not_run(
    app: Any, app_layer: ModuleType, responses: ModuleType, ask: Any
) -> None:
    deleted = []

    def delete(request: Any, id: int) -> str:
        deleted.append(id)
        return "gone"

    refuse = app_layer.guard(lambda request, **parameters: "no")
    forbid = app_layer.guard(lambda request, **parameters: responses.abort(403))
    app.delete("/posts/<int:id>", name="refused")(refuse(delete))
    app.delete("/users/<int:id>", name="forbidden")(forbid(delete))
    assert ask(app, "/posts/7", "DELETE").body == b"no"
    assert ask(app, "/users/7", "DELETE").status == 403
    assert deleted == []


def test_an_empty_answer_of_a_check_is_an_objection(
    show: Any, app: Any, app_layer: ModuleType, ask: Any
) -> None:
    app_layer.guard(lambda request, **parameters: "")(app.get("/posts/<int:id>")(show))
    assert ask(app, "/posts/7").body == b""


def test_guarded_views_stand_inside_of_before_functions(
    show: Any, app: Any, app_layer: ModuleType, ask: Any
) -> None:
    """What a before function finds out, a check can use: who is asking, say."""
    app.before(lambda request: request.context.update(user="ann"))
    check = app_layer.guard(
        lambda request, **parameters: None if request.context["user"] == "ann" else "no"
    )
    check(app.get("/posts/<int:id>")(show))
    assert ask(app, "/posts/7").body == b"post 7"


def test_a_signature_that_does_not_fit_is_found_behind_the_guard(
    app: Any, logged_in: Any, show: Any
) -> None:
    with pytest.raises(ValueError, match=r"takes \(request.*id"):
        app.get("/posts/<int:key>")(logged_in(show))


def test_a_guard_that_comes_too_late_is_refused(
    app: Any, app_layer: ModuleType, logged_in: Any, show: Any
) -> None:
    """It would look as if it guarded the view, and nobody would ever be asked."""
    posts = app_layer.Controller("posts", prefix="/posts")
    view = posts.get("/<int:id>")(show)
    app.mount(posts)
    with pytest.raises(ValueError, match=r"'posts\.show' is mounted already"):
        logged_in(view)
