"""1.4, serve_connection: wrong answers. course/chaffs.py says how this file is read."""


def send_once(connection, handler):
    """Your function behaves like one that calls send once. send() takes as much as fits into the
    kernel's buffer, says how much that was, and leaves the rest to you: a long page arrives cut
    off. There is a call that goes on until everything is sent."""
    connection.settimeout(TIMEOUT)
    try:
        head = read_head(connection)
        if head:
            connection.send(handler(head))
    except OSError:
        pass
    finally:
        close_politely(connection)


def without_timeout(connection, handler):
    """Your function behaves like one that waits for its client without a limit. Browsers open
    connections in advance and say nothing on them; the first of these would stop the server for
    good. Tell the socket, before you read, how long a silence may last."""
    try:
        head = read_head(connection)
        if head:
            connection.sendall(handler(head))
    except OSError:
        pass
    finally:
        close_politely(connection)


def answers_nobody(connection, handler):
    """Your function behaves like one that calls the handler without a request. read_head() returns
    b"" where a client has closed before its head was whole: then there is nothing to answer and
    nobody who waits for it. Look at what came before you hand it on."""
    connection.settimeout(TIMEOUT)
    try:
        connection.sendall(handler(read_head(connection)))
    except OSError:
        pass
    finally:
        close_politely(connection)


def closes_at_once(connection, handler):
    """Your function behaves like one that calls close() behind the answer. If bytes of the client
    lie unread by then, the kernel resets the connection, and the client may lose the answer that
    was on its way (RFC 9112 section 9.6). The next exercise has a function for that."""
    connection.settimeout(TIMEOUT)
    try:
        head = read_head(connection)
        if head:
            connection.sendall(handler(head))
    except OSError:
        pass
    finally:
        connection.close()


def hides_every_error(connection, handler):
    """Your function behaves like one that passes over every exception. That a client has gone is no
    error of yours; a bug in the handler is, and here nobody would ever hear of it. Catch what the
    socket raises, and no more."""
    connection.settimeout(TIMEOUT)
    try:
        head = read_head(connection)
        if head:
            connection.sendall(handler(head))
    except Exception:
        pass
    finally:
        close_politely(connection)


def closes_only_if_all_goes_well(connection, handler):
    """Your function behaves like one that closes the connection only if nothing unexpected is
    raised. When the handler fails, the client waits for an answer that never comes, and the socket
    stays open. What must happen in any case has a place of its own in a try statement."""
    connection.settimeout(TIMEOUT)
    try:
        head = read_head(connection)
        if head:
            connection.sendall(handler(head))
    except OSError:
        pass
    close_politely(connection)


def client_that_is_gone_ends_the_server(connection, handler):
    """Your function behaves like one that lets the errors of the socket through. Clients go away
    while they are read from or written to, every day, and some only fall silent; each of them would
    end the whole server. Which exception do all of these have in common?"""
    connection.settimeout(TIMEOUT)
    try:
        head = read_head(connection)
        if head:
            connection.sendall(handler(head))
    finally:
        close_politely(connection)


def expects_silence_only(connection, handler):
    """Your function behaves like one that expects a client to be silent, and not to be gone. Who
    closes the browser in the middle of an answer causes a broken pipe or a reset, and neither is a
    TimeoutError. Look for the exception that they all are."""
    connection.settimeout(TIMEOUT)
    try:
        head = read_head(connection)
        if head:
            connection.sendall(handler(head))
    except TimeoutError:
        pass
    finally:
        close_politely(connection)


def answers_again_and_again(connection, handler):
    """Your function behaves like one that reads the next head behind its answer. The answer has
    said `Connection: close`, and what a client sends after that is not processed (RFC 9112 section
    9.6); meanwhile everybody else waits. One head, one answer, and the end."""
    connection.settimeout(TIMEOUT)
    try:
        while head := read_head(connection):
            connection.sendall(handler(head))
    except OSError:
        pass
    finally:
        close_politely(connection)
