"""The box's database in one SQLite file, by the rules of docs/adr/0003: one connection writes, and it checkpoints."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TypeVar

from folkmoot.ballots.box.store.database import TABLES, CannotStore, Row, creations

T = TypeVar("T")

AT_ONCE = 512  # rows or values in one statement
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "wal_autocheckpoint=16000",
    "cache_size=-128000",
    "temp_store=MEMORY",
)


class SQLite:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=20)
        path.chmod(0o600)
        for pragma in PRAGMAS:
            self.run(f"PRAGMA {pragma}")
        with self.writing():
            for table in TABLES:
                for statement in creations(table, table, "BLOB", " WITHOUT ROWID"):
                    self.run(statement)

    @contextmanager
    def writing(self) -> Iterator[None]:
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # a full disk has rolled back by itself
                self._connection.execute("ROLLBACK")
            raise

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise CannotStore(str(error)) from error

    def run(self, sql: str, *parameters: object) -> None:
        self.rows(sql, *parameters)

    def having(
        self, columns: str, table: str, key: str, values: Sequence[bytes], *, and_cell: int | None = None
    ) -> list[Row]:
        found: list[Row] = []
        of_cell = "" if and_cell is None else f" AND cell = {and_cell:d}"
        for some in pieces(values):
            marks = ",".join("?" * len(some))
            found += self.rows(f"SELECT {columns} FROM {table} WHERE {key} IN ({marks}){of_cell}", *some)  # noqa: S608
        return found

    def insert(self, table: str, columns: str, rows: Sequence[Row]) -> None:
        row = f"({','.join('?' * (columns.count(',') + 1))})"
        for some in pieces(rows):
            values = ",".join([row] * len(some))  # one statement: the other thread is not held up at each row
            self.run(f"INSERT INTO {table} ({columns}) VALUES {values}", *chain.from_iterable(some))  # noqa: S608

    def delete(self, table: str, key: str, values: Sequence[bytes]) -> None:
        for some in pieces(values):
            marks = ",".join("?" * len(some))
            self.run(f"DELETE FROM {table} WHERE {key} IN ({marks})", *some)  # noqa: S608

    def rewrite(self, table: str) -> None:
        # A page keeps its rows in the order in which they came, whatever their keys: only new pages have forgotten.
        kept, *indexes = creations(table, f"{table}_fresh", "BLOB", " WITHOUT ROWID")
        self.run(kept)
        self.run(f"INSERT INTO {table}_fresh SELECT * FROM {table} ORDER BY c")  # noqa: S608
        self.run(f"DROP TABLE {table}")
        self.run(f"ALTER TABLE {table}_fresh RENAME TO {table}")
        for statement in indexes:
            self.run(statement.replace(f"{table}_fresh", table))

    def forget(self) -> None:
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self._connection.close()


def pieces(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut into powers of two, so that few statements are ever prepared."""
    at = 0
    while at < len(values):
        size = min(AT_ONCE, 1 << (len(values) - at).bit_length() - 1)
        yield values[at : at + size]
        at += size
