"""Opening an account, and how its owner signs in."""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal
from folkmoot.people.models import Account, Person
from folkmoot.people.phones import hash_of_phone


def open_account(*, actor: Actor, phone: str) -> Account:
    """The account of whoever has shown that `phone` is hers; on a first visit it is opened.

    Shapes: `phone` is E.164. Effects: `people.account_opened` for a new one.
    """
    require(actor, "people.open_account")
    with transaction.atomic():
        person, _is_new = Person.objects.get_or_create(
            phone_hash=hash_of_phone(phone), defaults={"phone": phone, "language": get_language() or "en"}
        )
        defaults = {"password": make_password(None), "phone_verified": True}
        account, is_new = Account.objects.get_or_create(person=person, defaults=defaults)
        if is_new:
            journal.record("people.account_opened", actor=actor, obj=f"person:{person.ref}")
        elif not account.phone_verified:
            account.phone_verified = True
            account.save(update_fields=["phone_verified"])
    return account


def change_phone(*, actor: Actor, account: Account, phone: str, verified: bool) -> Account:
    """Gives the owner of `account` another phone; `verified` when a code sent to it came back.

    Raises Refused when somebody else has it. Effects: `people.phone_changed`.
    """
    require(actor, "people.change_phone", account)
    person = account.person
    with transaction.atomic():
        if person.phone != phone:
            try:
                with transaction.atomic():
                    person.phone, person.phone_hash = phone, hash_of_phone(phone)
                    person.save(update_fields=["phone", "phone_hash"])
            except IntegrityError:
                raise Refused(_("Somebody else signs in with this number.")) from None
        Account.objects.filter(pk=account.pk).update(phone_verified=verified)
        journal.record("people.phone_changed", actor=actor, obj=f"person:{person.ref}")
    account.phone_verified = verified
    return account


def set_password(*, actor: Actor, account: Account, password: str) -> Account:
    """Lets the owner of `account` sign in with `password` from now on. Effects: `people.password_set`."""
    require(actor, "people.set_password", account)
    account.set_password(password)
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(password=account.password)
        journal.record("people.password_set", actor=actor, obj=f"person:{account.person.ref}")
    return account


def close_account(*, actor: Actor, account: Account) -> Account:
    """Shuts the way in of a staff account, at once. Raises StaleState. Effects: `people.account_closed`."""
    require(actor, "people.close_account", account)
    return _set_active(actor, account, is_active=False)


def reopen_account(*, actor: Actor, account: Account) -> Account:
    """Opens a closed account again. Raises StaleState. Effects: `people.account_reopened`."""
    require(actor, "people.reopen_account", account)
    return _set_active(actor, account, is_active=True)


def _set_active(actor: Actor, account: Account, *, is_active: bool) -> Account:
    kind = "people.account_reopened" if is_active else "people.account_closed"
    with transaction.atomic():
        rows = Account.objects.filter(pk=account.pk, is_active=not is_active)
        if rows.update(is_active=is_active) != 1:
            raise StaleState()
        journal.record(kind, actor=actor, obj=f"person:{account.person.ref}")
    account.is_active = is_active
    return account


def edit_card(*, actor: Actor, person: Person, duties: str, has_card: bool) -> Person:
    """Keeps what somebody writes on her own public card. Effects: `people.card_edited`.

    Whoever holds a post has a card in any case; a member without one has it only if she asks for it.
    """
    require(actor, "people.edit_card", person)
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(card_duties=duties.strip()[:2000], has_card=has_card)
        journal.record("people.card_edited", actor=actor, obj=f"person:{person.ref}")
    person.card_duties, person.has_card = duties.strip()[:2000], has_card
    return person
