"""Edges as geometry: read, checked and compared. GeoJSON in degrees of WGS84, longitude first (RFC 7946)."""

import json
from collections.abc import Mapping
from typing import Any, cast

import shapely
from django.utils.translation import gettext_lazy as _
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from folkmoot.areas.cells import Box
from folkmoot.base.errors import Refused, Sentence

KINDS = ("Polygon", "MultiPolygon")
# Seven decimals are a centimetre; more is noise that only fills the disk.
DECIMALS = 7


class BrokenBoundary(Refused):
    """A geometry is no edge of a place. `reason` and `params` stay apart, for readers of both languages."""

    def __init__(self, reason: Sentence, **params: str) -> None:
        super().__init__(str(reason) % params if params else reason)
        self.reason, self.params = reason, params


def read_boundary(geometry: str | Mapping[str, Any]) -> BaseGeometry:
    """The polygon or polygons of a GeoJSON geometry. Raises BrokenBoundary."""
    try:
        data = json.loads(geometry) if isinstance(geometry, str) else dict(geometry)
        kind, edge = data["type"], shape(data)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, shapely.GEOSException) as error:
        raise BrokenBoundary(_("this is no GeoJSON geometry")) from error
    if kind not in KINDS:
        raise BrokenBoundary(_("a boundary is a Polygon or a MultiPolygon"))
    if edge.is_empty:
        raise BrokenBoundary(_("the boundary is empty"))
    west, south, east, north = edge.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BrokenBoundary(
            _("the boundary leaves the globe: degrees of longitude and latitude are expected")
        )
    if not edge.is_valid:
        raise _broken(explain_validity(edge))
    return edge


def _broken(explanation: str) -> BrokenBoundary:
    """GEOS says `Self-intersection[150.4 30.2]`: the same in the reader's words, with the place."""
    fault, _bracket, place = explanation.partition("[")
    reasons = {
        "Self-intersection": _("the boundary crosses itself near %(place)s"),
        "Ring Self-intersection": _("the boundary touches itself near %(place)s"),
        "Hole lies outside shell": _("a hole lies outside the boundary near %(place)s"),
        "Nested shells": _("one part of the boundary lies inside another near %(place)s"),
    }
    reason = reasons.get(fault.strip(), _("the boundary is broken near %(place)s"))
    return BrokenBoundary(reason, place=place.rstrip("]"))


def as_geojson(edge: BaseGeometry, decimals: int = DECIMALS) -> dict[str, Any]:
    """The geometry as plain lists, with so many decimals of a degree."""
    return cast(dict[str, Any], _rounded(mapping(edge), decimals))


def _rounded(value: Any, decimals: int) -> Any:
    if isinstance(value, float):
        return round(value, decimals)
    if isinstance(value, Mapping):
        return {name: _rounded(part, decimals) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part, decimals) for part in value]
    return value


def box_of(edge: BaseGeometry) -> Box:
    return Box(*edge.bounds)
