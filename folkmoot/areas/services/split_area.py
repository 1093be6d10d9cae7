"""One area becomes several."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from folkmoot.areas.division import check_division, part_at
from folkmoot.areas.models import Area, AreaChange
from folkmoot.areas.queries import children_of, edge_of, edges_of
from folkmoot.areas.services.changing import (
    Choose,
    Fresh,
    begin,
    check_change,
    check_codes,
    check_day,
    end,
    recount,
    tell,
)  # fmt: skip
from folkmoot.areas.upkeep import place_under
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal


def split_area(
    *, actor: Actor, area: Area, parts: Sequence[Fresh], heir: str, on: date, reason: str, note: str = ""
) -> list[Area]:
    """Ends an area on a day and begins its parts; posts, households and open cases go along in the same act.

    Shapes: `heir` is the code of the part that takes what no boundary and no list gives to another one. What has a
    point (areas below by the middle of their boundary, cases by their place) goes to the part that holds it.
    Raises: Refused, StaleState. Effects: journal `area.split`, the entries of `area_changes`.
    Source: S3.2.
    """
    require(actor, "areas.split_area", area)
    check_day(actor, on)
    check_split(area, parts, heir=heir, on=on, reason=reason)
    with transaction.atomic():
        fresh = {part.code: begin(part, like=area, on=on, reason=reason) for part in parts}
        choose = chooser(fresh[heir], fresh, parts)
        end(area, on=on, became=fresh[heir])
        below = list(children_of(area))
        edges = edges_of(below)
        for child in below:
            place_under(child, choose(middle_of(edges.get(child.pk)), None))
        new = list(fresh.values())
        if area.parent is not None:
            recount(area.parent, new, more=len(new) - 1)
        change = AreaChange.objects.create(
            kind=AreaChange.Kind.SPLIT, on=on, reason=reason, note=note, area=area
        )
        change.others.set(new)
        journal.record(
            "area.split", actor=actor, obj=f"area:{area.pk}", on=on.isoformat(), reason=reason, parts=len(new)
        )
        tell(actor=actor, kind="split", old=[area], new=new, choose=choose)
    return new


def check_split(area: Area, parts: Sequence[Fresh], *, heir: str, on: date, reason: str) -> None:
    """Raises Refused or StaleState if the area cannot be split so."""
    check_change([area], on, reason)
    check_codes(parts)
    if area.parent is None:
        raise Refused(_("The outermost area holds everything and cannot be split."))
    if len(parts) < 2:
        raise Refused(_("A split makes at least two parts."))
    if heir not in {part.code for part in parts}:
        raise Refused(_("Say which part takes over what is not given to another one."))
    edges = [part.edge for part in parts if part.edge is not None]
    if edges and len(edges) < len(parts):
        raise Refused(_("Either every part has a boundary or none."))
    if edges:
        check_division(edge_of(area), edges)


@dataclass(frozen=True)
class Share:
    """What a part would get of the areas right below."""

    part: Fresh
    places: int
    is_heir: bool


def share_out(area: Area, *, parts: Sequence[Fresh], heir: str, on: date, reason: str) -> list[Share]:
    """What each part would get, without changing anything. Raises Refused or StaleState as split_area would."""
    check_split(area, parts, heir=heir, on=on, reason=reason)
    edges = {part.code: part.edge for part in parts if part.edge is not None}
    below = edges_of(children_of(area))
    places = Counter(part_at(edge.representative_point(), edges) or heir for edge in below.values())
    places[heir] += children_of(area).count() - len(below)
    return [Share(part, places[part.code], part.code == heir) for part in parts]


def chooser(heir: Area, fresh: Mapping[str, Area], parts: Sequence[Fresh]) -> Choose:
    """Tells for a point or a household of the old area which part it belongs to."""
    edges = {part.code: part.edge for part in parts if part.edge is not None}
    homes = {code: fresh[part.code] for part in parts for code in part.households}

    def choose(point: tuple[float, float] | None, household: Any = None) -> Area:
        if household is not None and household.code in homes:
            return homes[household.code]
        code = part_at(shapely.Point(point), edges) if point is not None else None
        return fresh[code] if code else heir

    return choose


def middle_of(edge: BaseGeometry | None) -> tuple[float, float] | None:
    """A point that surely lies within the edge."""
    if edge is None:
        return None
    middle = edge.representative_point()
    return middle.x, middle.y
