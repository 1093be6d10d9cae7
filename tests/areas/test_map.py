"""The map: outlines for a page, areas without a boundary, overlaps."""

import json
from datetime import date

import pytest
import shapely
from shapely.geometry import mapping, shape

from folkmoot.areas.models import Area, AreaChange, Boundary
from folkmoot.areas.queries import areas_without_boundary, map_of, outlines_of, overlaps
from folkmoot.areas.services import import_areas
from folkmoot.areas.upkeep import draw
from folkmoot.demo.load import PLACE
from folkmoot.ui.components import Shape
from tests.areas.conftest import OPERATOR
from tests.factories.areas import AreaFactory, square
from tests.factories.island import Island


def test_outlines_of_area_are_kept_until_one_is_drawn_anew(island: Island, django_assert_num_queries) -> None:
    with django_assert_num_queries(4):
        first = outlines_of(island["V1"])
    assert [child.code for child, _geometry in first] == ["G11", "G12"]
    assert shape(first[0][1]).equals(shape(island["G11"].drawn.geometry))
    with django_assert_num_queries(3):
        assert outlines_of(island["V1"]) == first
    draw(island["G11"], shapely.box(150.4, 30.2, 150.41, 30.21))
    assert shape(outlines_of(island["V1"])[0][1]).bounds == (150.4, 30.2, 150.41, 30.21)
    inner = shapely.Polygon(
        [(150.4, 30.2), (150.41, 30.2), (150.405, 30.204), (150.41, 30.21), (150.4, 30.21)]
    )
    draw(island["G11"], inner)  # within the same box
    AreaChange.objects.create(kind="redraw", on=date(2026, 1, 1), reason="serve", area=island["G11"])
    assert shape(outlines_of(island["V1"])[0][1]).equals(inner)


def test_outlines_of_too_many_areas_are_no_map(island: Island) -> None:
    for number in range(100):
        AreaFactory.create(code=f"X{number}", parent=island["G22"])
    assert outlines_of(island["G22"]) == []
    assert outlines_of(island["U111"]) == []


def test_map_of_area_leads_to_its_parts(island: Island) -> None:
    shapes = map_of(island["G11"], lambda area: f"/{area.code}/", highlighted=island["U112"])
    assert [(each.label, each.url, each.is_highlighted) for each in shapes] == [
        ("Unit 111", "/U111/", False), ("Unit 112", "/U112/", True),
    ]  # fmt: skip
    assert isinstance(shapes[0], Shape)


@pytest.mark.usefixtures("db")
def test_outlines_of_the_demo_are_light_and_still_meet() -> None:
    import_areas(
        actor=OPERATOR, path=PLACE / "areas.csv",
        levels=PLACE / "levels.csv", boundaries=PLACE / "boundaries.geojson",
    )  # fmt: skip
    township = Area.objects.get(level__code="township")
    outlines = [geometry for _child, geometry in outlines_of(township)]
    drawn = [json.dumps(row.geometry) for row in Boundary.objects.filter(area__parent=township)]
    assert len(json.dumps(outlines)) < 0.75 * len("".join(drawn))
    assert shapely.coverage_is_valid([shape(outline) for outline in outlines])
    assert len(outlines) == 11
    assert overlaps(township.path, "grid") == []
    assert areas_without_boundary(township.path, "unit").count() == 0


def test_areas_without_boundary_of_a_level_under_a_path(island: Island) -> None:
    Boundary.objects.filter(area__code__in=("G11", "G21", "U111")).delete()
    assert sorted(area.code for area in areas_without_boundary(island["T"].path, "grid")) == ["G11", "G21"]
    assert [area.code for area in areas_without_boundary(island["V2"].path, "grid")] == ["G21"]
    Area.objects.filter(code="G21").update(valid_to=date(2021, 1, 1))
    assert list(areas_without_boundary(island["V2"].path, "grid")) == []


def test_overlaps_are_named_with_their_share_largest_first(island: Island) -> None:
    assert overlaps(island["T"].path, "grid") == []
    box = island["G11"].drawn.box
    wide = shapely.box(box.west, box.south, box.east + 0.01, box.north)  # half of G21 too
    Boundary.objects.filter(area=island["G11"]).update(geometry=mapping(wide))
    inner = AreaFactory.create(
        code="IN", level=island["G12"].level, parent=island["V1"], **square(150.401, 30.211, 0.005)
    )
    assert [(each.one.code, each.other.code, round(each.share, 3)) for each in overlaps(island["T"].path, "grid")] == [
        ("G12", "IN", 1.0), ("G11", "G21", 0.5),
    ]  # fmt: skip
    assert [each.other for each in overlaps(island["V1"].path, "grid")] == [inner]


def test_overlaps_forgive_what_a_hand_draws(island: Island) -> None:
    box = island["G11"].drawn.box
    slim = shapely.box(box.west, box.south, box.east + 0.00001, box.north)
    Boundary.objects.filter(area=island["G11"]).update(geometry=mapping(slim))
    assert overlaps(island["T"].path, "grid") == []
