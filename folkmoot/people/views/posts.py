"""Pages for those who serve: which post, appointments, deputies, the end of a tenure, the card."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from folkmoot.base import clock
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import allowed, require
from folkmoot.people import queries, services
from folkmoot.people.actors import ACTING_POST
from folkmoot.people.forms.posts import (
    EditCardForm,
    EndTenureForm,
    NameDeputyForm,
    ProposeAppointmentForm,
    RefuseAppointmentForm,
)
from folkmoot.people.models import Appointment
from folkmoot.people.views.forms import answered, typed
from folkmoot.ui.forms import seen_version
from folkmoot.ui.paging import listing


@door("people.choose_post")
def choose_post(request: Request) -> HttpResponse:
    """Through which of her posts does somebody act? The journal keeps the answer with each act."""
    held = {post.id for post in queries.posts_held(request.account.person_id)}
    if request.method == "POST":
        chosen = request.POST.get("post", "")
        if not chosen.isdigit() or int(chosen) not in held:
            raise NotFound()
        request.session[ACTING_POST] = int(chosen)
        return HttpResponseRedirect(_next(request))
    posts = queries.open_posts().filter(pk__in=held).order_by("area__path", "pk")
    return render(request, "people/choose_post.html", {"posts": list(posts), "next": _next(request)})


def _next(request: Request) -> str:
    address = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else "/"


@door("people.list_appointments")
def appointment_list(request: Request) -> HttpResponse:
    """Proposals that wait for a second person, and the posts below that are vacant."""
    assert request.actor.post is not None
    waiting = queries.open_appointments(request.actor)
    path = request.actor.post.area_path
    context = {
        "rows": [(each, allowed(request.actor, "people.confirm_appointment", each)) for each in waiting[:50]],
        "listing": listing(request, queries.vacant_posts(path)),
    }
    return render(request, "people/appointment_list.html", context)


@door("people.propose_appointment")
def appointment_propose(request: Request, pk: int) -> HttpResponse:
    post = queries.get_post(pk)
    require(request.actor, "people.propose_appointment", post)
    form = ProposeAppointmentForm(typed(request), initial={"since": clock.today()})
    if form.is_valid():
        appointment = answered(
            form, lambda: services.propose_appointment(actor=request.actor, post=post, **form.cleaned_data)
        )
        if appointment is not None:
            return redirect("people:appointment", pk=appointment.pk)
    context = {"form": form, "post": post, "seat": queries.seat_of(post)}
    return render(request, "people/appointment_propose.html", context, status=422 if form.errors else 200)


@door("people.list_appointments")
def appointment(request: Request, pk: int) -> HttpResponse:
    """One proposal: who, for which post, from when, by whom; to confirm or to refuse."""
    found = queries.get_appointment(request.actor, pk)
    return _appointment(request, found, RefuseAppointmentForm())


def _appointment(request: Request, found: Appointment, form: RefuseAppointmentForm) -> HttpResponse:
    is_open = found.state == found.State.PROPOSED
    can_decide = is_open and allowed(request.actor, "people.confirm_appointment", found)
    context = {"appointment": found, "can_decide": can_decide, "form": form}
    return render(request, "people/appointment.html", context, status=422 if form.errors else 200)


@door("people.confirm_appointment")
@require_POST
def appointment_confirm(request: Request, pk: int) -> HttpResponse:
    found = queries.get_appointment(request.actor, pk)
    services.confirm_appointment(actor=request.actor, appointment=found, seen=seen_version(request))
    return redirect("people:post", pk=found.post_id)


@door("people.refuse_appointment")
@require_POST
def appointment_refuse(request: Request, pk: int) -> HttpResponse:
    found = queries.get_appointment(request.actor, pk)
    form = RefuseAppointmentForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        refused = answered(
            form,
            lambda: services.refuse_appointment(
                actor=request.actor, appointment=found, reason=reason, seen=seen_version(request)
            ),
        )
        if refused is not None:
            return redirect("people:appointment_list")
    return _appointment(request, found, form)


@door("people.end_tenure")
def tenure_end(request: Request, pk: int) -> HttpResponse:
    tenure = queries.get_running_tenure(pk)
    require(request.actor, "people.end_tenure", tenure)
    form = EndTenureForm(typed(request), initial={"until": clock.today()})
    if form.is_valid():
        ended = answered(
            form, lambda: services.end_tenure(actor=request.actor, tenure=tenure, **form.cleaned_data)
        )
        if ended is not None:
            return redirect("people:post", pk=tenure.post_id)
    context = {"form": form, "tenure": tenure}
    return render(request, "people/tenure_end.html", context, status=422 if form.errors else 200)


@door("people.name_deputy")
def deputy_name(request: Request, pk: int) -> HttpResponse:
    post = queries.get_post(pk)
    require(request.actor, "people.name_deputy", post)
    form = NameDeputyForm(typed(request), post=post, initial={"since": clock.today()})
    if form.is_valid():
        chosen = form.cleaned_data
        named = answered(
            form,
            lambda: services.name_deputy(
                actor=request.actor,
                post=post,
                person=form.people[chosen["person"]],
                since=chosen["since"],
                until=chosen["until"],
            ),
        )
        if named is not None:
            return redirect("people:post", pk=post.pk)
    context = {"form": form, "post": post}
    return render(request, "people/deputy_name.html", context, status=422 if form.errors else 200)


@door("people.edit_card")
def card_edit(request: Request) -> HttpResponse:
    """What stands on one's own public card."""
    person = request.account.person
    form = EditCardForm(typed(request), initial={"duties": person.card_duties})
    if form.is_valid():
        services.edit_card(
            actor=request.actor, person=person, duties=form.cleaned_data["duties"], has_card=True
        )
        held = queries.posts_held(person.pk)
        return redirect("people:post", pk=held[0].id) if held else redirect("people:my_data")
    context = {"form": form, "has_post": bool(queries.posts_held(person.pk))}
    return render(request, "people/card_edit.html", context, status=422 if form.errors else 200)


@door("people.list_gaps")
def gap_list(request: Request) -> HttpResponse:
    """Where the grid has holes (S3.5, S3.19): below the actor's post, or everywhere for the operator."""
    path = "" if request.actor.post is None else request.actor.post.area_path
    kind = request.GET.get("kind", "units")
    rows: dict[str, QuerySet[Any]] = {  # none is read before it is asked for
        "units": queries.units_without_chief(path),
        "households": queries.households_without_unit(),
        "grids": queries.grids_without_party_group(path),
    }
    if kind not in rows:
        raise NotFound()
    return render(request, "people/gap_list.html", {"kind": kind, "listing": listing(request, rows[kind])})
