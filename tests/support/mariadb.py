"""A MariaDB server of the tests' own, on a port and folder of its own: one that may be stopped."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pymysql

from tests.support.databases import missing

DEADLINE = 30.0  # seconds for the server to answer, or to end


class PrivateServer:
    """A mariadbd process. `url` is a database on it, which start() makes when it is new."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.options = folder, options
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"mysql://root@127.0.0.1:{self.port}/private"
        self._process: subprocess.Popen[bytes] | None = None
        installer, self._program = program("mariadb-install-db"), program("mariadbd")
        login = "--auth-root-authentication-method=normal"
        command = [installer, *self._common(), login, "--skip-test-db"]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        command = [
            self._program,
            *self._common(),
            f"--port={self.port}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            "--bind-address=127.0.0.1",
            "--innodb-buffer-pool-size=16M",
            *self.options,
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                self.ask("CREATE DATABASE IF NOT EXISTS private")
                return
            except pymysql.err.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(DEADLINE)
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Run a statement by the bare driver, on a connection for it alone."""
        connection = pymysql.connect(
            host="127.0.0.1", port=self.port, user="root", autocommit=True, ssl_disabled=True
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def _common(self) -> list[str]:
        user = ["--user=root"] if os.name == "posix" and os.getuid() == 0 else []
        return ["--no-defaults", f"--datadir={self.folder / 'data'}", *user]


def program(name: str) -> str:
    """Where a program is: /usr/sbin is not in everybody's PATH."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")
    if found is None:
        missing(f"no {name}; on Debian: sudo apt install mariadb-server")
    return str(found)
