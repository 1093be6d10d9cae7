"""Reads of places."""

import random
from datetime import date

import pytest
import shapely

from folkmoot.areas.models import Area, Boundary
from folkmoot.areas.queries import (
    ancestors,
    area_by_code,
    children_of,
    front_line,
    is_within_place,
    outermost_area,
    search_areas,
    smallest_area_at,
    valid_areas,
)
from folkmoot.base import clock
from tests.factories.areas import AreaFactory, level, rectangle, square
from tests.factories.island import Island


def codes(areas: object) -> list[str]:
    return [area.code for area in areas]  # type: ignore[attr-defined]


def test_ancestors_go_from_the_top_to_the_area(island: Island, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert [(a.code, a.level.code) for a in ancestors(island["U111"])] == [
            ("D", "district"), ("T", "township"), ("V1", "village"), ("G11", "grid"), ("U111", "unit"),
        ]  # fmt: skip


def test_children_of_area_are_those_of_today_by_code(island: Island, at) -> None:
    at("2026-11-20 09:00")
    Area.objects.filter(code="G11").update(valid_to=date(2026, 11, 20))
    Area.objects.filter(code="G12").update(valid_to=date(2026, 11, 21))
    assert codes(children_of(island["V1"])) == ["G12"]
    assert codes(children_of(island["V2"])) == ["G21", "G22"]


def test_valid_areas_of_a_day(island: Island) -> None:
    Area.objects.filter(code="U111").update(valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 1))
    for day, exists in ((date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 3, 1), False)):
        assert valid_areas(day).filter(code="U111").exists() is exists
        assert (smallest_area_at(*island.point_in("U111"), on=day).code == "U111") is exists


def test_area_by_code_finds_ended_areas_too(island: Island) -> None:
    Area.objects.filter(code="U111").update(valid_to=date(2021, 1, 1))
    assert area_by_code("U111") == island["U111"]
    assert area_by_code("u111") is None


def test_outermost_area_is_the_top_of_today(island: Island) -> None:
    AreaFactory.create(code="OLD", level=level("district"), valid_to=date(2021, 1, 1))
    assert outermost_area() == island["D"]
    Area.objects.filter(code="D").update(valid_to=date(2021, 1, 1))
    with pytest.raises(Area.DoesNotExist):
        outermost_area()


def test_smallest_area_at_point_is_the_lowest_that_holds_it(island: Island) -> None:
    for code in ("U111", "U122", "U222"):
        assert smallest_area_at(*island.point_in(code)).code == code
    Boundary.objects.filter(area__code="U111").delete()
    assert smallest_area_at(*island.point_in("U111")) == island["G11"]
    assert smallest_area_at(0, 0) is None


def test_smallest_area_at_a_shared_edge_is_always_the_same(island: Island) -> None:
    east, south = island["U111"].drawn.east, island["U111"].drawn.south
    assert smallest_area_at(east, south + 0.001) == island["U111"]


def test_smallest_area_at_overlap_is_the_smaller_one(island: Island) -> None:
    west, south = island["U111"].drawn.west, island["U111"].drawn.south
    inner = AreaFactory.create(parent=island["G11"], **square(west + 0.004, south + 0.004, 0.002))
    assert smallest_area_at(*island.point_in("U111")) == inner


def test_smallest_area_at_asks_a_fixed_number_of_queries(island: Island, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        assert str(smallest_area_at(*island.point_in("U111")).level) == "Unit"
    with django_assert_num_queries(1):
        smallest_area_at(0, 0)


def test_smallest_area_at_answers_like_a_look_at_every_boundary(db: None) -> None:
    chance = random.Random(7)
    unit = level("unit")
    areas = {}
    for _ in range(300):
        west, south, side = (
            chance.uniform(149, 151),
            chance.uniform(29, 31),
            chance.choice((0.002, 0.05, 0.4)),
        )
        area = AreaFactory.create(level=unit, **rectangle(west, south, side, side / 2))
        areas[area.pk] = shapely.box(*area.drawn.box)
    for _ in range(200):
        point = (chance.uniform(149, 151.4), chance.uniform(29, 31.2))
        holding = [(edge.area, pk) for pk, edge in areas.items() if edge.covers(shapely.Point(point))]
        found = smallest_area_at(*point)
        assert (found and found.pk) == (min(holding)[1] if holding else None)


def test_is_within_place_says_outside_only_where_a_boundary_is_known(island: Island) -> None:
    assert is_within_place(*island.point_in("U111")) is True
    assert is_within_place(0, 0) is False
    Boundary.objects.all().delete()
    assert is_within_place(0, 0) is True


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("North Cove", ["V1"]),
        ("north", ["V1"]),
        ("nor", ["V1"]),
        ("no", []),
        ("北湾", ["V1"]),
        ("南", ["V2"]),
        ("北湾村3号", ["V1"]),
        ("cove", ["V1", "V2"]),
        ("u111", ["U111"]),
        ("U111", ["U111"]),
        ("unit U111", ["U111"]),
        ("11 Pier Road", []),
        ("unit", []),
        ("", []),
        ("%", []),
        ("x" * 1000, []),
    ],
)
def test_search_areas_by_name_address_or_code(island: Island, text: str, found: list[str]) -> None:
    assert codes(search_areas(text)) == found


def test_search_areas_leaves_out_house_numbers_that_nobody_has(db: None) -> None:
    AreaFactory.create(code="A", search_text="Harbour Lane 灯塔巷")
    AreaFactory.create(code="B", search_text="Harbour Hill")
    assert codes(search_areas("12 Harbour Lane")) == ["A"]
    assert codes(search_areas("harbour", limit=1)) == ["A"]
    assert codes(search_areas("Harbour Meadow 9")) == ["A", "B"]
    assert codes(search_areas("灯塔巷12号")) == ["A"]


def test_search_areas_finds_only_areas_of_today(island: Island) -> None:
    Area.objects.filter(code="V1").update(valid_to=clock.today())
    assert codes(search_areas("cove")) == ["V2"]
    assert codes(search_areas("North")) == []
    assert codes(search_areas("V1")) == []


def test_front_line_ends_where_there_is_more_than_one_place(
    island: Island, django_assert_num_queries
) -> None:
    with django_assert_num_queries(2):
        assert codes(front_line()) == ["D", "T"]


def test_front_line_goes_on_through_a_place_that_holds_one(island: Island, at) -> None:
    at("2026-11-20 09:00")
    gone = ["V2", "G21", "G22", "U211", "U212", "U221", "U222"]
    Area.objects.filter(code__in=gone).update(valid_to=date(2026, 11, 20))
    assert codes(front_line()) == ["D", "T", "V1"]


def test_front_line_of_an_outermost_area_with_several_below(island: Island) -> None:
    AreaFactory(code="T2", level=level("township"), parent=island["D"])
    assert codes(front_line()) == ["D"]


def test_front_line_of_a_single_place_ends_there(db: None) -> None:
    AreaFactory(code="A", level=level("district"))
    assert codes(front_line()) == ["A"]


def test_front_line_before_the_first_import_is_none(db: None) -> None:
    with pytest.raises(Area.DoesNotExist):
        front_line()
