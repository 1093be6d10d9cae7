"""How an area is cut into parts: pure geometry, in degrees."""

from collections.abc import Mapping, Sequence

import shapely
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from folkmoot.base.errors import Refused

# Drawn by hand, parts never meet to the centimetre: a thousandth of the whole may be left, doubled or outside.
TOLERANCE = 0.001


def check_division(whole: BaseGeometry | None, parts: Sequence[BaseGeometry]) -> None:
    """Raises Refused unless the parts cover the whole, without overlap and without leaving it."""
    for i, one in enumerate(parts):
        if any(one.intersection(other).area > TOLERANCE * one.area for other in parts[:i]):
            raise Refused(_("The boundaries of the parts overlap."))
    if whole is None:
        return
    together = shapely.union_all(list(parts))
    if together.difference(whole).area > TOLERANCE * whole.area:
        raise Refused(_("The parts reach beyond the boundary of the area that is split."))
    if whole.difference(together).area > TOLERANCE * whole.area:
        raise Refused(_("The parts leave some of the area without a boundary."))


def part_at(point: shapely.Point, edges: Mapping[str, BaseGeometry]) -> str | None:
    """The code of the part whose edge holds the point; None where none does."""
    return next((code for code, edge in edges.items() if edge.covers(point)), None)
