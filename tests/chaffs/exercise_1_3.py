"""1.3, read_head: wrong answers. course/chaffs.py says how this file is read."""


def recv_once(connection):
    """Your function behaves like one that calls recv once. TCP is a stream: it keeps the order of
    the bytes and nothing else, so a head may come in several pieces. Read until the empty line is
    there."""
    received = connection.recv(RECEIVE_SIZE)
    return received if b"\r\n\r\n" in received and len(received) <= MAX_HEAD else b""


def everything_that_came(connection):
    """Your function behaves like one that returns whatever it has read. The last piece may bring
    more than the end of the head: return the bytes up to and including the first empty line."""
    received = b""
    while b"\r\n\r\n" not in received:
        data = connection.recv(RECEIVE_SIZE)
        if not data or len(received) + len(data) > MAX_HEAD:
            return b""
        received += data
    return received


def looks_at_each_piece(connection):
    """Your function behaves like one that looks for the empty line in each piece by itself. The
    piece may end between the \\r\\n and the \\r\\n: look into all that has come so far."""
    received = b""
    while True:
        data = connection.recv(RECEIVE_SIZE)
        if not data or len(received) + len(data) > MAX_HEAD:
            return b""
        received += data
        if b"\r\n\r\n" in data:
            return received[: received.index(b"\r\n\r\n") + 4]


def without_limit(connection):
    """Your function behaves like one that reads on for ever. A client that never sends an empty
    line would fill the memory: give up where the head is longer than MAX_HEAD."""
    received = b""
    while b"\r\n\r\n" not in received:
        data = connection.recv(RECEIVE_SIZE)
        if not data:
            return b""
        received += data
    return received[: received.index(b"\r\n\r\n") + 4]


def half_a_head_is_one(connection):
    """Your function behaves like one that returns what it has when the client closes. A head
    without its empty line is not whole, and nobody knows what it would have said: return b""."""
    received = b""
    while b"\r\n\r\n" not in received:
        data = connection.recv(RECEIVE_SIZE)
        if not data:
            return received
        if len(received) + len(data) > MAX_HEAD:
            return b""
        received += data
    return received[: received.index(b"\r\n\r\n") + 4]


def waits_for_the_client_to_close(connection):
    """Your function behaves like one that reads until the client closes. A browser keeps its side
    open and waits for the answer: stop at the empty line."""
    received = b""
    while data := connection.recv(RECEIVE_SIZE):
        received += data
        if len(received) > MAX_HEAD:
            return b""
    head, empty_line, _ = received.partition(b"\r\n\r\n")
    return head + empty_line if empty_line else b""
