"""rung/static.py: conditions, ranges and long files (RFC 9110 sections 13 and 14).

What it shares with step 06, tests/step_06_templates/test_static.py asks.
"""

import email
import email.policy
import http.client
import os
import random
import shutil
import socket
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.serving import DEADLINE, Serving, serving

Rung = Callable[..., ModuleType]

CONTENT = bytes(range(256)) * 4  # 1,024 bytes; every position can be told from its neighbours
LONG = random.Random(1).randbytes(1_000_000)
MODIFIED = 1_700_000_000  # 2023-11-14 22:13:20 UTC
DATE = formatdate(MODIFIED, usegmt=True)
BEFORE = formatdate(MODIFIED - 1, usegmt=True)
AFTER = formatdate(MODIFIED + 1, usegmt=True)
NO_DATES = [
    "",
    "yesterday",
    str(MODIFIED),
    "2030-11-14",
    "Tue, 14 Nov 2030 22:13:20",
    "Tue, 14 Nov 2030 22:13:20 +0100",
    "Tue, 14 Nov 2030 22:13:20 UTC",
    "14 Nov 2030 22:13:20 GMT",
    "Tue, 14 Nov 30 22:13:20 GMT",
    "Tuesday, 14-Nov-2030 22:13:20 GMT",
    "Tue, 14 Nov 2030 22:13 GMT",
    "Tue, 14 Nov 2030 25:13:20 GMT",
    "Tue, 14 Nov 2030 :::::::: GMT",
    "Tue, 31 Nov 2030 22:13:20 GMT",
    "Tue, 14 Foo 2030 22:13:20 GMT",
    f"{AFTER}, {AFTER}",
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "data.bin"
    file.write_bytes(CONTENT)
    os.utime(file, ns=(0, MODIFIED * 10**9 + 123_456_789))
    return file


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    file = tmp_path / "long.bin"
    file.write_bytes(LONG)
    return file


@pytest.fixture
def ask(rung: Rung, file: Path) -> Callable[..., Any]:
    """ask("GET", Range="bytes=0-1") -> the Response, or the HTTPError as one; {etag} is the tag."""
    messages, static = rung("messages"), rung("static")
    etag = static.make_etag(file.stat())

    def ask(method: str = "GET", fields: Any = (), **headers: str) -> Any:
        pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
        pairs = [(name, value.replace("{etag}", etag)) for name, value in [*pairs, *fields]]
        request = messages.Request(method, "/", "/", headers=messages.Headers(pairs))
        try:
            return static.file_response(request, file)
        except messages.HTTPError as error:
            return error.to_response()

    return ask


# --- conditions: RFC 9110 section 13


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("*", 200),
        ("{etag}", 200),
        ('"other", {etag}', 200),
        ('W/"a,b",{etag} ', 200),
        ("W/{etag}", 412),  # section 13.1.1: the comparison is strong
        ("w/{etag}", 412),
        ("x{etag}", 412),
        ("{etag}x", 412),
        ('"other"', 412),
        ("", 412),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_if_match(ask: Callable[..., Any], method: str, value: str, status: int) -> None:
    assert ask(method, If_Match=value).status == status


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (DATE, 200),
        (AFTER, 200),
        (BEFORE, 412),
        ("Tuesday, 14-Nov-23 22:13:19 GMT", 412),  # section 5.6.7: three formats
        ("Tue Nov 14 22:13:19 2023", 412),
        ("Thu Sep  7 10:00:00 2023", 412),
    ],
)
def test_if_unmodified_since(ask: Callable[..., Any], value: str, status: int) -> None:
    assert ask(If_Unmodified_Since=value).status == status


@pytest.mark.parametrize("value", NO_DATES)
def test_a_date_that_is_none_is_no_condition(ask: Callable[..., Any], value: str) -> None:
    """Sections 13.1.3 and 13.1.4. Taken for a date, each would be a reason for 304 or for 412."""
    assert ask(If_Modified_Since=value).status == 200
    assert ask(If_Unmodified_Since=value.replace("2030", "2010")).status == 200


def test_if_none_match_is_304_for_who_reads_and_412_for_others(ask: Callable[..., Any]) -> None:
    for value in ("*", "{etag}", "W/{etag}"):
        assert [ask(each, If_None_Match=value).status for each in ("GET", "HEAD", "POST")] == [
            304,
            304,
            412,
        ]
    assert ask("POST", If_None_Match='"other"').status == 200


def test_if_modified_since_is_asked_by_readers_only(ask: Callable[..., Any]) -> None:
    assert [ask(each, If_Modified_Since=DATE).status for each in ("GET", "HEAD", "POST")] == [
        304,
        304,
        200,
    ]


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        # 1. If-Match goes before If-Unmodified-Since, and a failure before all that follows.
        (200, {"If_Match": "{etag}", "If_Unmodified_Since": BEFORE}),
        (412, {"If_Match": '"other"', "If_Unmodified_Since": AFTER}),
        (412, {"If_Match": '"other"', "If_None_Match": "{etag}"}),
        (412, {"If_Unmodified_Since": BEFORE, "If_None_Match": "{etag}"}),
        (412, {"If_Unmodified_Since": BEFORE, "If_Modified_Since": AFTER}),
        # 3. Passed, they leave the decision to If-None-Match.
        (304, {"If_Match": "{etag}", "If_None_Match": "{etag}"}),
        (304, {"If_Unmodified_Since": AFTER, "If_None_Match": "{etag}"}),
        # 4. If-Modified-Since is asked only where If-None-Match is missing.
        (200, {"If_None_Match": '"other"', "If_Modified_Since": AFTER}),
        (304, {"If_None_Match": "{etag}", "If_Modified_Since": BEFORE}),
        (304, {"If_Match": "*", "If_Modified_Since": AFTER}),
        # 5. Ranges come last.
        (412, {"If_Match": '"other"', "Range": "bytes=0-1"}),
        (412, {"If_Match": '"other"', "Range": "bytes=9999-"}),
        (304, {"If_None_Match": "{etag}", "Range": "bytes=0-1"}),
        (304, {"If_Modified_Since": DATE, "Range": "bytes=9999-"}),
        (206, {"If_Match": "{etag}", "Range": "bytes=0-1"}),
        (206, {"If_None_Match": '"other"', "Range": "bytes=0-1"}),
        (206, {"If_Unmodified_Since": DATE, "If_Range": "{etag}", "Range": "bytes=0-1"}),
        (416, {"If_Unmodified_Since": DATE, "Range": "bytes=9999-"}),
    ],
)
def test_conditions_are_asked_in_the_order_of_section_13_2_2(
    ask: Callable[..., Any], status: int, headers: dict[str, str]
) -> None:
    assert ask(**headers).status == status


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("{etag}", 206),
        ("W/{etag}", 200),  # section 13.1.5: the comparison is strong
        ('"other"', 200),
        ('{etag}, "other"', 200),  # one validator, no list
        ("*", 200),
        (DATE, 206),
        ("Tue Nov 14 22:13:20 2023", 206),
        (BEFORE, 200),
        (AFTER, 200),  # an exact match, not "not modified since"
        ("yesterday", 200),
    ],
)
def test_if_range(ask: Callable[..., Any], value: str, status: int) -> None:
    assert ask(Range="bytes=0-9", If_Range=value).status == status


def test_if_range_of_another_file_makes_no_error_of_a_range(ask: Callable[..., Any]) -> None:
    assert ask(Range="bytes=9999-", If_Range='"other"').status == 200
    assert ask(If_Range='"other"').status == 200
    assert ask("HEAD", Range="bytes=0-9", If_Range="{etag}").status == 200


def test_a_date_within_its_second_is_too_weak_for_if_range(
    ask: Callable[..., Any], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Section 8.8.2.2: the file may change once more and keep the date."""
    monkeypatch.setattr(time, "time", lambda: MODIFIED + 0.9)
    assert ask(Range="bytes=0-9", If_Range=DATE).status == 200
    monkeypatch.setattr(time, "time", lambda: MODIFIED + 1.0)
    assert ask(Range="bytes=0-9", If_Range=DATE).status == 206


def test_a_file_from_the_future_has_a_date_that_is_no_validator(
    ask: Callable[..., Any], file: Path
) -> None:
    os.utime(file, (9_999_999_999, 9_999_999_999))
    told = ask().headers["Last-Modified"]
    assert ask(Range="bytes=0-9", If_Range=told).status == 200


# --- one range


@pytest.mark.parametrize(
    ("value", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=1023-1023", 1023, 1024),
        ("bytes=-1", 1023, 1024),
        ("bytes=-1024", 0, 1024),
        ("bytes=-99999999999999999999999999", 0, 1024),
        (f"bytes=5-{2**63 - 1}", 5, 1024),
        (f"bytes=5-{2**64}", 5, 1024),
        ("bytes=5-" + "9" * 99, 5, 1024),
        ("bytes=" + "0" * 50 + "5-7", 5, 8),
        ("BYTES=5-7", 5, 8),
        ("bytes= 5-7 ", 5, 8),
        ("bytes=,5-7,", 5, 8),
        ("bytes=5-7,9999-", 5, 8),  # section 14.2: what can be had of a list
        ("bytes=9999-, -0,5-7", 5, 8),
    ],
)
def test_one_part_comes_without_multipart(
    ask: Callable[..., Any], value: str, start: int, stop: int
) -> None:
    response = ask(Range=value)
    assert (response.status, response.body) == (206, CONTENT[start:stop])
    assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/1024"
    assert response.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "value",
    [
        "bytes=1024-",
        "bytes=1024-1024",
        "bytes=-0",
        "bytes=-00",
        f"bytes={2**63}-",
        f"bytes={2**64}-{2**64 + 1}",
        "bytes=" + "9" * 99 + "-",
        "bytes=2000-,3000-,-0",
        "bytes=" + ",".join(["9999-"] * 100),
    ],
)
def test_where_no_part_can_be_had_the_length_is_told(ask: Callable[..., Any], value: str) -> None:
    response = ask(Range=value)
    assert response.status == 416
    assert response.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize(
    "value",
    [
        "bytes=0-1,x",
        "bytes=0-1,5-4",
        "bytes=0-1,-",
        "bytes=0-1;5-9",
        "bytes=0-1 5-9",
        "bytes=0 - 1",
        "bytes = 0-1",
        "bytes:0-1",
        "bytes=\xb2-\xb3",
        "bytes=0x0-0x1",
        "bytes=0-1.5",
        "bytes=,",
        "bytes=" + "9" * 100 + "-",
        f"bytes={2**64}-{2**64 - 1}",
        "seconds=0-1",
        "0-1",
    ],
)
def test_what_is_no_list_of_ranges_is_passed_over(ask: Callable[..., Any], value: str) -> None:
    response = ask(Range=value)
    assert (response.status, response.body) == (200, CONTENT)
    assert "Content-Range" not in response.headers


def test_range_in_two_fields_is_none(ask: Callable[..., Any]) -> None:
    fields = [("Range", "bytes=0-1"), ("Range", "bytes=5-9")]
    assert ask(fields=fields).body == CONTENT


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT"])
def test_only_get_has_ranges(ask: Callable[..., Any], method: str) -> None:
    """Section 14.2: not even an error comes of one."""
    assert ask(method, Range="bytes=0-9").status == 200
    assert ask(method, Range="bytes=9999-").status == 200


NUMBERS = st.one_of(st.integers(0, 40), st.integers(0, 2**70))


@given(size=st.integers(1, 30), first=st.none() | NUMBERS, last=st.none() | NUMBERS)
@example(size=1, first=None, last=0)
@example(size=30, first=29, last=29)
def test_range_arithmetic_is_that_of_a_plain_model(
    rung: Rung, size: int, first: int | None, last: int | None
) -> None:
    """The model looks at each position of the file and asks whether it is wanted."""
    spec = f"{'' if first is None else first}-{'' if last is None else last}"
    if first is None and last is None:
        expected = None
    elif first is None:
        expected = [position for position in range(size) if size - position <= (last or 0)]
    elif last is not None and last < first:
        expected = None
    else:
        expected = [
            position
            for position in range(size)
            if position >= first and (last is None or position <= last)
        ]
    part = rung("static").parse_range(spec, size)
    assert (None if part is None else list(part)) == expected


# --- several ranges: sections 14.6 and 15.3.7.2


def parts_of(response: Any) -> list[tuple[str, str, bytes]]:
    """Content-Range, Content-Type and content of each part, as the email package reads them."""
    head = f"Content-Type: {response.headers['Content-Type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + response.body, policy=email.policy.HTTP)
    assert message.get_content_type() == "multipart/byteranges"
    assert not message.defects
    parts: Any = list(message.iter_parts())
    return [
        (each["Content-Range"], each["Content-Type"], each.get_payload(decode=True))
        for each in parts
    ]


def test_several_parts_come_as_multipart(ask: Callable[..., Any]) -> None:
    response = ask(Range="bytes=500-599, 0-0,-4")
    assert response.status == 206
    assert "Content-Range" not in response.headers  # section 15.3.7.2
    kind = "application/octet-stream"
    assert parts_of(response) == [
        ("bytes 500-599/1024", kind, CONTENT[500:600]),
        ("bytes 0-0/1024", kind, CONTENT[:1]),
        ("bytes 1020-1023/1024", kind, CONTENT[-4:]),
    ]
    for name in ("ETag", "Last-Modified", "Cache-Control"):  # section 15.3.7
        assert response.headers[name] == ask().headers[name]


def test_boundary_cannot_be_guessed(ask: Callable[..., Any]) -> None:
    """Attack: an uploaded file that holds the boundary would end its own part."""
    types = {ask(Range="bytes=0-0,5-5").headers["Content-Type"] for _ in range(5)}
    assert len(types) == 5
    assert all(len(each.rpartition("=")[2]) == 32 for each in types)


@pytest.mark.parametrize(
    "value",
    [
        "bytes=0-,0-",  # the attack of 2011: each adds the whole file
        "bytes=0-,5-,6-,7-",
        "bytes=" + ",".join(f"5-{last}" for last in range(5, 1000)),
        "bytes=" + ",".join(f"{first}-{first}" for first in range(0, 66, 2)),
        "bytes=0-511,512-1023,0-0",
        "bytes=-1024,-1",
    ],
    ids=lambda value: value[:20],
)
def test_who_asks_for_more_than_the_file_gets_the_file(ask: Callable[..., Any], value: str) -> None:
    """Section 17.15. No request costs more than one without Range."""
    response = ask(Range=value)
    assert (response.status, response.body) == (200, CONTENT)


def test_as_many_ranges_as_a_reader_of_documents_asks_for_are_sent(
    rung: Rung, ask: Callable[..., Any]
) -> None:
    most = rung("static").MAX_RANGES
    value = "bytes=" + ",".join(f"{first}-{first}" for first in range(most))
    assert len(parts_of(ask(Range=value))) == most
    assert len(parts_of(ask(Range="bytes=0-5,3-8"))) == 2  # they overlap, and cost next to nothing


@given(
    size=st.integers(0, 50),
    specs=st.lists(
        st.tuples(st.none() | st.integers(0, 60), st.none() | st.integers(0, 60)), max_size=6
    ),
)
def test_lists_of_ranges_are_those_of_a_plain_model(
    rung: Rung, size: int, specs: list[tuple[int | None, int | None]]
) -> None:
    static, messages = rung("static"), rung("messages")
    texts = [f"{'' if a is None else a}-{'' if b is None else b}" for a, b in specs]
    headers = messages.Headers({"Range": "bytes=" + ", ".join(texts)})
    request = messages.Request("GET", "/", "/", headers=headers)
    parts = [static.parse_range(text, max(size, 1)) for text in texts]
    try:
        found = [list(part) for part in static.find_ranges(request, '"x"', 0, size)]
    except messages.HTTPError as error:
        assert error.status == 416
        assert size and parts
        assert not any(parts)
        assert None not in parts
        return
    if found:
        assert found == [list(part) for part in parts if part]
        assert sum(map(len, found)) <= size
    else:
        whole = not size or not parts or None in parts
        assert whole or sum(len(part) for part in parts if part) > size


# --- long files go out in pieces


def response_to(rung: Rung, file: Path, method: str = "GET", **headers: str) -> Any:
    messages = rung("messages")
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    request = messages.Request(method, "/", "/", headers=messages.Headers(pairs))
    return rung("static").file_response(request, file)


def is_closed(response: Any) -> bool:
    closed: bool = response.body.file.closed
    return closed


def test_short_file_is_bytes_and_a_long_one_is_a_stream(rung: Rung, tmp_path: Path) -> None:
    file = tmp_path / "x"
    for size, is_bytes in ((0, True), (65536, True), (65537, False)):
        file.write_bytes(LONG[:size])
        response = response_to(rung, file)
        assert isinstance(response.body, bytes) is is_bytes
        assert b"".join([response.body] if is_bytes else response.body) == LONG[:size]
        response.close()


def test_pieces_are_small_and_the_length_is_told(rung: Rung, long_file: Path) -> None:
    response = response_to(rung, long_file)
    assert response.headers["Content-Length"] == str(len(LONG))
    pieces = list(response.body)
    assert b"".join(pieces) == LONG
    assert max(map(len, pieces)) <= 256 * 1024
    response.close()
    assert is_closed(response)


@pytest.mark.parametrize("value", ["bytes=100000-899999", "bytes=-800000", "bytes=100000-"])
def test_long_part_is_streamed_too(rung: Rung, long_file: Path, value: str) -> None:
    response = response_to(rung, long_file, Range=value)
    first, last = response.headers["Content-Range"].split()[1].split("/")[0].split("-")
    assert b"".join(response.body) == LONG[int(first) : int(last) + 1]
    assert response.headers["Content-Length"] == str(int(last) - int(first) + 1)
    response.close()


def test_long_multipart_has_the_length_that_it_says(rung: Rung, long_file: Path) -> None:
    response = response_to(rung, long_file, Range="bytes=0-299999,500000-799999")
    body = b"".join(response.body)
    assert len(body) == int(response.headers["Content-Length"])
    response.close()
    response.body = body
    assert [each[2] for each in parts_of(response)] == [LONG[:300_000], LONG[500_000:800_000]]


def test_file_is_closed_when_nothing_of_it_is_streamed(
    rung: Rung, long_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    true_open = Path.open

    def spy(self: Path, *arguments: Any, **keywords: Any) -> Any:
        opened.append(true_open(self, *arguments, **keywords))
        return opened[-1]

    monkeypatch.setattr(Path, "open", spy)
    etag = rung("static").make_etag(long_file.stat())
    assert response_to(rung, long_file, If_None_Match=etag).status == 304
    assert response_to(rung, long_file, Range="bytes=0-9").body == LONG[:10]
    for headers in ({"If_Match": '"other"'}, {"Range": "bytes=9999999-"}):
        with pytest.raises(rung("messages").HTTPError):
            response_to(rung, long_file, **headers)
    assert len(opened) == 4
    assert all(each.closed for each in opened)


def test_file_that_cannot_be_opened_is_an_error_before_anything_is_sent(
    rung: Rung, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        response_to(rung, tmp_path / "nowhere")


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError])
def test_file_that_vanishes_or_may_not_be_read_is_not_there(
    rung: Rung, file: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    messages, static = rung("messages"), rung("static")
    view = static.static_files(file.parent)

    def fails(*arguments: Any, **keywords: Any) -> Any:
        raise error(2, "no")

    monkeypatch.setattr(Path, "open", fails)
    with pytest.raises(messages.HTTPError) as caught:
        view(messages.Request("GET", "/data.bin", "/data.bin"), "data.bin")
    assert caught.value.status == 404


def test_file_that_is_replaced_is_sent_as_it_was(rung: Rung, long_file: Path) -> None:
    """Attack on a cache: the tag of one file with the bytes of another."""
    response = response_to(rung, long_file)
    other = long_file.with_name("other")
    other.write_bytes(b"y" * len(LONG))
    other.replace(long_file)
    assert b"".join(response.body) == LONG
    response.close()


def test_file_that_shrinks_is_an_error_and_no_short_answer(rung: Rung, long_file: Path) -> None:
    response = response_to(rung, long_file)
    os.truncate(long_file, 500_000)
    with pytest.raises(OSError, match=r"long\.bin has become shorter"):
        list(response.body)
    response.close()


def test_file_that_grows_is_sent_as_long_as_it_was(rung: Rung, long_file: Path) -> None:
    response = response_to(rung, long_file)
    with long_file.open("ab") as more:
        more.write(b"more")
    assert b"".join(response.body) == LONG
    response.close()


def test_memory_does_not_grow_with_the_file(rung: Rung, tmp_path: Path) -> None:
    file = tmp_path / "sparse"
    with file.open("wb") as target:
        target.truncate(50_000_000)
    tracemalloc.start()
    try:
        response = response_to(rung, file)
        assert sum(map(len, response.body)) == 50_000_000
        response.close()
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_positions_beyond_four_gigabytes(rung: Rung, tmp_path: Path) -> None:
    file = tmp_path / "sparse"
    with file.open("wb") as target:
        target.seek(2**33)
        target.write(b"the end")
    response = response_to(rung, file, Range=f"bytes={2**33}-")
    assert response.body == b"the end"
    assert response.headers["Content-Range"] == f"bytes {2**33}-{2**33 + 6}/{2**33 + 7}"
    response = response_to(rung, file)
    assert response.headers["Content-Length"] == str(2**33 + 7)
    response.close()


# --- a name to save it under: RFC 6266, RFC 8187


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("plan.txt", 'filename="plan.txt"'),
        ("two words;.txt", 'filename="two words;.txt"'),
        ("café.txt", "filename=\"caf_.txt\"; filename*=UTF-8''caf%C3%A9.txt"),
        ("100%.txt", "filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
        ('a"b.txt', "filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt"),
        ("🦜", "filename=\"_\"; filename*=UTF-8''%F0%9F%A6%9C"),
        ("../../etc/passwd", 'filename=".._.._etc_passwd"'),
        ("..\\boot.ini", 'filename=".._boot.ini"'),
        ("a\r\nSet-Cookie: x=1", 'filename="a__Set-Cookie: x=1"'),
        ("a\0b\u2028c", 'filename="a_b_c"'),
        ("half \ud83d", 'filename="half _"'),
        ("", 'filename=""'),
    ],
)
def test_download_names(rung: Rung, file: Path, name: str, field: str) -> None:
    messages = rung("messages")
    request = messages.Request("GET", "/", "/")
    response = rung("static").file_response(request, file, download_name=name)
    assert response.headers["Content-Disposition"] == f"attachment; {field}"
    assert len(response.headers.get_all("Set-Cookie")) == 0


@given(name=st.text())
def test_no_download_name_breaks_the_field(rung: Rung, name: str) -> None:
    field = rung("static").attachment(name)
    messages = rung("messages")
    messages.Headers({"Content-Disposition": field})  # raises if it is no field value
    message = email.message_from_string(f"Content-Disposition: {field}\n\n")
    assert field.isascii()
    assert message.get_content_disposition() == "attachment"
    if "filename*=" in field:
        expected = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in name)
        extended = rung("multipart").parse_parameters(field)[1]["filename*"]
        assert extended.startswith("UTF-8''")
        assert rung("multipart").unquote(extended[7:]) == expected


def test_without_a_download_name_the_browser_decides(ask: Callable[..., Any]) -> None:
    assert "Content-Disposition" not in ask().headers


# --- over the wire


@pytest.fixture
def site(rung: Rung, file: Path, long_file: Path) -> Iterator[Serving]:
    app = rung("app").App()
    app.get("/<path:path>", name="static")(rung("static").static_files(file.parent))
    with serving(rung("server").Server(app, port=0)) as running:
        yield running


def get(site: Serving, path: str, method: str = "GET", **headers: str) -> Any:
    """The answer as http.client reads it, with its body as `.content`."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=DEADLINE)
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, headers=fields)
        answer: Any = connection.getresponse()
        answer.content = answer.read()
        return answer
    finally:
        connection.close()


def test_http_client_gets_long_files_whole_and_in_parts(site: Serving) -> None:
    whole = get(site, "/long.bin")
    assert (whole.status, whole.content) == (200, LONG)
    assert whole.headers["Content-Length"] == str(len(LONG))
    assert whole.headers["Transfer-Encoding"] is None
    part = get(site, "/long.bin", Range="bytes=100000-299999", If_Range=whole.headers["ETag"])
    assert (part.status, part.content) == (206, LONG[100_000:300_000])
    assert part.headers["Content-Length"] == "200000"


def test_head_of_a_long_file_tells_what_get_would(site: Serving) -> None:
    head, answer = get(site, "/long.bin", "HEAD", Range="bytes=0-9"), get(site, "/long.bin")
    assert (head.status, head.content) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges"):
        assert head.headers[name] == answer.headers[name]


def test_errors_of_conditions_and_ranges_over_the_wire(site: Serving) -> None:
    assert get(site, "/long.bin", If_Match='"other"').status == 412
    beyond = get(site, "/long.bin", Range="bytes=1000000-")
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, "bytes */1000000")


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
@pytest.mark.parametrize(
    ("arguments", "start", "stop"),
    [
        (["--range", "10-19"], 10, 20),
        (["--range", "200000-"], 200_000, 1_000_000),
        (["--range", "-200000"], 800_000, 1_000_000),
        ([], 0, 1_000_000),
    ],
)
def test_curl_gets_parts(
    site: Serving, tmp_path: Path, arguments: list[str], start: int, stop: int
) -> None:
    target = tmp_path / "got"
    curl(*arguments, "--output", str(target), site.url + "long.bin")
    assert target.read_bytes() == LONG[start:stop]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_curl_goes_on_with_a_download_that_broke_off(site: Serving, tmp_path: Path) -> None:
    target = tmp_path / "got"
    target.write_bytes(LONG[:300_000])
    curl("-C", "-", "--output", str(target), site.url + "long.bin")
    assert target.read_bytes() == LONG


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_curl_asks_for_a_file_only_if_it_is_newer(site: Serving, tmp_path: Path) -> None:
    target = tmp_path / "got"
    written = curl("-z", DATE, "-w", "%{http_code}", "-o", str(target), site.url + "data.bin")
    assert written == "304"
    written = curl("-z", BEFORE, "-w", "%{http_code}", "-o", str(target), site.url + "data.bin")
    assert (written, target.read_bytes()) == ("200", CONTENT)


def curl(*arguments: str) -> str:
    command = ["curl", "--silent", "--show-error", "--max-time", "10", *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_file_that_shrinks_while_it_is_sent_breaks_the_connection(
    rung: Rung, tmp_path: Path
) -> None:
    """The client must neither wait for ever nor take a short file for a whole one."""
    file = tmp_path / "long"
    with file.open("wb") as target:
        target.truncate(50_000_000)
    static = rung("static")
    server = rung("server").Server(lambda request: static.file_response(request, file), port=0)
    with serving(server) as running, running.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        received = len(client.recv(1000))
        os.truncate(file, 10_000_000)
        with pytest.raises(ConnectionResetError):
            while data := client.recv(65536):
                received += len(data)
        assert received < 50_000_000


def test_file_is_closed_when_the_client_has_gone(rung: Rung, tmp_path: Path) -> None:
    file = tmp_path / "long"
    with file.open("wb") as target:
        target.truncate(50_000_000)
    static, responses = rung("static"), []

    def handler(request: Any) -> Any:
        responses.append(static.file_response(request, file))
        return responses[-1]

    with serving(rung("server").Server(handler, port=0)) as running:
        for head in (b"GET / HTTP/1.1", b"HEAD / HTTP/1.1", b"GET / HTTP/1.0"):
            client = running.connect()
            client.sendall(head + b"\r\nHost: x\r\n\r\n")
            client.recv(1000)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()
        end = time.monotonic() + DEADLINE
        while not (len(responses) == 3 and all(map(is_closed, responses))):
            assert time.monotonic() < end, "a file is still open"
            time.sleep(0.01)
