"""3.6, receive_before: wrong answers. course/chaffs.py says how this file is read."""


def pause_and_not_deadline(deadline, connection):
    """Your function behaves like one that gives each recv() the whole time. A client that sends a
    byte every ten seconds never exceeds it, and holds a worker for days. The deadline is a moment:
    what each wait may last is what is left until then."""
    try:
        connection.settimeout(REQUEST_TIMEOUT)
        return connection.recv(RECEIVE_SIZE)
    except TimeoutError:
        raise HTTPError(408, f"No request within {REQUEST_TIMEOUT:.0f} seconds.") from None


def zero_is_a_timeout(deadline, connection):
    """Your function behaves like one that does not think of a deadline that is over. What is left
    is zero or less then, and to settimeout() a negative number is an error, and 0 means "do not
    block": recv() raises a BlockingIOError in place of a TimeoutError. Leave a moment in any
    case."""
    try:
        connection.settimeout(max(0.0, deadline - time.monotonic()))
        return connection.recv(RECEIVE_SIZE)
    except TimeoutError:
        raise HTTPError(408, f"No request within {REQUEST_TIMEOUT:.0f} seconds.") from None


def silence_is_a_goodbye(deadline, connection):
    """Your function behaves like one that returns b"" when the time is up. That is what recv()
    returns when a client has closed, and your caller will believe it: the client, who is still
    there, would be told something else than that it was too slow. RFC 9110 section 15.5.9 has a
    status."""
    try:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        return connection.recv(RECEIVE_SIZE)
    except TimeoutError:
        return b""


def blames_a_gateway(deadline, connection):
    """Your function behaves like one that answers 504. That is what a proxy says when the server
    behind it was too slow (RFC 9110 section 15.6.5), an error of ours; here it was the client who
    did not send its request in time. Look among the 4xx."""
    try:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        return connection.recv(RECEIVE_SIZE)
    except TimeoutError:
        raise HTTPError(504, f"No request within {REQUEST_TIMEOUT:.0f} seconds.") from None


def every_error_is_a_timeout(deadline, connection):
    """Your function behaves like one that says 408 to a client who is gone. A reset is an OSError,
    as TimeoutError is, and means something else: there is nobody left to answer. Catch the one that
    you mean; whoever called you knows what to do with the others."""
    try:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        return connection.recv(RECEIVE_SIZE)
    except OSError:
        raise HTTPError(408, f"No request within {REQUEST_TIMEOUT:.0f} seconds.") from None


def waits_for_more(deadline, connection):
    """Your function behaves like one that goes on receiving until the deadline, though something
    has come. Every request would take as long as the slowest may. Return what one recv() brings:
    the parser knows whether more is needed, and you will be called again."""
    received = b""
    try:
        while True:
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            data = connection.recv(RECEIVE_SIZE)
            received += data
            if not data:
                return received
    except TimeoutError:
        if received:
            return received
        raise HTTPError(408, f"No request within {REQUEST_TIMEOUT:.0f} seconds.") from None


def looks_at_another_clock(deadline, connection):
    """Your function behaves like one that compares the deadline with time.time(). It was made with
    time.monotonic(), which counts from another moment, and which nobody can set back or forward;
    between the two lie decades. Compare with the clock that it came from."""
    try:
        connection.settimeout(max(0.001, deadline - time.time()))
        return connection.recv(RECEIVE_SIZE)
    except TimeoutError:
        raise HTTPError(408, f"No request within {REQUEST_TIMEOUT:.0f} seconds.") from None
