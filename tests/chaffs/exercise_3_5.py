"""3.5, ThreadPool.shutdown: wrong answers. course/chaffs.py says how this file is read."""


def timeout_for_each(self, timeout):
    """Your function behaves like one that gives each thread the whole timeout. It is meant for all
    of them together: eight jobs that hang would hold up the end eight times as long. Say beforehand
    until when, and give each join() what is left of it."""
    self._queue.close()
    for thread in self._threads:
        thread.join(timeout)
    return not any(thread.is_alive() for thread in self._threads)


def waits_for_nobody(self, timeout):
    """Your function behaves like one that closes the queue and returns. The workers are still busy,
    with jobs whose clients wait; if the program ends now, they are cut off. Wait for the threads,
    and say truthfully whether they have ended: threading has a method for either."""
    self._queue.close()
    return True


def throws_away_what_waits(self, timeout):
    """Your function behaves like one that forgets the jobs which nobody has begun. They were
    accepted, and whoever brought them relies on it. A closed queue lets its readers take what is
    left: close it, and the workers finish by themselves."""
    self._queue.close()
    self._queue._items.clear()
    deadline = time.monotonic() + timeout
    for thread in self._threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return not any(thread.is_alive() for thread in self._threads)


def does_not_close_the_queue(self, timeout):
    """Your function behaves like one that waits for its threads and does not tell them to end. They
    have done their jobs and wait in get() for more, which may even come: nothing was closed. Close
    the queue first, and each worker leaves when nothing is left in it."""
    deadline = time.monotonic() + timeout
    for thread in self._threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return not any(thread.is_alive() for thread in self._threads)


def says_true_anyway(self, timeout):
    """Your function behaves like one that returns True even if a thread is still alive. join()
    returns in two cases, at the end of the thread and at the end of the time, and does not say in
    which. Ask the threads themselves."""
    self._queue.close()
    deadline = time.monotonic() + timeout
    for thread in self._threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return True


def one_end_is_enough(self, timeout):
    """Your function behaves like one that is content when a thread has ended. The answer is about
    all of them: one that still works on an answer is enough for False. "Not every one" and "not any
    one" are not the same."""
    self._queue.close()
    deadline = time.monotonic() + timeout
    for thread in self._threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return not all(thread.is_alive() for thread in self._threads)
