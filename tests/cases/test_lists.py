"""Lists are the same in whichever way they are read, in the right order, and ask a fixed number of questions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.cases import queries, rules, services
from folkmoot.cases.models import Case
from folkmoot.cases.queries import lists
from folkmoot.cases.states import CaseState
from tests.cases.test_queries import ACTORS, lived, steps
from tests.factories.island import Island

Make, Acting = Callable[..., Case], Callable[..., Actor]
WITH_POST = [(name, post) for name, post in ACTORS if post is not None]
of_post = (
    rules.stands_with | rules.entered | rules.has_handled | rules.is_called_in | rules.is_above
) & ~rules.is_concerned


@given(steps)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_staff_cases_equals_the_rules_walked_and_sorted(
    island: Island, new_case: Make, acting: Acting, stories: list[tuple]
) -> None:
    with lived(island, new_case, acting, stories):
        cases = list(Case.objects.all())
        for name, post in WITH_POST:
            actor = acting(name, post)
            expected = {case for case in cases if of_post.test(actor, case)}
            inside = {case for case in expected if case.area_path.startswith(island["V1"].path)}
            for many in (0, 1_000):
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(lists, "MANY", many)
                    assert set(queries.staff_cases(actor)) == expected
                    assert set(queries.staff_cases(actor, island["V1"].path)) == inside


@pytest.mark.parametrize("many", [0, 1_000])
def test_shown_in_is_the_same_walked_and_sorted(
    island: Island, new_case: Make, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(lists, "MANY", many)
    older, newer, _elsewhere = new_case(code="U111"), new_case(code="U121"), new_case(code="U211")
    new_case("noise", code="U111")
    assert list(queries.shown_in(island["V1"])) == [newer, older]


@pytest.mark.parametrize("many", [0, 1_000])
def test_call_backs_waiting_for_is_the_same_walked_and_sorted(
    new_case: Make, acting: Acting, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(lists, "MANY", many)
    case = new_case()
    services.answer_case(actor=acting("hua", "unit_chief"), case=case, text="Done.")
    assert list(queries.call_backs_waiting_for(acting("bei", "secretary"))) == [case]
    assert list(queries.call_backs_waiting_for(acting("hua", "unit_chief"))) == []
    assert list(queries.call_backs_waiting_for(acting("oya", "other_secretary"))) == []


@pytest.mark.parametrize("many", [0, 1_000])
def test_appeals_waiting_for_is_the_same_walked_and_sorted(
    new_case: Make, acting: Acting, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(lists, "MANY", many)
    case = new_case()
    services.decline_case(actor=acting("hua", "unit_chief"), case=case, reason="Not ours.")
    services.appeal_case(actor=acting("amal"), case=case, reason="It is.")
    assert list(queries.appeals_waiting_for(acting("guo", "grid_chief"))) == [case]
    assert list(queries.appeals_waiting_for(acting("oya", "other_secretary"))) == []


def test_queue_of_has_paused_cases_last(island: Island, new_case: Make, acting: Acting) -> None:
    paused, waiting = new_case(), new_case()
    hua = acting("hua", "unit_chief")
    services.sign_for_case(actor=hua, case=paused)
    services.pause_case(actor=hua, case=paused, reason="Rain.", until=clock.today() + timedelta(days=3))
    assert list(queries.queue_of(island.unit_chief.pk)) == [waiting, paused]


def test_late_cases_are_those_past_their_last_term_and_those_stuck(new_case: Make) -> None:
    late, stuck, _in_time, closed = new_case(), new_case(), new_case(), new_case()
    past = clock.now() - timedelta(hours=1)
    Case.objects.filter(pk__in=[late.pk, closed.pk]).update(solve_due_at=past)
    Case.objects.filter(pk=closed.pk).update(state=CaseState.CLOSED)
    Case.objects.filter(pk=stuck.pk).update(is_stuck=True)
    assert set(Case.objects.filter(pk__in=queries.late_cases())) == {late, stuck}


@pytest.mark.parametrize("rows", [1, 3])
def test_staff_list_asks_a_fixed_number_of_questions(
    new_case: Make, as_bei: Client, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        new_case("noise")
    as_bei.get("/cases/staff/")
    with django_assert_num_queries(9):
        page = as_bei.get("/cases/staff/", {"category": "noise", "level": "50"})
    assert len(page.context["listing"].rows) == rows


def test_made_columns_follow_the_row(new_case: Make) -> None:
    case = new_case("drain")
    found = Case.objects.filter(pk=case.pk)
    assert found.values_list("is_handled", "is_shown").get() == (True, False)
    found.update(summary_approved=True, state=CaseState.ANSWERED)
    assert found.values_list("is_handled", "is_shown").get() == (False, True)
    found.update(publicity="private")
    assert found.values_list("is_handled", "is_shown").get() == (False, False)
