"""Static files: what a visitor may have, and what the visitor's browser has already."""

import os
import random
import socket
import time
from collections.abc import Callable
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.compare import read_answer

POSIX = pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")

Rung = Callable[..., ModuleType]

CONTENT = bytes(range(256)) * 4  # 1,024 bytes; every position can be told from its neighbours
MODIFIED = 1_700_000_000  # 2023-11-14 22:13:20 UTC
MODIFIED_DATE = formatdate(MODIFIED, usegmt=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of public files, and secrets everywhere around it."""
    public = tmp_path / "static"
    (public / "css").mkdir(parents=True)
    (public / "css" / "site.css").write_text("body { color: red }")
    (public / "data.bin").write_bytes(CONTENT)
    os.utime(public / "data.bin", ns=(0, MODIFIED * 10**9 + 123_456_789))
    (public / "ä b+c&d.txt").write_text("umlaut")
    (public / "..hidden.txt").write_text("SECRET")
    (public / ".env").write_text("SECRET")
    (public / ".git").mkdir()
    (public / ".git" / "config").write_text("SECRET")
    (tmp_path / "secret.txt").write_text("SECRET")
    (tmp_path / "static-secret").mkdir()  # begins like the folder
    (tmp_path / "static-secret" / "secret.txt").write_text("SECRET")
    return public


@pytest.fixture
def get(rung: Rung, folder: Path) -> Callable[..., Any]:
    """get("data.bin", Range="bytes=0-1") -> the Response, or the HTTPError as one."""
    view = rung("static").static_files(folder)
    messages = rung("messages")

    def get(path: str, method: str = "GET", fields: Any = (), **headers: str) -> Any:
        pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
        given = messages.Headers([*pairs, *fields])
        try:
            return view(messages.Request(method, "/" + path, "/" + path, headers=given), path)
        except messages.HTTPError as error:
            return error.to_response()

    return get


# --- a file, its type and what goes with it


@pytest.mark.exercise("6.7")
def test_file_comes_whole_with_its_fields(get: Callable[..., Any]) -> None:
    response = get("data.bin")
    assert response.status == 200
    assert response.body == CONTENT
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Last-Modified"] == MODIFIED_DATE
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.exercise("6.4")
@pytest.mark.parametrize("name", ["css/site.css", "data.bin", "ä b+c&d.txt"])
def test_file_in_the_folder_is_found(rung: Rung, folder: Path, name: str) -> None:
    assert rung("static").find_file(folder, name) == folder / name


@pytest.mark.exercise("6.7")
@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.css", "text/css; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("A.HTML", "text/html; charset=utf-8"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.svg", "image/svg+xml"),
        ("a.PNG", "image/png"),
        ("a.b.webp", "image/webp"),
        ("a.woff2", "font/woff2"),
        ("a.tar.gz", "application/octet-stream"),
        ("a.js.gz", "application/octet-stream"),
        ("a.nobody-knows", "application/octet-stream"),
        ("README", "application/octet-stream"),
    ],
)
def test_type_follows_from_the_name(
    get: Callable[..., Any], folder: Path, name: str, media_type: str
) -> None:
    (folder / name).write_text("x")
    assert get(name).headers["Content-Type"] == media_type


def test_types_do_not_depend_on_the_machine(rung: Rung, monkeypatch: pytest.MonkeyPatch) -> None:
    static = rung("static")
    monkeypatch.setattr(static.mimetypes, "guess_type", lambda name: ("text/plain", None))
    assert static.type_of(Path("app.js")) == "text/javascript; charset=utf-8"
    assert static.type_of(Path("page.WEBP")) == "image/webp"


def test_machine_is_asked_for_what_python_does_not_know(
    rung: Rung, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = rung("static")
    monkeypatch.setattr(static.mimetypes, "guess_type", lambda name: ("model/odd", None))
    assert static.type_of(Path("thing.odd")) == "model/odd"


@pytest.mark.exercise("6.7")
def test_cache_control_can_be_chosen(rung: Rung, folder: Path) -> None:
    view = rung("static").static_files(folder, cache_control="max-age=3600")
    request = rung("messages").Request("GET", "/data.bin", "/data.bin")
    assert view(request, "data.bin").headers["Cache-Control"] == "max-age=3600"


@pytest.mark.exercise("6.7")
def test_file_from_the_future_is_as_old_as_the_answer(
    get: Callable[..., Any], folder: Path
) -> None:
    """RFC 9110 section 8.8.2.1: Last-Modified is never later than Date."""
    os.utime(folder / "data.bin", (9_999_999_999, 9_999_999_999))
    told = parsedate_to_datetime(get("data.bin").headers["Last-Modified"])
    assert told.year < 2100


def test_missing_folder_is_an_error_at_the_start(rung: Rung, tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="nowhere"):
        rung("static").static_files(tmp_path / "nowhere")


def test_folder_may_be_named_relative_to_where_we_are(
    rung: Rung, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(folder.parent)
    view = rung("static").static_files("static")
    monkeypatch.chdir(tmp_path.parent)  # where we are later makes no difference
    request = rung("messages").Request("GET", "/data.bin", "/data.bin")
    assert view(request, "data.bin").body == CONTENT


# --- no way out of the folder

WAYS_OUT = [
    "../secret.txt",
    "css/../../secret.txt",
    "css/../css/site.css",  # inside after all; but no browser sends it
    "..",
    ".",
    "./data.bin",
    "../static-secret/secret.txt",
    "..\\secret.txt",
    "css\\..\\..\\secret.txt",
    "....//secret.txt",  # without its ../ it is ../secret.txt
    "..%2fsecret.txt",  # decoded once already: a % is a % here
    "%2eenv",
    "/etc/passwd",
    "//etc/passwd",
    "css//site.css",
    "css/",
    "",
    "data.bin/",
    "C:/Windows/win.ini",
    "C:\\Windows\\win.ini",
    "data.bin::$DATA",
    "data.bin\0.css",
    "\0",
    ".env",
    ".git/config",
    "..hidden.txt",
    "css",
    "x" * 5000,
    "a/" * 3000 + "b",
    "\udcff",
    "no such file",
]


@pytest.mark.exercise("6.4")
@pytest.mark.parametrize("path", WAYS_OUT, ids=lambda path: ascii(path[:40]))
def test_nothing_but_public_files_is_found(rung: Rung, folder: Path, path: str) -> None:
    assert rung("static").find_file(folder, path) is None


@POSIX
@pytest.mark.exercise("6.4")
@pytest.mark.parametrize("path", ["out.txt", "out/secret.txt", "relative.txt", "chain.txt"])
def test_symbolic_link_may_not_lead_out(rung: Rung, folder: Path, path: str) -> None:
    (folder / "out.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "out").symlink_to(folder.parent / "static-secret")
    (folder / "relative.txt").symlink_to("../secret.txt")
    (folder / "chain.txt").symlink_to(folder / "out.txt")
    assert rung("static").find_file(folder, path) is None


@POSIX
@pytest.mark.exercise("6.4")
def test_symbolic_link_inside_the_folder_is_followed(rung: Rung, folder: Path) -> None:
    (folder / "new.css").symlink_to(folder / "css" / "site.css")
    assert rung("static").find_file(folder, "new.css") == folder / "css" / "site.css"


@POSIX
@pytest.mark.exercise("6.4")
def test_what_is_no_regular_file_is_not_opened(rung: Rung, folder: Path) -> None:
    """A pipe would hold its worker until somebody writes into it."""
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "dangling").symlink_to(folder / "gone")
    os.mkfifo(folder / "pipe")
    door = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(folder)  # the name of such a socket must be short
    try:
        door.bind("door")
    finally:
        os.chdir(here)
        door.close()
    for path in ("loop", "loop/x", "dangling", "pipe", "door", "data.bin/x"):
        assert rung("static").find_file(folder, path) is None, path


def test_refusal_does_not_tell_whether_there_is_something(get: Callable[..., Any]) -> None:
    there, not_there = get(".env"), get(".nve")
    assert there.status == not_there.status == 404
    assert there.body.replace(b".env", b".nve") == not_there.body
    assert there.headers.pairs() == not_there.headers.pairs()


ATTACKS = [
    b"/static/../secret.txt",
    b"/static/css/../../secret.txt",
    b"/static/%2e%2e/secret.txt",
    b"/static/%2E./secret.txt",
    b"/static/..%2fsecret.txt",
    b"/static/%2e%2e%2fsecret.txt",
    b"/static/..%5csecret.txt",
    b"/static/..\\secret.txt",
    b"/static/%252e%252e%252fsecret.txt",
    b"/static/..%00/secret.txt",
    b"/static/data.bin%00.css",
    b"/static/%c0%ae%c0%ae/secret.txt",  # an overlong dot: no UTF-8
    b"/static/%uff0e%uff0e/secret.txt",
    b"/static/....//secret.txt",
    b"/static//etc/passwd",
    b"/static/%2fetc%2fpasswd",
    b"/static/file:///etc/passwd",
    b"/static/.env",
    b"/static/%2eenv",
    b"/static/.git/config",
    b"/static/..;/secret.txt",
    b"/static/css/..%2f..%2fsecret.txt?x=1",
    b"/static/out.txt",
    b"http://localhost/static/../secret.txt",
]


@pytest.mark.parametrize("url", ATTACKS, ids=lambda url: url.decode("latin-1"))
def test_traversal_over_the_wire_gets_nothing(
    rung: Rung, folder: Path, wire: Callable[..., Any], url: bytes
) -> None:
    if os.name == "posix":
        (folder / "out.txt").symlink_to(folder.parent / "secret.txt")
    app = rung("app").App()
    app.get("/static/<path:path>", name="static")(rung("static").static_files(folder))
    raw = b"GET " + url + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = read_answer(wire(app).exchange(raw))
    assert answer.status in (400, 404), answer.text
    assert b"SECRET" not in answer.body
    assert b"root:" not in answer.body


def test_percent_encoded_name_over_the_wire_is_found(
    rung: Rung, folder: Path, wire: Callable[..., Any]
) -> None:
    app = rung("app").App()
    app.get("/static/<path:path>", name="static")(rung("static").static_files(folder))
    url = app.url_for("static", path="ä b+c&d.txt")
    assert url.startswith("/static/%C3%A4%20b")
    raw = f"GET {url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    answer = read_answer(wire(app).exchange(raw))
    assert (answer.status, answer.text) == (200, "umlaut")


# --- "you have it already": RFC 9110 section 13


@pytest.mark.exercise("6.5")
@pytest.mark.exercise("6.7")
def test_second_visit_gets_304_without_a_body(get: Callable[..., Any]) -> None:
    again = get("data.bin", If_None_Match=get("data.bin").headers["ETag"])
    assert again.status == 304
    assert again.body == b""
    assert "Content-Type" not in again.headers


@pytest.mark.exercise("6.5")
@pytest.mark.exercise("6.7")
def test_304_has_the_fields_of_the_200(get: Callable[..., Any]) -> None:
    """Section 15.4.5."""
    first = get("data.bin")
    again = get("data.bin", If_None_Match=first.headers["ETag"])
    assert again.status == 304
    for name in ("ETag", "Last-Modified", "Cache-Control"):
        assert again.headers.get(name) == first.headers[name]


@pytest.mark.exercise("6.7")
def test_etag_is_strong_and_changes_with_the_file(get: Callable[..., Any], folder: Path) -> None:
    before = get("data.bin").headers["ETag"]
    assert before.startswith('"') and before.endswith('"')
    assert get("data.bin").headers["ETag"] == before
    (folder / "data.bin").write_bytes(CONTENT + b"x")
    os.utime(folder / "data.bin", ns=(0, MODIFIED * 10**9 + 123_456_789))
    longer = get("data.bin").headers["ETag"]
    os.utime(folder / "data.bin", ns=(0, MODIFIED * 10**9 + 123_456_790))
    later = get("data.bin").headers["ETag"]
    assert len({before, longer, later}) == 3


@pytest.mark.exercise("6.5")
@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("*", 304),
        (" * ", 304),
        ("{etag}", 304),
        ("W/{etag}", 304),  # section 13.1.2: the comparison is weak
        ('"other", {etag}', 304),
        ('"other",{etag},"third"', 304),
        ('W/"a,b" , W/{etag}', 304),
        ('"other"', 200),
        ('"a, *"', 200),
        ('""', 200),
        ("", 200),
        ("{bare}", 200),  # no quotes: no entity tag
        ('"prefix-{bare}"', 200),
    ],
)
def test_if_none_match(get: Callable[..., Any], condition: str, status: int) -> None:
    etag = get("data.bin").headers["ETag"]
    value = condition.format(etag=etag, bare=etag.strip('"'))
    assert get("data.bin", If_None_Match=value).status == status


@pytest.mark.exercise("6.5")
def test_if_none_match_may_come_in_several_lines(get: Callable[..., Any]) -> None:
    etag = get("data.bin").headers["ETag"]
    fields = [("If-None-Match", '"other"'), ("If-None-Match", etag)]
    assert get("data.bin", fields=fields).status == 304


@pytest.mark.exercise("6.5")
@pytest.mark.parametrize(
    ("date", "status"),
    [
        (MODIFIED_DATE, 304),
        ("Tue, 14 Nov 2023 22:13:20 GMT", 304),
        ("Tuesday, 14-Nov-23 22:13:20 GMT", 304),  # section 5.6.7: an old format
        (formatdate(MODIFIED + 1, usegmt=True), 304),
        (formatdate(MODIFIED - 1, usegmt=True), 200),
        ("yesterday", 200),  # section 13.1.3: no date, no condition
        ("", 200),
        ("Tue, 99 Nov 2023 22:13:20 GMT", 200),
        ("Tue, 14 Nov 99999 22:13:20 GMT", 200),
        ("Tue, 14 Nov 2023 22:13:20 +99999999", 200),
        (str(MODIFIED), 200),
    ],
)
def test_if_modified_since(get: Callable[..., Any], date: str, status: int) -> None:
    assert get("data.bin", If_Modified_Since=date).status == status


@POSIX
@pytest.mark.exercise("6.5")
@pytest.mark.parametrize("zone", ["UTC0", "EAST-9", "WEST9"])
def test_date_without_a_zone_is_utc_wherever_the_server_stands(
    get: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """Section 5.6.7: the oldest of the three formats names no zone."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        known = get("data.bin", If_Modified_Since="Tue Nov 14 22:13:20 2023")
        older = get("data.bin", If_Modified_Since="Tue Nov 14 22:13:19 2023")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (known.status, older.status) == (304, 200)


@pytest.mark.exercise("6.5")
def test_date_is_not_asked_where_a_tag_was_given(get: Callable[..., Any]) -> None:
    """Section 13.2.2: the tag said "changed"; a date of whole seconds does not know better."""
    response = get("data.bin", If_None_Match='"other"', If_Modified_Since=MODIFIED_DATE)
    assert response.status == 200


@pytest.mark.exercise("6.5")
def test_head_has_conditions_too(get: Callable[..., Any]) -> None:
    etag = get("data.bin").headers["ETag"]
    assert get("data.bin", "HEAD", If_None_Match=etag).status == 304


# --- a part of a file: RFC 9110 section 14


PARTS = [
    ("bytes=0-0", 0, 1),
    ("bytes=0-99", 0, 100),
    ("bytes=100-199", 100, 200),
    ("bytes=1000-", 1000, 1024),
    ("bytes=0-", 0, 1024),
    ("bytes=1023-1023", 1023, 1024),
    ("bytes=1000-999999", 1000, 1024),
    ("bytes=0-999999999999999999", 0, 1024),
    ("bytes=-1", 1023, 1024),
    ("bytes=-100", 924, 1024),
    ("bytes=-5000", 0, 1024),
    ("Bytes=5-7", 5, 8),
]


@pytest.mark.exercise("6.6")
@pytest.mark.exercise("6.7")
@pytest.mark.parametrize(("wanted", "start", "stop"), PARTS)
def test_part_of_a_file(get: Callable[..., Any], wanted: str, start: int, stop: int) -> None:
    response = get("data.bin", Range=wanted)
    assert response.status == 206
    assert response.body == CONTENT[start:stop]
    assert response.headers["ETag"] == get("data.bin").headers["ETag"]


@pytest.mark.exercise("6.6")
@pytest.mark.exercise("6.7")
@pytest.mark.parametrize(("wanted", "start", "stop"), PARTS)
def test_part_says_where_it_belongs(
    get: Callable[..., Any], wanted: str, start: int, stop: int
) -> None:
    told = get("data.bin", Range=wanted).headers.get("Content-Range")
    assert told == f"bytes {start}-{stop - 1}/1024"


@pytest.mark.exercise("6.6")
@pytest.mark.parametrize(
    "wanted", ["bytes=1024-", "bytes=1024-2000", "bytes=5000-6000", "bytes=-0"]
)
def test_part_beyond_the_end_is_refused_with_the_length(
    get: Callable[..., Any], wanted: str
) -> None:
    response = get("data.bin", Range=wanted)
    assert response.status == 416
    assert response.headers["Content-Range"] == "bytes */1024"
    assert b"1024 bytes" in response.body


@pytest.mark.exercise("6.6")
@pytest.mark.parametrize(
    "wanted",
    [
        "bytes=5-4",
        "bytes=-",
        "bytes=",
        "bytes",
        "bytes=a-b",
        "bytes=1-2x",
        "bytes=--5",
        "bytes=+1-5",
        "lines=1-5",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_range_that_means_nothing_gets_the_whole_file(get: Callable[..., Any], wanted: str) -> None:
    response = get("data.bin", Range=wanted)
    assert (response.status, response.body) == (200, CONTENT)
    assert "Content-Range" not in response.headers


@pytest.mark.exercise("6.6")
@pytest.mark.steps_only
def test_who_asks_for_several_parts_gets_the_whole_file(get: Callable[..., Any]) -> None:
    response = get("data.bin", Range="bytes=0-1,5-9")
    assert (response.status, response.body) == (200, CONTENT)


@pytest.mark.exercise("6.6")
def test_only_get_has_ranges(get: Callable[..., Any]) -> None:
    response = get("data.bin", "HEAD", Range="bytes=0-9")
    assert response.status == 200
    assert "Content-Range" not in response.headers


@pytest.mark.exercise("6.6")
def test_empty_file_has_no_parts(get: Callable[..., Any], folder: Path) -> None:
    (folder / "empty").write_bytes(b"")
    for wanted in ("bytes=0-", "bytes=0-5", "bytes=-5"):
        response = get("empty", Range=wanted)
        assert (response.status, response.body) == (200, b""), wanted


@pytest.mark.exercise("6.6")
@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("{etag}", 206),
        ('"other"', 200),
        ("W/{etag}", 200),  # section 13.1.5: the comparison is strong
        ("yesterday", 200),
    ],
)
def test_if_range_gets_the_whole_of_another_file(
    get: Callable[..., Any], condition: str, status: int
) -> None:
    etag = get("data.bin").headers["ETag"]
    response = get("data.bin", Range="bytes=0-9", If_Range=condition.format(etag=etag))
    assert response.status == status
    assert response.body == (CONTENT[:10] if status == 206 else CONTENT)


@pytest.mark.exercise("6.6")
@pytest.mark.steps_only
def test_date_in_if_range_gets_the_whole_file(get: Callable[..., Any]) -> None:
    response = get("data.bin", Range="bytes=0-9", If_Range=MODIFIED_DATE)
    assert (response.status, response.body) == (200, CONTENT)


@pytest.mark.exercise("6.7")
def test_condition_is_asked_before_the_range(get: Callable[..., Any]) -> None:
    """Section 13.2.2: If-None-Match first, Range last."""
    etag = get("data.bin").headers["ETag"]
    assert get("data.bin", If_None_Match=etag, Range="bytes=5000-").status == 304


def test_random_fields_get_an_answer_and_never_other_bytes(get: Callable[..., Any]) -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    dice = random.Random(seed)
    pieces = ["bytes=", "-", ",", "0", "7", "1024", '"', "W/", "*", " ", "GMT", "Nov", ":", "99"]
    names = ("Range", "If-Range", "If-None-Match", "If-Modified-Since")
    for _ in range(500):
        fields = [
            (name, "".join(dice.choices(pieces, k=dice.randrange(8))))
            for name in dice.sample(names, dice.randrange(1, 4))
        ]
        response = get("data.bin", fields=fields)
        assert response.status in (200, 206, 304, 416), fields
        assert response.status != 200 or response.body == CONTENT, fields
        several = "multipart" in response.headers["Content-Type"] if response.body else False
        assert response.status != 206 or several or response.body in CONTENT, fields


# --- over the wire


def test_head_tells_the_length_and_sends_no_body(
    rung: Rung, folder: Path, wire: Callable[..., Any]
) -> None:
    app = rung("app").App()
    app.get("/static/<path:path>", name="static")(rung("static").static_files(folder))
    raw = b"HEAD /static/data.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = read_answer(wire(app).exchange(raw), "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == "1024"


def test_304_over_the_wire_has_no_body_and_keeps_the_connection(
    rung: Rung, folder: Path, wire: Callable[..., Any]
) -> None:
    app = rung("app").App()
    app.get("/static/<path:path>", name="static")(rung("static").static_files(folder))
    head = b"GET /static/data.bin HTTP/1.1\r\nHost: x\r\n"
    raw = (
        head + b"If-None-Match: *\r\n\r\n" + head + b"Range: bytes=1-2\r\nConnection: close\r\n\r\n"
    )
    received = wire(app).exchange(raw)
    assert received.startswith(b"HTTP/1.1 304 ")
    assert b"\r\n\r\nHTTP/1.1 206 " in received
    assert received.endswith(b"\r\n\r\n\x01\x02")
