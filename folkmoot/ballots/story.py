"""Where a poll stands, in one sentence, and what happened to it so far. Nothing that one voter did is in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from folkmoot.ballots.models import Poll, PollEvent
from folkmoot.ballots.states import PollState
from folkmoot.base.errors import Sentence
from folkmoot.ui.components import TimelineItem
from folkmoot.ui.moments import due_text

ACTS: dict[str, Sentence] = {
    "set_up": gettext_lazy("The vote was set up"),
    "open": gettext_lazy("Papers are given out; the roll is frozen"),
    "open_at_once": gettext_lazy("The vote is open; the roll is frozen"),
    "print_slips": gettext_lazy("Slips were printed"),
    "drop_slips": gettext_lazy("All printed slips were made worthless"),
    "return_slips": gettext_lazy("Unused slips were handed back"),
    "give_back_slips": gettext_lazy("The slips of a small group were given back"),
    "name_desk": gettext_lazy("The desk was named"),
    "tell_of_waiting": gettext_lazy("More people ask than are let through at once: some wait"),
    "close_issuing": gettext_lazy("No more papers are given out"),
    "open_casting": gettext_lazy("Casting is open"),
    "close": gettext_lazy("The vote is closed"),
    "hand_over_keys": gettext_lazy("The keys were handed to the teller"),
    "enter_sheet": gettext_lazy("A sheet of hand papers was written"),
    "confirm_sheet": gettext_lazy("A second teller confirmed a sheet"),
    "drop_sheet": gettext_lazy("A sheet was taken out, to be written anew"),
    "begin_audit": gettext_lazy("Two observers were named, who ask a sample of those who took a paper"),
    "draw_sample": gettext_lazy("The sample was drawn by lot"),
    "sign_audit": gettext_lazy("An observer signed what the sample answered"),
    "publish_openings": gettext_lazy("The ballots were opened for everybody"),
    "publish_result": gettext_lazy("The result was published"),
    "declare_broken": gettext_lazy("The vote was declared broken"),
    "name_second": gettext_lazy("A second registrar was named"),
    "drop_second": gettext_lazy("The second registrar was left out again"),
    "accept_keys": gettext_lazy("The keys of the second registrar came in"),
    "accept_numbers": gettext_lazy("The numbers of the second registrar came in"),
    "agree": gettext_lazy("This place became the second registrar"),
    "offer_keys": gettext_lazy("This place made its keys"),
    "accept_papers": gettext_lazy("Codes are given out; the roll of this place is frozen"),
    "leave": gettext_lazy("This place has erased who took which paper"),
}  # fmt: skip

OPENED_TO_ALL = gettext_lazy("The vote is open to everybody here who had confirmed a phone by now")
ADMISSIONS: dict[tuple[str, int], Sentence] = {
    ("propose_admission", 1): gettext_lazy("One organiser proposed to let those in who wait"),
    ("propose_admission", 0): gettext_lazy("One organiser proposed to refuse those who wait"),
    ("confirm_admission", 1): gettext_lazy("Another organiser agreed: those who waited were let in"),
    ("confirm_admission", 0): gettext_lazy("Another organiser agreed: those who waited were refused"),
}

KINDS = {
    PollState.TAKING: "wait", PollState.CASTING: "wait", PollState.CLOSED: "plain", PollState.OPENED: "plain",
    PollState.PUBLISHED: "ok", PollState.BROKEN: "late",
}  # fmt: skip


@dataclass(frozen=True)
class PollLine:
    poll: Poll
    kind: str


def lines(polls: Iterable[Poll]) -> list[PollLine]:
    """Polls with the colour of their state, for lists."""
    return [PollLine(poll, KINDS.get(PollState(poll.state), "plain")) for poll in polls]


def standing_elsewhere(poll: Poll) -> tuple[str, str, str]:
    """The same where another place organises the poll: here it is about the second code."""
    if poll.state == PollState.DRAFT:
        return (
            _("This place will give out the second code for each paper. Nothing is given out yet."),
            "",
            "wait",
        )
    if poll.is_giving:
        small = _("To vote, everybody needs the code of the organiser, too.")
        return _("The second codes of this vote are given out here."), small, "wait"
    return _("Nothing more is given out here. Whoever organises the vote says how it goes on."), "", "plain"


def standing(poll: Poll) -> tuple[str, str, str]:
    """(sentence, small, kind) of the verdict on top of a poll's page."""
    if poll.is_elsewhere:
        return standing_elsewhere(poll)
    closes = due_text(poll.closes_at) if poll.closes_at else ""
    match poll.state:
        case PollState.DRAFT:
            return _("This vote is being set up. Nobody else sees it yet."), "", "wait"
        case PollState.TAKING:
            casts = due_text(poll.casts_at) if poll.casts_at else ""
            small = (
                _("Casting opens %(when)s.") % {"when": casts}
                if casts
                else _("Casting opens when the chair says so.")
            )
            return _("Papers are given out now. Nobody can cast one yet."), small, "wait"
        case PollState.CASTING:
            small = (
                _("It closes %(when)s.") % {"when": closes}
                if closes
                else _("It closes when the chair says so.")
            )
            return _("The vote is open."), small, "wait"
        case PollState.CLOSED:
            return _("The vote is closed. It is being counted."), "", "wait"
        case PollState.OPENED:
            small = _("Voters can still object. The result follows afterwards.")
            return _("All ballots are opened and public."), small, "wait"
        case PollState.PUBLISHED:
            return _("The result is published. Anybody can check it."), "", "ok"
        case _:
            return _("This vote does not count."), poll.broken_reason, "late"


def history_items(events: Iterable[PollEvent]) -> list[TimelineItem]:
    """Newest first."""
    found = list(events)
    newest = found[-1].pk if found else None
    return [
        TimelineItem(
            time=event.at, title=_title(event), quote=event.text, by=str(event.post or ""),
            kind="late" if event.act == "declare_broken" else ("now" if event.pk == newest else ""),
        )
        for event in reversed(found)
    ]  # fmt: skip


def _title(event: PollEvent) -> Sentence:
    if event.act == "open_at_once" and "population" in event.params:
        return OPENED_TO_ALL
    return ADMISSIONS.get((event.act, event.params.get("lets_in", 0))) or ACTS.get(event.act, event.act)
