"""What the pages of a poll share: the way back, and an act that is one form with one button."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from folkmoot.ballots import queries
from folkmoot.ballots.forms import PollActForm
from folkmoot.ballots.models import Poll
from folkmoot.base.doors import Request, View, door
from folkmoot.base.errors import Refused, Sentence
from folkmoot.base.permissions import require
from folkmoot.ui.components import Crumb

Perform = Callable[[Request, Poll, dict[str, Any]], object]


def crumbs(poll: Poll, here: Sentence = "", *, runs: bool = False) -> list[Crumb]:
    """From the place to the poll, and to a page of it."""
    line = [
        Crumb(str(poll.area), reverse("home:place", args=[poll.area.code])),
        Crumb(_("Votes"), reverse("ballots:poll_list_of", args=[poll.area.code])),
    ]
    if not here:
        return [*line, Crumb(str(poll))]
    page = "ballots:run_poll" if runs else "ballots:poll_view"
    return [*line, Crumb(str(poll), reverse(page, args=[poll.code])), Crumb(here)]


def find_poll(request: Request, code: str, permission: str) -> Poll:
    """The poll of an address, for whom holds `permission` on it. Raises NotFound, NotAllowed."""
    poll = queries.get_poll(request.actor, code)
    require(request.actor, permission, poll)
    return poll


def done(form: Form, act: Callable[[], object]) -> bool:
    """Whether `act` was done; a refusal is written on the form."""
    try:
        act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def status_of(form: Form) -> int:
    return 422 if form.errors else 200


def act_page(
    permission: str,
    form_class: type[PollActForm],
    perform: Perform,
    *,
    title: Sentence,
    button: Sentence,
    hints: tuple[Sentence, ...] = (),
    kind: str = "",
    back: str = "ballots:run_poll",
) -> View:
    """A view of one act: asks on GET, performs on POST, keeps what was typed when refused."""

    @door(permission)
    def view(request: Request, code: str) -> HttpResponse:
        poll = find_poll(request, code, permission)
        form = form_class(request.POST or None, request.FILES or None, poll=poll)
        if request.method == "POST" and not request.POST:
            form = form_class({}, poll=poll)
        if request.method == "POST" and form.is_valid():
            answer: list[object] = []
            if done(form, lambda: answer.append(perform(request, poll, dict(form.cleaned_data)))):
                if isinstance(answer[0], HttpResponse):
                    return answer[0]
                messages.success(request, _("Done."))
                return redirect(back, code=poll.code)
        context = {
            "poll": poll, "form": form, "title": title, "button": button, "hints": hints, "kind": kind,
            "crumbs": crumbs(poll, title, runs=True), "back": reverse(back, args=[poll.code]),
        }  # fmt: skip
        return render(request, "ballots/poll_act.html", context, status=status_of(form))

    return view


def unkept(response: HttpResponse) -> HttpResponse:
    """An answer that no browser and nobody on the way keeps: codes and keys are in it."""
    response.headers["Cache-Control"] = "no-store"
    return response


def pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return unkept(HttpResponse(content, content_type="application/pdf", headers=headers))
