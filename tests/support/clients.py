"""Clients that speak raw TCP, the rude ones among them, each with a deadline."""

import contextlib
import socket
import struct
import time

from tests.support.compare import show

DEADLINE = 5.0  # seconds for any single wait


def receive(client: socket.socket, mark: bytes = b"", seconds: float = DEADLINE) -> bytes:
    """What arrives up to a mark (at least), or to the end; a failure if neither comes in time.

    Without a mark: all of it. A reset counts as an end.
    """
    __tracebackhide__ = True
    received = bytearray()
    end = time.monotonic() + seconds
    while not (mark and mark in received[-len(mark) - 65536 :]):
        client.settimeout(max(0.001, end - time.monotonic()))
        try:
            data = client.recv(65536)
        except TimeoutError:
            awaited = repr(mark) if mark else "the end"
            raise AssertionError(
                f"{awaited} did not come within {seconds:g} s, but {show(bytes(received))!r}"
            ) from None
        except ConnectionError:
            break
        if not data:
            break
        received += data
    return bytes(received)


def is_cut(client: socket.socket, seconds: float) -> bool:
    """True if the server closes or resets within a time; what it sends before is thrown away."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        client.settimeout(max(0.001, end - time.monotonic()))
        try:
            if not client.recv(65536):
                return True
        except TimeoutError:
            return False
        except ConnectionError:
            return True
    return False


def send(client: socket.socket, data: bytes) -> bool:
    """Send as much as goes; False when the server has closed."""
    try:
        client.sendall(data)
    except (ConnectionError, TimeoutError):
        return False
    return True


def reset(client: socket.socket) -> None:
    """Close without a goodbye."""
    with contextlib.suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def narrow(port: int, size: int = 4096) -> socket.socket:
    """A client whose kernel takes only so many bytes before somebody reads them."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    client.settimeout(DEADLINE)
    client.connect(("127.0.0.1", port))
    return client
