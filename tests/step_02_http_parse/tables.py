"""The tables of raw requests, and what a parser makes of them in any cut."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
FIRST = b"GET /first HTTP/1.1\r\nHost: example\r\n\r\n"
NEXT = b"GET /next HTTP/1.1\r\nHost: example\r\n\r\n"


@dataclass(frozen=True)
class Entry:
    """One raw request of accepted.toml or refused.toml."""

    part: str  # the table: "fields"
    name: str
    rule: str
    raw: bytes
    expected: dict[str, Any]  # status, or what Request holds


def read_table(file_name: str) -> list[Entry]:
    """All entries of a file."""
    table = tomllib.loads((HERE / file_name).read_text(encoding="utf-8"))
    return [_entry(part, name, values) for part in table for name, values in table[part].items()]


def _entry(part: str, name: str, values: dict[str, Any]) -> Entry:
    expected = dict(values)
    rule, raw = expected.pop("rule"), expected.pop("raw").encode("latin-1")
    return Entry(part, name, rule, raw, expected)


ACCEPTED = read_table("accepted.toml")
REFUSED = read_table("refused.toml")


def each(entries: list[Entry], *parts: str) -> pytest.MarkDecorator:
    """Run a test with every entry of these parts, or with every entry."""
    chosen = [entry for entry in entries if not parts or entry.part in parts]
    ids = [f"{entry.part}.{entry.name}" for entry in chosen]
    return pytest.mark.parametrize("entry", chosen, ids=ids)


# --- what a parser makes of bytes


def outcome(protocol: ModuleType, pieces: list[bytes]) -> list[Any]:
    """All that a parser reads out of the pieces, in a form that can be compared.

    A request becomes a tuple; an error its status and message, and is the last; "more" at the end
    says that a request has begun.
    """
    parser = protocol.RequestParser()
    read: list[Any] = []
    for piece in pieces:
        parser.feed(piece)
        try:
            while (request := parser.next_request()) is not None:
                read.append(in_parts(request))
        except protocol.HTTPError as error:
            return [*read, (error.status.value, error.message)]
    return read if parser.is_idle else [*read, "more"]


def in_parts(request: Any) -> tuple[Any, ...]:
    """A request as a tuple."""
    fields = request.headers.pairs()
    line = (request.method, request.target, request.path, request.query_string, request.version)
    return (*line, fields, request.body)


def statuses(read: list[Any]) -> list[Any]:
    """The outcome in short: 200 for a request, the status of an error, "more"."""
    return [each if isinstance(each, str) else _status(each) for each in read]


def _status(part: tuple[Any, ...]) -> Any:
    return part[0] if isinstance(part[0], int) else 200


def bytes_of(raw: bytes) -> list[bytes]:
    """One byte at a time."""
    return [raw[place : place + 1] for place in range(len(raw))]


def cuts(raw: bytes) -> list[list[bytes]]:
    """The two pieces, for every place of the cut."""
    return [[raw[:place], raw[place:]] for place in range(1, len(raw))]
