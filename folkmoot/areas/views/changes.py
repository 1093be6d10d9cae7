"""Pages on which the map is changed: split, merge, rename. Each shows first what would move."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from folkmoot.areas import services
from folkmoot.areas.forms import MOST_PARTS, MergeAreasForm, RenameAreaForm, SplitAreaForm
from folkmoot.areas.models import Area, AreaChange, PlannedChange, in_reader_language
from folkmoot.areas.queries import (
    ancestors,
    changes_of,
    contents_of,
    get_area,
    get_plan,
    plans_of,
    sisters_of,
)
from folkmoot.areas.services.merge_areas import check_merge
from folkmoot.areas.services.split_area import share_out
from folkmoot.areas.states import PlanState
from folkmoot.base import clock
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import allowed, may_try, require
from folkmoot.ui.components import Act, Crumb, Fact, Row
from folkmoot.ui.forms import seen_version

PERMISSIONS = {"split": "areas.split_area", "merge": "areas.merge_areas", "rename": "areas.rename_area"}
SHOWN_PLANS = (PlanState.PLANNED, PlanState.FAILED)


@door("areas.find_area")
def area_history(request: Request, code: str) -> HttpResponse:
    """What became of an area: every split, merge, new name and new boundary, with day and reason."""
    area = get_area(code)
    began = Row(_("It began."), when=area.valid_from, label=area.get_reason_display(), kind="plain")
    acts = {
        "split": Act(_("Split"), reverse("areas:split", args=[code]), _("Make parts of it")),
        "merge": Act(_("Merge"), reverse("areas:merge", args=[code]), _("Join it with the one beside it")),
        "rename": Act(_("Give a new name"), reverse("areas:rename", args=[code])),
    }
    may = [
        acts[act] for act in acts if area.valid_to is None and allowed(request.actor, PERMISSIONS[act], area)
    ]
    if may_try(request.actor, "areas.list_gaps"):
        may.append(Act(_("Gaps of the map"), reverse("areas:gaps")))
    plans = plans_of(area).filter(state__in=SHOWN_PLANS).prefetch_related("others")
    context = {
        "area": area,
        "crumbs": _crumbs(area, _("History")),
        "items": [*(_row(area, change) for change in changes_of(area).prefetch_related("others")), began],
        "acts": may,
        "plans": [_plan_row(request, plan) for plan in plans],
    }
    return render(request, "areas/area_history.html", context)


def _plan_row(request: Request, plan: PlannedChange) -> tuple[Row, PlannedChange | None]:
    """What is planned or could not be made; the plan itself beside it for whoever may withdraw it."""
    terms = plan.terms
    match plan.kind:
        case AreaChange.Kind.SPLIT:
            parts = _(", ").join(in_reader_language(each["name"], each["name_zh"]) for each in terms["parts"])
            title = _("%(area)s is to be split into %(parts)s.") % {"area": plan.area, "parts": parts}
        case AreaChange.Kind.MERGE:
            merged = _(", ").join(str(each) for each in [plan.area, *plan.others.all()])
            new = in_reader_language(terms["into"]["name"], terms["into"]["name_zh"])
            title = _("%(areas)s are to become %(new)s.") % {"areas": merged, "new": new}
        case _:
            name = in_reader_language(terms["name"], terms["name_zh"])
            title = _("%(area)s is to be called %(name)s.") % {"area": plan.area, "name": name}
    is_open = plan.state == PlanState.PLANNED
    text = plan.note if is_open else in_reader_language(plan.why_failed, plan.why_failed_zh)
    row = Row(
        title, when=plan.on, text=text, label=plan.get_state_display(), kind="wait" if is_open else "late"
    )
    may_withdraw = is_open and allowed(request.actor, "areas.withdraw_change", plan)
    return row, plan if may_withdraw else None


@door("areas.withdraw_change")
@require_POST
def change_withdraw(request: Request, pk: int) -> HttpResponse:
    plan = get_plan(pk)
    services.withdraw_change(actor=request.actor, plan=plan, seen=seen_version(request))
    return redirect("areas:history", code=plan.area.code)


def _row(area: Area, change: AreaChange) -> Row:
    others = _(", ").join(str(each) for each in change.others.all())
    names = {"area": str(change.area), "others": others}
    match change.kind:
        case AreaChange.Kind.SPLIT:
            title = _("%(area)s was split into %(others)s.") % names
        case AreaChange.Kind.MERGE:
            title = _("%(others)s became %(area)s.") % names
        case AreaChange.Kind.RENAME:
            former = in_reader_language(change.former.get("name", ""), change.former.get("name_zh", ""))
            title = _("Until then it was called %(former)s.") % {"former": former}
        case _:
            title = _("The boundary was drawn anew.")
    url = "" if change.area_id == area.pk else reverse("areas:history", args=[change.area.code])
    label = change.get_reason_display() if change.reason else ""
    return Row(title, url=url, when=change.on, text=change.note, label=label, kind="plain")


@door("areas.split_area")
def area_split(request: Request, code: str) -> HttpResponse:
    area = get_area(code)
    require(request.actor, "areas.split_area", area)
    number = request.GET.get("parts", "2")
    parts = int(number) if number in {str(n) for n in range(2, MOST_PARTS + 1)} else 2
    form = SplitAreaForm(
        request.POST or None, request.FILES or None, parts=parts, initial={"on": clock.today()}
    )
    shares: list[Any] = []
    if form.is_valid():
        said = form.cleaned_data
        how = {"parts": form.parts(), "heir": form.heir(), "on": said["on"], "reason": said["reason"]}
        try:
            if "confirmed" in request.POST:
                how["note"] = said["note"]
                if form.is_later:
                    services.plan_change(actor=request.actor, kind="split", areas=[area], **how)
                else:
                    services.split_area(actor=request.actor, area=area, **how)
                return redirect("areas:history", code=area.code)
            shares = share_out(area, **how)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"parts": parts, "more": parts + 1 if parts < MOST_PARTS else None, "shares": shares}
    return _answer(
        request, "areas/area_split.html", form, area=area, act=_("Split"), moving=[area], **context
    )


@door("areas.merge_areas")
def area_merge(request: Request, code: str) -> HttpResponse:
    area = get_area(code)
    require(request.actor, "areas.merge_areas", area)
    sisters = list(sisters_of(area))
    form = MergeAreasForm(request.POST or None, sisters=sisters, initial={"on": clock.today()})
    chosen, is_checked = [area], False
    if form.is_valid():
        said = form.cleaned_data
        chosen = [area, *(sister for sister in sisters if sister.code in said["others"])]
        how = {"areas": chosen, "into": form.into(), "on": said["on"], "reason": said["reason"]}
        try:
            if "confirmed" in request.POST:
                how["note"] = said["note"]
                if form.is_later:
                    services.plan_change(actor=request.actor, kind="merge", **how)
                    return redirect("areas:history", code=area.code)
                new = services.merge_areas(actor=request.actor, **how)
                return redirect("areas:history", code=new.code)
            check_merge(**how)
            is_checked = True
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"sisters": sisters, "chosen": chosen, "is_checked": is_checked}
    return _answer(
        request, "areas/area_merge.html", form, area=area, act=_("Merge"), moving=chosen, **context
    )


@door("areas.rename_area")
def area_rename(request: Request, code: str) -> HttpResponse:
    area = get_area(code)
    require(request.actor, "areas.rename_area", area)
    names = {"on": clock.today(), "name": area.name, "name_zh": area.name_zh}
    form = RenameAreaForm(request.POST or None, initial=names)
    if form.is_valid():
        try:
            if form.is_later:
                services.plan_change(actor=request.actor, kind="rename", areas=[area], **form.cleaned_data)
            else:
                services.rename_area(actor=request.actor, area=area, **form.cleaned_data)
            return redirect("areas:history", code=area.code)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _answer(request, "areas/area_rename.html", form, area=area, act=_("Give a new name"), moving=[])


def _answer(
    request: Request,
    template: str,
    form: forms.Form,
    *,
    area: Area,
    act: str,
    moving: list[Area],
    **more: Any,
) -> HttpResponse:
    context = {
        "area": area,
        "form": form,
        "crumbs": _crumbs(area, act),
        "facts": [Fact(label, number) for label, number in contents_of(moving)] if moving else [],
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _crumbs(area: Area, last: str) -> list[Crumb]:
    line = [Crumb(str(step), reverse("home:place", args=[step.code])) for step in ancestors(area)]
    return [*line, Crumb(last)]
