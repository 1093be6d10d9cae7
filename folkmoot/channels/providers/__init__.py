"""Ways out of the house, one folder each. The web inbox needs none: the message row itself is it."""

from folkmoot.channels.providers.mail import Mail
from folkmoot.channels.providers.provider import Provider

PROVIDERS: tuple[Provider, ...] = (Mail(),)


def set_up() -> dict[str, Provider]:
    """The ways that this installation can use, by name."""
    return {provider.name: provider for provider in PROVIDERS if provider.is_set_up()}
