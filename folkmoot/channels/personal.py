"""What this app holds of a person: her messages and how she wants to hear from us."""

from typing import Any

from django.utils.translation import gettext as _

from folkmoot.base.registries import Fate
from folkmoot.channels.models import Message, Preference
from folkmoot.channels.notices_text import text_of
from folkmoot.channels.queries import messages_of

FATES = (
    Fate("channels.Message", (), "erased", "read or not"),
    Fate("channels.Delivery", (), "erased", "what waits to be sent goes with its message"),
    Fate("channels.Preference", (), "erased"),
)


def export(person_id: int) -> dict[str, Any]:
    """All messages in the active language, and the preferences."""
    chosen = ("mail", "quiet_from_hour", "quiet_until_hour", "digest_hour")
    return {
        "messages": [exported(message) for message in messages_of(person_id).iterator()],
        "message_preferences": Preference.objects.filter(person_id=person_id).values(*chosen).first(),
    }


def exported(message: Message) -> dict[str, Any]:
    text = text_of(message.notice, message.params)
    return {
        "at": message.at.isoformat(),
        "subject": text.subject,
        "text": text.body,
        "read_at": message.read_at.isoformat() if message.read_at else None,
    }


def erase(person_id: int) -> list[tuple[str, str, int]]:
    """Erases messages, with what still waits to be sent, and preferences; nothing is kept."""
    messages = Message.objects.filter(person_id=person_id)
    preferences = Preference.objects.filter(person_id=person_id)
    counts = [(_("messages to you"), messages.count()), (_("how you hear from us"), preferences.count())]
    messages.delete()
    preferences.delete()
    return [(heading, _("erased"), count) for heading, count in counts]
