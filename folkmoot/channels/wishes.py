"""What a reader wants, turned into moments: whether a message leaves the house, by which ways, and when."""

from datetime import datetime

from django.utils import timezone

from folkmoot.channels import providers
from folkmoot.channels.models import Delivery, Message, Preference
from folkmoot.channels.queries import preference_of
from folkmoot.channels.timing import after_quiet, next_at


def deliveries_of(message: Message) -> list[Delivery]:
    """What is to be sent out of one message: one row for each way that leads to the reader and that she wants."""
    ways = providers.set_up()
    due_at = first_due(preference_of(message.person), message.at) if ways else None
    if due_at is None:
        return []
    return [
        Delivery(message=message, provider=provider.name, due_at=due_at)
        for provider in ways.values()
        if provider.address_of(message.person)
    ]


def first_due(preference: Preference, now: datetime) -> datetime | None:
    """When a message written now may go out; None when its reader only wants it in the inbox."""
    if preference.mail == Preference.Mail.NONE:
        return None
    if preference.mail == Preference.Mail.DIGEST:
        now = next_at(now, preference.digest_hour, timezone.get_default_timezone())
    return loud(preference, now)


def loud(preference: Preference, moment: datetime) -> datetime:
    """`moment`, or the end of the reader's quiet hours after it."""
    return after_quiet(
        moment, preference.quiet_from_hour, preference.quiet_until_hour, timezone.get_default_timezone()
    )
