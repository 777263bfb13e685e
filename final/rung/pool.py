"""Connections lent to threads: never more than a limit, and none that the server has closed.

Nothing here knows SQL. A connection is opened when one is wanted and none lies idle; the one that
was given back last is lent first, so a quiet site keeps few of them.
"""

from queue import Empty, SimpleQueue
from typing import Any

SIZE = 8  # connections, at most: as many as the server has workers
WAIT = 10.0  # seconds that a thread waits for one of them


class Pool:
    """Lends connections, each to one thread at a time.

    Args:
        dialect: opens a connection, and knows whether it is still good.
        size: how many may be open at once.
        wait: seconds to wait for one before TimeoutError is raised.
    """

    def __init__(self, dialect: Any, size: int = SIZE, wait: float = WAIT) -> None:
        self.dialect, self.size, self.wait = dialect, size, wait
        self._left_behind: list[Any] = []
        self._begin()

    def _begin(self) -> None:
        # Who holds a ticket may have a connection: the count is right without a lock of our own.
        self._tickets: SimpleQueue[None] = SimpleQueue()
        self._idle: list[Any] = []  # append and pop are atomic
        for _ in range(self.size):
            self._tickets.put(None)

    def take(self) -> Any:
        """Lend a connection. A thread that has one must not ask for a second."""
        try:
            self._tickets.get(timeout=self.wait)
        except Empty:
            waited = f"none of the {self.size} connections came back within {self.wait} seconds"
            raise TimeoutError(f"{waited}: shorten the transactions, or allow more") from None
        try:
            return self._take_idle() or self.dialect.open()
        except BaseException:
            self._tickets.put(None)
            raise

    def _take_idle(self) -> Any:
        while True:
            try:
                raw = self._idle.pop()
            except IndexError:  # to look first would leave another thread the time to take it
                return None
            if self.dialect.is_usable(raw):
                return raw
            raw.close()

    def give_back(self, raw: Any) -> None:
        """Take a connection back. One that is in a transaction still is closed, which ends that."""
        if self.dialect.in_transaction(raw):
            raw.close()
        else:
            self._idle.append(raw)
        self._tickets.put(None)

    def close(self) -> None:
        """Close what lies idle."""
        while raw := self._take_idle():
            raw.close()

    def forget(self, *lent: Any) -> None:
        """Begin afresh in a forked process: the connections are its parent's.

        They are not even closed here. That would say good-bye to the server in the parent's name.
        """
        self._left_behind += [*self._idle, *lent]
        self._begin()
