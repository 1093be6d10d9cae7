"""Accounts and the phones that lead to them. No page searches residents by these."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from folkmoot.base import clock
from folkmoot.people.models import Account, EmergencyAccess, Person, Tenure
from folkmoot.people.phones import hash_of_phone
from folkmoot.people.tenures import in_force


def person_with_phone(phone: str) -> Person | None:
    """Shapes: `phone` is E.164. For sign-in, appointments and imports."""
    return Person.objects.filter(phone_hash=hash_of_phone(phone)).first()


def account_with_phone(phone: str) -> Account | None:
    return Account.objects.select_related("person").filter(person__phone_hash=hash_of_phone(phone)).first()


def passkeys_of(account: Account) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def staff_accounts() -> QuerySet[Account]:
    """Accounts of those who hold a post today, and of operators: residents' accounts are never listed."""
    tenures = Tenure.objects.filter(in_force(clock.today()), person=OuterRef("person"))
    accounts = Account.objects.filter(Q(is_operator=True) | Exists(tenures)).select_related("person")
    return accounts.defer("person__phone", "person__email").order_by("-is_operator", "person__name", "pk")


def emergencies() -> QuerySet[EmergencyAccess]:
    """Every emergency access there has been, newest first."""
    return EmergencyAccess.objects.select_related("account__person", "post__area").order_by("-since", "-pk")
