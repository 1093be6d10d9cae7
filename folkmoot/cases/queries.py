"""Reads of cases. What a person may know of is decided here and, row by row, in rules.py: a test holds both equal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from folkmoot.areas.models import Area
from folkmoot.areas.queries import ancestors
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound, Sentence
from folkmoot.base.keys import lookup_hash
from folkmoot.base.permissions import allowed
from folkmoot.cases.ladder import Rung
from folkmoot.cases.models import (
    ApiKey,
    Case,
    CaseEvent,
    CaseFollower,
    CasePhoto,
    CaseRung,
    Category,
    JointCall,
    Publicity,
)  # fmt: skip
from folkmoot.cases.similarity import likeness
from folkmoot.cases.states import HANDLED_STATES, OPEN_STATES, CaseState
from folkmoot.people.models import Post
from folkmoot.people.queries import handling_posts_by_area, holders_by_post

SIMILAR_DAYS = 60
SIMILAR_ENOUGH = 0.28


class Degree(StrEnum):
    """How much of a case somebody sees."""

    FULL = "full"
    SUMMARY = "summary"
    OUTLINE = "outline"  # number, category, term and level


def claimed_ids(actor: Actor) -> list[int]:
    """The cases that were opened with a claim code in this session."""
    return [int(ref.removeprefix("case:")) for ref in actor.claims if ref.startswith("case:")]


def _own(actor: Actor) -> Q:
    own = Q(pk__in=claimed_ids(actor))
    if actor.person_id is not None:
        own |= Q(reporter_id=actor.person_id)
    return own


def _unconcerned(actor: Actor) -> Q:
    """Not about the actor's post, nor about a post whose place holds the actor's."""
    assert actor.post is not None
    steps = actor.post.area_path.split("/")
    above = ["/".join(steps[:i]) + "/" for i in range(1, len(steps))]
    free = ~Q(about_path__in=above)
    if actor.post.organization_id is not None:
        free &= Q(about_organization=None) | ~Q(about_organization_id=actor.post.organization_id)
    return free


def _took_part(actor: Actor) -> Q:
    """The case stands, stood or was entered with the actor's post, or its organization was called in."""
    post = actor.post
    assert post is not None
    part = Q(post_id=post.id) | Q(entered_by_id=post.id)
    part |= Q(Exists(CaseRung.objects.filter(case=OuterRef("pk"), post_id=post.id)))
    if post.organization_id is not None:
        part |= Q(Exists(JointCall.objects.filter(case=OuterRef("pk"), organization_id=post.organization_id)))
    return part & _unconcerned(actor)


def _below(actor: Actor) -> Q:
    """Cases under an upper handling post: seen in outline until they climb."""
    post = actor.post
    if post is None or not post.handles_cases:
        return Q(pk__in=[])
    return Q(rung_rank__gt=post.level_rank, area_path__under=post.area_path) & _unconcerned(actor)


def readable_cases(actor: Actor) -> QuerySet[Case]:
    """The cases that `actor` may read in full: the rows for which `cases.read_case` holds."""
    if not actor.is_active:
        return Case.objects.none()
    reads = Q(publicity=Publicity.PUBLIC) | _own(actor)
    if actor.post is not None:
        reads |= _took_part(actor)
    return Case.objects.filter(reads)


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """The cases that `actor` may know of: the rows for which `cases.view_case` holds."""
    if not actor.is_active:
        return Case.objects.none()
    views = Q(publicity=Publicity.PUBLIC) | Q(publicity=Publicity.SUMMARY, summary_approved=True)
    views |= _own(actor)
    if actor.post is not None:
        views |= _took_part(actor) | _below(actor)
    return Case.objects.filter(views)


def shown_cases() -> QuerySet[Case]:
    """The cases that everybody may know of."""
    return Case.objects.filter(
        Q(publicity=Publicity.PUBLIC) | Q(publicity=Publicity.SUMMARY, summary_approved=True)
    )


def degree(actor: Actor, case: Case) -> Degree | None:
    """How much of `case` the actor sees; None when he may not know that it exists."""
    if allowed(actor, "cases.read_case", case):
        return Degree.FULL
    if case.shows_summary:
        return Degree.SUMMARY
    return Degree.OUTLINE if allowed(actor, "cases.view_case", case) else None


def get_case(actor: Actor, number: str) -> Case:
    """The case with what its rules and its page need. Raises NotFound when the actor may not know of it."""
    case = (
        Case.objects.select_related(
            "category", "area__level", "rung__level", "post__area", "post__organization"
        )
        .prefetch_related(
            "rungs", Prefetch("calls", JointCall.objects.select_related("organization", "called_by"))
        )
        .filter(number=number)
        .first()
    )
    if case is None or not allowed(actor, "cases.view_case", case):
        raise NotFound()
    return case


def get_call(actor: Actor, call_id: int) -> JointCall:
    """A call into joint handling that the actor has a part in. Raises NotFound."""
    call = JointCall.objects.select_related("case__category", "organization").filter(pk=call_id).first()
    if call is None or not (
        allowed(actor, "cases.answer_call", call) or allowed(actor, "cases.rate_call", call)
    ):
        raise NotFound()
    return call


def timeline(case: Case, *, with_private: bool) -> list[CaseEvent]:
    """The events of a case from report to result, each with its photos (2 queries)."""
    events = case.events.select_related("post__area", "to_post__area", "organization").prefetch_related(
        Prefetch("photos", CasePhoto.objects.select_related("attachment"))
    )
    return list(events if with_private else events.filter(is_private=False))


@dataclass(frozen=True, kw_only=True)
class StaffedRung(Rung):
    """A rung with its rows."""

    area: Area
    post: Post | None


def rungs_of(area: Area) -> list[StaffedRung]:
    """The ladder from `area` to the top, with the posts and those who act through them today.

    Costs two queries, and a third where an area of the line has no post.
    """
    posts = handling_posts_by_area(area.ancestor_ids)
    holders = holders_by_post([post.pk for post in posts.values()])
    line = [post.area for post in posts.values()] if len(posts) == len(area.ancestor_ids) else ancestors(area)
    return [
        _rung(step, posts.get(step.pk), holders) for step in sorted(line, key=lambda step: step.path)[::-1]
    ]


def _rung(area: Area, post: Post | None, holders: dict[int, list[int]]) -> StaffedRung:
    return StaffedRung(
        area_id=area.pk,
        path=area.path,
        rank=area.level.rank,
        post_id=post.pk if post else None,
        holder_ids=frozenset(holders.get(post.pk, ())) if post else frozenset(),
        area=area,
        post=post,
    )


def queue_of(post_id: int) -> QuerySet[Case]:
    """What waits for a post: cases to be handled, by due, paused ones last."""
    return (
        Case.objects.filter(post_id=post_id, state__in=HANDLED_STATES)
        .select_related("category", "area", "rung__level")
        .order_by("due_at", "pk")
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
    if actor.post is None or not actor.post.handles_cases:
        return Case.objects.none()
    return (
        Case.objects.filter(_below(actor), state=CaseState.DECLINED, appeal=Case.Appeal.LODGED)
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
        Case.objects.filter(_unconcerned(actor), state=CaseState.ANSWERED, area_path__under=post.area_path)
        .exclude(post_id=post.id)
        .filter(~Exists(part))
        .select_related("category", "area", "rung__level")
        .order_by("answered_at")
    )


def cases_of_person(person_id: int) -> QuerySet[Case]:
    """A resident's own matters, newest first."""
    return (
        Case.objects.filter(reporter_id=person_id)
        .select_related("category", "area", "rung__level")
        .order_by("-reported_at")
    )


def followed_cases(person_id: int) -> QuerySet[Case]:
    ids = CaseFollower.objects.filter(person_id=person_id).values("case_id")
    return shown_cases().filter(pk__in=ids).select_related("category", "area", "rung__level")


def due_cases() -> QuerySet[Case]:
    """Cases whose next term has passed and that nobody has paused."""
    return Case.objects.filter(
        due_at__lte=clock.now(), state__in=HANDLED_STATES, paused_at=None, is_stuck=False
    )


def similar_cases(*, category_id: int, area: Area, text: str, limit: int = 3) -> list[Case]:
    """Open cases that everybody may see, of the same kind and village, most alike first.

    Reads at most 60 rows; likeness is counted in Python so that both databases and both languages agree.
    """
    village = "/".join(area.path.split("/")[:3]) + "/"
    since = clock.now() - timedelta(days=SIMILAR_DAYS)
    rows = (
        shown_cases()
        .filter(
            category_id=category_id, area_path__under=village, state__in=OPEN_STATES, reported_at__gte=since
        )
        .select_related("category", "area")
        .order_by("-reported_at")[:60]
    )

    def shown_text(case: Case) -> str:
        public = case.publicity == Publicity.PUBLIC
        return f"{case.title} {case.text} {case.place_text}" if public else case.summary

    ranked = sorted(((likeness(text, shown_text(case)), case) for case in rows), key=lambda pair: -pair[0])
    return [case for score, case in ranked if score >= SIMILAR_ENOUGH][:limit]


def categories_to_choose() -> list[Category]:
    """Active categories with their groups, in the order of the place's list (1 query)."""
    return list(Category.objects.filter(is_active=True).select_related("parent"))


def is_followed(actor: Actor, case: Case) -> bool:
    return (
        actor.person_id is not None
        and CaseFollower.objects.filter(case=case, person_id=actor.person_id).exists()
    )


def photo_of(case: Case, ref: str) -> CasePhoto | None:
    """The photo of a case by its attachment's reference."""
    return case.photos.select_related("attachment", "event").filter(attachment__ref=ref).first()


def shown_in(area: Area) -> QuerySet[Case]:
    """What everybody may see of a place, the newest change first."""
    return (
        shown_cases()
        .filter(area_path__under=area.path)
        .select_related("category", "area", "rung__level", "post")
        .order_by("-changed_at", "-pk")
    )


def staff_cases(actor: Actor) -> QuerySet[Case]:
    """The cases of the actor's post: what it took part in, and what lies below it; most urgent first."""
    if actor.post is None:
        return Case.objects.none()
    return (
        Case.objects.filter(_took_part(actor) | _below(actor))
        .select_related("category", "area", "rung__level", "post__area")
        .prefetch_related("rungs", "calls")
        .order_by(F("due_at").asc(nulls_last=True), "-pk")
    )


def stuck_in(area: Area) -> int:
    """How many matters of a place are overdue on the highest level: shown on its page."""
    return Case.objects.filter(is_stuck=True, state__in=HANDLED_STATES, area_path__under=area.path).count()


def open311_services() -> QuerySet[Category]:
    """The kinds of matters that other apps may report, with their group and questions (2 queries)."""
    chosen = Category.objects.filter(is_active=True, is_open311=True, parent__isnull=False)
    return chosen.select_related("parent").prefetch_related("questions")


def open311_codes(codes: Iterable[str]) -> set[str]:
    """Those of `codes` that are, or were, kinds of matters for other apps."""
    known = Category.objects.filter(is_open311=True, code__in=list(codes))
    return set(known.values_list("code", flat=True))


def open311_changed_at() -> datetime:
    """When the kinds of matters or their questions last changed."""
    found = Category.objects.aggregate(kinds=Max("changed_at"), questions=Max("questions__changed_at"))
    return max((at for at in found.values() if at is not None), default=datetime.fromtimestamp(0, UTC))


def open311_cases() -> QuerySet[Case]:
    """The cases that other apps may show: those that everybody may know of, with `photo_ref` of the first photo."""
    photo = CasePhoto.objects.filter(case=OuterRef("pk"), event__is_private=False).order_by("pk")
    return (
        shown_cases()
        .filter(category__is_open311=True)
        .select_related("category", "area__parent__parent", "rung__level", "post__organization")
        .annotate(photo_ref=Subquery(photo.values("attachment__ref")[:1]))
        .order_by("-reported_at", "-pk")
    )


def api_keys() -> QuerySet[ApiKey]:
    return ApiKey.objects.order_by("name", "pk")


def api_key_of(key: str) -> ApiKey | None:
    """The key in use that an app has sent."""
    return ApiKey.objects.filter(key_hash=lookup_hash("api_key", key), is_active=True).first()


def open_cases_on(area_ids: Sequence[int]) -> tuple[Sentence, int]:
    """How many open cases stand on the areas or have their place there: shown before the areas change."""
    here = Q(area__in=area_ids) | Q(rung__in=area_ids)
    return _("Open matters"), Case.objects.filter(here, state__in=OPEN_STATES).count()
