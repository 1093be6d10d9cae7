"""Who is my chief? From an address, a point or a code to the areas around it and those who serve them."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from folkmoot.areas.models import Area
from folkmoot.areas.queries import ancestors, search_areas
from folkmoot.people.models import Household, address_key
from folkmoot.people.queries.posts import Seat, chiefs_by_area


@dataclass(frozen=True)
class Rung:
    """One area around somebody, with those who serve it."""

    area: Area
    seats: list[Seat]


def rungs_around(area: Area) -> list[Rung]:
    """The areas from `area` itself up to the top, each with those who serve it. Three queries."""
    line = ancestors(area)
    seats = chiefs_by_area([step.pk for step in line])
    return [Rung(step, seats.get(step.pk, [])) for step in reversed(line)]


def areas_at_address(text: str, limit: int = 25) -> list[Area]:
    """The areas that an address means: those of households with exactly this address, then by their words."""
    found: dict[int, Area] = {}
    for household in _households_at(text).select_related("area__level")[:limit]:
        if household.area is not None:
            found[household.area.pk] = household.area
    for area in search_areas(text, limit):
        found.setdefault(area.pk, area)
    return list(found.values())[:limit]


def household_at(typed: str) -> Household | None:
    """The household that a code or an exact address means; None when it means none, or several."""
    by_code = Household.objects.filter(code__iexact=typed.strip()[:40]).first()
    if by_code is not None:
        return by_code
    households = list(_households_at(typed)[:2])
    return households[0] if len(households) == 1 else None


def _households_at(address: str) -> QuerySet[Household]:
    key = address_key(address)[:160]
    return Household.objects.filter(Q(key=key) | Q(key_zh=key)) if key else Household.objects.none()
