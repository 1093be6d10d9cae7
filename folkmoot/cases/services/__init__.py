"""The acts on a case, one file per kind of act. Each requires its permission and takes one step."""

from folkmoot.cases.services.api_keys import issue_api_key, revoke_api_key
from folkmoot.cases.services.appeals import appeal_case, decide_appeal, decline_case, refer_case
from folkmoot.cases.services.climbing import assign_case, climb_case, climb_due_cases
from folkmoot.cases.services.closing import (
    call_back_case,
    close_case,
    close_silent_cases,
    reopen_case,
    withdraw_case,
)
from folkmoot.cases.services.handling import (
    answer_case,
    contact_case,
    note_case,
    pause_case,
    resume_case,
    resume_due_cases,
    sign_for_case,
)
from folkmoot.cases.services.joining import follow_case, join_case, propose_join, unfollow_case
from folkmoot.cases.services.joint import answer_call, call_in_case, mark_absent_calls, rate_call
from folkmoot.cases.services.moving import escalate_case, hand_over_case, resettle_cases
from folkmoot.cases.services.publicity import approve_summary, read_contact, restrict_case, summarise_case
from folkmoot.cases.services.reporting import Report, claim_case, place_at, report_case

__all__ = [
    "Report",
    "answer_call",
    "answer_case",
    "appeal_case",
    "approve_summary",
    "assign_case",
    "call_back_case",
    "call_in_case",
    "claim_case",
    "climb_case",
    "climb_due_cases",
    "close_case",
    "close_silent_cases",
    "contact_case",
    "decide_appeal",
    "decline_case",
    "escalate_case",
    "follow_case",
    "hand_over_case",
    "issue_api_key",
    "join_case",
    "mark_absent_calls",
    "note_case",
    "pause_case",
    "place_at",
    "propose_join",
    "rate_call",
    "read_contact",
    "refer_case",
    "reopen_case",
    "report_case",
    "resettle_cases",
    "restrict_case",
    "resume_case",
    "resume_due_cases",
    "revoke_api_key",
    "sign_for_case",
    "summarise_case",
    "unfollow_case",
    "withdraw_case",
]
