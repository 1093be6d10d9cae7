"""Two reports of one matter: following it, and joining with the second reporter's consent."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.cases.models import Case, CaseEvent, CaseFollower
from folkmoot.cases.services.step import add_line, take_step
from folkmoot.journal import services as journal


def follow_case(*, actor: Actor, case: Case) -> CaseFollower:
    """The actor will hear how the case goes on. Effects: journal `case.followed`."""
    require(actor, "cases.follow_case", case)
    assert actor.person_id is not None
    with transaction.atomic():
        follower, is_new = CaseFollower.objects.get_or_create(case=case, person_id=actor.person_id)
        if is_new:
            journal.record("case.followed", actor=actor, obj=case.ref)
    return follower


def unfollow_case(*, actor: Actor, case: Case) -> None:
    """The actor will hear no more of the case. Effects: journal `case.unfollowed`."""
    require(actor, "cases.follow_case", case)
    assert actor.person_id is not None
    with transaction.atomic():
        CaseFollower.objects.filter(case=case, person_id=actor.person_id).delete()
        journal.record("case.unfollowed", actor=actor, obj=case.ref)


def propose_join(*, actor: Actor, case: Case, earlier: Case) -> CaseEvent:
    """The handler proposes that `case` is the same matter as an earlier one. Effects: `case.join_proposed`."""
    require(actor, "cases.propose_join", case)
    require(actor, "cases.view_case", earlier)
    if earlier.pk == case.pk or not earlier.is_open or earlier.reported_at > case.reported_at:
        raise Refused(_("Choose an open matter that was reported before this one."))
    with transaction.atomic():
        Case.objects.filter(pk=case.pk).update(join_proposed=earlier, changed_at=clock.now())
        case.join_proposed = earlier
        return add_line(
            case, act="propose_join", actor=actor, params={"number": earlier.number}, is_private=True
        )


def join_case(*, actor: Actor, case: Case, seen: int | None = None) -> CaseEvent:
    """The second reporter agrees: her matter ends here, and she follows the earlier one.

    Effects: journal `case.joined`; she hears of every step of the earlier case.
    """
    require(actor, "cases.join_case", case)
    earlier = case.join_proposed
    if earlier is None:
        raise Refused(_("Nobody has proposed to join this matter with another one."))
    with transaction.atomic():
        event = take_step(
            case, act="join", actor=actor, seen=seen, joined_to=earlier, closed_at=clock.now(), due_at=None,
            closed_by=Case.ClosedBy.JOINED, line={"params": {"number": earlier.number}},
        )  # fmt: skip
        if case.reporter_id is not None:
            CaseFollower.objects.get_or_create(case=earlier, person_id=case.reporter_id)
        return event
