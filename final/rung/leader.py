"""Threads that take turns: one leads, the others follow. Nothing here knows what a socket is.

Handing a piece of work to another thread costs several times what a short piece takes itself. So
the leader does the work that it finds. Only when a piece holds it up does somebody else get the
lead, and finds more work meanwhile:

    one      work, work, work, wait, work.......................(a slow one), done; follows
    another  follows                        leads: wait, work, work, wait ...

Source: D. C. Schmidt and others, "Leader/Followers. A Design Pattern for Efficient Multi-threaded
Event Demultiplexing and Dispatching" (2000). There the leader gives the lead away before each piece
of work; here, when a piece takes longer than PATIENCE, or the last one did.
"""

import threading
import time
from collections.abc import Callable

PATIENCE = 0.002  # seconds that a leader may be held up before another thread gets the lead


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
        self._is_slow = False  # whether the last piece of work took long
        self._active = threading.Event()  # clear while nobody runs anything ...
        self._is_active = False  # ... which is known here more quickly

    def take(self) -> bool:
        """Follow until the lead is free, then take it; False when it is over."""
        with self._lock:
            self._free.wait_for(lambda: self._leader is None or self.is_over)
            self._leader = threading.get_ident()
            return not self.is_over

    def run(self, work: Callable[[], object]) -> bool:
        """Do what may hold the leader up; return whether this thread still leads."""
        self._turn += 1
        self._is_held_up = True
        if self._is_slow:  # then this may be slow, too, and nobody should have to wait to see it
            self._pass_on(self._turn)
            started = time.monotonic()
            work()
            self._is_slow = time.monotonic() - started > PATIENCE
            return False
        if not self._is_active:
            self._is_active = True
            self._active.set()
        work()
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
        turn = self._turn
        time.sleep(PATIENCE)
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

    def _pass_on(self, turn: int) -> None:
        """Take the lead from a leader that is still at this turn."""
        with self._lock:
            if self._is_held_up and self._turn == turn:
                self._is_held_up = False
                self._is_slow = True
                self._let_go()
                self._leader = None
                self._free.notify()
