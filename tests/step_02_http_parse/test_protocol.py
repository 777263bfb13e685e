"""Bytes in, messages out; messages in, bytes out: the rules of RFC 9112, without a socket.

The raw requests stand in accepted.toml and refused.toml, each with its rule and section.
"""

import random
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from types import ModuleType
from typing import Any

import pytest

from tests.step_02_http_parse.tables import (
    ACCEPTED,
    FIRST,
    NEXT,
    REFUSED,
    Entry,
    bytes_of,
    cuts,
    each,
    in_parts,
    outcome,
    statuses,
)
from tests.support.compare import Answer, assert_bytes, assert_contains, read_answer
from tests.support.limits import set_limit

Rung = Callable[..., ModuleType]
CHUNKED = b"POST / HTTP/1.1\r\nHost: example\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def protocol(rung: Rung) -> ModuleType:
    return rung("protocol")


def request_with(rung: Rung, method: str = "GET", version: str = "HTTP/1.1", **fields: str) -> Any:
    """A request as the parser would make it; keyword Content_Length is Content-Length."""
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    messages = rung("messages")
    return messages.Request(method, "/", "/", headers=messages.Headers(headers), version=version)


# --- the tables, whole


@each(ACCEPTED)
def test_accepted_request_is_understood(protocol: ModuleType, entry: Entry) -> None:
    parser = protocol.RequestParser()
    parser.feed(entry.raw)
    request = parser.next_request()
    assert request is not None, f"{entry.rule} No request was read from {entry.raw!r}"
    expected = dict(entry.expected)
    assert_bytes(request.body, expected.pop("body", "").encode("latin-1"), entry.raw)
    if "fields" in expected:
        assert request.headers.pairs() == [tuple(pair) for pair in expected.pop("fields")]
    assert {name: getattr(request, name) for name in expected} == expected, entry.rule
    assert parser.next_request() is None
    assert parser.is_idle, "bytes of this request are left for the next one"


@each(REFUSED)
def test_refused_request_is_an_error_and_nothing_is_read_from_it(
    protocol: ModuleType, entry: Entry
) -> None:
    read = statuses(outcome(protocol, [entry.raw]))
    assert read == [entry.expected["status"]], f"{entry.rule} {entry.raw!r}"


# --- however the stream is cut


@each(ACCEPTED + REFUSED)
def test_any_cut_gives_the_same(protocol: ModuleType, entry: Entry) -> None:
    whole = outcome(protocol, [entry.raw])
    for pieces in [bytes_of(entry.raw), *cuts(entry.raw)]:
        assert outcome(protocol, pieces) == whole, pieces


@each(ACCEPTED + REFUSED)
def test_between_other_requests_it_gives_the_same(protocol: ModuleType, entry: Entry) -> None:
    """Behind a refused one nothing is read: nobody can tell where the next request begins."""
    expected = outcome(protocol, [FIRST]) + outcome(protocol, [entry.raw])
    if "status" not in entry.expected:
        expected += outcome(protocol, [NEXT])
    stream = FIRST + entry.raw + NEXT
    assert outcome(protocol, [stream]) == expected
    assert outcome(protocol, bytes_of(stream)) == expected


def test_where_a_head_was_cut_does_not_matter_to_the_next_one(protocol: ModuleType) -> None:
    """What was searched already was searched in another head."""
    pieces = [FIRST[:30], FIRST[30:] + b"GET / HTTP/1.1\nHost: a\n\n"]
    assert statuses(outcome(protocol, pieces)) == [200, 400]


@pytest.mark.parametrize("seed", range(8))
def test_a_pipeline_cut_at_random_gives_the_same(protocol: ModuleType, seed: int) -> None:
    chance = random.Random(seed)
    entries = chance.sample(ACCEPTED, 12)
    stream = b"".join(entry.raw for entry in entries)
    one_by_one = [part for entry in entries for part in outcome(protocol, [entry.raw])]
    places = sorted(chance.sample(range(1, len(stream)), 60))
    pieces = [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True)]
    assert outcome(protocol, pieces) == one_by_one, f"seed {seed}"


@pytest.mark.parametrize("seed", range(8))
def test_mutated_requests_are_read_or_refused_and_nothing_else_happens(
    protocol: ModuleType, seed: int
) -> None:
    """Any exception but HTTPError would end a worker; any dependence on the cut is a weakness."""
    chance = random.Random(seed)
    for _ in range(40):
        stream = mutated(chance, chance.choice(ACCEPTED).raw + NEXT)
        whole = outcome(protocol, [stream])
        place = chance.randrange(len(stream))
        assert outcome(protocol, [stream[:place], stream[place:]]) == whole, (seed, stream)
        assert set(statuses(whole)) <= {200, 400, 413, 414, 431, 501, 505, "more"}, (seed, stream)


def mutated(chance: random.Random, raw: bytes) -> bytes:
    """The bytes with a few of them changed, taken out or put in."""
    stream = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(stream))
        new = chance.choice([b"", b"\r", b"\n", b" ", b":", b"\0", b"\xff", b"0", b",", b"\r\n"])
        stream[place : place + chance.randint(0, 2)] = new
    return bytes(stream) or b"\0"


# --- the request line


@pytest.mark.exercise("2.3")
@each(REFUSED, "request_line")
def test_malformed_request_line_is_refused(protocol: ModuleType, entry: Entry) -> None:
    """RFC 9112 section 3."""
    assert statuses(outcome(protocol, [entry.raw])) == [entry.expected["status"]], entry.rule


@pytest.mark.exercise("2.3")
@each(ACCEPTED, "request_line", "target")
def test_request_line_is_taken_apart(protocol: ModuleType, entry: Entry) -> None:
    line = entry.raw.lstrip(b"\r\n").partition(b"\r\n")[0].decode("latin-1")
    method, target, version = protocol.parse_request_line(line)
    given_method, given_target, given_version = line.split(" ")
    assert (method, target) == (given_method, given_target)
    assert version == entry.expected.get("version", given_version), entry.rule


@pytest.mark.exercise("2.3")
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_methods_of_the_rfc_are_known(protocol: ModuleType, method: str) -> None:
    """RFC 9110 section 9.3, RFC 5789 for PATCH; CONNECT and TRACE are for proxies."""
    assert protocol.parse_request_line(f"{method} / HTTP/1.1") == (method, "/", "HTTP/1.1")


@pytest.mark.exercise("2.3")
def test_version_is_judged_before_the_method(protocol: ModuleType) -> None:
    """What a method of HTTP/2 means is not ours to say: 505, not 501."""
    with pytest.raises(protocol.HTTPError) as caught:
        protocol.parse_request_line("PRI * HTTP/2.0")
    assert caught.value.status == 505


# --- the field lines


@pytest.mark.exercise("2.4")
@each(REFUSED, "fields")
def test_malformed_field_line_is_refused(protocol: ModuleType, entry: Entry) -> None:
    """RFC 9112 section 5."""
    assert statuses(outcome(protocol, [entry.raw])) == [entry.expected["status"]], entry.rule


@pytest.mark.exercise("2.4")
@each(ACCEPTED, "fields", "host")
def test_field_lines_become_names_and_values(protocol: ModuleType, entry: Entry) -> None:
    lines = entry.raw.decode("latin-1").rstrip("\r\n").split("\r\n")[1:]
    headers = protocol.parse_field_lines(lines)
    assert headers.pairs() == [tuple(pair) for pair in entry.expected["fields"]], entry.rule


@pytest.mark.exercise("2.4")
def test_field_names_have_no_case(protocol: ModuleType) -> None:
    """RFC 9110 section 5.1."""
    headers = protocol.parse_field_lines(["CONTENT-type: text/plain"])
    assert headers["Content-Type"] == "text/plain"


@pytest.mark.exercise("2.4")
def test_more_fields_than_the_limit_are_refused(
    protocol: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 6585 section 5."""
    set_limit(monkeypatch, protocol, "MAX_FIELDS", 5)
    lines = [f"X-{number}: x" for number in range(6)]
    assert len(protocol.parse_field_lines(lines[:5])) == 5
    with pytest.raises(protocol.HTTPError) as caught:
        protocol.parse_field_lines(lines)
    assert caught.value.status == 431


# --- the framing of the body


@pytest.mark.exercise("2.5")
@each(REFUSED, "framing")
def test_doubtful_framing_is_refused(protocol: ModuleType, entry: Entry) -> None:
    """RFC 9112 section 6.3: what two servers could understand in two ways."""
    assert statuses(outcome(protocol, [entry.raw])) == [entry.expected["status"]], entry.rule


@pytest.mark.exercise("2.5")
@each(ACCEPTED, "framing", "chunks")
def test_body_is_as_long_as_its_framing_says(protocol: ModuleType, entry: Entry) -> None:
    (request, following) = outcome(protocol, [entry.raw + NEXT])
    assert_bytes(request[-1], entry.expected.get("body", "").encode("latin-1"), entry.raw)
    assert following == outcome(protocol, [NEXT])[0]


@pytest.mark.exercise("2.5")
def test_length_beyond_the_limit_is_refused_before_a_byte_of_the_body_is_here(
    protocol: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9110 section 15.5.14."""
    set_limit(monkeypatch, protocol, "MAX_BODY", 10)
    head = b"POST / HTTP/1.1\r\nHost: example\r\nContent-Length: %d\r\n\r\n"
    assert statuses(outcome(protocol, [head % 10])) == ["more"]
    assert statuses(outcome(protocol, [head % 11])) == [413]


# --- chunked bodies


@pytest.mark.exercise("2.6")
@each(ACCEPTED, "chunks")
def test_chunked_body_is_put_together_in_any_cut(protocol: ModuleType, entry: Entry) -> None:
    """RFC 9112 section 7.1."""
    body = entry.expected.get("body", "").encode("latin-1")
    for pieces in [[entry.raw], bytes_of(entry.raw), *cuts(entry.raw)]:
        read = outcome(protocol, pieces)
        assert statuses(read) == [200], (entry.rule, pieces)
        assert_bytes(read[0][-1], body, entry.raw)


@pytest.mark.exercise("2.6")
@each(
    [entry for entry in REFUSED if entry.name.startswith(("data_", "lf_behind", "trailer_"))],
    "chunks",
)
def test_broken_chunk_is_refused_in_any_cut(protocol: ModuleType, entry: Entry) -> None:
    for pieces in [[entry.raw], bytes_of(entry.raw), *cuts(entry.raw)]:
        assert statuses(outcome(protocol, pieces)) == [400], (entry.rule, pieces)


@pytest.mark.exercise("2.6")
def test_bytes_behind_a_chunked_body_are_the_next_request(protocol: ModuleType) -> None:
    stream = CHUNKED + b"5\r\nhello\r\n0\r\nX: y\r\n\r\n" + NEXT
    expected = outcome(protocol, [NEXT])[0]
    for pieces in [[stream], bytes_of(stream)]:
        assert outcome(protocol, pieces)[1:] == [expected]


@pytest.mark.exercise("2.6")
def test_chunks_together_may_not_exceed_the_limit(
    protocol: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9112 section 7.1: each chunk is small enough, and all together are not."""
    set_limit(monkeypatch, protocol, "MAX_BODY", 10)
    assert statuses(outcome(protocol, [CHUNKED + b"5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n"])) == [
        200
    ]
    assert statuses(outcome(protocol, [CHUNKED + b"5\r\nhello\r\n6\r\n"])) == [413]


@pytest.mark.exercise("2.6")
def test_trailer_fields_have_a_limit(protocol: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    set_limit(monkeypatch, protocol, "MAX_FIELDS", 3)
    assert statuses(outcome(protocol, [CHUNKED + b"0\r\n" + b"X: y\r\n" * 3 + b"\r\n"])) == [200]
    assert statuses(outcome(protocol, [CHUNKED + b"0\r\n" + b"X: y\r\n" * 4])) == [431]


@pytest.mark.parametrize("line", [b"5;" + b"x" * 2000, b"0\r\nX: " + b"x" * 2000])
def test_lines_of_a_chunked_body_have_a_limit(protocol: ModuleType, line: bytes) -> None:
    """RFC 9112 section 7.1.1: limit the length of extensions. Nobody waits for the line's end."""
    assert statuses(outcome(protocol, [CHUNKED + line])) == [400]


@each(REFUSED, "chunks")
def test_refusal_of_a_chunk_needs_no_more_bytes_than_the_broken_ones(
    protocol: ModuleType, entry: Entry
) -> None:
    """A client that has sent nonsense and waits must get its answer."""
    read = next(
        read
        for place in range(1, len(entry.raw) + 1)
        if (read := statuses(outcome(protocol, [entry.raw[:place]]))) != ["more"]
    )
    assert read == [entry.expected["status"]]


# --- the limits


def test_request_line_beyond_the_limit_is_refused_before_it_ends(
    protocol: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9110 section 15.5.15."""
    set_limit(monkeypatch, protocol, "MAX_REQUEST_LINE", 40)
    fits = b"GET /" + b"a" * (40 - len("GET / HTTP/1.1")) + b" HTTP/1.1"
    behind = b"\r\nHost: example\r\n\r\n"
    assert statuses(outcome(protocol, [fits + behind])) == [200]
    longer = fits.replace(b"/a", b"/aa")
    for pieces in [[longer + behind], bytes_of(longer + behind), [longer + b"a"]]:
        assert statuses(outcome(protocol, pieces)) == [414]


def test_head_beyond_the_limit_is_refused_before_it_ends(
    protocol: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 6585 section 5."""
    set_limit(monkeypatch, protocol, "MAX_HEAD", 100)
    start, end = b"GET / HTTP/1.1\r\nHost: example\r\nX: ", b"\r\n\r\n"
    fits = start + b"x" * (100 - len(start + end)) + end
    assert statuses(outcome(protocol, [fits])) == [200]
    longer = start + b"x" + fits[len(start) :]
    for pieces in [[longer], bytes_of(longer), [longer[:-4] + b"xxxx"]]:
        assert statuses(outcome(protocol, pieces)) == [431]


def test_default_limits_let_real_requests_pass(protocol: ModuleType) -> None:
    """RFC 9112 section 3: 8,000 bytes for the request line at least."""
    line = b"GET /" + b"a" * (8000 - len("GET / HTTP/1.1")) + b" HTTP/1.1\r\nHost: example\r\n\r\n"
    fields = b"".join(b"X-%d: x\r\n" % number for number in range(99))
    many = b"GET / HTTP/1.1\r\nHost: example\r\n" + fields + b"\r\n"
    value = b"GET / HTTP/1.1\r\nHost: example\r\nCookie: " + b"c" * 7000 + b"\r\n\r\n"
    assert statuses(outcome(protocol, [line + many + value])) == [200, 200, 200]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /" + b"a" * 2_000_000, 414),
        (b"G" * 2_000_000, 501),  # RFC 9112 section 3: longer than any method that is known
        (b"GET / HTTP/1.1\r\nHost: example\r\nX: " + b"x" * 2_000_000, 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: x\r\n" * 20_000 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000000\r\n\r\n", 413),
    ],
    ids=["line of 2 MB", "method of 2 MB", "field of 2 MB", "20,000 fields", "body of 100 GB"],
)
def test_default_limits_refuse_what_is_an_attack(
    protocol: ModuleType, raw: bytes, status: int
) -> None:
    assert statuses(outcome(protocol, [raw])) == [status]
    pieces = [raw[place : place + 4096] for place in range(0, len(raw), 4096)]
    assert statuses(outcome(protocol, pieces)) == [status]


# --- waiting for leave to send the body


@pytest.mark.parametrize(
    ("head", "waits"),
    [
        (b"HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", True),
        (b"HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n", True),
        (b"HTTP/1.1\r\nHost: a\r\nExpect: x, 100-continue\r\nContent-Length: 5\r\n\r\n", True),
        (
            b"HTTP/1.1\r\nExpect:\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
            True,
        ),
        (b"HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nh", False),
        (b"HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n", False),
        (b"HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", False),
        (b"HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", False),
    ],
    ids=[
        "waits",
        "no case",
        "list",
        "two fields",
        "body is coming",
        "head is not here",
        "not asked",
        "HTTP/1.0",
    ],
)
def test_client_waits_for_leave(protocol: ModuleType, head: bytes, waits: bool) -> None:
    """RFC 9110 section 10.1.1: Expect is a list; from HTTP/1.0 it must be ignored."""
    parser = protocol.RequestParser()
    parser.feed(b"POST / " + head)
    assert parser.next_request() is None
    assert parser.wants_continue is waits


def test_client_without_a_body_waits_for_no_leave(protocol: ModuleType) -> None:
    parser = protocol.RequestParser()
    parser.feed(b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")
    assert parser.next_request() is not None
    assert not parser.wants_continue


# --- keep-alive

KEEP_ALIVE = [
    ("HTTP/1.1", None, True),
    ("HTTP/1.1", "close", False),
    ("HTTP/1.1", "Close", False),
    ("HTTP/1.1", "keep-alive", True),
    ("HTTP/1.1", "Upgrade, close", False),
    ("HTTP/1.1", "keep-alive,close ,x", False),
    ("HTTP/1.1", ",, close", False),
    ("HTTP/1.1", "x,\tclose", False),
    ("HTTP/1.1", "close\xa0", True),  # 0xA0 is no blank but a byte of another word
    ("HTTP/1.1", "closed", True),
    ("HTTP/1.1", "disclose", True),
    ("HTTP/1.0", None, False),
    ("HTTP/1.0", "keep-alive", True),
    ("HTTP/1.0", "Keep-Alive, TE", True),
    ("HTTP/1.0", "keep-alive, close", False),
    ("HTTP/1.0", "not-keep-alive", False),
]


@pytest.mark.exercise("2.8")
@pytest.mark.parametrize(("version", "connection", "kept"), KEEP_ALIVE)
def test_connection_is_kept_or_closed(
    rung: Rung, protocol: ModuleType, version: str, connection: str | None, kept: bool
) -> None:
    """RFC 9112 section 9.3; Connection is a list of options without case."""
    fields = {"Connection": connection} if connection else {}
    assert protocol.wants_keep_alive(request_with(rung, version=version, **fields)) is kept


@pytest.mark.exercise("2.8")
def test_close_counts_in_the_second_connection_field_too(rung: Rung, protocol: ModuleType) -> None:
    """RFC 9110 section 5.3: two fields of one name are one list."""
    request = request_with(rung, Connection="keep-alive")
    request.headers.add("connection", "close")
    assert protocol.wants_keep_alive(request) is False


# --- the answer


def sent(
    rung: Rung, response: Any, request: Any = None, keep_alive: bool = True
) -> tuple[bytes, Answer]:
    """The answer as bytes, and as http.client reads it."""
    raw = rung("protocol").serialize_response(response, request, keep_alive)
    return raw, read_answer(raw, request.method if request else "GET")


@pytest.mark.exercise("2.7")
def test_answer_is_status_line_fields_empty_line_body(rung: Rung) -> None:
    """RFC 9112 section 2.1."""
    response = rung("messages").Response("hi", 404, "text/plain", {"X-Name": "value"})
    raw, answer = sent(rung, response)
    assert raw.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert raw.endswith(b"\r\n\r\nhi")
    assert raw.partition(b"\r\n\r\n")[0].count(b"\n") == raw.partition(b"\r\n\r\n")[0].count(b"\r")
    assert (answer.status, answer.reason, answer.body) == (404, "Not Found", b"hi")
    assert (answer.headers["X-Name"], answer.headers["Content-Type"]) == ("value", "text/plain")


@pytest.mark.exercise("2.7")
@pytest.mark.parametrize("body", ["", "é€😀", b"\x00\xff\r\n\r\n"])
def test_length_is_counted_in_bytes(rung: Rung, body: str | bytes) -> None:
    """RFC 9110 section 8.6."""
    expected = body.encode() if isinstance(body, str) else body
    _, answer = sent(rung, rung("messages").Response(body))
    assert answer.headers.get_all("Content-Length") == [str(len(expected))]
    assert_bytes(answer.body, expected)


@pytest.mark.exercise("2.7")
def test_length_of_the_handler_is_corrected(rung: Rung) -> None:
    """RFC 9110 section 8.6: a wrong one would lend bytes to the next answer."""
    response = rung("messages").Response("four", headers={"Content-Length": "40"})
    assert sent(rung, response)[1].headers.get_all("Content-Length") == ["4"]


@pytest.mark.exercise("2.7")
def test_coding_of_the_handler_is_dropped(rung: Rung) -> None:
    """RFC 9112 section 6.2: never both framings; the client would wait for chunks."""
    response = rung("messages").Response("four", headers={"Transfer-Encoding": "chunked"})
    headers = sent(rung, response)[1].headers
    assert headers.get_all("Transfer-Encoding") is None
    assert headers.get_all("Content-Length") == ["4"]


@pytest.mark.exercise("2.7")
@pytest.mark.parametrize("status", [200, 204, 304, 400, 500])
def test_every_answer_has_one_date(rung: Rung, status: int) -> None:
    """RFC 9110 section 6.6.1: in the form of section 5.6.7, in GMT."""
    _, answer = sent(rung, rung("messages").Response(b"", status))
    (date,) = answer.headers.get_all("Date")
    assert date.endswith(" GMT")
    assert parsedate_to_datetime(date).year >= 2026


@pytest.mark.exercise("2.7")
def test_head_gets_the_fields_of_get(rung: Rung) -> None:
    """RFC 9110 section 9.3.2."""
    response = rung("messages").Response("twelve bytes")
    _, answer = sent(rung, response, request_with(rung, "HEAD"))
    assert answer.headers["Content-Length"] == "12"
    assert answer.headers["Content-Type"] == response.headers["Content-Type"]


@pytest.mark.exercise("2.7")
def test_head_gets_no_body(rung: Rung) -> None:
    """RFC 9110 section 9.3.2: its bytes would be read as the next answer."""
    raw, _ = sent(rung, rung("messages").Response("twelve bytes"), request_with(rung, "HEAD"))
    assert raw.endswith(b"\r\n\r\n")


@pytest.mark.exercise("2.7")
@pytest.mark.parametrize("status", [204, 304])
def test_answer_without_content_has_neither_body_nor_length(rung: Rung, status: int) -> None:
    """RFC 9110 sections 8.6 and 15.4.5; bytes of a body would be read as the next answer."""
    response = rung("messages").Response("no", status, headers={"Content-Length": "2"})
    raw, answer = sent(rung, response)
    assert raw.endswith(b"\r\n\r\n")
    assert "Content-Length" not in answer.headers


@pytest.mark.exercise("2.7")
def test_answer_that_resets_a_form_has_a_length_of_zero(rung: Rung) -> None:
    """RFC 9110 section 15.3.6: 205 never has content; unlike 204, it must be framed."""
    raw, answer = sent(rung, rung("messages").Response("gone", 205))
    assert raw.endswith(b"\r\n\r\n")
    assert answer.headers.get_all("Content-Length") == ["0"]


@pytest.mark.exercise("2.7")
@pytest.mark.parametrize(
    ("version", "keep_alive", "expected"),
    [
        ("HTTP/1.1", True, None),
        ("HTTP/1.1", False, "close"),
        ("HTTP/1.0", True, "keep-alive"),
        ("HTTP/1.0", False, "close"),
    ],
)
def test_answer_says_what_becomes_of_the_connection(
    rung: Rung, version: str, keep_alive: bool, expected: str | None
) -> None:
    """RFC 9112 section 9.3 and, for HTTP/1.0, appendix C.2.2."""
    request = request_with(rung, version=version)
    _, answer = sent(rung, rung("messages").Response(), request, keep_alive)
    assert answer.headers["Connection"] == expected


@pytest.mark.exercise("2.7")
def test_answer_to_bytes_that_were_no_request(rung: Rung) -> None:
    response = rung("messages").HTTPError(400, "What?").to_response()
    raw, answer = sent(rung, response, None, keep_alive=False)
    assert answer.headers["Connection"] == "close"
    assert answer.body.decode().splitlines() == ["400 Bad Request", "", "What?"]
    assert raw.endswith(answer.body)


@pytest.mark.exercise("2.7")
def test_fields_that_come_twice_go_out_twice(rung: Rung) -> None:
    """RFC 6265 section 3: Set-Cookie cannot be joined by commas."""
    response = rung("messages").Response()
    response.headers.add("Set-Cookie", "a=1")
    response.headers.add("Set-Cookie", "b=2")
    assert sent(rung, response)[1].headers.get_all("Set-Cookie") == ["a=1", "b=2"]


@pytest.mark.exercise("2.7")
def test_fields_go_out_as_the_bytes_that_they_came_as(rung: Rung) -> None:
    """RFC 9110 section 5.5: beyond ASCII they are opaque, each byte a character of Latin-1."""
    raw, _ = sent(rung, rung("messages").Response("hi", headers={"X-Name": "caf\xc3\xa9"}))
    assert_contains(raw, b"\r\nX-Name: caf\xc3\xa9\r\n")


@pytest.mark.exercise("2.7")
def test_response_can_be_sent_again(rung: Rung) -> None:
    """A handler may keep one Response and give it to many: sending must not change it."""
    response = rung("messages").Response("hi")
    before = response.headers.pairs()
    sent(rung, response, keep_alive=False)
    assert response.headers.pairs() == before
    assert "Connection" not in sent(rung, response)[1].headers


# --- errors teach


def test_errors_say_what_arrived(protocol: ModuleType) -> None:
    read = outcome(protocol, [b"GET /a b HTTP/1.1\r\n\r\n"])
    assert "'GET /a b HTTP/1.1'" in read[0][1]
    assert "'GET / HTTP/1.1'" in read[0][1], "and what was expected"


def test_parsed_request_is_the_one_of_the_messages_layer(rung: Rung, protocol: ModuleType) -> None:
    parser = protocol.RequestParser()
    parser.feed(FIRST)
    request = parser.next_request()
    assert isinstance(request, rung("messages").Request)
    assert in_parts(request)[0] == "GET"
