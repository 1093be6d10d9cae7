"""One page per act on a case: a short form, the act, back to the case. The service decides and explains."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from folkmoot.base.doors import Request, View, door
from folkmoot.base.errors import Refused, Sentence
from folkmoot.base.permissions import require
from folkmoot.cases import forms, queries, services
from folkmoot.cases.models import Case
from folkmoot.cases.rules import is_reporter
from folkmoot.cases.views.reporting import take_photos

Perform = Callable[[Request, Case, dict[str, Any]], object]


def act_page(
    permission: str,
    form_class: type[forms.ActForm],
    perform: Perform,
    *,
    title: Sentence,
    button: Sentence,
    hint: Sentence = "",
) -> View:
    """A view of one act: shows `form_class` on GET, performs on POST, keeps what was typed when refused."""  # fmt: skip

    @door(permission)
    def view(request: Request, number: str) -> HttpResponse:
        case = queries.get_case(request.actor, number)
        require(request.actor, permission, case)
        form = form_class(
            request.POST or None, request.FILES or None, case=case, **_extra(form_class, request, case)
        )
        if request.method == "POST" and form.is_valid() and _perform(request, case, form, perform):
            messages.success(request, _("Done. It is on the timeline."))
            return redirect("cases:case_view", number=case.number)
        context = {"case": case, "form": form, "title": title, "button": button, "hint": hint}
        return render(request, "cases/case_act.html", context, status=422 if form.errors else 200)

    return view


def _extra(form_class: type[forms.ActForm], request: Request, case: Case) -> dict[str, Any]:
    return {"is_reporter": is_reporter.test(request.actor, case)} if form_class is forms.NoteCaseForm else {}


def _perform(request: Request, case: Case, form: forms.ActForm, perform: Perform) -> bool:
    """Whether the act was done; a refusal is written on the form."""
    data = dict(form.cleaned_data)
    if "photos" in data:
        photos = take_photos(request, form)
        if photos is None:
            return False
        data["photos"] = photos
    try:
        perform(request, case, data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _plain(service: Callable[..., object]) -> Perform:
    """The service takes exactly what the form gives."""
    return lambda request, case, data: service(actor=request.actor, case=case, **data)


def _with_reason(service: Callable[..., object]) -> Perform:
    """The form's text is the service's reason."""

    def perform(request: Request, case: Case, data: dict[str, Any]) -> object:
        data["reason"] = data.pop("text")
        return service(actor=request.actor, case=case, **data)

    return perform


def _call_in(request: Request, case: Case, data: dict[str, Any]) -> object:
    data["request"] = data.pop("text")
    return services.call_in_case(actor=request.actor, case=case, **data)


def _note(request: Request, case: Case, data: dict[str, Any]) -> object:
    data.pop("seen")
    return services.note_case(actor=request.actor, case=case, **data)


def _close(request: Request, case: Case, data: dict[str, Any]) -> object:
    if data.pop("solved"):
        return services.close_case(actor=request.actor, case=case, **data)
    data.pop("rating")
    return services.reopen_case(actor=request.actor, case=case, **data)


def _propose_join(request: Request, case: Case, data: dict[str, Any]) -> object:
    earlier = queries.get_case(request.actor, data["number"].strip())
    return services.propose_join(actor=request.actor, case=case, earlier=earlier)


case_sign_for = act_page(
    "cases.sign_for_case", forms.SignForCaseForm, _plain(services.sign_for_case),
    title=gettext_lazy("Sign for this matter"), button=gettext_lazy("Sign for it"),
    hint=gettext_lazy("It is in your hands then. The next term is the first contact with the reporter or the place."),
)  # fmt: skip
case_contact = act_page(
    "cases.contact_case", forms.ContactCaseForm, _plain(services.contact_case),
    title=gettext_lazy("Note a visit or a talk"), button=gettext_lazy("Note it"),
)  # fmt: skip
case_answer = act_page(
    "cases.answer_case", forms.AnswerCaseForm, _plain(services.answer_case),
    title=gettext_lazy("Answer the reporter"), button=gettext_lazy("Send the answer"),
)  # fmt: skip
case_note = act_page(
    "cases.note_case",
    forms.NoteCaseForm,
    _note,
    title=gettext_lazy("Add something"),
    button=gettext_lazy("Add it"),
)
case_escalate = act_page(
    "cases.escalate_case", forms.EscalateCaseForm, _with_reason(services.escalate_case),
    title=gettext_lazy("Hand it up one level"), button=gettext_lazy("Hand it up"),
    hint=gettext_lazy("It goes to the post of the level above. You go on seeing it."),
)  # fmt: skip
case_hand_over = act_page(
    "cases.hand_over_case", forms.HandOverCaseForm, _with_reason(services.hand_over_case),
    title=gettext_lazy("Not mine: pass it on"), button=gettext_lazy("Pass it on"),
    hint=gettext_lazy("The term stays as it is."),
)  # fmt: skip
case_refer = act_page(
    "cases.refer_case", forms.ReferCaseForm, _with_reason(services.refer_case),
    title=gettext_lazy("Refer it to those who decide"), button=gettext_lazy("Refer it"),
)  # fmt: skip
case_call_in = act_page(
    "cases.call_in_case", forms.CallInCaseForm, _call_in,
    title=gettext_lazy("Call in an organization"), button=gettext_lazy("Call it in"),
    hint=gettext_lazy("You keep the lead. The organization has its own term and you rate its help."),
)  # fmt: skip
case_pause = act_page(
    "cases.pause_case", forms.PauseCaseForm, _with_reason(services.pause_case),
    title=gettext_lazy("Pause the work"), button=gettext_lazy("Pause it"),
    hint=gettext_lazy("Reason and end are on the page for everybody who reads it."),
)  # fmt: skip
case_resume = act_page(
    "cases.resume_case", forms.SignForCaseForm, _plain(services.resume_case),
    title=gettext_lazy("Go on with the work"), button=gettext_lazy("Go on"),
)  # fmt: skip
case_decline = act_page(
    "cases.decline_case", forms.DeclineCaseForm, _with_reason(services.decline_case),
    title=gettext_lazy("Decline this matter"), button=gettext_lazy("Decline it"),
    hint=gettext_lazy("The reporter reads your reason and can appeal to the level above."),
)  # fmt: skip
case_appeal = act_page(
    "cases.appeal_case", forms.AppealCaseForm, _with_reason(services.appeal_case),
    title=gettext_lazy("Appeal to the level above"), button=gettext_lazy("Appeal"),
)  # fmt: skip
case_decide_appeal = act_page(
    "cases.decide_appeal", forms.DecideAppealForm, _with_reason(services.decide_appeal),
    title=gettext_lazy("Decide the appeal"), button=gettext_lazy("Decide"),
)  # fmt: skip
case_close = act_page(
    "cases.close_case", forms.CloseCaseForm, _close,
    title=gettext_lazy("Is it solved?"), button=gettext_lazy("Say so"),
    hint=gettext_lazy("If it is not solved, it goes one level higher, to somebody else."),
)  # fmt: skip
case_call_back = act_page(
    "cases.call_back_case", forms.CallBackCaseForm, _plain(services.call_back_case),
    title=gettext_lazy("Call the reporter back"), button=gettext_lazy("Note the answer"),
    hint=gettext_lazy("You had no part in handling it. Ask only: is it solved?"),
)  # fmt: skip
case_reopen = act_page(
    "cases.reopen_case", forms.ReopenCaseForm, _plain(services.reopen_case),
    title=gettext_lazy("Not solved: reopen it"), button=gettext_lazy("Reopen it"),
    hint=gettext_lazy("It goes one level higher, to somebody else."),
)  # fmt: skip
case_withdraw = act_page(
    "cases.withdraw_case", forms.WithdrawCaseForm, _plain(services.withdraw_case),
    title=gettext_lazy("I need it no more"), button=gettext_lazy("End this matter"),
)  # fmt: skip
case_summarise = act_page(
    "cases.summarise_case", forms.SummariseCaseForm, _plain(services.summarise_case),
    title=gettext_lazy("Write the public summary"), button=gettext_lazy("Ask the reporter"),
)  # fmt: skip
case_approve_summary = act_page(
    "cases.approve_summary", forms.SignForCaseForm, _plain(services.approve_summary),
    title=gettext_lazy("May everybody read this?"), button=gettext_lazy("Yes, show it"),
)  # fmt: skip
case_restrict = act_page(
    "cases.restrict_case", forms.RestrictCaseForm, _plain(services.restrict_case),
    title=gettext_lazy("Show it to fewer people"), button=gettext_lazy("Change it"),
)  # fmt: skip
case_propose_join = act_page(
    "cases.propose_join", forms.ProposeJoinForm, _propose_join,
    title=gettext_lazy("Same as an earlier matter"), button=gettext_lazy("Ask the reporter"),
    hint=gettext_lazy("The reporter decides whether the two are joined."),
)  # fmt: skip
case_join = act_page(
    "cases.join_case", forms.SignForCaseForm, _plain(services.join_case),
    title=gettext_lazy("Join it with the earlier matter"), button=gettext_lazy("Join them"),
    hint=gettext_lazy("This one ends; you will hear of every step of the earlier one."),
)  # fmt: skip


@door("cases.read_contact")
def case_read_contact(request: Request, number: str) -> HttpResponse:
    """Name and phone of the reporter: asked first, shown once, and the reporter sees that they were read."""
    case = queries.get_case(request.actor, number)
    require(request.actor, "cases.read_contact", case)
    contact = services.read_contact(actor=request.actor, case=case) if request.method == "POST" else None
    return render(request, "cases/case_read_contact.html", {"case": case, "contact": contact})


@door("cases.follow_case")
def case_follow(request: Request, number: str) -> HttpResponse:
    """Follow a matter, or follow it no more."""
    case = queries.get_case(request.actor, number)
    if request.method == "POST":
        act = services.unfollow_case if request.POST.get("stop") else services.follow_case
        act(actor=request.actor, case=case)
    return redirect("cases:case_view", number=case.number)


@door("cases.answer_call")
def call_answer(request: Request, call_id: int) -> HttpResponse:
    """The organization called in writes what it did."""
    call = queries.get_call(request.actor, call_id)
    require(request.actor, "cases.answer_call", call)
    form = forms.AnswerCallForm(request.POST or None, initial={"seen": call.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_call(actor=request.actor, call=call, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Done. It is on the timeline."))
            return redirect("cases:case_view", number=call.case.number)
    context = {"case": call.case, "form": form, "title": _("Answer as %(name)s") % {"name": call.organization},
               "button": _("Send the answer"), "hint": call.request}  # fmt: skip
    return render(request, "cases/case_act.html", context, status=422 if form.errors else 200)


@door("cases.rate_call")
def call_rate(request: Request, call_id: int) -> HttpResponse:
    """The caller rates the help of the organization."""
    call = queries.get_call(request.actor, call_id)
    require(request.actor, "cases.rate_call", call)
    form = forms.RateCallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.rate_call(actor=request.actor, call=call, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("cases:case_view", number=call.case.number)
    title = _("How was the help of %(name)s?") % {"name": call.organization}
    context = {"case": call.case, "form": form, "title": title,
               "button": _("Rate it"), "hint": call.answer}  # fmt: skip
    return render(request, "cases/case_act.html", context, status=422 if form.errors else 200)
