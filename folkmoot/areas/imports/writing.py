"""Areas from a file: the writing, in batches, with ids given up front so that paths need no second update."""

import json
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from folkmoot.areas.imports.bulk import Inserter, first_free_id, take_ids_up_to
from folkmoot.areas.imports.edges import EdgeWriter
from folkmoot.areas.imports.filetree import NO_PARENT, FileTree, Mask, Numbers
from folkmoot.areas.imports.importer import Counts, Row
from folkmoot.areas.models import Area, AreaChange, AreaWord, Level
from folkmoot.areas.queries import common_words
from folkmoot.areas.upkeep import forget_words, write_words
from folkmoot.areas.words import MAX_AREAS_OF_WORD, search_words
from folkmoot.base import clock

BATCH = 2_000
MAX_WAITING_WORDS = 100_000
MAX_KEPT_PATHS = 20_000
COLUMNS = (
    "id", "level", "parent", "path", "code", "name", "name_zh", "search_text", "valid_from", "reason", "below",
)  # fmt: skip
KEPT_FIELDS = ("name", "name_zh", "search_text", "valid_from", "reason")


class AreaWriter:
    """Writes the rows of a checked file. `ids` are those of areas that are here already, 0 for new ones."""

    def __init__(self, tree: FileTree, ids: Numbers, comes: Mask) -> None:
        is_new = comes & (ids == 0)
        given = np.where(is_new, first_free_id(Area) - 1 + np.cumsum(is_new), ids)
        self.tree, self.below = tree, tree.counts_below(is_new)
        # Plain arrays and bytes: one by one they answer faster than numpy.
        self.ids, self.is_new = array("q", given.tobytes()), is_new.tobytes()
        self.level_ids = dict(Level.objects.values_list("rank", "pk"))
        self.standing_paths = self._paths_of_standing_parents(tree.parents[is_new])
        self.paths: dict[int, str] = {}
        self.inserter, self.words = Inserter(), list[tuple[str, int]]()
        self.edges, self.counts = EdgeWriter(), Counts()
        self.bearers: Counter[str] = Counter()
        self.common, self.today = common_words(), clock.today().isoformat()

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        batch: list[tuple[int, Row]] = []
        with self.inserter:
            for line, row in rows:
                batch.append((self.tree.at_line(line), row))
                if len(batch) == BATCH:
                    self._write_batch(batch)
                    batch = []
            self._write_batch(batch)
            self._write_words()
        self.edges.flush()
        self._count_for_standing()
        if self.counts.added:
            take_ids_up_to(Area, max(self.ids))
        self.counts.edges = self.edges.changed
        return self.counts

    def _write_batch(self, batch: Sequence[tuple[int, Row]]) -> None:
        fresh = [(number, row) for number, row in batch if self.is_new[number]]
        self.inserter.insert(Area, COLUMNS, [self._values(number, row) for number, row in fresh])
        self.words += [pair for number, row in fresh for pair in self._words(number, row)]
        self.counts.added += len(fresh)
        if len(self.words) > MAX_WAITING_WORDS:
            self._write_words()
        if len(fresh) < len(batch):
            self.inserter.settle()
            self._renew({self.ids[number]: row for number, row in batch if not self.is_new[number]})
        for number, row in batch:
            if row["boundary"]:
                self.inserter.settle()
                self.edges.add(self.ids[number], row)

    def _write_words(self) -> None:
        self.inserter.insert(AreaWord, ("word", "area"), self.words)
        self.words = []

    def _values(self, number: int, row: Row) -> tuple[Any, ...]:
        _line, rank, parent = self.tree.row(number)
        below = self.below.of(number)
        return (
            self.ids[number], self.level_ids[rank],
            None if parent == NO_PARENT else self.ids[parent], self._path(number, parent),
            row["code"], row["name"], row["name_zh"], row["address"], row["valid_from"] or self.today,
            row["reason"], json.dumps(below) if below else "{}",
        )  # fmt: skip

    def _words(self, number: int, row: Row) -> Iterator[tuple[str, int]]:
        for word in search_words(f"{row['name']} {row['name_zh']} {row['address']}", self.common):
            if self.bearers[word] < MAX_AREAS_OF_WORD:
                self.bearers[word] += 1
                yield word, self.ids[number]

    def _path(self, number: int, parent: int) -> str:
        if parent == NO_PARENT:
            return f"{self.ids[number]}/"
        above = self.standing_paths.get(parent) or self.paths.get(parent)
        if above is None:
            if len(self.paths) > MAX_KEPT_PATHS:
                self.paths.clear()
            above = self.paths[parent] = self._path(parent, self.tree.row(parent)[2])
        return f"{above}{self.ids[number]}/"

    def _paths_of_standing_parents(self, parents: Numbers) -> dict[int, str]:
        """The paths of areas that are here already and get new areas right below them."""
        standing = [number for number in np.unique(parents).tolist() if number != NO_PARENT]
        numbers = {self.ids[number]: number for number in standing if not self.is_new[number]}
        paths: dict[int, str] = {}
        wanted = list(numbers)
        for start in range(0, len(wanted), BATCH):
            areas = Area.objects.filter(pk__in=wanted[start : start + BATCH]).order_by()
            paths |= {numbers[pk]: path for pk, path in areas.values_list("pk", "path")}
        return paths

    def _count_for_standing(self) -> None:
        """Adds the new areas to the counts of the areas above that were here before."""
        more: dict[int, Counter[str]] = {}
        for number, path in self.standing_paths.items():
            for area_id in map(int, path.rstrip("/").split("/")):
                more.setdefault(area_id, Counter()).update(self.below.of(number))
        ids = list(more)
        for start in range(0, len(ids), BATCH):
            areas = Area.objects.filter(pk__in=ids[start : start + BATCH])
            for area in areas:
                area.below = dict(sorted((more[area.pk] + Counter(area.below)).items()))
            Area.objects.bulk_update(areas, ["below"], batch_size=500)

    def _renew(self, rows: dict[int, Row]) -> None:
        """Takes over what the file says anew of areas that are here; an empty value changes nothing."""
        changes = []
        for area in Area.objects.filter(pk__in=rows).order_by():
            new = {
                name: value for name, value in _said(rows[area.pk]).items() if getattr(area, name) != value
            }
            if new:
                changes.append((area, new))
        changed = [area for area, _new in changes]
        renamed = [area for area, new in changes if "name" in new or "name_zh" in new]
        AreaChange.objects.bulk_create(self._rename(area, rows[area.pk]) for area in renamed)
        forget_words(changed)
        for area, new in changes:
            for name, value in new.items():
                setattr(area, name, value)
        Area.objects.bulk_update(changed, KEPT_FIELDS, batch_size=200)
        write_words(changed)
        self.counts.changed += len(changed)
        self.counts.unchanged += len(rows) - len(changed)

    def _rename(self, area: Area, row: Row) -> AreaChange:
        former = {"name": area.name, "name_zh": area.name_zh}
        kind = AreaChange.Kind.RENAME
        return AreaChange(kind=kind, on=clock.today(), reason=row["reason"], area=area, former=former)


def _said(row: Row) -> dict[str, Any]:
    said = {name: row["address" if name == "search_text" else name] for name in KEPT_FIELDS}
    if said["valid_from"]:
        said["valid_from"] = date.fromisoformat(said["valid_from"])
    return {name: value for name, value in said.items() if value}
