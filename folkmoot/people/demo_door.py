"""The offered sign-ins of the demo: one tap and a visitor is Amal, Bei or Chen. Shut wherever DEMO is off.

Trusted: `settings.DEMO`, read at each question. The permission `people.sign_in_demo` asks it again.
"""

from dataclasses import dataclass

from django.conf import settings

from folkmoot.base.errors import NotFound, Sentence
from folkmoot.base.registries import Registry


@dataclass(frozen=True)
class DemoSignIn:
    """Somebody whom a visitor of the demo may be. Shapes: `phone` is E.164, as in the demo's files."""

    name: Sentence
    text: Sentence
    phone: str


demo_sign_ins: Registry[DemoSignIn] = Registry("demo sign-in")


def offered() -> list[tuple[str, DemoSignIn]]:
    """Key and sign-in of everybody on offer; nobody outside the demo."""
    return list(demo_sign_ins) if settings.DEMO else []


def offered_sign_in(key: str) -> DemoSignIn:
    """Raises NotFound for a key that is not on offer, and for every key outside the demo."""
    for offered_key, sign_in in offered():
        if offered_key == key:
            return sign_in
    raise NotFound()
