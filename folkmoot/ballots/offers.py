"""Which acts the organiser's page offers to whom: what the state table and the rules both allow."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from folkmoot.ballots import queries
from folkmoot.ballots.models import Poll
from folkmoot.ballots.services import objection_end
from folkmoot.ballots.states import TRANSITIONS, PollState
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Sentence
from folkmoot.base.permissions import allowed
from folkmoot.ui.components import Offer

# act of the table, permission, url name, label, weight
_OFFERS: tuple[tuple[str, str, str, Sentence, int], ...] = (
    ("open_casting", "ballots.open_casting", "open_casting", _("Open the vote"), 0),
    ("propose_admission", "ballots.propose_admission", "propose_admission", _("Decide about those who wait"), 0),
    ("close", "ballots.close_poll", "close_poll", _("Close the vote"), 0),
    ("publish_openings", "ballots.publish_openings", "publish_openings", _("Open the ballots for everybody"), 0),
    ("publish_result", "ballots.publish_result", "publish_result", _("Publish the result"), 0),
    ("close_issuing", "ballots.close_issuing", "close_issuing", _("End the giving out of papers"), 1),
    ("begin_audit", "ballots.begin_audit", "begin_audit", _("Have it checked who took a paper"), 1),
    ("draw_sample", "ballots.draw_sample", "draw_sample", _("Draw those who are asked"), 1),
    ("leave", "ballots.leave_poll", "leave_poll", _("Erase who took which paper"), 1),
    ("return_slips", "ballots.return_slips", "return_slips", _("Hand unused slips back"), 1),
    ("hand_over_keys", "ballots.hand_over_keys", "hand_over_keys", _("Hand the keys to the teller"), 1),
    ("drop", "ballots.drop_poll", "drop_poll", _("Drop this draft"), 2),
    ("declare_broken", "ballots.declare_broken", "declare_broken", _("Declare this vote broken"), 2),
)  # fmt: skip


def offers(actor: Actor, poll: Poll) -> list[Offer]:
    """The acts that `actor` can do on `poll` now, the most likely one first."""
    found = [
        Offer(act, label, reverse(f"ballots:{name}", args=[poll.code]), weight)
        for act, permission, name, label, weight in _OFFERS
        if (poll.state, act) in TRANSITIONS and _fits(act, poll) and allowed(actor, permission, poll)
    ]
    return sorted(found, key=lambda offer: offer.weight)


def _fits(act: str, poll: Poll) -> bool:
    """Whether the act makes sense now, beside what the table says."""
    audit = queries.audit_of(poll)
    return {
        "begin_audit": poll.issue_closed_at is not None and (audit is None or not audit.number),
        "draw_sample": audit is not None and not audit.number,
        "propose_admission": poll.is_open and poll.is_giving and poll.gate.waiting > 0,
        "close_issuing": poll.issue_closed_at is None,
        "leave": poll.issue_closed_at is not None,
        "return_slips": any(stratum.has_slips for stratum in poll.strata.all()),
        "hand_over_keys": bool(poll.teller),
        "publish_result": poll.counted_at is not None and objection_end(poll) <= clock.now(),
        "declare_broken": poll.state != PollState.BROKEN,
    }.get(act, True)
