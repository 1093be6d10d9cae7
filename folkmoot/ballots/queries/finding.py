"""What the pages look up: the polls that everybody may see, and single rows of a poll by what stands in an address."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from folkmoot.areas.models import Area
from folkmoot.areas.queries import valid_areas
from folkmoot.ballots.models import HandSheet, Paper, Poll, Result, RollEntry, Stratum
from folkmoot.ballots.states import PollState
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound
from folkmoot.people.models import Post
from folkmoot.people.queries import open_posts

MOST_POSTS = 100


def public_polls(area: Area | None = None) -> QuerySet[Poll]:
    """The polls of this place that everybody may see, of `area` and the places in it, newest first.

    Nothing else is read. Those in which it is only the second registrar stand with whoever organises them.
    """
    rows = Poll.objects.filter(organiser="").exclude(state=PollState.DRAFT).select_related("area")
    return rows if area is None else rows.filter(area__path__under=area.path)


def areas_to_poll(actor: Actor) -> QuerySet[Area]:
    """The place that the actor's post leads, and those one level below it."""
    here = actor.post.area_id if actor.post else None
    return valid_areas().filter(Q(pk=here) | Q(parent=here)).order_by("path")


def posts_within(area: Area) -> QuerySet[Post]:
    """Posts of a place, of its organizations and of every place below it."""
    inside = Q(area__path__under=area.path) | Q(organization__area__path__under=area.path)
    return open_posts().filter(inside).order_by("area__path", "pk")


def posts_offered(area: Area, text: str, chosen: Collection[int] = ()) -> QuerySet[Post]:
    """Posts within a place whose title holds `text`; without it those of the place and one level below it.

    Those `chosen` are among them. The first of many: a longer text finds fewer.
    """
    near = Q(area=area) | Q(area__parent=area) | Q(organization__area=area)
    found = Q(title__icontains=text) | Q(title_zh__icontains=text) if text else near
    return posts_within(area).filter(found | Q(pk__in=chosen))[:MOST_POSTS]


def get_paper(poll: Poll, order: int) -> Paper:
    """Raises NotFound."""
    paper = next((each for each in poll.papers.all() if each.order == order), None)
    if paper is None:
        raise NotFound()
    return paper


def get_stratum(poll: Poll, code: str) -> Stratum:
    """Raises NotFound."""
    stratum = next((each for each in poll.strata.all() if each.code == code), None)
    if stratum is None:
        raise NotFound()
    return stratum


def get_sheet(poll: Poll, sheet_id: int) -> HandSheet:
    """A written sheet of one of the poll's papers. Raises NotFound."""
    rows = HandSheet.objects.filter(paper__poll=poll, pk=sheet_id)
    sheet = rows.select_related("photo", "paper__poll__area").prefetch_related("strata").first()
    if sheet is None:
        raise NotFound()
    return sheet


def named_like(roll: QuerySet[RollEntry], text: str) -> QuerySet[RollEntry]:
    """The entries of a roll whose name holds `text`: how the desk finds the person standing before it."""
    names = ("name", "name_zh", "person__name", "person__name_zh")
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__icontains": text})
    return roll.filter(found) if text else roll


def results_of(poll: Poll) -> dict[int, Result]:
    """The published results by the id of the paper. One query."""
    return {result.paper_id: result for result in Result.objects.filter(paper__poll=poll)}
