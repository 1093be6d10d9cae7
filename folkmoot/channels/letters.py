"""A letter: what a provider carries to one reader. Messages that are due together travel together."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from folkmoot.base.keys import lookup_hash
from folkmoot.channels.models import Delivery
from folkmoot.channels.notices_text import text_of


@dataclass(frozen=True)
class Letter:
    """Words in the reader's language, without formatting.

    `key` is the same each time the same deliveries are tried: a provider that knows it sends them once.
    """

    key: str
    language: str
    subject: str
    text: str


def write_letter(deliveries: Sequence[Delivery]) -> Letter:
    """One letter for deliveries of one reader by one provider; several become one letter with a heading each."""
    person = deliveries[0].message.person
    ids = sorted(delivery.pk for delivery in deliveries)
    key = lookup_hash("letter", ",".join(map(str, ids)))[:32]
    language = person.language or settings.LANGUAGE_CODE
    with override(language):
        texts = [text_of(each.message.notice, each.message.params) for each in deliveries]
        if len(texts) == 1:
            subject, parts = texts[0].subject, [texts[0].body]
        else:
            subject = ngettext("%(count)d message for you", "%(count)d messages for you", len(texts)) % {
                "count": len(texts)
            }
            parts = [f"{text.subject}\n\n{text.body}" for text in texts]
        links = [link_of(delivery) for delivery in deliveries]
        paragraphs = [f"{part}\n\n{link}" for part, link in zip(parts, links, strict=True)]
        return Letter(key, language, subject, "\n\n".join([*paragraphs, farewell()]) + "\n")


def link_of(delivery: Delivery) -> str:
    """The way to the thing through the inbox, so that it counts as read there too."""
    return settings.ORIGIN + reverse("channels:message", args=[delivery.message_id])


def farewell() -> str:
    # Translators: the last lines of an e-mail; an address follows
    line = _("When and how often we write to you is your choice:")
    return f"--\n{line}\n{settings.ORIGIN}{reverse('channels:preferences')}"
