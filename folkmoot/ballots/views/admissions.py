"""An open poll: its population at set-up, its gate for everybody, and two organisers who decide who waits no more."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from folkmoot.ballots import forms, queries, services
from folkmoot.ballots.models import Poll, RollEntry
from folkmoot.ballots.views.frame import crumbs, done, find_poll, status_of
from folkmoot.ballots.views.voter import is_giving
from folkmoot.base.actors import Actor
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.ui.forms import seen_version


def shown_gate(actor: Actor, poll: Poll, entry: RollEntry | None) -> dict[str, Any]:
    """What everybody sees of an open poll's gate, and what the reader can do at it; nothing for other polls."""
    gate = queries.gate_of(poll) if poll.is_open else None
    if gate is None:
        return {}
    takes_part = is_giving(RollEntry(poll=poll))
    return {
        "gate": gate, "numbers": queries.passed_numbers(poll, gate), "proposal": queries.get_proposal(poll),
        "takes_part": takes_part, "admission": queries.own_admission(entry) if entry and takes_part else None,
        "why_not": queries.why_not(actor, poll) if takes_part and actor.is_signed_in and not entry else "",
    }  # fmt: skip


@door("ballots.propose_admission")
def admission_propose(request: Request, code: str) -> HttpResponse:
    """Those who wait: how many, what is proposed, and by whom. One organiser proposes, another one agrees."""
    poll = find_poll(request, code, "ballots.propose_admission")
    shown = shown_gate(request.actor, poll, None)
    if not shown:
        raise NotFound()
    form = forms.ProposeAdmissionForm(request.POST if request.method == "POST" else None, poll=poll)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if done(form, lambda: services.propose_admission(actor=request.actor, poll=poll, **said)):
            messages.success(request, _("It is proposed. Another organiser has to agree."))
            return redirect("ballots:propose_admission", code=poll.code)
    proposal = shown["proposal"]
    context = {
        **shown, "poll": poll, "form": form, "crumbs": crumbs(poll, _("Those who wait"), runs=True),
        "is_mine": proposal is not None and proposal.proposed_by_id == request.actor.person_id,
    }  # fmt: skip
    return render(request, "ballots/admission_propose.html", context, status=status_of(form))


@door("ballots.confirm_admission")
@require_POST
def admission_confirm(request: Request, code: str) -> HttpResponse:
    poll = find_poll(request, code, "ballots.confirm_admission")
    services.confirm_admission(actor=request.actor, poll=poll, seen=seen_version(request))
    messages.success(request, _("Done. Those who waited get a message."))
    return redirect("ballots:run_poll", code=poll.code)
