"""Joint handling: the lead calls organizations in; each has its own term, answers, and is rated by the caller."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.base.transition import move
from folkmoot.cases.models import Case, JointCall
from folkmoot.cases.rulebook import rulebook
from folkmoot.cases.services.step import add_line, take_step
from folkmoot.journal import services as journal
from folkmoot.people.models import Organization

_CALLED, _ANSWERED, _ABSENT = JointCall.State.CALLED, JointCall.State.ANSWERED, JointCall.State.ABSENT
TRANSITIONS: dict[tuple[str, str], str] = {
    (_CALLED, "answer"): _ANSWERED,
    (_ABSENT, "answer"): _ANSWERED,
    (_CALLED, "mark_absent"): _ABSENT,
    (_ANSWERED, "rate"): _ANSWERED,
    (_ABSENT, "rate"): _ABSENT,
}


def call_in_case(
    *, actor: Actor, case: Case, organization: Organization, request: str, days: int, seen: int | None = None
) -> JointCall:
    """The lead calls an organization in and says what is asked of it, within some working days.

    Effects: journal `case.called_in`; the heads of the organization are told. Source: S2.19, P11.
    """
    require(actor, "cases.call_in_case", case)
    if case.calls.filter(organization=organization, state=_CALLED).exists():
        raise Refused(
            _("%(organization)s is called in already and has not answered yet.")
            % {"organization": organization}
        )
    assert actor.post is not None
    now = clock.now()
    due = rulebook().calendar(clock.today()).add_days(now, days).at
    with transaction.atomic():
        call = JointCall.objects.create(
            case=case,
            organization=organization,
            called_by_id=actor.post.id,
            request=request,
            at=now,
            due_at=due,
        )
        take_step(
            case, act="call_in", actor=actor, seen=seen,
            line={"organization": organization, "text": request, "params": {"due": due.isoformat()}},
        )  # fmt: skip
    return call


def answer_call(*, actor: Actor, call: JointCall, text: str, seen: int | None = None) -> JointCall:
    """The organization called in says what it did. Effects: journal `case.call_answered`; the lead is told."""
    require(actor, "cases.answer_call", call)
    with transaction.atomic():
        move(call, act="answer", table=TRANSITIONS, seen=seen, answer=text, answered_at=clock.now())
        add_line(call.case, act="call_answer", actor=actor, organization=call.organization, text=text)
    return call


def rate_call(*, actor: Actor, call: JointCall, rating: int) -> JointCall:
    """The caller rates the help, 1 to 5. Effects: journal `call.rated`."""
    require(actor, "cases.rate_call", call)
    with transaction.atomic():
        move(call, act="rate", table=TRANSITIONS, rating=rating)
        journal.record("call.rated", actor=actor, obj=call.case.ref, call=call.pk, rating=rating)
    return call


def mark_absent_calls() -> int:
    """The clock notes organizations that did not answer in their term; they can still answer late."""
    require(CLOCK, "cases.mark_absent_call")
    count = 0
    late = JointCall.objects.filter(state=_CALLED, due_at__lte=clock.now()).select_related(
        "case", "organization"
    )
    for call in late:
        with transaction.atomic():
            move(call, act="mark_absent", table=TRANSITIONS)
            add_line(call.case, act="call_absent", actor=CLOCK, organization=call.organization)
        count += 1
    return count
