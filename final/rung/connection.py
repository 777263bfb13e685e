"""One client: what has come from it, what is still to go out, and until when we wait.

Nothing here waits for the network, and nothing here knows which thread it runs on or who else is
connected. A client is in one of three states: we read its request, we write our answer, or we have
said all and only read on until it closes.
"""

import logging
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import inf

from .messages import HTTPError, Request, Response
from .protocol import (
    Limits,
    RequestParser,
    has_content,
    serialize_response,
    stream_pieces,
    wants_keep_alive,
)

logger = logging.getLogger("rung.server")

RECEIVE_SIZE = 16 * 1024  # bytes; the most that one recv may bring, never a promise of so many
BODY_SIZE = 256 * 1024  # bytes; the same in the middle of a body
SEND_SIZE = 256 * 1024  # bytes of a stream before the others have their turn
BUFFER_SIZE = 8 * 1024 * 1024  # bytes; more than a kernel keeps for one connection
MIN_RATE = 16 * 1024  # bytes a second; a client that is faster runs into no time-out
RESET = struct.pack("ii", 1, 0)  # socket(7), SO_LINGER: close() drops what is unsent and says so


@dataclass(frozen=True)
class Timeouts:
    """How long we wait, in seconds. An application may choose others.

    Attributes:
        keep_alive: for the next request of a connection.
        request: for a request, from its first byte, and a second more for each MIN_RATE of its
            body that has come.
        send: for an answer to be taken, and a second more for each MIN_RATE that was. Of both: no
            longer than this when nothing moves at all.
        drain: while we read on behind the last answer, before we close.
        grace: for the requests that are being answered when the server is to stop.
    """

    keep_alive: float = 15.0
    request: float = 20.0
    send: float = 20.0
    drain: float = 1.0
    grace: float = 8.0


class Connection:
    """A client and where we are with it. Once `is_gone`, all that is left to do is close()."""

    __slots__ = (  # ten thousand of these may be here
        "_keep_alive", "_output", "_pieces", "_sent", "_started", "_timeouts",
        "address", "answer", "deadline", "events", "has_more", "is_closing", "is_gone", "parser",
        "socket", "told_to_continue",
    )  # fmt: skip

    def __init__(
        self, client: socket.socket, address: str, limits: Limits | None, timeouts: Timeouts
    ) -> None:
        self.socket = client
        self.address = address
        self.parser = RequestParser(limits)
        self.answer: tuple[Request | None, Response] | None = None  # what is on its way
        self.is_closing = False  # we have said all, and only read on
        self.is_gone = False
        self.has_more = False  # another request may be here, read together with the last one
        self.told_to_continue = False
        self.deadline = time.monotonic() + timeouts.keep_alive
        self.events = 0  # what the server's selector watches it for
        self._timeouts = timeouts
        self._keep_alive = False
        self._output: bytes | memoryview = b""  # what the kernel has not taken yet
        self._pieces: Iterator[bytes] | None = None  # the rest of a stream
        # When we began to wait: for the rest of a request, or for an answer to be taken; 0.0: not.
        self._started = 0.0
        self._sent = 0  # bytes of the answer

    @property
    def is_new(self) -> bool:
        """Whether nothing has come from it yet. Who connects is about to ask."""
        return not self._keep_alive and self.parser.is_idle

    def read(self) -> Request | None:
        """Return the next whole request; None if it is not here yet, or nobody is there any more.

        We ask the parser first: a request may have come together with the last one (pipelining,
        RFC 9112 section 9.3.2).

        Raises:
            HTTPError: the bytes are no acceptable request.
        """
        request = self.parser.next_request() if self.has_more else None
        self.has_more = False
        if request is None and (data := self._receive()):
            self.parser.feed(data)
            request = self.parser.next_request()
        if request is not None:
            request.remote_address = self.address
            self.deadline = inf  # from here on it waits for us
        elif not self.parser.is_idle:
            self._wait_for_the_rest()
        elif self.deadline <= time.monotonic():
            self.is_gone = True  # nothing came, or empty lines alone (RFC 9112 section 2.2)
        return request

    def begin(self, request: Request | None, response: Response, keep_alive: bool) -> None:
        """Begin to answer; write() goes on as the client takes it.

        Args:
            request: None if there was none that could be understood.
        """
        self._output = serialize_response(response, request, keep_alive)
        if not isinstance(response.body, bytes) and request and has_content(response, request):
            self._pieces = stream_pieces(response, request)
        self.answer = request, response
        self._keep_alive = keep_alive
        self._started = 0.0
        self.deadline = inf  # until it keeps us waiting
        self.write()

    def write(self) -> None:
        """Send what the kernel takes now; of a stream, not more than SEND_SIZE at once."""
        if self.is_gone:
            return self._end_answer()
        before = self._sent
        is_late = self.deadline != inf and self.deadline <= time.monotonic()
        most = BUFFER_SIZE if is_late else SEND_SIZE
        try:
            while self._output or (self._pieces and self._next_piece()):
                sent = self.socket.send(self._output)
                self._sent += sent
                if self._pieces is None and sent == len(self._output):
                    break
                self._output = memoryview(self._output)[sent:]
                if self._sent - before > most:
                    return self._allow(self._sent, self._timeouts.send)
            self._finish()
        except BlockingIOError:
            # A selector is silent until a client has taken a third of what the kernel keeps for
            # it. So who is late is asked: its buffer is filled up, and must have room next time.
            if self._sent > before or self.deadline == inf:
                self._allow(self._sent, self._timeouts.send)
            if self.deadline <= time.monotonic():
                self.is_gone = True
        except OSError:
            self.is_gone = True

    def refuse(self, error: HTTPError) -> None:
        """Answer what is no request, or never will be one, and close.

        Where a message is broken, nobody can tell where the next one begins.
        """
        # Not even an error has a body where HEAD was asked (RFC 9110 section 9.3.2).
        request = Request("HEAD", "", "") if self.parser.is_head else None
        self.begin(request, error.to_response(), keep_alive=False)

    def drain(self) -> None:
        """Pass over what comes behind the last answer, for a moment and not for ever."""
        self._receive()
        if self.deadline <= time.monotonic():
            self.is_gone = True

    def close(self) -> None:
        """Give back what it holds. The answer has ended before: that may take its time."""
        self.parser.close()
        self.socket.close()

    def _receive(self) -> bytes:
        """Return what has come; b"" if nothing has.

        Raises:
            HTTPError: the client has closed in the middle of a request.
        """
        try:
            data = self.socket.recv(BODY_SIZE if self._started else RECEIVE_SIZE)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
            self.is_gone = True
        if not data and not self.parser.is_idle and not self.is_gone and not self.is_closing:
            raise HTTPError(400, "The connection was closed in the middle of a request.")
        self.is_gone = not data
        return data

    def _wait_for_the_rest(self) -> None:
        if self.parser.wants_continue and not self.told_to_continue:
            self.told_to_continue = True
            with suppress(OSError):  # who waits for this reads it; who has gone, recv() will tell
                self.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._allow(self.parser.received, self._timeouts.request)
        # RFC 9110 section 15.5.9. What is here already came in time: then it was us who were slow.
        if self.deadline <= time.monotonic() and not self._is_more_here():
            raise HTTPError(408, "The rest of the request did not come in time.")

    def _is_more_here(self) -> bool:
        with suppress(OSError):
            return self.socket.recv(1, socket.MSG_PEEK) != b""
        return False

    def _allow(self, moved: int, timeout: float) -> None:
        """Set the deadline, so that it meets who has stopped, and who is slower than MIN_RATE."""
        now = time.monotonic()
        self._started = self._started or now
        self.deadline = min(now, self._started + moved / MIN_RATE) + timeout

    def _next_piece(self) -> bool:
        """Take the next piece of a stream; return whether there is one. It may take its time."""
        began = time.monotonic()
        try:
            self._output = next(self._pieces or iter(()), b"")
        except BaseException:  # whatever it is, a worker must not die of it
            logger.exception("an answer broke off in the middle")
            # What was sent must not look whole. A length or chunks would show it; a reset always.
            with suppress(OSError):
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.is_gone = True
        if self._started:  # then it goes on later: the client has not kept us waiting
            self._started += time.monotonic() - began
        return bool(self._output)

    def _finish(self) -> None:
        """The answer is out: wait for the next request, or say goodbye."""
        if self.answer is None:
            return
        request, response = self.answer
        is_plain = request is None or isinstance(request.content, bytes)
        if is_plain and isinstance(response.body, bytes):
            self.answer = None  # nothing has to be closed
        else:
            self._end_answer()
        if self.is_gone:
            return
        self._output, self._sent = b"", 0
        if self._keep_alive:
            self.told_to_continue = False
            self.has_more = self.parser.unread != b""
            now = time.monotonic()
            self.deadline = now + self._timeouts.keep_alive
            self._started = now if self.has_more else 0.0
        elif request is not None and not wants_keep_alive(request) and self.parser.is_idle:
            self.is_gone = True  # it sends no more (RFC 9112 section 9.6), so nothing can be lost
        else:
            self._say_goodbye()

    def _say_goodbye(self) -> None:
        """Say that no more will come, and read on for a moment.

        Closing a socket that still holds unread bytes makes the kernel send a reset. A client that
        is still sending sees a broken connection then, and not our answer; it may even lose what it
        has received (RFC 9112 section 9.6).
        """
        self.is_closing = True
        self.deadline = time.monotonic() + self._timeouts.drain
        self.socket.shutdown(socket.SHUT_WR)

    def _end_answer(self) -> None:
        if self.answer is None:
            return
        request, response = self.answer
        self.answer = self._pieces = None
        if request is not None:
            request.close()
        if not isinstance(response.body, bytes):
            try:
                response.close()
            except BaseException:
                logger.exception("a stream could not be closed")
