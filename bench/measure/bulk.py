"""Rows by the hundred thousand, past services and ORM: only what pages read, the same for the same seed."""

import contextlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from random import Random
from typing import Any

from django.db import connection, models, transaction

from folkmoot.areas.imports.bulk import first_free_id, insert_rows, take_ids_up_to

BATCH = 10_000
Values = Sequence[Any]


class Table:
    """Writes rows of some fields; every other field has its default. Ids are given from the first free one on."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        self.model = model
        fields = [
            field for field in model._meta.concrete_fields if not (field.primary_key or field.generated)
        ]
        others = [field for field in fields if field.name not in names]
        self.names = ("id", *names, *(field.name for field in others))
        self.defaults = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
        self.next_id = first_free_id(model)

    def write(self, rows: Iterable[Values]) -> int:
        """Writes rows of plain database values, in the order of `names`; returns the id of the first."""
        first = self.next_id
        rows = iter(rows)
        while batch := list(islice(rows, BATCH)):
            numbered = [
                (number, *row, *self.defaults) for number, row in enumerate(batch, start=self.next_id)
            ]
            insert_rows(self.model, self.names, numbered)
            self.next_id += len(batch)
        if self.next_id > first:
            take_ids_up_to(self.model, self.next_id - 1)
        return first


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """One transaction that need not be safe, and afterwards the state in which a database of that size rests."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute("PRAGMA synchronous=OFF")
        with transaction.atomic():
            yield
        if is_sqlite:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("PRAGMA synchronous=FULL")
        else:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum would have done by then


def stamp(moment: datetime | None) -> Any:
    """A moment as the database keeps it."""
    return connection.ops.adapt_datetimefield_value(moment.astimezone(UTC)) if moment else None


def new_ref(chance: Random) -> Any:
    """A random reference, the same for the same seed."""
    ref = uuid.UUID(int=chance.getrandbits(128), version=4)
    return ref if connection.features.has_native_uuid_field else ref.hex
