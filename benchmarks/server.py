"""The server beside its peers: python -m benchmarks.server [WORK ...] [--rounds N] [--seconds N].

One core serves and the other one asks. The servers take turns, round by round, so that whatever
else the machine does meets all of them; what counts is the median.
"""

import argparse
import datetime
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from benchmarks import report
from benchmarks.load import NO_WRK
from benchmarks.report import SERVER, Subject
from benchmarks.servers import PACKAGES, ROOT, SERVERS, Failed, installed, started
from benchmarks.works import RATE, Sample, Settings, Work

FOLDER = ROOT / "benchmarks" / "results"


def main(argv: list[str] | None = None, subject: Subject = SERVER) -> int:
    """Measure, print, write; return 1 if a bar is not met or rung has failed somewhere."""
    arguments = parse_arguments(argv, subject)
    serving_core = choose_cores()
    chosen = [name for name in arguments.peers if installed(name)]
    if left_out := [name for name in arguments.peers if name not in chosen]:
        print(f"Not installed, and left out: {', '.join(left_out)}")
    results = report.Results(context(arguments, chosen), subject)
    with tempfile.TemporaryDirectory() as folder:
        settings = subject.prepare(Settings(arguments.seconds, folder), arguments.works)
        for work in (subject.works[name] for name in arguments.works):
            measure(work, ["rung", *chosen], arguments.rounds, serving_core, settings, results)
    print("\n" + report.markdown(results))
    keep(results, arguments)
    return 0 if all(verdict.met for verdict in results.verdicts()) else 1


def parse_arguments(argv: list[str] | None, subject: Subject) -> argparse.Namespace:
    peers = [name for name in subject.servers if name != "rung"]
    known = ", ".join(subject.works)
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{subject.name}",
        description=f"Measure {subject.title.lower()} beside its peers.",
    )
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"all, or of {known}")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each server (3)")
    parser.add_argument("--seconds", type=int, default=3, help="of load for each figure (3)")
    parser.add_argument("--peers", nargs="*", choices=peers, default=peers, metavar="PEER")
    parser.add_argument(
        "--output", type=Path, help="folder to write to; without it, only a whole run is written"
    )
    arguments = parser.parse_args(argv)
    if unknown := [name for name in arguments.works if name not in subject.works]:
        parser.error(f"there is no work {unknown[0]!r}; there are {known}")
    if min(arguments.rounds, arguments.seconds) < 1:
        parser.error("at least one round, and at least one second")
    arguments.works = arguments.works or list(subject.works)
    return arguments


def choose_cores() -> int:
    """Bind this process, and with it all clients that it starts, to one core; return another."""
    if not hasattr(os, "sched_setaffinity"):
        sys.exit("The benchmarks bind processes to cores, and need Linux for that.")
    if shutil.which("wrk") is None:
        sys.exit(NO_WRK)
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("The benchmarks need two cores: one that serves, one that asks.")
    serving, asking = cores[-2:]
    os.sched_setaffinity(0, {asking})
    return serving


def measure(
    work: Work,
    chosen: list[str],
    rounds: int,
    core: int,
    settings: Settings,
    results: report.Results,
) -> None:
    """Let the servers of one work take turns, and print each turn."""
    for turn in range(1, rounds + 1):
        for name in [each for each in work.servers if each in chosen]:
            sample: Sample = {}
            failure = ""
            try:
                with started(name, work.name, core, settings.folder) as server:
                    work.measure(server, settings, sample)
            except (Failed, OSError) as error:  # a broken connection, a process that has gone
                failure = str(error) or repr(error)
            results.add(work.name, name, sample, failure)
            said = failure or summary(sample)
            print(f"{work.name} {turn}/{rounds}  {SERVERS[name]:26}{said}", flush=True)


def summary(sample: Sample) -> str:
    if RATE in sample:
        return f"{sample[RATE]:>9,.0f} {RATE}"
    return ", ".join(f"{name}: {report.number(value)}" for name, value in sample.items())


def keep(results: report.Results, arguments: argparse.Namespace) -> None:
    """Write a whole run where the README shows it; a part of one only where it is told to."""
    name = results.subject.name
    whole = list(results.subject.works) == arguments.works and arguments.rounds >= 3
    if arguments.output is None and not whole:
        print("Not written: only a run of all works in three rounds is (or give --output FOLDER).")
        return
    folder = arguments.output or FOLDER
    report.write(results, folder)
    print(f"Written to {folder}: {name}.md, {name}.json, {name}.png")


def context(arguments: argparse.Namespace, peers: list[str]) -> dict[str, str]:
    """What a reader has to know beside the figures. Made before anything runs."""
    packages = dict.fromkeys(each for name in peers for each in PACKAGES.get(name, ()))
    versions = [f"{name} {metadata.version(name)}" for name in packages]
    return {
        "Measured": f"{datetime.datetime.now(datetime.UTC):%d %B %Y}, at {commit()}",
        "Method": f"medians of {arguments.rounds} rounds, {arguments.seconds} s of load for a rate",
        "Machine": f"{processor()}, one core for the server and one for the load",
        "Load average before the run": f"{os.getloadavg()[0]:.1f}; far from 0, it is no good run",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "System": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Load": wrk_version(),
        "Peers": ", ".join(versions) + "; one process each, 8 threads where they have threads",
    }


def commit() -> str:
    """The commit of this clone, and whether files of it have been changed since."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return f"commit {result.stdout.strip()}" if result.returncode == 0 else "no commit"


def processor() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    match = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return match[1] if match else platform.machine()


def wrk_version() -> str:
    """`wrk --version` prints its version, then how to call it, and says that this has failed."""
    result = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"wrk \S+", result.stdout + result.stderr)
    return match[0] if match else "wrk"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped; nothing was written.")
