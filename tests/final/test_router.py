"""The route table of final/: the answers of step 04's, at a cost that no table's size is in."""

import importlib
import re
from collections.abc import Callable, Iterator
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

Rung = Callable[..., ModuleType]


def view(request: Any, **parameters: Any) -> str:
    """A view that takes whatever its route finds in the path."""
    return repr(parameters)


@pytest.fixture
def layer(rung: Rung) -> ModuleType:
    return rung("router")


@pytest.fixture
def router(layer: ModuleType) -> Any:
    """An empty route table."""
    return layer.Router()


@pytest.fixture
def add_converter(layer: ModuleType) -> Iterator[Any]:
    """layer.add_converter; what it has added is forgotten after the test."""
    before = dict(layer.CONVERTERS)
    yield layer.add_converter
    layer.CONVERTERS.clear()
    layer.CONVERTERS.update(before)


# --- the answers are those of the linear search

# Few words, so that a path often is of several routes and their order counts.
SEGMENTS = ["a", "ab", "1", "<int>", "<float>", "<str>", "<path>"]
MIXED = ["@<str>", "<str>.json", "v<int>", "<int>-<int>", "<str>-<int>", "x<path>", "<path>.html"]
EXPRESSIONS = [
    re.compile(r"/(?P<a>[ab]+)"),
    re.compile(r"/(?P<a>[0-9]+)(?:/(?P<b>.*))?"),
    re.compile(r"(?P<all>.*)/ab"),
    re.compile(r"/A", re.IGNORECASE),
]
ASKED = ["a", "ab", "1", "1.5"]
ASKED_SELDOM = ["@a", "a.json", "v1", "1-1", "xa", "a.html", "", "c", "1\n"]
METHODS = ["GET", "POST"]


def name_the_parameters(segments: list[str], end: str) -> str:
    """Return a path in which every parameter has a name of its own: p0, p1, ..."""
    pieces = ("/" + "/".join(segments) + end).split(">")
    named = (f"{piece}:p{number}>" for number, piece in enumerate(pieces[:-1]))
    return "".join(named) + pieces[-1]


texts = st.builds(
    name_the_parameters,
    st.lists(st.sampled_from(SEGMENTS * 3 + MIXED), min_size=1, max_size=3),
    st.sampled_from(["", "", "", "/"]),
)
paths = st.one_of(texts, texts, texts, st.sampled_from(EXPRESSIONS))
methods = st.lists(st.sampled_from(METHODS), min_size=1, unique=True)
tables = st.lists(st.tuples(paths, methods), min_size=12, max_size=30)
asked = st.lists(st.sampled_from(ASKED * 4 + ASKED_SELDOM), min_size=1, max_size=4).map(
    lambda segments: "/" + "/".join(segments)
)


def build(rung: Rung, table: list[tuple[Any, list[str]]]) -> tuple[Any, list[bool]]:
    """Return a router, and which routes of the table it has taken."""
    router, taken = rung("router").Router(), []
    for number, (path, names) in enumerate(table):
        try:
            router.add(path, view, names, f"r{number}")
        except ValueError:
            taken.append(False)
        else:
            taken.append(True)
    return router, taken


def answer(rung: Rung, router: Any, method: str, path: str) -> Any:
    """Return what a router says to a request, in a form that two routers can be compared by."""
    HTTPError = rung("messages").HTTPError
    request = rung("messages").Request(method, path, path, "q=1")
    try:
        response = router(request)
    except HTTPError as error:
        return error.status, error.message, error.headers.pairs()
    if response.status != 200:
        return response.status, response.headers.pairs()
    route, parameters = router.match(method, path)
    return route.name, [(name, type(value), value) for name, value in parameters.items()]


# Without shrinking: it takes minutes for a table of twenty routes, of which few fit the path.
@settings(max_examples=200, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    tables, st.lists(asked, min_size=10, max_size=30), st.sampled_from([*METHODS, "HEAD", "PUT"])
)
@example([("/<path:p>/1/ab", ["GET"]), ("/<path:p>/ab", ["GET"])], ["/a/1/ab"], "GET")
@example([("/<str:p>", ["GET"]), ("/<str:p>/<str:q>", ["POST"])], ["/a/b", "/a/b/"], "GET")
def test_every_answer_is_that_of_the_linear_search(
    rung: Rung, table: list[tuple[Any, list[str]]], paths: list[str], method: str
) -> None:
    """Step 04 asks one pattern after another; of its answers not one may change."""

    def linear(name: str) -> ModuleType:
        return importlib.import_module(f"steps.04_router.rung.{name}")

    one, taken_by_one = build(linear, table)
    other, taken_by_other = build(rung, table)
    assert taken_by_other == taken_by_one
    for path in paths:
        expected = answer(linear, one, method, path)
        assert answer(rung, other, method, path) == expected, f"{method} {path}"


# --- a match costs the same in a table of any size


def tried(layer: ModuleType, monkeypatch: pytest.MonkeyPatch, router: Any, path: str) -> list[str]:
    """Return the names of the routes whose pattern is tried for a path."""
    names: list[str] = []
    parameters = layer.Route.parameters

    def spy(route: Any, path: str) -> Any:
        names.append(route.name)
        return parameters(route, path)

    with monkeypatch.context() as patch:
        patch.setattr(layer.Route, "parameters", spy)
        router.match("GET", path)
    return names


@pytest.mark.parametrize(
    ("paths", "request_path"),
    [
        ("/r{}/<int:id>", "/r499/7"),
        ("/<name>/r{}", "/ann/r499"),
        ("/api/r{}/<int:id>/edit/<tab>", "/api/r499/7/edit/x"),
        ("/r{}/<path:rest>", "/r499/a/b"),
        ("/r{}/@<name>", "/r499/@ann"),
        ("/fixed/r{}", "/fixed/r499"),
    ],
)
def test_the_last_of_500_routes_is_found_without_trying_the_others(
    layer: ModuleType, monkeypatch: pytest.MonkeyPatch, router: Any, paths: str, request_path: str
) -> None:
    for number in range(500):
        router.add(paths.format(number), view, name=f"r{number}")
    expected = [] if "<" not in paths else ["r499"]
    assert tried(layer, monkeypatch, router, request_path) == expected


def test_a_path_of_thousands_of_segments_is_no_trouble(rung: Rung, router: Any) -> None:
    router.add("/<a>/<b>", view, name="two")
    router.add("/files/<path:rest>", view, name="files")
    with pytest.raises(rung("messages").HTTPError):
        router.match("GET", "/a" * 4000)
    assert router.match("GET", "/files" + "/a" * 4000)[0].name == "files"


# --- converters of one's own


def test_a_converter_gives_the_view_a_value_and_takes_it_back(
    router: Any, add_converter: Any
) -> None:
    add_converter("day", "[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat)
    router.add("/on/<day:day>/<slug>", view, name="on")
    found = router.match("GET", "/on/2026-11-22/x")[1]
    assert found == {"day": date(2026, 11, 22), "slug": "x"}
    assert router.url_for("on", **found) == "/on/2026-11-22/x"


def test_a_text_that_the_converter_refuses_is_left_to_the_next_route(
    rung: Rung, router: Any, add_converter: Any
) -> None:
    """It has the form of a date, but there is no such day: no 500, and no 404 too early."""
    add_converter("day", "[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat)
    router.add("/on/<day:day>", view, name="on")
    with pytest.raises(rung("messages").HTTPError) as caught:
        router.match("GET", "/on/2026-02-30")
    assert caught.value.status == 404
    router.add("/on/<name>", view, name="by name")
    assert router.match("GET", "/on/2026-02-30")[0].name == "by name"
    assert router.match("GET", "/on/2026-02-28")[0].name == "on"


def test_a_converter_may_have_its_own_way_back(router: Any, add_converter: Any) -> None:
    add_converter("tags", r"[a-z]+(?:\+[a-z]+)*", lambda text: text.split("+"), "+".join)
    router.add("/tagged/<tags:tags>", view, name="tagged")
    assert router.match("GET", "/tagged/a+b")[1] == {"tags": ["a", "b"]}
    assert router.url_for("tagged", tags=["a", "b"]) == "/tagged/a%2Bb"
    with pytest.raises(ValueError, match=r"tags=\['A'\] is not one of /tagged/<tags:tags>"):
        router.url_for("tagged", tags=["A"])


@pytest.mark.parametrize("swapped", [False, True])
def test_a_converter_is_asked_after_int_and_before_str(
    router: Any, add_converter: Any, swapped: bool
) -> None:
    add_converter("hex", "[0-9a-f]+", lambda text: int(text, 16))
    paths = ["/<int:x>", "/<hex:x>", "/<x>", "/<path:x>"]
    for path in reversed(paths) if swapped else paths:
        router.add(path, view, name=path)
    winners = [router.match("GET", path)[0].path for path in ("/10", "/1f", "/x", "/x/y")]
    assert winners == paths


def test_converters_of_one_pattern_are_told_apart_by_what_they_refuse(
    router: Any, add_converter: Any
) -> None:
    """No duplicates: a path that the first does not take goes on to the second."""
    add_converter("vowel", "[a-z]", ["a", "e", "i", "o", "u"].index)  # ValueError for all others
    add_converter("letter", "[a-z]", ord)
    router.add("/<vowel:x>", view, name="vowel")
    router.add("/<letter:x>", view, name="letter")
    assert router.match("GET", "/e")[1] == {"x": 1}
    assert router.match("GET", "/b")[1] == {"x": 98}


def test_a_converter_serves_the_controllers_of_an_application(
    rung: Rung, add_converter: Any
) -> None:
    add_converter("day", "[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat)
    app, diary = rung("app").App(), rung("app").Controller("diary", "/diary")
    diary.get("/<day:day>")(lambda request, day: f"a {day:%A}")
    app.mount(diary)
    path = "/diary/2026-11-22"
    assert app(rung("messages").Request("GET", path, path)).body == b"a Sunday"


@pytest.mark.parametrize(
    ("name", "pattern", "said"),
    [
        ("int", "[0-9]", "'int' is taken or no name; there are: int, float, str, path"),
        ("a-b", "[0-9]", "'a-b' is taken or no name"),
        ("", "[0-9]", "'' is taken or no name"),
        ("pair", "([0-9])-([0-9])", "has groups"),
        ("named", "(?P<x>[0-9])", "has groups"),
        ("all", ".+", "takes a slash"),
    ],
)
def test_a_converter_that_could_not_work_is_refused(
    add_converter: Any, name: str, pattern: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        add_converter(name, pattern, str)


def test_three_converters_in_a_segment_are_refused_like_three_texts(
    router: Any, add_converter: Any
) -> None:
    """Nobody knows how far their patterns reach, and cubic time would be the visitor's choice."""
    add_converter("word", "[a-z-]+", str)
    with pytest.raises(ValueError, match="at most two texts"):
        router.add("/<word:a>-<word:b>-<word:c>", view)


# --- the table in print


def test_the_route_table_in_print(rung: Rung) -> None:
    app, posts = rung("app").App(), rung("app").Controller("posts", "/posts")
    app.get(re.compile("/(?P<year>[0-9]{4})"), name="archive")(view)
    posts.get("/<int:id>", name="show")(view)
    posts.route("", ("POST", "PUT"), name="create")(view)
    posts.get("", name="index")(view)
    app.mount(posts)
    assert rung("router").format_routes(app.router).splitlines() == [
        "METHODS   PATH                       NAME          MODULE",
        f"GET HEAD  /posts                     posts.index   {__name__}",
        f"POST PUT  /posts                     posts.create  {__name__}",
        f"GET HEAD  /posts/<int:id>            posts.show    {__name__}",
        f"GET HEAD  regex /(?P<year>[0-9]{{4}})  archive       {__name__}",
    ]


def test_an_empty_table_in_print_is_its_head(layer: ModuleType, router: Any) -> None:
    assert layer.format_routes(router) == "METHODS  PATH  NAME  MODULE"
