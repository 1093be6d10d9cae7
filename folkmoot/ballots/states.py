"""The states of a poll and every move between them. The diagram in docs/reference is made from this table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PollState(models.TextChoices):
    DRAFT = "draft", _("being set up")
    TAKING = "taking", _("papers are given out")
    CASTING = "casting", _("the vote is open")
    CLOSED = "closed", _("closed, not counted yet")
    OPENED = "opened", _("counted, objections possible")
    PUBLISHED = "published", _("result published")
    BROKEN = "broken", _("broken: it does not count")


FINAL_STATES = (PollState.PUBLISHED, PollState.BROKEN)
GIVING_STATES = (PollState.TAKING, PollState.CASTING)

_D, _T, _C, _X, _O, _P, _B = (
    PollState.DRAFT, PollState.TAKING, PollState.CASTING, PollState.CLOSED, PollState.OPENED,
    PollState.PUBLISHED, PollState.BROKEN,
)  # fmt: skip

TRANSITIONS: dict[tuple[str, str], str] = {
    # Setting up. What the box has been handed is changed no more.
    (_D, "change"): _D,
    (_D, "print_slips"): _D, (_D, "drop_slips"): _D,
    (_D, "drop"): _D,  # and then it is gone
    (_D, "name_second"): _D, (_D, "drop_second"): _D, (_D, "accept_keys"): _D,
    (_D, "open"): _T,  # two-phase: papers are taken first
    (_D, "open_at_once"): _C,  # one-phase: taken and cast in the same days
    # Giving out papers. These acts check the table and change nothing on the poll: they leave no trace.
    (_T, "issue_claim"): _T, (_C, "issue_claim"): _C,
    (_T, "take_paper"): _T, (_C, "take_paper"): _C,
    (_T, "draw_slip"): _T, (_C, "draw_slip"): _C,
    (_T, "give_hand_paper"): _T, (_C, "give_hand_paper"): _C,
    (_T, "return_slips"): _T, (_C, "return_slips"): _C,
    (_T, "give_back_slips"): _T,
    (_C, "propose_admission"): _C, (_C, "confirm_admission"): _C,  # of those who wait, in an open poll
    (_T, "close_issuing"): _T, (_C, "close_issuing"): _C,
    (_T, "name_desk"): _T, (_C, "name_desk"): _C, (_D, "name_desk"): _D, (_X, "name_desk"): _X,
    (_T, "hand_over_keys"): _T, (_C, "hand_over_keys"): _C, (_X, "hand_over_keys"): _X,
    # Who took a paper, once the giving out has ended: a sample is asked.
    (_T, "begin_audit"): _T, (_C, "begin_audit"): _C, (_X, "begin_audit"): _X, (_O, "begin_audit"): _O,
    (_P, "begin_audit"): _P,
    (_T, "draw_sample"): _T, (_C, "draw_sample"): _C, (_X, "draw_sample"): _X, (_O, "draw_sample"): _O,
    (_P, "draw_sample"): _P,
    (_T, "sign_audit"): _T, (_C, "sign_audit"): _C, (_X, "sign_audit"): _X, (_O, "sign_audit"): _O,
    (_P, "sign_audit"): _P,
    # As second registrar of a poll that another place organises: it has no box, and ends when nothing is given out.
    (_D, "offer_keys"): _D, (_D, "accept_papers"): _T, (_T, "leave"): _X,
    # Voting, closing, counting.
    (_T, "open_casting"): _C,
    (_C, "close"): _X,
    (_T, "accept_numbers"): _T, (_C, "accept_numbers"): _C, (_X, "accept_numbers"): _X,
    (_X, "enter_sheet"): _X, (_X, "confirm_sheet"): _X, (_X, "drop_sheet"): _X,
    (_X, "publish_openings"): _O,
    (_O, "publish_result"): _P,
    (_T, "declare_broken"): _B, (_C, "declare_broken"): _B, (_X, "declare_broken"): _B,
    (_O, "declare_broken"): _B, (_P, "declare_broken"): _B,
}  # fmt: skip
