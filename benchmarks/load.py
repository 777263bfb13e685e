"""Requests from outside, and what came of them: wrk for many, a socket of our own for a large one.

All of it runs on the core of the process that calls it (server.py pins that).
"""

import http.client
import re
import shutil
import socket
import subprocess
import time
import zlib
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path

from benchmarks.servers import Failed, Running

PIECE_SIZE = 256 * 1024  # bytes
DEADLINE = 60.0  # seconds for one large transfer
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}  # wrk's times, in milliseconds

RATE = re.compile(r"^Requests/sec: +([\d.]+)$", re.MULTILINE)
PERCENTILE = re.compile(r"^ +(50|99)% +([\d.]+)(us|ms|s|m)$", re.MULTILINE)
SOCKET_ERRORS = re.compile(r"^ +Socket errors: (.+)$", re.MULTILINE)
ERROR_ANSWERS = re.compile(r"^ +Non-2xx or 3xx responses: (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Load:
    """What wrk has seen.

    Attributes:
        rate: answers a second.
        median: milliseconds from request to answer.
        slowest: the same for the slowest of a hundred.
        problems: what must not happen, as text; empty if nothing did.
    """

    rate: float
    median: float
    slowest: float
    problems: str


def run_wrk(url: str, seconds: float, connections: int, *options: str) -> Load:
    """Load one page from one thread of wrk.

    Args:
        options: more of wrk's own: a header field, a script.

    Raises:
        Failed: there were socket errors, or answers other than 2xx.
    """
    program = shutil.which("wrk")
    if program is None:
        raise Failed(NO_WRK)
    size = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency"]
    result = subprocess.run(
        [program, *size, *options, url], capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise Failed(f"wrk: {(result.stderr or result.stdout).strip()}")
    load = parse_wrk(result.stdout)
    if load.problems:
        raise Failed(f"{load.rate:,.0f} requests/s, but {load.problems}")
    return load


NO_WRK = "wrk, which makes the load, is not installed. On Debian: sudo apt install wrk"


def parse_wrk(text: str) -> Load:
    """Read what `wrk --latency` prints.

    Raises:
        Failed: there is no rate in it.
    """
    rate = RATE.search(text)
    if rate is None:
        raise Failed(f"wrk printed no rate: {text.strip()[-200:]!r}")
    latency = {name: float(value) * UNITS[unit] for name, value, unit in PERCENTILE.findall(text)}
    problems = []
    if match := SOCKET_ERRORS.search(text):  # "connect 0, read 12, write 0, timeout 3"
        problems += [each for each in match[1].split(", ") if not each.endswith(" 0")]
    if match := ERROR_ANSWERS.search(text):
        problems.append(f"{match[1]} answers that were not 2xx")
    if float(rate[1]) == 0:
        problems.append("nothing was answered")
    return Load(
        rate=float(rate[1]),
        median=latency.get("50", 0.0),
        slowest=latency.get("99", 0.0),
        problems=", ".join(problems),
    )


def check_answer(server: Running, path: str, body: bytes, **headers: str) -> None:
    """Ask once, before anything is measured, and compare.

    Raises:
        Failed: another status or another body.
    """
    received, _fields = fetch(server, path, **headers)
    if received != body:
        raise Failed(f"GET {path}: expected {body!r}, got {received[:80]!r}")


def fetch(server: Running, path: str, **headers: str) -> tuple[bytes, HTTPMessage]:
    """Ask once, and return the body and the header fields of the answer.

    Raises:
        Failed: there is none, or another status than 200.
    """
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Failed(f"GET {path}: {error!r}") from None
    finally:
        connection.close()
    if answer.status != 200:
        raise Failed(f"GET {path}: expected 200, got {answer.status} {body[:80]!r}")
    return body, answer.headers


def download(server: Running, path: str, size: int, checksum: int | None = None) -> float:
    """Fetch a large file, throw it away, and return the seconds that it took.

    Args:
        checksum: of the content, as zlib.crc32 has it; looking at it takes time of its own.

    Raises:
        Failed: it is another file, or it does not come.
    """
    start = time.perf_counter()
    with connect(server) as client:
        client.sendall(
            f"GET {path} HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n".encode()
        )
        head, rest = read_head(client)
        received, crc = len(rest), zlib.crc32(rest)
        buffer = memoryview(bytearray(PIECE_SIZE))
        while received < size and (count := client.recv_into(buffer)):
            received += count
            if checksum is not None:
                crc = zlib.crc32(buffer[:count], crc)
    seconds = time.perf_counter() - start
    if not head.startswith(b"HTTP/1.1 200 ") or received != size:
        raise Failed(f"{received:,} of {size:,} bytes after {head.splitlines()[0]!r}")
    if checksum not in (None, crc):
        raise Failed("the file arrived with another content")
    return seconds


def upload(server: Running, path: str, size: int) -> float:
    """Send a large body and return the seconds until the answer, which is its length.

    Raises:
        Failed: the server refused it, or counted otherwise.
    """
    piece = bytes(PIECE_SIZE)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: example\r\nConnection: close\r\nContent-Length: {size}\r\n"
    )
    start = time.perf_counter()
    with connect(server) as client:
        try:
            client.sendall(f"{head}\r\n".encode())
            for sent in range(0, size, PIECE_SIZE):
                client.sendall(piece[: size - sent])
        except ConnectionError:
            pass  # it was refused; the answer says why, if it can still be read
        head_of_answer, body = read_head(client)
        seconds = time.perf_counter() - start
        while data := client.recv(PIECE_SIZE):
            body += data
    if not head_of_answer.startswith(b"HTTP/1.1 200 ") or body != str(size).encode():
        raise Failed(f"answered {head_of_answer.splitlines()[0]!r} {body[:80]!r}")
    return seconds


def connect(server: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE)


def read_head(client: socket.socket) -> tuple[bytes, bytes]:
    """Return the head of an answer, and what has come behind it already."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            more = client.recv(PIECE_SIZE)
        except OSError as error:
            raise Failed(f"no answer: {error!r}") from None
        if not more:
            raise Failed(f"the connection was closed after {len(data)} bytes of an answer")
        data += more
    head, _empty_line, rest = data.partition(b"\r\n\r\n")
    return head, rest


def make_large_file(path: Path, size: int) -> int:
    """Write a file of which no two pieces are alike, and return its checksum."""
    checksum, written = 0, 0
    with path.open("wb") as stream:
        while written < size:
            number = str(written).encode()
            piece = (number * (PIECE_SIZE // len(number) + 1))[: min(PIECE_SIZE, size - written)]
            stream.write(piece)
            checksum = zlib.crc32(piece, checksum)
            written += len(piece)
    return checksum
