"""A target's `Server` on a real port, in a thread of this process.

For what a socket pair cannot show: the accept loop, several clients at once, a client's kernel that
throws an answer away.
"""

import contextlib
import socket
import threading
import traceback
from collections.abc import Iterator
from typing import Any

from tests.support.compare import show

DEADLINE = 5.0  # seconds for any single wait


class Serving:
    """A running server: `.port`, `.url`, and raw TCP clients for it."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.url = server.url
        self.port = server.listener.getsockname()[1]
        self._stopping = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def connect(self) -> socket.socket:
        """A TCP connection, with a deadline for every call on it."""
        return socket.create_connection(("127.0.0.1", self.port), DEADLINE)

    def exchange(self, raw: bytes) -> bytes:
        """Send bytes and return what comes back until the server closes."""
        __tracebackhide__ = True
        with self.connect() as client:
            client.sendall(raw)
            return self.receive_all(client)

    def receive_all(self, client: socket.socket) -> bytes:
        """What arrives until the server closes; a reset is a failure, for it loses bytes."""
        __tracebackhide__ = True
        received = b""
        try:
            while data := client.recv(65536):
                received += data
        except OSError as error:
            lines = [f"{error!r} instead of the end of the answer", f"received  {show(received)}"]
            raise AssertionError("\n".join(lines)) from self._error
        return received

    def stop(self) -> bool:
        """Stop the server and return whether it has ended; raise what serve_forever() raised."""
        self._stopping = True
        if hasattr(self.server, "shutdown"):
            self.server.shutdown()
            with contextlib.suppress(OSError):  # a knock, for an accept() that sleeps
                self.connect().close()
        else:  # steps 01 and 02 serve until the process ends, so accept() must be made to fail
            with contextlib.suppress(OSError):
                self.server.listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(DEADLINE)
        self.server.close()
        if self._error is not None:
            raise self._error
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.server.serve_forever()
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            if not self._stopping:
                self._error = error
            traceback.clear_frames(error.__traceback__)  # or they keep a client's socket open
        finally:
            self.server.listener.close()  # who waits to be accepted hears of the end now


@contextlib.contextmanager
def serving(server: Any) -> Iterator[Serving]:
    """Run a server while the block lasts."""
    running = Serving(server)
    try:
        yield running
    finally:
        running.stop()
