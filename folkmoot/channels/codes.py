"""Sign-in codes. They go out at once and leave no row: a code in the outbox would be late, and kept."""

from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from folkmoot.base.errors import Refused
from folkmoot.channels.providers import console

CARRIERS: dict[str, Callable[..., None]] = {"console": console.send_code}


def send_code(*, phone: str, code: str, language: str) -> None:
    """Carries a code by the provider that settings.CODE_PROVIDER names. Raises Refused when there is none."""
    carrier = CARRIERS.get(settings.CODE_PROVIDER)
    if carrier is None:
        raise Refused(_("We cannot send codes to phones here. Please sign in with a password or a passkey."))
    carrier(phone=phone, code=code, language=language)
