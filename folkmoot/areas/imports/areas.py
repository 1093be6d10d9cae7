"""Areas from a file: the checks. The writing is in writing.py."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports.checking import check_file, good_rows
from folkmoot.areas.imports.edges import BOUNDARY, REASON, BoundaryImporter, boundary_faults
from folkmoot.areas.imports.faults import Fault
from folkmoot.areas.imports.filetree import NO_PARENT, FileTree, Mask, Numbers
from folkmoot.areas.imports.importer import Column, Counts, Importer, Row
from folkmoot.areas.imports.levels import LevelImporter
from folkmoot.areas.imports.writing import AreaWriter
from folkmoot.areas.models import Area, Level

BATCH = 5_000
# A code stands in addresses of pages.
is_code = re.compile(r"[A-Za-z0-9_-]+").fullmatch


class AreaImporter(Importer):
    """Areas of all levels in any order, with their boundaries or without.

    `levels` and `boundaries` are side files: levels that come first, boundaries that come after.
    """

    label = _("Areas")
    columns = (
        Column("code", _("the short name of the area, never used twice"), is_needed=True, max_length=40),
        Column("level", _("the code of its level"), is_needed=True, max_length=20),
        Column("parent", _("the code of the area it belongs to; empty for the outermost one"), max_length=40),
        Column("name", _("the name in English"), is_needed=True, max_length=120),
        Column("name_zh", _("the name in Chinese"), max_length=120),
        Column("address", _("streets and house numbers, as people say them"), max_length=2000),
        Column("valid_from", _("the first day of the area; today if empty"), kind="date"),
        REASON,
        BOUNDARY,
    )

    def __init__(self, levels: Path | None = None, boundaries: Path | None = None) -> None:
        self.tree = FileTree()
        self._ranks = dict(Level.objects.values_list("code", "rank"))
        self._left_out: set[int] = set()
        self._boundaries_path = boundaries
        self._levels: SideFile | None = None
        self._boundaries: SideFile | None = None
        if levels:
            importer = LevelImporter()
            self._levels = SideFile(levels, importer)
            self._ranks |= importer.ranks

    def meet(self, line: int, row: Row) -> None:
        if row["code"]:
            self.tree.add(line, row["code"], self._ranks.get(row["level"], 0), row["parent"])

    def _has_row(self, code: str) -> bool:
        return code in self.tree.numbers and self.tree.line_of(code) > 0

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        if not is_code(row["code"]):
            yield Fault(line, "code", _("may have Latin letters, digits, “-” and “_” only"))
        first = self.tree.line_of(row["code"])
        if first != line:
            there = {"code": row["code"], "first": first}
            yield Fault(line, "code", _("“%(code)s” is already on line %(first)d"), there)
        if row["level"] not in self._ranks:
            known = {
                "level": row["level"],
                "known": ", ".join(sorted(self._ranks, key=self._ranks.__getitem__)),
            }
            yield Fault(line, "level", _("there is no level “%(level)s”; known are: %(known)s"), known)
        yield from boundary_faults(line, row)

    def check_whole(self) -> Iterator[Fault]:
        self._ids = np.zeros(len(self.tree), dtype=np.int64)  # of the areas that are here already
        if self._levels:
            yield from self._levels.faults()
        if Area.objects.exists():
            yield from self._compare_with_areas()
        yield from self._tree_faults()
        if self._boundaries_path:
            self._boundaries = SideFile(self._boundaries_path, BoundaryImporter(self._has_row))
            yield from self._boundaries.faults()

    def _compare_with_areas(self) -> Iterator[Fault]:
        """Finds the areas that are here already, and those of them that the file would move."""
        codes = list(self.tree.numbers)
        for start in range(0, len(codes), BATCH):
            areas = Area.objects.filter(code__in=codes[start : start + BATCH]).order_by()
            for area in areas.values_list(
                "pk", "code", "level__rank", "parent__code", "valid_to", named=True
            ):
                number = self.tree.numbers[area.code]
                self._ids[number] = area.pk
                yield from self._moves(number, area)

    def _moves(self, number: int, area: Any) -> Iterator[Fault]:
        line, rank, parent = self.tree.row(number)
        if not line:
            self.tree.set_rank(number, area.level__rank)
            self._ids[number] = 0 if area.valid_to else area.pk
        elif area.valid_to:
            ended = {"code": area.code, "day": area.valid_to.isoformat()}
            yield Fault(line, "code", _("“%(code)s” ended on %(day)s; take a new code"), ended)
        elif rank and rank != area.level__rank:
            yield Fault(line, "level", _("the area is here already, on another level"))
        elif parent != NO_PARENT and self.tree.numbers.get(area.parent__code) != parent:
            stands = {"parent": area.parent__code or "-"}
            yield Fault(line, "parent", _("the area is here already, under “%(parent)s”"), stands)

    def _tree_faults(self) -> Iterator[Fault]:
        tree, lines, parents = self.tree, self.tree.lines, self.tree.parents
        orphans, disordered = tree.orphans(self._ids > 0), tree.disordered()
        codes = tree.codes({*parents[orphans].tolist(), *parents[disordered].tolist()})
        for number in orphans.tolist():
            parent = {"parent": codes[int(parents[number])]}
            yield Fault(int(lines[number]), "parent", _("there is no area “%(parent)s”"), parent)
        in_circle: set[int] = set()
        for number in disordered.tolist():
            if number in in_circle:
                continue
            if circle := tree.circle_through(number):
                in_circle.update(circle)
                yield self._circle_fault(int(lines[number]), circle)
            else:
                parent = {"parent": codes[int(parents[number])]}
                reason = _("the level is not below the level of the parent “%(parent)s”")
                yield Fault(int(lines[number]), "level", reason, parent)
        yield from self._top_faults(lines)

    def _circle_fault(self, line: int, circle: list[int]) -> Fault:
        codes = self.tree.codes(set(circle))
        way = " → ".join(codes[number] for number in [*circle[:8], circle[0]])
        return Fault(line, "parent", _("the parents go round in a circle: %(way)s"), {"way": way})

    def _top_faults(self, lines: Numbers) -> Iterator[Fault]:
        tops = [number for number in self.tree.tops().tolist() if not self._ids[number]]
        top = Area.objects.filter(parent=None, valid_to=None).values_list("code", flat=True).first()
        if top is None and tops:
            top = self.tree.codes({tops.pop(0)}).popitem()[1]
        for number in tops:
            reason = _("is empty, but “%(top)s” is the outermost area already")
            yield Fault(int(lines[number]), "parent", reason, {"top": top})

    def left_out(self, lines: set[int]) -> Iterator[Fault]:
        in_file, bad = self.tree.lines, self._on(lines)
        without = self.tree.with_descendants(bad) & ~bad & (in_file > 0)
        below = [int(line) for line in in_file[without]]
        self._left_out = lines | set(below)
        for line in below:
            yield Fault(line, "parent", _("an area above it is left out"))

    def _on(self, lines: set[int]) -> Mask:
        wanted = np.fromiter(lines, dtype=np.int64, count=len(lines))
        return np.isin(self.tree.lines, wanted) & (self.tree.lines > 0)

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        if self._levels:
            self._levels.write()
        self.tree.forget_codes()
        comes = (self.tree.lines > 0) & ~self._on(self._left_out)
        counts = AreaWriter(self.tree, self._ids, comes).write(rows)
        if self._boundaries:
            counts.edges = self._boundaries.write().changed
        return counts


class SideFile:
    """A file that comes with the main one: checked with it, written with it."""

    def __init__(self, path: Path, importer: Importer) -> None:
        self.path, self.importer = path, importer
        self.checked = check_file(importer, path, lambda *_: None)

    def faults(self) -> Iterator[Fault]:
        for fault in self.checked.faults.named:
            yield replace(fault, file=self.path.name)

    def write(self) -> Counts:
        return self.importer.write(good_rows(self.importer, self.path, self.checked.faults.lines))
