"""Boundaries on their way in: from a column of the areas' file or from a file of their own."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from folkmoot.areas.boundaries import BrokenBoundary, as_geojson, box_of, read_boundary
from folkmoot.areas.cells import Box, cell_of
from folkmoot.areas.imports.bulk import insert_rows
from folkmoot.areas.imports.faults import Fault
from folkmoot.areas.imports.importer import MAX_VALUE_CHARACTERS, Column, Counts, Importer, Row
from folkmoot.areas.models import Area, AreaChange, Boundary, ChangeReason
from folkmoot.areas.queries import valid_areas
from folkmoot.base import clock

BATCH = 2_000
COLUMNS = ("area", "geometry", "west", "south", "east", "north", "cell")
REASON = Column(
    "reason", _("why it is drawn so: manage, organise or serve"), choices=frozenset(ChangeReason.values)
)
BOUNDARY = Column(
    "boundary", _("the edge: a GeoJSON Polygon or MultiPolygon, in degrees"), max_length=MAX_VALUE_CHARACTERS
)


def boundary_faults(line: int, row: Row) -> Iterator[Fault]:
    if row["boundary"]:
        try:
            read_boundary(row["boundary"])
        except BrokenBoundary as broken:
            yield Fault(line, "boundary", broken.reason, broken.params)


class Edge(NamedTuple):
    area_id: int
    geometry: dict[str, Any]
    box: Box
    reason: str


@dataclass
class EdgeWriter:
    """Writes boundaries in batches; of one that changes, the former stays in an AreaChange (S3.2)."""

    changed: int = 0
    unchanged: int = 0
    _waiting: list[Edge] = field(default_factory=list)

    def add(self, area_id: int, row: Row) -> None:
        edge = read_boundary(row["boundary"])
        self._waiting.append(Edge(area_id, as_geojson(edge), box_of(edge), row["reason"]))
        if len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        standing = Boundary.objects.in_bulk([edge.area_id for edge in waiting])
        fresh = [edge for edge in waiting if edge.area_id not in standing]
        insert_rows(Boundary, COLUMNS, [
            (edge.area_id, json.dumps(edge.geometry), *edge.box, cell_of(edge.box)) for edge in fresh
        ])  # fmt: skip
        others = [edge for edge in waiting if edge.area_id in standing]
        redrawn = [edge for edge in others if standing[edge.area_id].geometry != edge.geometry]
        for edge in redrawn:
            self._redraw(standing[edge.area_id], edge)
        self.changed += len(redrawn) + len(fresh)
        self.unchanged += len(others) - len(redrawn)

    def _redraw(self, boundary: Boundary, edge: Edge) -> None:
        AreaChange.objects.create(
            kind=AreaChange.Kind.REDRAW, on=clock.today(), reason=edge.reason, area_id=edge.area_id,
            former={"geometry": boundary.geometry},
        )  # fmt: skip
        boundary.geometry = edge.geometry
        boundary.west, boundary.south, boundary.east, boundary.north = edge.box
        boundary.save()


class BoundaryImporter(Importer):
    """Boundaries for areas that are here already, or that come with the file `is_coming` knows."""

    label = _("Boundaries of areas")
    columns = (
        Column("code", _("the code of the area"), is_needed=True, max_length=40),
        replace(BOUNDARY, is_needed=True),
        REASON,
    )

    def __init__(self, is_coming: Callable[[str], bool] = lambda _code: False) -> None:
        self._is_coming = is_coming
        self._lines: dict[str, int] = {}

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        first = self._lines.setdefault(row["code"], line)
        if first != line:
            there = {"code": row["code"], "first": first}
            yield Fault(line, "code", _("“%(code)s” is already on line %(first)d"), there)
        yield from boundary_faults(line, row)

    def check_whole(self) -> Iterator[Fault]:
        away = [code for code in self._lines if not self._is_coming(code)]
        here = set(_ids_by_code(away))
        for code in away:
            if code not in here:
                yield Fault(self._lines[code], "code", _("there is no area “%(code)s”"), {"code": code})

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        ids, writer = _ids_by_code(list(self._lines)), EdgeWriter()
        for _line, row in rows:
            if row["code"] in ids:  # else its area was left out
                writer.add(ids[row["code"]], row)
        writer.flush()
        return Counts(0, writer.changed, writer.unchanged)


def _ids_by_code(codes: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(codes), BATCH):
        some = Area.objects.filter(pk__in=valid_areas().filter(code__in=codes[start : start + BATCH]))
        found.update(some.values_list("code", "pk"))
    return found
