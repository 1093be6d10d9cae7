"""Strangers at the door: PyPI's client, a reader of XML who knows only Spark, and a fuzzer with our description."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from defusedxml.ElementTree import fromstring
from django.db import transaction
from django.test import Client
from georeport import GeoReport
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from folkmoot.base.actors import Actor
from folkmoot.cases import services
from folkmoot.cases.models import Case, Category, CategoryQuestion
from folkmoot.cases.open311.openapi import description
from folkmoot.wsgi import application
from tests.cases.open311_calls import as_text, spark
from tests.factories.island import Island

Make, Acting = Callable[..., Case], Callable[..., Actor]


@pytest.fixture
def lived(island: Island, rules: dict[str, Category], new_case: Make, acting: Acting) -> dict[str, str]:
    """A place with a question, a public case, a summary and a private one; gives their numbers."""
    kinds = CategoryQuestion.Datatype
    CategoryQuestion.objects.create(
        category=rules["lamp"], code="when", datatype=kinds.SINGLE, question="When? <&>", values=[
            {"key": "night", "name": "at night"}
        ],
    )  # fmt: skip
    lon, lat = island.point_in("U111")
    public = new_case("lamp", lon=lon, lat=lat, place_text="By the pier & the <shop>")
    summary = new_case("drain", text="Amal's drain.")
    services.summarise_case(actor=acting("hua", "unit_chief"), case=summary, summary="第一行\nA drain.")
    services.approve_summary(actor=acting("amal"), case=summary)
    private = new_case("noise")
    return {"public": public.number, "summary": summary.number, "private": private.number}


@pytest.mark.parametrize("form", ["json", "xml"])
def test_pypi_client_reads_everything(live_server, lived: dict[str, str], form: str) -> None:
    client = GeoReport(f"{live_server.url}/open311/v2", jurisdiction="D", output_format=form)
    assert [row["service_code"] for row in client.get_service_list()] == ["lamp", "drain", "noise", "land"]
    definition = client.get_service_definition("lamp")
    attributes = definition["attributes"]
    first = attributes[0] if form == "json" else attributes["attribute"]
    assert (definition["service_code"], first["code"], first["description"]) == ("lamp", "when", "When? <&>")
    rows = client.get_service_requests()
    assert [row["service_request_id"] for row in rows] == [lived["summary"], lived["public"]]
    assert [row["description"] for row in rows] == ["第一行\nA drain.", "The lamp by the pier is dark."]
    assert client.get_service_request(lived["public"])["address"].startswith("By the pier & the <shop>, ")


GET_CALLS = [
    "discovery.{form}", "v2/discovery.{form}", "v2/services.{form}", "v2/services/lamp.{form}",
    "v2/services/drain.{form}", "v2/services/nope.{form}", "v2/services.{form}?jurisdiction_id=x",
    "v2/requests.{form}", "v2/requests.{form}?extensions=true", "v2/requests.{form}?status=closed",
    "v2/requests.{form}?page=x&lat=x", "v2/requests/{public}.{form}", "v2/requests/{summary}.{form}?extensions=true",
    "v2/requests/{private}.{form}", "v2/tokens/{token}.{form}", "v2/tokens/2222-2222-2222.{form}", "v2/nothing.{form}",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_xml_and_json_say_the_same(
    at, lived: dict[str, str], app_key: str, island: Island, language: str
) -> None:
    at("2026-11-20 09:00")
    client = Client(headers={"Accept-Language": language})
    lon, lat = island.point_in("U112")
    sent = {"api_key": app_key, "service_code": "lamp", "lat": lat, "long": lon, "description": "x"}
    token = client.post("/open311/v2/requests.json", sent).json()[0]["token"]
    for call in GET_CALLS:
        both = [
            client.get("/open311/" + call.format(form=form, token=token, **lived)) for form in ("xml", "json")
        ]
        check_same(*both)


def check_same(xml: Any, answer: Any) -> None:
    assert xml.status_code == answer.status_code
    assert xml.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert xml.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert spark(fromstring(xml.content)) == as_text(json.loads(answer.content))


@pytest.fixture
def held_still(at, monkeypatch) -> None:
    """Time and chance stand still."""
    at("2026-11-20 09:00")
    monkeypatch.setattr("secrets.choice", lambda letters: letters[0])


@pytest.mark.usefixtures("held_still", "rules")
@pytest.mark.parametrize("extra", [{}, {"api_key": "x"}, {"service_code": "nope"}, {"lat": "x", "long": "x"}])
def test_xml_and_json_say_the_same_of_a_new_request(
    app_key: str, island: Island, extra: dict[str, str]
) -> None:
    """Each is the first of its moment: the other one was taken back."""
    lon, lat = island.point_in("U112")
    sent = {"api_key": app_key, "service_code": "lamp", "lat": lat, "long": lon, "description": "x"} | extra
    both = []
    for form in ("xml", "json"):
        with transaction.atomic():
            both.append(Client().post(f"/open311/v2/requests.{form}", sent))
            transaction.set_rollback(True)
    check_same(*both)


schema = schemathesis.openapi.from_dict(description("http://localhost/open311/"))
schema.app = application


def unfit_checks(case: Any) -> list[Any]:
    """What arguments mean together (a span of days, half a point) no schema can say; an empty one is none."""
    asked = case.query.values() if isinstance(case.query, dict) else ()
    has_empty = any(value in ("", [], [""], None) for value in asked)
    return [positive_data_acceptance, *([negative_data_rejection] if has_empty else [])]


@pytest.mark.usefixtures("one_connection")
@schema.parametrize()
@hypothesis_settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_answers_are_as_described_whatever_is_sent(
    case: Any, app_key: str, lived: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Good and bad arguments, bodies and methods: never a 5xx, never another form, never an undescribed answer."""
    if isinstance(case.body, dict) and case.meta.generation.mode.is_positive:
        # What is well said shall come through to the case, whatever stands beside it.
        case.body |= {"api_key": app_key, "service_code": "lamp", "address_id": "U111"}
        case.body = {name: value for name, value in case.body.items() if name not in ("lat", "long")}
    elif isinstance(case.body, dict) and "api_key" in case.body:
        case.body["api_key"] = app_key
    case.call_and_validate(excluded_checks=unfit_checks(case))
    # A fault of the database would be answered with 400, as the standard wants it: the log tells.
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


GOOD = {
    "/discovery.{form}": ({}, {}),
    "/v2/services.{form}": ({}, {"jurisdiction_id": "D"}),
    "/v2/services/{code}.{form}": ({"code": "lamp"}, {}),
    "/v2/requests.{form}": ({}, {"extensions": "true", "status": "open", "page": 1}),
    "/v2/requests/{number}.{form}": ({"number": "2026-000001"}, {"extensions": "true"}),
}


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("path", GOOD)
def test_good_answers_are_as_described(at, request, path: str, form: str) -> None:
    at("2026-11-20 09:00")
    request.getfixturevalue("lived")
    named, asked = GOOD[path]
    case = schema[path]["GET"].Case(path_parameters={**named, "form": form}, query=asked)
    response = case.call_and_validate()
    assert response.status_code == 200


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_good_reports_are_as_described(island: Island, rules: dict, app_key: str, media_type: str) -> None:
    body = {"api_key": app_key, "service_code": "lamp", "address_id": "U111", "description": "Dark."}
    call = schema["/v2/requests.{form}"]["POST"].Case
    response = call(path_parameters={"form": "json"}, body=body, media_type=media_type).call_and_validate()
    (told,) = json.loads(response.content)
    token = schema["/v2/tokens/{token}.{form}"]["GET"].Case
    response = token(path_parameters={"token": told["token"], "form": "json"}).call_and_validate()
    assert json.loads(response.content)[0]["service_request_id"] == told["service_request_id"]


def test_description_is_served(db: None) -> None:
    response = Client().get("/open311/v2/openapi.json")
    assert response.json() == json.loads(json.dumps(description("http://testserver/open311")))
