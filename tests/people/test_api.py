"""Who serves a place, over REST."""

from typing import Any

import pytest
from django.test import Client

from folkmoot.people.models import Role
from tests.factories.island import Island
from tests.factories.people import PersonFactory, held_post


def titles(rungs: list[dict[str, Any]]) -> list[list[str]]:
    return [[post["title"]["en"] for post in rung["posts"]] for rung in rungs]


def test_chiefs_of_area_go_from_the_place_to_the_top(island: Island, client: Client) -> None:
    answer = client.get("/api/v1/areas/U111/chiefs").json()
    assert titles(answer["rungs"]) == [
        ["Unit chief, Unit 111"],
        ["Grid chief, Grid 11"],
        ["Village secretary, North Cove"],
        ["Township officer, Heron Island", "Township officer, Heron Island"],
        ["Overseer, Seven Capes"],
    ]


def test_chief_is_shown_as_on_the_public_card(island: Island, client: Client) -> None:
    """Name and office of who serves: no phone, no account, no duties."""
    chief = client.get("/api/v1/areas/U111/chiefs").json()["chief"]
    assert chief.pop("title")["en"] == "Unit chief, Unit 111"
    assert chief == {
        "post": island.unit_chief.pk,
        "role": "unit_chief",
        "handles_cases": True,
        "holder": {"en": "Hua", "zh": "华"},
        "since": "2020-01-01",
        "vacant_since": None,
    }


def test_vacant_post_says_since_when(island: Island, client: Client) -> None:
    chief = client.get("/api/v1/areas/U121/chiefs").json()["chief"]
    assert (chief["holder"], chief["since"], chief["vacant_since"]) == (None, None, "2020-01-01")


def test_chief_is_null_where_no_post_stands(island: Island, client: Client) -> None:
    island.vacant_U121.delete()
    answer = client.get("/api/v1/areas/U121/chiefs").json()
    assert (answer["chief"], titles(answer["rungs"])[0]) == (None, [])


def test_chiefs_at_point_are_those_of_its_smallest_place(island: Island, client: Client) -> None:
    lon, lat = island.point_in("U122")
    answer = client.get("/api/v1/point/chiefs", {"lat": lat, "lon": lon}).json()
    assert answer == client.get("/api/v1/areas/U122/chiefs").json()


@pytest.mark.parametrize("more", [0, 2])
def test_chiefs_ask_a_fixed_number_of_questions(
    island: Island, client: Client, django_assert_num_queries: Any, more: int
) -> None:
    for _ in range(more):
        held_post(PersonFactory.create(), role=Role.UNIT_CHIEF, area=island["U111"])
    with django_assert_num_queries(4):  # the area, those above, their posts, who holds them
        client.get("/api/v1/areas/U111/chiefs")
