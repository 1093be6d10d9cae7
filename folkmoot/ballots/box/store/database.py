"""What the box needs of a database, and the tables it makes in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol, TypeAlias

Row: TypeAlias = tuple[Any, ...]

TABLES: Final[Mapping[str, str]] = {
    "state": "name TEXT PRIMARY KEY, value BIGINT NOT NULL",
    "poll": (
        "poll TEXT PRIMARY KEY, roll_size BIGINT NOT NULL, is_closed BIGINT NOT NULL, is_broken BIGINT NOT NULL"
    ),
    "paper": (
        "paper BYTES PRIMARY KEY, poll TEXT NOT NULL, place BIGINT NOT NULL, leaf BYTES NOT NULL, "
        "is_casting BIGINT NOT NULL, is_issued BIGINT NOT NULL, stage BIGINT NOT NULL"
    ),
    "cell": (
        "cell BIGINT PRIMARY KEY, poll TEXT NOT NULL, paper BYTES NOT NULL, stratum TEXT NOT NULL, "
        "channel TEXT NOT NULL"
    ),
    "slips": "poll TEXT NOT NULL, root BYTES NOT NULL, hashes BYTES NOT NULL, PRIMARY KEY (poll, root)",
    "witnesses": "poll TEXT PRIMARY KEY, lines TEXT NOT NULL",
    "voided": "cell BIGINT NOT NULL, hash BYTES NOT NULL, PRIMARY KEY (cell, hash)",
    "entry": (
        "poll TEXT NOT NULL, number BIGINT NOT NULL, hash BYTES NOT NULL, leaf BYTES NOT NULL, "
        "PRIMARY KEY (poll, number)"
    ),
    "waiting": (
        "c BYTES PRIMARY KEY, cell BIGINT NOT NULL, pk BYTES NOT NULL, seq BIGINT NOT NULL, hash BYTES NOT NULL, "
        "creds BYTES NOT NULL, sig BYTES NOT NULL, o BYTES NOT NULL"
    ),
    "settled": (
        "c BYTES PRIMARY KEY, cell BIGINT NOT NULL, pk BYTES NOT NULL, seq BIGINT NOT NULL, hash BYTES NOT NULL, "
        "o BYTES NOT NULL"
    ),
    "objection": "c BYTES PRIMARY KEY, poll TEXT NOT NULL, r BYTES NOT NULL, a BYTES NOT NULL",
}
INDEXES: Final[Mapping[str, tuple[str, ...]]] = {
    "entry": ("hash, poll",),
    "waiting": ("pk",),
    "settled": ("pk, cell, seq, hash", "cell, c"),
}


class CannotStore(Exception):
    """The database refuses: a full disk, a lost connection. Nothing of the transaction was kept."""


class Database(Protocol):
    """One connection, used by one thread. SQL has `?` for its parameters. Every method raises CannotStore."""

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction in which nobody else writes; on the disk when the block ends."""
        yield

    def rows(self, sql: str, *parameters: object) -> list[Row]: ...

    def run(self, sql: str, *parameters: object) -> None: ...

    def having(
        self, columns: str, table: str, key: str, values: Sequence[bytes], *, and_cell: int | None = None
    ) -> list[Row]:
        """The rows of a table whose `key` is one of the values, and on request of one cell."""
        ...

    def insert(self, table: str, columns: str, rows: Sequence[Row]) -> None: ...

    def delete(self, table: str, key: str, values: Sequence[bytes]) -> None: ...

    def rewrite(self, table: str) -> None:
        """Put the rows of `table` afresh, in the order of their keys, into a new table of its name."""
        ...

    def forget(self) -> None:
        """After a commit: let go of what the database's own log still holds of it."""
        ...

    def close(self) -> None: ...


def creations(table: str, name: str, octets: str, options: str = "") -> Iterable[str]:
    """The statements that make `table` under a name."""
    yield f"CREATE TABLE IF NOT EXISTS {name} ({TABLES[table].replace('BYTES', octets)}){options}"
    for number, columns in enumerate(INDEXES.get(table, ())):
        yield f"CREATE INDEX IF NOT EXISTS {name}_{number} ON {name} ({columns})"
