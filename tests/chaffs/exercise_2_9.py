"""2.9, read_request: wrong answers. course/chaffs.py says how this file is read."""


def asks_the_socket_first(connection, parser):
    """Your function behaves like one that asks the socket before the parser. The next request may
    have come together with the last one, in one recv() (pipelining, RFC 9112 section 9.3.2): then
    it is here, and you wait for bytes that nobody will send. Ask the parser first."""
    told_to_continue = False
    while True:
        if parser.wants_continue and not told_to_continue:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            told_to_continue = True
        data = connection.recv(RECEIVE_SIZE)
        if not data and not parser.is_idle:
            raise HTTPError(400, "The connection was closed in the middle of a request.")
        if not data:
            return None
        parser.feed(data)
        if (request := parser.next_request()) is not None:
            return request


def reads_once(connection, parser):
    """Your function behaves like one that calls recv once. TCP is a stream: a request comes in as
    many pieces as it likes, and after the first of them it may not be whole. Receive and feed until
    the parser has one."""
    if (request := parser.next_request()) is not None:
        return request
    data = connection.recv(RECEIVE_SIZE)
    if not data and not parser.is_idle:
        raise HTTPError(400, "The connection was closed in the middle of a request.")
    if not data:
        return None
    parser.feed(data)
    return parser.next_request()


def parser_of_its_own(connection, parser):
    """Your function behaves like one that starts each request with a new parser. What has been read
    too much lies in the buffer of the old one, and belongs to the next request (RFC 9112 section
    9.3.2). You were given the parser of the connection; it remembers."""
    parser = RequestParser()
    told_to_continue = False
    while (request := parser.next_request()) is None:
        if parser.wants_continue and not told_to_continue:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            told_to_continue = True
        data = connection.recv(RECEIVE_SIZE)
        if not data and not parser.is_idle:
            raise HTTPError(400, "The connection was closed in the middle of a request.")
        if not data:
            return None
        parser.feed(data)
    return request


def every_end_is_polite(connection, parser):
    """Your function behaves like one that takes each end of the stream for a goodbye. Between two
    requests it is one. In the middle of a request something was lost, and whoever still listens
    must hear that it was not done (RFC 9112 section 8). The parser knows where you are."""
    told_to_continue = False
    while (request := parser.next_request()) is None:
        if parser.wants_continue and not told_to_continue:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            told_to_continue = True
        data = connection.recv(RECEIVE_SIZE)
        if not data:
            return None
        parser.feed(data)
    return request


def every_end_is_an_error(connection, parser):
    """Your function behaves like one that answers 400 whenever the client closes. Every connection
    ends some day, and between two requests that is no error: nothing was asked, so there is nothing
    to answer. Return None there; the parser knows whether a request has begun."""
    told_to_continue = False
    while (request := parser.next_request()) is None:
        if parser.wants_continue and not told_to_continue:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            told_to_continue = True
        data = connection.recv(RECEIVE_SIZE)
        if not data:
            raise HTTPError(400, "The connection was closed in the middle of a request.")
        parser.feed(data)
    return request


def never_says_continue(connection, parser):
    """Your function behaves like one that leaves a waiting client without a word. With `Expect:
    100-continue` it holds its body back until it is told to send it (RFC 9110 section 10.1.1): you
    wait for the body, and it waits for you. The parser says when that is so."""
    while (request := parser.next_request()) is None:
        data = connection.recv(RECEIVE_SIZE)
        if not data and not parser.is_idle:
            raise HTTPError(400, "The connection was closed in the middle of a request.")
        if not data:
            return None
        parser.feed(data)
    return request


def says_continue_again(connection, parser):
    """Your function behaves like one that says 100 Continue each time before it receives. Once the
    client is sending, it has been told; a second time can only confuse it (RFC 9110 section
    10.1.1). Remember, for this one request, that you have said it."""
    while (request := parser.next_request()) is None:
        if parser.wants_continue:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        data = connection.recv(RECEIVE_SIZE)
        if not data and not parser.is_idle:
            raise HTTPError(400, "The connection was closed in the middle of a request.")
        if not data:
            return None
        parser.feed(data)
    return request


def says_continue_to_everybody(connection, parser):
    """Your function behaves like one that says 100 Continue to every client whose request is not
    whole yet. It is the answer to a question (RFC 9110 section 10.1.1): who has not asked did not
    wait for it, and a client of HTTP/1.0 takes it for the answer. The parser knows who waits."""
    told_to_continue = False
    while (request := parser.next_request()) is None:
        if not parser.is_idle and not told_to_continue:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            told_to_continue = True
        data = connection.recv(RECEIVE_SIZE)
        if not data and not parser.is_idle:
            raise HTTPError(400, "The connection was closed in the middle of a request.")
        if not data:
            return None
        parser.feed(data)
    return request
