"""Small groups: nothing is opened that fewer than k have answered in the same way.

A cell is a paper, a group of voters and a channel. At OPEN strata that are too small are joined into groups
(`join_strata`), and a poll that cannot reach k is refused as secret. Before casting opens, slips that too few
have drawn are given back (`settle_slips`). At close hand papers that are too few share a sheet (`hand_sheets`),
and a cell that still is too small is counted, but not opened (`settle_cell`). Every decision carries its reason
as a sentence, and `told_to_voter` says beforehand what may happen.

Quorum and composition do not look at groups: they count the strata of the roll, by papers taken.
"""

from folkmoot_kernel.cells.batches import Batch, Waiting, next_batch
from folkmoot_kernel.cells.joining import PRESET_JOINS, Group, Joining, Rolled, join_strata
from folkmoot_kernel.cells.settling import (
    Decision,
    HandSheet,
    hand_sheets,
    settle_cell,
    settle_slips,
    stepped,
    told_to_voter,
    turnout_sentence,
)

__all__ = [
    "PRESET_JOINS",
    "Batch",
    "Decision",
    "Group",
    "HandSheet",
    "Joining",
    "Rolled",
    "Waiting",
    "hand_sheets",
    "join_strata",
    "next_batch",
    "settle_cell",
    "settle_slips",
    "stepped",
    "told_to_voter",
    "turnout_sentence",
]
