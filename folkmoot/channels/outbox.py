"""Carries deliveries out of the house. Any number of workers may call `run_due` at once.

    queued --claim--> claimed --sent--> sent
       ^                 |---failed---> queued again, later; dead after 8 tries or a refusal for good
       +--- LEASE over --+

A worker locks readers, claims all that is due to them by conditional update, sends, and settles; a claim belongs to
one worker, and what is due to one reader stays together. Each delivery is carried at least once: a worker that is
killed after the mail server took a letter and before it was settled leaves the claim behind, and after LEASE the
same letter goes out again, with the same key (the Message-ID of an e-mail). Nothing is ever lost.
"""

import logging
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import groupby
from uuid import uuid4

from django.db import transaction
from django.db.models import F, QuerySet

from folkmoot.base import clock
from folkmoot.channels import providers
from folkmoot.channels.letters import write_letter
from folkmoot.channels.models import Delivery, Preference
from folkmoot.channels.providers.provider import Failed, Provider, Rejected, Unreachable
from folkmoot.channels.queries import preference_of
from folkmoot.channels.timing import FIRST_PAUSE, MAX_ATTEMPTS, retry_pause
from folkmoot.channels.wishes import loud
from folkmoot.people.models import Person

LEASE = timedelta(minutes=5)
ROUND = timedelta(seconds=30)  # then the worker has other due work to look at; well inside LEASE
READERS_AT_ONCE = 20
ROWS_AT_ONCE = 500

State = Delivery.State
log = logging.getLogger("folkmoot.channels")


def run_due(chance: Callable[[], float] = random.random) -> int:
    """Sends what is due, for half a minute at most; returns how many deliveries it took up.

    `chance` spreads the pauses before further tries: numbers from 0 to 1.
    """
    end = clock.now() + ROUND
    ways = providers.set_up()
    taken = 0
    while ways and clock.now() < end and (claimed := claim(ways)):
        for deliveries in by_letter(claimed):
            provider = ways.get(deliveries[0].provider)
            if provider is None:  # it was found out of reach a moment ago
                put_back(deliveries, clock.now() + FIRST_PAUSE)
            elif clock.now() >= end:
                put_back(deliveries, clock.now())
            else:
                taken += len(deliveries)
                try:
                    carry(provider, deliveries, chance)
                except Unreachable:
                    del ways[provider.name]
                    postpone(provider.name)
    return taken


def claim(names: Iterable[str]) -> list[Delivery]:
    """Takes everything that is due to some readers, for LEASE. Shapes: ordered by reader, provider, id."""
    now, mark = clock.now(), uuid4()
    due = Delivery.objects.filter(due_at__lte=now, provider__in=list(names))
    if not due.exists():
        return []
    with transaction.atomic():
        waiting = due.order_by("due_at", "pk").values_list("message__person_id", flat=True)[:ROWS_AT_ONCE]
        readers = list(dict.fromkeys(waiting))[:READERS_AT_ONCE]
        # The lock on the reader keeps what is due to her together: another worker passes her by.
        locked = Person.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=readers)
        of_them = due.filter(
            message__person_id__in=[person.pk for person in locked.only("pk").order_by("pk")]
        )
        ids = list(of_them.order_by("due_at", "pk").values_list("pk", flat=True)[:ROWS_AT_ONCE])
        due.filter(pk__in=ids).update(
            state=State.CLAIMED, due_at=now + LEASE, claim=mark, attempts=F("attempts") + 1
        )
    claimed = Delivery.objects.filter(claim=mark, pk__in=ids).select_related("message__person__preference")
    claimed = claimed.defer("message__person__phone")
    return list(claimed.order_by("message__person_id", "provider", "pk"))


def by_letter(claimed: list[Delivery]) -> Iterable[list[Delivery]]:
    """The deliveries that go into one envelope: of one reader, by one provider."""
    for _, together in groupby(claimed, key=lambda each: (each.message.person_id, each.provider)):
        yield list(together)


def carry(provider: Provider, deliveries: list[Delivery], chance: Callable[[], float]) -> None:
    """Sends one letter and settles it, whatever happens. Raises Unreachable, so that the others wait."""
    person = deliveries[0].message.person
    preference, now = preference_of(person), clock.now()
    if any(each.attempts > MAX_ATTEMPTS for each in deliveries):  # each time it took its worker with it
        failed(deliveries, "no end", preference, chance, is_final=True)
        return
    address = provider.address_of(person)
    if not address or preference.mail == Preference.Mail.NONE:
        mine(deliveries).delete()  # she wants it no more, or has gone; the message stays in her inbox
        return
    if (later := loud(preference, now)) > now:
        put_back(deliveries, later)
        return
    try:
        provider.send(write_letter(deliveries), address)
    except Failed as error:
        failed(deliveries, f"{error}", preference, chance, is_final=isinstance(error, Rejected))
        if isinstance(error, Unreachable):
            raise
    except Exception as error:  # a fault of ours in one letter must not hold up the others
        log.exception("letter of delivery %d could not be made", deliveries[0].pk)
        failed(deliveries, type(error).__name__, preference, chance)
    else:
        mine(deliveries).update(state=State.SENT, due_at=None, claim=None, settled_at=clock.now(), error="")


def mine(deliveries: list[Delivery]) -> QuerySet[Delivery]:
    """The rows, as long as they are still claimed by us."""
    claim = deliveries[0].claim
    return Delivery.objects.filter(pk__in=[each.pk for each in deliveries], claim=claim, state=State.CLAIMED)


def put_back(deliveries: list[Delivery], due_at: datetime) -> None:
    """Releases what was not tried: it does not count as an attempt."""
    mine(deliveries).update(state=State.QUEUED, due_at=due_at, claim=None, attempts=F("attempts") - 1)


def postpone(provider: str) -> None:
    """Lets everything due by a provider out of reach wait: a dead server is asked once a minute, not always."""
    now = clock.now()
    due = Delivery.objects.filter(provider=provider, state=State.QUEUED, due_at__lte=now)
    due.update(due_at=now + FIRST_PAUSE)


def failed(
    deliveries: list[Delivery], error: str, preference: Preference, chance: Callable[[], float], *,
    is_final: bool = False,
) -> None:  # fmt: skip
    """Notes a failure; each delivery is tried again after its own pause, or given up."""
    now = clock.now()
    for delivery in deliveries:
        row = mine([delivery])
        if is_final or delivery.attempts >= MAX_ATTEMPTS:
            row.update(state=State.DEAD, due_at=None, claim=None, settled_at=now, error=error[:100])
            log.error("delivery %d by %s was given up: %s", delivery.pk, delivery.provider, error)
        else:
            due_at = loud(preference, now + retry_pause(delivery.attempts, chance()))
            row.update(state=State.QUEUED, due_at=due_at, claim=None, error=error[:100])
