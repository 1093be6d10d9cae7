"""GET requests: which ones, how many at a time."""

from collections.abc import Callable

import pytest
from django.test import Client

from folkmoot.base.actors import Actor
from folkmoot.cases import services
from folkmoot.cases.models import Case, Category
from tests.cases.open311_calls import get
from tests.factories.island import Island

Make, Acting = Callable[..., Case], Callable[..., Actor]


def numbers(**asked: object) -> list[str]:
    return [row["service_request_id"] for row in get("v2/requests.json", **asked)]


def close(case: Case, acting: Acting) -> None:
    services.answer_case(actor=acting("hua", "unit_chief"), case=case, text="It burns.")
    services.close_case(actor=acting("amal"), case=case, rating=5)


def test_requests_by_number_override_all_other_filters(at, new_case: Make, acting: Acting) -> None:
    at("2026-01-01 09:00")
    old = new_case()
    at("2026-11-20 09:00")
    new, third = new_case(), new_case()
    assert numbers() == [third.number, new.number]
    asked = f"{old.number}, {new.number},2026-999999,nonsense"
    assert numbers(service_request_id=asked, status="closed", service_code="drain") == [
        new.number,
        old.number,
    ]
    assert numbers(service_request_id="2026-999999") == []


def test_requests_by_service_and_status(new_case: Make, acting: Acting, rules: dict) -> None:
    Category.objects.update(default_publicity="public")
    rules["drain"].refresh_from_db()
    lamp, drain, closed = new_case("lamp"), new_case("drain"), new_case("lamp")
    close(closed, acting)
    assert numbers(service_code="drain") == [drain.number]
    assert numbers(service_code="drain,lamp", status="open") == [drain.number, lamp.number]
    assert numbers(service_code=["drain", "lamp"], status=["closed", "open"]) == [
        closed.number, drain.number, lamp.number,
    ]  # fmt: skip
    assert numbers(status="closed") == [closed.number]
    assert numbers(service_code="", status="", start_date="", page="", lat="") == numbers()


@pytest.fixture
def three_days(at, new_case: Make) -> list[str]:
    """One case on 1 March, one on 1 July, one on 20 November, when it is now."""
    found = []
    for day in ("2026-03-01", "2026-07-01", "2026-11-20"):
        at(f"{day} 09:00")
        found.append(new_case().number)
    return found


DATES = {
    "the last 90 days": ({}, [2]),
    "90 days from the start": ({"start_date": "2026-03-01T01:00:00Z"}, [0]),
    "after the second": ({"start_date": "2026-03-01T09:00:01+08:00"}, []),
    "90 days up to the end": ({"end_date": "2026-07-01T09:00:00+08:00"}, [1]),
    "both": ({"start_date": "2026-06-01T00:00:00Z", "end_date": "2026-08-30T00:00:00Z"}, [1]),
    "a plus that was not escaped": ({"end_date": "2026-07-01T09:00:00 08:00"}, [1]),
    "in the time of the place": ({"end_date": "2026-07-01T09:00:00"}, [1]),
    "changed lately, whenever reported": ({"updated_after": "2026-06-30T00:00:00Z"}, [1]),
    "changed before": ({"updated_before": "2026-03-02T00:00:00Z"}, [0]),
    "reported and changed": (
        {"updated_after": "2026-06-30T00:00:00Z", "start_date": "2026-11-01T00:00:00Z"}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "expected"), DATES.values(), ids=DATES)
def test_requests_by_date(three_days: list[str], asked: dict[str, str], expected: list[int]) -> None:
    assert numbers(**asked) == [three_days[place] for place in expected]


def test_requests_around_a_point(island: Island, new_case: Make) -> None:
    lon, lat = island.point_in("U111")
    here = new_case(lon=lon, lat=lat)
    there = new_case(code="U112", lon=lon + 0.01, lat=lat)  # 0.01 degree is some 961 m here
    new_case()  # without a point
    assert numbers(lat=lat, long=lon, radius=900) == [here.number]
    assert numbers(lat=lat, long=lon, radius=1000) == [there.number, here.number]
    # A corner of the box lies outside the circle.
    assert numbers(lat=lat + 0.0075, long=lon - 0.0075, radius=1000) == []
    assert numbers(lat=lat + 0.0075, long=lon - 0.0075, radius=1120) == [here.number]
    assert numbers(lat=90, long=0, radius=50_000) == []


def test_requests_are_paged(new_case: Make) -> None:
    made = [new_case().number for _ in range(5)][::-1]
    assert numbers(page_size=2) == made[:2]
    assert numbers(page_size=2, page=3) == made[4:]
    assert numbers(page_size=2, page=4) == []
    assert numbers(page_size=1000) == numbers(page=1) == made


def test_unknown_codes_have_no_definition_and_no_requests(rules: dict) -> None:
    Category.objects.filter(code="lamp").update(is_active=False)
    assert Client().get("/open311/v2/services/lamp.json").status_code == 404
    assert get("v2/requests.json", service_code="lamp") == []
    response = Client().get("/open311/v2/requests.json?service_code=lamp,nope")
    assert (response.status_code, response.json()) == (
        404, [{"code": 404, "description": "service_code: there is no service “nope” here."}],
    )  # fmt: skip
