"""Who may look at the journal, and who says which logs we witness. The log names nobody, so everybody may read it."""

from rules.predicates import predicate

from folkmoot.base.actors import Actor
from folkmoot.base.permissions import anybody, is_operator, permit


@predicate
def oversees(actor: Actor) -> bool:
    """Holds the post of an overseer of the whole place."""
    return actor.post is not None and actor.post.role == "overseer"


permit("journal.view_log", who=anybody)
permit("journal.witness_log", who=oversees | is_operator)
permit("journal.drop_log", who=oversees | is_operator)
permit("journal.cosign_checkpoint", who=anybody)  # what counts is the signature of a log that we know
