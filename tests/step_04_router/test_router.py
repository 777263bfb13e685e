"""The route table: which view answers, what it is given, and the URL that leads back to it."""

import re
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

compiling = pytest.mark.exercise("4.1")
ordering = pytest.mark.exercise("4.2")
matching = pytest.mark.exercise("4.3")
reversing = pytest.mark.exercise("4.4")

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def view(request: Any, **parameters: Any) -> str:
    """A view that takes whatever its route finds in the path."""
    return repr(parameters)


def winner(router: Any, target: str, method: str = "GET") -> str:
    return str(router.match(method, target)[0].name)


def parameters(router: Any, path: str) -> dict[str, Any]:
    found: dict[str, Any] = router.match("GET", path)[1]
    return found


# --- what a path means


@compiling
@pytest.mark.parametrize(
    ("path", "request_path", "expected"),
    [
        ("/posts/<id>", "/posts/seven", {"id": "seven"}),
        ("/posts/<str:id>", "/posts/7", {"id": "7"}),
        ("/posts/<int:id>", "/posts/7", {"id": 7}),
        ("/posts/<int:id>", "/posts/007", {"id": 7}),
        ("/posts/<int:id>", "/posts/" + "9" * 18, {"id": 10**18 - 1}),
        ("/price/<float:value>", "/price/2.50", {"value": 2.5}),
        ("/files/<path:rest>", "/files/a/b.txt", {"rest": "a/b.txt"}),
        ("/<path:page>/edit", "/a/b/edit", {"page": "a/b"}),
        ("/<int:year>-<int:month>", "/2026-11", {"year": 2026, "month": 11}),
        ("/<int:id>.<format>", "/7.json", {"id": 7, "format": "json"}),
        ("/<name>", "/Zoë & Ann", {"name": "Zoë & Ann"}),
        ("/<name>", "/50%", {"name": "50%"}),
    ],
)
def test_parameters_of_a_path(
    router: Any, path: str, request_path: str, expected: dict[str, Any]
) -> None:
    router.add(path, view)
    found = parameters(router, request_path)
    assert found == expected
    assert [type(value) for value in found.values()] == [type(value) for value in expected.values()]


@compiling
@pytest.mark.parametrize(
    ("path", "request_path"),
    [
        ("/u/<int:id>", "/u/"),
        ("/u/<int:id>", "/u/five"),
        ("/u/<int:id>", "/u/-5"),
        ("/u/<int:id>", "/u/+5"),
        ("/u/<int:id>", "/u/5_0"),
        ("/u/<int:id>", "/u/ 5"),
        ("/u/<int:id>", "/u/5.0"),
        ("/u/<int:id>", "/u/5/"),
        ("/u/<int:id>", "/u/5\n"),
        ("/u/<int:id>", "/u/\u0665"),  # ARABIC-INDIC DIGIT FIVE: \d and int() take it
        ("/u/<int:id>", "/u/²"),
        ("/u/<int:id>", "/u/" + "9" * 19),  # more than 64 bits
        ("/u/<float:x>", "/u/5"),
        ("/u/<float:x>", "/u/1e9"),
        ("/u/<float:x>", "/u/nan"),
        ("/u/<float:x>", "/u/.5"),
        ("/u/<name>", "/u/"),
        ("/u/<name>", "/u/a/b"),
        ("/u/<name>", "/v/a"),
        ("/u/<name>", "/x/u/a"),
        ("/u/<path:rest>", "/u/"),
        ("/u/<path:rest>", "/u//evil.example"),
        ("/data.json/<id>", "/dataXjson/7"),  # a dot in a path is a dot
        ("/a+b/<id>", "/aab/7"),
    ],
)
def test_path_that_is_not_of_the_route(
    router: Any, HTTPError: Any, path: str, request_path: str
) -> None:
    router.add(path, view)
    with pytest.raises(HTTPError) as caught:
        router.match("GET", request_path)
    assert caught.value.status == 404


@compiling
def test_every_parameter_has_a_converter_named_or_not(router_layer: ModuleType) -> None:
    """url_for() asks the converter which values fit."""
    _pattern, converters = router_layer.compile_path("/u/<name>/<int:id>/<str:slug>")
    text = router_layer.CONVERTERS["str"]
    assert converters == {"name": text, "id": router_layer.CONVERTERS["int"], "slug": text}
    assert router_layer.compile_path("/about")[1] == {}
    assert router_layer.compile_path(re.compile("/(?P<year>[0-9]{4})"))[1] == {}


@pytest.mark.parametrize("name", ["name", "self", "method", "path", "request_", "_id", "id2"])
def test_parameter_may_have_any_name(router: Any, name: str) -> None:
    router.add(f"/u/<{name}>", view, name="show")
    assert parameters(router, "/u/x") == {name: "x"}
    assert router.url_for("show", **{name: "x"}) == "/u/x"


# --- which route is asked first

PRECEDENCE = [
    # two paths, a request that both would take, and the one that gets it
    ("/posts/new", "/posts/<id>", "/posts/new"),
    ("/a/b/c", "/<path:rest>", "/a/b/c"),
    ("/posts/<b>", "/<a>/edit", "/posts/edit"),
    ("/posts/<a>/<b>", "/<a>/x/y", "/posts/x/y"),
    ("/u/<a>/edit", "/u/<path:rest>", "/u/5/edit"),
    ("/<int:x>", "/<str:x>", "/5"),
    ("/<int:x>", "/<path:x>", "/5"),
    ("/<float:x>", "/<str:x>", "/1.5"),
    ("/<str:x>", "/<path:x>", "/a"),
    ("/u/<int:id>/<b>", "/u/<a>/edit", "/u/5/edit"),
    ("/@<name>", "/<name>", "/@ann"),
    ("/<name>.json", "/<name>", "/ann.json"),
    ("/<int:a>-<int:b>", "/<int:a>-<b>", "/1-2"),
    ("/<path:page>/edit", "/<path:page>", "/a/b/edit"),
    ("/wiki/<path:page>/edit", "/wiki/<path:page>", "/wiki/a/edit"),
    ("/docs/<path:page>", "/<path:page>/edit", "/docs/a/edit"),
    ("/<path:page>/v/edit", "/<path:page>/edit", "/a/v/edit"),
    ("/<path:rest>", re.compile(r"/(?P<year>\d{4})"), "/2026"),
]


@ordering
@pytest.mark.parametrize("swapped", [False, True], ids=["in order", "swapped"])
@pytest.mark.parametrize(("first", "second", "request_path"), PRECEDENCE)
def test_the_more_specific_route_wins_whichever_is_registered_first(
    router: Any, first: Any, second: Any, request_path: str, swapped: bool
) -> None:
    routes = [(first, "specific"), (second, "general")]
    for path, name in reversed(routes) if swapped else routes:
        router.add(path, view, name=name)
    # So that the order is asked for even where a fixed path needs none.
    router.add("/<path:everything>", view, methods=["DELETE"], name="last")
    assert winner(router, request_path) == "specific"


@ordering
def test_regular_expressions_are_asked_in_the_order_of_registration(router: Any) -> None:
    router.add(re.compile(r"/(?P<year>\d{4})"), view, name="year")
    router.add(re.compile(r"/(?P<code>\w+)"), view, name="code")
    router.add(re.compile(r"/(?P<again>\d+)"), view, name="again")
    assert winner(router, "/2026") == "year"
    assert winner(router, "/77") == "code"


@matching
@pytest.mark.parametrize("swapped", [False, True])
def test_a_fixed_get_does_not_hide_a_parametric_post(router: Any, swapped: bool) -> None:
    routes = [("/posts/new", ["GET"], "form"), ("/posts/<id>", ["POST"], "update")]
    for path, methods, name in reversed(routes) if swapped else routes:
        router.add(path, view, methods, name)
    assert winner(router, "/posts/new", "GET") == "form"
    assert winner(router, "/posts/new", "POST") == "update"


@matching
def test_the_less_specific_route_answers_other_methods(router: Any) -> None:
    router.add("/u/<int:id>", view, ["GET"], name="by id")
    router.add("/u/<name>", view, ["GET", "PUT"], name="by name")
    assert router.match("PUT", "/u/5") == (router.match("PUT", "/u/x")[0], {"name": "5"})
    assert router.match("GET", "/u/5")[1] == {"id": 5}


@matching
def test_one_path_may_have_a_view_for_each_method(router: Any) -> None:
    for method in METHODS:
        router.add("/posts/<int:id>", view, [method], name=method)
        router.add("/posts", view, [method], name=f"{method} all")
    for method in METHODS:
        assert winner(router, "/posts/1", method) == method
        assert winner(router, "/posts", method) == f"{method} all"


@matching
def test_a_thousand_routes_are_told_apart(router: Any) -> None:
    for number in range(1000):
        router.add(f"/r{number}/<int:id>", view, name=f"r{number}")
        router.add(f"/fixed/{number}", view, name=f"fixed{number}")
    for number in (0, 1, 500, 999):
        assert winner(router, f"/r{number}/7") == f"r{number}"
        assert winner(router, f"/fixed/{number}") == f"fixed{number}"


# --- 404, 405, HEAD, OPTIONS


@matching
def test_unknown_path_is_404_and_names_the_path(router: Any, HTTPError: Any) -> None:
    router.add("/posts", view)
    with pytest.raises(HTTPError, match="'/psots'") as caught:
        router.match("GET", "/psots")
    assert caught.value.status == 404
    assert "Allow" not in caught.value.headers


@matching
def test_known_path_with_another_method_is_405_with_allow(router: Any, HTTPError: Any) -> None:
    router.add("/posts/<int:id>", view, ["PUT"], "put")
    router.add("/posts/<int:id>", view, ["GET"], "get")
    with pytest.raises(HTTPError, match="DELETE") as caught:
        router.match("DELETE", "/posts/7")
    assert caught.value.status == 405
    assert caught.value.headers.get("Allow") == "GET, HEAD, OPTIONS, PUT"


@matching
def test_allow_names_what_the_view_answers(router: Any, HTTPError: Any) -> None:
    router.add("/posts", view, ["POST", "PUT"])
    with pytest.raises(HTTPError) as caught:
        router.match("GET", "/posts")
    assert {"POST", "PUT"} <= set(caught.value.headers.get("Allow", "").split(", "))


@matching
def test_allow_names_the_methods_of_every_route_with_this_path(router: Any, HTTPError: Any) -> None:
    router.add("/posts/new", view, ["GET"], "form")
    router.add("/posts/<id>", view, ["DELETE"], "delete")
    router.add(re.compile("/posts/(?P<key>new|old)"), view, ["PATCH"], "patch")
    with pytest.raises(HTTPError) as caught:
        router.match("POST", "/posts/new")
    assert caught.value.headers.get("Allow") == "DELETE, GET, HEAD, OPTIONS, PATCH"


@pytest.mark.parametrize("path", ["/about", "/posts/<int:id>"])
def test_head_is_answered_by_the_view_of_get(router: Any, ask: Any, path: str) -> None:
    router.add(path, lambda request, **found: f"{request.method} {found}", name="show")
    target = path.replace("<int:id>", "7")
    assert ask(router, target, "HEAD").body.startswith(b"HEAD {")


def test_head_has_no_body_on_the_wire_and_the_length_of_get(router: Any, wire: Any) -> None:
    router.add("/about", lambda request: "four", name="about")
    raw = wire(router).exchange(b"HEAD /about HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"\r\nContent-Length: 4\r\n" in raw
    assert raw.endswith(b"\r\n\r\n")


@matching
def test_head_of_a_route_without_get_is_405(router: Any, ask: Any, HTTPError: Any) -> None:
    router.add("/posts", view, ["POST"])
    with pytest.raises(HTTPError) as caught:
        ask(router, "/posts", "HEAD")
    assert (caught.value.status, caught.value.headers.get("Allow")) == (405, "OPTIONS, POST")


def test_options_is_answered_without_a_view(router: Any, ask: Any) -> None:
    router.add("/posts/<int:id>", view, ["GET", "PUT"])
    response = ask(router, "/posts/7", "OPTIONS")
    assert (response.status, response.body) == (204, b"")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, PUT"


def test_options_of_an_unknown_path_is_404(router: Any, ask: Any, HTTPError: Any) -> None:
    with pytest.raises(HTTPError) as caught:
        ask(router, "/nothing", "OPTIONS")
    assert caught.value.status == 404


def test_a_view_may_answer_options_itself(router: Any, ask: Any) -> None:
    router.add("/posts", lambda request: "my own", ["OPTIONS"], "options")
    assert ask(router, "/posts", "OPTIONS").body == b"my own"


def test_options_of_the_whole_server(router: Any, ask: Any) -> None:
    assert ask(router, "*", "OPTIONS").status == 204


# --- one slash too many, or too few


@pytest.mark.parametrize(
    ("path", "request_target", "location"),
    [
        ("/posts", "/posts/", "/posts"),
        ("/posts/", "/posts", "/posts/"),
        ("/posts/<int:id>", "/posts/7/", "/posts/7"),
        ("/posts/<int:id>/", "/posts/7", "/posts/7/"),
        ("/posts", "/posts/?page=2&q=a%20b%2F", "/posts?page=2&q=a%20b%2F"),
        ("/u/<name>", "/u/Zo%C3%AB%20%3F%23%25/?x=1", "/u/Zo%C3%AB%20%3F%23%25?x=1"),
        ("/u/<name>/", "/u/a:b", "/u/a%3Ab/"),
        (re.compile("/(?P<year>[0-9]{4})"), "/2026/", "/2026"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_a_slash_too_many_or_too_few_is_put_right(
    router: Any, ask: Any, path: Any, request_target: str, location: str, method: str
) -> None:
    """308 and not 301, so that a form that was posted there is posted again."""
    router.add(path, view, ["GET", "POST"])
    response = ask(router, request_target, method)
    assert (response.status, response.headers["Location"]) == (308, location)
    assert ask(router, location, method).status in (200, 204)


def test_the_empty_path_is_no_page_to_be_led_to(router: Any, ask: Any, HTTPError: Any) -> None:
    """A browser would take the Location "?x=1" for the page that it has just asked for."""
    router.add(re.compile("(?P<word>[a-z]*)"), view)
    with pytest.raises(HTTPError):
        ask(router, "/?x=1")


@matching
def test_both_forms_of_a_path_may_have_a_page(router: Any, ask: Any) -> None:
    router.add("/posts", lambda request: "without", name="without")
    router.add("/posts/", lambda request: "with", name="with")
    assert [ask(router, path).body for path in ("/posts", "/posts/")] == [b"without", b"with"]


@matching
def test_a_method_that_is_not_allowed_is_no_reason_to_look_elsewhere(
    router: Any, ask: Any, HTTPError: Any
) -> None:
    router.add("/posts", view, ["GET"], "with get")
    router.add("/posts/", view, ["POST"], "with post")
    with pytest.raises(HTTPError) as caught:
        ask(router, "/posts/", "GET")
    assert caught.value.status == 405


@pytest.mark.parametrize(
    "request_target", ["/nothing/", "/nothing", "/posts//", "//posts", "/posts/7/"]
)
def test_a_path_that_nobody_has_either_way_is_404(
    router: Any, ask: Any, HTTPError: Any, request_target: str
) -> None:
    router.add("/posts", view)
    with pytest.raises(HTTPError) as caught:
        ask(router, request_target)
    assert caught.value.status == 404


@pytest.mark.parametrize(
    "request_target",
    [
        "//evil.example/",
        "//evil.example",
        "/%2Fevil.example/",
        "/%2fevil.example",
        "/%5Cevil.example/",
        "/%5cevil.example",
        "/%5C/evil.example/",
        "/a%5C%5Cevil.example/",
    ],
)
@pytest.mark.parametrize("pattern", [r"(?P<all>.*[a-z])", r"(?P<all>.*[a-z]/)"])
def test_no_slash_leads_to_another_site(
    router: Any, ask: Any, HTTPError: Any, request_target: str, pattern: str
) -> None:
    """A link to our //evil.example/ must not become one to the site evil.example."""
    router.add(re.compile(pattern), view)
    try:
        location = ask(router, request_target).headers.get("Location", "")
    except HTTPError as error:
        location = ""
        assert error.status == 404
    assert location == ""


def test_line_ends_in_a_path_do_not_reach_the_location(router: Any, ask: Any) -> None:
    router.add("/u/<name>", view)
    response = ask(router, "/u/a%0D%0ASet-Cookie:%20x=1/")
    assert response.headers["Location"] == "/u/a%0D%0ASet-Cookie%3A%20x%3D1"


# --- what is refused at registration


@compiling
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("posts", "begins with '/'.*'posts'"),
        ("", "begins with '/'"),
        ("<int:id>", "begins with '/'"),
        ("/api//posts", "no '//'.*'/api//posts'"),
        ("/<number:id>", "'/<number:id>': no converter 'number'; there are: int, float, str, path"),
        ("/<Int:id>", "no converter 'Int'"),
        ("/<id>/<id>", "'/<id>/<id>' has two parameters named 'id'"),
        ("/<int:id>/x/<id>", "two parameters named 'id'"),
        ("/<int:id", "'/<int:id': < and > may only stand in a parameter: <name> or <int:name>"),
        ("/int:id>", "may only stand in a parameter"),
        ("/<>", "may only stand in a parameter"),
        ("/<int:>", "may only stand in a parameter"),
        ("/<int: id>", "may only stand in a parameter"),
        ("/<a-b>", "may only stand in a parameter"),
        ("/<1>", "may only stand in a parameter"),
        ("/<int:2nd>", "may only stand in a parameter"),
        ("/<<a>>", "may only stand in a parameter"),
    ],
)
def test_malformed_path_is_refused_with_the_remedy(router: Any, path: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        router.add(path, view)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/about", "/about"),
        ("/posts/<id>", "/posts/<id>"),
        ("/posts/<id>", "/posts/<str:name>"),
        ("/posts/<int:a>/<b>", "/posts/<int:c>/<d>"),
        (re.compile(r"/(?P<a>\d+)"), re.compile(r"/(?P<b>\d+)")),
    ],
)
def test_a_second_route_that_nothing_could_reach_is_refused(
    router: Any, first: Any, second: Any
) -> None:
    router.add(first, view, name="first")
    with pytest.raises(ValueError, match=r"GET HEAD .* already leads to 'first'"):
        router.add(second, view, ["PUT", "GET"], name="second")


def test_regular_expressions_that_differ_in_their_flags_are_no_duplicates(router: Any) -> None:
    router.add(re.compile("/(?P<a>[a-z]+)"), view, name="lower")
    router.add(re.compile("/(?P<a>[a-z]+)", re.IGNORECASE), view, name="any")
    assert [winner(router, path) for path in ("/abc", "/ABC")] == ["lower", "any"]


def test_a_refused_route_leaves_nothing_behind(router: Any, HTTPError: Any) -> None:
    router.add("/about", view, name="about")
    for path in ("/<nope:x>", "/about"):
        with pytest.raises(ValueError):
            router.add(path, view, ["GET", "POST"], name="second")
    with pytest.raises(ValueError, match=r"there are: about$"):
        router.url_for("second")
    with pytest.raises(HTTPError):
        router.match("POST", "/about")


def test_a_name_that_leads_elsewhere_is_refused(router: Any) -> None:
    router.add("/posts/<int:id>", view, name="show")
    with pytest.raises(ValueError, match=r"name 'show' is taken by /posts/<int:id>; .*name="):
        router.add("/users/<int:id>", view, name="show")


def test_routes_of_one_path_may_share_a_name(router: Any) -> None:
    router.add("/login", view, ["GET"], "login")
    router.add("/login", view, ["POST"], "login")
    assert router.url_for("login") == "/login"


@pytest.mark.parametrize(
    "methods", [["get"], "post", ["GET", "Post"], [], "", "GET,POST", "GET POST", [" GET"]]
)
def test_methods_that_no_request_has_are_refused(router: Any, methods: Any) -> None:
    with pytest.raises(ValueError, match=r"methods look like \('GET', 'POST'\)"):
        router.add("/x", view, methods)


def test_one_method_may_be_given_as_text(router: Any) -> None:
    router.add("/x", view, "POST")
    assert winner(router, "/x", "POST") == "view"


def wants_id(request: Any, id: int) -> str:
    return str(id)


def wants_nothing() -> str:
    return ""


def wants_request(request: Any) -> str:
    return ""


@pytest.mark.parametrize(
    ("path", "view", "said"),
    [
        ("/<int:key>", wants_id, r"wants_id\(request, key\), but the view takes \(request.*id"),
        ("/posts", wants_id, r"wants_id\(request\), but the view takes \(request.*id"),
        ("/<int:id>", wants_request, r"wants_request\(request, id\), .* takes \(request"),
        ("/posts", wants_nothing, r"wants_nothing\(request\), but the view takes \(\)"),
        ("/<request>", wants_request, r"wants_request\(request, request\)"),
        (re.compile("/([0-9]+)"), wants_id, r"wants_id\(request\), but the view takes"),
    ],
)
def test_a_view_that_cannot_take_what_the_path_holds_is_refused(
    router: Any, path: Any, view: Any, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        router.add(path, view)


# --- a route as a regular expression


def test_named_groups_of_a_regular_expression_reach_the_view_as_text(router: Any) -> None:
    router.add(re.compile(r"/(?P<year>[0-9]{4})/(?P<rest>.*)"), view)
    assert parameters(router, "/2026/a/b") == {"year": "2026", "rest": "a/b"}


def test_a_regular_expression_must_fit_the_whole_path(router: Any, HTTPError: Any) -> None:
    router.add(re.compile(r"/(?P<year>[0-9]{4})"), view)
    for path in ("/20261", "/2026/", "/x/2026", "/2026\n"):
        with pytest.raises(HTTPError):
            router.match("GET", path)


def test_flags_of_a_regular_expression_are_kept(router: Any, router_layer: ModuleType) -> None:
    router.add(router_layer.join_path("/api", re.compile("/(?P<a>[a-z]+)", re.IGNORECASE)), view)
    assert parameters(router, "/api/ABC") == {"a": "ABC"}


# --- url_for


@reversing
@pytest.mark.parametrize(
    ("path", "values", "url"),
    [
        ("/", {}, "/"),
        ("/about", {}, "/about"),
        ("/posts/<int:id>", {"id": 7}, "/posts/7"),
        ("/posts/<int:id>/edit", {"id": "7"}, "/posts/7/edit"),
        ("/u/<name>", {"name": "Zoë"}, "/u/Zo%C3%AB"),
        ("/u/<name>", {"name": "a b&c=d?e#f"}, "/u/a%20b%26c%3Dd%3Fe%23f"),
        ("/u/<name>", {"name": "100%"}, "/u/100%25"),
        ("/u/<name>", {"name": "%2F"}, "/u/%252F"),
        ("/f/<path:p>", {"p": "a/b c"}, "/f/a/b%20c"),
        ("/<int:y>-<int:m>.html", {"y": 2026, "m": 11}, "/2026-11.html"),
        ("/x/<float:f>", {"f": 2.5}, "/x/2.5"),
        ("/café/<int:id>", {"id": 1}, "/caf%C3%A9/1"),
        ("/100%/<int:id>", {"id": 1}, "/100%25/1"),
        ("/what?", {}, "/what%3F"),
        ("/search", {"q": "a b&c", "page": 2}, "/search?q=a+b%26c&page=2"),
        ("/posts/<int:id>", {"id": 7, "tab": "comments"}, "/posts/7?tab=comments"),
        ("/u/<name>", {"name": "x", "é": "ü"}, "/u/x?%C3%A9=%C3%BC"),
    ],
)
def test_url_for(router: Any, path: str, values: dict[str, Any], url: str) -> None:
    router.add(path, view, name="page")
    assert router.url_for("page", **values) == url


characters = st.characters(codec="utf-8")
segments = st.text(characters, min_size=1).filter(lambda text: "/" not in text)
rests = st.text(characters, min_size=1).filter(lambda text: text[0] != "/" and "\n" not in text)
# What no route has in its path, and what no client sends: it takes dot segments out first.
DOTS = r"(?:^|/)\.\.?(?:/|$)"
UNREACHABLE = rf"[<>]|//|^/|{DOTS}"
eighths = st.integers(0, 10**6).map(lambda number: number / 8)


@reversing
@settings(deadline=None)
@given(
    id=st.integers(0, 10**18 - 1),
    name=segments,
    ratio=eighths,
    rest=rests.filter(lambda text: not re.search(DOTS, text)),
    query=st.text(characters),
)
def test_a_url_leads_back_to_the_values_that_it_was_made_of(
    rung: Any, id: int, name: str, ratio: float, rest: str, query: str
) -> None:
    router = rung("router").Router()
    router.add("/100%/<int:id>-<name>/é:<float:ratio>/<path:rest>", view, name="page")
    url = router.url_for("page", id=id, name=name, ratio=ratio, rest=rest, query=query)
    path, query_string, _host = rung("protocol").parse_target("GET", url)
    values = {"id": id, "name": name, "ratio": ratio, "rest": rest}
    assert router.match("GET", path)[1] == values
    assert rung("messages").parse_urlencoded(query_string).pairs() == [("query", query)]


@reversing
@settings(deadline=None)
@given(literal=st.text(characters).filter(lambda text: not re.search(UNREACHABLE, text)))
def test_a_fixed_path_of_any_characters_leads_back_to_itself(rung: Any, literal: str) -> None:
    router = rung("router").Router()
    router.add(f"/{literal}", view, name="page")
    path = rung("protocol").parse_target("GET", router.url_for("page"))[0]
    assert router.match("GET", path)[0].path == f"/{literal}"


@reversing
@pytest.mark.parametrize("rest", ["..", "a/../b", "./a", "a/."])
def test_url_for_refuses_dot_segments(router: Any, rest: str) -> None:
    """RFC 3986 section 5.2.4: browsers and curl resolve them, and would ask for another page."""
    router.add("/f/<path:rest>", view, name="file")
    with pytest.raises(ValueError, match=r"url_for.'file'.: clients take the dots out of"):
        router.url_for("file", rest=rest)
    assert router.url_for("file", rest="a/.b/c..") == "/f/a/.b/c.."


@compiling
@pytest.mark.parametrize(
    "path", ["/<year>-<month>-<day>", "/<path:a>/<path:b>/<path:c>", "/<a>.<path:b>.<c>"]
)
def test_a_path_that_takes_cubic_time_is_refused(router: Any, path: str) -> None:
    """8000 bytes that nearly fit would hold the interpreter, and so every worker, for minutes."""
    with pytest.raises(ValueError, match="at most two texts in a segment"):
        router.add(path, view, name="slow")
    router.add("/<int:year>-<int:month>-<day>", view, name="by_day")


@reversing
def test_url_for_names_the_missing_argument(router: Any) -> None:
    router.add("/posts/<int:id>/<slug>", view, name="show")
    with pytest.raises(
        ValueError, match=r"url_for.'show'. needs 'slug' for /posts/<int:id>/<slug>"
    ):
        router.url_for("show", id=7, slg="x")


@reversing
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/<int:x>", "seven"),
        ("/<int:x>", -1),
        ("/<int:x>", 10**18),
        ("/<int:x>", None),
        ("/<float:x>", float("inf")),
        ("/<x>", ""),
        ("/<x>", "a/b"),
        ("/<path:x>", ""),
        ("/<path:x>", "/evil.example"),  # the link //evil.example leads to another site
    ],
)
def test_url_for_refuses_a_value_that_would_not_come_back(
    router: Any, path: str, value: object
) -> None:
    router.add(path, view, name="show")
    with pytest.raises(ValueError, match=f"x={re.escape(repr(value))} is not one of {path}"):
        router.url_for("show", x=value)


@reversing
def test_url_for_an_unknown_name_says_which_there_are(router: Any) -> None:
    router.add("/b", view, name="posts.show")
    router.add("/a", view, name="home")
    with pytest.raises(ValueError, match=r"no route is named 'show'; there are: home, posts.show"):
        router.url_for("show")


@reversing
def test_url_for_a_regular_expression_is_refused(router: Any) -> None:
    router.add(re.compile("/(?P<x>[0-9]+)"), view, name="show")
    with pytest.raises(ValueError, match="'show' is a regular expression"):
        router.url_for("show", x=1)


@reversing
@pytest.mark.parametrize("name", ["name", "self", "values"])
def test_url_for_takes_any_parameter_name(router: Any, name: str) -> None:
    router.add("/plain", view, name="plain")
    router.add(f"/u/<{name}>", view, name="show")
    assert router.url_for("show", **{name: "x"}) == "/u/x"
    assert router.url_for("plain", **{name: "x"}) == f"/plain?{name}=x"


# --- the router is a handler


def test_the_router_answers_what_its_view_returns(router: Any, ask: Any) -> None:
    router.add("/posts/<int:id>", lambda request, id: {"id": id}, name="show")
    response = ask(router, "/posts/7")
    assert response.headers["Content-Type"] == "application/json"
    assert response.body == b'{"id": 7}'


def test_the_path_is_matched_decoded(router: Any, ask: Any) -> None:
    router.add("/café/<name>", lambda request, name: name, name="show")
    assert ask(router, "/caf%C3%A9/a%2520b").body == b"a%20b"
    assert ask(router, "/caf%C3%A9/%C3%BC").body == "ü".encode()


def test_an_error_of_the_view_is_not_taken_for_one_of_the_table(
    router: Any, ask: Any, HTTPError: Any
) -> None:
    def refuse(request: Any) -> None:
        raise HTTPError(405, "not like this", {"Allow": "GET"})

    router.add("/x", refuse, ["OPTIONS"], "x")
    with pytest.raises(HTTPError, match="not like this"):
        ask(router, "/x", "OPTIONS")
