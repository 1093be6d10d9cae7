"""Writes messages for people, and what people do with them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.insertion import insert
from folkmoot.base.permissions import require
from folkmoot.channels.models import Delivery, Message, Preference
from folkmoot.channels.notices_text import stored
from folkmoot.channels.queries import readers
from folkmoot.channels.wishes import deliveries_of, first_due
from folkmoot.journal.services import record


def notify(
    *, people: Iterable[int], notice: str, params: Mapping[str, Any], url: str = "", origin: str = ""
) -> list[Message]:
    """Writes a message to each of `people` (ids) inside the caller's transaction, and what is to be sent out.

    Shapes: `params` as notices_text.stored takes them; `url` the path of the thing; `origin` kind and reference.
    Raises KeyError for an unknown notice, ValueError for a missing parameter, RuntimeError outside a transaction.
    Effects: three queries, whatever the number of people (SQLite writes 140 rows a query).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"notice {notice} is written outside the transaction of its act")
    kept, now = stored(notice, params), clock.now()
    messages = [
        Message(person=person, notice=notice, params=kept, url=url, origin=origin, at=now)
        for person in readers(people)
    ]
    insert(messages)
    insert([delivery for message in messages for delivery in deliveries_of(message)])
    return messages


def mark_read(*, actor: Actor, message: Message) -> Message:
    """Notes when the reader first opened a message: the read receipt. Effects: journal `message.read`, once."""
    require(actor, "channels.mark_read", message)
    now = clock.now()
    with transaction.atomic():
        if Message.objects.filter(pk=message.pk, read_at=None).update(read_at=now) == 1:
            message.read_at = now
            record("message.read", actor=actor, obj=f"message:{message.pk}")
    return message


def mark_all_read(*, actor: Actor) -> int:
    """Notes all unread messages of the actor as read; returns how many. Effects: journal `messages.read`."""
    require(actor, "channels.mark_all_read")
    assert actor.person_id is not None
    with transaction.atomic():
        unread = Message.objects.filter(person_id=actor.person_id, read_at=None)
        count = unread.update(read_at=clock.now())
        if count:
            record("messages.read", actor=actor, count=count)
    return count


def set_preferences(
    *, actor: Actor, mail: str, quiet_from_hour: int, quiet_until_hour: int, digest_hour: int
) -> Preference:
    """Keeps how the actor wants to hear from us; what still waits follows it at once.

    Effects: journal `preferences.set`; deliveries not yet tried are dropped or due anew.
    """
    require(actor, "channels.set_preferences")
    assert actor.person_id is not None
    chosen: dict[str, str | int] = {
        "mail": mail, "quiet_from_hour": quiet_from_hour, "quiet_until_hour": quiet_until_hour,
        "digest_hour": digest_hour,
    }  # fmt: skip
    with transaction.atomic():
        preference, _created = Preference.objects.update_or_create(person_id=actor.person_id, defaults=chosen)
        due_at = first_due(preference, clock.now())
        waiting = Delivery.objects.filter(
            message__person_id=actor.person_id, state=Delivery.State.QUEUED, due_at__isnull=False
        )
        if due_at is None:
            waiting.delete()
        else:
            waiting.filter(attempts=0).update(due_at=due_at)
        record("preferences.set", actor=actor, obj="", **chosen)
    return preference


def retry_dead(*, actor: Actor, delivery_id: int | None = None) -> int:
    """Puts what was given up back into the outbox, one delivery or all; returns how many.

    Effects: journal `deliveries.retried`.
    """
    require(actor, "channels.retry_dead")
    dead = Delivery.objects.filter(state=Delivery.State.DEAD)
    if delivery_id is not None:
        dead = dead.filter(pk=delivery_id)
    with transaction.atomic():
        count = dead.update(
            state=Delivery.State.QUEUED, attempts=0, due_at=clock.now(), settled_at=None, error=""
        )
        if count:
            record("deliveries.retried", actor=actor, count=count)
    return count
