"""rung/client.py: a visitor without a network. The oracle is a real client of a real server."""

import http.client
import json
import urllib.request
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.support.serving import serving

Rung = Callable[..., ModuleType]

VISIT = """
import reset
from app import create_app
from rung import Client

reset.make_what_is_missing()
client = Client(create_app(), headers={"Accept": "text/html"})
form = {"csrf_token": client.get("/login").csrf_token}
login = client.post("/login", form=form | {"name": "wren", "password": "one rung at a time"})
form = {"csrf_token": client.get("/posts/new").csrf_token}
post = client.post("/posts/new", form=form | {"text": "Hello from a test"}, follow=True)
picture = ("me.gif", b"GIF89a" + bytes(30), "image/gif")
upload = client.post("/profile/picture", form=form, files={"picture": picture})
stranger = Client(create_app()).get("/posts/new")
print(login.status, post.status, "Hello from a test" in post.text, upload.status, stranger.status)
"""


@pytest.fixture
def site(rung: Rung) -> Any:
    """An application with a page for each thing that a client has to get right: .app, .closed."""
    package, app = rung(), rung().App()
    site = SimpleNamespace(app=app, closed=[])
    everything = ("GET", "POST", "PUT", "PATCH", "DELETE")

    @app.route("/echo", methods=everything)
    def echo(request: Any) -> Any:
        return {
            "method": request.method,
            "query": request.query.pairs(),
            "fields": sorted(request.headers.pairs()),
            "type": request.content_type,
            "form": request.form.pairs(),
            "files": {
                name: [file.filename, file.content_type, file.stream.read().decode("latin-1")]
                for name, file in request.files.items()
            },
            "cookies": request.cookies,
            "body": request.text,
            "from": [request.remote_address, request.scheme],
        }

    app.route("/a/echo", methods=everything, name="echo_below")(echo)

    @app.get("/cookies/<name>")
    def set_cookie(request: Any, name: str) -> Any:
        response = package.Response("")
        response.headers["Set-Cookie"] = f"{name}=1; {request.query.get('with', '')}"
        return response

    @app.route("/redirect/<int:status>", methods=everything)
    def redirect(request: Any, status: int) -> Any:
        return package.redirect(request.query.get("to", "/echo"), status)

    @app.get("/stream")
    def stream(request: Any) -> Any:
        def pieces() -> Iterator[bytes]:
            try:
                yield b"one "
                yield b"two"
            finally:
                site.closed.append("stream")

        return package.Response(pieces(), content_type="text/plain")

    @app.get("/broken")
    def broken(request: Any) -> Any:
        raise ZeroDivisionError("a mistake")

    @app.get("/empty")
    def empty(request: Any) -> Any:
        return package.Response(b"", 204, "")

    return site


@pytest.fixture
def client(rung: Rung, site: Any) -> Any:
    return rung().Client(site.app)


# --- requests


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_each_method_has_its_name(client: Any, method: str) -> None:
    answer = getattr(client, method)("/echo")
    assert (answer.status, answer.json["method"]) == (200, method.upper())


def test_head_has_the_fields_and_no_body(client: Any) -> None:
    get, head = client.get("/stream"), client.head("/stream")
    assert (get.body, head.body) == (b"one two", b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"] == "text/plain"


def test_form_is_sent_as_a_browser_does(client: Any) -> None:
    seen = client.post("/echo", form={"name": "Zoë & co", "tag": ["a", "b"]}).json
    assert seen["type"] == "application/x-www-form-urlencoded"
    assert seen["form"] == [["name", "Zoë & co"], ["tag", "a"], ["tag", "b"]]


def test_json_is_sent_with_its_type(client: Any) -> None:
    seen = client.put("/echo", json={"tags": ["ü", None]}).json
    assert (seen["type"], json.loads(seen["body"])) == ("application/json", {"tags": ["ü", None]})


def test_files_come_with_the_form(client: Any) -> None:
    picture = ("me.png", b"\x89PNG\r\n--\x00\xff", "image/png")
    app = client.handler
    seen: dict[str, Any] = {}

    @app.post("/upload")
    def upload(request: Any) -> str:
        seen.update(form=request.form.pairs(), files=list(request.files.items()))
        return str(request.files["picture"].stream.read() == picture[1])

    assert client.post("/upload", form={"title": "Ä"}, files={"picture": picture}).text == "True"
    assert seen["form"] == [("title", "Ä")]
    assert [(name, f.filename, f.content_type) for name, f in seen["files"]] == [
        ("picture", "me.png", "image/png")
    ]


def test_names_of_a_form_with_files_may_hold_anything(client: Any) -> None:
    picture = ('a "b".png', b"x", "image/png")
    seen = client.post("/echo", form={'say "hi"\r\n': "1"}, files={'"': picture}).json
    assert seen["form"] == [['say "hi"\r\n', "1"]]
    assert seen["files"] == {'"': ['a "b".png', "image/png", "x"]}


def test_body_and_its_type_may_be_given(client: Any) -> None:
    seen = client.post("/echo", body=b"<a/>", headers={"Content-Type": "text/xml"}).json
    assert (seen["type"], seen["body"]) == ("text/xml", "<a/>")


def test_fields_of_the_request_replace_those_of_the_client(rung: Rung, site: Any) -> None:
    client = rung().Client(site.app, headers={"Accept": "text/html", "X-One": "1"})
    fields = client.get("/echo", headers=[("accept", "a"), ("accept", "b"), ("X-Two", "2")]).json[
        "fields"
    ]
    assert [value for name, value in fields if name.lower() == "accept"] == ["a", "b"]
    assert ["X-One", "1"] in fields
    assert ["X-Two", "2"] in fields


def test_path_is_encoded_and_what_is_encoded_stays(client: Any) -> None:
    assert client.get("/echo?q=ein wört&r=%2F").json["query"] == [["q", "ein wört"], ["r", "/"]]


def test_path_needs_its_slash(client: Any) -> None:
    with pytest.raises(ValueError, match="begins with /, not 'echo'"):
        client.get("echo")


def test_address_and_scheme_are_those_of_the_visitor(rung: Rung, site: Any) -> None:
    client = rung().Client(site.app, "https://example.org", remote_address="10.1.2.3")
    seen = client.get("/echo").json
    assert seen["from"] == ["10.1.2.3", "https"]
    assert ["Host", "example.org"] in seen["fields"]


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        ("/" + "a" * 9000, {}, 414),
        ("/echo", {"headers": {"X-Long": "a" * 70_000}}, 431),
        ("/echo%zz", {}, 400),
        ("/echo", {"body": b"a" * 101}, 413),
    ],
)
def test_requests_are_refused_as_the_server_would(
    rung: Rung, site: Any, path: str, options: Any, status: int
) -> None:
    client = rung().Client(site.app, limits=rung().Limits(body=100))
    assert client.post(path, **options).status == status


def test_bytes_are_those_of_a_client_on_the_network(rung: Rung, site: Any) -> None:
    """The same requests by http.client, through a socket: the same answers, but for the date."""
    client = rung().Client(site.app, headers={"Accept-Encoding": "identity"})
    requests = [
        ("GET", "/echo?q=1", b""),
        ("POST", "/echo", b"x=1"),
        ("HEAD", "/stream", b""),
        ("GET", "/stream", b""),
        ("GET", "/empty", b""),
        ("GET", "/nowhere", b""),
        ("DELETE", "/stream", b""),
    ]
    with serving(rung("server").Server(site.app, port=0)) as running:
        client.site = running.url.rstrip("/")
        for method, path, body in requests:
            connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
            connection.request(method, path, body or None)
            real = connection.getresponse()
            expected = (real.status, sorted(real.getheaders()), real.read())
            connection.close()
            answer = client.request(method, path, body=body)
            found = (answer.status, sorted(answer.headers.pairs()), answer.body)
            assert without_date(found) == without_date(expected), (method, path)


def without_date(answer: Any) -> Any:
    status, fields, body = answer
    return status, [field for field in fields if field[0] != "Date"], body


def test_whole_application_can_be_visited(run_script: Callable[..., Any]) -> None:
    """The microblog as server.py serves it: log in, write, upload; no server runs."""
    run = run_script("-c", VISIT)
    assert (run.returncode, run.stdout) == (0, "303 200 True 303 401\n"), run.stderr


# --- answers


def test_page_without_a_form_has_no_token(client: Any) -> None:
    assert client.get("/stream").csrf_token == ""


def test_stream_is_collected_and_closed(client: Any, site: Any) -> None:
    assert client.get("/stream").text == "one two"
    assert site.closed == ["stream"]


def test_stream_that_nobody_reads_is_closed_too(rung: Rung) -> None:
    closed = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            raise AssertionError("HEAD asks for no piece")

        def close(self) -> None:
            closed.append(True)

    rung().Client(lambda request: rung().Response(Pieces())).head("/")
    assert closed == [True]


def test_long_body_is_given_back(rung: Rung) -> None:
    kept = []

    def keep(request: Any) -> Any:
        kept.append(request.stream)
        return rung().Response(str(request.size))

    assert rung().Client(keep).post("/", body=b"x" * 300_000).text == "300000"
    assert kept[0].closed, "a body in a temporary file is closed with its request"


def test_long_body_is_given_back_when_the_handler_raises(rung: Rung) -> None:
    kept = []

    def broken(request: Any) -> Any:
        kept.append(request.stream)
        raise ZeroDivisionError("a mistake")

    with pytest.raises(ZeroDivisionError):
        rung().Client(broken).post("/", body=b"x" * 300_000)
    assert kept[0].closed


def test_error_that_the_app_has_answered_is_with_the_answer(client: Any) -> None:
    answer = client.get("/broken")
    assert answer.status == 500
    assert isinstance(answer.error, ZeroDivisionError)
    assert client.get("/echo").error is None


def test_error_that_nobody_answers_is_raised(rung: Rung) -> None:
    def broken(request: Any) -> Any:
        raise ZeroDivisionError("a mistake")

    with pytest.raises(ZeroDivisionError, match="a mistake"):
        rung().Client(broken).get("/")


def test_error_that_is_an_answer_is_one(rung: Rung) -> None:
    def gone(request: Any) -> Any:
        raise rung().HTTPError(410, "Long gone.")

    answer = rung().Client(gone).get("/")
    assert answer.status == 410
    assert "Long gone." in answer.text


# --- cookies


def test_cookies_are_kept_and_sent_back(client: Any) -> None:
    client.get("/cookies/theme?with=Path=/")
    client.get("/cookies/size?with=Path=/")
    assert client.cookies == {"theme": "1", "size": "1"}
    assert client.get("/echo").json["cookies"] == {"theme": "1", "size": "1"}


@pytest.mark.parametrize(
    ("attributes", "path", "is_sent"),
    [
        ("Path=/", "/echo", True),
        ("Path=/a", "/a/echo", True),
        ("Path=/a", "/echo", False),
        ("Path=/a/ech", "/a/echo", False),
        ("Max-Age=60", "/echo", True),
        ("Max-Age=0", "/echo", False),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", "/echo", False),
        ("Expires=Thu, 01 Jan 2970 00:00:00 GMT", "/echo", True),
        ("Secure", "/echo", False),
    ],
)
def test_cookie_goes_where_it_may(client: Any, attributes: str, path: str, is_sent: bool) -> None:
    attributes = attributes if "Path" in attributes else f"Path=/; {attributes}"
    client.get(f"/cookies/c?with={urllib.request.quote(attributes)}")
    assert client.get(path).json["cookies"] == ({"c": "1"} if is_sent else {})


def test_secure_cookie_is_sent_over_https(rung: Rung, site: Any) -> None:
    client = rung().Client(site.app, "https://localhost")
    client.get("/cookies/c?with=Path=/%3B Secure")
    assert client.get("/echo").json["cookies"] == {"c": "1"}


def test_cookie_can_be_taken_back(client: Any) -> None:
    client.get("/cookies/c?with=Path=/")
    client.get("/cookies/c?with=Path=/%3B Max-Age=0")
    assert client.cookies == {}


def test_two_clients_share_nothing(rung: Rung, site: Any, client: Any) -> None:
    client.get("/cookies/c?with=Path=/")
    assert rung().Client(site.app).get("/echo").json["cookies"] == {}


# --- redirects


def test_redirect_is_an_answer_unless_it_is_followed(client: Any) -> None:
    answer = client.get("/redirect/303")
    assert (answer.status, answer.headers["Location"]) == (303, "/echo")
    answer = client.get("/redirect/303?to=/echo?q=1%23here", follow=True)
    assert (answer.status, answer.url) == (200, "http://localhost/echo?q=1")


@pytest.mark.parametrize(
    ("status", "method", "form"),
    [
        (301, "GET", []),
        (302, "GET", []),
        (303, "GET", []),
        (307, "POST", [["a", "1"]]),
        (308, "POST", [["a", "1"]]),
    ],
)
def test_what_a_redirect_makes_of_a_post(
    client: Any, status: int, method: str, form: list[Any]
) -> None:
    seen = client.post(f"/redirect/{status}", form={"a": "1"}, follow=True).json
    assert (seen["method"], seen["form"]) == (method, form)
    assert ("Content-Type" in dict(seen["fields"])) == bool(form)


def test_redirect_may_be_relative_or_whole(client: Any) -> None:
    assert client.get("/redirect/303?to=../echo", follow=True).url == "http://localhost/echo"
    assert client.get("/redirect/303?to=http://localhost/echo", follow=True).status == 200


@pytest.mark.parametrize(
    "url",
    ["https://localhost/echo", "http://localhost.evil/echo", "//evil/echo", "http://localhost:1/"],
)
def test_redirect_to_another_site_is_not_followed(client: Any, url: str) -> None:
    answer = client.get(f"/redirect/303?to={url}", follow=True)
    assert (answer.status, answer.headers["Location"]) == (303, url)


def test_redirects_in_a_circle_come_to_an_end(rung: Rung, client: Any) -> None:
    @client.handler.get("/circle")
    def circle(request: Any) -> Any:
        return rung().redirect("/circle")

    with pytest.raises(RuntimeError, match="more than 10 redirects"):
        client.get("/circle", follow=True)


def test_cookies_of_a_redirect_are_kept(rung: Rung, client: Any) -> None:
    @client.handler.post("/login")
    def log_in(request: Any) -> Any:
        response = rung().redirect("/echo")
        response.set_cookie("session", "7")
        return response

    assert client.post("/login", follow=True).json["cookies"] == {"session": "7"}
