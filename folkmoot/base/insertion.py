"""Writes new rows by a statement that is built once.

Django builds every INSERT anew, which for a wide row takes ten times as long as the database does. Reports, acts and
messages are written here; everything that is not written many times a second is written in the ordinary way.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

MOST_ROWS = 16  # of more, each has its share of what Django takes


def insert(rows: Sequence[models.Model]) -> None:
    """Stores new rows of one model in their order and gives them their numbers. No signals are sent.

    Shapes: a row names its related rows by number, so those are stored before. Raises IntegrityError as save does.
    """
    if not rows:
        return
    if len(rows) > MOST_ROWS:
        type(rows[0])._default_manager.bulk_create(rows)
        return
    statement, fields = _insert_statement(type(rows[0]), len(rows))
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        numbers = cursor.fetchall()
    for row, (number,) in zip(rows, numbers, strict=True):
        row.pk = number
        row._state.adding, row._state.db = False, connection.alias


@cache
def _insert_statement(model: type[models.Model], count: int) -> "tuple[str, list[models.Field[Any, Any]]]":
    """The statement for so many rows, and the fields whose values it takes."""
    meta = model._meta
    quote = connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if not (field.generated or field is meta.auto_field)]
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * count)
    number = quote(meta.pk.column)
    return f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES {marks} RETURNING {number}", fields  # noqa: S608
