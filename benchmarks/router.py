"""What it costs to find a route, in tables of 10 to 10,000 routes.

Run:  python3 -m course bench router

Compares the router of final/ with the linear one of step 04 and with those of werkzeug (Flask's),
Bottle and Starlette. Each has the same table, half of it fixed paths and half of them with an int,
and is asked for the last route of either kind and for a path that it does not have. Only the search
is measured: no request is parsed, no view is called.

The figures are microseconds of the thread's CPU time for one match: of several rounds the median,
every router and every table in each round, so that a busy moment meets them all. They go to
benchmarks/results/router.json, with a picture beside it.
"""

import gc
import importlib
import importlib.metadata
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Match = Callable[[str], object]  # looks a path up; for one that is not there, it may raise
Figures = dict[str, dict[str, dict[int, float]]]  # question -> router -> routes -> microseconds

SIZES = [10, 100, 1_000, 10_000]
ROUNDS = 15
ROUND_SECONDS = 0.02  # how long one router is asked in one round; at least three times
RESULTS = Path(__file__).parent / "results"
PEERS = ["werkzeug", "bottle", "starlette"]
OURS = "rung"


def main() -> None:
    print("making the tables", flush=True)
    routers = {(name, size): make(size) for name, make in ROUTERS.items() for size in SIZES}
    gc.freeze()  # or the collector would count the tables of all while it measures one
    print("asking", flush=True)
    figures = measure(routers)
    print_table(figures)
    RESULTS.mkdir(exist_ok=True)
    write_json(figures, RESULTS / "router.json")
    draw(figures, RESULTS / "router.png")


def questions(size: int) -> dict[str, str]:
    """What the routers are asked in a table of so many routes."""
    last = size // 2 - 1
    return {
        "the last route, with a parameter": f"/r{last}/7",
        "the last fixed path": f"/r{last}",
        "a path that is not there": "/nothing/7",
    }


def paths(size: int, parameter: str) -> Iterator[str]:
    """The table: /r0, /r0/<int:id>, /r1, ... with the parameter in a router's own notation."""
    for number in range(size // 2):
        yield f"/r{number}"
        yield f"/r{number}/{parameter}"


def view(request: object, id: int = 0) -> str:
    return ""


# --- the routers


def final(size: int) -> Match:
    return rung("final", size)


def linear(size: int) -> Match:
    return rung("steps.04_router", size)


def rung(package: str, size: int) -> Match:
    router = importlib.import_module(f"{package}.rung.router").Router()
    for number, path in enumerate(paths(size, "<int:id>")):
        router.add(path, view, name=f"r{number}")
    match: Callable[[str, str], object] = router.match
    return lambda path: match("GET", path)


def werkzeug(size: int) -> Match:
    from werkzeug.routing import Map, Rule

    rules = [Rule(path, endpoint=path, methods=["GET"]) for path in paths(size, "<int:id>")]
    match = Map(rules).bind("localhost").match  # Flask binds for each request; here it is free
    return lambda path: match(path, "GET")


def bottle(size: int) -> Match:
    from bottle import Router

    class CompiledOnce(Router):  # type: ignore[misc]
        """Bottle's own compiles the whole table at each add(): minutes for 10,000 routes."""

        def _compile(self, method: str) -> None:
            pass

    router: Any = CompiledOnce()
    for path in paths(size, "<id:int>"):
        router.add(path, "GET", view)
    Router._compile(router, "GET")
    return lambda path: router.match({"REQUEST_METHOD": "GET", "PATH_INFO": path})


def starlette(size: int) -> Match:
    from starlette.routing import Match as Fit
    from starlette.routing import Route

    routes = [Route(path, view, methods=["GET"]) for path in paths(size, "{id:int}")]

    def match(path: str) -> object:
        """The loop of starlette.routing.Router.app(), which goes on to call the view."""
        scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
        for route in routes:
            fit, child_scope = route.matches(scope)
            if fit is Fit.FULL:
                return child_scope
        return None

    return match


ROUTERS: dict[str, Callable[[int], Match]] = {
    OURS: final,
    "step 04, linear": linear,
    "werkzeug": werkzeug,
    "bottle": bottle,
    "starlette": starlette,
}


# --- the measurement


def measure(routers: dict[tuple[str, int], Match]) -> Figures:
    figures: Figures = {question: {name: {} for name in ROUTERS} for question in questions(10)}
    asked = {
        (question, name, size): (match, path, calls_in_a_round(match, path))
        for (name, size), match in routers.items()
        for question, path in questions(size).items()
    }
    rounds: dict[tuple[str, str, int], list[float]] = {key: [] for key in asked}
    for _ in range(ROUNDS):
        for key, (match, path, count) in asked.items():
            rounds[key].append(seconds(match, path, count) / count)
    for (question, name, size), times in rounds.items():
        figures[question][name][size] = round(statistics.median(times) * 1e6, 2)
    return figures


def calls_in_a_round(match: Match, path: str) -> int:
    seconds(match, path, 2)  # the first calls fill caches
    return max(3, int(ROUND_SECONDS / (seconds(match, path, 2) / 2)))


def seconds(match: Match, path: str, count: int) -> float:
    """Return the CPU time of so many matches."""
    calls = range(count)
    began = time.thread_time()
    for _ in calls:
        try:  # noqa: SIM105 - this costs nothing, and suppress() as much as a fast match
            match(path)
        except Exception:  # noqa: BLE001 - each router has its own word for "not there"
            pass
    return time.thread_time() - began


# --- what comes out


def print_table(figures: Figures) -> None:
    for question, by_router in figures.items():
        print(f"\n{question}: microseconds a match (times {OURS})")
        print(" " * 18 + "".join(f"{size:>20,}" for size in SIZES))
        for name, values in by_router.items():
            cells = (f"{values[size]:.2f} ({ratio:.1f})" for size, ratio in ratios(by_router, name))
            print(f"{name:18}" + "".join(f"{cell:>20}" for cell in cells))


def ratios(by_router: dict[str, dict[int, float]], name: str) -> list[tuple[int, float]]:
    """How many times as long as ours a router takes, for each size of the table."""
    return [(size, by_router[name][size] / by_router[OURS][size]) for size in SIZES]


def write_json(figures: Figures, file: Path) -> None:
    result = {
        "unit": "microseconds of CPU time a match, median of rounds",
        "rounds": ROUNDS,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{sys.platform} {platform.machine()}",
        "peers": {name: importlib.metadata.version(name) for name in PEERS},
        "figures": figures,
        "ratios": {
            question: {
                name: {size: round(ratio, 2) for size, ratio in ratios(by_router, name)}
                for name in by_router
            }
            for question, by_router in figures.items()
        },
    }
    file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def draw(figures: Figures, file: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")  # draws into files and needs no screen
    import matplotlib.pyplot as plt

    question, by_router = next(iter(figures.items()))
    figure, axes = plt.subplots(figsize=(7, 4.2), dpi=100, layout="constrained")
    for name, values in by_router.items():
        width = 3 if name == OURS else 1.5
        axes.loglog(list(values), list(values.values()), "o-", label=name, linewidth=width)
    axes.set(xlabel="routes in the table", ylabel="microseconds", title=f"To find {question}")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(file)


if __name__ == "__main__":
    main()
