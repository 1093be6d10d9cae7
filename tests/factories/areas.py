"""Places as rows."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from folkmoot.areas.models import Area, Boundary, Level
from folkmoot.areas.upkeep import write_words

LEVELS = {
    "district": (10, "District", "区"),
    "township": (20, "Township", "乡镇"),
    "village": (30, "Village", "村"),
    "grid": (40, "Grid", "网格"),
    "unit": (50, "Unit", "单元"),
}

EDGE = ("geometry", "west", "south", "east", "north")


def level(code: str) -> Level:
    """The level `code` of the ladder, made on first use."""
    rank, name, name_zh = LEVELS[code]
    names = {"rank": rank, "name": name, "name_zh": name_zh}
    return Level.objects.get_or_create(code=code, defaults=names)[0]


def rectangle(west: float, south: float, width: float, height: float) -> dict[str, Any]:
    """Boundary and box of a rectangle. Units: degrees."""
    west, south = round(west, 6), round(south, 6)
    east, north = round(west + width, 6), round(south + height, 6)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "west": west, "south": south, "east": east, "north": north,
    }  # fmt: skip


def square(west: float, south: float, side: float) -> dict[str, Any]:
    """Boundary and box of a square. Units: degrees."""
    return rectangle(west, south, side, side)


class AreaFactory(DjangoModelFactory[Area]):
    """An area under `parent`, with path and words; boundary only when asked, as in `**square(...)`."""

    class Meta:
        model = Area

    code = factory.Sequence("A{}".format)
    name = factory.LazyAttribute(lambda area: f"Place {area.code}")
    name_zh = factory.LazyAttribute(lambda area: f"地方{area.code}")
    search_text = factory.LazyAttribute(lambda area: f"{area.name} {area.name_zh} {area.code}".lower())
    level = factory.LazyFunction(lambda: level("unit"))
    parent = None
    valid_from = date(2020, 1, 1)

    @classmethod
    def _create(cls, model_class: type[Area], *args: Any, **kwargs: Any) -> Area:
        edge = {name: kwargs.pop(name) for name in EDGE if name in kwargs}
        area = super()._create(model_class, *args, **kwargs)
        area.path = f"{area.parent.path if area.parent else ''}{area.pk}/"
        area.save(update_fields=["path"])
        write_words([area])
        if edge:
            Boundary.objects.create(area=area, **edge)
        return area
