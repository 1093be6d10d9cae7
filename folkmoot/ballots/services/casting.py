"""Casting opens and closes: by the chair's word or by the calendar. The box knows first, our rows follow."""

from django.db import transaction

from folkmoot.ballots import boxes
from folkmoot.ballots.models import Cell, Poll
from folkmoot.ballots.services.issuing import close_issuing, forget_taking, publish_issued
from folkmoot.ballots.services.step import require_state, take_step
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.permissions import require


def open_casting(*, actor: Actor, poll: Poll, seen: int | None = None) -> Poll:
    """Opens the vote of a two-phase poll; the giving out of papers ends with it. May be repeated.

    Raises: Refused, StaleState, BoxAway. Effects: journal `poll.casting_opened`; the whole roll is told.
    """
    require(actor, "ballots.open_casting", poll)
    require_state(poll, "open_casting")
    seen = _end_issuing(actor, poll, seen)
    boxes.open_casting(poll.code)
    with transaction.atomic():
        take_step(poll, act="open_casting", actor=actor, seen=seen)
    return poll


def close_poll(*, actor: Actor, poll: Poll, seen: int | None = None) -> Poll:
    """Ends the vote: the box takes no more ballots and says how many keys voted in each cell. May be repeated.

    Raises: Refused, StaleState, BoxAway. Effects: journal `poll.closed`; the whole roll is told; claims and what
    was signed under them are erased.
    """
    require(actor, "ballots.close_poll", poll)
    require_state(poll, "close")
    seen = _end_issuing(actor, poll, seen)
    accepted = boxes.close(poll.code)
    with transaction.atomic():
        take_step(poll, act="close", actor=actor, seen=seen, closed_at=clock.now())
        for cell in Cell.objects.filter(paper__poll=poll).select_related("paper", "stratum"):
            number = accepted[cell.paper.leaf_hash][cell.stratum.code][cell.channel]
            Cell.objects.filter(pk=cell.pk).update(accepted=number)
        forget_taking(poll)
    return poll


def _end_issuing(actor: Actor, poll: Poll, seen: int | None) -> int | None:
    """Ends the giving out if nobody has; returns the version that the act which follows has to find."""
    if poll.issue_closed_at is not None:
        publish_issued(poll)
        return seen
    close_issuing(actor=actor, poll=poll, seen=seen)
    return poll.version
