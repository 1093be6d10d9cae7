"""What every act on a poll does inside its transaction: move, history, journal, notices."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from folkmoot.ballots import notices
from folkmoot.ballots.models import Poll, PollEvent
from folkmoot.ballots.states import TRANSITIONS
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.transition import move, next_state
from folkmoot.journal import services as journal

# The journal speaks in the past tense: act -> kind.
KINDS = {
    "set_up": "set_up", "open": "opened", "open_at_once": "opened", "print_slips": "slips_printed",
    "drop_slips": "slips_dropped", "return_slips": "slips_returned", "give_back_slips": "slips_given_back",
    "tell_of_waiting": "waiting_told", "propose_admission": "admission_proposed", "confirm_admission": "admission_confirmed",
    "name_desk": "desk_named", "close_issuing": "issuing_closed", "open_casting": "casting_opened",
    "close": "closed", "hand_over_keys": "keys_handed_over", "enter_sheet": "sheet_entered",
    "confirm_sheet": "sheet_confirmed", "drop_sheet": "sheet_dropped", "publish_openings": "openings_published",
    "begin_audit": "audit_begun", "draw_sample": "sample_drawn", "sign_audit": "audit_signed",
    "publish_result": "result_published", "declare_broken": "declared_broken",
    "name_second": "second_named", "drop_second": "second_dropped", "accept_keys": "keys_accepted",
    "accept_numbers": "numbers_accepted", "agree": "agreed_to", "offer_keys": "keys_offered",
    "accept_papers": "papers_accepted", "leave": "left",
}  # fmt: skip


def take_step(
    poll: Poll,
    *,
    act: str,
    actor: Actor,
    seen: int | None = None,
    text: str = "",
    params: dict[str, int | str] | None = None,
    **changes: Any,
) -> PollEvent:
    """Moves `poll` by `act` of the state table and writes its history, its journal entry and its notices.

    Shapes: `params` are numbers and words for the history and the journal; `changes` fields of the poll.
    Raises Refused when the table forbids the act, StaleState when somebody else was faster.
    Effects: journal kind `poll.<past tense of act>`, notices as notices.TABLE says.
    """
    former = move(poll, act=act, table=TRANSITIONS, seen=seen, **changes)
    return add_line(poll, act=act, actor=actor, from_state=former, text=text, params=params)


def add_line(
    poll: Poll, *, act: str, actor: Actor, from_state: str = "", text: str = "",
    params: dict[str, int | str] | None = None,
) -> PollEvent:  # fmt: skip
    """Writes one line of the history with its journal entry and its notices."""
    event = PollEvent.objects.create(
        poll=poll, at=clock.now(), act=act, from_state=from_state or poll.state, to_state=poll.state,
        post_id=actor.post.id if actor.post else None, text=text, params=params or {},
    )  # fmt: skip
    journal.record(f"poll.{KINDS[act]}", actor=actor, obj=poll.ref, state=poll.state, **(params or {}))
    notices.tell(poll, act)
    return event


def require_state(poll: Poll, act: str) -> None:
    """Raises Refused when the table has no such move: asked before the box is."""
    next_state(TRANSITIONS, poll.state, act)


def change(poll: Poll, kind: str, *, actor: Actor, seen: int | None = None, **changes: Any) -> None:
    """One step of setting up: the draft gets a new version, the journal `kind`.

    Raises Refused once the papers were handed to the box or slips were printed, StaleState.
    """
    require_changeable(poll)
    move(poll, act="change", table=TRANSITIONS, seen=seen, **changes)
    journal.record(kind, actor=actor, obj=poll.ref)


def require_roll(poll: Poll) -> None:
    """Raises Refused for an open poll: nobody makes its roll or its groups."""
    if poll.is_open:
        raise Refused(_("An open vote has no roll and no groups: everybody who lives here can take part."))


def require_changeable(poll: Poll) -> None:
    """Raises Refused when slips stand for the questions and the roll, the box has the papers, or a second registrar."""
    if poll.strata.filter(slip_batch__isnull=False).exists():
        raise Refused(_("The slips are printed for this roll and these questions. Drop the slips first."))
    if poll.papers.exclude(leaf_hash="").exists():
        raise Refused(_("The box may have the papers already. Open the poll, or set up another one."))
    require_alone(poll)


def require_alone(poll: Poll) -> None:
    """Raises Refused when a second registrar was handed what this poll will ask."""
    if poll.second_registrar and not poll.is_elsewhere:
        raise Refused(
            _(
                "The second registrar was handed this vote as it is. Do without it first, then change the vote."
            )
        )
