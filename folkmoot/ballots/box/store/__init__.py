"""What is on the disk: polls, ballots that wait, ballots in the log, the log.

`waiting` and `settled` have the ballot's 32-byte commitment as their key: no serial, no time, no address, nothing
that leads to a person. What waits is written afresh in the order of its keys with every batch.
"""

from pathlib import Path

from folkmoot.ballots.box.config import Config
from folkmoot.ballots.box.store.database import CannotStore, Database
from folkmoot.ballots.box.store.postgresql import PostgreSQL
from folkmoot.ballots.box.store.sqlite import SQLite


def open_database(config: Config) -> Database:
    """The box's own database, its tables made. Raises CannotStore."""
    return open_store(config.database_url, config.sqlite_path)


def open_store(database_url: str, sqlite_path: Path) -> Database:
    """PostgreSQL at an address, or else SQLite in a file; its tables made. Raises CannotStore."""
    return PostgreSQL(database_url) if database_url else SQLite(sqlite_path)


__all__ = ["CannotStore", "Database", "open_database", "open_store"]
