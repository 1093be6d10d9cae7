"""Open matters go along when the map changes: by their place, by the rung on which they stand."""

from datetime import date
from typing import Any

import pytest
import shapely

from folkmoot.areas.models import Area
from folkmoot.areas.services import Fresh, merge_areas, rename_area, split_area
from folkmoot.base.actors import Actor
from folkmoot.cases.models import Case, CaseEvent
from folkmoot.cases.services import escalate_case
from folkmoot.cases.states import CaseState
from folkmoot.people.actors import actor_for_post
from tests.factories.cases import make_case, make_rules
from tests.factories.island import Island

TODAY = date(2026, 11, 20)


@pytest.fixture
def lamp(island: Island, at: Any) -> Any:
    at("2026-11-20 09:00")
    return make_rules()["lamp"]


@pytest.fixture
def chen(island: Island) -> Actor:
    return actor_for_post(island.officer)


def cut(area: Area, *, upright: bool) -> list[Fresh]:
    """Two halves: west and east, or south and north."""
    west, south, east, north = area.drawn.box
    x, y = (west + east) / 2, (south + north) / 2
    one = shapely.box(west, south, x, north) if upright else shapely.box(west, south, east, y)
    other = shapely.box(x, south, east, north) if upright else shapely.box(west, y, east, north)
    return [Fresh("A", "One", edge=one), Fresh("B", "Other", edge=other)]


def split(chen: Actor, area: Area, *, upright: bool = True) -> dict[str, Area]:
    parts = cut(area, upright=upright)
    new = split_area(actor=chen, area=area, parts=parts, heir="A", on=TODAY, reason="serve")
    return {part.code: part for part in new}


def standing(case: Case) -> tuple[str, str, str, str]:
    """Codes of place, rung and of the areas on its path, and the code of its post's area."""
    case = Case.objects.select_related("area", "rung", "post__area").get(pk=case.pk)
    path = [Area.objects.get(pk=int(step)).code for step in case.area_path.rstrip("/").split("/")]
    assert case.area_path == case.area.path
    return case.area.code, case.rung.code, "/".join(path), case.post.area.code if case.post else ""


def test_split_unit_takes_its_cases_by_their_place(island: Island, lamp: Any, chen: Actor) -> None:
    _west, south, east, _north = island["U111"].drawn.box
    there = make_case(lamp, island["U111"], island.amal, lon=east - 0.001, lat=south + 0.001)
    nowhere = make_case(lamp, island["U111"], island.amal)
    split(chen, island["U111"])
    assert standing(there) == ("B", "B", "D/T/V1/G11/B", "B")
    assert standing(nowhere) == ("A", "A", "D/T/V1/G11/A", "A")
    assert [event.act for event in CaseEvent.objects.filter(case=there)][-1] == "resettle"


def test_split_unit_leaves_closed_cases_where_they_were(island: Island, lamp: Any, chen: Actor) -> None:
    case = make_case(lamp, island["U111"], island.amal)
    Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED, closed_at=case.reported_at)
    split(chen, island["U111"])
    assert standing(case)[:3] == ("U111", "U111", "D/T/V1/G11/U111")


def test_split_grid_keeps_the_place_and_moves_the_rung(island: Island, lamp: Any, chen: Actor) -> None:
    low, climbed = (make_case(lamp, island["U112"], island.amal) for _ in range(2))
    escalate_case(actor=actor_for_post(island.next_unit_chief), case=climbed, reason="Too big")
    assert standing(climbed) == ("U112", "G11", "D/T/V1/G11/U112", "G11")
    split(chen, island["G11"])
    assert standing(low) == ("U112", "U112", "D/T/V1/B/U112", "U112")
    assert standing(climbed) == ("U112", "B", "D/T/V1/B/U112", "B")


def test_split_village_renews_the_paths_of_all_cases_below(island: Island, lamp: Any, chen: Actor) -> None:
    moved, stayed = make_case(lamp, island["U122"], island.amal), make_case(lamp, island["U222"], island.amal)
    about = make_case(lamp, island["U122"], island.dou, about_post=island.far_unit_chief)
    Case.objects.filter(pk=moved.pk).update(state=CaseState.CLOSED, closed_at=moved.reported_at)
    split(chen, island["V1"], upright=False)
    assert standing(moved)[2] == "D/T/B/G12/U122"
    assert standing(stayed)[2] == "D/T/V2/G22/U222"
    assert Case.objects.get(pk=about.pk).about_path == Area.objects.get(code="U122").path


def test_merge_units_brings_their_cases_together(island: Island, lamp: Any, chen: Actor) -> None:
    cases = [make_case(lamp, island[code], island.amal) for code in ("U111", "U112")]
    into = Fresh("U110", "Long House")
    merge_areas(
        actor=chen, areas=[island["U111"], island["U112"]], into=into, on=TODAY, reason="manage"
    )  # fmt: skip
    assert [standing(case) for case in cases] == [("U110", "U110", "D/T/V1/G11/U110", "U110")] * 2


def test_rename_leaves_cases_alone(island: Island, lamp: Any, chen: Actor) -> None:
    case = make_case(lamp, island["U111"], island.amal)
    rename_area(actor=chen, area=island["U111"], name="Pier House", name_zh="", on=TODAY, reason="serve")
    assert "resettle" not in [event.act for event in CaseEvent.objects.filter(case=case)]
