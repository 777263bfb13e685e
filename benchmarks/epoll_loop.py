"""The floor: a loop on epoll that finds the end of a head and answers with the same bytes always.

No request line is looked at, no field is parsed, nothing can be refused: what a server in Python
takes beyond this is what HTTP costs. Half a head is kept until the rest has come.
"""

import select
import socket

RECEIVE_SIZE = 64 * 1024  # bytes
END_OF_HEAD = b"\r\n\r\n"


def serve(port: int, answer: bytes, keep_alive: bool) -> None:
    """Answer every head on this port of 127.0.0.1, for ever.

    Args:
        answer: the whole message, as it goes over the wire.
        keep_alive: whether a connection stays open behind its first answer.
    """
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    connections: dict[int, socket.socket] = {}
    halves: dict[int, bytes] = {}  # by descriptor: the begin of a head
    while True:
        for descriptor, _events in poll.poll():
            if descriptor == listener.fileno():
                connection, _address = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connections[connection.fileno()] = connection
                poll.register(connection, select.EPOLLIN)
                continue
            connection = connections[descriptor]
            try:
                data = connection.recv(RECEIVE_SIZE)
                received = halves.pop(descriptor, b"") + data
                if heads := received.count(END_OF_HEAD):
                    connection.send(answer * heads)
                if rest := received[received.rfind(END_OF_HEAD) + 4 :] if heads else received:
                    halves[descriptor] = rest
                over = not data or (heads and not keep_alive)
            except ConnectionError:
                over = True
            if over:
                halves.pop(descriptor, None)
                connections.pop(descriptor).close()
