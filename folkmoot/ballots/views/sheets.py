"""Hand papers after the close: one teller writes the sheet with a photograph, another one confirms it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from folkmoot_kernel.cells import HandSheet as PlannedSheet

from folkmoot.ballots import forms, queries, services
from folkmoot.ballots.models import HandSheet, Paper, Poll
from folkmoot.ballots.shown import option_words
from folkmoot.ballots.states import PollState
from folkmoot.ballots.views.frame import ask, crumbs, done, find_poll
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound, Refused
from folkmoot.base.permissions import allowed
from folkmoot.media.services import take_photo
from folkmoot.media.views import send
from folkmoot.ui.components import Crumb, Picture
from folkmoot.ui.forms import seen_version


@dataclass(frozen=True)
class SheetLine:
    """A sheet that there has to be, and the one that is written, if it is."""

    paper: Paper
    planned: PlannedSheet
    groups: str
    written: HandSheet | None
    totals: list[tuple[str, int]]
    picture: list[Picture]
    is_mine: bool

    @property
    def first_group(self) -> str:
        return self.planned.groups[0]

    @property
    def reason(self) -> str:
        return queries.said(self.planned.reason)


@door("ballots.enter_sheet")
def sheet_list(request: Request, code: str) -> HttpResponse:
    """Every sheet there has to be: not written yet, waiting for the second teller, confirmed."""
    poll = find_poll(request, code, "ballots.enter_sheet")
    _require_closed(poll)
    found = [line for paper in poll.papers.all() for line in _lines(poll, paper, request.actor.person_id)]
    missing = sum(line.written is None or not line.written.is_confirmed for line in found)
    context = {
        "poll": poll, "lines": found, "missing": missing, "crumbs": crumbs(poll, _("Hand papers"), runs=True),
    }  # fmt: skip
    return render(request, "ballots/sheet_list.html", context)


def _require_closed(poll: Poll) -> None:
    if poll.issue_closed_at is None or poll.state in {PollState.TAKING, PollState.CASTING}:
        raise Refused(_("Hand papers are counted after the close."))


def _lines(poll: Poll, paper: Paper, person_id: int | None) -> list[SheetLine]:
    names = {stratum.code: str(stratum) for stratum in poll.strata.all()}
    written = {frozenset(row.code for row in sheet.strata.all()): sheet for sheet in queries.sheets_of(paper)}
    found = []
    for planned in queries.planned_sheets(paper):
        sheet = written.get(frozenset(planned.groups))
        totals = zip(paper.options, sheet.totals if sheet else [], strict=False)
        found.append(SheetLine(
            paper, planned, " + ".join(names[code] for code in planned.groups), sheet,
            [(option_words(option), number) for option, number in totals],
            [_picture(poll, sheet)] if sheet else [],
            is_mine=sheet is not None and sheet.first_teller_id == person_id,
        ))  # fmt: skip
    return found


def _picture(poll: Poll, sheet: HandSheet) -> Picture:
    def address(size: str) -> str:
        return reverse("ballots:sheet_photo", args=[poll.code, sheet.pk, size])

    return Picture(url=address("thumb"), href=address("full"), alt=_("Photograph of the sheet"))


@door("ballots.enter_sheet")
def sheet_enter(request: Request, code: str, order: int, stratum: str) -> HttpResponse:
    """The first teller writes down what was counted."""
    poll = find_poll(request, code, "ballots.enter_sheet")
    _require_closed(poll)
    paper = queries.get_paper(poll, order)
    planned = next((each for each in queries.planned_sheets(paper) if each.groups[0] == stratum), None)
    if planned is None:
        raise NotFound()
    posted = request.method == "POST"
    form = forms.EnterSheetForm(
        request.POST if posted else None, request.FILES if posted else None, paper=paper,
        is_counted_out=planned.opening.holds,
    )  # fmt: skip
    if posted and form.is_valid() and done(form, lambda: _enter(request, poll, paper, planned, form)):
        messages.success(request, _("The sheet is written. Another teller confirms it."))
        return redirect("ballots:sheet_list", code=poll.code)
    sheets = Crumb(_("Hand papers"), reverse("ballots:sheet_list", args=[poll.code]))
    return ask(
        request, poll, form, title=str(paper), button=_("Write the sheet"), back="ballots:sheet_list",
        hints=[queries.said(planned.reason), _("Papers given out: %(n)d") % {"n": planned.papers}],
        way=[*crumbs(poll, _("Hand papers"), runs=True)[:-1], sheets, Crumb(str(paper))],
    )  # fmt: skip


def _enter(
    request: Request, poll: Poll, paper: Paper, planned: PlannedSheet, form: forms.EnterSheetForm
) -> None:
    photo = take_photo(actor=request.actor, upload=form.cleaned_data["photo"])
    strata = [queries.get_stratum(poll, group) for group in planned.groups]
    services.enter_sheet(actor=request.actor, paper=paper, strata=strata, photo=photo, **form.counted())


@door("ballots.confirm_sheet")
@require_POST
def sheet_confirm(request: Request, code: str, sheet: int) -> HttpResponse:
    poll = find_poll(request, code, "ballots.confirm_sheet")
    row = queries.get_sheet(poll, sheet)
    services.confirm_sheet(actor=request.actor, sheet=row, seen=seen_version(request))
    messages.success(request, _("The sheet is confirmed by two tellers."))
    return redirect("ballots:sheet_list", code=poll.code)


@door("ballots.drop_sheet")
@require_POST
def sheet_drop(request: Request, code: str, sheet: int) -> HttpResponse:
    poll = find_poll(request, code, "ballots.drop_sheet")
    services.drop_sheet(actor=request.actor, sheet=queries.get_sheet(poll, sheet), seen=seen_version(request))
    messages.success(request, _("The sheet was taken out. Write it anew."))
    return redirect("ballots:sheet_list", code=poll.code)


@door("ballots.view_poll")
def sheet_photo(request: Request, code: str, sheet: int, size: str) -> HttpResponseBase:
    """The photograph of a sheet: for the tellers, and for everybody once the result is out."""
    poll = queries.get_poll(request.actor, code)
    if poll.published_at is None and not allowed(request.actor, "ballots.view_roll", poll):
        raise NotFound()
    return send(queries.get_sheet(poll, sheet).photo, size, request=request)
