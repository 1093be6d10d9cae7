"""The map: edges, outlines light enough for a page, and where the map has gaps."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from django.core.cache import cache
from django.db.models import Max, QuerySet
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from folkmoot.areas.boundaries import as_geojson
from folkmoot.areas.models import Area, AreaChange, Boundary
from folkmoot.areas.queries.tree import children_of, valid_areas
from folkmoot.ui.components import Shape

MAX_OUTLINES = 100  # more than this is no map that a finger can tap on
OUTLINE_STEPS = 600  # an outline is as fine as a drawing of so many points across
OUTLINE_DECIMALS = 6
KEPT_SECONDS = 24 * 3600
MAX_COMPARED = 3_000
OVERLAP_SHARE = 0.001  # boundaries drawn by hand may share so much of the smaller one

Geometry = dict[str, Any]


def edges_of(areas: Iterable[Area]) -> dict[int, BaseGeometry]:
    """The boundaries of the areas that have one, by id of the area. One query."""
    rows = Boundary.objects.filter(area__in=[area.pk for area in areas])
    return {pk: shape(geometry) for pk, geometry in rows.values_list("pk", "geometry")}


def edge_of(area: Area) -> BaseGeometry | None:
    return edges_of([area]).get(area.pk)


def outlines_of(area: Area) -> list[tuple[Area, Geometry]]:
    """The areas right below with light outlines that still meet each other; none where there are too many.

    Effects: three queries. The outlines are kept until one of them is drawn anew.
    """
    children = {child.pk: child for child in children_of(area)[: MAX_OUTLINES + 1]}
    if len(children) > MAX_OUTLINES:
        return []
    drawn = Boundary.objects.filter(area__in=children).order_by("area_id")
    boxes = tuple(drawn.values_list("area_id", "west", "south", "east", "north"))
    last_change = AreaChange.objects.aggregate(last=Max("pk"))["last"]
    key = f"outlines:{area.pk}:{hash((boxes, last_change))}"
    geometries: dict[int, Geometry] | None = cache.get(key)
    if geometries is None:
        geometries = _light(drawn)
        cache.set(key, geometries, KEPT_SECONDS)
    return [(child, geometries[pk]) for pk, child in children.items() if pk in geometries]


def _light(drawn: QuerySet[Boundary]) -> dict[int, Geometry]:
    """Outlines simplified together, so that neighbours keep one border (Visvalingam-Whyatt on a coverage)."""
    edges = {pk: shape(geometry) for pk, geometry in drawn.values_list("pk", "geometry")}
    if not edges:
        return {}
    west, south, east, north = shapely.total_bounds(list(edges.values()))
    step = max(east - west, north - south) / OUTLINE_STEPS
    light = shapely.coverage_simplify(list(edges.values()), step)
    return {pk: as_geojson(edge, OUTLINE_DECIMALS) for pk, edge in zip(edges, light, strict=True)}


def map_of(area: Area, address: Callable[[Area], str], *, highlighted: Area | None = None) -> list[Shape]:
    """The drawing of the areas right below, each leading to `address`: for the component `map_drawing`."""
    return [
        Shape(geometry, str(child), address(child), is_highlighted=child == highlighted)
        for child, geometry in outlines_of(area)
    ]


def areas_without_boundary(path: str, level: str) -> QuerySet[Area]:
    """Areas of a level under `path` that no map shows, in the order of the tree."""
    return valid_areas().filter(path__under=path, level__code=level, drawn=None).order_by("path")


@dataclass(frozen=True)
class Overlap:
    """Two areas of one level that both claim some land. Units: `share` of the smaller one, 0 to 1."""

    one: Area
    other: Area
    share: float


def overlaps(path: str, level: str) -> list[Overlap]:
    """The overlaps between areas of a level under `path`, the largest share first; compares MAX_COMPARED at most."""
    here = valid_areas().filter(path__under=path, level__code=level).order_by("code")
    areas = {area.pk: area for area in here[:MAX_COMPARED]}
    edges = edges_of(areas.values())
    drawn = [pk for pk in areas if pk in edges]
    found = [
        Overlap(areas[one], areas[other], share)
        for one, other, share in _shared(drawn, [edges[pk] for pk in drawn])
    ]
    return sorted(found, key=lambda overlap: (-overlap.share, overlap.one.code))


def _shared(keys: list[int], edges: list[BaseGeometry]) -> Iterator[tuple[int, int, float]]:
    """Which edges share land, and how much of the smaller one."""
    tree = shapely.STRtree(edges)
    for i, j in tree.query(edges, predicate="intersects").T.tolist():
        if i < j:
            share = edges[i].intersection(edges[j]).area / min(edges[i].area, edges[j].area)
            if share > OVERLAP_SHARE:
                yield keys[i], keys[j], share
