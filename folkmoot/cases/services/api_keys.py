"""Keys with which other apps report through Open311: given out once, kept as a hash, taken back."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.keys import lookup_hash
from folkmoot.base.permissions import require
from folkmoot.cases.models import ApiKey
from folkmoot.journal import services as journal


def issue_api_key(*, actor: Actor, name: str) -> tuple[ApiKey, str]:
    """A new key for an app, and its text, which is stored nowhere.

    Raises Refused when the name is empty, too long, or borne by a key in use. Effects: journal `api_key.issued`.
    """
    require(actor, "cases.issue_api_key")
    name = name.strip()
    if not 0 < len(name) <= 80:
        raise Refused(_("Please name the app in at most 80 letters."))
    if ApiKey.objects.filter(name=name, is_active=True).exists():
        raise Refused(_("%(name)s has a key already. Revoke it first.") % {"name": name})
    text = secrets.token_urlsafe(32)
    with transaction.atomic():
        key = ApiKey.objects.create(name=name, key_hash=lookup_hash("api_key", text), at=clock.now())
        journal.record("api_key.issued", actor=actor, obj=f"api_key:{key.pk}")
    return key, text


def revoke_api_key(*, actor: Actor, name: str) -> ApiKey:
    """Takes the key of an app back, from this moment on.

    Raises Refused when no key in use bears the name. Effects: journal `api_key.revoked`.
    """
    require(actor, "cases.revoke_api_key")
    key = ApiKey.objects.filter(name=name.strip(), is_active=True).first()
    if key is None:
        raise Refused(_("No key in use is called %(name)s.") % {"name": name})
    with transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).update(is_active=False)
        journal.record("api_key.revoked", actor=actor, obj=f"api_key:{key.pk}")
    key.is_active = False
    return key
