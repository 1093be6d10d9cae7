"""The pages and files of the journal, and of us as a witness."""

from folkmoot.journal.views.log import checkpoint_view, log_view, tile_view
from folkmoot.journal.views.witness import checkpoint_cosign, log_drop, log_witness, witness_view

__all__ = [
    "checkpoint_cosign",
    "checkpoint_view",
    "log_drop",
    "log_view",
    "log_witness",
    "tile_view",
    "witness_view",
]
