"""`course bench NAME [ARGUMENTS]`: measurements beside peers. For those who work on the course."""

import argparse
import sys

from course import environment
from course.process import become
from course.steps import ROOT

BENCHMARKS = {  # the name, a module of benchmarks/, and what it measures
    "server": "the server of final/ beside waitress, cheroot, gunicorn and werkzeug",
    "wsgi": "Flask's hello on the server of final/, on waitress and on gunicorn",
    "conformance": "what final/ and its peers make of requests that the RFCs are strict about",
    "deploy": "the microblog with 1 and 2 processes, on two databases, straight and by nginx",
    "orm": "the ORM of final/ beside the bare driver, peewee and SQLAlchemy",
    "page": "a whole page: final/ beside Flask with SQLAlchemy and Bottle with peewee",
    "router": "the router of final/ beside werkzeug's, Bottle's and Starlette's",
}


def main(argv: list[str]) -> int:
    """Hand over to the benchmark; its exit status is ours."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course bench",
        description="Measure beside peers.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:13}{about}" for name, about in BENCHMARKS.items()),
    )
    parser.add_argument("name", choices=BENCHMARKS, help="what to measure")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its own (--help lists them)")
    chosen = parser.parse_args(argv)
    environment.require("runtime", "benchmarks")
    return become([sys.executable, "-m", f"benchmarks.{chosen.name}", *chosen.arguments], ROOT)
