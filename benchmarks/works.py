"""What is measured: each work is a function that loads one running server and notes its figures.

A figure's name is the heading of its column, with its unit. A work that fails half-way keeps the
figures that it has.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.crowd import crowd
from benchmarks.load import (
    Load,
    check_answer,
    download,
    make_large_file,
    run_wrk,
    upload,
)
from benchmarks.rung_app import ROUTES
from benchmarks.servers import Failed, Running
from benchmarks.wsgi_app import BODY, LARGE_FILE

Sample = dict[str, float]  # the figures of one server in one round

CONNECTIONS = 8
SLEEPERS = 64  # connections of the work "sleep": many more than there are workers
IDLE = (5_000, 10_000)  # connections
TRICKLERS = 200
CUT_WITHIN = 32.0  # seconds; the bar is 30, and the server may look at its clock once a second
DOWNLOAD_SIZE = 100 * 10**6  # bytes
UPLOAD_SIZE = 50 * 10**6  # bytes
TRANSFERS = 5  # in each round; the figure is their median
MB = 10**6  # bytes
WARM_UP = 1  # second

RATE = "requests/s"
SECONDS = "seconds"
MEMORY = "MB more memory"
MORE = "µs more a request"
CUT = f"cut of {TRICKLERS}"
CUT_AFTER = "s until the last was cut"
BESIDE_TRICKLERS = f"of its own rate beside {TRICKLERS} tricklers"

THREADED = ("waitress", "cheroot", "gunicorn", "werkzeug")
EVERY = ("rung", *THREADED, "bjoern", "epoll", "pool")


@dataclass(frozen=True)
class Settings:
    """What a run has chosen, and the file that it has made."""

    seconds: int  # of load for each figure
    folder: str = ""
    checksum: int = 0


@dataclass(frozen=True)
class Work:
    """A row of the table of bars."""

    name: str
    title: str
    servers: tuple[str, ...]
    measure: Callable[[Running, Settings, Sample], None]


def make_file_to_download(settings: Settings, works: list[str]) -> Settings:
    """Make the large file, if one of the works needs it, and note its checksum."""
    if "download" not in works:
        return settings
    checksum = make_large_file(Path(settings.folder, LARGE_FILE), DOWNLOAD_SIZE)
    return replace(settings, checksum=checksum)


def hello(server: Running, settings: Settings, sample: Sample) -> None:
    check_answer(server, "/", BODY)
    note(sample, load(server, settings))


def fields(server: Running, settings: Settings, sample: Sample) -> None:
    check_answer(server, "/", BODY, **{"Cookie": "theme=dark", "X-Request-Id": "1"})
    script = Path(__file__).with_name("fields.lua")
    note(sample, load(server, settings, "/", "-s", str(script)))


def close(server: Running, settings: Settings, sample: Sample) -> None:
    check_answer(server, "/", BODY, Connection="close")
    note(sample, load(server, settings, "/", "-H", "Connection: close"))


def routes(server: Running, settings: Settings, sample: Sample) -> None:
    """Both pages of one process, so that nothing else differs between them."""
    last = f"/section-{ROUTES - 1}/12345"
    check_answer(server, last, b"Hello, 12345!")
    plain = load(server, settings).rate
    parametrised = load(server, settings, last).rate
    sample["requests/s of hello"] = plain
    sample["requests/s of the last route"] = parametrised
    sample[MORE] = 1e6 / parametrised - 1e6 / plain


def sleep(server: Running, settings: Settings, sample: Sample) -> None:
    check_answer(server, "/", BODY)
    note(sample, load(server, settings, connections=SLEEPERS))


def idle(server: Running, settings: Settings, sample: Sample) -> None:
    check_answer(server, "/", BODY)
    own_rate = load(server, settings).rate
    sample["own requests/s"] = own_rate
    memory = server.memory()
    with crowd("idle", server) as idlers:
        for count in IDLE:
            idlers.open(count - idlers.count())
            rate = measure_load(server, settings).rate
            survivors = idlers.count()
            sample[idle_memory(count)] = (server.memory() - memory) / MB
            sample[idle_survivors(count)] = survivors
            if survivors < count:
                raise Failed(f"only {survivors:,} of {count:,} idle connections outlived the load")
            sample[idle_share(count)] = rate / own_rate


def idle_share(count: int) -> str:
    return f"of its own rate beside {count:,}"


def idle_memory(count: int) -> str:
    return f"MB more for {count:,}"


def idle_survivors(count: int) -> str:
    return f"open of {count:,}"


def trickle(server: Running, settings: Settings, sample: Sample) -> None:
    check_answer(server, "/", BODY)
    own_rate = load(server, settings).rate
    sample["own requests/s"] = own_rate
    with crowd("trickle", server) as tricklers:
        start = time.monotonic()
        tricklers.open(TRICKLERS)
        rate = measure_load(server, settings).rate
        left = tricklers.count()
        if left < TRICKLERS:
            raise Failed(f"only {left} of {TRICKLERS} tricklers were there to the end of the load")
        sample[BESIDE_TRICKLERS] = rate / own_rate
        while left and time.monotonic() < start + CUT_WITHIN:
            time.sleep(0.5)
            left = tricklers.count()
        sample[CUT] = TRICKLERS - left
        if left == 0:
            sample[CUT_AFTER] = time.monotonic() - start


def fetch_large_file(server: Running, settings: Settings, sample: Sample) -> None:
    path = f"/static/{LARGE_FILE}"
    transfer(
        server,
        sample,
        DOWNLOAD_SIZE,
        check=lambda: download(server, path, DOWNLOAD_SIZE, settings.checksum),
        run=lambda: download(server, path, DOWNLOAD_SIZE),
    )


def send_large_body(server: Running, settings: Settings, sample: Sample) -> None:
    once = lambda: upload(server, "/upload", UPLOAD_SIZE)  # noqa: E731
    transfer(server, sample, UPLOAD_SIZE, check=once, run=once)


def transfer(
    server: Running,
    sample: Sample,
    size: int,
    check: Callable[[], float],
    run: Callable[[], float],
) -> None:
    """Note the memory that the first transfer takes, and the time of those that follow."""
    memory = server.memory()
    server.forget_peak()
    check()
    sample[MEMORY] = (server.peak_memory() - memory) / MB
    times = sorted(run() for _ in range(TRANSFERS))
    sample[SECONDS] = times[len(times) // 2]
    sample["MB/s"] = size / MB / sample[SECONDS]


def load(
    server: Running,
    settings: Settings,
    path: str = "/",
    *options: str,
    connections: int = CONNECTIONS,
) -> Load:
    """Warm up, then measure."""
    run_wrk(server.url + path, WARM_UP, connections, *options)
    return run_wrk(server.url + path, settings.seconds, connections, *options)


def measure_load(server: Running, settings: Settings) -> Load:
    """The same for a server that is warm."""
    return run_wrk(server.url + "/", settings.seconds, CONNECTIONS)


def note(sample: Sample, seen: Load) -> None:
    sample[RATE] = seen.rate
    sample["ms, median"] = seen.median
    sample["ms, 99%"] = seen.slowest


WORKS = {
    work.name: work
    for work in (
        Work("hello", "Hello, keep-alive, 8 connections", EVERY, hello),
        Work("fields", "The same with ten header fields, one always different", EVERY, fields),
        Work("close", "Connection closed after each answer", EVERY, close),
        Work("routes", "The last of 200 routes, with a parameter", ("rung",), routes),
        Work(
            "sleep",
            "Handler that sleeps 10 ms, 8 workers, 64 connections",
            ("rung", "waitress", "cheroot", "gunicorn", "pool"),
            sleep,
        ),
        Work("idle", "Hello while thousands of connections idle", ("rung",), idle),
        Work("trickle", "Hello while 200 clients trickle a byte a second", ("rung",), trickle),
        Work("download", "100 MB file down", ("rung", *THREADED), fetch_large_file),
        Work("upload", "50 MB upload", ("rung", *THREADED), send_large_body),
    )
}
