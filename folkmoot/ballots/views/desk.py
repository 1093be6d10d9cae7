"""The desk of a hall: who stands before it, and what that person is given. None of it leaves a record."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from folkmoot.ballots import forms, printing, queries, services
from folkmoot.ballots.models import Channel, Poll, RollEntry
from folkmoot.ballots.views.frame import crumbs, pdf, unkept
from folkmoot.ballots.views.voter import is_giving
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound, Refused
from folkmoot.base.permissions import allowed
from folkmoot.ui.components import Crumb
from folkmoot.ui.paging import listing


def is_desk_open(poll: Poll) -> bool:
    """Only as long as papers are given out the desk learns what a person has taken. An open poll has no desk."""
    return not poll.is_open and is_giving(RollEntry(poll=poll))


def find_desk(request: Request, code: str) -> Poll:
    """The poll whose desk the actor mans. Raises NotFound, and Refused once no papers are given out."""
    poll = queries.get_poll(request.actor, code)
    if poll.is_open or not allowed(request.actor, "ballots.view_roll", poll):
        raise NotFound()
    if not is_desk_open(poll):
        raise Refused(_("No papers are given out for this vote now."))
    return poll


def find_entry(request: Request, code: str, entry: str) -> RollEntry:
    row = queries.get_entry(request.actor, find_desk(request, code), entry)
    if not allowed(request.actor, "ballots.draw_slip", row):  # her own paper is on her own page
        raise NotFound()
    return row


@door("ballots.draw_slip")
def desk(request: Request, code: str) -> HttpResponse:
    """Find the person standing before the desk. The list does not say who has taken a paper."""
    poll = find_desk(request, code)
    form = forms.FindEntryForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    rows = queries.named_like(queries.get_roll(request.actor, poll), text)
    context = {
        "poll": poll, "form": form, "listing": listing(request, rows), "crumbs": crumbs(poll, _("Desk"), runs=True),
        "tablet": f"{queries.box_origin(poll)}/booth/#tablet&poll={poll.code}&at={settings.ORIGIN}",
    }  # fmt: skip
    return render(request, "ballots/desk.html", context)


@door("ballots.draw_slip")
def desk_entry(request: Request, code: str, entry: str) -> HttpResponse:
    """One person: what was taken, and what can be given."""
    row = find_entry(request, code, entry)
    return unkept(render(request, "ballots/desk_entry.html", _context(row)))


def _context(row: RollEntry) -> dict[str, object]:
    poll = row.poll
    ways = {channel for channel in Channel if queries.has_channel(row, channel)}
    back = Crumb(_("Desk"), reverse("ballots:desk", args=[poll.code]))
    taken = queries.taken_kinds(row)
    return {
        "poll": poll, "entry": row, "taken": [Channel(kind).label for kind in taken],
        "crumbs": [*crumbs(poll, _("Desk"), runs=True)[:-1], back, Crumb(str(row))],
        "gives_slip": Channel.SLIP in ways and not taken, "gives_hand": Channel.HAND in ways and not taken,
        "gives_claim": Channel.TOKEN in ways and set(taken) <= {Channel.TOKEN},
    }  # fmt: skip


@door("ballots.draw_slip")
@require_POST
def slip_draw(request: Request, code: str, entry: str) -> HttpResponse:
    row = find_entry(request, code, entry)
    services.draw_slip(actor=request.actor, entry=row)
    messages.success(request, _("Let %(name)s draw one slip from the box of slips.") % {"name": row})
    return redirect("ballots:desk", code=code)


@door("ballots.give_hand_paper")
@require_POST
def hand_paper_give(request: Request, code: str, entry: str) -> HttpResponse:
    row = find_entry(request, code, entry)
    given = services.give_hand_paper(actor=request.actor, entry=row)
    text = ngettext("Give %(name)s %(n)d paper.", "Give %(name)s %(n)d papers.", given)
    messages.success(request, text % {"name": row, "n": given})
    return redirect("ballots:desk", code=code)


@door("ballots.issue_claim")
@require_POST
def claim_issue(request: Request, code: str, entry: str) -> HttpResponse:
    """A code for the person standing here: for the tablet, for her own phone, or to take along on paper."""
    row = find_entry(request, code, entry)
    claim = services.issue_claim(actor=request.actor, entry=row)
    booth, other = printing.claim_address(row.poll, claim), queries.other_registrar(row.poll)
    context = {**_context(row), "claim": claim, "booth": booth, "other": other}
    return unkept(render(request, "ballots/desk_claim.html", context))


@door("ballots.view_roll")
def slip_sheet(request: Request, code: str) -> HttpResponse:
    """The sheet on which observers sign for the slips."""
    poll = queries.get_poll(request.actor, code)
    batches = list(queries.slip_batches(poll))
    if not batches or not allowed(request.actor, "ballots.view_roll", poll):
        raise NotFound()
    return pdf(printing.sheet_pdf(poll, batches, queries.drawn_slips(poll)), f"slips-sheet-{poll.code}")
