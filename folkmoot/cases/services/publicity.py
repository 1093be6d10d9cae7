"""What others see of a case: the summary that its reporter approves, and names read only with a trace."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.cases.models import Case, CaseEvent, Publicity
from folkmoot.cases.services.step import add_line

NARROWER = {Publicity.PUBLIC: 2, Publicity.SUMMARY: 1, Publicity.PRIVATE: 0}


def _write(case: Case, seen: int | None, **changes: object) -> None:
    """Changes fields of a case beside its state. Raises StaleState when somebody else was faster."""
    expected = case.version if seen is None else seen
    rows = Case.objects.filter(pk=case.pk, version=expected)
    if rows.update(version=expected + 1, changed_at=clock.now(), **changes) != 1:
        raise StaleState()
    case.version = expected + 1
    for name, value in changes.items():
        setattr(case, name, value)


def summarise_case(*, actor: Actor, case: Case, summary: str, seen: int | None = None) -> CaseEvent:
    """The handler writes what everybody may read; it shows once the reporter approves.

    Effects: journal `case.summarised`; the reporter is asked.
    """
    require(actor, "cases.summarise_case", case)
    if case.publicity != Publicity.SUMMARY:
        raise Refused(_("This matter has no public summary."))
    with transaction.atomic():
        _write(case, seen, summary=summary, summary_approved=False)
        return add_line(case, act="summarise", actor=actor, text=summary, is_private=True)


def approve_summary(*, actor: Actor, case: Case, seen: int | None = None) -> CaseEvent:
    """The reporter lets everybody read the summary. Effects: journal `case.summary_approved`."""
    require(actor, "cases.approve_summary", case)
    if not case.summary:
        raise Refused(_("There is no summary to approve yet."))
    with transaction.atomic():
        _write(case, seen, summary_approved=True)
        return add_line(case, act="approve_summary", actor=actor, is_private=True)


def restrict_case(
    *, actor: Actor, case: Case, publicity: str, reason: str = "", seen: int | None = None
) -> CaseEvent:
    """Shows less of a case than before; never more. Effects: journal `case.restricted`."""
    require(actor, "cases.restrict_case", case)
    if NARROWER[Publicity(publicity)] >= NARROWER[Publicity(case.publicity)]:
        raise Refused(_("A matter can only be shown to fewer people than before."))
    with transaction.atomic():
        _write(case, seen, publicity=publicity, summary_approved=False)
        return add_line(
            case, act="restrict", actor=actor, text=reason, params={"to": publicity}, is_private=True
        )


def read_contact(*, actor: Actor, case: Case) -> tuple[str, str, str]:
    """Name, phone and e-mail of the reporter, if she ticked it; the reading is shown to her.

    Raises Refused when she did not. Effects: journal `case.contact_read`.
    """
    require(actor, "cases.read_contact", case)
    if not case.shares_contact:
        raise Refused(_("The reporter did not want to give name and phone to those who handle the matter."))
    with transaction.atomic():
        add_line(case, act="read_contact", actor=actor, is_private=True)
    reporter = case.reporter
    if reporter is None:
        return case.contact_name, case.contact_phone, case.contact_email
    return (
        case.contact_name or str(reporter),
        case.contact_phone or reporter.phone,
        case.contact_email or reporter.email,
    )
