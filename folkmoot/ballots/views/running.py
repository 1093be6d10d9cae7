"""A poll that runs: how it stands, what can be done now, and one page for each act."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from folkmoot.ballots import forms, queries, services
from folkmoot.ballots.models import Poll
from folkmoot.ballots.offers import offers
from folkmoot.ballots.states import PollState
from folkmoot.ballots.story import history_items, standing
from folkmoot.ballots.views.admissions import shown_gate
from folkmoot.ballots.views.desk import is_desk_open
from folkmoot.ballots.views.frame import act_page, ask, crumbs, done, find_poll, unkept
from folkmoot.ballots.views.setting_up import STEPS
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import allowed


@door("ballots.view_roll")
def poll_run(request: Request, code: str) -> HttpResponse:
    """The organiser's page of one poll: how it stands, live, and what comes next."""
    poll = queries.get_poll(request.actor, code)
    if not allowed(request.actor, "ballots.view_roll", poll):
        raise NotFound()
    sentence, small, kind = standing(poll)
    is_draft = poll.state == PollState.DRAFT
    context: dict[str, Any] = {
        "poll": poll, "crumbs": crumbs(poll, _("Run this vote")), "is_draft": is_draft,
        "verdict": {"sentence": sentence, "small": small, "kind": kind},
        "steps": STEPS if is_draft and allowed(request.actor, "ballots.change_poll", poll) else (),
        "offers": offers(request.actor, poll), "turnout": [] if is_draft else queries.turnout(poll),
        "is_live": poll.is_giving, "is_desk_open": is_desk_open(poll),
        "slips": queries.slip_numbers(poll), "items": history_items(queries.history(poll)),
        "has_sheets": poll.state == PollState.CLOSED, "desks": list(poll.desks.all()),
        "verify": queries.verify_address(poll),
        "may_name_desk": allowed(request.actor, "ballots.name_desk", poll),
        **shown_gate(request.actor, poll, None),
    }  # fmt: skip
    return render(request, "ballots/poll_run.html", context)


def _keys_file(poll: Poll, keys: dict[str, str]) -> HttpResponse:
    """The file of keys: given out once, kept nowhere."""
    headers = {"Content-Disposition": f'attachment; filename="keys-{poll.code}.json"'}
    return unkept(HttpResponse(json.dumps(keys, indent=1), content_type="application/json", headers=headers))


issuing_close = act_page(
    "ballots.close_issuing", forms.PollActForm, services.close_issuing,
    title=gettext_lazy("End the giving out of papers"), button=gettext_lazy("Give out no more"),
    hints=(
        gettext_lazy("The number given out is counted once and written into the public log."),
        gettext_lazy("The keys that sign papers are erased. This cannot be taken back."),
    ),
)  # fmt: skip
casting_open = act_page(
    "ballots.open_casting", forms.PollActForm, services.open_casting,
    title=gettext_lazy("Open the vote"), button=gettext_lazy("The vote is open"),
    hints=(
        gettext_lazy("No more papers are given out. Everybody who has one can cast it from now on."),
        gettext_lazy("Everybody on the roll gets a message, whether a paper was taken or not."),
    ),
)  # fmt: skip
poll_close = act_page(
    "ballots.close_poll", forms.PollActForm, services.close_poll,
    title=gettext_lazy("Close the vote"), button=gettext_lazy("Close it"),
    hints=(gettext_lazy("The box takes no more ballots. This cannot be taken back."),),
)  # fmt: skip
openings_publish = act_page(
    "ballots.publish_openings", forms.PublishOpeningsForm, services.publish_openings,
    title=gettext_lazy("Open the ballots for everybody"), button=gettext_lazy("Open them"),
    hints=(
        gettext_lazy("Every answer of a group that is large enough becomes public, without a name."),
        gettext_lazy("Groups that are too small stay closed for ever: their keys are erased."),
    ),
)  # fmt: skip
result_publish = act_page(
    "ballots.publish_result", forms.PublishResultForm, services.publish_result,
    title=gettext_lazy("Publish the result"), button=gettext_lazy("Publish it"),
    hints=(gettext_lazy("The computer counts what is open to everybody. Anybody can count it again."),),
    back="ballots:poll_result",
)  # fmt: skip
broken_declare = act_page(
    "ballots.declare_broken", forms.DeclareBrokenForm, services.declare_broken,
    title=gettext_lazy("Declare this vote broken"), button=gettext_lazy("It does not count"), kind="danger",
    hints=(gettext_lazy("Do this when something went wrong that cannot be mended. It is final."),),
)  # fmt: skip
slips_drop = act_page(
    "ballots.drop_slips", forms.PollActForm, services.drop_slips,
    title=gettext_lazy("Make all printed slips worthless"), button=gettext_lazy("Make them worthless"),
    hints=(gettext_lazy("Then questions, voters and calendar can be changed again. Destroy the printed ones."),),
    back="ballots:open_poll", kind="danger",
)  # fmt: skip
poll_drop = act_page(
    "ballots.drop_poll", forms.DropPollForm, services.drop_poll,
    answer=lambda _poll, _given: redirect("ballots:organised_list"),
    title=gettext_lazy("Drop this draft"), button=gettext_lazy("Drop it"), kind="danger",
    hints=(
        gettext_lazy("Questions, groups and roll are erased. This cannot be taken back."),
        gettext_lazy("That it was dropped, by whom and why, stays in the log of acts."),
    ),
)  # fmt: skip
keys_hand_over = act_page(
    "ballots.hand_over_keys", forms.PollActForm, services.hand_over_keys, answer=_keys_file,
    title=gettext_lazy("Hand the keys to the teller"), button=gettext_lazy("Give me the file of keys"),
    hints=(
        gettext_lazy("The file is made once. This server keeps no copy: if it is lost, no ballot can be opened."),
        gettext_lazy("Put it on a stick that the teller takes along, and bring it back after the close."),
    ),
)  # fmt: skip


@door("ballots.name_desk")
def desk_name(request: Request, code: str) -> HttpResponse:
    """Which posts give out papers and count, beside the organiser."""
    poll = find_poll(request, code, "ballots.name_desk")
    initial: dict[str, Any] = {"posts": [post.pk for post in poll.desks.all()]}
    posted = request.POST if request.method == "POST" else None
    if posted is not None and posted.get("act") == "find":
        initial, posted = {"posts": posted.getlist("posts"), "find": posted.get("find", "")}, None
    form = forms.NameDeskForm(posted, poll=poll, initial=initial)
    if posted is not None and form.is_valid():
        posts = list(form.cleaned_data["posts"])
        if done(form, lambda: services.name_desk(actor=request.actor, poll=poll, posts=posts)):
            messages.success(request, _("The desk is named."))
            return redirect("ballots:run_poll", code=poll.code)
    return ask(request, poll, form, title=_("Name the desk"), button=_("Name them"))


@door("ballots.return_slips")
def slips_return(request: Request, code: str) -> HttpResponse:
    """Unused slips come back: the box refuses them from now on."""
    poll = find_poll(request, code, "ballots.return_slips")
    form = forms.ReturnSlipsForm(request.POST if request.method == "POST" else None, poll=poll)
    if request.method == "POST" and form.is_valid():
        returned: list[int] = []
        said = {"stratum": form.cleaned_data["stratum"], "codes": form.cleaned_data["slips"]}
        if done(form, lambda: returned.append(services.return_slips(actor=request.actor, poll=poll, **said))):
            text = ngettext("%(n)d slip is void now.", "%(n)d slips are void now.", returned[0])
            messages.success(request, text % {"n": returned[0]})
            return redirect("ballots:run_poll", code=poll.code)
    return ask(
        request, poll, form, title=_("Hand unused slips back"), button=_("Make them void"),
        hints=[_("Count them in front of the observers first.")],
    )  # fmt: skip


@door("ballots.give_back_slips")
def slips_give_back(request: Request, code: str, stratum: str) -> HttpResponse:
    """Too few drew a slip: all slips of the group are void, and those who drew one take a paper anew."""
    poll = find_poll(request, code, "ballots.give_back_slips")
    row = queries.get_stratum(poll, stratum)
    form = forms.PollActForm(request.POST if request.method == "POST" else None, poll=poll)
    if request.method == "POST" and form.is_valid():
        act = services.give_back_slips
        if done(form, lambda: act(actor=request.actor, poll=poll, stratum=row)):
            messages.success(
                request, _("All slips of this group are void. Whoever drew one takes a paper anew.")
            )
            return redirect("ballots:run_poll", code=poll.code)
    return ask(
        request, poll, form, title=_("Give the slips of “%(group)s” back") % {"group": row},
        button=_("Give them back"),
        hints=[_("So few drew a slip that each could be guessed. They vote at the tablet instead.")],
    )  # fmt: skip
