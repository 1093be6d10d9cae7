"""Lists of cases: of a place, of a post, of the clock.

A list of a place has its rows below the place's path and its own order, and no index gives both. So it is put in one
of two ways. Few rows are found by their path and sorted. Of many, the list's order is walked through its index until
the page is full. How many there are, a count that stops at MANY says from an index alone.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from folkmoot.areas.models import Area
from folkmoot.base import clock
from folkmoot.base.actors import Actor, HeldPost
from folkmoot.base.errors import Sentence
from folkmoot.cases.models import Case, CaseRung, JointCall
from folkmoot.cases.queries.sight import shown_cases, took_part, unconcerned
from folkmoot.cases.states import OPEN_STATES, CaseState

MANY = 2_000


def are_many(rows: QuerySet[Case]) -> bool:
    """Whether it is quicker to walk a list that holds these rows than to sort them."""
    return rows.order_by()[:MANY].count() == MANY


def lies_in(path: str, among: QuerySet[Case]) -> Q:
    """The condition that a case lies below `path`, put in the way that is quick for those `among`."""
    is_below = Q(area_path__under=path)
    return Q(area_path__within=path) if are_many(among.filter(is_below)) else is_below


def shown_in(area: Area) -> QuerySet[Case]:
    """What everybody may see of a place, the newest change first."""
    return (
        shown_cases()
        .filter(lies_in(area.path, shown_cases()))
        .select_related("category", "area", "rung__level", "post")
        .order_by("-changed_at", "-pk")
    )


def queue_of(post_id: int) -> QuerySet[Case]:
    """What waits for a post: cases to be handled, by due, paused ones last."""
    return (
        Case.objects.filter(post_id=post_id, is_handled=True)
        .select_related("category", "area", "rung__level")
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )


def calls_waiting_for(organization_id: int) -> QuerySet[JointCall]:
    """Calls into joint handling that wait for an organization's answer, by due."""
    return (
        JointCall.objects.filter(organization_id=organization_id, state=JointCall.State.CALLED)
        .select_related("case__category", "case__area", "called_by__area")
        .order_by("due_at")
    )


def appeals_waiting_for(actor: Actor) -> QuerySet[Case]:
    """Appeals that the actor's post can decide."""
    post = actor.post
    if post is None or not post.handles_cases:
        return Case.objects.none()
    lodged = Case.objects.filter(state=CaseState.DECLINED, appeal=Case.Appeal.LODGED)
    return (
        lodged.filter(
            unconcerned(actor), lies_in(post.area_path, Case.objects.all()), rung_rank__gt=post.level_rank
        )
        .select_related("category", "area", "rung__level")
        .order_by("changed_at")
    )


def call_backs_waiting_for(actor: Actor) -> QuerySet[Case]:
    """Answered cases in the actor's place which he may call back: he had no part in them."""
    post = actor.post
    if post is None or not post.handles_cases:
        return Case.objects.none()
    part = CaseRung.objects.filter(case=OuterRef("pk")).filter(
        Q(post_id=post.id) | Q(holder_id=actor.person_id)
    )
    return (
        Case.objects.filter(
            unconcerned(actor), lies_in(post.area_path, Case.objects.all()), state=CaseState.ANSWERED
        )
        .exclude(post_id=post.id)
        .filter(~Exists(part))
        .select_related("category", "area", "rung__level")
        .order_by("answered_at")
    )


def staff_cases(actor: Actor, path: str = "") -> QuerySet[Case]:
    """The cases of the actor's post: what it took part in, and what lies below it; most urgent first.

    Shapes: `path` narrows them to those below it.
    """
    if actor.post is None:
        return Case.objects.none()
    return (
        _of_post(actor, path)
        .select_related("category", "area", "rung__level", "post__area")
        .prefetch_related("rungs", "calls")
        .order_by(F("due_at").asc(nulls_last=True), "-pk")
    )


def _of_post(actor: Actor, path: str) -> QuerySet[Case]:
    """took_part or below of sight.py, put in the way that is quick for this post: a test holds them equal."""
    post = actor.post
    assert post is not None
    is_here = Q(area_path__under=path) if path else Q()
    below = Case.objects.filter(is_here, rung_rank__gt=post.level_rank, area_path__under=post.area_path)
    if post.handles_cases and are_many(below):
        walked = Q(area_path__within=path) if path else Q()
        lower = Q(rung_rank__gt=post.level_rank, area_path__within=post.area_path) & unconcerned(actor)
        return Case.objects.filter(walked, took_part(actor) | lower)
    ids = (below if post.handles_cases else below.none()).values("pk").union(*_took_part_ids(post))
    return Case.objects.filter(is_here, unconcerned(actor), pk__in=ids)


def _took_part_ids(post: HeldPost) -> list[QuerySet[Any, Any]]:
    """The cases of sight.took_part, one query for each way to take part."""
    ids: list[QuerySet[Any, Any]] = [
        CaseRung.objects.filter(post_id=post.id).values("case_id"),
        Case.objects.filter(post_id=post.id).values("pk"),
        Case.objects.filter(entered_by_id=post.id).values("pk"),
    ]
    if post.organization_id is not None:
        ids.append(JointCall.objects.filter(organization_id=post.organization_id).values("case_id"))
    return ids


def late_cases() -> QuerySet[Case, Any]:
    """Keys of the cases to be handled whose last term has passed, or that are stuck on the top rung."""
    late = Case.objects.filter(is_handled=True, solve_due_at__lt=clock.now())
    return late.values("pk").union(Case.objects.filter(is_handled=True, is_stuck=True).values("pk"))


def stuck_in(area: Area) -> int:
    """How many matters of a place are overdue on the highest level: shown on its page."""
    return Case.objects.filter(is_stuck=True, is_handled=True, area_path__under=area.path).count()


def due_cases() -> QuerySet[Case]:
    """Cases whose next term has passed and that nobody has paused."""
    return Case.objects.filter(due_at__lte=clock.now(), is_handled=True, paused_at=None, is_stuck=False)


def open_cases_on(area_ids: Sequence[int]) -> tuple[Sentence, int]:
    """How many open cases stand on the areas or have their place there: shown before the areas change."""
    here = Q(area__in=area_ids) | Q(rung__in=area_ids)
    return _("Open matters"), Case.objects.filter(here, state__in=OPEN_STATES).count()
