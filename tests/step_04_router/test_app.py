"""The application: decorators, controllers, what surrounds a view, and errors."""

import inspect
import json
import logging
import re
from types import ModuleType
from typing import Any

import pytest

decorating = pytest.mark.exercise("4.6")
surrounding = pytest.mark.exercise("4.7")

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"  # Firefox's Accept


@pytest.fixture
def posts(app_layer: ModuleType) -> Any:
    """A controller under a prefix, not mounted yet."""
    return app_layer.Controller("posts", prefix="/posts")


# --- the route decorators


@decorating
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_a_decorator_for_each_method(app: Any, ask: Any, method: str) -> None:
    @getattr(app, method)("/posts/<int:id>")
    def show(request: Any, id: int) -> Any:
        return {"method": request.method, "id": id}

    response = ask(app, "/posts/7", method.upper())
    assert json.loads(response.body) == {"method": method.upper(), "id": 7}
    other = "PATCH" if method != "patch" else "PUT"
    assert ask(app, "/posts/7", other).status == 405


@decorating
def test_route_takes_several_methods(app: Any, ask: Any) -> None:
    @app.route("/login", methods=("GET", "POST"))
    def login(request: Any) -> Any:
        return request.method

    assert ask(app, "/login", "GET").body == b"GET"
    assert ask(app, "/login", "POST").body == b"POST"
    assert ask(app, "/login", "PUT").headers["Allow"] == "GET, HEAD, OPTIONS, POST"


@decorating
def test_a_decorator_leaves_the_view_as_it_is(app: Any, posts: Any) -> None:
    def show(request: Any, id: int = 1) -> str:
        return f"post {id}"

    assert posts.get("/<int:id>")(show) is show
    assert app.get("/first")(show) is show
    assert show(None, 3) == "post 3"


@decorating
def test_one_view_may_have_several_routes(app: Any, ask: Any) -> None:
    @app.get("/")
    @app.get("/page/<int:number>", name="page")
    def index(request: Any, number: int = 1) -> Any:
        return f"page {number}"

    assert ask(app, "/").body == b"page 1"
    assert ask(app, "/page/3").body == b"page 3"
    assert app.url_for("page", number=3) == "/page/3"
    assert app.url_for("index") == "/"


@decorating
def test_a_route_is_named_after_controller_and_view(app: Any, posts: Any) -> None:
    @posts.get("/<int:id>")
    def show(request: Any, id: int) -> Any: ...

    @posts.get("", name="all")
    def index(request: Any) -> Any: ...

    @app.get("/about")
    def about(request: Any) -> Any: ...

    app.mount(posts)
    assert app.url_for("posts.show", id=7) == "/posts/7"
    assert app.url_for("posts.all") == "/posts"
    assert app.url_for("about") == "/about"
    with pytest.raises(ValueError, match=r"no route is named 'show'; there are: about, posts\.all"):
        app.url_for("show")


@decorating
def test_a_view_knows_its_route(app: Any) -> None:
    """A decorator that stands above finds there where its wrapper belongs."""

    @app.get("/about")
    def about(request: Any) -> Any: ...

    assert [route.path for route in about.routes] == ["/about"]
    assert about.routes[0] is app.router.match("GET", "/about")[0]


@decorating
def test_a_view_knows_all_of_its_routes(posts: Any) -> None:
    @posts.get("/<int:id>")
    @posts.get("/last", name="last")
    def show(request: Any, id: int = 1) -> Any: ...

    assert [route.path for route in show.routes] == ["/posts/last", "/posts/<int:id>"]
    assert show.routes == posts.routes


# --- the application is a handler


def test_the_application_is_called_without_a_socket(app: Any, ask: Any) -> None:
    @app.get("/hello/<name>")
    def hello(request: Any, name: str) -> Any:
        return {"hello": name, "query": request.query.get("q")}

    response = ask(app, "/hello/Zo%C3%AB?q=1")
    assert json.loads(response.body) == {"hello": "Zoë", "query": "1"}


def test_the_application_answers_over_a_connection(app: Any, wire: Any) -> None:
    @app.get("/hello")
    def hello(request: Any) -> Any:
        return "hello"

    raw = wire(app).exchange(
        b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
        b"PUT /hello HTTP/1.1\r\nHost: x\r\n\r\n"
        b"GET /hallo HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    assert re.findall(rb"HTTP/1\.1 (\d+)", raw) == [b"200", b"405", b"404"]


def test_unknown_path_is_404(app: Any, ask: Any) -> None:
    assert ask(app, "/nothing").status == 404


def test_wrong_method_is_405_with_allow(app: Any, ask: Any) -> None:
    app.post("/posts")(lambda request: "made")
    response = ask(app, "/posts")
    assert response.status == 405
    assert response.headers["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_a_path_in_an_error_page_is_no_markup(app: Any, ask: Any, accept: str) -> None:
    response = ask(app, "/<script>alert(1)</script>", headers={"Accept": accept})
    assert response.status == 404
    is_html = response.headers["Content-Type"].startswith("text/html")
    assert is_html == (accept == BROWSER)
    assert not (is_html and b"<script>" in response.body)


# --- before and after functions


@surrounding
def test_before_functions_run_in_order_then_the_view_then_after_functions(
    app: Any, ask: Any
) -> None:
    steps = []

    @app.before
    def first(request: Any) -> None:
        steps.append("first before")

    @app.before
    def second(request: Any) -> None:
        steps.append("second before")

    @app.after
    def third(request: Any, response: Any) -> Any:
        steps.append("first after")
        return response

    @app.after
    def fourth(request: Any, response: Any) -> Any:
        steps.append("second after")
        return response

    @app.get("/")
    def view(request: Any) -> Any:
        steps.append("view")
        return "x"

    ask(app, "/")
    assert steps == ["first before", "second before", "view", "first after", "second after"]


@surrounding
def test_a_response_from_a_before_function_is_the_answer(app: Any, ask: Any, rung: Any) -> None:
    steps = []

    @app.before
    def refuse(request: Any) -> Any:
        return rung("responses").html_response("closed", 503)

    @app.before
    def later(request: Any) -> None:
        steps.append("later")

    @app.get("/")
    def view(request: Any) -> Any:
        steps.append("view")
        return "x"

    response = ask(app, "/")
    assert (response.status, response.body) == (503, b"closed")
    assert steps == []


@surrounding
def test_after_functions_get_what_a_before_function_answers(app: Any, ask: Any) -> None:
    @app.after
    def mark(request: Any, response: Any) -> Any:
        response.headers["X-Marked"] = "yes"
        return response

    app.before(lambda request: "closed")
    assert ask(app, "/").headers.get("X-Marked") == "yes"


@surrounding
def test_an_after_function_may_return_another_response(app: Any, ask: Any, rung: Any) -> None:
    @app.after
    def replace(request: Any, response: Any) -> Any:
        return rung("responses").html_response(response.body + b"!", 202)

    @app.after
    def replace_again(request: Any, response: Any) -> Any:
        return rung("responses").html_response(response.body + b"?", response.status)

    app.get("/")(lambda request: "x")
    response = ask(app, "/")
    assert (response.status, response.body) == (202, b"x!?")


@surrounding
@pytest.mark.parametrize("path", ["/nothing", "/broken", "/refused", "/handled"])
def test_an_after_function_gets_error_answers_too(
    app: Any, ask: Any, responses: ModuleType, path: str
) -> None:
    app.get("/broken")(lambda request: 1 / 0)
    app.get("/refused", name="refused")(lambda request: responses.abort(403))
    app.get("/handled", name="handled")(lambda request: {}["x"])
    app.error_handler(KeyError)(lambda request, error: "handled")
    seen = []

    @app.after
    def look(request: Any, response: Any) -> Any:
        seen.append(response.status)
        return response

    status = ask(app, path).status
    assert seen == [status]


@surrounding
def test_an_after_function_that_fails_is_not_asked_again(app: Any, wire: Any, caplog: Any) -> None:
    """No answer is left to put in order: the server's own 500 goes out."""
    steps = []

    @app.after
    def broken(request: Any, response: Any) -> Any:
        steps.append(request.path)
        raise RuntimeError("s3cret")

    app.get("/x")(lambda request: "x")
    raw = wire(app).exchange(
        b"GET /x HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    assert re.findall(rb"HTTP/1\.1 (\d+)", raw) == [b"500", b"500"]
    assert steps == ["/x", "/nothing"]
    assert b"s3cret" not in raw
    assert "RuntimeError: s3cret" in caplog.text


@surrounding
def test_an_error_in_a_before_function_is_answered_like_one_in_the_view(
    app: Any, ask: Any, responses: ModuleType
) -> None:
    @app.before
    def refuse(request: Any) -> None:
        responses.abort(401, "Who are you?")

    app.get("/")(lambda request: "x")
    app.error_handler(401)(lambda request, error: f"handled: {error.message}")
    response = ask(app, "/")
    assert (response.status, response.body) == (401, b"handled: Who are you?")


def test_context_goes_from_a_before_function_to_the_view(app: Any, ask: Any) -> None:
    @app.before
    def look_up(request: Any) -> None:
        request.context["user"] = "ann"

    app.get("/")(lambda request: request.context["user"])
    assert ask(app, "/").body == b"ann"


def test_each_request_has_a_context_of_its_own(app: Any, ask: Any) -> None:
    app.get("/")(lambda request: request.context.setdefault("seen", []).append(1) or "x")
    app.get("/size", name="size")(lambda request: str(len(request.context)))
    ask(app, "/")
    assert ask(app, "/size").body == b"0"


# --- error handlers


def test_error_handler_for_a_status(app: Any, ask: Any) -> None:
    @app.error_handler(404)
    def not_found(request: Any, error: Any) -> Any:
        return f"nothing at {request.path}: {error.status.value}"

    response = ask(app, "/x")
    assert (response.status, response.body) == (404, b"nothing at /x: 404")


def test_error_handler_may_choose_the_status(app: Any, ask: Any, responses: ModuleType) -> None:
    app.error_handler(404)(lambda request, error: responses.html_response("gone", 410))
    assert ask(app, "/x").status == 410


@pytest.mark.parametrize("value", ["text", {"a": 1}, ["a"]])
def test_error_handler_gives_what_a_view_may_give(app: Any, ask: Any, value: Any) -> None:
    app.error_handler(404)(lambda request, error: value)
    response = ask(app, "/x")
    assert response.status == 404
    assert response.body == (value if isinstance(value, str) else json.dumps(value)).encode()


@pytest.mark.parametrize("value", ["text", {"a": 1}])
def test_fields_of_an_error_reach_the_client_through_its_handler(
    app: Any, ask: Any, value: Any
) -> None:
    app.get("/x")(lambda request: "x")
    app.error_handler(405)(lambda request, error: value)
    assert ask(app, "/x", "PUT").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_error_handler_for_an_exception_class_answers_500_unless_it_says_otherwise(
    app: Any, ask: Any, responses: ModuleType
) -> None:
    class Missing(Exception):
        pass

    def fail(request: Any) -> Any:
        raise Missing("post 7")

    app.get("/x")(fail)
    app.error_handler(Missing)(lambda request, error: f"lost: {error}")
    response = ask(app, "/x")
    assert (response.status, response.body) == (500, b"lost: post 7")
    app.error_handler(Missing)(lambda request, error: responses.json_response("lost", 404))
    assert ask(app, "/x").status == 404


def test_the_handler_of_the_closest_class_answers(app: Any, ask: Any) -> None:
    app.error_handler(Exception)(lambda request, error: "Exception")
    app.error_handler(LookupError)(lambda request, error: "LookupError")
    app.get("/key", name="key")(lambda request: {}["x"])
    app.get("/index", name="index")(lambda request: [][1])
    app.get("/zero", name="zero")(lambda request: 1 / 0)
    assert ask(app, "/key").body == b"LookupError"
    assert ask(app, "/zero").body == b"Exception"
    app.error_handler(KeyError)(lambda request, error: "KeyError")
    assert ask(app, "/key").body == b"KeyError"
    assert ask(app, "/index").body == b"LookupError"


def test_the_handler_of_a_status_comes_before_that_of_a_class(
    app: Any, ask: Any, HTTPError: Any
) -> None:
    app.error_handler(HTTPError)(lambda request, error: "any")
    app.error_handler(404)(lambda request, error: "404")
    app.get("/x")(lambda request: "x")
    assert ask(app, "/nothing").body == b"404"
    assert ask(app, "/x", "PUT").body == b"any"


def test_a_status_attribute_does_not_make_an_exception_an_answer(
    app: Any, ask: Any, caplog: Any
) -> None:
    """urllib's HTTPError has one, too: what another server said is not what we say."""

    class UpstreamError(Exception):
        status = 404

    def fail(request: Any) -> Any:
        raise UpstreamError("from another server")

    app.get("/x")(fail)
    app.error_handler(404)(lambda request, error: "not found")
    assert ask(app, "/x").status == 500
    assert "from another server" in caplog.text


def test_what_a_view_forgets_to_return_is_an_error(app: Any, ask: Any, caplog: Any) -> None:
    @app.get("/")
    def index(request: Any) -> None:
        {"hello": "you"}  # noqa: B018 - the mistake

    assert ask(app, "/").status == 500
    assert "Does it end without a return?" in caplog.text


# --- the last resort


@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_an_exception_in_a_view_is_500_and_its_traceback_goes_to_the_log_alone(
    app: Any, ask: Any, caplog: Any, accept: str
) -> None:
    @app.get("/x")
    def broken(request: Any) -> Any:
        secret = "s3cret"
        raise RuntimeError(f"the key is {secret}")

    response = ask(app, "/x?token=1", headers={"Accept": accept})
    assert response.status == 500
    for word in (b"s3cret", b"RuntimeError", b"Traceback", b"broken"):
        assert word not in response.body
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "GET /x?token=1" in record.getMessage()
    assert "RuntimeError: the key is s3cret" in caplog.text
    assert "in broken" in caplog.text


def test_the_application_goes_on_after_an_exception(app: Any, wire: Any) -> None:
    app.get("/broken", name="broken")(lambda request: 1 / 0)
    app.get("/fine", name="fine")(lambda request: "fine")
    raw = wire(app).exchange(
        b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\nGET /fine HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    assert re.findall(rb"HTTP/1\.1 (\d+)", raw) == [b"500", b"200"]
    assert b"division" not in raw


def test_handler_of_500_answers_unexpected_exceptions_which_are_logged_all_the_same(
    app: Any, ask: Any, caplog: Any
) -> None:
    app.get("/x")(lambda request: 1 / 0)
    app.error_handler(500)(lambda request, error: f"sorry: {error.message}")
    response = ask(app, "/x")
    assert response.status == 500
    assert response.body.startswith(b"sorry: ")
    assert b"division" not in response.body
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("kind", [404, 500, ZeroDivisionError, Exception])
@pytest.mark.parametrize("path", ["/nothing", "/x"])
def test_an_error_handler_that_fails_is_a_500_and_logged(
    app: Any, ask: Any, caplog: Any, kind: Any, path: str
) -> None:
    def fail(request: Any, error: Exception) -> Any:
        raise KeyError("the handler itself")

    app.get("/x")(lambda request: 1 / 0)
    app.error_handler(kind)(fail)
    handled = kind in (404, Exception) if path == "/nothing" else kind != 404
    response = ask(app, path)
    assert response.status == (404 if path == "/nothing" and not handled else 500)
    assert b"the handler itself" not in response.body
    assert ("the handler itself" in caplog.text) == handled


def test_an_error_handler_that_returns_nothing_is_a_500(app: Any, ask: Any, caplog: Any) -> None:
    app.error_handler(404)(lambda request, error: None)
    assert ask(app, "/nothing").status == 500
    assert "Does it end without a return?" in caplog.text


def test_abort_in_an_error_handler_is_its_answer(app: Any, ask: Any, responses: ModuleType) -> None:
    app.get("/x")(lambda request: {}["x"])
    app.error_handler(KeyError)(lambda request, error: responses.abort(404, "No such key."))
    response = ask(app, "/x")
    assert response.status == 404
    assert b"No such key." in response.body


def test_an_interrupt_is_not_swallowed(app: Any, ask: Any) -> None:
    def interrupt(request: Any) -> Any:
        raise KeyboardInterrupt

    app.get("/x")(interrupt)
    with pytest.raises(KeyboardInterrupt):
        ask(app, "/x")


# --- controllers


@decorating
def test_a_controller_stands_under_its_prefix(app: Any, posts: Any, ask: Any) -> None:
    posts.get("")(lambda request: "all")
    posts.get("/<int:id>", name="show")(lambda request, id: f"post {id}")
    app.mount(posts)
    assert ask(app, "/posts").body == b"all"
    assert ask(app, "/posts/7").body == b"post 7"
    assert ask(app, "/7").status == 404


@decorating
def test_a_prefix_may_have_parameters(app: Any, app_layer: ModuleType, ask: Any) -> None:
    comments = app_layer.Controller("comments", prefix="/posts/<int:post>/comments")
    comments.get("/<int:id>", name="show")(lambda request, post, id: {"post": post, "id": id})
    app.mount(comments)
    assert ask(app, "/posts/7/comments/3").body == b'{"post": 7, "id": 3}'
    assert app.url_for("comments.show", post=7, id=3) == "/posts/7/comments/3"


@pytest.mark.parametrize(
    ("pattern", "inside"),
    [
        (r"/(?P<year>[0-9]{4})", "/2026"),
        (r"^/(?P<year>[0-9]{4})$", "/2026"),
        (r"/a|/b", "/b"),
        (r"/(?:a|b)", "/b"),
    ],
)
def test_a_regular_expression_stands_under_a_prefix(
    app: Any, app_layer: ModuleType, ask: Any, pattern: str, inside: str
) -> None:
    api = app_layer.Controller("api", prefix="/v1.0")
    api.get(re.compile(pattern), name="show")(lambda request, **found: found)
    app.mount(api)
    assert ask(app, f"/v1.0{inside}").status == 200
    for elsewhere in (inside, f"/v1.0{inside}x", f"/v1x0{inside}", f"/x/v1.0{inside}"):
        assert ask(app, elsewhere).status == 404


def test_a_regular_expression_behind_a_parameter_is_refused(app_layer: ModuleType) -> None:
    comments = app_layer.Controller("comments", prefix="/posts/<int:post>")
    with pytest.raises(ValueError, match="'/posts/<int:post>' has a parameter"):
        comments.get(re.compile("/x"))(lambda request, post: "x")


@pytest.mark.parametrize("prefix", ["posts", "/posts/", "/"])
def test_a_prefix_that_makes_a_malformed_path_is_refused(
    app_layer: ModuleType, prefix: str
) -> None:
    controller = app_layer.Controller("posts", prefix)
    with pytest.raises(ValueError, match="begins with '/' and has no '//'"):
        controller.get("/all")(lambda request: "x")


def test_two_controllers_may_have_views_of_one_name(
    app: Any, app_layer: ModuleType, ask: Any
) -> None:
    for name in ("posts", "users"):
        controller = app_layer.Controller(name, prefix=f"/{name}")
        controller.get("/<int:id>", name="show")(lambda request, id, name=name: f"{name} {id}")
        app.mount(controller)
    assert ask(app, "/users/1").body == b"users 1"
    assert app.url_for("posts.show", id=1) == "/posts/1"


@surrounding
def test_what_surrounds_a_controller_stands_inside_of_what_surrounds_the_application(
    app: Any, posts: Any, ask: Any
) -> None:
    steps = []
    for name, controller in (("app", app), ("posts", posts)):

        @controller.before
        def before(request: Any, name: str = name) -> None:
            steps.append(f"before {name}")

        @controller.after
        def after(request: Any, response: Any, name: str = name) -> Any:
            steps.append(f"after {name}")
            return response

    posts.get("/x")(lambda request: steps.append("view") or "x")
    app.mount(posts)
    ask(app, "/posts/x")
    assert steps == ["before app", "before posts", "view", "after posts", "after app"]


@surrounding
def test_what_surrounds_a_view_has_its_name_and_its_signature(posts: Any) -> None:
    """By its signature the route table sees whether the view takes what the path holds."""

    def show(request: Any, id: int) -> Any: ...

    surrounded = posts.surround(show)
    assert surrounded.__name__ == "show"
    assert inspect.signature(surrounded) == inspect.signature(show)


@surrounding
def test_a_controller_surrounds_its_own_views_alone(
    app: Any, posts: Any, app_layer: ModuleType, ask: Any, responses: ModuleType
) -> None:
    posts.before(lambda request: responses.html_response("guarded", 401))
    posts.get("/x")(lambda request: "posts")
    users = app_layer.Controller("users", prefix="/users")
    users.get("/x", name="x")(lambda request: "users")
    app.get("/x", name="x")(lambda request: "app")
    app.mount(posts)
    app.mount(users)
    assert ask(app, "/posts/x").status == 401
    assert [ask(app, path).body for path in ("/users/x", "/x")] == [b"users", b"app"]


@surrounding
def test_error_handlers_of_a_controller_are_asked_before_those_of_the_application(
    app: Any, posts: Any, ask: Any, responses: ModuleType
) -> None:
    posts.get("/x", name="x")(lambda request: responses.abort(404))
    posts.get("/zero", name="zero")(lambda request: 1 / 0)
    posts.error_handler(404)(lambda request, error: "posts: 404")
    app.error_handler(404)(lambda request, error: "app: 404")
    app.error_handler(ZeroDivisionError)(lambda request, error: "app: zero")
    app.mount(posts)
    assert ask(app, "/posts/x").body == b"posts: 404"
    assert ask(app, "/posts/zero").body == b"app: zero"  # its own controller has no handler
    assert ask(app, "/elsewhere").body == b"app: 404"


def test_an_error_handler_of_a_controller_that_fails_is_answered_by_the_application(
    app: Any, posts: Any, ask: Any, caplog: Any
) -> None:
    posts.get("/x")(lambda request: {}["x"])
    posts.error_handler(KeyError)(lambda request, error: 1 / 0)
    app.error_handler(ZeroDivisionError)(lambda request, error: "app: zero")
    app.mount(posts)
    assert ask(app, "/posts/x").body == b"app: zero"


@decorating
def test_what_a_controller_gets_after_mounting_still_counts(app: Any, posts: Any, ask: Any) -> None:
    posts.get("/x")(lambda request: {}["x"])
    app.mount(posts)
    posts.error_handler(KeyError)(lambda request, error: "handled")
    assert ask(app, "/posts/x").body == b"handled"


@decorating
def test_a_route_after_mounting_is_refused(app: Any, posts: Any) -> None:
    app.mount(posts)
    with pytest.raises(
        ValueError, match=r"'posts\.late' comes too late; mount 'posts' after its last route"
    ):

        @posts.get("/late")
        def late(request: Any) -> Any: ...


@decorating
def test_mounting_twice_is_refused(app: Any, posts: Any) -> None:
    posts.get("/x", name="x")(lambda request: "x")
    app.mount(posts)
    with pytest.raises(ValueError, match=r"GET HEAD /posts/x already leads to 'posts\.x'"):
        app.mount(posts)


@decorating
def test_a_controller_may_be_mounted_in_two_applications(
    app_layer: ModuleType, posts: Any, ask: Any
) -> None:
    posts.get("/x")(lambda request: "x")
    for app in (app_layer.App(), app_layer.App()):
        app.mount(posts)
        assert ask(app, "/posts/x").body == b"x"


@decorating
def test_a_signature_that_does_not_fit_is_refused_when_the_controller_is_mounted(
    app: Any, posts: Any
) -> None:
    @posts.get("/<int:id>")
    def show(request: Any, key: int) -> Any: ...

    with pytest.raises(ValueError, match=r"posts\.show\(request, id\), but the view takes"):
        app.mount(posts)


def test_a_route_decorator_without_a_path_says_what_to_write(app: Any) -> None:
    """`@app.get` above a view would hand the view over as the path, and register nothing."""

    def index(request: Any) -> str:
        return ""

    with pytest.raises(TypeError, match=r"@app\.get\('/'\) before index"):
        app.get(index)


def test_an_error_handler_without_a_status_says_so(app: Any) -> None:
    """`@app.error_handler` without parentheses would register nothing."""

    def show_error(request: Any, error: Any) -> str:
        return ""

    with pytest.raises(TypeError, match="needs a status or an error class, not"):
        app.error_handler(show_error)


@surrounding
def test_an_after_function_that_returns_nothing_is_named(app: Any, ask: Any) -> None:
    @app.after
    def forgetful(request: Any, response: Any) -> None:
        response.headers["X-Seen"] = "yes"

    app.get("/")(lambda request: "page")
    with pytest.raises(TypeError, match="forgetful runs after views and returns a Response"):
        ask(app, "/")


@surrounding
@pytest.mark.parametrize(
    ("answer", "body"),
    [({"closed": "for today"}, b'{"closed": "for today"}'), ("", b""), ([], b"[]")],
    ids=["dict", "empty text", "empty list"],
)
def test_what_a_before_function_returns_becomes_a_response(
    app: Any, ask: Any, answer: Any, body: bytes
) -> None:
    app.before(lambda request: answer)
    app.get("/")(lambda request: "the view")
    assert ask(app, "/").body == body
