"""Where the map itself has gaps: areas that no boundary shows, land that two of them claim."""

from django.http import HttpResponse
from django.shortcuts import render

from folkmoot.areas.queries import areas_without_boundary, levels, overlaps
from folkmoot.base.doors import Request, door
from folkmoot.ui.numbers import share_text
from folkmoot.ui.paging import listing

MOST_OVERLAPS = 50


@door("areas.list_gaps")
def gap_list(request: Request) -> HttpResponse:
    """Gaps of one level in the area of the actor's post."""
    assert request.actor.post is not None
    path, below = (
        request.actor.post.area_path,
        [level for level in levels() if level.rank >= request.actor.post.level_rank],
    )
    codes = [level.code for level in below]
    default = "grid" if "grid" in codes else codes[-1]
    level = request.GET.get("level", "") if request.GET.get("level", "") in codes else default
    found = overlaps(path, level)
    context = {
        "levels": below,
        "level": next(each for each in below if each.code == level),
        "listing": listing(request, areas_without_boundary(path, level)),
        "overlaps": [(each, share_text(round(each.share * 1000), 1000)) for each in found[:MOST_OVERLAPS]],
        "more": len(found) - MOST_OVERLAPS,
    }
    return render(request, "areas/gap_list.html", context)
