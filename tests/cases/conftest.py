"""A small place with rules, and acts in short."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from folkmoot.base.actors import Actor
from folkmoot.cases.models import Case, Category, CategoryQuestion
from folkmoot.cases.rulebook import forget_rulebook
from folkmoot.cases.services import issue_api_key
from folkmoot.people.models import Person
from tests.factories.cases import make_case, make_rules
from tests.factories.island import Island


@pytest.fixture(autouse=True)
def _fresh_rulebook() -> Iterator[None]:
    forget_rulebook()
    yield
    forget_rulebook()


@pytest.fixture
def rules(island: Island) -> dict[str, Category]:
    return make_rules()


@pytest.fixture
def new_case(island: Island, rules: dict[str, Category]) -> Callable[..., Case]:
    """Amal's case in the first unit, unless said otherwise."""

    def make(
        kind: str = "lamp", code: str = "U111", reporter: Person | str | None = "amal", **fields: Any
    ) -> Case:
        who = island.people[reporter] if isinstance(reporter, str) else reporter
        return make_case(rules[kind], island[code], who, **fields)

    return make


@pytest.fixture
def app_key(db: None) -> str:
    """A key in use of another app."""
    return issue_api_key(actor=Actor(ref="console", is_operator=True), name="Harbour app")[1]


@pytest.fixture
def post_request(
    settings, tmp_path: Path, app_key: str, island: Island, rules: dict[str, Category]
) -> Callable[..., Any]:
    """Sends through Open311 a report of a lamp in the middle of U111 unless said otherwise; None leaves an argument out."""
    settings.MEDIA_ROOT = tmp_path
    lon, lat = island.point_in("U111")

    def send(client: Client | None = None, **sent: Any) -> Any:
        data = {
            "api_key": app_key,
            "service_code": "lamp",
            "lat": lat,
            "long": lon,
            "description": "Dark.",
        } | sent
        return (client or Client()).post(
            "/open311/v2/requests.json", {k: v for k, v in data.items() if v is not None}
        )

    return send


@pytest.fixture
def questions(rules: dict[str, Category]) -> None:
    """Further questions of the lamp, one of them required."""
    kinds = CategoryQuestion.Datatype
    values = [{"key": "night", "name": "at night"}, {"key": "day", "name": "by day"}]
    for code, kind, required in [
        ("pole", kinds.NUMBER, True), ("since", kinds.DATETIME, False), ("colour", kinds.STRING, False),
        ("when", kinds.MULTI, False), ("one", kinds.SINGLE, False),
    ]:  # fmt: skip
        CategoryQuestion.objects.create(
            category=rules["lamp"], code=code, datatype=kind, required=required, values=values, question=code
        )
