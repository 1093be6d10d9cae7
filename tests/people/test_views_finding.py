"""The pages for everybody: who is my chief, the card of a post, organizations."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from folkmoot.base import clock
from folkmoot.people.models import (
    EmergencyAccess,
    Organization,
    Person,
    Role,
)
from tests.factories.island import Island
from tests.factories.people import (
    HouseholdFactory,
    OrganizationFactory,
    PersonFactory,
    held_post,
)
from tests.people.pages import queries_of, url


def areas_shown(page: Any) -> list[str]:
    return [rung.area.code for rung in page.context["rungs"]]


def test_find_chief_by_code_needs_no_account(client: Client, island: Island) -> None:
    page = client.get("/chiefs/?area=U111")
    assert areas_shown(page) == ["U111", "G11", "V1", "T", "D"]
    assert [seat.holder.name for seat in page.context["rungs"][0].seats] == ["Hua"]
    assert b"Hua" in page.content


def test_find_chief_by_point(client: Client, island: Island) -> None:
    longitude, latitude = island.point_in("U112")
    assert areas_shown(client.get(f"/chiefs/?lat={latitude}&lon={longitude}"))[0] == "U112"
    outside = client.get("/chiefs/?lat=0&lon=0")
    assert (outside.context["is_outside"], outside.status_code) == (True, 200)


def test_find_chief_by_the_address_of_a_household(client: Client, island: Island) -> None:
    assert areas_shown(client.get("/chiefs/?q=1 pier road"))[0] == "U111"
    assert areas_shown(client.get("/chiefs/?q=码头路１号"))[0] == "U111"


def test_find_chief_offers_a_choice_when_several_are_meant(client: Client, island: Island) -> None:
    HouseholdFactory.create(area=island["U122"], address="9 Hill Road")
    HouseholdFactory.create(area=island["U211"], address="9 Hill Road")
    page = client.get("/chiefs/?q=9 hill road")
    assert [area.code for area in page.context["found"]] == ["U122", "U211"]


def test_find_chief_shows_a_map_to_tap_on(client: Client, island: Island) -> None:
    from folkmoot.areas.models import Boundary

    drawn = Boundary.objects.filter(area__code__in=["V1", "V2"]).count()
    page = client.get("/chiefs/?area=T")
    assert drawn == 2
    assert [shape.url for shape in page.context["shapes"]] == ["/chiefs/?area=V1", "/chiefs/?area=V2"]


@pytest.mark.parametrize("query", ["area=nowhere", "area=" + "x" * 300])
def test_find_chief_of_an_unknown_code_is_not_found(client: Client, island: Island, query: str) -> None:
    assert client.get(f"/chiefs/?{query}").status_code == 404


@pytest.mark.parametrize("query", ["q=" + "x" * 300, "lat=x&lon=1", "lat=nan&lon=inf", "lat=1e9&lon=2"])
def test_find_chief_survives_nonsense(client: Client, island: Island, query: str) -> None:
    assert client.get(f"/chiefs/?{query}").status_code == 200


@pytest.mark.django_db
def test_find_chief_before_the_first_import(client: Client) -> None:
    assert client.get("/chiefs/").status_code == 200


def test_find_chief_costs_the_same_for_more_posts(client: Client, island: Island) -> None:
    first = queries_of(client, "/chiefs/?area=U111")
    for _ in range(3):
        held_post(PersonFactory.create(), role=Role.VILLAGE_DIRECTOR, area=island["V1"])
    assert queries_of(client, "/chiefs/?area=U111") == first <= 8


def test_post_says_who_holds_it(client: Client, island: Island) -> None:
    Person.objects.filter(pk=island.bei.pk).update(card_duties="Boats and bridges")
    page = client.get(url("post", island.secretary.pk))
    assert b"Bei holds this post since" in page.content
    assert b"Boats and bridges" in page.content
    assert b"/appoint/" not in page.content


def test_post_says_plainly_that_it_is_vacant(client: Client, island: Island) -> None:
    page = client.get(url("post", island.vacant_G12.pk)).content.decode()
    assert "Nobody holds this post since 1 Jan 2020." in page


def test_post_shows_emergency_access_to_everybody(client: Client, island: Island) -> None:
    now = clock.now()
    EmergencyAccess.objects.create(
        account=island.operator.account, post=island.secretary, reason="The dam", since=now,
        until=now + timedelta(hours=1),
    )  # fmt: skip
    assert b"The dam" in client.get(url("post", island.secretary.pk)).content


def test_post_that_is_not_is_not_found(client: Client, island: Island) -> None:
    assert client.get(url("post", 999999)).status_code == 404


def test_organization_list_filters_by_kind(client: Client, island: Island) -> None:
    OrganizationFactory.create(kind=Organization.Kind.SCHOOL, area=island["V1"])
    assert len(client.get(url("organization_list")).context["listing"].rows) == 2
    schools = client.get(url("organization_list") + "?kind=school").context["listing"].rows
    assert [each.kind for each in schools] == ["school"]
    assert client.get(url("organization_list") + "?kind=club&area=V1").status_code == 200


def test_organization_list_costs_the_same_for_more_rows(client: Client, island: Island) -> None:
    first = queries_of(client, url("organization_list"))
    OrganizationFactory.create_batch(2, area=island["V1"])
    assert queries_of(client, url("organization_list")) == first <= 4


def test_organization_shows_its_posts(client: Client, island: Island) -> None:
    page = client.get(url("organization", "WATER"))
    assert [seat.holder.name for seat in page.context["seats"]] == ["Jin"]
    assert client.get(url("organization", "none")).status_code == 404
