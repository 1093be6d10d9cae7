"""Places over REST: by code, at a point, by what people call them."""

from typing import Annotated

from django.utils.translation import gettext as _
from ninja import Query, Router

from folkmoot.areas.models import Area
from folkmoot.areas.queries import ancestors, children_of, get_area, search_areas, smallest_area_at
from folkmoot.areas.schemas import AreaOut, AreasOut, Code, Latitude, Longitude, area_out, area_row
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound

router = Router(tags=["areas"])


def get_area_at(longitude: float, latitude: float) -> Area:
    """The lowest area whose boundary holds the point. Raises NotFound with a sentence for whoever asks."""
    area = smallest_area_at(longitude, latitude)
    if area is None:
        raise NotFound(_("No place here holds this point."))
    return area


@router.get("/areas", response=AreasOut, summary="Places that an address, a name or a code means")
@door("areas.find_area")
def find_areas(
    request: Request,
    text: Annotated[str, Query(min_length=1, max_length=200, description="in English or Chinese")],
) -> AreasOut:
    """At most 25, upper levels first; none is an empty list."""
    return AreasOut(areas=[area_row(area) for area in search_areas(text)])


@router.get("/areas/{code}", response=AreaOut, summary="One place, with those around it")
@door("areas.find_area")
def view_area(request: Request, code: Code) -> AreaOut:
    """A place that is no more answers too: it has a `valid_to`."""
    return _whole(get_area(code))


@router.get("/point/area", response=AreaOut, summary="The smallest place at a point")
@door("areas.find_area")
def area_at_point(request: Request, lat: Latitude, lon: Longitude) -> AreaOut:
    """Where no boundary is drawn yet, no point has a place."""
    return _whole(get_area_at(lon, lat))


def _whole(area: Area) -> AreaOut:
    return area_out(area, ancestors(area), list(children_of(area)))
