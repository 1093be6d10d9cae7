"""The box's database in one SQLite file, by the rules of docs/adr/0003: one connection writes, and it checkpoints."""

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from folkmoot.ballots.box.store.database import TABLES, CannotStore, Row, creations

AT_ONCE = 500  # values in one statement
PRAGMAS = (
    "page_size=8192",  # a ballot fits on a page, with others
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "wal_autocheckpoint=2000",
    "cache_size=-64000",
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
        for some in batches(values):
            marks = ",".join("?" * len(some))
            found += self.rows(f"SELECT {columns} FROM {table} WHERE {key} IN ({marks}){of_cell}", *some)  # noqa: S608
        return found

    def insert(self, table: str, columns: str, rows: Sequence[Row]) -> None:
        marks = ",".join("?" * (columns.count(",") + 1))
        try:
            self._connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608
        except sqlite3.Error as error:
            raise CannotStore(str(error)) from error

    def delete(self, table: str, key: str, values: Sequence[bytes]) -> None:
        for some in batches(values):
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


def batches(values: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
    rest = iter(values)
    while some := tuple(itertools.islice(rest, AT_ONCE)):
        yield some
