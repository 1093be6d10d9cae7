"""Many rows at once, past the ORM: the one place that knows which database it speaks to."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Self

from django.db import connection, models

Values = Sequence[Any]


def first_free_id(model: type[models.Model]) -> int:
    """The first id that the caller may give away until its transaction ends. Effects: keeps other writers out."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE')
        last = model._default_manager.aggregate(last=models.Max("pk"))["last"]
    return (last or 0) + 1


class Inserter:
    """Inserts rows of plain database values. Shapes: `names` are field names, each row has their values.

    On PostgreSQL the rows of one table go through one open stream, so that the server works while we prepare the
    next ones. Nothing else may be asked of the connection until `settle`.
    """

    def __init__(self) -> None:
        self._stream = ExitStack()
        self._copy: Any = None
        self._target: tuple[type[models.Model], Sequence[str]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        with connection.wrap_database_errors:
            self._stream.__exit__(*error)

    def insert(self, model: type[models.Model], names: Sequence[str], rows: Sequence[Values]) -> None:
        if not rows:
            return
        if connection.vendor != "postgresql":
            marks = ", ".join(["%s"] * len(names))
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {_columns(model, names)} VALUES ({marks})", rows)  # noqa: S608
            return
        with connection.wrap_database_errors:
            if self._target != (model, names):
                self.settle()
                cursor = self._stream.enter_context(connection.cursor())
                self._copy = self._stream.enter_context(
                    cursor.copy(f"COPY {_columns(model, names)} FROM STDIN")
                )
                self._target = (model, names)
            for row in rows:
                self._copy.write_row(row)

    def settle(self) -> None:
        """Ends the stream: what was inserted is there."""
        with connection.wrap_database_errors:
            self._target = None
            self._stream.close()


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Values]) -> None:
    """Inserts rows of one table at once."""
    with Inserter() as inserter:
        inserter.insert(model, names, rows)


def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    column_of = {field.name: field.column for field in model._meta.concrete_fields}
    columns = ", ".join(f'"{column_of[name]}"' for name in names)
    return f'"{model._meta.db_table}" ({columns})'


def take_ids_up_to(model: type[models.Model], last: int) -> None:
    """Tells the database that ids up to `last` are taken (SQLite sees it by itself)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [f'"{model._meta.db_table}"', last]
            )
