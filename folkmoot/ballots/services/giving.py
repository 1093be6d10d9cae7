"""Giving papers out: claims, slips, hand papers. None of it leaves a record of its own: no journal, no time, no serial.

Whoever gives something out holds the poll's lock together with all others who do; whoever ends the giving out holds
it alone. So nothing is given out after it was counted.
"""

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from folkmoot.ballots import queries
from folkmoot.ballots.models import Channel, Claim, Poll, RollEntry, SlipBatch, Taken
from folkmoot.ballots.services.step import require_state
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.ids import new_claim_code
from folkmoot.base.permissions import require

LOCK_FAMILY = 0x6D6F6F74  # of PostgreSQL's advisory locks; the other half is the poll


def lock_giving(poll: Poll, *, is_alone: bool = False) -> None:
    """Takes the poll's lock until the end of the transaction, shared or alone. SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    kind = "" if is_alone else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{kind}(%s, %s)", [LOCK_FAMILY, poll.pk])


def require_giving(poll: Poll) -> None:
    """Raises Refused when no papers are given out now, by state or by the calendar. To be asked under the lock."""
    require_given(Poll.objects.only(*queries.GIVING_FIELDS).get(pk=poll.pk))


def require_given(poll: Poll) -> None:
    """The same for a poll as it was read. Raises Refused."""
    is_past = any(moment is not None and moment <= clock.now() for moment in (poll.casts_at, poll.closes_at))
    if not poll.is_giving or is_past:
        raise Refused(_("No papers are given out for this vote now."))


def issue_claim(*, actor: Actor, entry: RollEntry) -> str:
    """Makes a bearer code for one person's papers: for herself, or at the desk for the person standing before it.

    A new code replaces the one before. Raises: Refused when papers are not given out, or not online.
    Effects: one row without time; nothing else.
    """
    require(actor, "ballots.issue_claim", entry)
    require_state(entry.poll, "issue_claim")
    if not queries.has_channel(entry, Channel.TOKEN):
        raise Refused(_("This group does not vote online. Ask at the desk for a slip or a paper."))
    code = new_claim_code()
    try:
        with transaction.atomic():
            lock_giving(entry.poll)
            require_giving(entry.poll)
            Claim.objects.filter(entry=entry).delete()
            Claim.objects.create(code_hash=queries.hash_of_claim(code), entry=entry)
    except IntegrityError:  # asked for twice in this very moment: the other code holds
        raise StaleState() from None
    return code


def draw_slip(*, actor: Actor, entry: RollEntry) -> None:
    """Notes that a person draws a slip: never which. It is good for all papers, so none may be taken before.

    Raises: Refused when a paper was taken already, or no slip is left. Effects: rows without time; nothing else.
    """
    require(actor, "ballots.draw_slip", entry)
    require_state(entry.poll, "draw_slip")
    with transaction.atomic():
        lock_giving(entry.poll)
        require_giving(entry.poll)
        batch = SlipBatch.objects.filter(stratum=entry.stratum.votes_in_id, is_given_back=False).first()
        if batch is None:
            raise Refused(_("There are no slips for this group."))
        drawn = queries.drawn_slips(entry.poll).get(batch.stratum_id, 0)
        if drawn + batch.returned >= batch.printed:
            raise Refused(_("All slips of this group are drawn."))
        if Taken.objects.filter(entry=entry).exists():
            raise Refused(_("This person has taken a paper already."))
        _take_all(entry, Channel.SLIP)


def give_hand_paper(*, actor: Actor, entry: RollEntry) -> int:
    """Gives the printed papers of all questions of which none was taken yet; returns how many.

    Raises: Refused when nothing is left to give. Effects: rows without time; nothing else.
    """
    require(actor, "ballots.give_hand_paper", entry)
    require_state(entry.poll, "give_hand_paper")
    if not queries.has_channel(entry, Channel.HAND):
        raise Refused(_("This group does not vote on paper."))
    with transaction.atomic():
        lock_giving(entry.poll)
        require_giving(entry.poll)
        given = _take_all(entry, Channel.HAND)
        if not given:
            raise Refused(_("This person has taken a paper already."))
    return given


def _take_all(entry: RollEntry, kind: Channel) -> int:
    known = set(Taken.objects.filter(entry=entry).values_list("paper", flat=True))
    left = [paper for paper in entry.poll.papers.all() if paper.pk not in known]
    try:
        with transaction.atomic():
            Taken.objects.bulk_create(Taken(entry=entry, paper=paper, kind=kind) for paper in left)
    except IntegrityError:  # in this very moment she took one by another way
        raise StaleState() from None
    return len(left)
