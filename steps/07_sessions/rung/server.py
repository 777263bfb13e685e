"""Bytes between a listening socket and a handler.

This page moves bytes and decides when a connection ends. What the bytes mean, protocol.py knows;
what to answer, the handler.
"""

import argparse
import logging
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import partial

from .messages import Handler, HTTPError, Request, Response
from .protocol import RequestParser, serialize_response, wants_keep_alive
from .threadpool import QueueFull, ThreadPool

logger = logging.getLogger("rung.server")

BACKLOG = 128  # connections that the kernel completes and keeps waiting while we are busy
RECEIVE_SIZE = 64 * 1024  # bytes; the most that one recv may bring, never a promise of so many
KEEP_ALIVE_TIMEOUT = 5.0  # seconds; how long an idle connection may hold a worker
# Simplified: a body has no more time than a head, so 16 MB need a fast line.
REQUEST_TIMEOUT = 20.0  # seconds from the first byte of a request to its last
SEND_TIMEOUT = 20.0  # seconds to take an answer, and a second more for each MIN_SEND_RATE of it
MIN_SEND_RATE = 64 * 1024  # bytes a second; who reads more slowly would hold a worker too long
DRAIN_TIME = 1.0  # seconds; how long we read on behind an answer before we close
POLL_TIME = 0.2  # seconds; how soon the accepting thread notices that it should stop
GRACE_TIME = 8.0  # seconds; how long a shutdown waits for requests that are being answered


class Server:
    """A listening socket, and a pool of workers that serve whoever connects to it.

    Args:
        handler: called with each request, by several threads at once; returns the response.
        host: address of the interface to listen on; 127.0.0.1 is this machine alone.
        port: 0 lets the system choose a free one; `url` tells which.
        workers: how many connections are served at once.

    Raises:
        OSError: the port is taken, or not ours to take.
    """

    def __init__(
        self, handler: Handler, host: str = "127.0.0.1", port: int = 8000, workers: int = 8
    ) -> None:
        self.handler = handler
        self.listener = listen(host, port)
        self.workers = workers
        self._stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()  # guards the set: many threads change it

    @property
    def url(self) -> str:
        host, port = self.listener.getsockname()[:2]
        return f"http://{host}:{port}/"

    def serve_forever(self) -> None:
        """Accept connections and hand each to a worker, until somebody calls shutdown()."""
        pool = ThreadPool(self.workers)
        self.listener.settimeout(POLL_TIME)
        while not self._stopping.is_set():
            try:
                connection, _address = self.listener.accept()
            except TimeoutError:
                continue
            except OSError as error:  # Too many open files, say: some will be closed again.
                logger.warning("cannot accept a connection: %s", error)
                time.sleep(POLL_TIME)
                continue
            self._hand_over(pool, connection)
        self._close_down(pool)

    def shutdown(self) -> None:
        """Ask serve_forever() to finish what is in flight and return. Any thread may call this."""
        self._stopping.set()

    def close(self) -> None:
        self.listener.close()

    def _hand_over(self, pool: ThreadPool, connection: socket.socket) -> None:
        """Queue a connection. While the queue is full we accept no more; the kernel keeps them."""
        with self._lock:
            self._connections.add(connection)
        while True:
            try:
                return pool.submit(partial(self._serve, connection), timeout=POLL_TIME)
            except QueueFull:
                if self._stopping.is_set():
                    return self._forget(connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            # Simplified: an idle keep-alive connection holds its worker. `final/` parks it instead.
            serve_connection(connection, self.handler, self._stopping)
        finally:
            self._forget(connection)

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.discard(connection)
        connection.close()

    def _close_down(self, pool: ThreadPool) -> None:
        self.listener.close()
        with self._lock:
            for connection in self._connections:
                # A worker that waits for a next request gets an end of stream instead; one that is
                # answering can still send. (An OSError: the client was faster.)
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
        if not pool.shutdown(GRACE_TIME):
            logger.warning("some requests were not answered within %s seconds", GRACE_TIME)


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


def serve_connection(
    connection: socket.socket, handler: Handler, stopping: threading.Event | None = None
) -> None:
    """Answer one request after another until either side wants to close.

    Args:
        stopping: once set, the answer that is being made is the last.
    """
    parser = RequestParser()
    stopping = stopping or threading.Event()
    try:
        while serve_request(connection, parser, handler, stopping):
            pass
    except OSError:
        pass  # The client is gone or silent: there is nobody left to answer.
    finally:
        close_politely(connection)


def serve_request(
    connection: socket.socket, parser: RequestParser, handler: Handler, stopping: threading.Event
) -> bool:
    """Read one request and answer it; return whether the connection lives on."""
    try:
        request = read_request(connection, parser)
    except HTTPError as error:
        # Where a message is broken, nobody can tell where the next one begins: answer and close.
        refusal = error.to_response()
        if stopping.is_set():  # then it is we who ended the stream, in _close_down
            refusal = HTTPError(503, "The server is stopping. Send it again.").to_response()
        connection.sendall(serialize_response(refusal, None, keep_alive=False))
        return False
    if request is None:
        return False
    response = call_handler(handler, request)
    close = response.headers.get("Connection", "").lower() == "close"
    keep_alive = wants_keep_alive(request) and not close and not stopping.is_set()
    answer = serialize_response(response, request, keep_alive)
    # The time-out of sendall() is one for all of the data, not one for each piece.
    connection.settimeout(SEND_TIMEOUT + len(answer) / MIN_SEND_RATE)
    connection.sendall(answer)
    return keep_alive


def read_request(connection: socket.socket, parser: RequestParser) -> Request | None:
    """Return the next request of a connection; None if the client has closed instead.

    A request may already be here, read together with the last one (pipelining, RFC 9112 section
    9.3.2): we ask the parser first, and the socket only if that has nothing.

    Raises:
        HTTPError: the bytes are no acceptable request, or too slow in coming.
        OSError: the connection broke, or stayed idle for KEEP_ALIVE_TIMEOUT.
    """
    told_to_continue = False
    idle_until = time.monotonic() + KEEP_ALIVE_TIMEOUT
    deadline = time.monotonic() + REQUEST_TIMEOUT
    while (request := parser.next_request()) is None:
        if parser.wants_continue and not told_to_continue:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            told_to_continue = True
        if parser.is_idle:
            # One end for the whole pause: empty lines before a request do not put it off.
            connection.settimeout(max(0.001, idle_until - time.monotonic()))
            data = connection.recv(RECEIVE_SIZE)
            deadline = time.monotonic() + REQUEST_TIMEOUT
        else:
            data = receive_before(deadline, connection)
        if not data and not parser.is_idle:
            raise HTTPError(400, "The connection was closed in the middle of a request.")
        if not data:
            return None
        parser.feed(data)
    return request


def receive_before(deadline: float, connection: socket.socket) -> bytes:
    """Return what comes next. The deadline is the request's: a byte now and then does not move it.

    Raises:
        HTTPError: 408, the time is up (RFC 9110 section 15.5.9).
    """
    try:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        return connection.recv(RECEIVE_SIZE)
    except TimeoutError:
        raise HTTPError(408, f"No whole request within {REQUEST_TIMEOUT:.0f} seconds.") from None


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
    stop_on_signals(server)
    print(f"Serving on {server.url} (Ctrl-C stops)", flush=True)
    server.serve_forever()
    with suppress(OSError):  # whoever read what we print may have gone
        print("Stopped.", flush=True)


def stop_on_signals(server: Server) -> None:
    """Let Ctrl-C and SIGTERM end the server gently, and a second one at once."""

    def stop(_number: int, _frame: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        server.shutdown()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
