"""Polls, their papers, the roll, and what was given out.

What the box holds is not here, and no key, time or serial leads from a row here to a ballot there. The rows that
know of a person and a paper (RollEntry, Claim, Waiting, Taken) have no serial and no time; their tables on SQLite
have no rowid either, and `services.issuing` writes them anew in the order of their keys once issuing ends.
"""

from folkmoot.ballots.models.auditing import Audit, AuditObserver, Drawn
from folkmoot.ballots.models.credentials import Cell, HandSheet, SlipBatch, SlipList, TokenKey
from folkmoot.ballots.models.giving import Admission, Claim, Gate, Issue, Proposal, RollEntry, Taken, Waiting
from folkmoot.ballots.models.polls import (
    Agreement,
    Channel,
    Paper,
    Poll,
    PollEvent,
    Result,
    Stratum,
    in_words,
)

__all__ = [
    "Admission",
    "Agreement",
    "Audit",
    "AuditObserver",
    "Cell",
    "Channel",
    "Claim",
    "Drawn",
    "Gate",
    "HandSheet",
    "Issue",
    "Paper",
    "Poll",
    "PollEvent",
    "Proposal",
    "Result",
    "RollEntry",
    "SlipBatch",
    "SlipList",
    "Stratum",
    "Taken",
    "TokenKey",
    "Waiting",
    "in_words",
]
