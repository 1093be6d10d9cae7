"""A change of the map for a later day: planned now, made by the clock on that day through the act of its kind.

rename  {"name": "Whale Bay", "name_zh": "鲸湾村"}
merge   {"into": {"code": "U110", "name": "Long House", "name_zh": "长屋"}}
split   {"parts": [{"code": "A", ..., "edge": {GeoJSON}, "households": ["H-1"]}, ...], "heir": "A"}
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from folkmoot.areas.boundaries import as_geojson, read_boundary
from folkmoot.areas.models import Area, AreaChange, PlannedChange
from folkmoot.areas.notices import tell_of_failed
from folkmoot.areas.queries import due_plans, plans_of
from folkmoot.areas.services.changing import DAY_HAS_PASSED, Fresh
from folkmoot.areas.services.merge_areas import check_merge, merge_areas
from folkmoot.areas.services.rename_area import check_rename, rename_area
from folkmoot.areas.services.split_area import check_split, split_area
from folkmoot.areas.states import PLAN, PlanState
from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import FolkmootError, Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.base.transition import move
from folkmoot.journal import services as journal

Kind = AreaChange.Kind
CHANGED_SINCE = _("The place itself was changed since it was planned.")
logger = logging.getLogger("folkmoot.areas")


def plan_change(
    *, actor: Actor, kind: str, areas: Sequence[Area], on: date, reason: str, note: str = "", **how: Any
) -> PlannedChange:
    """Keeps a change of `areas` for a later day. Shapes: `how` is what the act of its kind takes besides.

    Raises Refused for a day that is not to come, for what could not be made even today, and where another change
    of an area is planned already; StaleState. Effects: `area.change_planned`.
    """
    for area in areas:
        require(actor, "areas.plan_change", area)
    assert actor.person_id is not None
    if on <= clock.today():
        raise Refused(DAY_HAS_PASSED)
    _check(kind, areas, on=on, reason=reason, **how)
    with transaction.atomic():
        for area in areas:
            if plans_of(area).filter(state=PlanState.PLANNED).exists():
                raise Refused(
                    _("A change of %(area)s is planned already. Withdraw that one first.") % {"area": area}
                )
        plan = PlannedChange.objects.create(
            kind=kind, area=areas[0], on=on, reason=reason, note=note, terms=_kept(how), planned_by=actor.person_id
        )  # fmt: skip
        plan.others.set(areas[1:])
        journal.record(
            "area.change_planned", actor=actor, obj=f"area:{areas[0].pk}", plan=plan.pk, change=kind, on=on.isoformat()
        )  # fmt: skip
    return plan


def withdraw_change(*, actor: Actor, plan: PlannedChange, seen: int | None = None) -> None:
    """Gives a plan up before its day. Raises Refused, StaleState. Effects: `area.change_withdrawn`."""
    require(actor, "areas.withdraw_change", plan)
    with transaction.atomic():
        move(plan, act="withdraw", table=PLAN, seen=seen)
        journal.record("area.change_withdrawn", actor=actor, obj=f"area:{plan.area_id}", plan=plan.pk)


def make_due_changes() -> int:
    """Makes the changes whose day has come, each whole or not at all; returns how many.

    What no longer fits is marked so, and whoever planned it is told.
    Effects: `area.change_made` beside the act of its kind, or `area.change_failed`.
    """
    require(CLOCK, "areas.make_changes")
    made = 0
    for plan in due_plans():
        try:
            _make(plan)
            made += 1
        except FolkmootError as error:
            _give_up(plan.pk, error)
    return made


def _make(plan: PlannedChange) -> None:
    areas, how = [plan.area, *plan.others.order_by("code")], _taken(plan.terms)
    said: dict[str, Any] = {"actor": CLOCK, "on": plan.on, "reason": plan.reason, "note": plan.note, **how}
    with transaction.atomic():
        move(plan, act="make", table=PLAN)
        journal.record("area.change_made", actor=CLOCK, obj=f"area:{plan.area_id}", plan=plan.pk)
        match plan.kind:
            case Kind.SPLIT:
                split_area(area=areas[0], **said)
            case Kind.MERGE:
                merge_areas(areas=areas, **said)
            case _:
                rename_area(area=areas[0], **said)


def _give_up(pk: int, error: FolkmootError) -> None:
    """Marks a plan that no longer fits; one that somebody withdrew in the meantime stays as it is."""
    plan = PlannedChange.objects.select_related("area").get(pk=pk)
    if plan.state != PlanState.PLANNED:
        return
    logger.warning("planned change %d was not made: %s", pk, error)
    why = {}
    for language in ("en", "zh-hans"):
        with override(language):
            why[language] = str(CHANGED_SINCE if isinstance(error, StaleState) else error)[:300]
    with transaction.atomic():
        move(plan, act="fail", table=PLAN, why_failed=why["en"], why_failed_zh=why["zh-hans"])
        journal.record("area.change_failed", actor=CLOCK, obj=f"area:{plan.area_id}", plan=plan.pk)
        tell_of_failed(plan)


def _check(kind: str, areas: Sequence[Area], *, on: date, reason: str, **how: Any) -> None:
    match kind:
        case Kind.SPLIT:
            check_split(areas[0], how["parts"], heir=how["heir"], on=on, reason=reason)
        case Kind.MERGE:
            check_merge(areas, how["into"], on=on, reason=reason)
        case Kind.RENAME:
            check_rename(areas[0], how["name"], how["name_zh"], on=on, reason=reason)
        case _:
            raise ValueError(f"no change of kind {kind} can be planned")


def _kept(how: Mapping[str, Any]) -> dict[str, Any]:
    """What a change needs, as JSON keeps it."""

    def fresh(each: Fresh) -> dict[str, Any]:
        kept: dict[str, Any] = {**vars(each), "households": sorted(each.households)}
        return kept | {"edge": None if each.edge is None else as_geojson(each.edge)}

    terms = dict(how)
    if "parts" in terms:
        terms["parts"] = [fresh(part) for part in terms["parts"]]
    if "into" in terms:
        terms["into"] = fresh(terms["into"])
    return terms


def _taken(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The other way round."""

    def fresh(kept: Mapping[str, Any]) -> Fresh:
        edge = None if kept["edge"] is None else read_boundary(kept["edge"])
        return Fresh(**{**kept, "edge": edge, "households": frozenset(kept["households"])})

    how = dict(terms)
    if "parts" in how:
        how["parts"] = [fresh(part) for part in how["parts"]]
    if "into" in how:
        how["into"] = fresh(how["into"])
    return how
