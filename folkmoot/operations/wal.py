"""The one place that checkpoints the SQLite database (docs/adr/0003-sqlite-rules.md).

All other connections have `wal_autocheckpoint=0`. SQLite before 3.51.3 can lose pages when a checkpoint
runs while another connection commits; TRUNCATE holds the write lock, but falls back to a checkpoint without
it when it does not get the lock. So the checkpointer takes its turn among the writers and tries the lock first;
while somebody writes for long, nothing is done.
"""

import sqlite3
import time
from pathlib import Path
from typing import Any

from folkmoot.base.sqlite3.base import turn_of

READERS_SECONDS = 0.25  # how long writers may stand while a checkpoint waits for readers
LONGEST_PAUSE_SECONDS = 60.0


class Checkpointer:
    """Moves the write-ahead log into the database file, again and again. One per installation."""

    def __init__(self, database: Path) -> None:
        self.database, self.wal = database, Path(f"{database}-wal")
        # Kept open: the last connection that closes would checkpoint too.
        self.connection = sqlite3.connect(database, timeout=READERS_SECONDS, isolation_level=None)
        self.connection.execute("PRAGMA wal_autocheckpoint=0")
        self.pause_seconds = 0.0
        self.not_before = 0.0

    def run(self) -> bool:
        """Checkpoints once if something was written; tells whether the write-ahead log is empty now."""
        if not self.wal.exists() or self.wal.stat().st_size == 0:
            return True
        if time.monotonic() < self.not_before:
            return False
        if self.truncate():
            self.pause_seconds = 0.0
            return True
        # Somebody reads or writes for long; writers shall not stand again at once.
        self.pause_seconds = min(LONGEST_PAUSE_SECONDS, 2 * self.pause_seconds + 1)
        self.not_before = time.monotonic() + self.pause_seconds
        return False

    def truncate(self) -> bool:
        turn = turn_of(self.database)
        if not turn.take(READERS_SECONDS):
            return False
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute("ROLLBACK")
            busy, _, _ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
        finally:
            turn.give_back()
        return not busy

    def close(self) -> None:
        self.connection.close()


def checkpointer_for(settings: dict[str, Any]) -> Checkpointer | None:
    """The checkpointer of a database of Django; None for PostgreSQL and for a database in memory."""
    is_file = settings["ENGINE"].endswith("sqlite3") and Path(settings["NAME"]).exists()
    return Checkpointer(Path(settings["NAME"])) if is_file else None
