"""Every value of the house that is encrypted: re-sealing and trying them."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction

from folkmoot.base.fields import SealedField

BATCH_ROWS = 500


def sealed_models() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every model with sealed fields, and their names."""
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, SealedField)]
        if names:
            yield model, names


def reseal_all() -> Iterator[tuple[str, int]]:
    """Seals every sealed value again under the newest field key; yields (model, number of rows).

    Effects: locks one batch of rows at a time, so that nobody's new phone is overwritten by an old one.
    """
    for model, names in sealed_models():
        count, last = 0, None
        while batch := reseal_batch(model, names, last):
            count, last = count + len(batch), batch[-1]
        yield model._meta.label, count


def reseal_batch(model: type[models.Model], names: list[str], after: object) -> list[object]:
    """Reseals the next rows after the primary key `after`; returns their keys."""
    with transaction.atomic():
        rows = model._base_manager.select_for_update().order_by("pk").only("pk", *names)
        rows = rows if after is None else rows.filter(pk__gt=after)
        batch = list(rows[:BATCH_ROWS])
        if batch:
            model._base_manager.bulk_update(batch, names)
    return [row.pk for row in batch]
