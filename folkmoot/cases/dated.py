"""Rows of the place's rules that say when they were last changed."""

from typing import Any

from django.db import models

from folkmoot.base import clock


class Dated(models.Model):
    """Says when it was last changed: other apps ask only then for the list of categories again."""

    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.changed_at = clock.now()
        super().save(*args, **kwargs)
