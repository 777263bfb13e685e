"""Several processes behind one address. Nothing here knows what they serve.

In one Python process one thread runs at a time, so it keeps one core busy and no more. Here a
parent forks: all children wait on the listening socket that the parent has opened, and the kernel
gives each connection to the first that asks. They share files and the database, nothing else.

A system without fork (Windows) can start a server on each of several ports, behind a proxy.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

logger = logging.getLogger("rung.processes")

STOP = (signal.SIGTERM, signal.SIGINT)
PARENT_TIME = 0.5  # seconds between two looks at whether the parent is still there
SHORT_LIFE = 1.0  # seconds; after a child that ends so soon, the next one does not start at once


def can_fork() -> bool:
    return hasattr(os, "fork")


def supervise(count: int, serve: Callable[[int], None], at_stop: Callable[[], None]) -> None:
    """Keep so many children at work until SIGTERM or SIGINT comes; then end them gently.

    A child that ends by itself is replaced. The second signal goes to the children, too, which end
    at once then.

    Args:
        serve: what a child does until it gets SIGTERM; its argument is the parent's number.
        at_stop: called first when the children are to end: lets nobody else in.
    """
    children: dict[int, float] = {}  # process and start
    stops = 0

    def stop(_number: int, _frame: object) -> None:
        nonlocal stops
        stops += 1
        at_stop()
        for process in children:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(process, signal.SIGTERM)

    for number in STOP:
        signal.signal(number, stop)
    while children or not stops:
        while len(children) < count and not stops:
            process = fork(serve)
            children[process] = time.monotonic()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)  # not earlier: stop() has to know it
        process, status = os.wait()
        if process not in children:  # process 1 of a container inherits those of others
            continue
        life = time.monotonic() - children.pop(process)
        if not stops:
            code = os.waitstatus_to_exitcode(status)
            logger.warning("process %d ended with %d; another takes its place", process, code)
            time.sleep(max(0.0, SHORT_LIFE - life))


def fork(serve: Callable[[int], None]) -> int:
    """Start a child that serves; return its number, with the signals of STOP blocked."""
    parent = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)  # the child has the parent's stop() for a moment
    process = os.fork()
    if process != 0:
        return process
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Ctrl-C reaches every process of the terminal, and the parent passes it on: once will do.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
        serve(parent)
        status = 0
        with suppress(OSError):  # whoever read what we print may have gone
            sys.stdout.flush()  # _exit() would throw it away
    except Exception:
        logger.exception("a process ends")
    finally:
        os._exit(status)  # by no other way: what the parent has opened is not ours to close


def call_when_left(parent: int, stop: Callable[[], None]) -> None:
    """Call stop() when the parent has ended, be it by a crash: children would keep the port."""

    def watch() -> None:
        while os.getppid() == parent:  # whom it leaves, the system gives to another
            time.sleep(PARENT_TIME)
        stop()

    threading.Thread(target=watch, daemon=True).start()
