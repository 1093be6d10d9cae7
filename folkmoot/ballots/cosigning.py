"""Asks the witnesses of each poll's log for cosignatures, and hands them to the box.

Whom to ask stands in the poll's own policy, as it was when the poll began. Nobody waits for it: not the box, not a
ballot, not the close.
"""

from functools import lru_cache, partial

from folkmoot_kernel.notes import Policy, Signature

from folkmoot.ballots import boxes, queries
from folkmoot.ballots.boxes import BoxAway, BoxRefused
from folkmoot.ballots.models import Poll
from folkmoot.ballots.states import FINAL_STATES
from folkmoot.journal.asking import OwnLog, ask_witnesses, lacking
from folkmoot.journal.witnesses import Witness, witnesses_in

_finished: set[str] = set()  # polls that are over and have all their cosignatures


def ask_for_polls() -> int:
    """Asks whoever lacks under the newest checkpoint of a poll; returns how many cosigned."""
    given = 0
    for poll in queries.public_polls():
        if poll.code not in _finished:
            try:
                given += _ask_for(poll)
            except (
                BoxAway,
                BoxRefused,
            ):  # the box starts again, or the log has just grown: in the next round
                continue
    return given


def _ask_for(poll: Poll) -> int:
    checkpoint, witnesses = boxes.published(poll.code, "checkpoint"), _witnesses(poll.code)
    if lacking(checkpoint, witnesses):
        log = OwnLog(checkpoint, partial(boxes.published, poll.code), partial(_keep, poll.code))
        return ask_witnesses(log, witnesses)
    if poll.state in FINAL_STATES:
        _finished.add(poll.code)
    return 0


@lru_cache
def _witnesses(code: str) -> tuple[Witness, ...]:
    """Those that the poll's policy names; it never changes."""
    return tuple(witnesses_in(Policy.parse(boxes.published(code, "policy").decode())))


def _keep(code: str, signature: Signature) -> None:
    boxes.cosign(code, signature.line)
