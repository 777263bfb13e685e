"""Bytes between a listening socket and a handler.

This page moves bytes and decides when a connection ends. What the bytes mean, protocol.py knows;
what to answer, the handler.
"""

import argparse
import logging
import socket
import sys
import time

from .messages import Handler, HTTPError, Request, Response
from .protocol import RequestParser, serialize_response, wants_keep_alive

logger = logging.getLogger("rung.server")

BACKLOG = 128  # connections that the kernel completes and keeps waiting while we are busy
RECEIVE_SIZE = 64 * 1024  # bytes; the most that one recv may bring, never a promise of so many
TIMEOUT = 2.0  # seconds of silence; a silent client holds up all others for so long
DRAIN_TIME = 1.0  # seconds; how long we read on behind an answer before we close


class Server:
    """A listening socket and the handler that answers whoever connects to it.

    Args:
        handler: called with each request; returns the response.
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
    """Answer one request after another until either side wants to close."""
    parser = RequestParser()
    connection.settimeout(TIMEOUT)
    try:
        while serve_request(connection, parser, handler):
            pass
    except OSError:
        pass  # The client is gone or silent: there is nobody left to answer.
    finally:
        close_politely(connection)


def serve_request(connection: socket.socket, parser: RequestParser, handler: Handler) -> bool:
    """Read one request and answer it; return whether the connection lives on."""
    try:
        request = read_request(connection, parser)
    except HTTPError as error:
        # Where a message is broken, nobody can tell where the next one begins: answer and close.
        connection.sendall(serialize_response(error.to_response(), None, keep_alive=False))
        return False
    if request is None:
        return False
    response = call_handler(handler, request)
    close = response.headers.get("Connection", "").lower() == "close"
    keep_alive = wants_keep_alive(request) and not close
    connection.sendall(serialize_response(response, request, keep_alive))
    return keep_alive


def read_request(connection: socket.socket, parser: RequestParser) -> Request | None:
    """Return the next request of a connection; None if the client has closed instead.

    A request may already be here, read together with the last one (pipelining, RFC 9112 section
    9.3.2): we ask the parser first, and the socket only if that has nothing.

    Raises:
        HTTPError: the bytes are no acceptable request.
        OSError: the connection broke, or TIMEOUT passed in silence.
    """
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


def call_handler(handler: Handler, request: Request) -> Response:
    """Return the handler's response, or the error that it raised as one."""
    try:
        response: object = handler(request)
        if not isinstance(response, Response):
            raise TypeError(f"a handler returns a Response, not {response!r}")
        return response
    except HTTPError as error:
        return error.to_response()
    except (Exception, SystemExit):
        # A bug in one page, or a sys.exit() in it, must not end the server; and its traceback is
        # not for strangers.
        logger.exception("%s %s failed", request.method, request.target)
        return HTTPError(500, "Something went wrong here. The log has the details.").to_response()


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
