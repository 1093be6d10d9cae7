"""Two registrars of one poll: what each hands to the other, and where both stand."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from folkmoot.ballots import forms, queries, services
from folkmoot.ballots.handover import fingerprint
from folkmoot.ballots.models import Poll
from folkmoot.ballots.shown import option_words
from folkmoot.ballots.states import TRANSITIONS, PollState
from folkmoot.ballots.views.frame import act_page, crumbs, done, find_poll, status_of, unkept
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound, Sentence
from folkmoot.ui.components import Crumb

BACK = "ballots:view_agreement"


@dataclass(frozen=True)
class Handed:
    """One of the files. Shapes: `act` (label, address) is what can be done about it now, `is_ours` who makes it."""

    name: str
    label: Sentence
    is_ours: bool
    fingerprint: str
    act: tuple[Sentence, str] | None = None


# file -> (act of the table, url name, label), for whoever has to do something about it: organiser, then second
_ACTS: dict[str, tuple[tuple[str, str, Sentence] | None, tuple[str, str, Sentence] | None]] = {
    "setup": (None, None),
    "keys": (
        ("accept_keys", "accept_keys", gettext_lazy("Bring the keys in")),
        ("offer_keys", "offer_keys", gettext_lazy("Make the keys of this place")),
    ),
    "papers": (None, ("accept_papers", "accept_papers", gettext_lazy("Bring the opened papers in"))),
    "numbers": (("accept_numbers", "accept_numbers", gettext_lazy("Bring the numbers in")), None),
}


@door("ballots.view_agreement")
def agreement_view(request: Request, code: str) -> HttpResponse:
    """Where the two registrars stand: four files, each with its fingerprint, and what comes next here."""
    poll = find_poll(request, code, "ballots.view_agreement")
    if not poll.second_registrar:
        return redirect("ballots:name_second", code=code) if poll.state == PollState.DRAFT else _nowhere()
    sizes = queries.roll_sizes(poll) if poll.is_elsewhere else {}
    context = {
        "poll": poll, "crumbs": crumbs(poll, _("Two registrars"), runs=True), "other": queries.other_registrar(poll),
        "files": [_handed(poll, name) for name in queries.HANDED], "is_draft": poll.state == PollState.DRAFT,
        "strata": [(stratum, sizes.get(stratum.pk, 0)) for stratum in poll.strata.all()] if poll.is_elsewhere else [],
        "papers": [(paper, [option_words(option) for option in paper.options]) for paper in poll.papers.all()],
    }  # fmt: skip
    return render(request, "ballots/agreement_view.html", context)


def _nowhere() -> HttpResponse:
    raise NotFound()


def _handed(poll: Poll, name: str) -> Handed:
    data = queries.handed_over(poll, name)
    act = _ACTS[name][poll.is_elsewhere]
    is_due = act is not None and (poll.state, act[0]) in TRANSITIONS and (not data or act[0] == "accept_keys")
    offer = (act[2], reverse(f"ballots:{act[1]}", args=[poll.code])) if act and is_due else None
    is_ours = (name in {"setup", "papers"}) is not poll.is_elsewhere
    return Handed(name, queries.HANDED[name], is_ours, fingerprint(data) if data else "", offer)


@door("ballots.view_agreement")
def handed_file(request: Request, code: str, name: str) -> HttpResponse:
    """One of the files, as the other registrar needs it."""
    poll = find_poll(request, code, "ballots.view_agreement")
    data = queries.handed_over(poll, name)
    if not data:
        raise NotFound()
    headers = {"Content-Disposition": f'attachment; filename="{name}-{poll.code}.txt"'}
    return unkept(HttpResponse(data, content_type="text/plain; charset=utf-8", headers=headers))


@door("ballots.agree_to_poll")
def poll_agree(request: Request) -> HttpResponse:
    """This place becomes the second registrar of a poll that another one organises."""
    areas, is_posted = queries.areas_to_poll(request.actor), request.method == "POST"
    form = forms.AgreeForm(
        request.POST if is_posted else None, request.FILES if is_posted else None, areas=areas,
        initial={"area": areas.first()},
    )  # fmt: skip
    polls: list[Poll] = []
    if is_posted and form.is_valid():
        done(form, lambda: polls.append(services.agree_to_poll(actor=request.actor, **form.cleaned_data)))
    if polls:
        messages.success(request, _("Compare the fingerprint with the organiser now, then fill the roll."))
        return redirect(BACK, code=polls[0].code)
    context = {
        "form": form, "title": _("Be the second registrar of a vote"), "button": _("Take part in it"),
        "hints": [
            _("Another place organises the vote. This one gives out a second code to everybody on a roll of its own."),
            _("Without both codes nobody can vote, so that no place alone can make a ballot."),
        ],
        "crumbs": [Crumb(_("Votes I run"), reverse("ballots:organised_list")), Crumb(_("Second registrar"))],
        "back": reverse("ballots:organised_list"),
    }  # fmt: skip
    return render(request, "ballots/poll_act.html", context, status=status_of(form))


second_name = act_page(
    "ballots.name_second", forms.NameSecondForm, services.name_second, back=BACK,
    title=gettext_lazy("Name a second registrar"), button=gettext_lazy("Name it"),
    hints=(
        gettext_lazy("A place run by others, such as the residents' committee, gives out a second code for each paper. "
                     "Then nobody alone can make a ballot."),
        gettext_lazy("Everything else has to be ready. From then on questions, voters and calendar stay as they are."),
        gettext_lazy("Without its keys the vote cannot open, and without its numbers it cannot be counted."),
    ),
)  # fmt: skip
second_drop = act_page(
    "ballots.drop_second", forms.PollActForm, services.drop_second, back="ballots:open_poll", kind="danger",
    title=gettext_lazy("Do without the second registrar"), button=gettext_lazy("Do without it"),
    hints=(gettext_lazy("Then the vote can be changed again. Tell the other place: its part is in vain."),),
)  # fmt: skip
keys_accept = act_page(
    "ballots.accept_keys", forms.HandedForm, services.accept_keys, back=BACK,
    title=gettext_lazy("Bring the keys in"), button=gettext_lazy("Take these keys"),
    hints=(gettext_lazy("Compare the fingerprint over the telephone before you open the vote."),),
)  # fmt: skip
numbers_accept = act_page(
    "ballots.accept_numbers", forms.HandedForm, services.accept_numbers, back=BACK,
    title=gettext_lazy("Bring the numbers in"), button=gettext_lazy("Put them into the log"),
    hints=(gettext_lazy("How many papers the second registrar gave out, signed with its key, for everybody to read."),),
)  # fmt: skip
keys_offer = act_page(
    "ballots.offer_keys", forms.PollActForm, services.offer_keys, back=BACK,
    title=gettext_lazy("Make the keys of this place"), button=gettext_lazy("Make them"),
    hints=(
        gettext_lazy("Compare the fingerprint of the set-up with the organiser first, and read what will be asked."),
        gettext_lazy("The file holds only what everybody may know. Hand it to the organiser, and read its fingerprint out."),
    ),
)  # fmt: skip
papers_accept = act_page(
    "ballots.accept_papers", forms.HandedForm, services.accept_papers, back=BACK,
    title=gettext_lazy("Bring the opened papers in"), button=gettext_lazy("Give out codes from now on"),
    hints=(
        gettext_lazy("They are compared with what you agreed to. If anything is another, nothing is given out."),
        gettext_lazy("The roll of this place is frozen, and everybody on it gets a message."),
    ),
)  # fmt: skip
poll_leave = act_page(
    "ballots.leave_poll", forms.PollActForm, services.leave_poll, title=gettext_lazy("Erase who took which paper"),
    button=gettext_lazy("Erase it"),
    hints=(
        gettext_lazy("Do it when the vote is closed. Until then somebody whose line broke can ask for the same again."),
    ),
)  # fmt: skip
