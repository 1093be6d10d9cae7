"""Reads of inbox and outbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound
from folkmoot.channels import providers
from folkmoot.channels.models import Delivery, Message, Preference
from folkmoot.people.models import Person

UNREAD_COUNTED = 99


def messages_of(person_id: int) -> QuerySet[Message]:
    """The inbox, newest first."""
    return Message.objects.filter(person_id=person_id).order_by("-at", "-pk")


def get_message(person_id: int, message_id: int) -> Message:
    """One message of its reader. Raises NotFound for anybody else's."""
    message = Message.objects.filter(pk=message_id, person_id=person_id).first()
    if message is None:
        raise NotFound()
    return message


def unread_count(actor: Actor) -> int:
    """How many messages wait unread, counted to 100 at most: one index read, none for a visitor."""
    if actor.person_id is None:
        return 0
    unread = Message.objects.filter(person_id=actor.person_id, read_at=None)
    return unread[: UNREAD_COUNTED + 1].count()


def readers(person_ids: Iterable[int]) -> list[Person]:
    """Those of them who are still there; where letters can leave the house, with wishes and addresses (1 query)."""
    found = Person.objects.filter(pk__in=set(person_ids), erased_at=None).order_by("pk")
    if not providers.set_up():
        return list(found.only("pk"))
    return list(found.select_related("preference").defer("phone"))


def preference_of(person: Person) -> Preference:
    """How somebody wants to hear from us; what stands in the model where nothing was said."""
    return getattr(person, "preference", None) or Preference(person=person)


@dataclass(frozen=True)
class OutboxDepth:
    """What waits, is being sent and was given up.

    `failing` of those that wait were tried in vain, `error` is why the next of them failed. `late_since` is the
    oldest moment at which something should have been tried and was not: no worker is running.
    """

    waiting: int = 0
    claimed: int = 0
    failing: int = 0
    dead: int = 0
    late_since: datetime | None = None
    error: str = ""


def outbox_depth() -> OutboxDepth:
    """The state of the outbox: three reads of partial indexes, however much was ever sent."""
    open_ones = Delivery.objects.filter(due_at__isnull=False)
    failed = open_ones.exclude(error="")
    counts = open_ones.aggregate(
        waiting=Count("pk", filter=Q(state=Delivery.State.QUEUED)),
        claimed=Count("pk", filter=Q(state=Delivery.State.CLAIMED)),
        failing=Count("pk", filter=~Q(error="")),
        late_since=Min("due_at", filter=Q(due_at__lte=clock.now())),
    )
    error = failed.order_by("due_at").values_list("error", flat=True).first() if counts["failing"] else ""
    dead = Delivery.objects.filter(state=Delivery.State.DEAD).count()
    return OutboxDepth(**counts, dead=dead, error=error or "")


def dead_letters() -> QuerySet[Delivery]:
    """Deliveries that were given up, newest first: what failed, never what it says or to whom."""
    dead = Delivery.objects.filter(state=Delivery.State.DEAD).select_related("message").order_by("-pk")
    return dead.only("provider", "attempts", "settled_at", "error", "message__notice", "message__at")
