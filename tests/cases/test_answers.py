"""The answers to the further questions of a kind: shown to whoever may see them, in the reader's language."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.translation import override

from folkmoot.base.actors import Actor
from folkmoot.cases.answers import told_answers
from folkmoot.cases.forms import QuestionsForm
from folkmoot.cases.models import Case, Category, CategoryQuestion
from folkmoot.cases.personal import export
from tests.factories.island import Island

Make, Acting = Callable[..., Case], Callable[..., Actor]
ANSWERS = {
    "fault": "2",
    "seen": ["1", "2"],
    "pole": "17",
    "whose": "Ask Dou, 555 0199",
    "media_url": "https://a.example/b.jpg",
}
CHINESE = {"accept-language": "zh-CN"}


@pytest.fixture(autouse=True)
def asked(rules: dict[str, Category]) -> list[CategoryQuestion]:
    """What is asked about a lamp and about noise: two lists, a number, a text, a moment."""
    kinds = CategoryQuestion.Datatype
    faults = [
        {"key": "1", "name": "Dark", "name_zh": "不亮"},
        {"key": "2", "name": "Flickers", "name_zh": "闪烁"},
    ]
    rows = [
        ("fault", kinds.SINGLE, "What is wrong?", "怎么了？", faults),
        ("seen", kinds.MULTI, "What else?", "还有呢？", faults),
        ("pole", kinds.NUMBER, "Which pole?", "哪根灯杆？", []),
        ("whose", kinds.TEXT, "Whose is it?", "是谁的？", []),
        ("since", kinds.DATETIME, "Since when?", "从什么时候？", []),
    ]
    return [
        CategoryQuestion.objects.create(
            category=rules[kind], code=code, datatype=datatype, question=question, question_zh=chinese,
            values=values, order=order,
        )
        for kind in ("noise", "lamp", "drain")
        for order, (code, datatype, question, chinese, values) in enumerate(rows)
    ]  # fmt: skip


def page(client: Client, case: Case, **headers: str) -> str:
    answer = client.get(f"/cases/{case.number}/", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_told_answers_are_in_the_order_of_the_questions_and_in_the_readers_language(
    asked: list[CategoryQuestion],
) -> None:
    answers = ANSWERS | {"since": "2026-11-18 09:30:00+08:00"}
    assert told_answers(asked[:5], answers, with_typed=True) == [
        ("What is wrong?", "Flickers"), ("What else?", "Dark, Flickers"), ("Which pole?", "17"),
        ("Whose is it?", "Ask Dou, 555 0199"), ("Since when?", "18 Nov 09:30"),
        ("Address of a picture, sent by another app", "https://a.example/b.jpg"),
    ]  # fmt: skip
    with override("zh-hans"):
        assert told_answers(asked[:5], answers, with_typed=False) == [
            ("怎么了？", "闪烁"),
            ("还有呢？", "不亮、闪烁"),
        ]


def test_told_answers_to_a_question_that_is_gone_are_not_lost(asked: list[CategoryQuestion]) -> None:
    assert told_answers(asked[1:2], {"fault": "2", "seen": ["9"]}, with_typed=True) == [
        ("What else?", "9"), ("fault", "2"),
    ]  # fmt: skip
    assert told_answers(asked[1:2], {"fault": "2", "seen": ["9"]}, with_typed=False) == []


@pytest.mark.parametrize("answer", ["soon", "2026-11-18 09:30:00", ""])
def test_told_answers_take_any_stored_moment(asked: list[CategoryQuestion], answer: str) -> None:
    told = told_answers(asked[4:5], {"since": answer}, with_typed=True)
    assert [text for _, text in told] == {"soon": ["soon"], "": []}.get(answer, ["18 Nov 09:30"])


def test_case_view_shows_the_answers_to_reporter_and_handler(
    as_amal: Client, as_hua: Client, new_case: Make
) -> None:
    case = new_case("noise", answers=ANSWERS)
    for client in (as_amal, as_hua):
        text = page(client, case)
        for told in ("What is wrong?", "Flickers", "Dark, Flickers", "17", "555 0199", "a.example"):
            assert told in text, told
    chinese = page(as_hua, case, **CHINESE)
    assert "怎么了？" in chinese
    assert "不亮、闪烁" in chinese


def test_case_view_of_a_public_case_shows_everybody_only_what_was_chosen_from_a_list(
    client: Client, as_dou: Client, new_case: Make
) -> None:
    case = new_case("lamp", answers=ANSWERS)
    for somebody in (client, as_dou):
        text = page(somebody, case)
        assert "Dark, Flickers" in text
        for hidden in ("Which pole?", "Whose is it?", "555 0199", "a.example"):
            assert hidden not in text, hidden


@pytest.mark.parametrize("kind", ["noise", "drain"])
def test_case_view_in_outline_or_summary_shows_no_answer(as_chen: Client, new_case: Make, kind: str) -> None:
    case = new_case(kind, answers={"fault": "2", "pole": "17"})
    Case.objects.filter(pk=case.pk).update(summary="Seen to.", summary_approved=kind == "drain")
    text = page(as_chen, case)
    for hidden in ("What is wrong?", "Flickers", "Which pole?"):
        assert hidden not in text, hidden


def test_report_check_shows_what_was_answered(client: Client, island: Island) -> None:
    where = client.post("/report/", {"text": "Dark.", "category": "lamp"})["Location"]
    assert "read only by those who handle the matter" in client.get(where).content.decode()
    check = client.post(where, {"place_text": "U111", "q_fault": "1", "q_pole": "17"})["Location"]
    text = client.get(check).content.decode()
    for told in ("What is wrong?", "Dark", "Which pole?", "17"):
        assert told in text, told


def test_questions_form_offers_the_choices_in_the_readers_language(asked: list[CategoryQuestion]) -> None:
    with override("zh-hans"):
        assert QuestionsForm(questions=asked[:1]).fields["q_fault"].choices == [("1", "不亮"), ("2", "闪烁")]
    assert QuestionsForm(questions=asked[:1]).fields["q_fault"].choices == [("1", "Dark"), ("2", "Flickers")]


def test_export_has_the_answers_that_the_post_may_read(
    as_hua: Client, as_chen: Client, new_case: Make
) -> None:
    new_case("lamp", answers=ANSWERS)

    def cells(client: Client) -> str:
        answer = client.get("/cases/staff/cases.csv")
        return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]

    assert "Which pole? 17\nWhose is it? Ask Dou, 555 0199" in cells(as_hua)
    assert "What is wrong? Flickers\nWhat else? Dark, Flickers" in cells(as_chen)
    assert "555 0199" not in cells(as_chen)


def test_export_of_a_person_has_her_answers(island: Island, new_case: Make) -> None:
    new_case("lamp", answers=ANSWERS)
    assert export(island.people["amal"].pk)["matters"][0]["answers"] == ANSWERS
