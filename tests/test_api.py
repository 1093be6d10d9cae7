"""The API as a whole: its description, its doors, and every refusal as problem details (RFC 9457)."""

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from folkmoot import api
from folkmoot.base.permissions import permission_names
from tests.conftest import signed_in
from tests.factories.cases import make_rules
from tests.factories.island import Island

REPORT = {"text": "The lamp is dark.", "category": "lamp", "area": "U111"}


@pytest.fixture
def visitor() -> Client:
    """A reader who sees an answer even when it is a fault of ours."""
    return Client(raise_request_exception=False)


def is_problem(answer: Any, status: int) -> bool:
    body = answer.json()
    return (
        answer.status_code == body["status"] == status
        and answer.headers["Content-Type"] == "application/problem+json"
        and answer.headers["Cache-Control"] == "no-store"
        and list(body)[:5] == ["type", "title", "status", "detail", "instance"]
        and body["detail"] != ""
    )


def test_description_is_openapi_with_problems_for_every_operation(db: None, client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    described = answer.json()
    operations = [each for path in described["paths"].values() for each in path.values()]
    assert described["openapi"] == "3.1.0"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert sorted(each["operationId"] for each in operations) == [
        "area_at_point", "cases_of_area", "chiefs_at_point", "chiefs_of_area", "figures_of_area", "find_areas",
        "list_categories", "report_case", "view_area", "view_case",
    ]  # fmt: skip
    refusals = {json.dumps(each["responses"]["default"]["content"]) for each in operations}
    assert refusals == {'{"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}'}


def test_description_needs_no_account_and_asks_nothing(
    db: None, client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/api/v1/openapi.json").status_code == 200


def test_every_operation_has_a_door() -> None:
    doors = [pattern.callback.door for pattern in api.addresses()]
    assert len(doors) == 11
    assert set(doors) - set(permission_names()) == set()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/", 404),
        ("get", "/api/v1/", 404),
        ("get", "/api/v1/moons", 404),
        ("get", "/api/v2/areas", 404),
        ("get", "/api/v1/areas/%00", 400),
        ("get", "/api/v1/areas?text=a%00b", 400),
        ("get", "/api/v1/areas", 422),
        ("get", "/api/v1/cases/2026-999999", 404),
        ("get", "/api/v1/areas/T/cases?page=9", 404),
        ("get", "/api/v1/areas/T/cases?page=99999999999999999999", 422),
        ("get", "/api/v1/point/area?lat=nan&lon=inf", 422),
        ("delete", "/api/v1/areas/T", 405),
        ("options", "/api/v1/areas/T", 405),
        ("put", "/api/v1/cases", 405),
        ("get", "/api/v1/cases", 405),
    ],
)
def test_refusals_are_problems(island: Island, client: Client, method: str, path: str, status: int) -> None:
    assert is_problem(getattr(client, method)(path), status)


def test_wrong_method_names_the_right_ones(db: None, client: Client) -> None:
    assert client.put("/api/v1/cases").headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "body",
    ["", "{", "{'text': 1}", '{"lat": NaN}', '{"text": "\\ud800"}', "[" * 100_000, "9" * 5000, b"\xff\xfe"],
)
def test_bodies_that_are_no_json_are_problems(island: Island, client: Client, body: Any) -> None:
    answer = client.post("/api/v1/cases", body, content_type="application/json")
    assert is_problem(answer, 422 if body == "" else 400)


@pytest.mark.parametrize(
    "sent_as", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_bodies_of_another_type_are_problems(island: Island, client: Client, sent_as: str) -> None:
    """A page elsewhere can make a browser send these three without asking: none of them reports a matter."""
    make_rules()
    assert is_problem(client.post("/api/v1/cases", json.dumps(REPORT), content_type=sent_as), 400)


def test_body_that_is_too_large_is_a_problem(island: Island, client: Client) -> None:
    body = json.dumps(REPORT | {"text": "x" * 3_000_000})
    assert is_problem(client.post("/api/v1/cases", body, content_type="application/json"), 413)


def test_problem_speaks_the_readers_language(island: Island, client: Client) -> None:
    answer = client.get("/api/v1/areas", headers={"Accept-Language": "zh-CN"})
    assert answer.json()["errors"] == [{"in": "query", "pointer": "#/text", "detail": "缺少这一项。"}]


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("database is locked"), 503), (RuntimeError("unforeseen"), 500)]
)
def test_faults_of_ours_are_problems(
    island: Island, visitor: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(text: str) -> None:
        raise error

    monkeypatch.setattr("folkmoot.areas.api.search_areas", fail)
    assert is_problem(visitor.get("/api/v1/areas?text=cove"), status)


def test_answer_is_not_sent_twice(island: Island, client: Client) -> None:
    first = client.get("/api/v1/areas/T")
    again = client.get("/api/v1/areas/T", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.headers["Cache-Control"], again.status_code, again.content) == ("no-cache", 304, b"")


def test_head_is_answered_like_get(island: Island, client: Client) -> None:
    whole, head = client.get("/api/v1/areas/T"), client.head("/api/v1/areas/T")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_answer_is_the_same_in_every_language_and_for_everybody(island: Island, client: Client) -> None:
    make_rules()
    seen = {
        client.get("/api/v1/categories", headers={"Accept-Language": language}).content
        for language in ("en", "zh-CN", "fr")
    }
    seen.add(signed_in(island.chen, island.officer).get("/api/v1/categories").content)
    assert len(seen) == 1
