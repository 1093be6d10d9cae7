"""Places over REST."""

from typing import Any

import pytest
from django.test import Client

from tests.factories.areas import AreaFactory, level
from tests.factories.island import Island

LEVEL = {"code": "unit", "rank": 50, "name": {"en": "Unit", "zh": "单元"}}


def row(code: str) -> dict[str, Any]:
    number = code.removeprefix("U")
    names = {"en": f"Unit {number}", "zh": f"{number}单元"}
    return {"code": code, "name": names, "level": LEVEL, "url": f"http://127.0.0.1:8000/places/{code}/"}


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return [each["code"] for each in rows]


def test_find_areas_by_a_name_in_either_language(island: Island, client: Client) -> None:
    for text in ("Cove", "湾村"):
        answer = client.get("/api/v1/areas", {"text": text}).json()
        assert codes(answer["areas"]) == ["V1", "V2"]


def test_find_areas_without_a_fit_is_an_empty_list(island: Island, client: Client) -> None:
    assert client.get("/api/v1/areas", {"text": "Atlantis"}).json() == {"areas": []}


def test_view_area_has_those_around_it(island: Island, client: Client) -> None:
    answer = client.get("/api/v1/areas/G11").json()
    assert codes(answer["ancestors"]) == ["D", "T", "V1"]
    assert answer["children"] == [row("U111"), row("U112")]
    assert answer["below"] == [{"rank": 50, "count": 2}]
    assert (answer["valid_from"], answer["valid_to"]) == ("2020-01-01", None)


def test_view_area_with_an_unknown_code_is_a_problem(island: Island, client: Client) -> None:
    answer = client.get("/api/v1/areas/U999")
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no place with the code U999.")


def test_area_at_point_is_the_smallest(island: Island, client: Client) -> None:
    lon, lat = island.point_in("U212")
    answer = client.get("/api/v1/point/area", {"lat": lat, "lon": lon}).json()
    assert answer == client.get("/api/v1/areas/U212").json()


def test_area_at_point_outside_is_a_problem(island: Island, client: Client) -> None:
    answer = client.get("/api/v1/point/area", {"lat": 0, "lon": 0})
    assert (answer.status_code, answer.json()["detail"]) == (404, "No place here holds this point.")


@pytest.mark.parametrize("more", [0, 2])
def test_view_area_asks_a_fixed_number_of_questions(
    island: Island, client: Client, django_assert_num_queries: Any, more: int
) -> None:
    for _ in range(more):
        AreaFactory.create(parent=island["U111"], level=level("unit"))
    lon, lat = island.point_in("U111")
    with django_assert_num_queries(3):  # the area, those above, those below
        client.get("/api/v1/areas/U111")
    with django_assert_num_queries(4):  # boxes, boundaries, those above, those below
        client.get("/api/v1/point/area", {"lat": lat, "lon": lon})
