"""1.5, close_politely: wrong answers. course/chaffs.py says how this file is read."""


def closes_at_once(connection):
    """Your function behaves like one that only calls close(). Where bytes of the client lie unread,
    the kernel answers with a reset, and the client may lose what it has already received (RFC 9112
    section 9.6). Say first that you are done, and read what is still there."""
    connection.close()


def drains_once(connection):
    """Your function behaves like one that calls recv once before it closes. That takes what has
    arrived so far; a client that sends a large form is not done yet, and the next piece meets a
    closed socket and is answered by a reset. Read on until the client has closed its side."""
    try:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(DRAIN_TIME)
        connection.recv(RECEIVE_SIZE)
    except OSError:
        pass
    finally:
        connection.close()


def sleeps(connection):
    """Your function behaves like one that waits for a moment and then closes. Time takes no bytes
    out of the socket: what the client has sent still lies there unread, and its next piece fits
    nowhere. Read in this time, and stop as soon as the client has closed."""
    try:
        connection.shutdown(socket.SHUT_WR)
        time.sleep(DRAIN_TIME)
    except OSError:
        pass
    finally:
        connection.close()


def without_a_goodbye(connection):
    """Your function behaves like one that drains and never says that its answer is over. A client
    that reads to the end waits for you, and you wait for it. shutdown() can close one direction and
    leave the other open; do that first."""
    deadline = time.monotonic() + DRAIN_TIME
    try:
        connection.settimeout(DRAIN_TIME)
        while time.monotonic() < deadline and connection.recv(RECEIVE_SIZE):
            pass
    except OSError:
        pass
    finally:
        connection.close()


def only_silence_ends_it(connection):
    """Your function behaves like one that reads for as long as something comes. The time-out of a
    socket begins anew with each recv(), so a client that never stops sending holds the server for
    ever. Besides the time-out the loop needs a deadline of its own."""
    try:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(DRAIN_TIME)
        while connection.recv(RECEIVE_SIZE):
            pass
    except OSError:
        pass
    finally:
        connection.close()


def deadline_and_no_timeout(connection):
    """Your function behaves like one that looks at the clock only between two calls of recv. With a
    client that is silent there is no second one: the first waits for ever. A deadline for the loop
    does not end a recv() in it; the socket has a limit for that."""
    deadline = time.monotonic() + DRAIN_TIME
    try:
        connection.shutdown(socket.SHUT_WR)
        while time.monotonic() < deadline and connection.recv(RECEIVE_SIZE):
            pass
    except OSError:
        pass
    finally:
        connection.close()


def expects_silence_only(connection):
    """Your function behaves like one that expects a client to be silent, and not to be gone. On a
    connection that the client has reset, shutdown() and recv() raise other errors than
    TimeoutError, and each of them would end the server. All of them are of one kind."""
    deadline = time.monotonic() + DRAIN_TIME
    try:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(DRAIN_TIME)
        while time.monotonic() < deadline and connection.recv(RECEIVE_SIZE):
            pass
    except TimeoutError:
        pass
    finally:
        connection.close()


def closes_only_if_all_goes_well(connection):
    """Your function behaves like one that closes the socket only if the client does so first. Where
    recv() raises, for a client that is silent or gone, close() is passed over: each such client
    costs a file descriptor, and one day there are none left. Close in any case."""
    deadline = time.monotonic() + DRAIN_TIME
    try:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(DRAIN_TIME)
        while time.monotonic() < deadline and connection.recv(RECEIVE_SIZE):
            pass
        connection.close()
    except OSError:
        pass
