"""WSGI both ways, with wsgiref.validate between the two sides: PEP 3333 is what it checks."""

import io
import logging
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from pathlib import Path
from types import ModuleType
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from tests.support.compare import assert_bytes, assert_contains, read_answer, read_answers
from tests.support.serving import Serving, serving

# The validator complains where nobody can catch it, in __del__: of an iterable never closed.
pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")

Rung = Callable[..., ModuleType]
Fields = list[tuple[str, str]]
TEXT = ("Content-Type", "text/plain")


# --- out: a handler on another server


class Peer:
    """As much of a WSGI server as a test needs: it calls an application once."""

    def __init__(self, application: Any, **environ: Any) -> None:
        """What does not fit into a keyword, `wsgi.input`, is written with __ for the dot."""
        made: dict[str, Any] = {"QUERY_STRING": "", "wsgi.input": io.BytesIO()}
        made |= {key.replace("__", "."): value for key, value in environ.items()}
        setup_testing_defaults(made)
        self.status, self.fields = 0, dict[str, list[str]]()
        pieces = validator(application)(made, self.start_response)
        try:
            self.pieces = list(pieces)
        finally:
            pieces.close()

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    def start_response(self, status: str, fields: Fields, exc_info: Any = None) -> Any:
        self.status = int(status[:3])
        for name, value in fields:
            self.fields.setdefault(name.lower(), []).append(value)
        return None


@pytest.fixture
def ask(rung: Rung) -> Callable[..., Peer]:
    """ask(handler, PATH_INFO="/") calls the handler as a WSGI server does."""

    def ask(handler: Any, limits: Any = None, **environ: Any) -> Peer:
        return Peer(rung().WSGIApplication(handler, limits), **environ)

    return ask


@pytest.fixture
def seen(rung: Rung, ask: Callable[..., Peer]) -> Callable[..., Any]:
    """seen(PATH_INFO="/") is the request that the handler gets."""

    def seen(**environ: Any) -> Any:
        requests = []

        def handler(request: Any) -> Any:
            requests.append(request)
            return rung().Response(str(request.size))

        peer = ask(handler, **environ)
        assert requests, f"refused: {peer.status} {peer.body!r}"
        return requests[0]

    return seen


def test_environ_becomes_a_request(seen: Callable[..., Any]) -> None:
    request = seen(
        REQUEST_METHOD="PATCH",
        SCRIPT_NAME="/blog",
        PATH_INFO="/caf\xc3\xa9 %/a+b",  # PEP 3333: the bytes of UTF-8, a character each
        QUERY_STRING="q=caf%C3%A9&x",
        SERVER_PROTOCOL="HTTP/1.1",
        HTTP_HOST="example:8000",
        HTTP_X_REQUEST_ID="7",
        HTTP_COOKIE="a=1; b=2",
        CONTENT_TYPE="text/plain",
        CONTENT_LENGTH="",
        REMOTE_ADDR="192.0.2.7",
        wsgi__url_scheme="https",
    )
    assert request.method == "PATCH"
    assert request.path == "/blog/café %/a+b"
    assert request.target == "/blog/caf%C3%A9%20%25/a+b?q=caf%C3%A9&x"
    assert request.query["q"] == "café"
    assert (request.version, request.remote_address) == ("HTTP/1.1", "192.0.2.7")
    assert request.scheme == "https"
    assert request.cookies == {"a": "1", "b": "2"}
    assert sorted(request.headers.pairs()) == [
        ("Content-Type", "text/plain"),
        ("Cookie", "a=1; b=2"),
        ("Host", "example:8000"),
        ("X-Request-Id", "7"),
    ]


@pytest.mark.parametrize(
    ("protocol", "version"),
    [("HTTP/1.0", "HTTP/1.0"), ("HTTP/1.1", "HTTP/1.1"), ("HTTP/2", "HTTP/1.1")],
)
def test_version_is_ours_whatever_the_server_speaks(
    seen: Callable[..., Any], protocol: str, version: str
) -> None:
    assert seen(SERVER_PROTOCOL=protocol).version == version


def test_empty_path_is_the_root(seen: Callable[..., Any]) -> None:
    assert seen(SCRIPT_NAME="", PATH_INFO="", SERVER_PROTOCOL="HTTP/1.1").path == "/"


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"PATH_INFO": "/\xff"}, 400),
        ({"QUERY_STRING": "a=\xff"}, 400),
        ({"QUERY_STRING": "a=b c"}, 400),
        ({"HTTP_HOST": "one,two"}, 400),  # what servers make of two Host fields
        ({"HTTP_HOST": "a b"}, 400),
        ({"HTTP_HOST": "", "SERVER_PROTOCOL": "HTTP/1.1"}, 400),
        ({"HTTP_X": "a\r\nCookie: session=b"}, 400),
        ({"HTTP_X": "a\nb"}, 400),
        ({"HTTP_X": "a\rb"}, 400),
        ({"HTTP_X": "a\0b"}, 400),
        ({"QUERY_STRING": "a HTTP/1.1\r\nX: b"}, 400),
        ({f"HTTP_X{number}": "a" for number in range(200)}, 431),
        ({"REQUEST_METHOD": "TRACE"}, 501),
        ({"CONTENT_LENGTH": "5_0", "wsgi__input": io.BytesIO(bytes(50))}, 400),
        ({"CONTENT_LENGTH": "\xb2"}, 400),
        ({"CONTENT_LENGTH": "1" * 5000}, 413),
        ({"CONTENT_LENGTH": "5", "wsgi__input": io.BytesIO(b"1234")}, 400),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_our_parser_refuses_is_refused_when_another_server_lets_it_pass(
    rung: Rung, environ: dict[str, Any], status: int
) -> None:
    called = []
    made: dict[str, Any] = {"SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "example"}
    made |= {key.replace("__", "."): value for key, value in environ.items()}
    setup_testing_defaults(made)
    answers: list[str] = []
    # Without the validator: it would be the first to refuse some of these.
    pieces = rung().WSGIApplication(called.append)(made, lambda line, _: answers.append(line))
    assert answers[0].startswith(str(status)), (answers, list(pieces))
    assert not called


class Input(io.BytesIO):
    """A body that blocks, as a socket does, when somebody asks for more than is there."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.left = len(content)

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert 0 <= size <= self.left, "this read() would never return"
        data = super().read(min(size, 1000))  # a part of it, as read() of a socket may give
        self.left -= len(data)
        return data


def test_body_is_read_up_to_its_length_and_no_further(seen: Callable[..., Any]) -> None:
    request = seen(REQUEST_METHOD="POST", CONTENT_LENGTH="5000", wsgi__input=Input(b"x" * 5000))
    assert request.body == b"x" * 5000


def test_body_without_length_is_not_asked_for(seen: Callable[..., Any]) -> None:
    assert seen(REQUEST_METHOD="POST", wsgi__input=Input(b"")).body == b""


def test_body_without_length_is_read_to_its_end_where_the_server_marks_it(
    seen: Callable[..., Any],
) -> None:
    request = seen(
        REQUEST_METHOD="POST", wsgi__input=io.BytesIO(b"chunked"), wsgi__input_terminated=True
    )
    assert request.body == b"chunked"


@pytest.mark.parametrize("environ", [{"CONTENT_LENGTH": "11"}, {"wsgi__input_terminated": True}])
def test_body_beyond_the_limit_is_413(
    rung: Rung, ask: Callable[..., Peer], environ: dict[str, Any]
) -> None:
    limits = rung().Limits(body=10)
    handler: Any = lambda request: rung().Response(request.body)  # noqa: E731
    fits = {"CONTENT_LENGTH": "10"} if "CONTENT_LENGTH" in environ else environ
    for count, made, status in ((10, fits, 200), (11, environ, 413)):
        content = io.BytesIO(b"x" * count)
        assert ask(handler, limits, REQUEST_METHOD="POST", wsgi__input=content, **made).status == (
            status
        )


def test_long_body_waits_in_a_file_that_is_closed_at_the_end(
    rung: Rung, ask: Callable[..., Peer]
) -> None:
    kept = []

    def handler(request: Any) -> Any:
        kept.append(request.stream)
        return rung().Response(piece for piece in iter(lambda: request.stream.read(100_000), b""))

    content = bytes(range(256)) * 2000
    peer = ask(
        handler,
        REQUEST_METHOD="POST",
        CONTENT_LENGTH=str(len(content)),
        wsgi__input=io.BytesIO(content),
    )
    assert peer.body == content
    assert kept[0].closed
    assert not isinstance(kept[0], io.BytesIO)


def test_body_that_cannot_be_kept_is_507(
    ask: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    content = io.BytesIO(bytes(300_000))
    answer = ask(None, REQUEST_METHOD="POST", CONTENT_LENGTH="300000", wsgi__input=content)
    assert answer.status == 507


def test_last_piece_that_cannot_be_kept_is_507(
    rung: Rung, ask: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left in the buffer of the file is written at the end."""

    def refuse(body: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rung("protocol").Body, "finish", refuse)
    content = io.BytesIO(bytes(300_000))
    answer = ask(None, REQUEST_METHOD="POST", CONTENT_LENGTH="300000", wsgi__input=content)
    assert answer.status == 507


def test_body_that_the_server_cannot_read_is_the_servers_business(ask: Callable[..., Peer]) -> None:
    """The client has gone, say, or its chunks are malformed. No disk of ours is full."""

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionResetError("by the client")

    with pytest.raises(ConnectionResetError):
        ask(None, REQUEST_METHOD="POST", CONTENT_LENGTH="5", wsgi__input=Broken())


def test_answer_has_its_fields_and_those_alone_that_are_not_the_servers(
    rung: Rung, ask: Callable[..., Peer]
) -> None:
    def handler(request: Any) -> Any:
        response = rung().Response("Hello", headers={"Connection": "close", "Keep-Alive": "x"})
        response.headers["Date"] = "today"
        response.headers["Transfer-Encoding"] = "chunked"
        response.headers["X-Own"] = "1"
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        return response

    peer = ask(handler)
    assert (peer.status, peer.body) == (200, b"Hello")
    assert sorted(peer.fields) == ["content-length", "content-type", "set-cookie", "x-own"]
    assert peer.fields["content-length"] == ["5"]
    assert [each[:3] for each in peer.fields["set-cookie"]] == ["a=1", "b=2"]


def test_head_has_the_length_of_get_and_no_body(rung: Rung, ask: Callable[..., Peer]) -> None:
    peer = ask(lambda request: rung().Response("Hello"), REQUEST_METHOD="HEAD")
    assert (peer.fields["content-length"], peer.body) == (["5"], b"")


@pytest.mark.parametrize("status", [204, 304])
def test_status_without_content_has_neither_length_nor_type(
    rung: Rung, ask: Callable[..., Peer], status: int
) -> None:
    peer = ask(lambda request: rung().Response("none", status))
    assert (peer.status, peer.body, peer.fields) == (status, b"", {})


@pytest.mark.parametrize("body", [b"none", [b"no", b"ne"]])
def test_reset_content_has_a_length_of_nothing(
    rung: Rung, ask: Callable[..., Peer], body: Any
) -> None:
    """RFC 9110 section 15.3.6. A client would wait for what any other length promises."""
    peer = ask(lambda request: rung().Response(body, 205))
    assert (peer.body, peer.fields["content-length"]) == (b"", ["0"])


class Stream:
    """A body that notes what is done to it."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.log: list[str] = []

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.log.append(f"gave {piece.decode()}")
            yield piece

    def close(self) -> None:
        self.log.append("closed")


@pytest.mark.parametrize("length", [None, "6"])
def test_stream_goes_out_piece_by_piece_and_is_closed(
    rung: Rung, ask: Callable[..., Peer], length: str | None
) -> None:
    stream = Stream(b"one", b"two")
    headers = {"Content-Length": length} if length else {}
    peer = ask(lambda request: rung().Response(stream, headers=headers))
    assert peer.pieces == [b"one", b"two"]
    assert peer.fields.get("content-length") == ([length] if length else None)
    assert stream.log == ["gave one", "gave two", "closed"]


def test_stream_that_nobody_wants_is_closed(rung: Rung, ask: Callable[..., Peer]) -> None:
    stream = Stream(b"one")
    assert ask(lambda request: rung().Response(stream), REQUEST_METHOD="HEAD").body == b""
    assert stream.log == ["closed"]


def test_stream_whose_fields_cannot_be_sent_is_closed(rung: Rung, ask: Callable[..., Peer]) -> None:
    stream = Stream(b"one")
    headers = {"Content-Length": "three"}
    with pytest.raises(ValueError, match="Content-Length in decimal digits"):
        ask(lambda request: rung().Response(stream, headers=headers))
    assert stream.log == ["closed"]


def test_error_of_a_handler_is_an_answer_and_a_bug_a_500_in_the_log(
    rung: Rung, ask: Callable[..., Peer], caplog: pytest.LogCaptureFixture
) -> None:
    def handler(request: Any) -> Any:
        if request.path == "/bug":
            raise ZeroDivisionError("secret")
        raise rung().HTTPError(404, "There is no such page.", {"X-Own": "1"})

    peer = ask(handler)
    assert (peer.status, peer.fields["x-own"]) == (404, ["1"])
    assert b"There is no such page." in peer.body
    assert not caplog.records
    peer = ask(handler, PATH_INFO="/bug", SCRIPT_NAME="")
    assert peer.status == 500
    assert b"secret" not in peer.body
    assert "GET /bug failed" in caplog.text
    assert "ZeroDivisionError: secret" in caplog.text


# --- in: an application on our server


def plain(*pieces: bytes, status: str = "200 OK", fields: Fields | None = None) -> Any:
    """An application that always says the same."""

    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response(status, [TEXT] if fields is None else fields)
        return list(pieces)

    return application


@pytest.fixture
def serve(rung: Rung) -> Iterator[Callable[[Any], Serving]]:
    """serve(application) runs it on our server, until the test is over."""
    running: list[Any] = []

    def serve(application: Any, check: bool = True) -> Serving:
        handler = rung().WSGIHandler(validator(application) if check else application)
        running.append(serving(rung().Server(handler, port=0, workers=2)))
        started: Serving = running[-1].__enter__()
        return started

    yield serve
    for each in running:
        each.__exit__(None, None, None)


def request(line: str = "GET / HTTP/1.1", *fields: str, body: bytes = b"") -> bytes:
    """The bytes of a request, after which the server closes."""
    lines = [line, "Host: example:8000", "Connection: close", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


@pytest.fixture
def environ_of(serve: Callable[..., Serving]) -> Callable[[bytes], dict[str, Any]]:
    """environ_of(raw) is the environ that the application gets, `body` in it."""

    def environ_of(raw: bytes) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            found.update(environ)
            found["body"] = environ["wsgi.input"].read(10_000_000)
            start_response("200 OK", [TEXT])
            return [b"seen"]

        raw_answer = serve(application).exchange(raw)
        assert found, raw_answer
        return found

    return environ_of


def test_request_becomes_an_environ(environ_of: Callable[..., dict[str, Any]]) -> None:
    raw = request(
        "POST /caf%C3%A9/%2525?q=caf%C3%A9 HTTP/1.1",
        "Content-Type: text/plain", "Content-Length: 5", "X-Request-Id: 7",
        "Accept: a", "Accept: b", "Cookie: a=1", "Cookie: b=2",
        body=b"Hello",
    )  # fmt: skip
    environ = environ_of(raw)
    expected = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/caf\xc3\xa9/%25",
        "QUERY_STRING": "q=caf%C3%A9",
        "REQUEST_URI": "/caf%C3%A9/%2525?q=caf%C3%A9",
        "SERVER_NAME": "example",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "5",
        "HTTP_HOST": "example:8000",
        "HTTP_ACCEPT": "a, b",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_REQUEST_ID": "7",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "body": b"Hello",
    }
    assert {key: environ.get(key) for key in expected} == expected
    assert "HTTP_CONTENT_LENGTH" not in environ


def test_fields_whose_names_could_pass_for_others_are_left_out(
    environ_of: Callable[..., dict[str, Any]],
) -> None:
    """A proxy that sets X-User, and takes out that of a client, knows nothing of X_User."""
    environ = environ_of(request("GET / HTTP/1.1", "X-User: ann", "X_User: root", "X_Role: admin"))
    assert environ["HTTP_X_USER"] == "ann"
    assert "HTTP_X_ROLE" not in environ


def test_chunked_body_comes_with_its_length(environ_of: Callable[..., dict[str, Any]]) -> None:
    raw = request("POST / HTTP/1.1", "Transfer-Encoding: chunked", body=b"5\r\nHello\r\n0\r\n\r\n")
    environ = environ_of(raw)
    assert (environ["CONTENT_LENGTH"], environ["body"]) == ("5", b"Hello")
    assert "HTTP_TRANSFER_ENCODING" not in environ


@pytest.mark.parametrize(
    ("host", "name", "port"),
    [
        ("example", "example", "80"),
        ("example:", "example", "80"),
        ("[::1]", "[::1]", "80"),
        ("[::1]:8000", "[::1]", "8000"),
    ],
)
def test_server_name_and_port_are_those_of_host(
    rung: Rung, host: str, name: str, port: str
) -> None:
    environ = environ_by_hand(rung, headers={"Host": host})
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == (name, port)


def test_scheme_is_the_requests_and_so_is_the_default_port(rung: Rung) -> None:
    environ = environ_by_hand(rung, "https", headers={"Host": "example"})
    assert (environ["wsgi.url_scheme"], environ["SERVER_PORT"]) == ("https", "443")
    assert environ_by_hand(rung)["SERVER_NAME"] == "localhost"


def test_question_about_the_server_itself_has_no_path(rung: Rung) -> None:
    assert environ_by_hand(rung, method="OPTIONS", path="*")["PATH_INFO"] == ""


def environ_by_hand(
    rung: Rung, scheme: str = "http", method: str = "GET", path: str = "/", headers: Any = ()
) -> dict[str, Any]:
    made = rung().Request(method, path, path, headers=rung().Headers(headers))
    made.scheme = scheme
    found: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found.update(environ)
        return plain(b"seen")(environ, start_response)  # type: ignore[no-any-return]

    assert rung().WSGIHandler(application)(made).body == b"seen"
    return found


def test_environ_of_one_request_is_not_that_of_the_next(rung: Rung) -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        assert "mine" not in environ
        environ["mine"] = environ["wsgi.version"] = "changed"
        return plain(b"seen")(environ, start_response)  # type: ignore[no-any-return]

    handler = rung().WSGIHandler(application)
    for _ in range(2):
        assert handler(rung().Request("GET", "/", "/")).status == 200


def test_answer_has_status_fields_and_length(serve: Callable[..., Serving]) -> None:
    fields = [TEXT, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    application = plain(b"Hello, ", b"", b"World!", fields=fields)
    answer = read_answer(serve(application, check=False).exchange(request()))
    assert (answer.status, answer.reason, answer.body) == (200, "OK", b"Hello, World!")
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert answer.headers["Content-Length"] == "13", "a list is here as a whole"


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        ("299 Odd", 299, "Odd"),
        ("418 Short and stout", 418, "I'm a Teapot"),
        ("599 Network Connect Timeout", 599, "Network Connect Timeout"),
        ("520 ", 520, ""),
    ],
)
def test_status_that_nobody_lists_goes_out_as_it_is(
    serve: Callable[..., Serving], line: str, status: int, reason: str
) -> None:
    answer = read_answer(serve(plain(b"x", status=line)).exchange(request()))
    assert (answer.status, answer.reason, answer.body) == (status, reason, b"x")


@pytest.mark.parametrize(
    ("status", "fields", "problem"),
    [
        ("OK", [], "expected a status like '200 OK', got 'OK'"),
        ("100 Continue", [], "expected a status like '200 OK'"),
        ("999 Odd", [], "expected a status like '200 OK'"),
        ("200 OK\r\nX: y", [], "expected a status like '200 OK'"),
        ("200 OK", [("X", "a\r\nSet-Cookie: b")], "the value of X must be one line"),
        ("200 OK", [("X Y", "a")], "a field name is made of"),
        ("200 OK", [("X", 5)], "fields are pairs of str"),
        ("200 OK", [(b"X", b"a")], "fields are pairs of str"),
        ("200 OK", [("Content-Length", "five")], "expected a Content-Length in decimal digits"),
        ("200 OK", [("Connection", "close")], "Connection is up to the server"),
        ("200 OK", [("transfer-encoding", "chunked")], "transfer-encoding is up to the server"),
        ("200 OK", [("Upgrade", "websocket")], "Upgrade is up to the server"),
    ],
)
def test_head_that_cannot_be_sent_is_a_500_and_says_why_in_the_log(
    serve: Callable[..., Serving],
    caplog: pytest.LogCaptureFixture,
    status: str,
    fields: Any,
    problem: str,
) -> None:
    running = serve(plain(b"secret", status=status, fields=fields), check=False)
    answer = read_answer(running.exchange(request()))
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert problem in caplog.text


@pytest.mark.parametrize("result", ["text", b"bytes", ["text"], [5], [bytearray(b"x")], 5, None])
def test_result_that_is_no_iterable_of_bytes_is_a_500(
    serve: Callable[..., Serving], caplog: pytest.LogCaptureFixture, result: Any
) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [TEXT])
        return result

    assert read_answer(serve(application, check=False).exchange(request())).status == 500
    assert "an application gives an iterable of bytes" in caplog.text or "not iter" in caplog.text


def test_application_that_never_starts_is_a_500(
    serve: Callable[..., Serving], caplog: pytest.LogCaptureFixture
) -> None:
    running = serve(lambda environ, start_response: [b"Hello"], check=False)
    assert read_answer(running.exchange(request())).status == 500
    assert "never called start_response()" in caplog.text


def test_application_that_raises_is_a_500(
    serve: Callable[..., Serving], caplog: pytest.LogCaptureFixture
) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        raise ZeroDivisionError("secret")

    answer = read_answer(serve(application).exchange(request()))
    assert (answer.status, b"secret" in answer.body) == (500, False)
    assert "GET / failed" in caplog.text


# --- start_response, once more


def failing(*begun: bytes, excused: bool = True) -> Any:
    """An application that has yielded this when it calls start_response() once more."""

    def application(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [TEXT, ("X-First", "1")])
        yield from begun
        try:
            raise ZeroDivisionError("in the middle")
        except ZeroDivisionError as error:
            excuse = (type(error), error, error.__traceback__)
            start_response("500 Oh", [TEXT], *([excuse] if excused else []))
        yield b"sorry"

    return application


@pytest.mark.parametrize("begun", [(), (b"",)], ids=["at once", "after an empty piece"])
def test_second_start_replaces_the_first_with_an_excuse(
    serve: Callable[..., Serving], begun: tuple[bytes, ...]
) -> None:
    """PEP 3333: the head waits for the first piece that is not empty."""
    answer = read_answer(serve(failing(*begun)).exchange(request()))
    assert (answer.status, answer.body) == (500, b"sorry")
    assert "X-First" not in answer.headers


def test_second_start_without_an_excuse_is_an_error(
    serve: Callable[..., Serving], caplog: pytest.LogCaptureFixture
) -> None:
    answer = read_answer(serve(failing(excused=False)).exchange(request()))
    assert (answer.status, b"sorry" in answer.body) == (500, False)
    assert "only with exc_info" in caplog.text


def test_second_start_behind_the_first_piece_raises_the_error_and_breaks_the_answer(
    serve: Callable[..., Serving], caplog: pytest.LogCaptureFixture
) -> None:
    with serve(failing(b"begun ")).connect() as client:
        client.sendall(request())
        received = b""
        with pytest.raises(ConnectionResetError):
            while data := client.recv(65536):
                received += data
    assert b"sorry" not in received
    assert "ZeroDivisionError: in the middle" in caplog.text


def test_write_goes_before_what_is_returned(serve: Callable[..., Serving]) -> None:
    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        write = start_response("200 OK", [TEXT])
        assert write(b"one ") is None
        write(b"two ")
        return [b"three"]

    assert read_answer(serve(application).exchange(request())).body == b"one two three"


def test_write_alone_will_do(serve: Callable[..., Serving]) -> None:
    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [TEXT])(b"all")
        return []

    assert read_answer(serve(application).exchange(request())).body == b"all"


def test_what_was_written_before_an_error_is_taken_back(serve: Callable[..., Serving]) -> None:
    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [TEXT])(b"half of ")
        error = ZeroDivisionError()
        start_response("500 Oh", [TEXT], (type(error), error, None))
        return [b"sorry"]

    answer = read_answer(serve(application).exchange(request()))
    assert (answer.status, answer.body) == (500, b"sorry")


# --- bodies


def streamed(stream: Stream, *fields: tuple[str, str]) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [TEXT, *fields])
        return stream

    return application


def test_pieces_go_out_in_chunks_and_close_is_called(serve: Callable[..., Serving]) -> None:
    stream = Stream(b"one", b"two")
    raw = serve(streamed(stream)).exchange(request())
    assert_contains(raw, b"Transfer-Encoding: chunked\r\n")
    assert_bytes(raw.partition(b"\r\n\r\n")[2], b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
    assert stream.log == ["gave one", "gave two", "closed"]


def test_first_piece_is_out_before_the_second_is_made(serve: Callable[..., Serving]) -> None:
    taken = threading.Event()

    def application(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [TEXT])  # by a generator, at its first next()
        yield b"first"
        yield b"second" if taken.wait(5) else b"never taken"

    with serve(application).connect() as client:
        client.sendall(request())
        received = b""
        while b"first" not in received:
            data = client.recv(65536)
            assert data, received
            received += data
        taken.set()
        while data := client.recv(65536):
            received += data
    assert read_answer(received).body == b"firstsecond"


def test_content_length_is_sent_instead_of_chunks(serve: Callable[..., Serving]) -> None:
    raw = serve(streamed(Stream(b"one", b"two"), ("Content-Length", "6"))).exchange(request())
    assert b"chunked" not in raw
    assert read_answer(raw).body == b"onetwo"


def test_one_piece_of_the_whole_length_is_no_stream(rung: Rung) -> None:
    """It goes out together with its head. Most answers of Flask and Django are of this kind."""
    stream = Stream(b"Hello")
    handler = rung().WSGIHandler(streamed(stream, ("Content-Length", "5")))
    assert handler(rung().Request("GET", "/", "/")).body == b"Hello"
    assert stream.log == ["gave Hello", "closed"]


@pytest.mark.parametrize("pieces", [(b"Hello, World!",), (b"Hello", b", World!", b"and more")])
@pytest.mark.parametrize("as_list", [True, False])
def test_no_more_goes_out_than_content_length_allows(
    serve: Callable[..., Serving], pieces: tuple[bytes, ...], as_list: bool
) -> None:
    """PEP 3333, "Handling the Content-Length Header"."""
    length = ("Content-Length", "7")
    stream = Stream(*pieces)
    application = plain(*pieces, fields=[TEXT, length]) if as_list else streamed(stream, length)
    raw = serve(application, check=False).exchange(request())
    assert_bytes(raw.partition(b"\r\n\r\n")[2], b"Hello, ")
    assert "gave and more" not in stream.log


def test_less_than_content_length_breaks_the_connection(
    serve: Callable[..., Serving], caplog: pytest.LogCaptureFixture
) -> None:
    running = serve(streamed(Stream(b"one"), ("Content-Length", "6")))
    with pytest.raises(AssertionError, match="instead of the end of the answer"):
        running.exchange(request())
    assert "a stream of 6 bytes, as its Content-Length says, has 3" in caplog.text


@pytest.mark.parametrize("result", [[], [b"Hello"], Stream(), Stream(b"Hello")], ids=range(4))
def test_head_keeps_the_length_that_the_application_says(
    serve: Callable[..., Serving], result: Any
) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [TEXT, ("Content-Length", "5")])
        return result

    # Without the validator, which makes of each result what is no list any more.
    raw = serve(application, check=False).exchange(request("HEAD / HTTP/1.1"))
    assert read_answer(raw, "HEAD").headers["Content-Length"] == "5"
    assert raw.endswith(b"\r\n\r\n")


def test_head_without_length_and_body_claims_no_length(serve: Callable[..., Serving]) -> None:
    """Content-Length: 0 would say that the answer to GET is empty (RFC 9110 section 8.6)."""
    raw = serve(plain(), check=False).exchange(request("HEAD / HTTP/1.1"))
    assert "Content-Length" not in read_answer(raw, "HEAD").headers


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_status_without_content_ends_with_its_head(
    serve: Callable[..., Serving], status: str
) -> None:
    raw = serve(plain(status=status, fields=[])).exchange(request())
    assert raw.endswith(b"\r\n\r\n")
    assert b"chunked" not in raw


def test_connection_goes_on_after_each_kind_of_answer(serve: Callable[..., Serving]) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        length = [("Content-Length", "6")] if environ["PATH_INFO"] == "/length" else []
        start_response("200 OK", [TEXT, *length])
        return [b"onetwo"] if environ["PATH_INFO"] == "/list" else Stream(b"one", b"two")

    paths = ["/list", "/length", "/chunks"]
    raw = b"".join(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for path in paths)
    answers = read_answers(serve(application).exchange(raw + request()))
    assert [answer.body for answer in answers] == [b"onetwo"] * 4


def test_close_is_called_when_the_client_goes_away(serve: Callable[..., Serving]) -> None:
    stream = Stream(*repeat(b"x" * 100_000, 1000))  # more than any kernel takes
    running = serve(streamed(stream))
    with running.connect() as client:
        client.sendall(request())
        assert client.recv(1000)
    assert running.stop()
    assert stream.log[-1] == "closed"
    assert len(stream.log) < 1000


@pytest.mark.parametrize("fault", ["never starts", "first piece"])
def test_close_is_called_when_the_application_fails(
    serve: Callable[..., Serving], fault: str
) -> None:
    stream = Stream(b"one")

    def application(environ: Any, start_response: Any) -> Any:
        if fault == "first piece":
            start_response("200 OK", [TEXT])
            stream.pieces = ("text",)  # type: ignore[assignment]
        return stream

    stream.log.append("")
    answer = serve(application, check=False).exchange(request())
    assert read_answer(answer).status == 500
    assert stream.log[-1] == "closed"


def test_close_that_fails_is_called_once_and_logged(
    serve: Callable[..., Serving], caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(Stream):
        def close(self) -> None:
            super().close()
            raise ZeroDivisionError("at the end")

    for fields in ([], [("Content-Length", "3")]):
        stream = Failing(b"one")
        caplog.clear()
        serve(streamed(stream, *fields), check=False).exchange(request())
        assert stream.log == ["gave one", "closed"]
        assert "ZeroDivisionError: at the end" in caplog.text


def test_close_is_called_for_head(serve: Callable[..., Serving]) -> None:
    stream = Stream(b"one", b"two")
    serve(streamed(stream)).exchange(request("HEAD / HTTP/1.1"))
    assert stream.log == ["gave one", "closed"]


def test_file_wrapper_sends_a_file_and_closes_it(
    serve: Callable[..., Serving], tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 4000)
    opened: list[Any] = []

    class Counting(io.FileIO):
        reads = 0

        def read(self, size: int = -1) -> bytes:  # type: ignore[override]
            Counting.reads += 1
            return super().read(size)

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [TEXT, ("Content-Length", str(path.stat().st_size))])
        opened.append(Counting(str(path)))
        return environ["wsgi.file_wrapper"](opened[0], 8192)

    raw = serve(application).exchange(request())
    assert read_answer(raw).body == path.read_bytes()
    assert opened[0].closed
    assert Counting.reads < 10, "a piece is larger than the application proposes"


def test_server_asks_for_the_body_before_the_application_is_called(
    serve: Callable[..., Serving],
) -> None:
    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        return plain(environ["wsgi.input"].read(5))(environ, start_response)  # type: ignore[no-any-return]

    with serve(application).connect() as client:
        client.sendall(request("POST / HTTP/1.1", "Content-Length: 5", "Expect: 100-continue"))
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"Hello")
        received = b""
        while data := client.recv(65536):
            received += data
    assert read_answer(received).body == b"Hello"


def test_errors_of_an_application_reach_its_stream(
    rung: Rung, capsys: pytest.CaptureFixture[str]
) -> None:
    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        print("noted", file=environ["wsgi.errors"])
        return plain()(environ, start_response)  # type: ignore[no-any-return]

    rung().WSGIHandler(application)(rung().Request("GET", "/", "/"))
    assert "noted" in capsys.readouterr().err


# --- both ways at once


def test_handler_is_the_same_through_both_wrappers(
    rung: Rung, caplog: pytest.LogCaptureFixture
) -> None:
    def handler(request: Any) -> Any:
        response = rung().Response(f"{request.path} {request.query_string} {request.body!r}")
        response.headers["X-Fields"] = str(sorted(request.headers.pairs()))
        return response

    raw = request("POST /caf%C3%A9?x=1 HTTP/1.1", "Content-Length: 5", "Accept: a", body=b"Hello")
    wrapped = rung().WSGIHandler(validator(rung().WSGIApplication(handler)))
    bodies = []
    for each in (handler, wrapped):
        with serving(rung().Server(each, port=0, workers=2)) as running:
            answer = read_answer(running.exchange(raw))
            bodies.append((answer.status, answer.headers["X-Fields"], answer.body))
    assert bodies[0] == bodies[1]
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]
