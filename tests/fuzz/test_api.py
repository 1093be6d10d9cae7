"""Whatever is sent to the REST door: no fault of ours, and every answer as its description says.

The same for Open311 stands in tests/cases/test_open311_conformance.py.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.db import transaction
from schemathesis import Case, Config, GenerationMode

from folkmoot.cases.models import CategoryQuestion
from folkmoot.wsgi import application
from tests.factories.cases import make_case, make_rules
from tests.factories.island import Island
from tests.fuzz.budget import examples

# What fits the description may still be refused by a rule of the place: an unknown kind, a point outside.
RULES = {"checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "404", "422"]}}}
Known = dict[str, Iterator[Any]]


api = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=Config.from_dict(RULES))


@pytest.fixture
def known(island: Island) -> Known:
    """What there is to be found, so that not every question leads nowhere."""
    rules = make_rules()
    CategoryQuestion.objects.create(category=rules["lamp"], code="pole", datatype="string", question="Which?")
    lon, lat = island.point_in("U111")
    case = make_case(rules["lamp"], island["U111"], island.amal)
    there_is: dict[str, list[Any]] = {
        "code": ["T", "U111"], "number": [case.number], "category": ["lamp", "drain"], "area": ["U111", "V1"],
        "lat": [lat], "lon": [lon], "text": ["Cove"], "about_post": [island.unit_chief.pk],
        "answers": [{"pole": "7"}], "contact_phone": ["13800138000"],
    }  # fmt: skip
    return {name: itertools.cycle([*values, None]) for name, values in there_is.items()}


@pytest.mark.usefixtures("one_connection")
@api.parametrize()
@examples(15)
def test_every_answer_is_as_described(case: Case, known: Known) -> None:
    if case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE:
        put_known(case, known)
    cache.clear()  # rate limits are tried elsewhere
    with transaction.atomic():
        case.call_and_validate()
        transaction.set_rollback(True)


def put_known(case: Case, known: Known) -> None:
    """Puts something that exists into some of the places."""
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            for name in part.keys() & known.keys():
                value = next(known[name])
                part[name] = part[name] if value is None else value
