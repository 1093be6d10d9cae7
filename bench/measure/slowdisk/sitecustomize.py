"""Python starts with this where a bench asks for a slow disk: each commit of SQLite takes 5 ms more, as on a disk
whose fsync does. The thread that commits sleeps; the others work on, as they would."""

import sqlite3
import time
from functools import partial

FSYNC_SECONDS = 0.005


class SlowConnection(sqlite3.Connection):
    def execute(self, sql, *parameters):
        found = super().execute(sql, *parameters)
        if sql == "COMMIT":
            time.sleep(FSYNC_SECONDS)
        return found


sqlite3.connect = partial(sqlite3.connect, factory=SlowConnection)
