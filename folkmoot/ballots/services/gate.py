"""The gate of an open poll: people pass at once up to its rate, above it they wait, and at its population it shuts.

It counts and asks for no address. The counters move in the transaction that gives the paper out, so what was not
given out was not counted. Of a person it knows that she waits, never since when.
"""

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from folkmoot.ballots.models import Admission, Gate, RollEntry, Taken, Waiting
from folkmoot.ballots.services.giving import lock_giving, require_giving
from folkmoot.base import clock
from folkmoot.base.errors import Refused, TooMany

SECONDS = 60


class MustWait(TooMany):
    """More people ask than papers are given out at once: two organisers decide about those who wait."""

    def __init__(self) -> None:
        super().__init__(_(
            "Very many people ask for a paper at once, so yours has to wait. Two organisers let those who wait in, "
            "or say publicly why not. Nothing is lost."
        ))  # fmt: skip


def require_let_in(entry: RollEntry) -> bool:
    """Whether two organisers let this person in; False for one who never had to wait.

    Raises: MustWait for one who waits, Refused with the reason for one who was not let in.
    """
    waiting = Waiting.objects.filter(entry=entry).first()
    if waiting is None:
        return False
    if waiting.admission == Admission.WAITING:
        raise MustWait()
    if waiting.admission == Admission.REFUSED:
        why = _("The organisers let nobody in who waited then. Their reason: %(reason)s")
        raise Refused(why % {"reason": waiting.reason})
    return True


def pass_gate(entry: RollEntry) -> None:
    """Counts somebody through who takes a first paper, in the caller's transaction and under the poll's lock.

    Raises: MustWait above the rate, Refused when as many have papers as people live there, or was not let in.
    """
    if Taken.objects.filter(entry=entry).exists():
        return  # she passed with her first paper
    is_let_in = require_let_in(entry)
    free = Gate.objects.filter(poll=entry.poll_id, issued__lt=entry.poll.population)
    if free.update(issued=F("issued") + 1) if is_let_in else _passes_at_once(free):
        return
    if not free.exists():
        raise Refused(_("As many people have papers as live here: no more are given out."))
    raise MustWait()


def _passes_at_once(free: QuerySet[Gate]) -> bool:
    """Whether this minute has room. A clock that went back does not give the minute again."""
    minute = int(clock.now().timestamp()) // SECONDS
    more = {"at_once": F("at_once") + 1, "issued": F("issued") + 1}
    if free.filter(minute__lt=minute, rate__gt=0).update(minute=minute, in_minute=1, **more):
        return True
    here = free.filter(minute__gte=minute, in_minute__lt=F("rate"))
    return here.update(in_minute=F("in_minute") + 1, **more) == 1


def put_in_line(entry: RollEntry) -> None:
    """Notes that somebody waits, once. Raises Refused when papers are not given out any more."""
    with transaction.atomic():
        lock_giving(entry.poll)
        require_giving(entry.poll)
        _waiting, is_new = Waiting.objects.get_or_create(entry=entry)
        if is_new:
            Gate.objects.filter(poll=entry.poll_id).update(waiting=F("waiting") + 1)
