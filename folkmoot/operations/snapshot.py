"""The database part of backup and restore: one moment of it in one file, and back again.

SQLite: the backup call copies one read transaction; with the write-ahead log, writers go on meanwhile.
PostgreSQL: pg_dump and our counting share one exported snapshot.

Who has taken a paper in a poll that is still open stays out of both: two copies would tell who came in between.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from folkmoot_kernel.notes import Checkpoint, parse_note

from folkmoot.ballots.storage import OPEN_ROWS, OPEN_TABLES
from folkmoot.base.errors import Refused

Execute = Callable[[str], Iterable[tuple[Any, ...]]]

FILE_NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


@dataclass(frozen=True)
class Moment:
    """What the database held when it was copied. Shapes: `counts` by table; `root` in base64, "" if empty."""

    counts: dict[str, int]
    journal_size: int
    root: str


def take(target: Path) -> Moment:
    """Writes the database of this installation to `target` while it is in use. Raises Refused."""
    return take_sqlite(target) if connection.vendor == "sqlite" else take_postgresql(target)


def take_sqlite(target: Path) -> Moment:
    with (
        closing(sqlite3.connect(database_path())) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a write-ahead log beside it
        leave_out_open_polls(copy)
        (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise Refused(_("The copy of the database is damaged: %(why)s") % {"why": verdict})
        return observe(copy.execute)


def leave_out_open_polls(copy: sqlite3.Connection) -> None:
    """Deletes from a copy who has taken a paper in an open poll; the places on the disk are overwritten."""
    copy.execute("PRAGMA secure_delete=ON")
    for table in set(OPEN_TABLES) & set(tables(copy.execute)):
        copy.execute(f'DELETE FROM "{table}" WHERE {OPEN_ROWS}')  # noqa: S608 - our own names
    copy.commit()


def take_postgresql(target: Path) -> Moment:
    with transaction.atomic(), connection.cursor() as cursor:

        def execute(statement: str) -> list[tuple[Any, ...]]:
            cursor.execute(statement)
            return list(cursor.fetchall())

        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        ((snapshot,),) = execute("SELECT pg_export_snapshot()")
        without = [f"--exclude-table-data={table}" for table in OPEN_TABLES]
        postgresql_tool("pg_dump", "--format=custom", *without, f"--snapshot={snapshot}", f"--file={target}")
        moment = observe(execute)
        for table in set(OPEN_TABLES) & set(moment.counts):
            kept = f'SELECT * FROM "{table}" WHERE NOT ({OPEN_ROWS})'  # noqa: S608 - our own names
            with kept_rows(target, table).open("wb") as file, cursor.copy(f"COPY ({kept}) TO STDOUT") as rows:
                file.writelines(rows)
            ((moment.counts[table],),) = execute(f"SELECT count(*) FROM ({kept}) AS kept")  # noqa: S608
        return moment


def kept_rows(dump: Path, table: str) -> Path:
    """Beside a dump of PostgreSQL: the rows of a table that it leaves out in part, as COPY writes them."""
    return dump.with_name(f"{table}.copy")


def files_of(dump: Path) -> list[Path]:
    """The copy of a database, and what lies beside it."""
    return [dump, *(path for table in OPEN_TABLES if (path := kept_rows(dump, table)).exists())]


def observe(execute: Execute) -> Moment:
    """Counts every table and reads the head of the journal through one connection."""
    counts = {}
    for table in tables(execute):
        ((counts[table],),) = execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - a name of the catalogue
    heads = list(execute("SELECT note FROM journal_checkpoint ORDER BY size DESC LIMIT 1"))
    if not heads:
        return Moment(counts, 0, "")
    body = parse_note(heads[0][0].encode()).text
    return Moment(counts, Checkpoint.parse(body).size, body.split("\n")[2])


def tables(execute: Execute) -> list[str]:
    if connection.vendor == "sqlite":
        query = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
    else:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    return sorted(name for (name,) in execute(query))


def current() -> Moment:
    """What the database holds now."""
    with connection.cursor() as cursor:

        def execute(statement: str) -> list[tuple[Any, ...]]:
            cursor.execute(statement)
            return list(cursor.fetchall())

        return observe(execute)


def is_empty() -> bool:
    """Whether there is no database yet, or one without tables."""
    if connection.vendor == "sqlite":
        return not database_path().exists()
    return connection.introspection.table_names() == []


def load(source: Path) -> None:
    """Puts the copied database in the place of an empty one. Raises Refused."""
    if connection.vendor == "sqlite":
        os.replace(source, database_path())
    else:
        postgresql_tool(
            "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
            f"--dbname={connection.settings_dict['NAME']}", str(source),
        )  # fmt: skip
        with transaction.atomic(), connection.cursor() as cursor:
            for path in files_of(source)[1:]:
                with cursor.copy(f'COPY "{path.stem}" FROM STDIN') as rows:
                    rows.write(path.read_bytes())


def drop() -> None:
    """Takes back what `load` put there."""
    connection.close()
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{database_path()}{suffix}").unlink(missing_ok=True)


def database_path() -> Path:
    return Path(connection.settings_dict["NAME"])


def postgresql_tool(name: str, *arguments: str) -> None:
    """Runs pg_dump or pg_restore on our database. Raises Refused with its own words when it fails."""
    program = shutil.which(name)
    if program is None:
        raise Refused(_("%(program)s is not installed; it comes with PostgreSQL.") % {"program": name})
    database = connection.settings_dict
    names = {
        "PGDATABASE": "NAME",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGHOST": "HOST",
        "PGPORT": "PORT",
    }
    given = {variable: str(database[key]) for variable, key in names.items() if database.get(key)}
    ended = subprocess.run(  # noqa: S603 - a fixed program with our own settings
        [program, *arguments], env=os.environ | given, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise Refused(_("%(program)s failed: %(why)s") % {"program": name, "why": ended.stderr.strip()})
