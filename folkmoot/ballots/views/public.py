"""What everybody may read: the votes of a place, one vote, its result, and how to check it without trusting us."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from folkmoot.areas.queries import ancestors, area_by_code
from folkmoot.ballots import boxes, queries, services
from folkmoot.ballots.models import Channel, Poll
from folkmoot.ballots.shown import option_words, shown_result
from folkmoot.ballots.states import FINAL_STATES, PollState
from folkmoot.ballots.story import history_items, lines, standing
from folkmoot.ballots.views.admissions import shown_gate
from folkmoot.ballots.views.frame import crumbs
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import allowed, may_try
from folkmoot.journal.shown import witness_rows
from folkmoot.ui.components import Crumb, Fact
from folkmoot.ui.moments import due_text
from folkmoot.ui.paging import listing
from folkmoot.ui.shelf import for_everybody

VERIFIER = Path(__file__).resolve().parents[1] / "verifier" / "built" / "index.html"  # the box serves it


@door("ballots.view_poll")
@for_everybody
def poll_list(request: Request, code: str = "") -> HttpResponse:
    """The votes of a place and of those in it, newest first; without a place all there are."""
    area = area_by_code(code) if code else None
    if code and area is None:
        raise NotFound()
    page = listing(request, queries.public_polls(area))
    way = (
        [Crumb(str(step), reverse("home:place", args=[step.code])) for step in ancestors(area)]
        if area
        else []
    )
    context = {
        "area": area, "listing": page, "lines": lines(page.rows), "crumbs": [*way, Crumb(_("Votes"))],
        "has_papers": may_try(request.actor, "ballots.issue_claim"),
        "serves": may_try(request.actor, "ballots.view_roll"),
    }  # fmt: skip
    return render(request, "ballots/poll_list.html", context)


@door("ballots.view_poll")
@for_everybody
def poll_view(request: Request, code: str) -> HttpResponse:
    """One vote: where it stands, what is asked, who may vote, how secret it is, what happened."""
    poll = queries.get_poll(request.actor, code)
    sentence, small, kind = standing(poll)
    is_open = poll.state != PollState.DRAFT
    entry = queries.own_entry(request.actor, poll) if is_open else None
    context: dict[str, Any] = {
        "poll": poll, "crumbs": crumbs(poll), "verdict": {"sentence": sentence, "small": small, "kind": kind},
        "papers": [(paper, [option_words(option) for option in paper.options]) for paper in poll.papers.all()],
        "facts": _facts(poll), "level": queries.secrecy_level(poll), "secrecy": queries.secrecy_sentence(poll),
        "turnout": queries.turnout(poll) if is_open else [], "items": history_items(queries.history(poll)),
        "serves": allowed(request.actor, "ballots.view_roll", poll),
        "entry": entry,
        "observes": allowed(request.actor, "ballots.view_sample", poll),
        "verify": queries.verify_address(poll), "other": queries.other_registrar(poll),
        "has_result": poll.published_at is not None, "is_open": is_open,
        "is_final": poll.state in FINAL_STATES,
        **shown_gate(request.actor, poll, entry),
    }  # fmt: skip
    return render(request, "ballots/poll_view.html", context)


def _facts(poll: Poll) -> list[Fact]:
    by_word = _("when the chair says so")
    opens = due_text(poll.casts_at) if poll.casts_at else by_word
    words = poll.eligibility_zh if _is_chinese() and poll.eligibility_zh else poll.eligibility
    found = [Fact(_("Who may vote"), words)]
    if poll.is_two_phase:
        found.append(Fact(_("Casting opens"), opens))
    both = f"{boxes.registrar_host()}, {queries.other_registrar(poll)}"
    registrars = [Fact(_("Codes come from"), both)] if poll.second_registrar else []
    return [
        *found,
        Fact(_("The vote closes"), due_text(poll.closes_at) if poll.closes_at else by_word),
        Fact(_("Organised by"), poll.organiser or str(poll.post)),
        *registrars,
        Fact(_("Keys that open the ballots"), poll.teller or _("on this server until the close")),
        Fact(_("Smallest group whose answers are opened"), poll.k),
    ]  # fmt: skip


def _is_chinese() -> bool:
    return queries.language_of_leaves() == "zh-Hans"


@door("ballots.view_poll")
@for_everybody
def poll_result(request: Request, code: str) -> HttpResponse:
    """What was voted: sentence first, then the distribution, the make-up, the ways of voting."""
    poll = queries.get_poll(request.actor, code)
    results = queries.results_of(poll)
    if not results:
        raise NotFound()
    strata = list(poll.strata.all())
    turnout = queries.turnout(poll)
    context = {
        "poll": poll, "crumbs": crumbs(poll, _("Result")), "turnout": turnout,
        "results": [shown_result(paper, results[paper.pk], strata) for paper in poll.papers.all() if paper.pk in results],
        "on_roll": sum(row.roll for row in turnout), "taken": sum(sum(row.taken.values()) for row in turnout),
        "channels": Channel.labels, "is_broken": poll.state == PollState.BROKEN,
    }  # fmt: skip
    return render(request, "ballots/poll_result.html", context)


@door("ballots.view_poll")
@for_everybody
def poll_verify(request: Request, code: str) -> HttpResponse:
    """How anybody checks this vote: the bundle, the command, her receipt, an objection."""
    poll = queries.get_poll(request.actor, code)
    if not poll.log_key or poll.is_elsewhere:
        raise NotFound()
    log = f"{settings.BOX_ORIGIN}/{poll.code}"
    is_counted = poll.state == PollState.OPENED and poll.counted_at is not None
    context = {
        "poll": poll, "crumbs": crumbs(poll, _("Check this vote")), "log": log, "bundle": f"{log}/bundle.zip",
        "policy": f"{log}/policy", "by_address": f"moot-verify {log}/", "by_bundle": "moot-verify bundle.zip",
        "receipts": f"{settings.BOX_ORIGIN}/booth/#check",
        "in_browser": f"{settings.BOX_ORIGIN}/verify/#log={log}/" if VERIFIER.exists() else "",
        "objection_end": services.objection_end(poll) if is_counted else None,
        "witnesses": witness_rows(poll.log_origin),
    }  # fmt: skip
    return render(request, "ballots/poll_verify.html", context)


@door("ballots.view_poll")
@for_everybody
def protection(request: Request) -> HttpResponse:
    """What protects a voter, and what nothing protects: linked from the booth."""
    context = {
        "crumbs": [Crumb(_("Votes"), reverse("ballots:poll_list")), Crumb(_("How your vote is protected"))]
    }
    return render(request, "ballots/protection.html", context)
