"""What the post does with a case it holds: sign for it, make contact, note, pause, answer."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.cases.models import Case, CaseEvent
from folkmoot.cases.rulebook import rulebook
from folkmoot.cases.rules import is_reporter
from folkmoot.cases.services.step import add_line, take_step
from folkmoot.cases.states import FINAL_STATES
from folkmoot.media.models import Attachment

LONGEST_PAUSE_DAYS = 60


def sign_for_case(*, actor: Actor, case: Case, seen: int | None = None) -> CaseEvent:
    """The post takes the case in hand. Effects: journal `case.signed_for`; the reporter is told."""
    require(actor, "cases.sign_for_case", case)
    with transaction.atomic():
        return take_step(
            case, act="sign_for", actor=actor, seen=seen, signed_at=clock.now(), due_at=case.contact_due_at
        )


def contact_case(
    *, actor: Actor, case: Case, text: str, photos: Sequence[Attachment] = (), seen: int | None = None
) -> CaseEvent:
    """The handler was in touch or on the spot, and says what was found. Effects: journal `case.contacted`."""
    require(actor, "cases.contact_case", case)
    with transaction.atomic():
        return take_step(
            case, act="contact", actor=actor, seen=seen, contacted_at=case.contacted_at or clock.now(),
            due_at=case.solve_due_at, line={"text": text, "photos": photos},
        )  # fmt: skip


def note_case(
    *, actor: Actor, case: Case, text: str, photos: Sequence[Attachment] = (), is_private: bool = False
) -> CaseEvent:
    """Adds a line: the reporter something more, a handler or a called organization a remark.

    Effects: journal `case.noted`; the other side is told. The state stays.
    """
    require(actor, "cases.note_case", case)
    if case.state in FINAL_STATES:
        raise Refused(_("This matter is ended. Reopen it to add something."))
    hidden = is_private and not is_reporter.test(actor, case)
    with transaction.atomic():
        Case.objects.filter(pk=case.pk).update(changed_at=clock.now())
        return add_line(case, act="note", actor=actor, text=text, photos=photos, is_private=hidden)


def pause_case(*, actor: Actor, case: Case, reason: str, until: date, seen: int | None = None) -> CaseEvent:
    """Stops the terms for a stated reason until a stated day. Effects: journal `case.paused`."""
    require(actor, "cases.pause_case", case)
    if case.is_paused:
        raise Refused(_("This matter is paused already."))
    last = clock.today() + timedelta(days=LONGEST_PAUSE_DAYS)
    if not clock.today() < until <= last:
        raise Refused(_("A pause ends on a day between tomorrow and %(last)s.") % {"last": last.isoformat()})
    with transaction.atomic():
        return take_step(
            case, act="pause", actor=actor, seen=seen, paused_at=clock.now(), paused_until=until, due_at=None,
            line={"text": reason, "params": {"until": until.isoformat()}},
        )  # fmt: skip


def resume_case(*, actor: Actor, case: Case, seen: int | None = None) -> CaseEvent:
    """Lets the terms run again; they end later by the working days of the pause. Effects: `case.resumed`."""
    require(actor, "cases.resume_case", case)
    if case.paused_at is None:
        raise Refused(_("This matter is not paused."))
    calendar = rulebook().calendar(clock.today())
    waited = calendar.working_days_between(case.paused_at, clock.now())
    solve = (
        case.solve_due_at and calendar.add_days(case.solve_due_at, waited).at if waited else case.solve_due_at
    )
    contact = case.contact_due_at and calendar.add_days(case.contact_due_at, max(waited, 1)).at
    with transaction.atomic():
        return take_step(
            case, act="resume", actor=actor, seen=seen, paused_at=None, paused_until=None,
            solve_due_at=solve, contact_due_at=contact, due_at=solve if case.contacted_at else contact,
        )  # fmt: skip


def resume_due_cases() -> int:
    """The clock ends pauses whose day has come."""
    due = Case.objects.filter(paused_until__lte=clock.today(), paused_at__isnull=False)
    count = 0
    for case in due:
        try:
            resume_case(actor=CLOCK, case=case)
            count += 1
        except StaleState:  # the handler acted in this very moment
            continue
    return count


def answer_case(
    *, actor: Actor, case: Case, text: str, photos: Sequence[Attachment] = (), seen: int | None = None
) -> CaseEvent:
    """The handler says what was done; now the reporter says whether it is solved. Effects: `case.answered`."""
    require(actor, "cases.answer_case", case)
    now = clock.now()
    with transaction.atomic():
        return take_step(
            case, act="answer", actor=actor, seen=seen, answered_at=now, due_at=None, paused_at=None,
            paused_until=None, signed_at=case.signed_at or now, contacted_at=case.contacted_at or now,
            line={"text": text, "photos": photos},
        )  # fmt: skip
