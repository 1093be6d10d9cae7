"""The clock's round: what the calendar brings, what a crash left undone, and keys for the pool."""

import logging
from collections.abc import Callable
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db.models import Q, QuerySet
from folkmoot_kernel.tokens import TokenKey as PublicTokenKey

from folkmoot.ballots import queries
from folkmoot.ballots.boxes import BoxAway, BoxRefused
from folkmoot.ballots.models import Drawn, Poll, TokenKey
from folkmoot.ballots.services.casting import close_poll, open_casting
from folkmoot.ballots.services.counting import publish_openings
from folkmoot.ballots.services.issuing import close_issuing
from folkmoot.ballots.services.results import objection_end, publish_result
from folkmoot.ballots.services.taking_part import leave_poll
from folkmoot.ballots.states import PollState
from folkmoot.base import clock
from folkmoot.base.actors import CLOCK
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require

POOL = 12  # keys that lie ready although no draft needs them
KEYS_AT_ONCE = 2  # each takes a fifth of a second, and other work of the clock waits for it
DAYS_TO_ASK = 30  # after the close; then the observers of an audit have come too late
RSA_BITS, RSA_EXPONENT = 2048, 65_537

log = logging.getLogger("folkmoot.ballots")


def fill_key_pool() -> int:
    """Makes token keys ahead of need, a few in each round; returns how many."""
    require(CLOCK, "ballots.fill_key_pool")
    wanted = max(POOL, queries.needed_by_drafts()) - queries.pooled_keys().count()
    fresh = [fresh_key() for _number in range(max(0, min(KEYS_AT_ONCE, wanted)))]
    TokenKey.objects.bulk_create(fresh)
    return len(fresh)


def fresh_key() -> TokenKey:
    """A key for the pool."""
    private = generate_private_key(RSA_EXPONENT, RSA_BITS)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return TokenKey(private=pem, public=PublicTokenKey.of(private.public_key()).spki)


def open_due_casting() -> int:
    """Opens the vote of polls whose hour has come."""
    return _each(Poll.objects.filter(state=PollState.TAKING, organiser="", casts_at__lte=clock.now()), _open)


def end_due_parts() -> int:
    """As second registrar: gives out no more when the vote opens or closes, and erases who took what at the close."""
    now, taking = clock.now(), Poll.objects.filter(state=PollState.TAKING).exclude(organiser="")
    due = taking.filter(Q(casts_at__lte=now) | Q(closes_at__lte=now), issue_closed_at=None)
    ended = _each(due, _close_issuing)
    return ended + _each(taking.filter(closes_at__lte=now, issue_closed_at__isnull=False), _leave)


def close_due_polls() -> int:
    """Closes polls whose hour has come."""
    return _each(Poll.objects.filter(state=PollState.CASTING, closes_at__lte=clock.now()), _close)


def count_closed_polls() -> int:
    """Publishes the openings of closed polls that wait for nobody: no sheet is missing, no teller has the keys."""
    waiting = Poll.objects.filter(Q(teller=""), state=PollState.CLOSED, organiser="")
    return _each(waiting, _open_answers)


def publish_due_results() -> int:
    """Publishes results once nobody can object any more."""
    counted = Poll.objects.filter(state=PollState.OPENED, counted_at__lte=clock.now())
    due = [poll.pk for poll in counted if objection_end(poll) <= clock.now()]
    return _each(Poll.objects.filter(pk__in=due), _publish)


def forget_samples() -> int:
    """Erases the answers of audits that nobody has ended some weeks after the close. Effects: rows only."""
    require(CLOCK, "ballots.forget_samples")
    before = clock.now() - timedelta(days=DAYS_TO_ASK)
    stale = Q(audit__poll__closed_at__lte=before) | Q(audit__poll__state=PollState.BROKEN)
    return Drawn.objects.filter(stale).delete()[0]


def _open(poll: Poll) -> None:
    open_casting(actor=CLOCK, poll=poll)


def _close_issuing(poll: Poll) -> None:
    close_issuing(actor=CLOCK, poll=poll)


def _leave(poll: Poll) -> None:
    leave_poll(actor=CLOCK, poll=poll)


def _close(poll: Poll) -> None:
    close_poll(actor=CLOCK, poll=poll)


def _open_answers(poll: Poll) -> None:
    publish_openings(actor=CLOCK, poll=poll)


def _publish(poll: Poll) -> None:
    publish_result(actor=CLOCK, poll=poll)


def _each(polls: QuerySet[Poll], act: Callable[[Poll], None]) -> int:
    """Does `act` for each; one that cannot be now does not keep the others back."""
    done = 0
    for poll in polls.select_related("area").prefetch_related("papers", "strata"):
        try:
            act(poll)
            done += 1
        except (Refused, StaleState):  # a sheet is missing, a lot is needed, or somebody was faster
            continue
        except (BoxAway, BoxRefused) as error:  # tried again in the next round
            log.warning("poll %s: %s", poll.pk, error)
    return done
