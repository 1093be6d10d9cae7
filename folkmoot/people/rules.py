"""Who may do what with posts, households and accounts: one `permit` per act."""

from django.conf import settings
from rules.predicates import predicate

from folkmoot.base.actors import Actor
from folkmoot.base.permissions import anybody, is_operator, is_signed_in, permit
from folkmoot.people.models import Account


@predicate
def is_demo(_actor: Actor) -> bool:
    return bool(settings.DEMO)


@predicate
def is_own_account(actor: Actor, account: Account) -> bool:
    return account.person_id == actor.person_id


permit("people.sign_in", who=anybody)
permit("people.sign_in_demo", who=is_demo)
permit("people.sign_out", who=anybody)
permit("people.open_account", who=anybody)
permit("people.view_sign_in_ways", who=is_signed_in)
permit("people.change_sign_in", who=is_signed_in)
permit("people.change_phone", who=is_signed_in, on=is_own_account)
permit("people.set_password", who=is_signed_in, on=is_own_account)
permit("people.choose_post", who=is_signed_in)

permit("people.find_chief", who=anybody)
permit("people.view_post", who=anybody)
permit("people.list_accounts", who=is_operator)
