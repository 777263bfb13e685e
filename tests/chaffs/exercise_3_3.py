"""3.3, BoundedQueue.close: wrong answers. course/chaffs.py says how this file is read."""


def flag_alone(self):
    """Your function behaves like one that sets the flag and wakes nobody. Those who wait in get()
    and put() are asleep, and a sleeper does not see a flag: the workers of a server that should end
    would sleep on for ever. Both conditions have to be notified."""
    with self._not_empty:
        self._closed = True


def wakes_one(self):
    """Your function behaves like one that calls notify(). That wakes a single sleeper, as is right
    for a single item; closing concerns everybody who waits, and after it nobody will call notify()
    again. There is another method for that."""
    with self._not_empty:
        self._closed = True
        self._not_empty.notify()
        self._not_full.notify()


def one_condition_for_both(self):
    """Your function behaves like one that wakes those who wait for an item, and not those who wait
    for a place. The two conditions share a lock, but each has sleepers of its own: notifying one of
    them leaves the others asleep."""
    with self._not_empty:
        self._closed = True
        self._not_empty.notify_all()


def empties_the_queue(self):
    """Your function behaves like one that throws away what is still inside. Those items were
    accepted: in a server each of them is a client who waits for an answer. Let nothing more in, and
    leave the rest to the readers."""
    with self._not_empty:
        self._closed = True
        self._items.clear()
        self._not_empty.notify_all()
        self._not_full.notify_all()


def without_the_lock(self):
    """Your function behaves like one that does not hold the lock. Python refuses to notify a
    condition whose lock nobody holds, and with reason: between a sleeper's last look at the flag
    and its going to sleep the call would be lost. A `with` takes the lock."""
    self._closed = True
    self._not_empty.notify_all()
    self._not_full.notify_all()


def closed_twice_is_an_error(self):
    """Your function behaves like one that raises QueueClosed when the queue is closed already.
    Whoever closes wants it closed, and it is: a shutdown that is asked for twice, by a signal and
    by the end of the program, is no mistake. Nothing needs to be done then."""
    with self._not_empty:
        if self._closed:
            raise QueueClosed
        self._closed = True
        self._not_empty.notify_all()
        self._not_full.notify_all()
