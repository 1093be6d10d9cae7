"""What becomes of those who wait at the gate of an open poll: one organiser proposes, another one agrees."""

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from folkmoot.ballots import notices, queries
from folkmoot.ballots.models import Admission, Gate, Poll, Proposal, Waiting
from folkmoot.ballots.services.giving import lock_giving, require_giving
from folkmoot.ballots.services.step import add_line, take_step
from folkmoot.ballots.states import PollState
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require


def tell_of_waiting() -> int:
    """Tells those who can decide that people wait, once until they have decided; returns of how many polls.

    A round of the clock does it: no message is written because somebody asked. Effects: journal `poll.waiting_told`.
    """
    require(CLOCK, "ballots.tell_of_waiting")
    told = 0
    casting = Poll.objects.filter(state=PollState.CASTING, issue_closed_at=None)
    polls = casting.filter(gate__waiting__gt=0, gate__is_told=False)
    for poll in polls.select_related("area", "post__area").prefetch_related("papers"):
        with transaction.atomic():
            if Gate.objects.filter(poll=poll, is_told=False).update(is_told=True):
                add_line(poll, act="tell_of_waiting", actor=CLOCK)
                notices.tell_organisers(poll, queries.organisers_of(poll))
                told += 1
    return told


def propose_admission(
    *, actor: Actor, poll: Poll, lets_in: bool, reason: str = "", seen: int | None = None
) -> Poll:  # fmt: skip
    """Proposes to let all in who wait, or to refuse them with a reason. It replaces a proposal made before.

    Raises: Refused when nobody waits and for a refusal without a reason, StaleState.
    Effects: journal `poll.admission_proposed`.
    """
    require(actor, "ballots.propose_admission", poll)
    assert actor.post is not None
    if not lets_in and not reason.strip():
        raise Refused(_("Say why those who wait are not let in: they and everybody else read it."))
    if not _waiting(poll).exists():
        raise Refused(_("Nobody waits now."))
    kept = "" if lets_in else reason.strip()
    with transaction.atomic():
        take_step(
            poll, act="propose_admission", actor=actor, seen=seen, text=kept, params={"lets_in": int(lets_in)}
        )
        said = {
            "lets_in": lets_in,
            "reason": kept,
            "proposed_by_id": actor.person_id,
            "post_id": actor.post.id,
        }
        Proposal.objects.update_or_create(poll=poll, defaults=said)
    return poll


def confirm_admission(*, actor: Actor, poll: Poll, seen: int | None = None) -> Poll:
    """Does what another organiser proposed, to all who wait by now.

    Raises: Refused without a proposal, for whoever made it, and once no papers are given out; StaleState. Effects: journal
    `poll.admission_confirmed`; those who waited are told, in one act and in no order of theirs.
    """
    require(actor, "ballots.confirm_admission", poll)
    with transaction.atomic():
        lock_giving(poll, is_alone=True)
        require_giving(poll)
        proposal = Proposal.objects.filter(poll=poll).first()
        if proposal is None:
            raise Refused(_("Nothing is proposed. Propose it, and another organiser agrees."))
        if proposal.proposed_by_id == actor.person_id:
            raise Refused(_("Somebody else has to agree: two organisers decide together."))
        take_step(
            poll, act="confirm_admission", actor=actor, seen=seen, text=proposal.reason,
            params={"lets_in": int(proposal.lets_in)},
        )  # fmt: skip
        _decide(poll, proposal)
    return poll


def _decide(poll: Poll, proposal: Proposal) -> None:
    waiting = _waiting(poll)
    people = list(waiting.filter(entry__person__isnull=False).values_list("entry__person", flat=True))
    admission = Admission.LET_IN if proposal.lets_in else Admission.REFUSED
    decided = waiting.update(admission=admission, reason=proposal.reason)
    column = str(admission)
    counted = {"waiting": F("waiting") - decided, column: F(column) + decided}
    Gate.objects.filter(poll=poll).update(is_told=False, **counted)
    proposal.delete()
    notices.tell_waiting(poll, sorted(people), lets_in=proposal.lets_in)


def _waiting(poll: Poll) -> QuerySet[Waiting]:
    return Waiting.objects.filter(entry__poll=poll, admission=Admission.WAITING)
