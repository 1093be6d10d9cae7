"""Before any import there is no area: every way in says so, and nothing breaks or is stored."""

import json

import pytest
from django.test import Client

from folkmoot.base.actors import VISITOR, Actor
from folkmoot.base.errors import Refused
from folkmoot.cases.models import Case, Category, Publicity
from folkmoot.cases.services import Report, issue_api_key, report_case
from tests.cases.open311_calls import errors

NOT_YET = "No place has been set up here yet, so nobody could take your report. Nothing was stored."
POINT = {"lat": 30.0, "lon": 150.0}


@pytest.fixture
def lamp(db: None) -> Category:
    """A kind of matter, imported before the areas."""
    group = Category.objects.create(code="roads", name="Roads")
    return Category.objects.create(code="lamp", name="Lamp", parent=group, default_publicity=Publicity.PUBLIC)


def test_report_case_at_a_point_of_an_empty_place_is_refused(lamp: Category) -> None:
    with pytest.raises(Refused) as refused:
        report_case(actor=VISITOR, report=Report(category=lamp, text="Dark.", **POINT))
    assert str(refused.value) == NOT_YET
    assert Case.objects.count() == 0


def test_report_case_in_an_empty_place_says_so_on_the_page(client: Client, lamp: Category) -> None:
    where = client.post("/report/", {"text": "Dark.", "category": "lamp"})["Location"]
    answer = client.post(where, {"place_text": "by the pier", **POINT})
    assert answer.status_code == 422
    assert NOT_YET in answer.content.decode()
    assert Case.objects.count() == 0


def test_report_case_in_an_empty_place_is_a_problem_over_rest(client: Client, lamp: Category) -> None:
    body = json.dumps({"text": "Dark.", "category": "lamp", **POINT})
    answer = client.post("/api/v1/cases", body, content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["detail"] == NOT_YET


def test_report_case_in_an_empty_place_is_the_standards_error_in_open311(
    client: Client, lamp: Category
) -> None:
    _, key = issue_api_key(actor=Actor(ref="console", is_operator=True), name="Harbour app")
    sent = {"api_key": key, "service_code": "lamp", "lat": 30.0, "long": 150.0, "description": "Dark."}
    assert errors(client.post("/open311/v2/requests.json", sent)) == (400, [NOT_YET])


@pytest.mark.parametrize("address", ["/cases/", "/cases/figures/"])
def test_lists_of_an_empty_place_are_not_there_yet(client: Client, db: None, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "No place has been set up here yet." in answer.content.decode()
