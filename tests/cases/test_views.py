"""The pages of cases: what they say, whom they refuse, how many questions they ask the database."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from folkmoot.base.actors import Actor
from folkmoot.cases import services
from folkmoot.cases.models import Case, Category
from tests.factories.island import Island

Make, Acting, At = Callable[..., Case], Callable[..., Actor], Callable[[str], object]


def page(client: Client, address: str, **extra: Any) -> str:
    answer = client.get(address, **extra)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_case_view_says_why_a_vacant_post_was_passed_over(
    client: Client, new_case: Make, island: Island
) -> None:
    case = new_case(code="U121")
    text = page(client, f"/cases/{case.number}/")
    assert "The post for Unit 121 is vacant. The post for Grid 12 is vacant." in text
    assert "It stands with" in text
    chinese = page(client, f"/cases/{case.number}/", headers={"accept-language": "zh-CN"})
    assert "121单元的岗位空缺。" in chinese


def test_case_view_explains_the_due_date_over_a_makeup_saturday(
    client: Client, new_case: Make, at: At
) -> None:
    at("2026-11-20 13:00")
    case = new_case()
    # Three working days: Saturday 21 counts, Monday 23, Tuesday 24 is a holiday, Wednesday 25.
    assert case.solve_due_at is not None
    text = page(client, f"/cases/{case.number}/")
    assert "Wednesday 18:00 at the latest" in text
    assert "has 3 working days." in text
    assert "Saturday 21 November (Lantern make-up day) is a make-up working day and counts." in text
    assert "Tuesday 24 November (Lantern day) is a public holiday and does not count." in text
    chinese = page(client, f"/cases/{case.number}/", headers={"accept-language": "zh-CN"})
    assert "11月21日（星期六）（灯节调休）是调休上班日，计入。" in chinese


def test_case_view_of_a_private_case_is_not_there_for_a_stranger(
    client: Client, as_dou: Client, new_case: Make
) -> None:
    case = new_case("noise")
    for somebody in (client, as_dou):
        answer = somebody.get(f"/cases/{case.number}/")
        assert answer.status_code == 404
        assert case.text not in answer.content.decode()


def test_case_view_of_a_private_case_below_shows_an_upper_post_the_outline_only(
    as_chen: Client, new_case: Make
) -> None:
    case = new_case("noise", text="The neighbour at number 7 shouts at night.", place_text="number 7")
    text = page(as_chen, f"/cases/{case.number}/")
    assert case.number in text
    assert "Neighbours" in text
    assert "at the latest" in text
    for secret in ("shouts", "number 7", "Unit 111 ·", "Reported on the web"):
        assert secret not in text, secret


def test_case_view_hides_private_lines_from_everybody_else(
    client: Client, as_amal: Client, new_case: Make, acting: Acting
) -> None:
    case = new_case()
    services.note_case(
        actor=acting("hua", "unit_chief"), case=case, text="The fuse is ours.", is_private=True
    )
    assert "The fuse is ours." in page(as_amal, f"/cases/{case.number}/")
    assert "The fuse is ours." not in page(client, f"/cases/{case.number}/")


@pytest.mark.parametrize(
    "act", ["sign-for", "answer", "escalate", "decline", "call-in", "pause", "hand-over"]
)
def test_act_page_refuses_who_does_not_hold_the_case(
    as_guo: Client, client: Client, new_case: Make, act: str
) -> None:
    case = new_case()
    assert as_guo.get(f"/cases/{case.number}/{act}/").status_code == 403
    assert client.get(f"/cases/{case.number}/{act}/").status_code == 302


def test_act_page_keeps_what_was_typed_when_refused(as_hua: Client, new_case: Make) -> None:
    case = new_case()
    as_hua.post(f"/cases/{case.number}/sign-for/", {"seen": case.version})
    answer = as_hua.post(
        f"/cases/{case.number}/pause/", {"text": "The part is ordered.", "until": "2020-01-01"}
    )
    assert answer.status_code == 422
    assert "The part is ordered." in answer.content.decode()
    case.refresh_from_db()
    assert case.paused_at is None


def test_act_page_tells_the_slower_one(as_hua: Client, new_case: Make) -> None:
    case = new_case()
    assert as_hua.post(f"/cases/{case.number}/sign-for/", {"seen": case.version}).status_code == 302
    answer = as_hua.post(f"/cases/{case.number}/answer/", {"seen": case.version, "text": "Mended."})
    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.content.decode()


def test_report_of_a_visitor_is_followed_and_closed_with_the_code(
    client: Client, rules: dict[str, Category], island: Island, acting: Acting
) -> None:
    first = client.post("/report/", {"text": "The lamp is dark.", "category": "lamp"})
    where = client.post(first["Location"], {"place_text": "U111"})
    sent = client.post(where["Location"], {"publicity": "private"})
    done = client.get(sent["Location"]).content.decode()
    case = Case.objects.get()
    assert (case.reporter, case.publicity, case.post) == (None, "private", island.unit_chief)
    code = done.split('class="code"')[-1] if 'class="code"' in done else done
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    assert found is not None
    services.answer_case(actor=acting("hua", "unit_chief"), case=case, text="New bulb.")
    other = Client()
    assert other.get(f"/cases/{case.number}/").status_code == 404
    assert other.post("/follow/", {"number": case.number, "claim": "AAAA-AAAA-AAAA"}).status_code == 422
    typed = found[0].lower().replace("-", " ")
    assert (
        other.post("/follow/", {"number": case.number, "claim": typed})["Location"]
        == f"/cases/{case.number}/"
    )
    closed = other.post(f"/cases/{case.number}/close/", {"solved": "yes", "rating": "4"})
    case.refresh_from_db()
    assert (closed.status_code, case.state, case.rating) == (302, "closed", 4)


def test_report_sent_twice_is_stored_once(client: Client, rules: dict[str, Category], island: Island) -> None:
    first = client.post("/report/", {"text": "The lamp is dark.", "category": "lamp"})
    where = client.post(first["Location"], {"place_text": "U111"})
    for _ in range(2):
        sent = client.post(where["Location"], {"publicity": "public"})
        assert client.get(sent["Location"]).status_code == 200
    assert Case.objects.count() == 1


def test_case_list_asks_the_same_number_of_questions_at_1_and_3_rows(
    client: Client, new_case: Make, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for _ in (1, 2, 3):
        new_case()
        with django_assert_max_num_queries(12) as asked:
            page(client, "/cases/")
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_staff_list_and_work_ask_the_same_number_of_questions_at_1_and_3_rows(
    as_hua: Client, new_case: Make, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for _ in (1, 2, 3):
        new_case("noise")
        with django_assert_max_num_queries(25) as asked:
            page(as_hua, "/cases/staff/")
        with django_assert_max_num_queries(25) as work:
            page(as_hua, "/my/work/")
        counts.append((len(asked), len(work)))
    assert counts[0] == counts[2]


def test_place_page_asks_at_most_12_questions(
    client: Client, new_case: Make, island: Island, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        new_case()
    with django_assert_max_num_queries(12):
        text = page(client, "/places/V1/")
    assert "What is going on in North Cove" in text


def test_export_hides_what_an_upper_post_may_not_read(as_chen: Client, new_case: Make) -> None:
    hidden, shown = new_case("noise", text="Shouts at night."), new_case(text="=cmd()|dark lamp")
    answer = as_chen.get("/cases/staff/cases.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    rows = {line.split(",")[0]: line for line in lines[1:]}
    assert "Shouts" not in rows[hidden.number]
    assert rows[hidden.number].startswith(f"{hidden.number},,noise,,unit,,,")
    assert "'=cmd()|dark lamp" in rows[shown.number]


def test_figures_hide_small_groups(client: Client, new_case: Make, acting: Acting, at: At) -> None:
    from folkmoot.base import clock
    from folkmoot.cases.figures import quarter_of, recount

    at("2026-11-19 09:00")
    for number in range(5):
        case = new_case()
        services.answer_case(actor=acting("hua", "unit_chief"), case=case, text="Done.")
        services.close_case(actor=acting("amal"), case=case, rating=5)
        recount(quarter_of(clock.today()))
        text = page(client, "/cases/figures/U111/")
        assert ("fewer than 5 were reported or closed" in text) == (number < 4)
        assert ("5 of 5" in text) == (number == 4)
