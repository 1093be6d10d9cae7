"""What pages, services and other apps ask about polls, one file per kind of question."""

from folkmoot.ballots.queries.checks import (
    Check,
    checks,
    keys_needed,
    minutes_needed,
    needed_by_drafts,
    pooled_keys,
    said,
    slip_batches,
)
from folkmoot.ballots.queries.concern import is_about_superior, is_about_superior_of
from folkmoot.ballots.queries.joining import Settled, joining_of, roll_sizes, settled_groups
from folkmoot.ballots.queries.polls import (
    get_poll,
    history,
    organised_polls,
    polls_of_person,
    visible_polls,
)
from folkmoot.ballots.queries.registrar import (
    Offered,
    entry_of_claim,
    forget_issuers,
    has_channel,
    hash_of_claim,
    issuer_of,
    papers_offered,
    secrecy,
    signing_keys,
    told_to,
)
from folkmoot.ballots.queries.roll import (
    get_entry,
    get_roll,
    holders_in,
    own_entry,
    residents_of,
    taken_kinds,
)
from folkmoot.ballots.queries.sheets import planned_sheets, sheets_of
from folkmoot.ballots.queries.turnout import Turnout, cells_of, drawn_slips, issues_of, turnout

__all__ = [
    "Check",
    "Offered",
    "Settled",
    "Turnout",
    "cells_of",
    "checks",
    "drawn_slips",
    "entry_of_claim",
    "forget_issuers",
    "get_entry",
    "get_poll",
    "get_roll",
    "has_channel",
    "hash_of_claim",
    "history",
    "holders_in",
    "is_about_superior",
    "is_about_superior_of",
    "issuer_of",
    "issues_of",
    "joining_of",
    "keys_needed",
    "minutes_needed",
    "needed_by_drafts",
    "organised_polls",
    "own_entry",
    "papers_offered",
    "planned_sheets",
    "polls_of_person",
    "pooled_keys",
    "residents_of",
    "roll_sizes",
    "said",
    "secrecy",
    "settled_groups",
    "sheets_of",
    "signing_keys",
    "slip_batches",
    "taken_kinds",
    "told_to",
    "turnout",
    "visible_polls",
]
