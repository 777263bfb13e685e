"""Bytes between a listening socket and a handler.

This page knows two facts about HTTP and no more: the head of a request ends at an empty line,
and an answer starts with a status line and says how long it is. What the head *means* is for
the handler, or for the next step.
"""

import argparse
import socket
import sys
import time
from collections.abc import Callable

# The idea of the whole course. Here a handler takes the head of a request and gives the whole
# answer, both as bytes; from step 02 on it takes a Request and gives a Response.
Handler = Callable[[bytes], bytes]

BACKLOG = 128  # connections that the kernel completes and keeps waiting while we are busy
RECEIVE_SIZE = 64 * 1024  # bytes; the most that one recv may bring, never a promise of so many
MAX_HEAD = 64 * 1024  # bytes; without a limit one client could fill our memory
TIMEOUT = 2.0  # seconds of silence; a silent client holds up all others for so long
DRAIN_TIME = 1.0  # seconds; how long we read on behind an answer before we close


class Server:
    """A listening socket and the handler that answers whoever connects to it.

    Args:
        handler: called with the head of each request; returns the whole answer.
        host: address of the interface to listen on; 127.0.0.1 is this machine alone.
        port: 0 lets the system choose a free one; `url` tells which.

    Raises:
        OSError: the port is taken, or not ours to take.
    """

    def __init__(self, handler: Handler, host: str = "127.0.0.1", port: int = 8000) -> None:
        self.handler = handler
        self.listener = listen(host, port)

    @property
    def url(self) -> str:
        host, port = self.listener.getsockname()[:2]
        return f"http://{host}:{port}/"

    def serve_forever(self) -> None:
        """Accept one connection after another and serve each to its end."""
        while True:
            connection, _address = self.listener.accept()
            # Simplified: while we serve this client, the next one waits. Step 03 repairs it.
            serve_connection(connection, self.handler)

    def close(self) -> None:
        self.listener.close()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address and completes connections on it.

    Source: socket(7), ip(7), listen(2).
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        # Otherwise a restart fails for a minute while old connections sit in TIME_WAIT.
        # (On Windows the same option lets two programs share one port.)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


def serve_connection(connection: socket.socket, handler: Handler) -> None:
    """Read one request head, send the handler's answer, close."""
    # Simplified: an exception in the handler ends the server. Step 02 answers 500 instead.
    connection.settimeout(TIMEOUT)
    try:
        head = read_head(connection)
        if head:
            connection.sendall(handler(head))
    except OSError:
        pass  # The client is gone or silent: there is nobody left to answer.
    finally:
        close_politely(connection)


def read_head(connection: socket.socket) -> bytes:
    """Return the head of a request, its empty line included.

    TCP carries a stream, not messages: one recv may bring half a line, or two requests at once.
    So we read until the empty line is there, and not once.

    Returns:
        The bytes up to and including the first empty line; b"" if the client closed before it,
        or if the head is longer than MAX_HEAD.
    """
    received = b""
    while b"\r\n\r\n" not in received:
        data = connection.recv(RECEIVE_SIZE)
        # Simplified: too long a head gets no answer at all. Step 02 answers 431.
        if not data or len(received) + len(data) > MAX_HEAD:
            return b""
        received += data
    # Simplified: a body behind the head is not read. Step 02 reads it.
    return received[: received.index(b"\r\n\r\n") + 4]


def build_response(
    body: bytes, content_type: str = "text/html; charset=utf-8", status: str = "200 OK"
) -> bytes:
    """Return a whole answer: status line, field lines, empty line, body (RFC 9112 section 2.1).

    >>> build_response(b"hi", "text/plain").split(b"\\r\\n")[-2:]
    [b'', b'hi']
    """
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",  # counted in bytes: "é" is one character and two bytes
        "Connection: close",
    ]
    return "\r\n".join(head).encode("ascii") + b"\r\n\r\n" + body


def close_politely(connection: socket.socket) -> None:
    """Say that no more will come, read on for a moment, then close.

    Closing a socket that still holds unread bytes makes the kernel send a reset. A client that is
    still sending sees a broken connection then, and not our answer; it may even lose what it has
    received (RFC 9112 section 9.6). So we close our half first and drain what is still coming.
    """
    deadline = time.monotonic() + DRAIN_TIME
    try:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(DRAIN_TIME)
        while time.monotonic() < deadline and connection.recv(RECEIVE_SIZE):
            pass
    except OSError:
        pass  # Already gone, or silent for DRAIN_TIME: both are fine here.
    finally:
        connection.close()


def run(handler: Handler, argv: list[str] | None = None) -> None:
    """Serve from the command line until Ctrl-C: `python server.py [--port N]`.

    Args:
        argv: the arguments; those of the process by default.

    Raises:
        SystemExit: with one sentence, when the server cannot start.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
    port = parser.parse_args(argv).port
    try:
        server = Server(handler, port=port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        sys.exit(f"Cannot listen on port {port} ({reason}). Try another: --port 8001, or --port 0.")
    print(f"Serving on {server.url} (Ctrl-C stops)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nStopped.")
    finally:
        server.close()
