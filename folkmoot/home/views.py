"""The pages that gather: a place, my work, my folder. Everything is read through the queries of other apps."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.areas.models import Area, Level
from folkmoot.areas.queries import ancestors, area_by_code, children_of, front_line
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import may_try
from folkmoot.base.registries import panels
from folkmoot.cases import queries as cases
from folkmoot.cases.figures import figures_of
from folkmoot.cases.rulebook import rulebook
from folkmoot.people.queries import posts_held, seats_at
from folkmoot.ui.components import Act, Crumb
from folkmoot.ui.paging import by_keys, listing
from folkmoot.ui.shelf import for_everybody

RECENT = 5
QUEUE_ROWS = 25


@door("home.view_place")
@for_everybody
def front(request: Request) -> HttpResponse:
    """The page of the whole place; before the first import, a word on what comes."""
    try:
        line = front_line()
    except Area.DoesNotExist:
        return render(request, "home/empty.html", {"panels": _panels(None)})
    return _place(request, line)


@door("home.view_place")
@for_everybody
def place(request: Request, code: str) -> HttpResponse:
    """The page of one place: what goes on, what can I do, who serves me, how is it doing."""
    area = area_by_code(code)
    if area is None:
        raise NotFound()
    return _place(request, ancestors(area))


def _place(request: Request, line: list[Area]) -> HttpResponse:
    area = line[-1]
    chiefs, overseer = seats_at(area)
    context: dict[str, Any] = {
        "area": area,
        "crumbs": [
            *(Crumb(str(step), reverse("home:place", args=[step.code])) for step in line[:-1]),
            Crumb(str(area)),
        ],
        "counts": _counts(area),
        "acts": _acts(area),
        "recent": by_keys(cases.shown_in(area), 0, RECENT),
        "quarter": next(iter(figures_of(area, most=1)), None),
        "seats": chiefs,
        "children": list(children_of(area)),
        "overseer": overseer,
        "stuck": cases.stuck_in(area),
        "panels": _panels(area),
    }
    return render(request, "home/place.html", context)


def _panels(area: Area | None) -> list[str]:
    """What other apps add to the page of a place."""
    found = [mark_safe(panel("place", area)) for _name, panel in panels]  # noqa: S308 - rendered templates
    return [panel for panel in found if panel]


def _counts(area: Area) -> list[tuple[Level, int]]:
    """How many places of each level lie below, kept on the row itself."""
    known = rulebook().levels
    return [(level, area.below[str(level.rank)]) for level in known if area.below.get(str(level.rank))]


def _acts(area: Area) -> list[Act]:
    report = f"{reverse('cases:report')}?place={area.code}" if not area.below else reverse("cases:report")
    return [
        Act(_("Report a matter"), report, _("A broken lamp, a blocked drain, a worry"), is_main=True),
        Act(_("See how it stands"), reverse("cases:claim"), _("With the number and the code you were given")),
        Act(_("Find my chief"), reverse("people:find_chief"), _("By address, on the map, or by code")),
    ]


@door("home.view_my_work")
def my_work(request: Request) -> HttpResponse:
    """What waits for me, by due: matters of my post, calls to my organization, appeals, call-backs."""
    post = request.actor.post
    if post is None:
        several = request.actor.person_id is not None and posts_held(request.actor.person_id)
        return redirect("people:choose_post" if several else "home:my_folder")
    queue = listing(request, cases.queue_of(post.id), QUEUE_ROWS, keys_first=True)
    context = {
        "queue": queue,
        "calls": list(cases.calls_waiting_for(post.organization_id)[:RECENT]) if post.organization_id else [],
        "appeals": by_keys(cases.appeals_waiting_for(request.actor), 0, RECENT),
        "call_backs": by_keys(cases.call_backs_waiting_for(request.actor), 0, RECENT),
        "sentence": _waiting(queue.total, queue.is_about),
        "leads": may_try(request.actor, "people.list_appointments"),
    }
    return render(request, "home/my_work.html", context)


def _waiting(total: int | None, is_about: bool) -> str:  # noqa: FBT001
    if total == 0:
        return _("Nothing waits for you.")
    if total is None or is_about:
        return _("More than 1,000 matters wait for you.")
    return ngettext("%(n)d matter waits for you.", "%(n)d matters wait for you.", total) % {"n": total}


@door("home.view_my_folder")
def my_folder(request: Request) -> HttpResponse:
    """My own matters, those I follow, my messages and my data."""
    assert request.actor.person_id is not None
    context = {
        "listing": listing(request, cases.cases_of_person(request.actor.person_id)),
        "followed": list(cases.followed_cases(request.actor.person_id)[:RECENT]),
    }
    return render(request, "home/my_folder.html", context)
