"""How places look on the wire."""

from datetime import date
from typing import Annotated, Any

from ninja import Path, Query, Schema

from folkmoot.areas.models import Area, Level
from folkmoot.ui.wire import Names, address_of, both

Code = Annotated[str, Path(max_length=40, description="code of a place, such as V07-3")]
Latitude = Annotated[float, Query(ge=-90, le=90, description="degrees of WGS84")]
Longitude = Annotated[float, Query(ge=-180, le=180, description="degrees of WGS84")]


class LevelOut(Schema):
    """A level of the ladder. Smaller rank is higher: district 10 .. unit 50."""

    code: str
    rank: int
    name: Names


class AreaRow(Schema):
    """A place in a list."""

    code: str
    name: Names
    level: LevelOut
    url: str


class Below(Schema):
    """How many places of one level lie in a place."""

    rank: int
    count: int


class AreaOut(AreaRow):
    """A place with those around it. `ancestors` begin at the top; `valid_to` is the first day without it."""

    valid_from: date
    valid_to: date | None
    ancestors: list[AreaRow]
    children: list[AreaRow]
    below: list[Below]


class AreasOut(Schema):
    areas: list[AreaRow]


def level_out(level: Level) -> LevelOut:
    return LevelOut(code=level.code, rank=level.rank, name=both(level))


def area_row(area: Area) -> AreaRow:
    return AreaRow(**_row(area))


def area_out(area: Area, ancestors: list[Area], children: list[Area]) -> AreaOut:
    return AreaOut(
        **_row(area),
        valid_from=area.valid_from,
        valid_to=area.valid_to,
        ancestors=[area_row(step) for step in ancestors if step.pk != area.pk],
        children=[area_row(child) for child in children],
        below=[Below(rank=int(rank), count=count) for rank, count in sorted(area.below.items())],
    )


def _row(area: Area) -> dict[str, Any]:
    return {
        "code": area.code,
        "name": both(area),
        "level": level_out(area.level),
        "url": address_of("home:place", area.code),
    }
