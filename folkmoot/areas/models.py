"""The tree of places. All lines of work stand on this one tree (S3.3)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.cells import Box, cell_of
from folkmoot.areas.states import PlanState, RunState
from folkmoot.base.fields import BytewiseField, PathField


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
    """A place on one level, valid from a day until a day. Its path ends in its own id.

    Its edge is in `Boundary` and its words in `AreaWord`, so that lists read neither.
    """

    level = models.ForeignKey(Level, models.PROTECT, related_name="areas", db_index=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", db_index=False
    )
    path = PathField(blank=True)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    # The address people use, in both languages: "who is my chief?" looks here.
    search_text = models.TextField(blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="first day on which it is no more")
    reason = models.CharField(max_length=10, choices=ChangeReason, blank=True)
    became = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="came_from", db_index=False
    )
    # Counts of valid descendants by level rank, kept by import and change: {"40": 26, "50": 151}.
    below = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["path"]
        # Every index is paid for by each of 1.65 million imported rows: these and no more.
        constraints = [models.UniqueConstraint(fields=["code"], name="area_code_once")]
        indexes = [
            models.Index(fields=["path"], name="area_subtree"),
            models.Index(fields=["level", "path"], name="area_subtree_of_level"),
            models.Index(fields=["parent", "code"], name="area_children"),
            models.Index(fields=["became"], condition=Q(became__isnull=False), name="area_became"),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_zh)

    @property
    def words_text(self) -> str:
        """All by which people may call the area."""
        return f"{self.name} {self.name_zh} {self.search_text}"

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the top down to this area itself, read from the path."""
        return [int(step) for step in self.path.split("/") if step]


class Boundary(models.Model):
    """The edge of an area. Units: degrees of WGS84, longitude first."""

    area = models.OneToOneField(Area, models.CASCADE, primary_key=True, related_name="drawn")
    geometry = models.JSONField(help_text="GeoJSON Polygon or MultiPolygon")
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    # Follows from the box: a point finds the few boxes around it among millions (cells.py).
    cell = models.BigIntegerField(db_index=True, editable=False)

    def __str__(self) -> str:
        return f"boundary of area {self.area_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.cell = cell_of(self.box)
        super().save(*args, **kwargs)

    @property
    def box(self) -> Box:
        return Box(self.west, self.south, self.east, self.north)


class AreaWord(models.Model):
    """A word by which an area is found: of its names or its address (words.py)."""

    pk = models.CompositePrimaryKey("word", "area_id")
    word = BytewiseField(max_length=40)
    # No constraint and no second index: the words are derived, and millions of rows would pay for both.
    area = models.ForeignKey(
        Area, models.DO_NOTHING, related_name="words", db_index=False, db_constraint=False
    )

    def __str__(self) -> str:
        return f"{self.word} of area {self.area_id}"


class AreaChange(models.Model):
    """One act that changed an area, on a day, with its division reason (S3.2)."""

    class Kind(models.TextChoices):
        SPLIT = "split", _("split")
        MERGE = "merge", _("merged")
        RENAME = "rename", _("renamed")
        REDRAW = "redraw", _("redrawn")

    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()
    reason = models.CharField(max_length=10, choices=ChangeReason, blank=True)
    note = models.CharField(max_length=300, blank=True)
    # Split: the area that ended. Merge: the area that began. Rename and redraw: the area itself.
    area = models.ForeignKey(Area, models.PROTECT, related_name="changes")
    # Split: the areas that began. Merge: the areas that ended.
    others = models.ManyToManyField(Area, related_name="+")
    # What stood before a rename or redraw: {"name": ..., "name_zh": ...} or {"geometry": ...}.
    former = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.area_id} on {self.on}"


class PlannedChange(models.Model):
    """A change that is to be made on a later day, by the clock and as a whole (S3.2)."""

    kind = models.CharField(max_length=10, choices=AreaChange.Kind)
    on = models.DateField()
    reason = models.CharField(max_length=10, choices=ChangeReason)
    note = models.CharField(max_length=300, blank=True)
    # Merge: the area on whose page it was planned, and those it is to be merged with.
    area = models.ForeignKey(Area, models.PROTECT, related_name="plans")
    others = models.ManyToManyField(Area, related_name="+")
    terms = models.JSONField(help_text="what else the change needs, as services/planning.py writes it")
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.PLANNED)
    version = models.PositiveIntegerField(default=0)
    # Id of the person who is told when it fails. No key: people stand on a higher floor.
    planned_by = models.BigIntegerField()
    why_failed = models.CharField(max_length=300, blank=True)
    why_failed_zh = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            # The clock asks for those whose day has come.
            models.Index(fields=["on"], condition=Q(state="planned"), name="planned_change_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.area_id} planned for {self.on}"


class ImportRun(models.Model):
    """One file on its way in: checked whole first, then imported whole or not at all."""

    kind = models.CharField(max_length=30)
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=300, help_text="of the stored file, under DATA_DIR")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    version = models.PositiveIntegerField(default=0)
    takes_good_rows = models.BooleanField(default=False)
    has_good_rows = models.BooleanField(default=False)
    rows = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list, help_text="[line, column, reason] of the first faults")
    fault_count = models.PositiveIntegerField(default=0)
    outcome = models.JSONField(default=dict, help_text='{"added": 1, "changed": 0, "unchanged": 0}')
    started_by = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state"], name="import_run_state")]

    def __str__(self) -> str:
        return f"{self.kind} import {self.pk}"
