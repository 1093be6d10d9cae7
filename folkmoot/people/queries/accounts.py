"""Accounts and the phones that lead to them. No page searches residents by these."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from folkmoot.base import clock, registries
from folkmoot.base.errors import NotFound
from folkmoot.people.models import Account, EmergencyAccess, Person, Post, Tenure
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


def get_staff_account(pk: int) -> Account:
    """Raises NotFound for the account of anybody who does not serve."""
    account = staff_accounts().filter(pk=pk).first()
    if account is None:
        raise NotFound()
    return account


def posts_by_person(person_ids: Iterable[int]) -> dict[int, list[Post]]:
    """The posts that each person holds today, in one query."""
    tenures = Tenure.objects.filter(in_force(clock.today()), person__in=list(person_ids))
    found: dict[int, list[Post]] = {}
    for tenure in tenures.select_related("post").order_by("since", "pk"):
        found.setdefault(tenure.person_id, []).append(tenure.post)
    return found


def emergencies_of(post: Post) -> QuerySet[EmergencyAccess]:
    """Emergency access to a post in the last ninety days, newest first: everybody sees it."""
    return emergencies().filter(post=post, since__gte=clock.now() - timedelta(days=90))


def get_emergency(pk: int) -> EmergencyAccess:
    """Raises NotFound."""
    access = EmergencyAccess.objects.select_related("post__area__level").filter(pk=pk).first()
    if access is None:
        raise NotFound()
    return access


def tenures_of(person_id: int) -> QuerySet[Tenure]:
    """Every post that somebody has held, newest first."""
    return Tenure.objects.filter(person=person_id).select_related("post").order_by("-since", "-pk")


def personal_export(person_id: int) -> dict[str, Any]:
    """What every app holds of a person, by app."""
    return {name: entry.export(person_id) for name, entry in registries.personal_data}
