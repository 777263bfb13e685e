"""How often may somebody try? Against guessing passwords: a computer tries thousands a minute.

Attempts are counted in the database, so that all processes count together.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from .database import Database, IntegrityError
from .messages import HTTPError

CREATE_TABLE = """
    CREATE TABLE IF NOT EXISTS attempts (
        key_hash CHAR(64) NOT NULL PRIMARY KEY,
        attempts INTEGER NOT NULL,
        expires BIGINT NOT NULL
    )
"""
COUNT = "UPDATE attempts SET attempts = attempts + 1 WHERE key_hash = ? AND expires > ?"
INSERT = "INSERT INTO attempts (key_hash, attempts, expires) VALUES (?, 1, ?)"
SELECT = "SELECT attempts, expires FROM attempts WHERE key_hash = ?"
FORGIVE = "UPDATE attempts SET attempts = attempts - 1 WHERE key_hash = ? AND attempts > 0"
SWEEP = "DELETE FROM attempts WHERE expires <= ?"


@dataclass(eq=False)
class Throttle:
    """Counts attempts, and refuses those that are too many.

    throttle = Throttle(database, period=900)
    limits = {f"log-in as {name}": 100, f"log-in from {request.remote_address}": 100}
    throttle.count(limits)  # raises where one is reached
    ...
    throttle.forgive(limits)  # it was the right password

    Args:
        period: seconds from the first attempt until its counter begins anew.
        clock: the time in seconds since 1970.
    """

    database: Database
    period: int
    clock: Callable[[], float] = time.time
    _has_table: bool = field(default=False, init=False)

    def count(self, limits: dict[str, int]) -> None:
        """Count an attempt. Before its outcome is known: many at once would slip through after it.

        Args:
            limits: what is counted, and how often it may be in a period. In this order; whoever is
                refused by the first is not counted for the others.

        Raises:
            HTTPError: 429, with the seconds to wait in Retry-After (RFC 6585 section 4).
        """
        if not self._has_table:
            self.create_table()
        now = int(self.clock())
        for key, limit in limits.items():
            attempts, expires = self._count(hash_key(key), now)
            if attempts > limit:
                minutes = -(-(expires - now) // 60)
                unit = "minute" if minutes == 1 else "minutes"
                message = f"Too many attempts. Try again in {minutes} {unit}."
                raise HTTPError(429, message, {"Retry-After": str(expires - now)})

    def forgive(self, limits: dict[str, int]) -> None:
        """Take an attempt back: it was a good one. Those before it go on counting."""
        for key in limits:
            self.database.execute(FORGIVE, (hash_key(key),))

    def create_table(self) -> None:
        """Make the table, if it is not there. The first attempt does this, too."""
        self.database.execute(CREATE_TABLE)
        self._has_table = True

    def _count(self, key_hash: str, now: int) -> tuple[int, int]:
        """Return the attempts, with this one, and when they are forgotten."""
        if self.database.execute(COUNT, (key_hash, now)).row_count == 0:
            self.database.execute(SWEEP, (now,))
            try:
                self.database.execute(INSERT, (key_hash, now + self.period))
            except IntegrityError:  # another has inserted it in between
                self.database.execute(COUNT, (key_hash, now))
        rows = self.database.execute(SELECT, (key_hash,)).rows
        return rows[0] if rows else (1, now + self.period)  # swept in between


def hash_key(key: str) -> str:
    """Return what the table holds instead of a key: always as long, and no list of who was here."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
