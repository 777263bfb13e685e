"""Several processes behind one address. Nothing here knows what they serve.

In one Python process one thread runs at a time, so it keeps one core busy and no more. Here a
parent forks: all children wait on the listening socket that the parent has opened, and the kernel
gives each connection to the first that asks. They share files and the database, nothing else.

A system without fork (Windows) can start a server on each of several ports, behind a proxy.
"""

import logging
import os
import signal
import time
from collections.abc import Callable

logger = logging.getLogger("rung.processes")

STOP = (signal.SIGTERM, signal.SIGINT)
SHORT_LIFE = 1.0  # seconds; after a child that ends so soon, the next one does not start at once


def can_fork() -> bool:
    return hasattr(os, "fork")


def supervise(count: int, serve: Callable[[int], None], at_stop: Callable[[], None]) -> None:
    """Keep so many children at work until SIGTERM or SIGINT comes; then end them gently.

    A child that ends by itself is replaced. The second signal goes to the children, too, which end
    at once then.

    Args:
        serve: what a child does until it gets SIGTERM; see wait_for_parent() for its argument.
        at_stop: called first when the children are to end: lets nobody else in.
    """
    children: dict[int, float] = {}  # process and start
    stops = 0

    def stop(_number: int, _frame: object) -> None:
        nonlocal stops
        stops += 1
        at_stop()
        for process in children:
            os.kill(process, signal.SIGTERM)

    for number in STOP:
        signal.signal(number, stop)
    parent, kept_open = os.pipe()  # nobody writes; at the parent's end, the children read that end
    while children or not stops:
        while len(children) < count and not stops:
            process = fork(lambda: serve(parent), kept_open)
            children[process] = time.monotonic()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)  # not earlier: stop() has to know it
        process, status = os.wait()
        life = time.monotonic() - children.pop(process)
        if not stops:
            code = os.waitstatus_to_exitcode(status)
            logger.warning("process %d ended with %d; another takes its place", process, code)
            time.sleep(max(0.0, SHORT_LIFE - life))


def fork(serve: Callable[[], None], kept_open: int) -> int:
    """Start a child that serves; return its number, with the signals of STOP blocked."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)  # the child has the parent's stop() for a moment
    process = os.fork()
    if process != 0:
        return process
    status = 1
    try:
        os.close(kept_open)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Ctrl-C reaches every process of the terminal, and the parent passes it on: once will do.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
        serve()
        status = 0
    except Exception:
        logger.exception("a process ends")
    finally:
        os._exit(status)  # by no other way: what the parent has opened is not ours to close


def wait_for_parent(parent: int) -> None:
    """Return when the parent has ended, be it by a crash. Children alone would keep the port."""
    os.read(parent, 1)
