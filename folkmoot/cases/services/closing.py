"""Closing belongs to the reporter: solved or not, 1 to 5; else to an independent call-back, or to stated silence."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.cases.models import Case, CaseEvent, CaseRule
from folkmoot.cases.rulebook import rulebook
from folkmoot.cases.services.climbing import find_rung, stand_on
from folkmoot.cases.services.step import take_step
from folkmoot.cases.states import CaseState


def _closed(by: str, **more: Any) -> dict[str, Any]:
    return {"closed_at": clock.now(), "closed_by": by, "due_at": None, **more}


def close_case(
    *, actor: Actor, case: Case, rating: int | None, text: str = "", seen: int | None = None
) -> CaseEvent:
    """The reporter says: solved. Effects: journal `case.closed`; all who took part are told, the rating is not."""
    require(actor, "cases.close_case", case)
    with transaction.atomic():
        return take_step(
            case, act="close", actor=actor, seen=seen, **_closed(Case.ClosedBy.REPORTER, solved=True, rating=rating),
            line={"text": text, "is_private": bool(text)},
        )  # fmt: skip


def call_back_case(
    *, actor: Actor, case: Case, solved: bool, text: str, seen: int | None = None
) -> CaseEvent:
    """Somebody who had no part asks the reporter: solved closes, not solved reopens one level higher.

    Effects: journal `case.called_back` or `case.reopened`.
    """
    require(actor, "cases.call_back_case", case)
    with transaction.atomic():
        if not solved:
            return _one_level_higher(case, actor=actor, text=text, seen=seen)
        return take_step(
            case, act="call_back", actor=actor, seen=seen, **_closed(Case.ClosedBy.CALL_BACK, solved=True),
            line={"text": text},
        )  # fmt: skip


def reopen_case(*, actor: Actor, case: Case, text: str, seen: int | None = None) -> CaseEvent:
    """The reporter says: not solved. The case goes one level higher, to somebody else.

    Raises Refused after the days in which a closed case can be reopened. Effects: journal `case.reopened`.
    """
    require(actor, "cases.reopen_case", case)
    days = rulebook().number(CaseRule.Name.REOPEN, clock.today())
    if case.closed_at is not None and clock.now() > case.closed_at + timedelta(days=days):
        raise Refused(
            _(
                "This was closed more than %(days)d days ago. Please report it anew and name number %(number)s."
            )
            % {"days": days, "number": case.number}
        )
    with transaction.atomic():
        return _one_level_higher(case, actor=actor, text=text, seen=seen)


def _one_level_higher(case: Case, *, actor: Actor, text: str, seen: int | None) -> CaseEvent:
    """Reopens above the highest rung so far, with a post that nobody of the former handlers holds."""
    former = frozenset(case.rungs.exclude(holder=None).values_list("holder_id", flat=True))
    found = find_rung(case, above=case.rung_rank, avoid=former)
    if found.rung is None:
        raise Refused(
            _(
                "This stands with the highest post already. The overseer named on the page of the place is the next."
            )
        )
    return stand_on(
        case, found, act="reopen", actor=actor, seen=seen, text=text, reopened=case.reopened + 1,
        answered_at=None, closed_at=None, closed_by="", solved=None, rating=None,
    )  # fmt: skip


def withdraw_case(*, actor: Actor, case: Case, text: str = "", seen: int | None = None) -> CaseEvent:
    """The reporter needs it no more. Effects: journal `case.withdrawn`."""
    require(actor, "cases.withdraw_case", case)
    with transaction.atomic():
        return take_step(
            case,
            act="withdraw",
            actor=actor,
            seen=seen,
            due_at=None,
            closed_at=clock.now(),
            line={"text": text},
        )


def close_silent_cases() -> int:
    """The clock closes answered cases after the stated days of silence, and says so.

    Effects: journal `case.closed_silent`. Whether it was solved stays unknown.
    """
    require(CLOCK, "cases.close_silent_case")
    days = rulebook().number(CaseRule.Name.SILENCE, clock.today())
    due = Case.objects.filter(state=CaseState.ANSWERED, answered_at__lte=clock.now() - timedelta(days=days))
    count = 0
    for case in due[:500]:
        try:
            with transaction.atomic():
                take_step(
                    case, act="close_silent", actor=CLOCK, **_closed(Case.ClosedBy.SILENCE),
                    line={"params": {"days": days}},
                )  # fmt: skip
            count += 1
        except StaleState:  # the reporter spoke in this very moment
            continue
    return count
