"""Pages for everybody: who is my chief, who holds this post, which organizations are there."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from folkmoot.areas.models import Area
from folkmoot.areas.queries import ancestors, area_by_code, front_area, outlines_of, smallest_area_at
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import allowed
from folkmoot.people import queries
from folkmoot.people.forms.posts import FindChiefForm, OrganizationFilterForm
from folkmoot.people.views.places import crumbs_to, panels_of
from folkmoot.ui.components import Shape
from folkmoot.ui.paging import listing
from folkmoot.ui.shelf import for_everybody


@door("people.find_chief")
def find_chief(request: Request) -> HttpResponse:
    """Who is my chief? By address, by a tap on the map, by a point or by a code."""
    form = FindChiefForm(request.GET if "q" in request.GET else None)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    found = queries.areas_at_address(typed) if typed else []
    area = _named_area(request) or (found[0] if len(found) == 1 else None)
    context: dict[str, Any] = {
        "form": form,
        "typed": typed,
        "found": found if area is None else [],
        "area": area,
        "is_outside": area is None and "lat" in request.GET,
    }
    if area is not None:
        context["rungs"] = queries.rungs_around(area)
        context["crumbs"] = crumbs_to(ancestors(area), "people:find_chief")
    context["shapes"] = _shapes(area)
    return render(request, "people/find_chief.html", context)


def _named_area(request: Request) -> Area | None:
    """The area that the address bar names by code or by point. Raises NotFound for a code of none."""
    if code := request.GET.get("area", ""):
        area = area_by_code(code[:40])
        if area is None:
            raise NotFound()
        return area
    try:
        longitude, latitude = float(request.GET["lon"]), float(request.GET["lat"])
    except (KeyError, ValueError):
        return None
    is_on_earth = -180 <= longitude <= 180 and -90 <= latitude <= 90
    return smallest_area_at(longitude, latitude) if is_on_earth else None


def _shapes(area: Area | None) -> list[Shape]:
    """The places to tap on: those right below the area, or below the whole place."""
    try:
        outlines = outlines_of(area or front_area())
    except Area.DoesNotExist:
        return []
    url = reverse("people:find_chief")
    return [Shape(geometry, str(each), f"{url}?area={each.code}") for each, geometry in outlines]


@door("people.view_post")
@for_everybody
def post(request: Request, pk: int) -> HttpResponse:
    """The public card of a post: who holds it, since when, what for; or since when nobody does."""
    found = queries.get_post(pk)
    seat = queries.seat_of(found)
    tenures = list(queries.running_tenures(found)) if request.actor.post else []
    context = {
        "post": found,
        "seat": seat,
        "crumbs": crumbs_to(ancestors(found.area), "home:place", last=str(found)),
        "tenures": [(each, allowed(request.actor, "people.end_tenure", each)) for each in tenures],
        "emergencies": list(queries.emergencies_of(found)),
        "can_propose": allowed(request.actor, "people.propose_appointment", found),
        "can_name_deputy": allowed(request.actor, "people.name_deputy", found) and not seat.is_vacant,
        "is_own": seat.holder is not None and seat.holder.pk == request.actor.person_id,
        "panels": panels_of("post", found),
    }
    return render(request, "people/post.html", context)


@door("people.list_organizations")
@for_everybody
def organization_list(request: Request) -> HttpResponse:
    """Party branches, departments, committees and others, of the whole place or of one area."""
    area = _named_area(request)
    form = OrganizationFilterForm(request.GET)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    context = {"listing": listing(request, queries.organizations(area, kind)), "form": form, "area": area}
    return render(request, "people/organization_list.html", context)


@door("people.list_organizations")
@for_everybody
def organization(request: Request, code: str) -> HttpResponse:
    """One organization: where it is, how to reach it, its posts."""
    found = queries.get_organization(code)
    posts = listing(request, queries.open_posts().filter(organization=found).order_by("role", "pk"))
    context = {
        "organization": found,
        "listing": posts,
        "seats": queries.seats(posts.rows),
        "crumbs": crumbs_to(ancestors(found.area), "home:place", last=str(found)),
    }
    return render(request, "people/organization.html", context)
