"""Saying no: decline with reason, appeal to the level above; a right is never declined, only referred (S2.27, S2.28)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.cases.models import Case, CaseEvent, Nature
from folkmoot.cases.services.climbing import find_rung, open_rung, stand_on
from folkmoot.cases.services.step import take_step
from folkmoot.people.models import Organization
from folkmoot.people.queries import head_post, holders_by_post


def decline_case(*, actor: Actor, case: Case, reason: str, seen: int | None = None) -> CaseEvent:
    """The post will not handle the case, and says why. Effects: journal `case.declined`.

    Raises Refused for a right: it can only be referred.
    """
    if case.nature == Nature.RIGHT:
        raise Refused(
            _("This is about a right. It cannot be declined, only referred to those who decide about it.")
        )
    require(actor, "cases.decline_case", case)
    if not reason.strip():
        raise Refused(_("Please write the reason: the reporter will read it."))
    with transaction.atomic():
        return take_step(
            case,
            act="decline",
            actor=actor,
            seen=seen,
            due_at=None,
            closed_at=clock.now(),
            line={"text": reason},
        )


def refer_case(
    *, actor: Actor, case: Case, organization: Organization, reason: str, seen: int | None = None
) -> CaseEvent:
    """Gives a case to the organization that decides about such rights. Effects: journal `case.referred`."""
    require(actor, "cases.refer_case", case)
    post = head_post(organization)
    holders = holders_by_post([post.pk]).get(post.pk, []) if post else []
    if post is None or not holders:
        raise Refused(_("%(organization)s has nobody at its head now.") % {"organization": organization})
    with transaction.atomic():
        event = take_step(
            case, act="refer", actor=actor, seen=seen, post=post, signed_at=None, rung_since=clock.now(),
            line={"to_post": post, "organization": organization, "text": reason},
        )  # fmt: skip
        open_rung(case, frozenset(holders))
        return event


def appeal_case(*, actor: Actor, case: Case, reason: str, seen: int | None = None) -> CaseEvent:
    """The reporter asks the level above to look at a declined case. Effects: journal `case.appealed`."""
    require(actor, "cases.appeal_case", case)
    if case.appeal != Case.Appeal.NONE:
        raise Refused(_("An appeal was lodged for this matter before."))
    with transaction.atomic():
        return take_step(
            case, act="appeal", actor=actor, seen=seen, appeal=Case.Appeal.LODGED, line={"text": reason}
        )


def decide_appeal(
    *, actor: Actor, case: Case, upheld: bool, reason: str, seen: int | None = None
) -> CaseEvent:
    """A post above decides: upheld, the case goes on one level higher; not upheld, it stays declined.

    Effects: journal `case.appeal_upheld` or `case.appeal_rejected`.
    """
    require(actor, "cases.decide_appeal", case)
    if case.appeal != Case.Appeal.LODGED:
        raise Refused(_("There is no appeal to decide here."))
    with transaction.atomic():
        if not upheld:
            return take_step(
                case, act="reject_appeal", actor=actor, seen=seen, appeal=Case.Appeal.REJECTED,
                line={"text": reason},
            )  # fmt: skip
        found = find_rung(case, above=case.rung_rank)
        if found.rung is None:
            raise Refused(_("No post above can take this matter now."))
        return stand_on(
            case, found, act="uphold_appeal", actor=actor, seen=seen, text=reason,
            appeal=Case.Appeal.UPHELD, closed_at=None,
        )  # fmt: skip
