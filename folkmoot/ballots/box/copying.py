"""What a backup takes of the box, and what a restore puts back: one JSON line for each row.

Ballots that wait are left out, and so are the sealed answers of polls that are not closed: a backup must not be a
second box in somebody's drawer. A poll that was open therefore cannot go on from a backup: it is declared broken.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import psycopg
from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.leaves import Broken
from folkmoot_kernel.merkle import leaf_hash

from folkmoot.ballots.box.store import ballots as ballot_rows
from folkmoot.ballots.box.store.database import TABLES, Database, Row
from folkmoot.ballots.box.store.polls import set_poll

AT_ONCE: Final = 1_000
SETTLED: Final = """SELECT settled.c, settled.cell, settled.pk, settled.seq, settled.hash, settled.o FROM settled
    JOIN cell ON cell.cell = settled.cell JOIN poll ON poll.poll = cell.poll WHERE poll.is_closed = 1 ORDER BY settled.c"""

Rows = Callable[[str], Iterable[Row]]


def copy_box(database_url: str, sqlite_path: Path, target: Path) -> bool:
    """Write what a backup takes of a box, which may be running; False when there is no box yet."""
    if not database_url and not sqlite_path.exists():
        return False
    with reading(database_url, sqlite_path) as rows, target.open("w", encoding="ascii") as file:
        for table in TABLES:
            for row in taken(table, rows):
                file.write(json.dumps([table, *map(as_text, row)]) + "\n")
    return True


def taken(table: str, rows: Rows) -> Iterable[Row]:
    if table == "waiting":
        return ()
    return rows(SETTLED if table == "settled" else f"SELECT * FROM {table}")  # noqa: S608


@contextmanager
def reading(database_url: str, sqlite_path: Path) -> Iterator[Rows]:
    """One moment of the box's database, through a connection that cannot write."""
    if not database_url:
        with closing(sqlite3.connect(f"file:{sqlite_path}?mode=ro", uri=True, isolation_level=None)) as copy:
            copy.execute("BEGIN")
            yield copy.execute
        return
    with psycopg.connect(database_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True

        def rows(sql: str) -> Iterable[Row]:
            return connection.execute(sql.encode(), binary=True).fetchall()

        yield rows


def open_polls(source: Path) -> list[str]:
    """The polls of a copy that were neither closed nor broken."""
    return [row[1] for row in read_rows(source) if row[0] == "poll" and not row[3] and not row[4]]


def load_copy(database: Database, source: Path, *, reason: str) -> None:
    """Put a copy into an empty box; polls that were open get a leaf which declares them broken, for this reason."""
    with database.writing():
        waiting: dict[str, list[Row]] = {table: [] for table in TABLES}
        for table, *values in read_rows(source):
            waiting[table].append(tuple(values))
            if len(waiting[table]) == AT_ONCE:
                put(database, table, waiting)
        for table in TABLES:
            put(database, table, waiting)
        for poll in open_polls(source):
            leaf = Broken(poll, reason).encode()
            ballot_rows.append(database, poll, [(leaf_hash(leaf), leaf)])
            set_poll(database, poll, "is_broken")


def put(database: Database, table: str, waiting: dict[str, list[Row]]) -> None:
    rows, waiting[table] = waiting[table], []
    database.insert(table, ", ".join(columns(table)), rows)


def columns(table: str) -> list[str]:
    parts = (part.split() for part in TABLES[table].split(", "))
    return [part[0] for part in parts if part[1:2] in (["TEXT"], ["BIGINT"], ["BYTES"])]


def read_rows(source: Path) -> Iterator[Row]:
    with source.open(encoding="ascii") as file:
        for line in file:
            table, *values = json.loads(line)
            yield (table, *map(from_text, values))


def as_text(value: object) -> object:
    return {"b": b64u(value)} if isinstance(value, bytes) else value


def from_text(value: object) -> object:
    return unb64u(value["b"]) if isinstance(value, dict) else value
