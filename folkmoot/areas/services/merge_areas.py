"""Several areas become one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import Area, AreaChange
from folkmoot.areas.queries import children_of, edges_of
from folkmoot.areas.services.changing import (
    Fresh,
    begin,
    check_change,
    check_codes,
    check_day,
    end,
    recount,
    tell,
)
from folkmoot.areas.upkeep import place_under
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal


def merge_areas(
    *, actor: Actor, areas: Sequence[Area], into: Fresh, on: date, reason: str, note: str = ""
) -> Area:
    """Ends sister areas on a day and begins one in their place; everything that stood on them goes along.

    The boundary is the union of theirs, if all have one. Raises: Refused, StaleState.
    Effects: journal `area.merged`, the entries of `area_changes`. Source: S3.2.
    """
    for area in areas:
        require(actor, "areas.merge_areas", area)
    check_day(actor, on)
    check_merge(areas, into, on=on, reason=reason)
    edges = edges_of(areas)
    if into.edge is None and len(edges) == len(areas):
        into = replace(into, edge=shapely.union_all(list(edges.values())))
    with transaction.atomic():
        new = begin(into, like=areas[0], on=on, reason=reason)
        for area in areas:
            end(area, on=on, became=new)
            for child in list(children_of(area)):
                place_under(child, new)
        if new.parent is not None:
            recount(new.parent, [new], more=1 - len(areas))
        change = AreaChange.objects.create(
            kind=AreaChange.Kind.MERGE, on=on, reason=reason, note=note, area=new
        )
        change.others.set(areas)
        journal.record(
            "area.merged",
            actor=actor,
            obj=f"area:{new.pk}",
            on=on.isoformat(),
            reason=reason,
            areas=len(areas),
        )

        def choose(_point: Any, _household: Any = None) -> Area:
            return new

        tell(actor=actor, kind="merge", old=areas, new=[new], choose=choose)
    return new


def check_merge(areas: Sequence[Area], into: Fresh, *, on: date, reason: str) -> None:
    """Raises Refused or StaleState if the areas cannot be merged so."""
    if len({area.pk for area in areas}) < 2:
        raise Refused(_("Choose at least two areas to merge."))
    if len({(area.parent_id, area.level_id) for area in areas}) > 1:
        raise Refused(_("Only areas of one level, side by side under one area, can be merged."))
    check_change(areas, on, reason)
    check_codes([into])
