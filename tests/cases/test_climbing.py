"""The ladder at work on real rows."""

from collections.abc import Callable
from datetime import date

import pytest

from folkmoot.base.actors import CLOCK
from folkmoot.base.errors import NotAllowed, Refused, StaleState
from folkmoot.cases import services
from folkmoot.cases.models import Case, CaseRung
from folkmoot.cases.states import CaseState
from folkmoot.channels.models import Message
from folkmoot.journal.models import Act
from folkmoot.people.models import Post, Tenure
from tests.factories.island import Island


def acts(case: Case) -> list[str]:
    return list(case.events.values_list("act", flat=True))


def test_report_case_stands_with_the_unit_chief(island: Island, new_case: Callable[..., Case]) -> None:
    case = new_case()
    assert (case.state, case.post, case.rung) == (CaseState.ASSIGNED, island.unit_chief, island["U111"])
    assert acts(case) == ["report", "assign"]
    kinds = Act.objects.filter(object_ref=case.ref).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["case.reported", "case.assigned"]
    told = Message.objects.filter(origin=case.ref).order_by("pk").values_list("person__name", "notice")
    assert list(told) == [("Hua", "case.yours")]


def test_report_case_skips_vacant_posts_and_says_why(island: Island, new_case: Callable[..., Case]) -> None:
    case = new_case(code="U121")
    assert (case.post, case.rung_rank, case.highest_rank) == (island.secretary, 30, 30)
    skipped = case.events.get(act="assign").params["skipped"]
    assert skipped == [
        {"area": island["U121"].pk, "why": "vacant"},
        {"area": island["G12"].pk, "why": "vacant"},
    ]


def test_report_case_about_a_post_skips_holder_and_all_under(
    island: Island, new_case: Callable[..., Case]
) -> None:
    case = new_case("noise", about_post=island.secretary)
    assert case.post == island.officer
    assert case.publicity == "private"


def test_climb_due_cases_goes_up_when_nobody_signs(
    island: Island, new_case: Callable[..., Case], at: Callable[[str], object]
) -> None:
    at("2026-11-19 09:00")
    case = new_case()
    at("2026-11-19 12:59")
    assert services.climb_due_cases() == 0
    at("2026-11-19 13:00")
    assert services.climb_due_cases() == 1
    case.refresh_from_db()
    assert (case.post, case.rung, case.terms_missed) == (island.grid_chief, island["G11"], 1)
    assert case.events.get(act="climb").params == {"why": "sign", "skipped": []}
    assert services.climb_due_cases() == 0


def test_climb_due_cases_goes_up_from_a_post_that_falls_vacant(
    island: Island, new_case: Callable[..., Case]
) -> None:
    case = new_case()
    Tenure.objects.filter(post=island.unit_chief).update(until=date(2026, 1, 1))
    Post.objects.filter(pk=island.unit_chief.pk).update(vacant_since=date(2026, 1, 1))
    assert services.climb_due_cases() == 1
    case.refresh_from_db()
    assert (case.post, case.terms_missed) == (island.grid_chief, 0)


def test_climb_case_on_the_top_rung_is_stuck_and_the_overseer_is_told(
    island: Island, new_case: Callable[..., Case], acting: Callable[..., object]
) -> None:
    case = new_case("noise", about_post=island.officer)
    assert case.post == island.overseer
    services.climb_case(actor=CLOCK, case=case, why="sign")
    case.refresh_from_db()
    assert (case.is_stuck, case.post, acts(case)[-1]) == (True, island.overseer, "stuck")
    assert Message.objects.filter(notice="case.stuck_with_you", person=island.kai).count() == 1
    assert services.climb_due_cases() == 0


def test_climb_case_goes_to_the_overseer_where_a_township_is_the_top(
    island: Island, new_case: Callable[..., Case]
) -> None:
    island.overseer.area = island["T"]
    island.overseer.save()
    case = new_case("noise", about_post=island.secretary)
    assert case.post == island.officer
    services.climb_case(actor=CLOCK, case=case, why="solve")
    assert (case.post, case.rung) == (island.overseer, island["T"])
    services.climb_case(actor=CLOCK, case=case, why="solve")
    assert case.is_stuck is False  # the row in hand; the database knows better
    assert Case.objects.get(pk=case.pk).is_stuck is True


def test_received_case_waits_until_a_post_is_filled(island: Island, new_case: Callable[..., Case]) -> None:
    Tenure.objects.all().delete()
    case = new_case(reporter=None)
    assert (case.state, case.post) == (CaseState.RECEIVED, None)
    Tenure.objects.create(post=island.secretary, person=island.bei, since=date(2020, 1, 1))
    assert services.climb_due_cases() == 1
    case.refresh_from_db()
    assert (case.state, case.post) == (CaseState.ASSIGNED, island.secretary)


def test_sign_for_case_by_two_at_once_tells_the_slower_one(
    new_case: Callable[..., Case], acting: Callable[..., object]
) -> None:
    case = new_case()
    same = Case.objects.get(pk=case.pk)
    hua = acting("hua", "unit_chief")
    services.sign_for_case(actor=hua, case=case, seen=case.version)
    with pytest.raises(StaleState):
        services.sign_for_case(actor=hua, case=same, seen=same.version)


def test_escalate_case_gives_fresh_terms_and_stays_visible_below(
    island: Island, new_case: Callable[..., Case], acting: Callable[..., object], at: Callable[[str], object]
) -> None:
    at("2026-11-19 09:00")
    case = new_case("noise")
    at("2026-11-19 10:00")
    services.escalate_case(actor=acting("hua", "unit_chief"), case=case, reason="needs the grid")
    assert (case.post, case.state) == (island.grid_chief, CaseState.ASSIGNED)
    assert list(case.rungs.order_by("pk").values_list("post", flat=True)) == [
        island.unit_chief.pk,
        island.grid_chief.pk,
    ]
    assert CaseRung.objects.filter(case=case, until=None).count() == 1


def test_escalate_case_by_somebody_else_is_refused(
    new_case: Callable[..., Case], acting: Callable[..., object]
) -> None:
    with pytest.raises(NotAllowed):
        services.escalate_case(actor=acting("mei", "next_unit_chief"), case=new_case(), reason="mine")


def test_hand_over_case_keeps_the_term(
    island: Island, new_case: Callable[..., Case], acting: Callable[..., object], at: Callable[[str], object]
) -> None:
    at("2026-11-19 09:00")
    case = new_case()
    due = case.solve_due_at
    at("2026-11-19 11:00")
    services.hand_over_case(
        actor=acting("hua", "unit_chief"), case=case, to_post=island.next_unit_chief, reason="next lane"
    )
    assert (case.post, case.solve_due_at, case.rung) == (island.next_unit_chief, due, island["U112"])


def test_hand_over_case_to_a_vacant_post_is_refused(
    island: Island, new_case: Callable[..., Case], acting: Callable[..., object]
) -> None:
    with pytest.raises(Refused):
        services.hand_over_case(
            actor=acting("hua", "unit_chief"), case=new_case(), to_post=island.vacant_U121, reason="not mine"
        )
