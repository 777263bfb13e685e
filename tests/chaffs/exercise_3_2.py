"""3.2, BoundedQueue.get: wrong answers. course/chaffs.py says how this file is read."""


def looks_once(self):
    """Your function behaves like one that waits if the queue is empty, and does not look again.
    Between the wake-up call and your turn another thread may have taken the item (Python's
    threading documentation, "Condition Objects"); an empty queue is not a closed one yet. Wait for
    the condition, not for the signal."""
    with self._not_empty:
        if not self._items and not self._closed:
            self._not_empty.wait()
        if not self._items:
            raise QueueClosed
        item = self._items.popleft()
        self._not_full.notify()
        return item


def closed_comes_first(self):
    """Your function behaves like one that takes nothing out of a closed queue. Closing lets nothing
    more in; what is inside was accepted, and its client waits for an answer. A reader is sent away
    only when nothing is left."""
    with self._not_empty:
        self._not_empty.wait_for(lambda: self._items or self._closed)
        if self._closed:
            raise QueueClosed
        item = self._items.popleft()
        self._not_full.notify()
        return item


def wakes_nobody(self):
    """Your function behaves like one that takes an item and tells nobody. A place has become free,
    and whoever sleeps in put() does not look for it: it waits on a condition until it is notified.
    Which of the two conditions has come true?"""
    with self._not_empty:
        self._not_empty.wait_for(lambda: self._items or self._closed)
        if not self._items:
            raise QueueClosed
        return self._items.popleft()


def takes_the_newest(self):
    """Your function behaves like one that takes the item which came last. Under load there is
    always a newer one, and the oldest client waits for ever: a queue is first in, first out. A
    deque has two ends, and pop() takes from the one where put() adds."""
    with self._not_empty:
        self._not_empty.wait_for(lambda: self._items or self._closed)
        if not self._items:
            raise QueueClosed
        item = self._items.pop()
        self._not_full.notify()
        return item


def empty_is_closed(self):
    """Your function behaves like one that takes an empty queue for a closed one. Empty is what a
    queue is whenever its readers are fast enough: an item may come at any moment, so wait for it.
    Only when it is closed as well will none come any more."""
    with self._not_empty:
        if not self._items:
            raise QueueClosed
        item = self._items.popleft()
        self._not_full.notify()
        return item


def none_says_closed(self):
    """Your function behaves like one that returns None when the queue is closed and empty. None
    could have been an item, and a caller that forgets to ask goes on with it as with a job. An
    exception cannot be overlooked; the docstring names the one to raise."""
    with self._not_empty:
        self._not_empty.wait_for(lambda: self._items or self._closed)
        if not self._items:
            return None
        item = self._items.popleft()
        self._not_full.notify()
        return item


def closed_is_asked_once(self):
    """Your function behaves like one that asks only at its beginning whether the queue is closed.
    Most readers are waiting already when it is: they are woken, see no item, and go to sleep again
    for good. Two things end the waiting, so both belong into the condition that you wait for."""
    with self._not_empty:
        if self._closed and not self._items:
            raise QueueClosed
        self._not_empty.wait_for(lambda: self._items)
        item = self._items.popleft()
        self._not_full.notify()
        return item
