"""The page of one case: where it stands, until when and why, what happened, what can be done now."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from folkmoot.areas.queries import ancestors
from folkmoot.base.actors import Actor
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import allowed
from folkmoot.cases import queries, timeline
from folkmoot.cases.answers import Told, told_answers
from folkmoot.cases.models import Case, CaseEvent, CasePhoto
from folkmoot.cases.offers import offers
from folkmoot.cases.queries import Degree
from folkmoot.cases.rules import is_reporter
from folkmoot.media.views import send
from folkmoot.ui.components import Crumb, Picture, Rung, TimelineItem
from folkmoot.ui.shelf import for_everybody


@door("cases.view_case")
@for_everybody
def case_view(request: Request, number: str) -> HttpResponse:
    case = queries.get_case(request.actor, number)
    seen_as = queries.degree(request.actor, case)
    line = ancestors(case.area)
    crumbs = [Crumb(str(area), reverse("home:place", args=[area.code])) for area in line]
    sentence, why, kind = timeline.verdict(case)
    has_part = seen_as == Degree.FULL and (
        is_reporter.test(request.actor, case) or _has_part(request.actor, case)
    )
    context: dict[str, Any] = {
        "case": case,
        "crumbs": [*crumbs, Crumb(_("Matter %(number)s") % {"number": case.number})],
        "ladder": _ladder(case, line),
        "verdict": {"sentence": sentence, "small": why, "kind": kind},
        "is_reporter": is_reporter.test(request.actor, case),
        "full": seen_as == Degree.FULL,
        "outline": seen_as == Degree.OUTLINE,
        "answers": _answers(case, with_typed=has_part) if seen_as == Degree.FULL else [],
        "items": _items(case, seen_as, with_private=has_part),
        "offers": offers(request.actor, case),
        "follows": queries.is_followed(request.actor, case),
        "can_follow": allowed(request.actor, "cases.follow_case", case),
        "calls": list(case.calls.all()) if seen_as == Degree.FULL else [],
    }
    return render(request, "cases/case_view.html", context)


def _ladder(case: Case, line: list[Any]) -> list[Rung]:
    """The levels from the smallest place to the top; where it stands, where it has been."""

    standing = max(case.rung_rank, line[0].level.rank)  # an overseer beside the top post stands on its level

    def state(rank: int) -> Any:
        if rank == standing and case.is_open:
            return "on"
        return "past" if rank >= case.highest_rank else "ahead"

    return [Rung(str(area.level), state(area.level.rank)) for area in reversed(line)]


def _answers(case: Case, *, with_typed: bool) -> Told:
    """What was answered to the further questions of the kind (one query, none without answers)."""
    if not case.answers:
        return []
    return told_answers(case.category.questions.all(), case.answers, with_typed=with_typed)


def _items(case: Case, seen_as: Degree | None, *, with_private: bool) -> list[TimelineItem]:
    if seen_as == Degree.OUTLINE:
        return []
    events = queries.timeline(case, with_private=with_private)
    names = timeline.skipped_area_names(events)
    newest = events[-1].pk if events else None
    return [
        TimelineItem(
            time=event.at,
            title=timeline.with_reason(event, names),
            quote=event.text if seen_as == Degree.FULL else "",
            kind="late" if event.act in timeline.LATE_ACTS else ("now" if event.pk == newest else ""),
            pictures=_pictures(case, event) if seen_as == Degree.FULL else (),
        )
        for event in reversed(events)
    ]


def _has_part(actor: Actor, case: Case) -> bool:
    """Reads as one who handles it, not only because it is public."""
    return allowed(actor, "cases.note_case", case)


def _pictures(case: Case, event: CaseEvent) -> list[Picture]:
    def address(photo: CasePhoto, size: str) -> str:
        return reverse("cases:photo", args=[case.number, photo.attachment.ref, size])

    return [
        Picture(url=address(photo, "thumb"), href=address(photo, "full"), alt=_("Photo on the matter"))
        for photo in event.photos.all()
    ]


@door("cases.view_case")
def photo(request: Request, number: str, ref: str, size: str) -> HttpResponseBase:
    """A photo, for those who may read the case in full; a private line's photo for those who took part."""
    case = queries.get_case(request.actor, number)
    found = queries.photo_of(case, ref)
    is_hidden = found is not None and found.event.is_private and not _has_part(request.actor, case)
    if found is None or is_hidden or not allowed(request.actor, "cases.read_case", case):
        raise NotFound()
    return send(found.attachment, size, request=request)
