"""The tree of places. All lines of work stand on this one tree (S3.3)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from folkmoot.base.fields import PathField


def in_reader_language(name: str, name_zh: str) -> str:
    """The name in the language of the reader, falling back to the other one."""
    return (name_zh or name) if get_language() == "zh-hans" else (name or name_zh)


class Level(models.Model):
    """A level of the ladder as data (S2.1). Smaller rank is higher: district 10 .. unit 50."""

    code = models.SlugField(max_length=20, unique=True)
    rank = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["rank"]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_zh)


class ChangeReason(models.TextChoices):
    """Why a boundary is drawn as it is: the three division rules (S3.2)."""

    MANAGE = "manage", _("easy to manage")
    ORGANISE = "organise", _("easy to organise")
    SERVE = "serve", _("easy to serve")


class Area(models.Model):
    """A place on one level, valid from a day until a day. Its path ends in its own id."""

    level = models.ForeignKey(Level, models.PROTECT, related_name="areas")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = PathField(blank=True, db_index=True)  # subtree reads of every list and figure
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    # The address people use, in both languages: "who is my chief?" looks here.
    search_text = models.TextField(blank=True)
    boundary = models.JSONField(null=True, blank=True, help_text="GeoJSON geometry, WGS84 degrees")
    # The boundary's box, so that a point asks few polygons: degrees.
    west = models.FloatField(null=True, blank=True)
    south = models.FloatField(null=True, blank=True)
    east = models.FloatField(null=True, blank=True)
    north = models.FloatField(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="first day on which it is no more")
    reason = models.CharField(max_length=10, choices=ChangeReason, blank=True)
    became = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="came_from")
    # Counts of valid descendants by level rank, kept by import and change: {"40": 26, "50": 151}.
    below = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["path"]
        indexes = [
            models.Index(fields=["parent", "code"], name="area_children"),
            # Point to smallest area: box first, deepest level first.
            models.Index(fields=["west", "east"], condition=Q(valid_to=None), name="area_box"),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_zh)

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the top down to this area itself, read from the path."""
        return [int(step) for step in self.path.split("/") if step]


class AreaChange(models.Model):
    """One act of splitting, merging or renaming, on a day, with its division reason (S3.2)."""

    class Kind(models.TextChoices):
        SPLIT = "split", _("split")
        MERGE = "merge", _("merged")
        RENAME = "rename", _("renamed")

    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()
    reason = models.CharField(max_length=10, choices=ChangeReason)
    note = models.CharField(max_length=300, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="changes")
    others = models.ManyToManyField(Area, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind} {self.area_id} on {self.on}"


class ImportRun(models.Model):
    """One file on its way in: checked whole first, then imported whole or not at all."""

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        FAULTY = "faulty", _("has faults")
        READY = "ready", _("ready to import")
        IMPORTING = "importing", _("being imported")
        DONE = "done", _("imported")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=30)
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    started_by = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} import {self.pk}"
