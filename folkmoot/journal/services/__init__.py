"""What the journal does: records acts, and answers as a witness of the logs of others."""

from folkmoot.journal.services.acts import forget, record, record_all
from folkmoot.journal.services.witnessing import cosign_checkpoint, drop_log, witness_log

__all__ = ["cosign_checkpoint", "drop_log", "forget", "record", "record_all", "witness_log"]
