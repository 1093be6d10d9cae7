"""A poll is set up in five steps: words, questions, voters, calendar, check. Each can be opened again."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from folkmoot_kernel.errors import KernelError

from folkmoot.areas.models import Area
from folkmoot.ballots import forms, queries, services
from folkmoot.ballots.models import Channel, Poll
from folkmoot.ballots.queries import Settled
from folkmoot.ballots.shown import option_words
from folkmoot.ballots.states import PollState
from folkmoot.ballots.story import lines
from folkmoot.ballots.views.frame import crumbs, done, find_poll, pdf, status_of
from folkmoot.base import clock
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import Refused, Sentence
from folkmoot.base.permissions import may_try
from folkmoot.ui.components import Check, Crumb
from folkmoot.ui.forms import seen_version
from folkmoot.ui.paging import listing


@dataclass(frozen=True)
class SetUpStep:
    number: int
    label: Sentence
    url_name: str
    url: str = ""


STEPS = (
    SetUpStep(1, gettext_lazy("What it is"), "ballots:change_poll"),
    SetUpStep(2, gettext_lazy("Questions"), "ballots:add_paper"),
    SetUpStep(3, gettext_lazy("Voters"), "ballots:add_stratum"),
    SetUpStep(4, gettext_lazy("Calendar and secrecy"), "ballots:change_calendar"),
    SetUpStep(5, gettext_lazy("Check and open"), "ballots:open_poll"),
)


def step_context(poll: Poll, number: int) -> dict[str, Any]:
    """The step, the one before and the one after."""

    def at(wanted: int) -> SetUpStep | None:
        if not 1 <= wanted <= len(STEPS):
            return None
        step = STEPS[wanted - 1]
        return SetUpStep(step.number, step.label, step.url_name, reverse(step.url_name, args=[poll.code]))

    return {
        "poll": poll, "number": number, "steps": len(STEPS), "former": at(number - 1), "following": at(number + 1),
        "crumbs": crumbs(poll, STEPS[number - 1].label, runs=True),
    }  # fmt: skip


def find_draft(request: Request, code: str, permission: str) -> Poll:
    """The draft of an address. Raises NotFound, NotAllowed, Refused for a poll that is open already."""
    poll = find_poll(request, code, permission)
    if poll.state != PollState.DRAFT:
        raise Refused(_("This vote is open already: it is changed no more."))
    return poll


@door("ballots.view_roll")
def organised_list(request: Request) -> HttpResponse:
    """The polls in which I have a role."""
    page = listing(request, queries.organised_polls(request.actor))
    context = {
        "listing": page, "lines": lines(page.rows), "may_set_up": may_try(request.actor, "ballots.set_up_poll"),
        "may_agree": may_try(request.actor, "ballots.agree_to_poll"),
    }  # fmt: skip
    return render(request, "ballots/organised_list.html", context)


@door("ballots.set_up_poll")
def poll_set_up(request: Request) -> HttpResponse:
    """Step 1 of a new poll."""
    areas = queries.areas_to_poll(request.actor)
    first = areas.first()
    form = forms.SetUpPollForm(
        request.POST or None, areas=areas,
        initial={"area": first, "short_name": _suggested(first) if first else ""},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        area, code = said.pop("area"), said.pop("short_name")
        if done(form, lambda: services.set_up_poll(actor=request.actor, area=area, code=code, **said)):
            return redirect("ballots:add_paper", code=code)
    context = {
        "form": form, "number": 1, "steps": len(STEPS), "title": _("Set up a vote"), "button": _("Go on to the questions"),
        "crumbs": [Crumb(_("Votes I run"), reverse("ballots:organised_list")), Crumb(_("A new vote"))],
    }  # fmt: skip
    return render(request, "ballots/poll_change.html", context, status=status_of(form))


def _suggested(area: Area) -> str:
    """A short name that is likely to be free: the place and the day."""
    letters = "".join(
        letter if letter.isascii() and letter.isalnum() else "-" for letter in area.code.lower()
    )
    return f"{letters.strip('-')}-{clock.today():%Y-%m-%d}"


@door("ballots.change_poll")
def poll_change(request: Request, code: str) -> HttpResponse:
    """Step 1 again: name, who may vote, rule."""
    poll = find_draft(request, code, "ballots.change_poll")
    form = forms.ChangePollForm(request.POST if request.method == "POST" else None, poll=poll)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if done(form, lambda: services.change_poll(actor=request.actor, poll=poll, **said)):
            return redirect("ballots:add_paper", code=poll.code)
    context = {
        **step_context(poll, 1), "form": form, "title": _("What is voted on, and who may vote"),
        "button": _("Keep it and go on"),
    }  # fmt: skip
    return render(request, "ballots/poll_change.html", context, status=status_of(form))


@door("ballots.add_paper")
def paper_add(request: Request, code: str) -> HttpResponse:
    """Step 2: the questions so far, and one more."""
    poll = find_draft(request, code, "ballots.change_poll")
    is_finding = request.POST.get("act") == "find"
    posted = request.POST if request.method == "POST" and not is_finding else None
    form = forms.AddPaperForm(posted, poll=poll, initial=request.POST.dict() if is_finding else None)
    if posted is not None and form.is_valid():
        said = form.cleaned_data
        if done(form, lambda: services.add_paper(actor=request.actor, poll=poll, **said)):
            messages.success(request, _("The question is on the list."))
            return redirect("ballots:add_paper", code=poll.code)
    papers = list(poll.papers.all())
    context = {
        **step_context(poll, 2), "form": form,
        "papers": [(paper, [option_words(option) for option in paper.options]) for paper in papers],
        "minutes": queries.minutes_needed(len(papers)) if papers else 0,
    }  # fmt: skip
    return render(request, "ballots/paper_add.html", context, status=status_of(form))


@door("ballots.remove_paper")
@require_POST
def paper_remove(request: Request, code: str, order: int) -> HttpResponse:
    poll = find_draft(request, code, "ballots.remove_paper")
    services.remove_paper(actor=request.actor, poll=poll, paper=queries.get_paper(poll, order))
    return redirect("ballots:add_paper", code=poll.code)


@door("ballots.change_poll")
def calendar_change(request: Request, code: str) -> HttpResponse:
    """Step 4: when, how secret, who holds the keys."""
    poll = find_draft(request, code, "ballots.change_poll")
    posted = request.POST if request.method == "POST" else None
    form = forms.CalendarForm(posted, poll=poll)
    if request.method == "POST" and form.is_valid():
        said = form.fields_of_poll()
        if done(form, lambda: services.change_poll(actor=request.actor, poll=poll, **said)):
            return redirect("ballots:open_poll", code=poll.code)
    context = {
        **step_context(poll, 4), "form": form, "title": _("When, and how secret"), "button": _("Keep it and go on"),
    }  # fmt: skip
    return render(request, "ballots/poll_change.html", context, status=status_of(form))


@door("ballots.open_poll")
def poll_open(request: Request, code: str) -> HttpResponse:
    """Step 5: everything that is looked at, in words; slips; and the opening."""
    poll = find_draft(request, code, "ballots.open_poll")
    if request.method == "POST":
        services.open_poll(actor=request.actor, poll=poll, seen=seen_version(request))
        said = _("Papers are given out from now on. Everybody on the roll gets a message.")
        messages.success(request, _("The vote is open. Announce it now.") if poll.is_open else said)
        return redirect("ballots:run_poll", code=poll.code)
    return render(request, "ballots/poll_open.html", open_context(poll))


def open_context(poll: Poll, slips: forms.PrintSlipsForm | None = None) -> dict[str, Any]:
    checks = queries.checks(poll)
    batches = list(queries.slip_batches(poll))
    return {
        **step_context(poll, 5),
        "checks": [Check(check.text, "done" if check.holds else "blocked") for check in checks],
        "is_ready": all(check.holds for check in checks),
        "is_almost_ready": all(check.holds for check in checks if check.name != "slips"),
        "doubt": queries.doubt_of(poll),
        "level": queries.secrecy_level(poll), "secrecy": queries.secrecy_sentence(poll),
        "batches": batches, "slips": slips or (None if batches else _slips_form(poll, None)),
    }  # fmt: skip


def slip_groups(poll: Poll) -> list[Settled]:
    """The groups that vote with slips; none while the roll is not whole."""
    try:
        return [group for group in queries.settled_groups(poll) if Channel.SLIP in group.channels]
    except KernelError:
        return []


def _slips_form(poll: Poll, posted: Any) -> forms.PrintSlipsForm | None:
    groups = slip_groups(poll)
    if not groups:
        return None
    sizes = queries.roll_sizes(poll)
    return forms.PrintSlipsForm(posted, groups=groups, sizes=sizes, initial={"seen": poll.version})


@door("ballots.print_slips")
@require_POST
def slips_print(request: Request, code: str) -> HttpResponse:
    """The codes, once, as PDF. Nothing here keeps them."""
    poll = find_draft(request, code, "ballots.print_slips")
    form = _slips_form(poll, request.POST)
    if form is None:
        raise Refused(_("No group of this vote uses slips, or somebody is missing on the roll."))
    answer: list[bytes] = []
    if form.is_valid():
        said = {"numbers": form.numbers(), "seen": form.cleaned_data["seen"]}
        done(form, lambda: answer.append(services.print_slips(actor=request.actor, poll=poll, **said)))
    if answer:
        return pdf(answer[0], f"slips-{poll.code}")
    return render(request, "ballots/poll_open.html", open_context(poll, form), status=422)
