"""An e-mail address of one's own: it counts once its reader has followed the link that was sent there.

link     /messages/address/<token>/   token = Django's signed, dated [person id, address]
"""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound, Refused
from folkmoot.base.keys import lookup_hash
from folkmoot.base.permissions import require
from folkmoot.channels.letters import Letter
from folkmoot.channels.providers.mail import Mail
from folkmoot.channels.providers.provider import Failed
from folkmoot.journal import services as journal
from folkmoot.people.models import Person

SALT = "folkmoot.channels.address"
LINK_SECONDS = 2 * 24 * 3600


def offer_address(*, actor: Actor, address: str) -> None:
    """Sends a link to `address`; nothing is stored before it is followed.

    Raises Refused when no mail server is set up, or it does not take the letter.
    """
    require(actor, "channels.offer_address")
    mail = Mail()
    if not mail.is_set_up():
        raise Refused(gettext_lazy("This place sends no e-mail yet."))
    token = signing.dumps([actor.person_id, address], salt=SALT)
    link = settings.ORIGIN + reverse("channels:confirm_address", args=[token])
    letter = Letter(
        key=lookup_hash("address", token)[:32],
        language=get_language() or settings.LANGUAGE_CODE,
        subject=_("Is this your address?"),
        text=_("Open this link within two days, and we write to you here:\n\n%(link)s\n\nYou did not ask for it? "
               "Then do nothing.") % {"link": link},
    )  # fmt: skip
    try:
        mail.send(letter, address)
    except Failed:
        raise Refused(
            gettext_lazy("The mail server did not take our letter. Please check the address.")
        ) from None


def address_in(actor: Actor, token: str) -> str:
    """The address that a link names for this person. Raises NotFound for a broken, old or foreign link."""
    try:
        person_id, address = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        raise NotFound(gettext_lazy("This link is too old or not whole. Please ask for a new one.")) from None
    if person_id != actor.person_id:
        raise NotFound(gettext_lazy("This link belongs to somebody else."))
    return str(address)


def confirm_address(*, actor: Actor, token: str) -> None:
    """From now on e-mail goes to the address of the link. Effects: journal `channels.address_confirmed`."""
    require(actor, "channels.confirm_address")
    _keep(actor, address_in(actor, token), "channels.address_confirmed")


def drop_address(*, actor: Actor) -> None:
    """No e-mail any more. Effects: journal `channels.address_dropped`."""
    require(actor, "channels.drop_address")
    _keep(actor, "", "channels.address_dropped")


def _keep(actor: Actor, address: str, kind: str) -> None:
    assert actor.person_id is not None
    with transaction.atomic():
        Person.objects.filter(pk=actor.person_id).update(email=address)
        journal.record(kind, actor=actor, obj=f"person:{actor.ref}")
