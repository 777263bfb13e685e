"""One process at a time: a lock on a file that the system takes back when its holder ends."""

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PAUSE = 0.2  # seconds between two tries


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on `path` (made if need be); while another holds it, say so once and wait."""
    with path.open("ab") as file:
        if not _try(file):
            print("Another course command is installing packages; waiting for it.", flush=True)
            while not _try(file):
                time.sleep(PAUSE)
        yield  # closing the file gives the lock back


if sys.platform == "win32":
    import msvcrt

    def _try(file: BinaryIO) -> bool:
        with contextlib.suppress(OSError):
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            return True
        return False
else:
    import fcntl

    def _try(file: BinaryIO) -> bool:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
