"""A listening socket, many connections, a handler; and a few threads that take turns.

This page decides who is served when. What goes on with one client, connection.py knows; which
thread works, leader.py; what the bytes mean, protocol.py; what to answer, the handler.

In step 03 a connection has a worker as long as it lives. Here all connections stand in a selector,
which tells who has sent something; whoever is silent, or slow, costs no worker. The thread that has
the lead waits on the selector, and serves those who are ready.

The law of this page: only the leader touches the selector, the queue of those who are ready, and
the set of all connections. A thread that has lost the lead gives a connection back by `_returned`.
"""

import errno
import logging
import os
import select
import selectors
import socket
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from math import inf

from .answering import error_response
from .connection import Connection, Timeouts
from .descriptors import most_connections
from .leader import Lead
from .messages import Handler, HTTPError, Request, Response
from .protocol import Limits, can_keep_alive

logger = logging.getLogger("rung.server")

BACKLOG = 1024  # connections that the kernel completes and keeps waiting while we are busy
POLL_TIME = 0.2  # seconds between two looks at what only time brings about
LAST_CALL = 0.5  # seconds that a server which is to stop waits for requests that are on their way
NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}  # accept(2)
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
DEFAULT_TIMEOUTS = Timeouts()


class Server:
    """A listening socket, everybody who has connected to it, and the threads that serve them.

    Args:
        handler: called with each request, by several threads at once; returns the response.
        host: address of the interface to listen on; 127.0.0.1 is this machine alone.
        port: 0 lets the system choose a free one; `url` tells which.
        workers: how many handlers run at once.
        limits: how much of everything a client may send.
        timeouts: how long we wait for it.
        listener: a listening socket that is there already, in place of host and port.
        accepts: how many who have connected it takes at once. 1 where other processes wait on the
            same socket: a burst is theirs, too.

    Raises:
        OSError: the port is taken, or not ours to take.
    """

    def __init__(
        self,
        handler: Handler,
        host: str = "127.0.0.1",
        port: int = 8000,
        workers: int = 8,
        limits: Limits | None = None,
        timeouts: Timeouts | None = None,
        listener: socket.socket | None = None,
        accepts: int = 16,
    ) -> None:
        self.handler = handler
        self.listener = listener or listen(host, port)
        self.workers = workers
        self.limits = limits
        self.timeouts = timeouts or DEFAULT_TIMEOUTS
        self.accepts = accepts
        self._stopping = False
        self._returned: deque[Connection] = deque()  # from threads that have lost the lead
        self._lead = Lead(let_go=self._let_go)
        self._alarm, self._bed = socket.socketpair()  # a byte through it wakes who is in select()
        self._alarm.setblocking(False)
        # What follows belongs to the leader.
        self._connections: dict[int, Connection] = {}  # by their file descriptors
        self._ready: deque[Connection] = deque()
        self._current: Connection | None = None  # whom the leader serves
        self._most = most_connections()
        self._next_look = 0.0
        self._last_call = inf  # who has not sent a whole request by then is dismissed
        self._is_waiting = False
        self._is_accepting = True
        self._selector = selectors.DefaultSelector()
        self._epoll = epoll_of(self._selector)
        self._selector.register(self.listener, READ)
        self._selector.register(self._bed, READ)

    @property
    def url(self) -> str:
        return url_of(self.listener)

    def serve_forever(self) -> None:
        """Serve whoever connects, until somebody calls shutdown()."""
        threads = [
            threading.Thread(target=self._work, name=f"worker-{number}", daemon=True)
            for number in range(1, self.workers + 1)
        ]
        for thread in threads:
            thread.start()
        end = inf
        while not self._lead.is_over and time.monotonic() < end:
            self._lead.watch(POLL_TIME)
            if self._stopping:
                end = min(end, time.monotonic() + self.timeouts.grace)
        if not self._lead.is_over:
            grace = self.timeouts.grace
            logger.warning("some requests were not answered within %s seconds", grace)
            self._lead.end()
        self.close()

    def shutdown(self) -> None:
        """Ask serve_forever() to finish what is in flight and return.

        Any thread may call this, and a signal handler: it takes no lock.
        """
        self._stopping = True
        self._wake()

    def adopt(self, client: socket.socket, address: str = "") -> None:
        """Serve a client that somebody else has accepted. Any thread may call this."""
        client.setblocking(False)
        self._give_back(Connection(client, address, self.limits, self.timeouts))

    def close(self) -> None:
        self.listener.close()

    # --- what a worker does

    def _work(self) -> None:
        """Follow until the lead is free, lead until it is lost."""
        while self._lead.take():
            try:
                while self._go_on():
                    pass
            except BaseException:  # a mistake of this page; it must not end a worker
                logger.exception("a worker goes on after an error")
                self._lead.release()

    def _go_on(self) -> bool:
        """Do, as the leader, what comes next; return whether this thread still leads."""
        while self._ready:
            if not self._serve(self._ready.popleft()):
                return False
        if self._stopping and self.listener.fileno() >= 0:
            self._look_a_last_time()
        elif self._stopping and not self._connections and not self._returned:
            for each in (self._selector, self._epoll, self._alarm, self._bed):
                if each is not None:
                    each.close()
            self._lead.end()
            return False
        else:
            self._wait()
        return True

    def _wait(self) -> None:
        """Sleep until somebody has sent something, or takes something again."""
        self._is_waiting = True  # and then the look at `_returned`; see _give_back()
        nobody = self._is_accepting and not self._connections
        seconds = 0 if self._returned else None if nobody else POLL_TIME
        if self._epoll is not None:
            ready = self._epoll.poll(seconds)
        else:
            ready = [(key.fd, events) for key, events in self._selector.select(seconds)]
        self._is_waiting = False
        for file, _events in ready:
            if file in self._connections:
                self._ready.append(self._connections[file])
            elif file == self._bed.fileno():
                self._bed.recv(1024)
            else:
                self._accept()
        while self._returned:  # behind the others, who would wait for ever otherwise
            self._take_back(self._returned.popleft())
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + POLL_TIME
            self._look_at_the_clock(now)

    def _serve(self, connection: Connection) -> bool:
        """Go on with somebody who is ready; return whether this thread still leads."""
        self._current = connection
        request = None
        try:
            if connection.is_closing:
                connection.drain()
            elif connection.answer is not None or (request := connection.read()) is not None:
                if not self._lead.run(self._answer, connection, request):
                    self._give_back(connection)
                    return False
            elif self._stopping and not self._is_awaited(connection):
                self._dismiss(connection)
        except HTTPError as error:
            connection.refuse(error)
        except Exception:  # as in _answer()
            logger.exception("a request could not be read")
            connection.is_gone = True
        self._settle(connection)
        return True

    def _answer(self, connection: Connection, request: Request | None) -> None:
        """Do what may take its time: call the handler, or go on with a stream that it gave."""
        try:
            if request is None:
                connection.write()
                return
            response: object = None
            try:
                response = self.handler(request)
                if not isinstance(response, Response):
                    raise TypeError(f"a handler returns a Response, not {response!r}")
                keep_alive = can_keep_alive(response, request) and not self._stopping
                connection.begin(request, response, keep_alive)
                return
            except BaseException as error:  # noqa: BLE001 - error_response() logs it
                # A bug in one page must not end the server, nor may a sys.exit() in it. (Ctrl-C is
                # not among these: that reaches the main thread alone.)
                answer = error_response(error, request, response)
            keep_alive = not isinstance(response, Response) and can_keep_alive(answer, request)
            connection.begin(request, answer, keep_alive and not self._stopping)
        except BaseException:  # a mistake of ours costs this client, and nobody else
            logger.exception("an answer failed")
            connection.is_gone = True

    # --- who waits for what

    def _settle(self, connection: Connection) -> None:
        """Decide what we wait for now."""
        if connection.is_gone and connection.answer is None:
            self._unwatch(connection)
            self._connections.pop(connection.socket.fileno(), None)
            connection.close()
        elif connection.is_gone:
            self._unwatch(connection)
            self._ready.append(connection)  # to end the answer: a stream may take its time for it
        elif connection.answer is not None or connection.has_more:
            # Who has more is served when it could take an answer, and when those have had their
            # turn who are ready by then: to serve it from here again and again would starve them.
            if connection.events != WRITE:
                self._watch(connection, WRITE)
        elif self._stopping and not connection.is_closing and not self._is_awaited(connection):
            self._ready.append(connection)  # to be dismissed, unless another request is here
        elif connection.events != READ:
            self._watch(connection, READ)

    def _watch(self, connection: Connection, events: int) -> None:
        """Watch a connection for these events, and for none but these."""
        if connection.events == 0:
            self._selector.register(connection.socket, events, connection)
        else:
            self._selector.modify(connection.socket, events, connection)
        connection.events = events

    def _unwatch(self, connection: Connection) -> None:
        if connection.events:
            self._selector.unregister(connection.socket)
            connection.events = 0

    def _let_go(self) -> None:
        """The lead goes to another thread. The one who had it keeps the client that it serves."""
        if self._current is not None:
            self._unwatch(self._current)

    def _give_back(self, connection: Connection) -> None:
        """Give a connection to the leader."""
        self._returned.append(connection)
        if self._is_waiting:
            self._wake()

    def _wake(self) -> None:
        with suppress(OSError):  # so many bytes are there that it will wake up; or all is over
            self._alarm.send(b"!")

    def _take_back(self, connection: Connection) -> None:
        """Go on with what another thread has given back."""
        self._connections[connection.socket.fileno()] = connection
        if connection.is_gone or connection.is_closing or connection.answer is not None:
            self._settle(connection)
        else:
            self._ready.append(connection)  # its next request may be here: then we need not watch

    # --- who comes and who has to go

    def _accept(self) -> None:
        """Take who has connected; some clients at once, because a flood has no end."""
        for _ in range(self.accepts):
            try:
                if len(self._connections) >= self._most:
                    raise OSError(errno.EMFILE, f"Too many open files: {self._most} connections")
                client, address = self.listener.accept()
                client.setblocking(False)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno not in NO_ROOM:
                    continue  # this one has gone again
                logger.warning("no more connections for now: %s", error)
                self._accept_later()
                return
            connection = Connection(client, address[0], self.limits, self.timeouts)
            self._connections[client.fileno()] = connection
            self._ready.append(connection)  # its request is often here already

    def _accept_later(self) -> None:
        """Leave the next clients to the kernel, until others have closed their connections."""
        self._is_accepting = False
        self._selector.unregister(self.listener)

    def _look_at_the_clock(self, now: float) -> None:
        """Serve those whose time is up, too: where nothing has moved, the connection ends."""
        waiting = self._connections.values()
        late = {each for each in waiting if each.deadline <= now and each.events}
        if self._last_call <= now:
            late |= {each for each in waiting if each.events == READ}
        self._ready.extend(late.difference(self._ready))
        if not self._is_accepting and not self._stopping and len(self._connections) < self._most:
            self._is_accepting = True
            self._selector.register(self.listener, READ)

    def _look_a_last_time(self) -> None:
        """The server is to stop: serve what has arrived already, and let nobody else in."""
        self._last_call = time.monotonic() + LAST_CALL
        for _ in range(BACKLOG // self.accepts):  # whom the kernel has let in, close() throws out
            if self._is_accepting:
                self._accept()
        if self._is_accepting:
            self._accept_later()
        self.listener.close()
        waiting = {each for each in self._connections.values() if each.events == READ}
        self._ready.extend(waiting.difference(self._ready))

    def _is_awaited(self, connection: Connection) -> bool:
        """Whether a server that is to stop waits for this one's request: it will come at once.

        A proxy connects, or sends the half of a form, and cannot know that we are to stop. What it
        has sent in vain it may not send elsewhere, unless it is a GET (RFC 9110 section 9.2.2).
        """
        begins = connection.is_new or not connection.parser.is_idle
        return begins and time.monotonic() < self._last_call

    def _dismiss(self, connection: Connection) -> None:
        """The server is to stop, and no whole request is here: it can be sent again elsewhere."""
        if connection.parser.is_idle:
            connection.is_gone = True
        else:
            connection.refuse(HTTPError(503, "The server is stopping. Send it again."))


def epoll_of(selector: selectors.BaseSelector) -> "select.epoll | None":
    """Return what is below a selector on Linux, to be asked directly.

    selector.select() makes an object of each answer, which takes longer than what we do with it.
    """
    if not hasattr(select, "epoll") or not isinstance(selector, selectors.EpollSelector):
        return None
    return select.epoll.fromfd(os.dup(selector.fileno()))


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
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}/"
