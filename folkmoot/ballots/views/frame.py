"""What the pages of a poll share: the way back, and an act that is one form with one button."""

from collections.abc import Callable, Iterable
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


def ask(
    request: Request,
    poll: Poll,
    form: Form,
    *,
    title: Sentence,
    button: Sentence,
    hints: Iterable[Sentence] = (),
    kind: str = "",
    back: str = "ballots:run_poll",
    way: list[Crumb] | None = None,
) -> HttpResponse:
    """The page that asks for an act: what it does, its form, its button."""
    context = {
        "form": form, "title": title, "button": button, "hints": hints, "kind": kind,
        "crumbs": way or crumbs(poll, title, runs=True), "back": reverse(back, args=[poll.code]),
    }  # fmt: skip
    return render(request, "ballots/poll_act.html", context, status=status_of(form))


def act_page(
    permission: str,
    form_class: type[PollActForm],
    service: Callable[..., Any],
    *,
    answer: Callable[[Poll, Any], HttpResponse] | None = None,
    back: str = "ballots:run_poll",
    **said: Any,
) -> View:
    """A view of one act: asks on GET as `ask` does, performs on POST, keeps what was typed when refused.

    Shapes: `answer` makes a response of what the service gives back; without it the way leads `back`.
    """

    @door(permission)
    def view(request: Request, code: str) -> HttpResponse:
        poll = find_poll(request, code, permission)
        is_posted = request.method == "POST"
        form = form_class(
            request.POST if is_posted else None, request.FILES if is_posted else None, poll=poll
        )
        given: list[Any] = []
        if is_posted and form.is_valid():
            done(form, lambda: given.append(service(actor=request.actor, poll=poll, **form.cleaned_data)))
        if not given:
            return ask(request, poll, form, back=back, **said)
        if answer is not None:
            return answer(poll, given[0])
        messages.success(request, _("Done."))
        return redirect(back, code=poll.code)

    return view


def unkept(response: HttpResponse) -> HttpResponse:
    """An answer that no browser and nobody on the way keeps: codes and keys are in it."""
    response.headers["Cache-Control"] = "no-store"
    return response


def pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return unkept(HttpResponse(content, content_type="application/pdf", headers=headers))
