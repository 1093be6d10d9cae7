"""What is not for everybody never appears: not in a list, not by number, not by a filter, not by where it is."""

import json
from collections.abc import Callable

import pytest
from defusedxml.ElementTree import fromstring
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import FolkmootError
from folkmoot.cases import services
from folkmoot.cases.models import Case, Category, Publicity
from folkmoot.people.actors import actor_for_post
from tests.cases.open311_calls import errors, get, spark
from tests.factories.island import Island

Make, Acting = Callable[..., Case], Callable[..., Actor]
MOVES = ["sign", "summary", "approve", "restrict", "climb", "answer", "decline", "withdraw"]

stories = st.lists(
    st.tuples(
        st.sampled_from(["lamp", "drain", "noise", "land", "own"]),
        st.sampled_from(["U111", "U112", "U211"]),
        st.sampled_from([None, "secretary"]),
        st.lists(st.sampled_from(MOVES), max_size=5),
    ),
    min_size=1,
    max_size=4,
)


@given(stories)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_what_everybody_may_see_appears(
    island: Island, new_case: Make, rules: dict, acting: Acting, stories: list[tuple]
) -> None:
    with transaction.atomic():
        point = transaction.savepoint()
        rules["own"] = Category.objects.create(
            code="own", name="Own", parent=rules["lamp"].parent, is_open311=False, default_publicity="public"
        )
        for story in stories:
            live(island, new_case, acting, story)
        cases = list(Case.objects.select_related("category").order_by("pk"))
        check_answers(island, cases)
        transaction.savepoint_rollback(point)


def live(island: Island, new_case: Make, acting: Acting, story: tuple) -> None:
    """A case with words of its own in every field, and what happened to it; what is impossible did not happen."""
    kind, code, about, moves = story
    lon, lat = island.point_in(code)
    number = Case.objects.count()
    case = new_case(
        kind, code, about_post=island.posts[about] if about else None, lon=lon, lat=lat,
        text=f"text-of-{number}.", title=f"title-of-{number}.", place_text=f"place-of-{number}.",
    )  # fmt: skip
    for move in moves:
        case.refresh_from_db()
        try:
            act(move, case, amal=acting("amal"), holder=actor_for_post(case.post), number=number)
        except FolkmootError:
            continue


def act(move: str, case: Case, *, amal: Actor, holder: Actor, number: int) -> None:
    narrower = "private" if case.publicity == "summary" else "summary"
    acts: dict[str, Callable[[], object]] = {
        "sign": lambda: services.sign_for_case(actor=holder, case=case),
        "summary": lambda: services.summarise_case(actor=holder, case=case, summary=f"summary-of-{number}."),
        "approve": lambda: services.approve_summary(actor=amal, case=case),
        "restrict": lambda: services.restrict_case(actor=amal, case=case, publicity=narrower),
        "climb": lambda: services.climb_case(actor=CLOCK, case=case, why="sign"),
        "answer": lambda: services.answer_case(actor=holder, case=case, text=f"answer-of-{number}."),
        "decline": lambda: services.decline_case(actor=holder, case=case, reason=f"reason-of-{number}."),
        "withdraw": lambda: services.withdraw_case(actor=amal, case=case),
    }
    acts[move]()


def check_answers(island: Island, cases: list[Case]) -> None:
    seen = {case.number for case in cases if is_for_everybody(case)}
    whole = {case.number for case in cases if is_for_everybody(case) and case.publicity == Publicity.PUBLIC}
    lon, lat = island.point_in("G11")
    every = ",".join(case.number for case in cases)
    for asked, expected in [
        ({}, seen), ({"service_request_id": every}, seen), ({"extensions": "true"}, seen),
        ({"status": "open,closed", "service_code": "lamp,drain,noise,land"}, seen),
        ({"lat": lat, "long": lon, "radius": 50_000}, whole),
    ]:  # fmt: skip
        rows = get("v2/requests.json", **asked)
        assert {row["service_request_id"] for row in rows} == expected
        check_words(cases, json.dumps(rows))
    xml = Client().get("/open311/v2/requests.xml").content.decode()
    check_words(cases, xml)
    rows = spark(fromstring(xml)) or []
    assert {row["service_request_id"] for row in rows} == seen
    for row in rows:
        assert (row["lat"] is None, row["long"] is None) == (row["service_request_id"] not in whole,) * 2
    for case in cases:
        response = Client().get(f"/open311/v2/requests/{case.number}.json?extensions=true")
        assert response.status_code == (200 if case.number in seen else 404)
        check_words(cases, response.content.decode())


def is_for_everybody(case: Case) -> bool:
    """Said once more in other words than the query's."""
    if not case.category.is_open311:
        return False
    return case.publicity == "public" or (case.publicity == "summary" and case.summary_approved)


def check_words(cases: list[Case], text: str) -> None:
    """No word that is not for everybody."""
    for number, case in enumerate(cases):
        is_public = case.publicity == "public" and case.category.is_open311
        is_shown = is_for_everybody(case)
        assert is_public or f"text-of-{number}." not in text
        assert is_public or f"place-of-{number}." not in text
        assert is_shown or f"summary-of-{number}." not in text
        assert f"reason-of-{number}." not in text


@pytest.fixture
def summarised(island: Island, new_case: Make, acting: Acting) -> Case:
    lon, lat = island.point_in("U111")
    case = new_case("drain", text="Amal's own drain.", place_text="1 Pier Road", lon=lon, lat=lat)
    services.summarise_case(actor=acting("hua", "unit_chief"), case=case, summary="A blocked drain.")
    return case


def test_a_summary_appears_once_approved_and_names_no_house(summarised: Case, acting: Acting) -> None:
    assert get("v2/requests.json") == []
    services.approve_summary(actor=acting("amal"), case=summarised)
    (told,) = get("v2/requests.json")
    assert {name: told[name] for name in ("description", "address", "lat", "long", "media_url")} == {
        "description": "A blocked drain.", "address": "Unit 111, Grid 11, North Cove",
        "lat": None, "long": None, "media_url": None,
    }  # fmt: skip


def test_a_summary_cannot_be_found_by_where_it_is(island: Island, summarised: Case, acting: Acting) -> None:
    """Asking with ever smaller circles would tell the point that is kept back."""
    services.approve_summary(actor=acting("amal"), case=summarised)
    lon, lat = island.point_in("U111")
    assert get("v2/requests.json", lat=lat, long=lon, radius=50_000) == []


def test_a_private_case_looks_like_one_that_there_is_not(new_case: Make) -> None:
    case = new_case("noise")
    there_is = errors(Client().get(f"/open311/v2/requests/{case.number}.json"))
    there_is_not = errors(Client().get("/open311/v2/requests/2026-999999.json"))
    assert (there_is[0], there_is[1][0].replace(case.number, "2026-999999")) == (
        there_is_not[0], there_is_not[1][0],
    )  # fmt: skip


def test_names_and_phones_are_not_even_read(new_case: Make) -> None:
    case = new_case(contact_name="Wren Shore", contact_phone="+8613800000001")
    with CaptureQueriesContext(connection) as queries:
        get("v2/requests.json", extensions="true")
        get(f"v2/requests/{case.number}.json")
    sealed = ("contact_name", "contact_phone", "contact_email")
    assert [name for name in sealed for query in queries if name in query["sql"]] == []
