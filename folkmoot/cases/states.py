"""The states of a case and every move between them. The diagram in docs/reference is made from this table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    RECEIVED = "received", _("received")
    ASSIGNED = "assigned", _("assigned")
    IN_HAND = "in_hand", _("in hand")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


HANDLED_STATES = (CaseState.ASSIGNED, CaseState.IN_HAND)
OPEN_STATES = (CaseState.RECEIVED, *HANDLED_STATES, CaseState.ANSWERED)
FINAL_STATES = (CaseState.CLOSED, CaseState.DECLINED, CaseState.WITHDRAWN)

_R, _A, _H, _W, _C, _D, _X = (
    CaseState.RECEIVED, CaseState.ASSIGNED, CaseState.IN_HAND, CaseState.ANSWERED,
    CaseState.CLOSED, CaseState.DECLINED, CaseState.WITHDRAWN,
)  # fmt: skip

TRANSITIONS: dict[tuple[str, str], str] = {
    # The ladder: to a post, and from rung to rung (S3.9).
    (_R, "assign"): _A,
    (_A, "escalate"): _A, (_H, "escalate"): _A,
    (_A, "climb"): _A, (_H, "climb"): _A,
    (_A, "hand_over"): _A, (_H, "hand_over"): _A,
    (_A, "refer"): _A, (_H, "refer"): _A,
    # Handling.
    (_A, "sign_for"): _H,
    (_H, "contact"): _H,
    (_H, "call_in"): _H,
    (_H, "pause"): _H, (_H, "resume"): _H,
    (_A, "answer"): _W, (_H, "answer"): _W,
    (_A, "decline"): _D, (_H, "decline"): _D,
    # The end belongs to the reporter.
    (_W, "close"): _C, (_W, "call_back"): _C, (_W, "close_silent"): _C,
    (_W, "reopen"): _A, (_C, "reopen"): _A,
    (_D, "appeal"): _D, (_D, "uphold_appeal"): _A, (_D, "reject_appeal"): _D,
    (_R, "withdraw"): _X, (_A, "withdraw"): _X, (_H, "withdraw"): _X, (_W, "withdraw"): _X,
    (_R, "join"): _C, (_A, "join"): _C, (_H, "join"): _C,
    # A changed map moves open cases without changing what was done (S3.2).
    (_R, "resettle"): _R, (_A, "resettle"): _A, (_H, "resettle"): _H, (_W, "resettle"): _W,
}  # fmt: skip
