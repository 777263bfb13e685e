"""Raw bytes to a target's server code over a socket pair: no port, always a deadline."""

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any

from tests.support.compare import show

DEADLINE = float(os.environ.get("RUNG_TEST_DEADLINE", "5"))  # seconds for one exchange
PIECE_DEADLINE = 0.05  # seconds that the server has to read one piece before the next is sent


def server_code(server: ModuleType) -> Callable[..., Any]:
    """What serves one connection and returns when that is over: serve(connection, handler).

    The steps have a function for it. The server of `final/` looks after all connections together;
    there, it is a whole server that gets this one.
    """
    if hasattr(server, "serve_connection"):
        function: Callable[..., Any] = server.serve_connection
        return function

    def serve(connection: socket.socket, handler: Any) -> None:
        made = server.Server(handler, port=0, workers=2)
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        made.adopt(connection)
        while connection.fileno() >= 0 and thread.is_alive():
            time.sleep(0.0005)
        made.shutdown()
        thread.join(DEADLINE)

    return serve


class Wire:
    """A target's server code with a handler; each exchange is a connection of its own."""

    def __init__(self, serve: Callable[..., Any], handler: Any, deadline: float = DEADLINE) -> None:
        self._serve = serve
        self._handler = handler
        self._deadline = deadline

    def exchange(self, raw: bytes | list[bytes], half_close: bool = True) -> bytes:
        """Send bytes, close the sending side if asked, and return all that comes back until EOF.

        A list is sent piece by piece: the next piece leaves when the server has read the last one.
        Fails when EOF does not come within the deadline; an exception that leaves the server code
        is raised here.
        """
        __tracebackhide__ = True
        with self.open() as conversation:
            conversation.send_in_background([raw] if isinstance(raw, bytes) else raw, half_close)
            received = conversation.receive_all()
            conversation.finish()
        return received

    def open(self) -> "Conversation":
        """A connection held by hand: send, receive, look, send again."""
        return Conversation(self._serve, self._handler, self._deadline)


class Conversation:
    """One connection to the server code, which runs in a thread of its own."""

    def __init__(self, serve: Callable[..., Any], handler: Any, deadline: float) -> None:
        self._deadline = deadline
        self._sent = b""
        self._error: BaseException | None = None
        self._client, self._server = socket.socketpair()
        self._thread = threading.Thread(target=self._run, args=(serve, handler), daemon=True)
        self._thread.start()

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.close()
        self._thread.join(self._deadline if error is None else 0.2)  # no second deadline

    def send(self, data: bytes) -> None:
        """Send bytes now; a server that has closed already is no error, its answer tells."""
        self._sent += data
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._client.sendall(data)

    def half_close(self) -> None:
        """Say that nothing more will be sent; the answer can still be read."""
        with contextlib.suppress(OSError):
            self._client.shutdown(socket.SHUT_WR)

    def send_in_background(self, pieces: list[bytes], half_close: bool) -> None:
        """Send piece by piece while the caller reads: neither side can block the other for ever."""
        threading.Thread(target=self._send_pieces, args=(pieces, half_close), daemon=True).start()

    def receive_all(self) -> bytes:
        """What arrives until the server closes."""
        __tracebackhide__ = True
        return self._receive(lambda received: False, "the end of the answer")

    def receive_until(self, mark: bytes) -> bytes:
        """What arrives up to and with `mark` (at least), or until the server closes."""
        __tracebackhide__ = True
        return self._receive(lambda received: mark in received, repr(mark))

    def is_silent(self, seconds: float = 0.1) -> bool:
        """True if nothing arrives, not even EOF, in this time."""
        return not select.select([self._client], [], [], seconds)[0]

    def finish(self) -> None:
        """Close our side and wait until the server code has returned; raise what it raised."""
        __tracebackhide__ = True
        self._client.close()
        self._thread.join(self._deadline)
        if self._thread.is_alive():
            raise AssertionError(
                f"the server closed, but its code did not return within "
                f"{self._deadline:g} s after these bytes: {show(self._sent)}"
            )
        if self._error is not None:
            raise self._error

    def _receive(self, enough: Callable[[bytes], bool], awaited: str) -> bytes:
        __tracebackhide__ = True
        received = b""
        end = time.monotonic() + self._deadline
        while not enough(received):
            self._client.settimeout(max(0.001, end - time.monotonic()))
            try:
                data = self._client.recv(65536)
            except TimeoutError:
                raise AssertionError(self._hang(received, awaited)) from self._error
            except ConnectionResetError:  # closed with bytes of ours unread: the end, too
                data = b""
            if not data:
                break
            received += data
        return received

    def _hang(self, received: bytes, awaited: str) -> str:
        what = f"no end of the reply ({awaited})" if received else "no reply"
        lines = [
            f"{what} within {self._deadline:g} s after these bytes",
            f"sent      {show(self._sent)}",
        ]
        lines += [f"received  {show(received)}"] * bool(received)
        return "\n".join(lines)

    def _run(self, serve: Callable[..., Any], handler: Any) -> None:
        try:
            serve(self._server, handler)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            self._error = error
        finally:
            self._server.close()

    def _send_pieces(self, pieces: list[bytes], half_close: bool) -> None:
        for index, piece in enumerate(pieces):
            if index:
                self._wait_until_read()
            with contextlib.suppress(OSError):
                self.send(piece)
        if half_close:
            self.half_close()

    def _wait_until_read(self) -> None:
        end = time.monotonic() + PIECE_DEADLINE
        with contextlib.suppress(OSError, ValueError):  # closed by the server meanwhile
            while select.select([self._server], [], [], 0)[0] and time.monotonic() < end:
                time.sleep(0)
