"""What a way out of the house can do, and how it fails: in words for the operator that name nobody."""

from typing import Protocol

from folkmoot.base.errors import Sentence
from folkmoot.channels.letters import Letter
from folkmoot.people.models import Person


class Failed(Exception):
    """This letter could not be carried now; it is tried again later."""


class Rejected(Failed):
    """This letter will never be carried: trying again is of no use."""


class Unreachable(Failed):
    """Nothing can be carried now: the other letters of this provider wait too."""


class Provider(Protocol):
    """One way to carry letters. Claims, retries and quiet hours are the outbox's work."""

    name: str
    label: Sentence

    def is_set_up(self) -> bool:
        """Whether this installation can use it."""
        ...

    def address_of(self, person: Person) -> str:
        """Where to reach somebody; empty when this way leads nowhere."""
        ...

    def send(self, message: Letter, address: str) -> None:
        """Carries one letter. Raises Failed, Rejected or Unreachable."""
        ...
