"""A voter's own pages: the votes she is on the roll of, and the way to the booth."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from folkmoot.ballots import queries, services
from folkmoot.ballots.models import Channel, RollEntry
from folkmoot.ballots.printing import claim_address
from folkmoot.ballots.story import lines, standing
from folkmoot.ballots.views.frame import unkept
from folkmoot.base import clock
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.ui.components import Crumb
from folkmoot.ui.paging import listing


@door("ballots.issue_claim")
def paper_list(request: Request) -> HttpResponse:
    """The votes on whose roll I am."""
    assert request.actor.person_id is not None
    page = listing(request, queries.polls_of_person(request.actor.person_id))
    context = {"listing": page, "lines": lines([entry.poll for entry in page.rows])}
    return render(request, "ballots/paper_list.html", context)


@door("ballots.issue_claim")
def paper_claim(request: Request, code: str) -> HttpResponse:
    """My papers of one vote: what I am told, what I have taken, and on POST the way to the booth, shown once."""
    poll = queries.get_poll(request.actor, code)
    entry = queries.own_entry(request.actor, poll)
    if entry is None or not poll.log_key:
        raise NotFound()
    entry.poll = poll
    claim = services.issue_claim(actor=request.actor, entry=entry) if request.method == "POST" else ""
    sentence, small, kind = standing(poll)
    context = {
        "poll": poll, "entry": entry, "verdict": {"sentence": sentence, "small": small, "kind": kind},
        "crumbs": [Crumb(_("My papers"), reverse("ballots:my_papers")), Crumb(str(poll))],
        "booth": claim_address(poll, claim) if claim else "", "claim": claim,
        "other": queries.other_registrar(poll),
        "secrecy": queries.secrecy_sentence(poll), "told": queries.told_in_words(entry),
        "taken": queries.taken_kinds(entry), "is_online": queries.has_channel(entry, Channel.TOKEN),
        "is_giving": is_giving(entry), "minutes": queries.minutes_needed(len(poll.papers.all())),
    }  # fmt: skip
    return unkept(render(request, "ballots/paper_claim.html", context))


def is_giving(entry: RollEntry) -> bool:
    """Whether papers are given out this moment, by state and by the calendar."""
    moments = (entry.poll.casts_at, entry.poll.closes_at)
    is_past = any(moment is not None and moment <= clock.now() for moment in moments)
    return entry.poll.is_giving and not is_past
