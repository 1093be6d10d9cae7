"""Matters over REST: what everybody sees, and a report without an account."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from folkmoot.base.actors import VISITOR
from folkmoot.cases import services
from folkmoot.cases.figures import quarter_of, recount
from folkmoot.cases.models import Case, CaseRule, Category, CategoryQuestion
from folkmoot.media.services import take_photo
from tests.conftest import signed_in
from tests.factories.island import Island

Make, Acting, At = Callable[..., Case], Callable[..., Any], Callable[[str], Any]
REPORT = {"text": "The lamp is dark.", "category": "lamp", "area": "U111"}
KEY = "7f0c3c1e-7a6e-4d0c-9a3b-0a6d2f6f5b11"


def send(client: Client, **changes: Any) -> Any:
    body = {name: value for name, value in (REPORT | changes).items() if value is not None}
    return client.post("/api/v1/cases", json.dumps(body), content_type="application/json")


def listed(client: Client, code: str = "T", **filters: Any) -> list[str]:
    answer = client.get(f"/api/v1/areas/{code}/cases", filters)
    return [case["number"] for case in answer.json()["cases"]]


def fetched(client: Client, address: str) -> str:
    """The type of what stands at an address that an answer gave."""
    answer = client.get(urlsplit(address).path)
    answer.getvalue()  # read to its end, as browsers do: only then is the file closed
    return str(answer.headers["Content-Type"])


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422
    return {each["pointer"]: each["detail"] for each in answer.json()["errors"]}


def test_cases_of_area_are_those_that_everybody_may_see(
    new_case: Make, acting: Acting, client: Client
) -> None:
    shown = new_case()
    new_case(kind="drain")
    new_case(kind="noise")
    assert listed(client) == [shown.number]


def test_cases_of_area_with_an_approved_summary_show_it(
    island: Island, new_case: Make, acting: Acting, client: Client
) -> None:
    case = new_case(kind="drain", text="Water in the cellar of number 7.")
    services.summarise_case(actor=acting("hua", "unit_chief"), case=case, summary="A drain is blocked.")
    services.approve_summary(actor=acting("amal"), case=case)
    row = client.get("/api/v1/areas/T/cases").json()["cases"][0]
    assert (row["title"], row["publicity"]) == ("A drain is blocked.", "summary")


def test_cases_of_area_stay_in_the_area(new_case: Make, client: Client) -> None:
    near, far = new_case(), new_case(code="U211", reporter=None)
    assert (listed(client, "V1"), listed(client, "V2")) == ([near.number], [far.number])


def test_cases_of_area_obey_the_filters(new_case: Make, acting: Acting, client: Client) -> None:
    fresh, signed = new_case(), new_case()
    services.sign_for_case(actor=acting("hua", "unit_chief"), case=signed)
    assert listed(client, state="in_hand") == [signed.number]
    assert listed(client, state="assigned") == [fresh.number]
    assert listed(client, category="drain") == []
    assert listed(client, category="lamp", state="assigned") == [fresh.number]


def test_cases_of_area_with_an_unknown_category_is_a_problem(rules: Any, client: Client) -> None:
    answer = client.get("/api/v1/areas/T/cases", {"category": "moon"})
    assert faults(answer) == {"#/category": "There is no kind of matter with the code moon."}


def test_cases_of_area_come_25_at_a_time(new_case: Make, client: Client) -> None:
    for _ in range(26):
        new_case(reporter=None)
    first = client.get("/api/v1/areas/T/cases", {"state": "assigned"}).json()
    assert (len(first["cases"]), first["page"], first["total"]) == (25, 1, 26)
    second = client.get(first["next"]).json()
    assert (len(second["cases"]), second["page"], second["next"]) == (1, 2, None)


def test_cases_of_area_past_the_last_page_is_not_found(new_case: Make, client: Client) -> None:
    new_case()
    assert client.get("/api/v1/areas/T/cases", {"page": 2}).status_code == 404


def test_view_case_says_what_the_page_says(new_case: Make, acting: Acting, client: Client, at: At) -> None:
    at("2026-11-20 09:00")
    case = new_case(place_text="by the pier")
    answer = client.get(f"/api/v1/cases/{case.number}").json()
    assert (answer["text"], answer["place_text"]) == ("The lamp by the pier is dark.", "by the pier")
    assert (answer["state"], answer["state_name"]) == ("assigned", {"en": "assigned", "zh": "已交办"})
    assert answer["reported_at"] == "2026-11-20T09:00:00+08:00"
    assert answer["due_at"] == "2026-11-25T18:00:00+08:00"
    assert "Lantern make-up day" in answer["why_due"]["en"]
    assert "灯节调休" in answer["why_due"]["zh"]
    assert [line["sentence"]["en"] for line in answer["timeline"]] == [
        "Reported on the web.",
        "It stands with Unit chief, Unit 111.",
    ]


def test_view_case_keeps_private_lines_and_contact_to_itself(
    new_case: Make, acting: Acting, client: Client
) -> None:
    case = new_case(contact_name="Amal", contact_phone="+8613800138000", shares_contact=True)
    services.sign_for_case(actor=acting("hua", "unit_chief"), case=case)
    services.note_case(actor=acting("hua", "unit_chief"), case=case, text="Ask at number 7.", is_private=True)
    answer = client.get(f"/api/v1/cases/{case.number}").content.decode()
    assert [word for word in ("Amal", "13800138000", "number 7") if word in answer] == []


def test_view_case_of_a_summary_keeps_the_words_to_itself(
    new_case: Make, acting: Acting, client: Client
) -> None:
    case = new_case(kind="drain", text="Water in the cellar of number 7.", place_text="number 7")
    services.summarise_case(actor=acting("hua", "unit_chief"), case=case, summary="A drain is blocked.")
    services.approve_summary(actor=acting("amal"), case=case)
    answer = client.get(f"/api/v1/cases/{case.number}")
    assert (answer.json()["title"], answer.json()["text"]) == ("A drain is blocked.", None)
    assert "number 7" not in answer.content.decode()
    assert {line["text"] for line in answer.json()["timeline"]} == {None}


def test_view_case_that_is_private_is_not_found(island: Island, new_case: Make, client: Client) -> None:
    case = new_case(kind="noise")
    assert client.get(f"/api/v1/cases/{case.number}").status_code == 404


@pytest.mark.parametrize(("name", "post"), [("amal", None), ("hua", "unit_chief")])
def test_a_signed_in_session_opens_no_more(
    island: Island, new_case: Make, name: str, post: str | None
) -> None:
    """The reporter and the handler read this on the page; through the API they are visitors like all."""
    case = new_case(kind="noise")
    browser = signed_in(island.people[name], island.posts[post] if post else None)
    assert browser.get(f"/cases/{case.number}/").status_code == 200
    assert browser.get(f"/api/v1/cases/{case.number}").status_code == 404


def test_view_case_has_the_photos_of_a_public_matter(
    island: Island, new_case: Make, acting: Acting, client: Client
) -> None:
    out = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG")
    photo = take_photo(actor=acting("amal"), upload=SimpleUploadedFile("a.jpg", out.getvalue()))
    case = new_case(photos=[photo])
    lines = client.get(f"/api/v1/cases/{case.number}").json()["timeline"]
    address = f"http://127.0.0.1:8000/cases/{case.number}/photos/{photo.ref}"
    assert lines[0]["photos"] == [{"thumb": f"{address}/thumb/", "full": f"{address}/full/"}]
    assert {fetched(client, each) for each in lines[0]["photos"][0].values()} == {"image/jpeg"}


@pytest.mark.parametrize("rows", [1, 3])
def test_cases_of_area_ask_a_fixed_number_of_questions(
    new_case: Make, client: Client, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        new_case(reporter=None)
    with django_assert_num_queries(3):  # the area, whether many lie in it, its matters
        client.get("/api/v1/areas/T/cases", {"category": "lamp"})


@pytest.mark.parametrize("rows", [1, 3])
def test_view_case_asks_a_fixed_number_of_questions(
    new_case: Make, acting: Acting, client: Client, django_assert_num_queries: Any, rows: int
) -> None:
    case = new_case()
    for _ in range(rows):
        services.note_case(actor=acting("amal"), case=case, text="Still dark.", is_private=False)
    client.get(f"/api/v1/cases/{case.number}")  # the rules of the place are read once in each language
    with django_assert_num_queries(5):  # the matter, its rungs and calls, its lines and photos
        client.get(f"/api/v1/cases/{case.number}")


def test_list_categories_has_the_questions(
    rules: dict[str, Category], client: Client, django_assert_num_queries: Any
) -> None:
    for order in range(3):
        CategoryQuestion.objects.create(
            category=rules["lamp"], code=f"pole{order}", datatype="singlevaluelist", order=order,
            question="Which pole?", question_zh="哪根灯杆？",
            values=[{"key": "1", "name": "one", "name_zh": "一号"}],
        )  # fmt: skip
    with django_assert_num_queries(2):
        categories = client.get("/api/v1/categories").json()["categories"]
    assert [category["code"] for category in categories] == ["lamp", "drain", "noise", "land"]
    assert categories[0]["questions"][0] == {
        "code": "pole0",
        "question": {"en": "Which pole?", "zh": "哪根灯杆？"},
        "datatype": "singlevaluelist",
        "required": False,
        "values": [{"key": "1", "name": {"en": "one", "zh": "一号"}}],
    }
    assert categories[0]["group"] == {"code": "roads-group", "name": {"en": "Roads", "zh": "道路"}}


def closed(new_case: Make, acting: Acting) -> None:
    case = new_case()
    services.sign_for_case(actor=acting("hua", "unit_chief"), case=case)
    services.answer_case(actor=acting("hua", "unit_chief"), case=case, text="New lamp.")
    services.close_case(actor=acting("amal"), case=case, rating=4)


def test_figures_of_area_count_what_was_closed(
    new_case: Make, acting: Acting, client: Client, at: At
) -> None:
    now = at("2026-11-20 09:00")
    CaseRule.objects.create(name=CaseRule.Name.SMALL_GROUP, value=2, valid_from="2020-01-01")
    closed(new_case, acting)
    closed(new_case, acting)
    recount(quarter_of(now.date()))
    quarter = client.get("/api/v1/areas/T/figures").json()["quarters"][0]
    assert (quarter["start"], quarter["reported"], quarter["closed"]) == ("2026-10-01", 2, 2)
    assert [(share["level"]["code"], share["count"], share["of"]) for share in quarter["shares"]] == [
        ("unit", 2, 2)
    ]
    assert (quarter["ratings"][1], quarter["rated"]) == ({"mark": 4, "count": 2}, 2)


def test_figures_of_area_hide_a_small_group(new_case: Make, acting: Acting, client: Client, at: At) -> None:
    now = at("2026-11-20 09:00")
    closed(new_case, acting)
    recount(quarter_of(now.date()))
    quarter = client.get("/api/v1/areas/T/figures").json()["quarters"][0]
    hidden = ("reported", "closed", "shares", "every_term_kept", "solved", "ratings", "rated")
    assert {name: quarter[name] for name in hidden} == dict.fromkeys(hidden)


def test_report_case_gives_number_and_code(rules: Any, client: Client) -> None:
    answer = send(client)
    case = Case.objects.get()
    assert (answer.status_code, answer.json()["number"]) == (201, case.number)
    assert answer.headers["Cache-Control"] == "no-store"
    assert services.claim_case(actor=VISITOR, number=case.number, code=answer.json()["claim_code"]) == case
    assert (case.post.area.code, case.publicity, case.reporter) == ("U111", "public", None)


def test_report_case_asks_at_most_twenty_questions(
    rules: Any, client: Client, django_assert_max_num_queries: Any
) -> None:
    send(client)  # the rules of the place are read once
    with django_assert_max_num_queries(20):
        assert send(client, sent_key=KEY, contact_phone="13800138000").status_code == 201


def test_report_case_by_a_point_finds_its_place(island: Island, rules: Any, client: Client) -> None:
    lon, lat = island.point_in("U122")
    send(client, area=None, lon=lon, lat=lat)
    assert Case.objects.get().area == island["U122"]


def test_report_case_from_a_signed_in_browser_is_nobodys(island: Island, rules: Any, as_amal: Client) -> None:
    send(as_amal)
    assert Case.objects.get().reporter is None


def test_report_case_sent_twice_is_one_case(rules: Any, client: Client) -> None:
    first, second = send(client, sent_key=KEY), send(client, sent_key=KEY)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json() | {"claim_code": None}
    assert Case.objects.count() == 1


def test_report_case_keeps_the_answers(rules: dict[str, Category], client: Client) -> None:
    CategoryQuestion.objects.create(
        category=rules["lamp"], code="poles", datatype="multivaluelist", question="Which?",
        values=[{"key": "1"}, {"key": "2"}],
    )  # fmt: skip
    send(client, answers={"poles": ["1", "2"]})
    assert Case.objects.get().answers == {"poles": ["1", "2"]}


def test_report_case_about_a_post_is_private(island: Island, rules: Any, client: Client) -> None:
    send(client, about_post=island.unit_chief.pk, publicity="public")
    case = Case.objects.get()
    assert (case.about_post, case.publicity) == (island.unit_chief, "private")


def test_report_case_names_all_that_is_wrong(rules: dict[str, Category], client: Client) -> None:
    CategoryQuestion.objects.create(category=rules["lamp"], code="pole", datatype="number", question="Which?")
    answer = send(
        client, area="U999", contact_phone="12", about_post=999_999, answers={"pole": "x", "a/b": "c"}
    )
    assert faults(answer) == {
        "#/area": "There is no place with the code U999.",
        "#/contact_phone": faults(answer)["#/contact_phone"],
        "#/about_post": "There is no such post.",
        "#/answers/pole": faults(answer)["#/answers/pole"],
        "#/answers/a~1b": "There is no such question.",
    }
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"text": None}, "#/text"),
        ({"text": ""}, "#/text"),
        ({"text": "   "}, "#/text"),
        ({"text": "x" * 100_000}, "#/text"),
        ({"text": "a\0b"}, "#/text"),
        ({"category": "moon"}, "#/category"),
        ({"category": "roads-group"}, "#/category"),
        ({"category": 7}, "#/category"),
        ({"area": "U999"}, "#/area"),
        ({"lat": 91, "lon": 0}, "#/lat"),
        ({"lat": "here", "lon": 0}, "#/lat"),
        ({"place_text": "x" * 201}, "#/place_text"),
        ({"publicity": "secret"}, "#/publicity"),
        ({"contact_phone": "call me"}, "#/contact_phone"),
        ({"sent_key": "1"}, "#/sent_key"),
        ({"colour": "red"}, "#/colour"),
    ],
)
def test_report_case_says_which_part_does_not_fit(
    rules: Any, client: Client, changes: dict[str, Any], pointer: str
) -> None:
    assert list(faults(send(client, **changes))) == [pointer]
    assert Case.objects.count() == 0


def test_report_case_without_a_place_says_so(rules: Any, client: Client) -> None:
    answer = send(client, area=None)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Please say where it is")


def test_report_case_outside_the_place_says_so(rules: Any, client: Client) -> None:
    answer = send(client, area=None, lat=0, lon=0)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("This point lies outside Seven Capes.")


def test_report_case_too_often_says_when_to_come_again(
    rules: Any, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages and API share one limit: what was sent on a page counts here."""
    settings.CLOCK_MAY_BE_SET = False
    monkeypatch.setattr("folkmoot.cases.api.REPORTS_AN_HOUR", 2)
    client.post("/report/", {"text": "The lamp is dark.", "category": "lamp"})
    assert send(client).status_code == 201
    answer = send(client)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert Case.objects.count() == 1
