"""1.6, Server.serve_forever: wrong answers. course/chaffs.py says how this file is read."""


def accepts_once(self):
    """Your function behaves like one that has no door left after its first client: it accepts once,
    or closes the listener. Each accept() returns the connection to one client, and that is closed
    when it has been served; the next client needs an accept() of its own."""
    connection, _address = self.listener.accept()
    serve_connection(connection, self.handler)


def serves_the_listener(self):
    """Your function behaves like one that reads and writes on the listening socket. That one never
    carries a byte of a request, it only makes connections: accept() returns another socket for each
    client, and it is that which must be served (accept(2))."""
    while True:
        _connection, _address = self.listener.accept()
        serve_connection(self.listener, self.handler)


def first_piece_is_the_head(self):
    """Your function behaves like one that serves a client by a recv() of its own. A head may come
    in several pieces, and a client may be silent or gone; all that has been thought of already, in
    a function of this module that takes a connection and the handler."""
    while True:
        connection, _address = self.listener.accept()
        try:
            if head := connection.recv(RECEIVE_SIZE):
                connection.sendall(self.handler(head))
        except OSError:
            pass
        finally:
            close_politely(connection)


def no_client_is_an_error(self):
    """Your function behaves like one that puts a time-out on the listening socket. A client that
    says nothing must be given up; that no client comes for a while is how every night looks, and
    would end the server. Let accept() wait as long as it takes."""
    self.listener.settimeout(TIMEOUT)
    while True:
        connection, _address = self.listener.accept()
        serve_connection(connection, self.handler)


def calls_itself(self):
    """Your function behaves like one that calls itself for the next client. Each call waits for the
    one inside it to return, and Python nests a thousand of them at most: then the server ends with
    a RecursionError. What has no end is a loop."""
    connection, _address = self.listener.accept()
    serve_connection(connection, self.handler)
    self.serve_forever()


def silent_client_ends_the_server(self):
    """Your function behaves like one that takes the end of a client for the end of the server. A
    client that connects and goes away without a word is nothing unusual, and no reason to leave the
    loop: the next one may be waiting already."""
    while True:
        connection, _address = self.listener.accept()
        connection.settimeout(TIMEOUT)
        head = read_head(connection)
        if not head:
            break
        connection.sendall(self.handler(head))
        close_politely(connection)
