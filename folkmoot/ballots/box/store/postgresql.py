"""The box's database in PostgreSQL. Its workers take turns: a lock that is held until the commit is on the disk."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache

import psycopg

from folkmoot.ballots.box.store.database import TABLES, CannotStore, Row, creations

TURN = 0x666D_626F_78  # the lock by which the workers of a box take turns
TYPES = {"BYTES": "bytea", "BIGINT": "bigint", "TEXT": "text"}


class PostgreSQL:
    def __init__(self, url: str) -> None:
        self._url = url
        self._open: psycopg.Connection[Row] | None = None
        with self.writing():
            for table in TABLES:
                for statement in creations(table, table, "bytea"):
                    self.run(statement)
            self._keep_on_the_page("waiting", "settled")

    def _keep_on_the_page(self, *tables: str) -> None:
        """Rows that are moved aside and compressed get a serial there, and cost time."""
        for table in tables:
            self.run(f"ALTER TABLE {table} ALTER o SET STORAGE PLAIN")
        self.run("ALTER TABLE waiting ALTER creds SET STORAGE PLAIN")

    @property
    def _connection(self) -> "psycopg.Connection[Row]":
        if self._open is None or self._open.closed:
            self._open = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
            # Statements are planned once, when the tables are still empty and reading the whole seems cheap.
            self._open.execute("SET enable_seqscan = off")
        return self._open

    @contextmanager
    def writing(self) -> Iterator[None]:
        self.run("BEGIN")
        try:
            self.run(f"SELECT pg_advisory_xact_lock({TURN})")
            yield
            self.run("COMMIT")
        except BaseException:
            with suppress(psycopg.Error, CannotStore):
                self._connection.execute("ROLLBACK")
            raise

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        with self._translated():
            cursor = self._connection.execute(sql.replace("?", "%b"), parameters, binary=True)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise CannotStore(str(error)) from error

    def run(self, sql: str, *parameters: object) -> None:
        self.rows(sql, *parameters)

    def having(
        self, columns: str, table: str, key: str, values: Sequence[bytes], *, and_cell: int | None = None
    ) -> list[Row]:
        of_cell = "" if and_cell is None else f" AND cell = {and_cell:d}"
        return self.rows(f"SELECT {columns} FROM {table} WHERE {key} = ANY(?){of_cell}", list(values))  # noqa: S608

    def insert(self, table: str, columns: str, rows: Sequence[Row]) -> None:
        sql = f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)"
        with self._translated(), self._connection.cursor().copy(sql) as copy:
            copy.set_types([TYPES[kind_of(table, name)] for name in columns.split(", ")])
            for row in rows:
                copy.write_row(row)

    def delete(self, table: str, key: str, values: Sequence[bytes]) -> None:
        self.run(f"DELETE FROM {table} WHERE {key} = ANY(?)", list(values))  # noqa: S608

    def rewrite(self, table: str) -> None:
        # CLUSTER and VACUUM FREEZE keep the number of the transaction by which a row came: only new rows forget it.
        self.run(f"ALTER TABLE {table} RENAME TO {table}_old")
        made, *indexes = creations(table, table, "bytea")
        self.run(made)
        self._keep_on_the_page(table)
        self.run(f"INSERT INTO {table} SELECT * FROM {table}_old ORDER BY c")  # noqa: S608
        self.run(f"DROP TABLE {table}_old")
        for statement in indexes:
            self.run(statement)

    def forget(self) -> None:
        """Let the server drop the segments of its log that hold the order, where its owner allows it."""
        may = """SELECT has_function_privilege('pg_switch_wal()', 'EXECUTE')
            AND (pg_has_role('pg_checkpoint', 'MEMBER') OR usesuper) FROM pg_user WHERE usename = current_user"""
        if self.rows(may) == [(True,)]:
            self.run("SELECT pg_switch_wal()")
            self.run("CHECKPOINT")

    def close(self) -> None:
        if self._open is not None:
            self._open.close()


@cache
def kind_of(table: str, column: str) -> str:
    """BYTES, BIGINT or TEXT."""
    found = re.search(rf"\b{column} (BYTES|BIGINT|TEXT)", TABLES[table])
    assert found
    return found[1]
