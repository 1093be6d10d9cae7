"""What the changes of the map have in common: the day, the fresh areas, the ending of former ones, the telling."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from folkmoot.areas.models import Area, ChangeReason
from folkmoot.areas.queries import ancestors
from folkmoot.areas.upkeep import add_below, count_below, draw, place_under, write_words
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.registries import area_changes

Choose = Callable[..., Area]
DAY_HAS_PASSED = _("This day has passed. A change of the map is made today or planned for a later day.")


@dataclass(frozen=True)
class Fresh:
    """An area that begins. Shapes: `households` are codes of those that go there."""

    code: str
    name: str
    name_zh: str = ""
    address: str = ""
    edge: BaseGeometry | None = None
    households: frozenset[str] = field(default=frozenset())


def check_change(areas: Iterable[Area], on: date, reason: str) -> None:
    """Raises Refused for a day or a reason that cannot be, StaleState where somebody else was faster."""
    if reason not in ChangeReason.values:
        raise Refused(
            _("A change of the map needs one of the three reasons: to manage, to organise or to serve.")
        )
    for area in areas:
        if area.valid_to is not None:
            raise StaleState()
        if on <= area.valid_from:
            raise Refused(_("%(area)s began on that day or later.") % {"area": area})


def check_day(actor: Actor, on: date) -> None:
    """Raises Refused unless a change is made on its day; only the clock may come late for what was planned."""
    if on > clock.today():
        raise Refused(
            _("This day has not come yet. A change of the map is made on its day or planned for it.")
        )
    if on < clock.today() and not actor.is_clock:
        raise Refused(DAY_HAS_PASSED)


def check_codes(fresh: Sequence[Fresh]) -> None:
    """Raises Refused unless every code is new and every name is there."""
    codes = [each.code for each in fresh]
    taken = Area.objects.filter(code__in=codes).values_list("code", flat=True).first()
    twice = next((code for i, code in enumerate(codes) if code in codes[:i]), None)
    if taken or twice:
        raise Refused(
            _("The code “%(code)s” is taken. A code is never used twice.") % {"code": taken or twice}
        )
    if not all(each.code and each.name for each in fresh):
        raise Refused(_("Every new area needs a code and a name."))


def begin(fresh: Fresh, *, like: Area, on: date, reason: str) -> Area:
    """A new area beside `like`: on its level, under its parent."""
    area = Area.objects.create(
        level=like.level, code=fresh.code, name=fresh.name, name_zh=fresh.name_zh,
        search_text=fresh.address, valid_from=on, reason=reason,
    )  # fmt: skip
    place_under(area, like.parent)
    if fresh.edge is not None:
        draw(area, fresh.edge)
    write_words([area])
    return area


def end(area: Area, *, on: date, became: Area) -> None:
    """Ends an area on a day. Raises StaleState when it has ended already."""
    if Area.objects.filter(pk=area.pk, valid_to=None).update(valid_to=on, became=became) != 1:
        raise StaleState()
    area.valid_to, area.became = on, became


def recount(parent: Area, fresh: Sequence[Area], *, more: int) -> None:
    """Brings the counts below up to date: of the new areas whole, of those above by the difference."""
    count_below(fresh)
    add_below(ancestors(parent), fresh[0].level.rank, more)


def tell(*, actor: Actor, kind: str, old: Sequence[Area], new: Sequence[Area], choose: Choose) -> None:
    """Lets the upper apps move what stands on the old areas.

    When they are called, what was below an old area stands below the new ones with its new path.
    """
    named: dict[str, Any] = {"kind": kind, "old": list(old), "new": list(new), "choose": choose}
    for _name, move in area_changes:
        move(actor=actor, **named)
