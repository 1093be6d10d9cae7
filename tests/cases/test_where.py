"""The second step of a report: a point inside the place is enough, words too, and what was typed stays."""

from typing import Any

import pytest
from django.test import Client

from folkmoot.cases.drafts import read_draft
from folkmoot.cases.forms import WhereForm
from folkmoot.cases.models import Case, CaseDraft, Category, CategoryQuestion
from folkmoot.cases.rulebook import forget_rulebook
from tests.factories.island import Island

CHINESE = {"accept-language": "zh-CN"}


@pytest.fixture
def where(client: Client, rules: dict[str, Category]) -> str:
    """The address of the second form."""
    return str(client.post("/report/", {"text": "The lamp is dark.", "category": "lamp"})["Location"])


@pytest.fixture
def point(island: Island) -> dict[str, Any]:
    """The middle of Unit 111."""
    longitude, latitude = island.point_in("U111")
    return {"lon": longitude, "lat": latitude}


def draft() -> dict[str, Any]:
    return read_draft(CaseDraft.objects.get().ref)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"lon": "150.1", "lat": "30.2"}, (150.1, 30.2)), ({"lon": "0", "lat": "0"}, (0, 0)),
        ({"lon": "150.1", "place_text": "U111"}, None), ({"place_text": "U111"}, None),
    ],
)  # fmt: skip
def test_where_form_takes_a_whole_point_without_words(
    island: Island, sent: dict[str, str], expected: tuple[float, float] | None
) -> None:
    form = WhereForm(sent)
    assert form.is_valid()
    assert form.point == expected


@pytest.mark.parametrize("text", ["", "by the third lamp"])
def test_report_where_takes_a_point_inside(
    client: Client, where: str, point: dict[str, Any], text: str
) -> None:
    answer = client.post(where, {"place_text": text, **point})
    assert answer.status_code == 302
    told = draft()
    assert (told["lon"], told["lat"], told["area"], told["place_text"]) == (
        point["lon"], point["lat"], "U111", text,
    )  # fmt: skip
    assert "Unit 111" in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"], {"publicity": "public"})
    case = Case.objects.get()
    assert (case.area.code, case.lon, case.place_text) == ("U111", point["lon"], text)


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({}, "This point lies outside Seven Capes. Please choose a place inside it."),
        (CHINESE, "这个位置不在七岬区范围内，请选范围内的地方。"),
    ],
)
def test_report_where_refuses_a_point_outside_and_forgets_it(
    client: Client, where: str, headers: dict[str, str], sentence: str
) -> None:
    answer = client.post(where, {"place_text": "by the pier", "lat": "0", "lon": "0"}, headers=headers)
    page = answer.content.decode()
    assert (answer.status_code, "lat" in draft()) == (422, False)
    assert sentence in page
    assert 'value="by the pier"' in page
    assert 'name="lat" value' not in page


@pytest.mark.parametrize("sent", [{}, {"lat": "30.1"}, {"place_text": "   "}, {"look": "1"}])
def test_report_where_without_words_or_point_asks_for_words(
    client: Client, where: str, sent: dict[str, str]
) -> None:
    answer = client.post(where, sent)
    assert answer.status_code == 422
    assert "Please write where it is." in answer.content.decode()


def test_report_where_by_words_works_without_scripts(client: Client, where: str) -> None:
    several = client.post(where, {"place_text": "Unit", "look": "1"})
    assert several.status_code in (200, 422)
    assert client.post(where, {"place_text": "U122", "look": "1"}).status_code == 302
    assert (draft()["area"], draft()["lon"]) == ("U122", None)


def test_report_where_looks_for_the_words_when_asked_whatever_was_pointed_to(
    client: Client, where: str, point: dict[str, Any]
) -> None:
    assert client.post(where, {"place_text": "U122", "look": "1", **point}).status_code == 302
    assert (draft()["area"], draft()["lon"]) == ("U122", None)
    assert client.post(where, {"place_text": "there", "area": "U121", **point}).status_code == 302
    assert (draft()["area"], draft()["lon"]) == ("U121", None)


def test_report_where_keeps_the_point_and_the_words_when_a_question_is_open(
    client: Client, where: str, point: dict[str, Any], rules: dict[str, Category]
) -> None:
    CategoryQuestion.objects.create(
        category=rules["lamp"], code="pole", datatype="number", required=True, question="Which pole?"
    )
    forget_rulebook()
    answer = client.post(where, {"place_text": "here", **point})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Your point is kept. It lies in Unit 111." in page
    assert f'name="lat" value="{point["lat"]}"' in page
    assert 'value="here"' in page
    assert client.post(where, {"place_text": "here", "q_pole": "17", **point}).status_code == 302
    again = client.get(where).content.decode()
    assert "Your point is kept. It lies in Unit 111." in again
    assert 'value="17"' in again


def test_report_check_and_case_view_name_a_place_once(client: Client, where: str, island: Island) -> None:
    check = client.post(where, {"place_text": "Unit 111", "area": "U111"})["Location"]
    assert "Unit 111 · Unit 111" not in client.get(check).content.decode()
    client.post(check, {"publicity": "public"})
    case = Case.objects.get()
    assert case.place_text == str(case.area)
    assert "Unit 111 · Unit 111" not in client.get(f"/cases/{case.number}/").content.decode()
