"""Many rows at once, past the ORM: the one place that knows which database it speaks to."""

from collections.abc import Sequence
from typing import Any

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


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Values]) -> None:
    """Inserts rows of plain database values. Shapes: `names` are field names, each row has their values."""
    if not rows:
        return
    table = model._meta.db_table
    column_of = {field.name: field.column for field in model._meta.concrete_fields}
    columns = ", ".join(f'"{column_of[name]}"' for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copying = cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN')
            with connection.wrap_database_errors, copying as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', rows)  # noqa: S608


def take_ids_up_to(model: type[models.Model], last: int) -> None:
    """Tells the database that ids up to `last` are taken (SQLite sees it by itself)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [f'"{model._meta.db_table}"', last]
            )
