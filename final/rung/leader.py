"""Threads that take turns: one leads, the others follow. Nothing here knows what a socket is.

Handing a piece of work to another thread costs several times what a short piece takes itself. So
the leader does the work that it finds. Only when a piece holds it up does somebody else get the
lead, and finds more work meanwhile:

    one      work, work, work, wait, work.......................(a slow one), done; follows
    another  follows                        leads: wait, work, work, wait ...

Source: D. C. Schmidt and others, "Leader/Followers. A Design Pattern for Efficient Multi-threaded
Event Demultiplexing and Dispatching" (2000). There the leader gives the lead away before each piece
of work; here, when a piece waits for longer than PATIENCE, or the last one did.

A piece that computes is no reason to hurry. In one Python process one thread runs at a time, so
another one would only take the interpreter from it, again and again, and both would end later.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

PATIENCE = 0.002  # seconds that a leader may wait before another thread gets the lead
LOOKS = 10  # how many times as long it may compute


class Lead:
    """What only one of several threads has at a time.

    Args:
        let_go: called when the lead goes to another thread while run() is under way: after the one
            has stopped leading, and before the other begins.
    """

    def __init__(self, let_go: Callable[[], None]) -> None:
        self._let_go = let_go
        self._lock = threading.Lock()  # guards the three below
        self._free = threading.Condition(self._lock)
        self._leader: int | None = None  # the identifier of a thread
        self._is_held_up = False
        self.is_over = False
        self._turn = 0  # counts what leaders have run
        self._is_slow = False  # whether the last piece of work has waited for long
        self._running = 0  # how many threads do work without the lead
        self._clock: int | None = None  # of the processor time of the leader
        self._looks = 0  # how often we have found this leader computing
        self._active = threading.Event()  # clear while nobody runs anything ...
        self._is_active = False  # ... which is known here more quickly

    def take(self) -> bool:
        """Follow until the lead is free, then take it; False when it is over."""
        with self._lock:
            self._free.wait_for(lambda: self._leader is None or self.is_over)
            self._leader = threading.get_ident()
            self._clock = clock_of_this_thread()
            return not self.is_over

    def run(self, work: Callable[..., object], *arguments: Any) -> bool:
        """Do what may hold the leader up; return whether this thread still leads."""
        self._turn += 1
        self._is_held_up = True
        if self._is_slow:  # then this may be slow, too, and nobody should have to wait to see it
            self._pass_on(self._turn)
            self._is_slow = self._waits(work, arguments)
            return False
        if not self._is_active:
            self._is_active = True
            self._active.set()
        work(*arguments)
        with self._lock:
            if self._leader != threading.get_ident():
                return False
            self._is_held_up = False
            return True

    def watch(self, seconds: float) -> None:
        """Wait for work, at most so many seconds; then see whether its leader is held up by it.

        Somebody outside must call this again and again: whoever is held up cannot.
        """
        if not self._active.wait(seconds):
            return
        turn, computed = self._turn, seconds_of(self._clock)
        time.sleep(PATIENCE)
        computed = seconds_of(self._clock) - computed
        if turn == self._turn and computed > PATIENCE / 2 and self._looks < LOOKS:
            self._looks += 1
            return
        self._looks = 0
        self._pass_on(turn)
        if turn == self._turn:
            self._active.clear()
            self._is_active = False
            # In this order: a leader counts first and looks at the flag then. So one of us sees it.
            if turn != self._turn:
                self._active.set()

    def release(self) -> None:
        """Give the lead away, if this thread has it."""
        with self._lock:
            if self._leader == threading.get_ident():
                self._is_held_up = False
                self._leader = None
                self._free.notify()

    def end(self) -> None:
        """Let every thread that follows, or asks for the lead later, go home."""
        with self._lock:
            self.is_over = True
            self._free.notify_all()
        self._active.set()

    def _waits(self, work: Callable[..., object], arguments: tuple[Any, ...]) -> bool:
        """Do something without the lead; return whether it has waited, and not only computed."""
        with self._lock:
            self._running += 1
            running = self._running
        started, computed = time.monotonic(), time.thread_time()
        try:
            work(*arguments)
        finally:
            with self._lock:
                self._running -= 1
        computed = time.thread_time() - computed
        waited = time.monotonic() - started - computed
        # Where several compute, each waits for the interpreter while the others have it.
        return waited > PATIENCE + running * computed

    def _pass_on(self, turn: int) -> None:
        """Take the lead from a leader that is still at this turn."""
        with self._lock:
            if self._is_held_up and self._turn == turn:
                self._is_held_up = False
                self._is_slow = True
                self._let_go()
                self._leader = None
                self._free.notify()


def clock_of_this_thread() -> int | None:
    """Return what time.clock_gettime() tells the processor time of this thread by, to all threads.

    None where the system has no such clock (macOS, Windows): then nobody is found computing.
    """
    if not hasattr(time, "pthread_getcpuclockid"):
        return None
    return time.pthread_getcpuclockid(threading.get_ident())


def seconds_of(clock: int | None) -> float:
    with suppress(OSError):  # that thread has ended
        return time.clock_gettime(clock) if clock is not None else 0.0
    return 0.0
