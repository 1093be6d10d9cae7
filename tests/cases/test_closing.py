"""The end belongs to the reporter."""

from collections.abc import Callable

import pytest

from folkmoot.base.errors import NotAllowed, Refused
from folkmoot.cases import services
from folkmoot.cases.models import Case
from folkmoot.cases.states import CaseState
from tests.factories.island import Island

Make, Acting, At = Callable[..., Case], Callable[..., object], Callable[[str], object]


def answered(new_case: Make, acting: Acting, **fields: object) -> Case:
    case = new_case(**fields)
    services.sign_for_case(actor=acting("hua", "unit_chief"), case=case)
    services.answer_case(actor=acting("hua", "unit_chief"), case=case, text="New lamp.")
    return case


def test_close_case_by_the_reporter_keeps_solved_and_rating(new_case: Make, acting: Acting) -> None:
    case = answered(new_case, acting)
    services.close_case(actor=acting("amal"), case=case, rating=5)
    assert (case.state, case.solved, case.rating, case.closed_by) == (CaseState.CLOSED, True, 5, "reporter")


def test_close_case_by_the_handler_is_refused(new_case: Make, acting: Acting) -> None:
    case = answered(new_case, acting)
    with pytest.raises(NotAllowed):
        services.close_case(actor=acting("hua", "unit_chief"), case=case, rating=5)


def test_reopen_case_goes_one_level_higher_to_somebody_else(
    island: Island, new_case: Make, acting: Acting
) -> None:
    case = answered(new_case, acting)
    services.reopen_case(actor=acting("amal"), case=case, text="Dark again.")
    assert (case.state, case.post, case.reopened) == (CaseState.ASSIGNED, island.grid_chief, 1)


def test_reopen_case_skips_a_person_who_holds_both_posts(
    island: Island, new_case: Make, acting: Acting
) -> None:
    case = answered(new_case, acting)
    island.grid_chief.tenures.update(person=island.hua)
    services.reopen_case(actor=acting("amal"), case=case, text="Dark again.")
    assert case.post == island.secretary


def test_reopen_case_too_late_is_refused(new_case: Make, acting: Acting, at: At) -> None:
    at("2026-09-01 09:00")
    case = answered(new_case, acting)
    services.close_case(actor=acting("amal"), case=case, rating=None)
    at("2026-10-02 09:01")
    with pytest.raises(Refused):
        services.reopen_case(actor=acting("amal"), case=case, text="Dark again.")


def test_call_back_case_needs_somebody_without_part(new_case: Make, acting: Acting) -> None:
    case = answered(new_case, acting)
    with pytest.raises(NotAllowed):
        services.call_back_case(actor=acting("hua", "unit_chief"), case=case, solved=True, text="fine")
    services.call_back_case(
        actor=acting("bei", "secretary"), case=case, solved=True, text="She says it is bright."
    )
    assert (case.state, case.closed_by, case.rating) == (CaseState.CLOSED, "call_back", None)


def test_close_silent_cases_after_the_stated_days(new_case: Make, acting: Acting, at: At) -> None:
    at("2026-11-02 09:00")
    case = answered(new_case, acting)
    at("2026-11-12 08:59")
    assert services.close_silent_cases() == 0
    at("2026-11-12 09:00")
    assert services.close_silent_cases() == 1
    case.refresh_from_db()
    assert (case.state, case.closed_by, case.solved) == (CaseState.CLOSED, "silence", None)


def test_decline_case_is_never_possible_for_a_right(new_case: Make, acting: Acting) -> None:
    case = new_case("land")
    with pytest.raises(Refused):
        services.decline_case(actor=acting("hua", "unit_chief"), case=case, reason="no")
    assert case.state == CaseState.ASSIGNED


def test_refer_case_gives_a_right_to_those_who_decide(island: Island, new_case: Make, acting: Acting) -> None:
    case = new_case("land")
    services.refer_case(
        actor=acting("hua", "unit_chief"),
        case=case,
        organization=island.water,
        reason="They decide about it.",
    )
    assert case.post == island.water_head


def test_decide_appeal_upheld_goes_on_one_level_higher(
    island: Island, new_case: Make, acting: Acting
) -> None:
    case = new_case("noise")
    services.decline_case(actor=acting("hua", "unit_chief"), case=case, reason="Not our matter.")
    services.appeal_case(actor=acting("amal"), case=case, reason="It is.")
    with pytest.raises(NotAllowed):
        services.decide_appeal(actor=acting("hua", "unit_chief"), case=case, upheld=False, reason="no")
    services.decide_appeal(actor=acting("bei", "secretary"), case=case, upheld=True, reason="She is right.")
    assert (case.state, case.post, case.appeal) == (CaseState.ASSIGNED, island.grid_chief, "upheld")


def test_decide_appeal_not_upheld_is_final(new_case: Make, acting: Acting) -> None:
    case = new_case("noise")
    services.decline_case(actor=acting("hua", "unit_chief"), case=case, reason="Not our matter.")
    services.appeal_case(actor=acting("amal"), case=case, reason="It is.")
    services.decide_appeal(actor=acting("guo", "grid_chief"), case=case, upheld=False, reason="Looked at it.")
    assert (case.state, case.appeal) == (CaseState.DECLINED, "rejected")
    with pytest.raises(Refused):
        services.appeal_case(actor=acting("amal"), case=case, reason="Again.")


def test_answer_call_by_the_organization_and_rate_call_by_the_caller(
    island: Island, new_case: Make, acting: Acting
) -> None:
    case = new_case()
    hua, jin = acting("hua", "unit_chief"), acting("jin", "water_head")
    services.sign_for_case(actor=hua, case=case)
    call = services.call_in_case(
        actor=hua, case=case, organization=island.water, request="Check the pipe.", days=2
    )
    with pytest.raises(NotAllowed):
        services.answer_call(actor=hua, call=call, text="We came.")
    services.answer_call(actor=jin, call=call, text="Pipe mended.")
    services.rate_call(actor=hua, call=call, rating=4)
    call.refresh_from_db()
    assert (call.state, call.answer, call.rating) == ("answered", "Pipe mended.", 4)


def test_pause_case_stops_the_clock_and_resume_gives_the_days_back(
    new_case: Make, acting: Acting, at: At
) -> None:
    from datetime import date

    at("2026-11-16 09:00")
    case = new_case()
    hua = acting("hua", "unit_chief")
    services.sign_for_case(actor=hua, case=case)
    services.contact_case(actor=hua, case=case, text="Seen.")
    due = case.solve_due_at
    services.pause_case(actor=hua, case=case, reason="Part is ordered.", until=date(2026, 11, 19))
    at("2026-11-19 08:00")
    assert services.climb_due_cases() == 0
    assert services.resume_due_cases() == 1
    case.refresh_from_db()
    assert due is not None
    assert due.date() == date(2026, 11, 19)
    assert case.solve_due_at is not None
    assert case.solve_due_at.date() == date(2026, 11, 23)  # Friday, make-up Saturday, Monday


def test_join_case_needs_the_second_reporters_consent(island: Island, new_case: Make, acting: Acting) -> None:
    first, second = new_case(reporter="dou"), new_case()
    services.propose_join(actor=acting("hua", "unit_chief"), case=second, earlier=first)
    assert second.state == CaseState.ASSIGNED
    services.join_case(actor=acting("amal"), case=second)
    assert (second.state, second.joined_to, second.closed_by) == (CaseState.CLOSED, first, "joined")
    assert list(first.followers.values_list("person__name", flat=True)) == ["Amal"]


def test_read_contact_is_refused_unless_the_reporter_ticked_it_and_is_shown_to_her(
    new_case: Make, acting: Acting
) -> None:
    closed = new_case(contact_name="A.", contact_phone="+8619900000009")
    hua = acting("hua", "unit_chief")
    with pytest.raises(Refused):
        services.read_contact(actor=hua, case=closed)
    open_one = new_case(contact_name="A.", contact_phone="+8619900000009", shares_contact=True)
    assert services.read_contact(actor=hua, case=open_one)[:2] == ("A.", "+8619900000009")
    assert open_one.events.last().act == "read_contact"
