"""My data: see it, take it along, erase it."""

import json

from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from folkmoot.base import clock
from folkmoot.base.doors import Request, door
from folkmoot.people import queries, services
from folkmoot.people.forms.households import ErasePersonForm
from folkmoot.people.phones import national_phone
from folkmoot.people.views.forms import answered, typed


@door("people.view_data")
@never_cache
def my_data(request: Request) -> HttpResponse:
    """What is kept of me, in my own words where they are mine."""
    person = request.account.person
    context = {
        "person": person,
        "phone": national_phone(person.phone) if person.phone else "",
        "home": queries.home_of(person.pk),
        "tenures": list(queries.tenures_of(person.pk)),
        "links": list(queries.links_as_member(person.pk)),
    }
    return render(request, "people/my_data.html", context)


@door("people.export_data")
@never_cache
def data_export(request: Request) -> HttpResponse:
    """Everything every app holds of me, as one file."""
    assert request.actor.person_id is not None
    text = json.dumps(queries.personal_export(request.actor.person_id), ensure_ascii=False, indent=2)
    name = f"my-data-{clock.today().isoformat()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


@door("people.erase_person")
@never_cache
def person_erase(request: Request) -> HttpResponse:
    """Asks once more, erases, and shows line by line what became of each thing."""
    form = ErasePersonForm(typed(request))
    if form.is_valid():
        person = request.account.person
        lines = answered(form, lambda: services.erase_person(actor=request.actor, person=person))
        if lines is not None:
            logout(request)
            return render(request, "people/person_erased.html", {"lines": lines})
    return render(request, "people/person_erase.html", {"form": form}, status=422 if form.errors else 200)
