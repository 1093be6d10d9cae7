"""My household: what is kept of it, by whom it was read, and how to end it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from folkmoot.base.doors import Request, door
from folkmoot.base.permissions import require
from folkmoot.people import queries, services
from folkmoot.people.forms.households import (
    AnswerNoteForm,
    FindHouseholdForm,
    JoinHouseholdForm,
    LinkHouseholdForm,
)
from folkmoot.people.views.forms import answered, typed
from folkmoot.ui.paging import listing


@door("people.view_household")
def my_household(request: Request) -> HttpResponse:
    """Where I live, who is linked to us, what is noted of us and who has read it."""
    home = queries.home_of(request.actor.person_id)
    context: dict[str, Any] = {"home": home, "form": JoinHouseholdForm()}
    if home is not None:
        area = home.household.area
        context["rungs"] = queries.rungs_around(area)[:2] if area is not None else []
        if home.is_confirmed:
            context["links"] = list(queries.links_of(home))
            context["notes"] = list(queries.notes_on(home))
            context["waiting"] = list(queries.waiting_residents(request.actor)[:25])
    return render(request, "people/my_household.html", context)


@door("people.join_household")
@require_POST
def household_join(request: Request) -> HttpResponse:
    form = JoinHouseholdForm(request.POST)
    if form.is_valid():
        household = form.cleaned_data["household"]
        joined = answered(form, lambda: services.join_household(actor=request.actor, household=household))
        if joined is not None:
            return redirect("people:my_household")
    return render(request, "people/my_household.html", {"home": None, "form": form}, status=422)


@door("people.leave_household")
@require_POST
def household_leave(request: Request) -> HttpResponse:
    home = queries.home_of(request.actor.person_id)
    if home is not None:
        services.leave_household(actor=request.actor, member=home)
    return redirect("people:my_household")


@door("people.list_residents")
def resident_list(request: Request) -> HttpResponse:
    """Those who say "I live here" and wait for a word of the household or of a chief."""
    waiting = listing(request, queries.waiting_residents(request.actor))
    return render(request, "people/resident_list.html", {"listing": waiting})


@door("people.confirm_resident")
@require_POST
def resident_confirm(request: Request, pk: int) -> HttpResponse:
    member = queries.get_waiting_resident(request.actor, pk)
    services.confirm_resident(actor=request.actor, member=member)
    return redirect("people:resident_list")


@door("people.refuse_resident")
@require_POST
def resident_refuse(request: Request, pk: int) -> HttpResponse:
    member = queries.get_waiting_resident(request.actor, pk)
    services.refuse_resident(actor=request.actor, member=member)
    return redirect("people:resident_list")


@door("people.link_household")
def household_link(request: Request) -> HttpResponse:
    """First which household, asked in the address bar; then who of those that serve there looks after it."""
    asked = FindHouseholdForm(request.GET or None, actor=request.actor)
    context: dict[str, Any] = {"asked": asked}
    if asked.is_valid():
        household = asked.cleaned_data["household"]
        form = LinkHouseholdForm(typed(request), household=household)
        if form.is_valid():
            member = form.people[form.cleaned_data["member"]]
            linked = answered(
                form,
                lambda: services.link_household(actor=request.actor, household=household, member=member),
            )
            if linked is not None:
                return redirect(request.get_full_path())
        context |= {"household": household, "form": form, "links": list(queries.running_links(household))}
    is_wrong = asked.errors or context.get("form", asked).errors
    return render(request, "people/household_link.html", context, status=422 if is_wrong else 200)


@door("people.end_link")
@require_POST
def link_end(request: Request, pk: int) -> HttpResponse:
    link = queries.get_link(request.actor, pk)
    services.end_link(actor=request.actor, link=link)
    return redirect("people:my_household")


@door("people.answer_note")
def note_answer(request: Request, pk: int) -> HttpResponse:
    note = queries.get_note(request.actor, pk)
    require(request.actor, "people.answer_note", note)
    form = AnswerNoteForm(typed(request), initial={"answer": note.answer})
    if form.is_valid():
        services.answer_note(actor=request.actor, note=note, text=form.cleaned_data["answer"])
        return redirect("people:my_household")
    context = {"form": form, "note": note}
    return render(request, "people/note_answer.html", context, status=422 if form.errors else 200)


@door("people.erase_note")
@require_POST
def note_erase(request: Request, pk: int) -> HttpResponse:
    services.erase_note(actor=request.actor, note=queries.get_note(request.actor, pk))
    return redirect("people:my_household")
