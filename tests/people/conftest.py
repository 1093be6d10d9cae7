"""What the tests of people share: codes that arrive in a list instead of on a phone."""

from dataclasses import dataclass, field

import pytest

from folkmoot.base import registries
from folkmoot.people.models import Person
from folkmoot.people.phones import hash_of_phone
from tests.factories.people import AccountFactory, PersonFactory

PHONE = "+8610000000001"


@dataclass
class Mailbag:
    """Stands at the edge of the house where the message would leave it."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    def carry(self, *, phone: str, code: str, language: str) -> None:
        self.sent.append((phone, code))

    @property
    def code(self) -> str:
        return self.sent[-1][1]


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> Mailbag:
    bag = Mailbag()
    monkeypatch.setitem(registries.deliver._entries, "code", bag.carry)
    return bag


def give_phone(person: Person, phone: str = PHONE) -> Person:
    person.phone, person.phone_hash = phone, hash_of_phone(phone)
    person.save()
    return person


@pytest.fixture
def ada(db: None) -> Person:
    """Somebody with an account and a phone, and nothing else."""
    person = give_phone(PersonFactory.create(name="Ada"))
    account = AccountFactory.build(person=person, phone_verified=True)
    account.set_unusable_password()
    account.save()
    return person
