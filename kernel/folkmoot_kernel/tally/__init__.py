"""Counting: one function for every channel and every scale.

    result = tally(scale, [Pile("token", count_codes(codes)), Totals("hand", papers=40, totals=(12, 20, 6, 2))])

What was opened comes in piles of codes, what was counted by hand as totals, and both are added before
anything is decided. Ties are said. Only the transferable vote needs a lot in the middle of a count: it takes one
from a published seed, and says which.
"""

from folkmoot_kernel.tally.codes import Packed, answer_of, code_of, count_codes, is_code
from folkmoot_kernel.tally.counting import Pile, Totals, alike_sentence, tally
from folkmoot_kernel.tally.result import ChannelCount, Lot, Outcome, Result, Stage

__all__ = [
    "ChannelCount",
    "Lot",
    "Outcome",
    "Packed",
    "Pile",
    "Result",
    "Stage",
    "Totals",
    "alike_sentence",
    "answer_of",
    "code_of",
    "count_codes",
    "is_code",
    "tally",
]
