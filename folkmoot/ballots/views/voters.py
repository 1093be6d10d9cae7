"""Step 3: groups of voters and the roll, from people or from a file."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from folkmoot.areas.imports import Fault
from folkmoot.areas.services import Result
from folkmoot.ballots import forms, queries, services
from folkmoot.ballots.models import Poll
from folkmoot.ballots.services.rolls import RollImporter
from folkmoot.ballots.states import PollState
from folkmoot.ballots.views.frame import crumbs, done, status_of
from folkmoot.ballots.views.setting_up import find_draft, step_context
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound, Refused
from folkmoot.base.permissions import allowed
from folkmoot.ui.forms import seen_version
from folkmoot.ui.paging import listing

FAULTS_SHOWN = 200
FIRST_GROUP = {
    "label": "Ordinary residents",
    "label_zh": "普通群众",
    "is_ordinary": "yes",
    "channels": ["token"],
}


def voters_page(poll: Poll) -> str:
    """Where the groups with their numbers are: a step of the set-up, or with what was agreed to."""
    return "ballots:view_agreement" if poll.is_elsewhere else "ballots:add_stratum"


@door("ballots.add_stratum")
def stratum_add(request: Request, code: str) -> HttpResponse:
    """The groups so far with their numbers, and one more."""
    poll = find_draft(request, code, "ballots.add_stratum")
    if poll.is_open:
        return _population_change(request, poll)
    strata, sizes = list(poll.strata.all()), queries.roll_sizes(poll)
    posted = request.POST if request.method == "POST" else None
    form = forms.StratumForm(posted, poll=poll, initial=FIRST_GROUP if not strata else {})
    if request.method == "POST" and form.is_valid():
        said = {"code": form.code_for(poll), **form.fields_of_stratum()}
        if done(form, lambda: services.add_stratum(actor=request.actor, poll=poll, **said)):
            messages.success(request, _("The group is on the list. Fill its roll next."))
            return redirect("ballots:add_stratum", code=poll.code)
    context = {
        **step_context(poll, 3), "form": form,
        "strata": [(stratum, sizes.get(stratum.pk, 0)) for stratum in strata],
    }  # fmt: skip
    return render(request, "ballots/stratum_add.html", context, status=status_of(form))


def _population_change(request: Request, poll: Poll) -> HttpResponse:
    """Step 3 of an open poll: it has no groups and no roll, only a number that it stops at."""
    known = poll.population or queries.counted_population(poll.area)
    posted = request.POST if request.method == "POST" else None
    form = forms.PopulationForm(posted, initial={"seen": poll.version, "population": known or None})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if done(form, lambda: services.change_poll(actor=request.actor, poll=poll, **said)):
            return redirect("ballots:change_calendar", code=poll.code)
    context = {**step_context(poll, 3), "form": form, "rate": queries.rate_of(poll)}
    return render(request, "ballots/open_voters.html", context, status=status_of(form))


@door("ballots.change_stratum")
def stratum_change(request: Request, code: str, stratum: str) -> HttpResponse:
    poll = find_draft(request, code, "ballots.change_stratum")
    row = queries.get_stratum(poll, stratum)
    posted = request.POST if request.method == "POST" else None
    form = forms.StratumForm(posted, poll=poll, stratum=row, initial=forms.StratumForm.shown(row))
    if request.method == "POST" and form.is_valid():
        said = form.fields_of_stratum()
        if done(form, lambda: services.change_stratum(actor=request.actor, poll=poll, stratum=row, **said)):
            return redirect("ballots:add_stratum", code=poll.code)
    context = {**step_context(poll, 3), "form": form, "title": str(row), "button": _("Keep it")}
    return render(request, "ballots/poll_change.html", context, status=status_of(form))


@door("ballots.remove_stratum")
@require_POST
def stratum_remove(request: Request, code: str, stratum: str) -> HttpResponse:
    poll = find_draft(request, code, "ballots.remove_stratum")
    services.remove_stratum(actor=request.actor, poll=poll, stratum=queries.get_stratum(poll, stratum))
    return redirect("ballots:add_stratum", code=poll.code)


@door("ballots.add_rule")
def rule_add(request: Request, code: str) -> HttpResponse:
    """The rules of composition so far in words, and one more."""
    poll = find_draft(request, code, "ballots.add_rule")
    form = forms.AddRuleForm(request.POST if request.method == "POST" else None, poll=poll)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if done(form, lambda: services.add_rule(actor=request.actor, poll=poll, **said)):
            messages.success(request, _("The rule is on the list."))
            return redirect("ballots:add_rule", code=poll.code)
    context = {
        **step_context(poll, 3), "form": form, "rules": queries.rule_sentences(poll),
        "can_have_rules": len(poll.strata.all()) > 1,
    }  # fmt: skip
    return render(request, "ballots/rule_add.html", context, status=status_of(form))


@door("ballots.remove_rule")
@require_POST
def rule_remove(request: Request, code: str, number: int) -> HttpResponse:
    poll = find_draft(request, code, "ballots.remove_rule")
    services.remove_rule(actor=request.actor, poll=poll, number=number, seen=seen_version(request))
    return redirect("ballots:add_rule", code=poll.code)


@door("ballots.fill_roll")
def roll_fill(request: Request, code: str, stratum: str) -> HttpResponse:
    """Those who live here or hold a post here, as one group."""
    poll = find_draft(request, code, "ballots.fill_roll")
    row = queries.get_stratum(poll, stratum)
    form = forms.FillRollForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        added: list[int] = []
        said = {"stratum": row, "area": poll.area, **form.cleaned_data}
        if done(form, lambda: added.append(services.fill_roll(actor=request.actor, poll=poll, **said))):
            text = ngettext("%(n)d person was added.", "%(n)d people were added.", added[0])
            messages.success(request, text % {"n": added[0]})
            return redirect(voters_page(poll), code=poll.code)
    context = {
        **step_context(poll, 3), "form": form, "button": _("Put them on the roll"),
        "title": _("Who in %(place)s is “%(group)s”?") % {"place": poll.area, "group": row},
    }  # fmt: skip
    return render(request, "ballots/poll_change.html", context, status=status_of(form))


@door("ballots.view_roll")
def roll_view(request: Request, code: str) -> HttpResponse:
    """The names on the roll, for organiser and desk; never who has taken a paper."""
    poll = queries.get_poll(request.actor, code)
    rows = queries.get_roll(request.actor, poll)
    form = forms.FindEntryForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    context = {
        "poll": poll, "form": form, "listing": listing(request, queries.named_like(rows, text)),
        "crumbs": crumbs(poll, _("Roll"), runs=True),
        "may_change": poll.state == PollState.DRAFT and allowed(request.actor, "ballots.remove_entry", poll),
    }  # fmt: skip
    return render(request, "ballots/roll_view.html", context)


@door("ballots.remove_entry")
@require_POST
def entry_remove(request: Request, code: str, entry: str) -> HttpResponse:
    poll = find_draft(request, code, "ballots.remove_entry")
    row = queries.get_roll(request.actor, poll).filter(pk=entry).first()
    if row is None:
        raise NotFound()
    services.remove_entry(actor=request.actor, poll=poll, entry=row)
    return redirect("ballots:view_roll", code=poll.code)


@door("ballots.import_roll")
def roll_import(request: Request, code: str) -> HttpResponse:
    """A file of voters: checked whole, and taken whole or not at all; on request without its bad rows."""
    poll = find_draft(request, code, "ballots.import_roll")
    posted = request.method == "POST"
    form = forms.ImportRollForm(request.POST if posted else None, request.FILES if posted else None)
    result, kept = None, ""
    if posted and form.is_valid():
        result, kept = _import(request, poll, form)
        if result is not None and result.counts is not None:
            messages.success(request, result.sentence)
            return redirect(voters_page(poll), code=poll.code)
    is_bad = bool(form.errors) or bool(result and result.fault_count)
    context = {
        **step_context(poll, 3), "form": form, "columns": RollImporter.columns, "result": result,
        "kept": kept,
        "faults": _readable(result.faults[:FAULTS_SHOWN]) if result else [], "strata": list(poll.strata.all()),
        "back": reverse(voters_page(poll), args=[poll.code]),
    }  # fmt: skip
    return render(request, "ballots/roll_import.html", context, status=422 if is_bad else 200)


def _readable(faults: list[Fault]) -> list[tuple[int, str, str]]:
    """Line, column, reason; a byte that is no text shows as a question mark."""

    def said(text: str) -> str:
        return text.encode("utf-8", "replace").decode()

    return [(fault.line, said(fault.column), said(fault.sentence)) for fault in faults]


def _import(request: Request, poll: Poll, form: forms.ImportRollForm) -> tuple[Result | None, str]:
    """Checks or brings in the file just chosen, else the one that was kept; and under which name it is kept now."""
    said: dict[str, Any] = {
        "is_dry_run": request.POST.get("act") != "import", "takes_good_rows": form.cleaned_data["takes_good_rows"],
    }  # fmt: skip
    try:
        kept = request.POST.get("kept", "")
        if form.cleaned_data["file"] is not None:
            kept = services.keep_roll_file(poll, form.cleaned_data["file"])
        path = services.kept_roll_file(poll, kept)
        result = services.import_roll(actor=request.actor, poll=poll, path=path, **said)
    except Refused as refusal:
        form.add_error("file", str(refusal))
        return None, ""
    if result.counts is not None:
        path.unlink(missing_ok=True)
    return result, kept
