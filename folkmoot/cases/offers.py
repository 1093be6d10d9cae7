"""Which acts the page of a case offers to whom: what the state table and the rules both allow."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from folkmoot.base.actors import Actor
from folkmoot.base.errors import Sentence
from folkmoot.base.permissions import allowed
from folkmoot.cases.models import Case, Nature, Publicity
from folkmoot.cases.states import FINAL_STATES, TRANSITIONS, CaseState
from folkmoot.ui.components import Offer

# act of the table or a name beside it, permission, url name, label, weight
_OFFERS: tuple[tuple[str, str, str, Sentence, int], ...] = (
    ("sign_for", "cases.sign_for_case", "sign_for", _("Sign for it"), 0),
    ("close", "cases.close_case", "close", _("Say whether it is solved"), 0),
    ("answer", "cases.answer_case", "answer", _("Answer: this was done"), 1),
    ("contact", "cases.contact_case", "contact", _("Note a visit or a talk"), 1),
    ("call_in", "cases.call_in_case", "call_in", _("Call in an organization"), 1),
    ("escalate", "cases.escalate_case", "escalate", _("Hand up one level"), 1),
    ("hand_over", "cases.hand_over_case", "hand_over", _("Not mine: pass it on"), 2),
    ("refer", "cases.refer_case", "refer", _("Refer it"), 2),
    ("pause", "cases.pause_case", "pause", _("Pause the work"), 2),
    ("resume", "cases.resume_case", "resume", _("Go on with the work"), 1),
    ("decline", "cases.decline_case", "decline", _("Decline with reason"), 2),
    ("summarise", "cases.summarise_case", "summarise", _("Write the public summary"), 2),
    ("read_contact", "cases.read_contact", "read_contact", _("Read name and phone"), 2),
    ("propose_join", "cases.propose_join", "propose_join", _("Same as an earlier matter"), 2),
    ("call_back", "cases.call_back_case", "call_back", _("Call the reporter back"), 1),
    ("reject_appeal", "cases.decide_appeal", "decide_appeal", _("Decide the appeal"), 0),
    ("approve_summary", "cases.approve_summary", "approve_summary", _("Read the public summary"), 1),
    ("join", "cases.join_case", "join", _("Join it with the earlier matter"), 1),
    ("appeal", "cases.appeal_case", "appeal", _("Appeal to the level above"), 0),
    ("reopen", "cases.reopen_case", "reopen", _("Not solved: reopen it"), 1),
    ("note", "cases.note_case", "note", _("Add something"), 1),
    ("restrict", "cases.restrict_case", "restrict", _("Show it to fewer people"), 2),
    ("withdraw", "cases.withdraw_case", "withdraw", _("I need it no more"), 2),
)


def offers(actor: Actor, case: Case) -> list[Offer]:
    """The acts that `actor` can do on `case` now, the most likely one first."""
    found = [
        Offer(act, label, reverse(f"cases:{name}", args=[case.number]), weight)
        for act, permission, name, label, weight in _OFFERS
        if _fits(act, case) and allowed(actor, permission, case)
    ]
    return sorted(found, key=lambda offer: offer.weight)


def _fits(act: str, case: Case) -> bool:
    """Whether the act makes sense in the present state of the case."""
    beside = {
        "note": case.state not in FINAL_STATES,
        "summarise": case.is_open and case.publicity == Publicity.SUMMARY,
        "approve_summary": bool(case.summary) and not case.summary_approved,
        "restrict": case.publicity != Publicity.PRIVATE,
        "read_contact": case.is_open and case.shares_contact,
        "propose_join": case.is_open,
    }
    if act in beside:
        return beside[act]
    if (case.state, act) not in TRANSITIONS:
        return False
    return {
        "pause": not case.is_paused,
        "resume": case.is_paused,
        "refer": case.nature == Nature.RIGHT,
        "join": case.join_proposed_id is not None,
        "appeal": case.appeal == Case.Appeal.NONE,
        "reject_appeal": case.appeal == Case.Appeal.LODGED,
        "reopen": case.state == CaseState.CLOSED,  # an answered case is reopened by saying "not solved"
    }.get(act, True)
