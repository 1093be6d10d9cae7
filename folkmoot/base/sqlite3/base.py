"""Django's SQLite backend, whose transactions queue before the write lock (docs/adr/0003-sqlite-rules.md).

A second writer finds the lock of SQLite taken, sleeps, and asks again, up to a tenth of a second later, so that
several processes that write hold each other up. Here the next one begins as soon as the lock is free.
"""

import fcntl
import os
import threading
import time
from functools import cache
from pathlib import Path

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

ASK_AGAIN_SECONDS = 0.0005


class Turn:
    """Who may write: one thread of one process at a time. One for each database file and process.

    Of the threads that wait in a process only the first asks for the lock that all processes share. That lock ends
    with its process, however it ends.
    """

    def __init__(self, path: Path) -> None:
        self.within = threading.Lock()
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)  # until the process ends

    def take(self, seconds: float) -> bool:
        """Waits so long at most; tells whether it is ours now."""
        until = time.monotonic() + seconds
        if not self.within.acquire(timeout=seconds):
            return False
        while True:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    self.within.release()
                    return False
                time.sleep(ASK_AGAIN_SECONDS)
            else:
                return True

    def give_back(self) -> None:
        fcntl.flock(self.file, fcntl.LOCK_UN)
        self.within.release()


def turn_of(database: Path) -> Turn:
    """The turn at a database file in this process."""
    return _turn(Path(f"{database}-turn"), os.getpid())


@cache
def _turn(path: Path, _process: int) -> Turn:
    """A child that was forked must not share its parent's open file: the lock belongs to that."""
    return Turn(path)


class DatabaseWrapper(base.DatabaseWrapper):
    """Waits for its turn before BEGIN IMMEDIATE, and gives it back after COMMIT or ROLLBACK.

    Raises OperationalError when nobody gives the turn back within the timeout, as SQLite itself does.
    """

    _turn: Turn | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if not self.is_in_memory_db() and self._turn is None:
            turn = turn_of(Path(self.settings_dict["NAME"]))
            if not turn.take(self.settings_dict["OPTIONS"].get("timeout", 5)):
                raise OperationalError("database is locked")
            self._turn = turn
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
        except BaseException:
            self._end_turn()
            raise

    def commit(self) -> None:
        super().commit()
        self._end_turn()  # not after a failure: a rollback follows

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._end_turn()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.give_back()
