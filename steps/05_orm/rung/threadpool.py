"""Workers and the queue that feeds them, by hand.

Nothing here knows what a job is: it is called, and that is all. `queue.Queue` and
`concurrent.futures` do the same with more comfort; here we want to see how.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

logger = logging.getLogger("rung.threadpool")

Job = Callable[[], object]
Item = TypeVar("Item")


class QueueFull(Exception):
    """No place became free in time."""


class QueueClosed(Exception):
    """Nothing goes in any more; for a reader: and nothing is left."""


class BoundedQueue(Generic[Item]):
    """First in, first out, with a limit, for any number of threads.

    The limit is the point. Behind an unbounded queue a server that is too slow looks healthy until
    its memory is full; behind a bounded one whoever brings work has to wait (back-pressure).

    Args:
        capacity: the most items that wait here.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a queue needs a capacity of 1 or more, not {capacity}")
        self._capacity = capacity
        self._items: deque[Item] = deque()
        self._closed = False
        # One lock guards the state. The two conditions share it: waiting on one gives the lock
        # back, and waking up takes it again.
        lock = threading.Lock()
        self._not_empty = threading.Condition(lock)
        self._not_full = threading.Condition(lock)

    def put(self, item: Item, timeout: float | None = None) -> None:
        """Add an item at the end; wait while the queue is full.

        Args:
            timeout: seconds to wait for a place; None: as long as it takes.

        Raises:
            QueueFull: no place became free in time.
            QueueClosed: the queue was closed, before or while we waited.
        """
        with self._not_full:
            # wait_for, not `if full: wait()`: between the wake-up call and our turn another thread
            # may have taken the place. The condition must hold when we go on.
            free = self._not_full.wait_for(
                lambda: self._closed or len(self._items) < self._capacity, timeout
            )
            if self._closed:
                raise QueueClosed
            if not free:
                raise QueueFull
            self._items.append(item)
            self._not_empty.notify()

    def get(self) -> Item:
        """Take the item at the front; wait while the queue is empty.

        Raises:
            QueueClosed: the queue is closed and nothing is left in it.
        """
        with self._not_empty:
            self._not_empty.wait_for(lambda: self._items or self._closed)
            if not self._items:
                raise QueueClosed
            item = self._items.popleft()
            self._not_full.notify()
            return item

    def close(self) -> None:
        """Let nothing more in, and wake everybody who waits. What is inside can still be taken."""
        with self._not_empty:
            self._closed = True
            self._not_empty.notify_all()
            self._not_full.notify_all()


class ThreadPool:
    """A fixed number of threads that call jobs.

    Args:
        workers: how many jobs run at once.
        queue_size: how many more may wait.
    """

    def __init__(self, workers: int = 8, queue_size: int = 64) -> None:
        self._queue: BoundedQueue[Job] = BoundedQueue(queue_size)
        # Daemons: a job that never ends can delay the end of the process, but not prevent it.
        self._threads = [
            threading.Thread(target=self._work, name=f"worker-{number}", daemon=True)
            for number in range(1, workers + 1)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job, timeout: float | None = None) -> None:
        """Hand over a job; wait while the queue is full.

        Raises:
            QueueFull: the queue stayed full for `timeout` seconds.
            QueueClosed: the pool is shut down.
        """
        self._queue.put(job, timeout)

    def shutdown(self, timeout: float = 8.0) -> bool:
        """Take no more jobs, finish those that are here, end the threads.

        Args:
            timeout: seconds to wait, for all threads together.

        Returns:
            True if every thread has ended; False if the time ran out.
        """
        self._queue.close()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        """What each thread does all its life."""
        while True:
            try:
                job = self._queue.get()
            except QueueClosed:
                return
            try:
                job()
            except BaseException:  # sys.exit() too would end this thread, in silence
                # A worker that died here would be missing for good: eight such jobs, no server.
                logger.exception("a job failed")
