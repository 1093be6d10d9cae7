"""Which requests an app asks for. It chooses among what everybody may see, and learns nothing of the rest."""

import math
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.lookups import LessThanOrEqual

from folkmoot.cases.models import Case, Publicity
from folkmoot.cases.states import FINAL_STATES, OPEN_STATES

STATES = {"open": OPEN_STATES, "closed": FINAL_STATES}
METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class Near:
    """A circle on the map. Units: degrees of WGS84, metres."""

    lat: float
    long: float
    radius_metres: float


@dataclass(frozen=True)
class RequestFilter:
    """The arguments of GET requests. Shapes: an empty collection, or None, does not narrow."""

    numbers: tuple[str, ...]
    codes: tuple[str, ...]
    statuses: frozenset[str]
    requested: tuple[datetime, datetime] | None
    updated: tuple[datetime, datetime] | None
    near: Near | None
    page: int
    page_size: int
    extended: bool

    @property
    def rows(self) -> slice:
        return slice((self.page - 1) * self.page_size, self.page * self.page_size)


def chosen(rows: QuerySet[Case], wanted: RequestFilter) -> QuerySet[Case]:
    """The rows that the filter leaves. Numbers override everything else, as the standard says."""
    if wanted.numbers:
        return rows.filter(number__in=wanted.numbers)
    if wanted.codes:
        rows = rows.filter(category__code__in=wanted.codes)
    if wanted.statuses:
        rows = rows.filter(state__in=[state for word in wanted.statuses for state in STATES[word]])
    if wanted.requested is not None:
        rows = rows.filter(reported_at__range=wanted.requested)
    if wanted.updated is not None:
        rows = rows.filter(changed_at__range=wanted.updated)
    return rows if wanted.near is None else rows.filter(is_near(wanted.near))


def is_near(place: Near) -> Q:
    """Cases around a point. Only public ones: of the others nobody is told where they are, not even by asking often.

    Counted on a plane that touches the earth at the point, which is off by less than 1 % within 50 km.
    """
    # At the poles a degree of longitude has no length: any case there is as near as its latitude says.
    metres_east = METRES_A_DEGREE * max(math.cos(math.radians(place.lat)), 1e-6)
    reach_north, reach_east = place.radius_metres / METRES_A_DEGREE, place.radius_metres / metres_east
    box = Q(lat__range=(place.lat - reach_north, place.lat + reach_north))
    box &= Q(lon__range=(place.long - reach_east, place.long + reach_east))
    north = (F("lat") - place.lat) * METRES_A_DEGREE
    east = (F("lon") - place.long) * metres_east
    circle = Q(LessThanOrEqual(north * north + east * east, place.radius_metres**2))
    return Q(publicity=Publicity.PUBLIC) & box & circle
