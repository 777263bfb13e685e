"""What servers make of requests that RFC 9110 and 9112 are strict about.

Run:  python3 -m course bench conformance

The requests are those of our own tests, tests/step_02_http_parse/{accepted,refused}.toml, and a few
about what comes behind a request. Left out is what the RFCs leave open, and what only rung is
strict about; conformance.toml says which. So a "wrong" here is a requirement that was missed:

    MUST    of RFC 9110 or 9112, or a field value that reached the application with CR, LF or NUL
    SHOULD  refuse what the grammar does not know (RFC 9112 section 2.2), and the like

Each request is sent on a connection of its own, with a good one behind it that says close. Refused
means: a status of 4xx or 5xx, or a closed connection, and nothing reached the application. The
results go to benchmarks/results/conformance.json and .md.
"""

import argparse
import json
import socket
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.servers import PACKAGES, SERVERS, Failed, Running, installed, started
from tests.step_02_http_parse.tables import ACCEPTED, REFUSED, Entry
from tests.support.compare import Answer, read_answers

RESULTS = Path(__file__).parent / "results"
PATIENCE = 3.0  # seconds without a byte until we say that a server waits for more
TAKE_PART = ["rung", "pool", "waitress", "cheroot", "gunicorn"]
BEHIND = b"GET /behind HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"

LISTS: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "conformance.toml").read_text(encoding="utf-8")
)


@dataclass
class Seen:
    """What came back for one request."""

    answers: list[Answer] = field(default_factory=list)
    closed: bool = False
    interim: bool = False  # 100 Continue
    broken: str = ""  # what was no answer

    def understood(self) -> list[dict[str, Any]]:
        """What reached the application."""
        return [json.loads(each.body) for each in self.answers if is_echo(each)]

    def __str__(self) -> str:
        if self.broken:
            return self.broken
        parts = ["100"] if self.interim else []
        for answer in self.answers:
            path = json.loads(answer.body)["path"] if is_echo(answer) else ""
            parts.append(f"{answer.status} {path.encode('unicode_escape').decode()}".strip())
        return ", ".join(parts if self.closed else [*parts, "waits"]) or "closes"


def is_echo(answer: Answer) -> bool:
    return answer.status == 200 and answer.body.startswith(b"{")


@dataclass(frozen=True)
class Case:
    """A request, and how to tell whether a server is right about it."""

    name: str
    level: str  # "MUST" or "SHOULD"
    rule: str
    raw: bytes
    expected: str
    is_right: Callable[[Seen], bool]
    later: bytes = b""  # sent when the first bytes have been answered, or nobody answers them


# --- the cases


def cases() -> list[Case]:
    return [*refused_cases(), *accepted_cases(), *sequences()]


def refused_cases() -> list[Case]:
    found = []
    for entry in REFUSED:
        if listed(entry, "one_framing"):
            found.append(case(entry, "MUST", "refused, or closed behind it", one_framing))
        elif listed(entry, "replaced"):
            found.append(case(entry, "MUST", "refused, or replaced by blanks", replaced))
        elif listed(entry, "must_be_refused"):
            found.append(case(entry, "MUST", "refused", refused))
        elif listed(entry, "should_be_refused"):
            found.append(case(entry, "SHOULD", "refused", refused))
    return found


def listed(entry: Entry, name: str) -> bool:
    """Whether conformance.toml has the entry in this list, by its name or by its part."""
    full_name = f"{entry.part}.{entry.name}"
    elsewhere = any(full_name in LISTS[other] for other in LISTS)
    return full_name in LISTS[name] or (f"{entry.part}.*" in LISTS[name] and not elsewhere)


def accepted_cases() -> list[Case]:
    entries = [each for each in ACCEPTED if not listed(each, "not_required")]
    return [case(each, "MUST", "understood", accepted(each)) for each in entries]


def sequences() -> list[Case]:
    """What the tables cannot say, because it is about more than one message."""
    get = "GET / HTTP/1.1\r\nHost: example\r\n"
    post = "POST / HTTP/1.1\r\nHost: example\r\n"
    found = [
        ("close", "9112 section 9.6: nothing behind a request that says close is processed.",
         get + "Connection: close\r\n\r\n", "one answer, closed", one_answer),
        ("close_in_a_list", "9112 section 9.6, 9110 section 7.6.1: Connection is a list.",
         get + "Connection: x, Close\r\n\r\n", "one answer, closed", one_answer),
        ("close_in_a_second_field", "9110 section 5.3: two fields of one name are one list.",
         get + "Connection: x\r\nConnection: close\r\n\r\n", "one answer, closed", one_answer),
        ("close_behind_a_body", "9112 section 9.6.",
         post + "Connection: close\r\nContent-Length: 1\r\n\r\na",
         "one answer, closed", one_answer),
        ("old_version", "9112 section 9.3: HTTP/1.0 closes unless both want to stay.",
         "GET / HTTP/1.0\r\n\r\n", "one answer, closed", one_answer),
        ("pipeline", "9112 section 9.3.2: answers come in the order of the requests.",
         get + "\r\n" + get.replace("/", "/2", 1) + "\r\n", "three answers", in_order),
        ("head", "9110 section 9.3.2: no content in the answer to HEAD.",
         "HEAD / HTTP/1.1\r\nHost: example\r\n\r\n", "a head, then the next answer", head_only),
        ("trailer", "9112 section 7.1.2: trailer fields may follow the last chunk.",
         post + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n",
         "understood", lambda seen: [each["body"] for each in seen.understood()] == ["ok", ""]),
        ("date", "9110 section 6.6.1: Date in every 2xx.", get + "\r\n", "Date", dated),
        ("date_of_a_refusal", "9110 section 6.6.1: Date in every 4xx.",
         get + "Content-Length: x\r\n\r\n", "4xx with Date", refused_with_date),
    ]  # fmt: skip
    made = [
        Case(f"sequence.{name}", "MUST", f"RFC {rule}", raw.encode(), expected, judge)
        for name, rule, raw, expected, judge in found
    ]
    waiting = post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    in_a_list = waiting.replace("100-", "x, 100-")
    rule = "RFC 9110 section 10.1.1: 100 or a final answer, at once."
    old = "RFC 9110 section 15.2: no 1xx to a client of HTTP/1.0."
    expecting = [
        ("expect", rule, waiting, "100, then understood", continued),
        ("expect_in_a_list", rule, in_a_list, "100 or 417", continued),
        ("expect_in_old_version", old, waiting.replace("1.1", "1.0"), "no 100", not_continued),
    ]
    return made + [
        Case(f"sequence.{name}", "MUST", rule, raw.encode(), expected, judge, later=b"ab")
        for name, rule, raw, expected, judge in expecting
    ]


def case(entry: Entry, level: str, expected: str, is_right: Callable[[Seen], bool]) -> Case:
    return Case(f"{entry.part}.{entry.name}", level, entry.rule, entry.raw, expected, is_right)


# --- the judges


def refused(seen: Seen) -> bool:
    """Nothing reached the application, and the client knows."""
    good = all(answer.status >= 400 for answer in seen.answers)
    return good and bool(seen.answers or seen.closed) and not seen.broken


def one_framing(seen: Seen) -> bool:
    return refused(seen) or (len(seen.answers) == 1 and seen.closed)


def replaced(seen: Seen) -> bool:
    """No control character in a field value has reached the application."""
    values = "".join(value for each in seen.understood() for value in each["values"])
    return refused(seen) or (bool(seen.understood()) and not set(values) & set("\r\n\0"))


def accepted(entry: Entry) -> Callable[[Seen], bool]:
    """A judge that compares what the application saw with the table."""
    names = {"method", "path"} & entry.expected.keys()
    expected: dict[str, Any] = {name: entry.expected[name] for name in names}
    expected |= {"body": entry.expected.get("body", "")}
    if "query_string" in entry.expected:
        expected["query"] = entry.expected["query_string"]
    if entry.part in ("host", "target") and "fields" in entry.expected:
        expected["host"] = entry.expected["fields"][0][1]
    if expected.get("path") == "*":  # PEP 3333 has no place for it that all agree on
        del expected["path"]

    def is_right(seen: Seen) -> bool:
        if entry.expected.get("method") == "HEAD":
            return head_only(seen)
        understood = seen.understood()
        return bool(understood) and expected.items() <= understood[0].items()

    return is_right


def one_answer(seen: Seen) -> bool:
    return len(seen.answers) == 1 and seen.closed and not seen.broken


def in_order(seen: Seen) -> bool:
    return [each["path"] for each in seen.understood()] == ["/", "/2", "/behind"]


def head_only(seen: Seen) -> bool:
    return len(seen.answers) == 2 and [each["path"] for each in seen.understood()] == ["/behind"]


def dated(seen: Seen) -> bool:
    return bool(seen.answers) and all("Date" in answer.headers for answer in seen.answers)


def refused_with_date(seen: Seen) -> bool:
    return bool(seen.answers) and refused(seen) and dated(seen)


def continued(seen: Seen) -> bool:
    if seen.answers and seen.answers[0].status == 417:
        return True
    return seen.interim and bool(seen.understood()) and seen.understood()[0]["body"] == "ab"


def not_continued(seen: Seen) -> bool:
    return not seen.interim and bool(seen.answers)


# --- asking


def ask(server: Running, each: Case) -> Seen:
    """Send a request, with a good one behind it, and read until the server closes or is silent."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
        raw = b""
        try:
            if each.later:
                client.sendall(each.raw)
                client.settimeout(1.0)
                raw = receive_once(client)
                client.settimeout(PATIENCE)
                client.sendall(each.later + BEHIND)
            else:
                client.sendall(each.raw + BEHIND)
            while data := client.recv(65536):
                raw += data
            closed = True
        except TimeoutError:
            closed = False
        except OSError:  # a reset: the end, too
            closed = True
    method = "HEAD" if each.raw.startswith(b"HEAD") else "GET"
    return read(raw, closed, [method, "GET", "GET"])


def receive_once(client: socket.socket) -> bytes:
    try:
        return client.recv(65536)
    except TimeoutError:
        return b""


def read(raw: bytes, closed: bool, methods: list[str]) -> Seen:
    interim = raw.startswith(INTERIM)
    try:
        return Seen(read_answers(raw.replace(INTERIM, b""), methods), closed, interim)
    except (AssertionError, HTTPException, ValueError):
        return Seen([], closed, interim, f"no answer: {raw[:40]!r}")


# --- the report


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m course bench conformance")
    parser.add_argument("servers", nargs="*", help=f"of {', '.join(TAKE_PART)}; all by default")
    wanted = parser.parse_args().servers or TAKE_PART
    names = [name for name in wanted if name in TAKE_PART and installed(name)]
    asked = cases()
    seen: dict[str, dict[str, Seen]] = {}
    for name in names:
        print(f"asking {SERVERS[name]}", flush=True)
        try:
            with started(name, "echo", core=0) as server:
                seen[name] = {each.name: ask(server, each) for each in asked}
        except Failed as error:
            print(f"  {error}")
    text = report(asked, seen)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "conformance.md").write_text(text, encoding="utf-8")
    (RESULTS / "conformance.json").write_text(as_json(asked, seen), encoding="utf-8")


def report(asked: list[Case], seen: dict[str, dict[str, Seen]]) -> str:
    """Return both tables in Markdown: how many are wrong, and what was done about each of those."""
    lines = [
        "# Requests that the RFCs are strict about",
        "",
        "| server | MUST wrong | SHOULD wrong |",
    ]
    lines.append("| --- | ---: | ---: |")
    for name in seen:
        counts = []
        for level in ("MUST", "SHOULD"):
            of_level = [each for each in asked if each.level == level]
            wrong = sum(not each.is_right(seen[name][each.name]) for each in of_level)
            counts.append(f"{wrong} of {len(of_level)}")
        lines.append(f"| {f'{SERVERS[name]} {version(name)}'.strip()} | {' | '.join(counts)} |")
    lines += ["", "What was done about each request that somebody has wrong (✓: right):", ""]
    lines.append(f"| request | level | rule | expected | {' | '.join(seen)} |")
    lines.append("| --- " * (4 + len(seen)) + "|")
    for each in asked:
        marks = [
            "✓" if each.is_right(seen[name][each.name]) else cell(seen[name][each.name])
            for name in seen
        ]
        if set(marks) != {"✓"}:
            cells = [each.name, each.level, each.rule, each.expected, *marks]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def cell(seen: Seen) -> str:
    return str(seen).replace("|", "\\|")


def version(name: str) -> str:
    return metadata.version(name) if name in PACKAGES else ""


def as_json(asked: list[Case], seen: dict[str, dict[str, Seen]]) -> str:
    rows = [
        {
            "request": each.name,
            "level": each.level,
            "rule": each.rule,
            "sent": each.raw.decode("latin-1"),
            "expected": each.expected,
            "servers": {
                name: {"right": each.is_right(of[each.name]), "did": str(of[each.name])}
                for name, of in seen.items()
            },
        }
        for each in asked
    ]
    versions = {name: version(name) for name in seen}
    return json.dumps({"versions": versions, "requests": rows}, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
