"""Many connections that want nothing, held by a process of their own: python -m benchmarks.crowd.

This module has both ends. The child opens connections that are idle (they have had one answer
each) or that trickle (a byte of a head that never ends, each second); the parent gives it orders,
a line each, and gets a line of JSON for each.
"""

import json
import resource
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.servers import Failed, Running
from benchmarks.wsgi_app import BODY

ROOT = Path(__file__).resolve().parent.parent
REQUEST = b"GET / HTTP/1.1\r\nHost: example\r\n\r\n"
ENDLESS_HEAD = b"GET / HTTP/1.1\r\nHost: example\r\nX-Endless: "
ANSWER_TIME = 3.0  # seconds until an idle connection must have had its one answer
PERIOD = 1.0  # seconds between two bytes of one trickling connection
# Not one by one: a process that wakes 200 times a second on the load's core, and talks to nobody,
# takes 5 to 10% of the rate already.
GROUPS = 10


@dataclass(frozen=True)
class Crowd:
    """The parent's end."""

    process: subprocess.Popen[str]

    def open(self, count: int) -> None:
        """Open so many more connections.

        Raises:
            Failed: they could not be opened, or (if they are to be idle) were not answered.
        """
        reply = self._order(f"open {count}")
        if reply["problem"]:
            raise Failed(f"only {reply['open']:,} connections of the crowd: {reply['problem']}")

    def count(self) -> int:
        """Return how many connections the server has not closed."""
        open_now: int = self._order("count")["open"]
        return open_now

    def _order(self, line: str) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Failed("the process that holds the crowd of connections has ended")
        reply: dict[str, Any] = json.loads(answer)
        return reply


@contextmanager
def crowd(kind: str, server: Running) -> Iterator[Crowd]:
    """Run the process that holds the connections, for as long as the block lasts.

    Args:
        kind: "idle" or "trickle".
    """
    command = [sys.executable, "-m", "benchmarks.crowd", kind, str(server.port)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Crowd(process)
        finally:
            process.kill()  # the kernel closes its connections


# --- the child's end


def main(kind: str, port: int) -> None:
    """Take orders until the parent has gone."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    members: list[socket.socket] = []
    turn = 0
    while True:
        pause = PERIOD / GROUPS if kind == "trickle" and members else None
        if select.select([sys.stdin], [], [], pause)[0]:
            line = sys.stdin.readline()
            if not line:
                return
            print(json.dumps(obey(line.split(), kind, port, members)), flush=True)
        elif members:  # one byte by each member of a group: spread over the second
            turn = (turn + 1) % GROUPS
            for member in members[turn::GROUPS]:
                trickle(member)


def obey(words: list[str], kind: str, port: int, members: list[socket.socket]) -> dict[str, Any]:
    """Carry out one order."""
    problem = ""
    if words[0] == "open":
        try:
            for _ in range(int(words[1])):
                members.append(open_idle(port) if kind == "idle" else open_trickling(port))
        except OSError as error:
            problem = str(error)
    members[:] = [member for member in members if is_open(member)]
    return {"open": len(members), "problem": problem}


def open_idle(port: int) -> socket.socket:
    member = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_TIME)
    member.sendall(REQUEST)
    answer = b""
    while not answer.endswith(BODY):
        data = member.recv(64 * 1024)
        if not data:
            raise ConnectionError("the server closed the connection")
        answer += data
    member.setblocking(False)
    return member


def open_trickling(port: int) -> socket.socket:
    member = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_TIME)
    member.sendall(ENDLESS_HEAD)
    member.setblocking(False)
    return member


def trickle(member: socket.socket) -> None:
    with suppress(OSError):  # it was cut; count() will see that
        member.send(b"x")


def is_open(member: socket.socket) -> bool:
    """Whether the server has not closed it; what it has sent (a 408, say) is read and dropped."""
    try:
        while member.recv(64 * 1024):
            pass
    except BlockingIOError:
        return True
    except OSError:
        pass
    member.close()
    return False


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
