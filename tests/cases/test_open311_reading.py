"""Discovery, services and requests as another app reads them."""

import html
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.cases import services
from folkmoot.cases.models import Case, CaseEvent, CasePhoto, Category, CategoryQuestion
from folkmoot.media.models import Attachment
from tests.cases.open311_calls import get
from tests.factories.island import Island

Make, Acting = Callable[..., Case], Callable[..., Actor]


@pytest.fixture
def asked_lamp(rules: dict[str, Category]) -> Category:
    """The lamp with two further questions."""
    lamp = rules["lamp"]
    lamp.keywords, lamp.keywords_zh = "light|dark street", "照明|路灯"
    lamp.save()
    kinds = CategoryQuestion.Datatype
    CategoryQuestion.objects.create(
        category=lamp, code="pole", datatype=kinds.NUMBER, required=True, order=7, question="Which pole?"
    )
    CategoryQuestion.objects.create(
        category=lamp, code="when", datatype=kinds.MULTI, order=7, question="When?", question_zh="什么时候？",
        values=[{"key": "night", "name": "at night", "name_zh": "夜里"}, {"key": "day", "name": "by day"}],
    )  # fmt: skip
    return lamp


@pytest.mark.parametrize("path", ["discovery.json", "v2/discovery.json"])
def test_discovery_names_the_endpoint(rules: dict, path: str) -> None:
    changed = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    Category.objects.update(changed_at=changed)
    told = get(path)
    assert told == {
        "changeset": "2026-11-20T01:00:00+00:00",
        "contact": "Who serves this place and how to reach them: http://testserver/",
        "key_service": "The operator of this place gives a key to each app. Ask through the contact.",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": "http://testserver/open311/v2",
                "changeset": "2026-11-20T01:00:00+00:00",
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


def test_discovery_of_the_demo_is_a_test_endpoint(rules: dict, settings) -> None:
    settings.DEMO = True
    assert get("discovery.json")["endpoints"][0]["type"] == "test"


def test_changeset_moves_on_with_every_change_of_services(asked_lamp: Category) -> None:
    before = get("discovery.json")["changeset"]
    with clock.set_to(clock.now() + timedelta(hours=1)):
        asked_lamp.questions.first().save()
    between = get("discovery.json")["changeset"]
    with clock.set_to(clock.now() + timedelta(hours=2)):
        asked_lamp.save()
    assert before < between < get("discovery.json")["changeset"]


def test_services_are_the_kinds_that_other_apps_may_report(asked_lamp: Category, rules: dict) -> None:
    Category.objects.filter(code="drain").update(is_open311=False)
    Category.objects.filter(code="noise").update(is_active=False)
    assert get("v2/services.json") == [
        {
            "service_code": "lamp", "service_name": "Street lamp",
            "description": "Street lamp. Who can read such a report: everybody.",
            "metadata": True, "type": "realtime", "keywords": "light, dark street", "group": "Roads",
        },
        {
            "service_code": "land", "service_name": "Land right",
            "description": "Land right. Who can read such a report: only those who handle it.",
            "metadata": False, "type": "realtime", "keywords": None, "group": "Roads",
        },
    ]  # fmt: skip


def test_service_definition_lists_the_questions(asked_lamp: Category) -> None:
    assert get("v2/services/lamp.json") == {
        "service_code": "lamp",
        "attributes": [
            {
                "variable": True, "code": "pole", "datatype": "number", "required": True,
                "datatype_description": "a number", "order": 1, "description": "Which pole?", "values": [],
            },
            {
                "variable": True, "code": "when", "datatype": "multivaluelist", "required": False,
                "datatype_description": None, "order": 2, "description": "When?",
                "values": [{"key": "night", "name": "at night"}, {"key": "day", "name": "by day"}],
            },
        ],
    }  # fmt: skip


def test_service_names_speak_the_readers_language(asked_lamp: Category) -> None:
    chinese = Client(headers={"Accept-Language": "zh-hans"})
    lamp = chinese.get("/open311/v2/services.json").json()[0]
    assert (lamp["service_name"], lamp["keywords"], lamp["group"]) == ("路灯", "照明, 路灯", "道路")
    when = chinese.get("/open311/v2/services/lamp.json").json()["attributes"][1]
    assert when["description"] == "什么时候？"
    assert [value["name"] for value in when["values"]] == ["夜里", "by day"]


def test_request_tells_of_a_public_case_in_full(at, island: Island, new_case: Make) -> None:
    at("2026-11-20 09:00")
    lon, lat = island.point_in("U111")
    case = new_case(text="Dark\r\nsince Monday.", lon=lon, lat=lat, place_text="By the pier")
    told = get(f"v2/requests/{case.number}.json")
    assert told == [
        {
            "service_request_id": case.number,
            "status": "open",
            "status_notes": "It stands with Unit chief, Unit 111 until Wednesday 18:00 at the latest.",
            "service_name": "Street lamp",
            "service_code": "lamp",
            "description": "Dark\nsince Monday.",
            "agency_responsible": "Unit chief, Unit 111",
            "service_notice": (
                "On the level of the Unit, “Street lamp” has 3 working days. "
                "Saturday 21 November (Lantern make-up day) is a make-up working day and counts. "
                "Tuesday 24 November (Lantern day) is a public holiday and does not count."
            ),
            "requested_datetime": "2026-11-20T09:00:00+08:00",
            "updated_datetime": "2026-11-20T09:00:00+08:00",
            "expected_datetime": "2026-11-25T18:00:00+08:00",
            "address": "By the pier, Unit 111, Grid 11, North Cove",
            "address_id": "U111",
            "zipcode": None,
            "lat": lat,
            "long": lon,
            "media_url": None,
        }
    ]
    assert get("v2/requests.json") == told


def test_extensions_add_what_the_standard_has_no_word_for(new_case: Make) -> None:
    case = new_case()
    services.climb_case(actor=CLOCK, case=case, why="sign")
    for path in ("v2/requests.json", f"v2/requests/{case.number}.json"):
        assert get(path, extensions="true")[0]["extended_attributes"] == {
            "state": "assigned", "level": "grid", "unit": "U111", "post": "Grid chief, Grid 11",
            "page_url": f"http://testserver/cases/{case.number}/",
        }  # fmt: skip
        assert "extended_attributes" not in get(path, extensions="false")[0]


def live(name: str, case: Case, acting: Acting) -> None:
    """Brings a fresh case of Amal into a state."""
    hua, amal = acting("hua", "unit_chief"), acting("amal")
    acts: dict[str, Callable[[], object]] = {
        "climbed": lambda: services.climb_case(actor=CLOCK, case=case, why="sign"),
        "in hand": lambda: services.sign_for_case(actor=hua, case=case),
        "paused": lambda: [
            services.sign_for_case(actor=hua, case=case),
            services.pause_case(
                actor=hua, case=case, reason="Rain.", until=clock.today() + timedelta(days=4)
            ),
        ],
        "answered": lambda: services.answer_case(actor=hua, case=case, text="It burns."),
        "closed": lambda: [
            services.answer_case(actor=hua, case=case, text="It burns."),
            services.close_case(actor=amal, case=case, rating=5),
        ],
        "declined": lambda: services.decline_case(actor=hua, case=case, reason="Not ours."),
        "withdrawn": lambda: services.withdraw_case(actor=amal, case=case),
    }
    acts.get(name, lambda: None)()


STATES = [
    "assigned",
    "climbed",
    "in hand",
    "paused",
    "answered",
    "closed",
    "declined",
    "withdrawn",
    "overdue",
]


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("kind", ["lamp", "drain"])
def test_request_has_state_deadline_and_unit_of_the_page(
    at, new_case: Make, acting: Acting, name: str, kind: str
) -> None:
    at("2026-11-20 09:00")
    case = new_case(kind)
    if kind == "drain":
        services.summarise_case(actor=acting("hua", "unit_chief"), case=case, summary="A drain.")
        services.approve_summary(actor=acting("amal"), case=case)
    live(name, case, acting)
    if name == "overdue":
        at("2026-12-20 09:00")
    (told,) = get("v2/requests.json", extensions="true")
    page = html.unescape(Client().get(reverse("cases:case_view", args=[case.number])).content.decode())
    case = Case.objects.get()
    assert told["status_notes"] in page
    assert (told["service_notice"] or "") in page
    assert told["status"] == ("open" if case.is_open else "closed")
    assert told["extended_attributes"]["state"] == case.state
    assert f"<dd>{told['address'].split(',')[0]}" in page
    names_a_term = "at the latest" in page or "overdue since" in page
    assert (told["expected_datetime"] is not None) == names_a_term
    if names_a_term:
        local = datetime.fromisoformat(told["expected_datetime"])
        assert (local, f"{local:%H:%M}" in page) == (case.solve_due_at, True)


def test_closed_request_was_updated_when_it_was_closed(at, new_case: Make, acting: Acting) -> None:
    at("2026-11-20 09:00")
    case = new_case()
    at("2026-11-21 10:00")
    live("closed", case, acting)
    at("2026-11-22 10:00")
    Case.objects.update(changed_at=clock.now())
    told = get("v2/requests.json")[0]
    assert (told["status"], told["updated_datetime"]) == ("closed", "2026-11-21T10:00:00+08:00")


def test_request_shows_the_first_photo_that_everybody_may_see(settings, tmp_path, new_case: Make) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from folkmoot.base.actors import VISITOR
    from folkmoot.media.services import take_photo
    from tests.media.conftest import photo

    settings.MEDIA_ROOT = tmp_path

    def taken() -> Attachment:
        return take_photo(actor=VISITOR, upload=SimpleUploadedFile("a.jpg", photo()))

    case = new_case(photos=[taken(), taken()])
    hidden = CaseEvent.objects.create(case=case, at=clock.now(), act="note", by="post", is_private=True)
    CasePhoto.objects.create(case=case, event=hidden, attachment=taken())
    url = get("v2/requests.json")[0]["media_url"]
    first = case.photos.order_by("pk").first().attachment.ref
    assert url == f"http://testserver/cases/{case.number}/photos/{first}/full/"
    response = Client().get(url)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(response.streaming_content)[:2] == b"\xff\xd8"
    CasePhoto.objects.exclude(event=hidden).delete()
    assert get("v2/requests.json")[0]["media_url"] is None


def test_long_description_ends_at_the_standards_length(new_case: Make) -> None:
    new_case(text="x" * 5000)
    assert get("v2/requests.json")[0]["description"] == "x" * 3999 + "…"


@pytest.mark.parametrize("rows", [1, 3])
def test_reading_costs_a_fixed_number_of_queries(
    rows: int, asked_lamp: Category, island: Island, new_case: Make, django_assert_num_queries
) -> None:
    for _ in range(rows):
        case = new_case()
    lon, lat = island.point_in("U111")
    for queries, path, asked in [
        (1, "v2/requests.json", {"extensions": "true"}),
        (1, "v2/requests.json", {"lat": lat, "long": lon, "radius": 500, "status": "open"}),
        (3, "v2/requests.json", {"service_code": "lamp", "jurisdiction_id": "D"}),
        (1, f"v2/requests/{case.number}.json", {}),
        (0, "v2/services.json", {}),  # the rules of the place are at hand
        (0, "v2/services/lamp.json", {}),
        (1, "discovery.json", {}),
    ]:
        with django_assert_num_queries(queries):
            get(path, **asked)
