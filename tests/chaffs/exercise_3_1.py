"""3.1, BoundedQueue.put: wrong answers. course/chaffs.py says how this file is read."""


def looks_once(self, item, timeout):
    """Your function behaves like one that waits if the queue is full, and does not look again.
    Between the wake-up call and your turn another thread may have taken the place (Python's
    threading documentation, "Condition Objects"): in every trial it works, and one day the limit is
    broken."""
    with self._not_full:
        if len(self._items) >= self._capacity and not self._closed:
            if not self._not_full.wait(timeout):
                raise QueueFull
        if self._closed:
            raise QueueClosed
        self._items.append(item)
        self._not_empty.notify()


def wakes_nobody(self, item, timeout):
    """Your function behaves like one that adds an item and tells nobody. Whoever sleeps in get()
    does not look into the queue: it waits on a condition until it is notified. Which of the two
    conditions has come true when an item was added?"""
    with self._not_full:
        free = self._not_full.wait_for(
            lambda: self._closed or len(self._items) < self._capacity, timeout
        )
        if self._closed:
            raise QueueClosed
        if not free:
            raise QueueFull
        self._items.append(item)


def closed_is_asked_once(self, item, timeout):
    """Your function behaves like one that asks only at its beginning whether the queue is closed.
    It may be closed while you wait, and nothing may go in then: nobody would take it out again. The
    last look counts, the one before you add."""
    with self._not_full:
        if self._closed:
            raise QueueClosed
        free = self._not_full.wait_for(
            lambda: self._closed or len(self._items) < self._capacity, timeout
        )
        if not free:
            raise QueueFull
        self._items.append(item)
        self._not_empty.notify()


def full_comes_before_closed(self, item, timeout):
    """Your function behaves like one that asks whether the queue is full before it asks whether it
    is closed. QueueFull says "try again later", and in a closed queue there is no later: whoever
    tries again would do so for ever. Ask the other way round."""
    with self._not_full:
        self._not_full.wait_for(lambda: self._closed or len(self._items) < self._capacity, timeout)
        if len(self._items) >= self._capacity:
            raise QueueFull
        if self._closed:
            raise QueueClosed
        self._items.append(item)
        self._not_empty.notify()


def refuses_at_once(self, item, timeout):
    """Your function behaves like one that raises QueueFull as soon as the queue is full. Whoever
    brings work is to wait for a place, that is the back-pressure; only when the timeout is over is
    it refused. A condition can be waited for."""
    with self._not_full:
        if self._closed:
            raise QueueClosed
        if len(self._items) >= self._capacity:
            raise QueueFull
        self._items.append(item)
        self._not_empty.notify()


def none_means_at_once(self, item, timeout):
    """Your function behaves like one that does not wait at all where no timeout is given. None
    means as long as it takes, and 0 is what would mean at once; `timeout or 0` makes the one of the
    other. wait_for() understands None as you do: hand it on."""
    with self._not_full:
        free = self._not_full.wait_for(
            lambda: self._closed or len(self._items) < self._capacity, timeout or 0
        )
        if self._closed:
            raise QueueClosed
        if not free:
            raise QueueFull
        self._items.append(item)
        self._not_empty.notify()


def timeout_lets_it_in(self, item, timeout):
    """Your function behaves like one that goes on when its time is over, place or no place.
    wait_for() returns in two cases, and its value says in which: without a look at it the queue has
    no limit any more, only a delay."""
    with self._not_full:
        self._not_full.wait_for(lambda: self._closed or len(self._items) < self._capacity, timeout)
        if self._closed:
            raise QueueClosed
        self._items.append(item)
        self._not_empty.notify()


def one_too_many(self, item, timeout):
    """Your function behaves like one that takes one item more than the capacity. You ask before you
    add: there must be room for one more, so being at the limit is being full."""
    with self._not_full:
        free = self._not_full.wait_for(
            lambda: self._closed or len(self._items) <= self._capacity, timeout
        )
        if self._closed:
            raise QueueClosed
        if not free:
            raise QueueFull
        self._items.append(item)
        self._not_empty.notify()


def pushes_to_the_front(self, item, timeout):
    """Your function behaves like one that puts the item at the end from which get() takes. Then the
    newest is served first, and under load the oldest client waits for ever. A queue has two ends:
    items are taken at the left one."""
    with self._not_full:
        free = self._not_full.wait_for(
            lambda: self._closed or len(self._items) < self._capacity, timeout
        )
        if self._closed:
            raise QueueClosed
        if not free:
            raise QueueFull
        self._items.appendleft(item)
        self._not_empty.notify()
