"""Who serves a place, over REST: what stands on the public cards and no more."""

from datetime import date

from ninja import Router, Schema

from folkmoot.areas.api import get_area_at
from folkmoot.areas.models import Area
from folkmoot.areas.queries import get_area
from folkmoot.areas.schemas import AreaRow, Code, Latitude, Longitude, area_row
from folkmoot.base.doors import Request, door
from folkmoot.people.models import HANDLING_ROLES
from folkmoot.people.queries import Seat, rungs_around
from folkmoot.ui.wire import Names, both

router = Router(tags=["people"])


class SeatOut(Schema):
    """A post, and who holds it since when; without a holder it is vacant since a day, if the day is known."""

    post: int
    role: str
    title: Names
    handles_cases: bool
    holder: Names | None
    since: date | None
    vacant_since: date | None


class RungOut(Schema):
    """One place of the way up, with those who serve it."""

    area: AreaRow
    posts: list[SeatOut]


class ChiefsOut(Schema):
    """Who serves somebody: `chief` is the post that handles the matters of the smallest place, vacant or not."""

    chief: SeatOut | None
    rungs: list[RungOut]


@router.get("/areas/{code}/chiefs", response=ChiefsOut, summary="Who serves a place, and who above it")
@door("people.find_chief")
def chiefs_of_area(request: Request, code: Code) -> ChiefsOut:
    """The rungs go from the place itself up to the top."""
    return _chiefs(get_area(code))


@router.get("/point/chiefs", response=ChiefsOut, summary="Who is my chief? By a point")
@door("people.find_chief")
def chiefs_at_point(request: Request, lat: Latitude, lon: Longitude) -> ChiefsOut:
    """The rungs go from the smallest place at the point up to the top."""
    return _chiefs(get_area_at(lon, lat))


def _chiefs(area: Area) -> ChiefsOut:
    rungs = [
        RungOut(area=area_row(rung.area), posts=[_seat(seat) for seat in rung.seats])
        for rung in rungs_around(area)
    ]
    return ChiefsOut(chief=next((seat for seat in rungs[0].posts if seat.handles_cases), None), rungs=rungs)


def _seat(seat: Seat) -> SeatOut:
    return SeatOut(
        post=seat.post.pk,
        role=seat.post.role,
        title=both(seat.post),
        handles_cases=seat.post.role in HANDLING_ROLES,
        holder=None if seat.holder is None else both(seat.holder),
        since=seat.since,
        vacant_since=seat.post.vacant_since if seat.is_vacant else None,
    )
