"""3.7, Server._hand_over: wrong answers. course/chaffs.py says how this file is read."""


def drops_who_finds_no_place(self, pool, connection):
    """Your function behaves like one that closes the connection as soon as the queue is full. The
    client has done nothing wrong, and a place may be free in a moment; QueueFull only says that
    there was none within the timeout. Try again, and accept nobody else meanwhile."""
    with self._lock:
        self._connections.add(connection)
    try:
        pool.submit(partial(self._serve, connection), timeout=POLL_TIME)
    except QueueFull:
        self._forget(connection)


def never_gives_up(self, pool, connection):
    """Your function behaves like one that waits for a place, whatever happens. When the server is
    to stop, no worker may ever take anything out of the queue again, and the accepting thread,
    which is yours, never comes back to see it. Look at that at each turn."""
    with self._lock:
        self._connections.add(connection)
    while True:
        try:
            return pool.submit(partial(self._serve, connection), timeout=POLL_TIME)
        except QueueFull:
            continue


def notes_nothing(self, pool, connection):
    """Your function behaves like one that does not write the connection into self._connections. A
    shutdown ends the waiting of those connections that it knows; the others keep their workers
    until their own time is over, and every stop takes as long. Note it first, under the lock."""
    while True:
        try:
            return pool.submit(partial(self._serve, connection), timeout=POLL_TIME)
        except QueueFull:
            if self._stopping.is_set():
                return self._forget(connection)


def notes_it_afterwards(self, pool, connection):
    """Your function behaves like one that notes the connection when it has handed it over. By then
    a worker may have served and forgotten it, and your note stays behind for good; and while it
    waits for a place, a shutdown does not know of it. Mind the order."""
    while True:
        try:
            pool.submit(partial(self._serve, connection), timeout=POLL_TIME)
            break
        except QueueFull:
            if self._stopping.is_set():
                return self._forget(connection)
    with self._lock:
        self._connections.add(connection)


def calls_instead_of_handing_over(self, pool, connection):
    """Your function behaves like one that calls self._serve where it should hand it over. An
    argument is worked out before the call: the accepting thread serves the client to its end, and
    the pool gets what came back. The pool wants something that it can call later, without
    arguments."""
    with self._lock:
        self._connections.add(connection)
    while True:
        try:
            return pool.submit(self._serve(connection), timeout=POLL_TIME)
        except QueueFull:
            if self._stopping.is_set():
                return self._forget(connection)


def thread_for_who_finds_no_place(self, pool, connection):
    """Your function behaves like one that starts a thread of its own for whoever finds no place.
    Then nothing limits their number: a thousand clients are a thousand threads, and the pool was
    made so that this cannot happen. Whoever finds no place waits, and so do you."""
    with self._lock:
        self._connections.add(connection)
    try:
        pool.submit(partial(self._serve, connection), timeout=POLL_TIME)
    except QueueFull:
        threading.Thread(target=self._serve, args=(connection,), daemon=True).start()


def leaves_it_open(self, pool, connection):
    """Your function behaves like one that gives up at a shutdown and leaves the connection open.
    Its client waits for an answer that nobody will make, until the whole process has ended. Whoever
    gives a connection up closes it; a method of this class does that and strikes it out."""
    with self._lock:
        self._connections.add(connection)
    while not self._stopping.is_set():
        try:
            return pool.submit(partial(self._serve, connection), timeout=POLL_TIME)
        except QueueFull:
            continue
