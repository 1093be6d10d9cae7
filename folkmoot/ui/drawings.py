"""Geometry of the drawings: lengths of bars and outlines of maps. Pure: numbers in, SVG numbers out."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAP_WIDTH = 600.0
MAP_MARGIN = 8.0
MAX_MAP_HEIGHT = 720.0
SAME_POINT = 0.7  # drawing units below which a corner cannot be seen

Ring = Sequence[Sequence[float]]


def bar_lengths(values: Sequence[float]) -> list[float]:
    """Lengths between 0 and 100; the longest bar has 100. What is not nothing has at least 0.5."""
    longest = max([value for value in values if value > 0], default=0)
    if not longest:
        return [0.0 for _ in values]
    return [round(max(100 * value / longest, 0.5), 1) if value > 0 else 0.0 for value in values]


@dataclass(frozen=True)
class Outline:
    """What SVG needs of one geometry: a path, or a point."""

    path: str = ""
    x: float = 0
    y: float = 0


@dataclass(frozen=True)
class Map:
    width: float
    height: float
    outlines: list[Outline]


def draw_map(geometries: Sequence[Mapping[str, Any]]) -> Map:
    """Outlines of GeoJSON geometries in one drawing, north up, true in shape at its middle latitude.

    Shapes: Polygon, MultiPolygon and Point in degrees, longitude first. Raises ValueError for other kinds.
    """
    corners = [corner for geometry in geometries for ring in _rings(geometry) for corner in ring]
    if not corners:
        return Map(MAP_WIDTH, MAP_MARGIN * 2, [Outline() for _ in geometries])
    west, east = min(c[0] for c in corners), max(c[0] for c in corners)
    south, north = min(c[1] for c in corners), max(c[1] for c in corners)
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.01)
    wide, high = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    scale = min((MAP_WIDTH - 2 * MAP_MARGIN) / wide, (MAX_MAP_HEIGHT - 2 * MAP_MARGIN) / high)
    left = (MAP_WIDTH - wide * scale) / 2

    def place(corner: Sequence[float]) -> tuple[float, float]:
        x = left + (corner[0] - west) * squeeze * scale
        y = MAP_MARGIN + (north - corner[1]) * scale
        return round(x, 1), round(y, 1)

    outlines = []
    for geometry in geometries:
        if geometry["type"] == "Point":
            x, y = place(geometry["coordinates"])
            outlines.append(Outline(x=x, y=y))
        else:
            outlines.append(Outline(path="".join(_path(map(place, ring)) for ring in _rings(geometry))))
    return Map(MAP_WIDTH, round(high * scale + 2 * MAP_MARGIN, 1), outlines)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    match geometry["type"]:
        case "Point":
            yield [geometry["coordinates"]]
        case "Polygon":
            yield from geometry["coordinates"]
        case "MultiPolygon":
            for polygon in geometry["coordinates"]:
                yield from polygon
        case kind:
            raise ValueError(f"a map cannot draw a {kind}")


def _path(points: Iterator[tuple[float, float]]) -> str:
    kept: list[tuple[float, float]] = []
    for point in points:
        if not kept or math.dist(kept[-1], point) >= SAME_POINT:
            kept.append(point)
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z"
