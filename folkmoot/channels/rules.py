"""Who may do what with messages and the outbox. A message is its reader's alone: no post opens it."""

from rules.predicates import predicate

from folkmoot.base.actors import Actor
from folkmoot.base.permissions import is_operator, is_signed_in, permit
from folkmoot.channels.models import Message


@predicate
def is_reader(actor: Actor, message: Message) -> bool:
    return actor.person_id == message.person_id


permit("channels.list_messages", who=is_signed_in)
permit("channels.mark_read", who=is_signed_in, on=is_reader)
permit("channels.mark_all_read", who=is_signed_in)
permit("channels.set_preferences", who=is_signed_in)
permit("channels.offer_address", who=is_signed_in)
permit("channels.confirm_address", who=is_signed_in)
permit("channels.drop_address", who=is_signed_in)
permit("channels.view_outbox", who=is_operator)
permit("channels.retry_dead", who=is_operator)
