"""What a person may know of. Decided here and, row by row, in rules.py: a test holds both equal."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import allowed
from folkmoot.cases.models import Case, CaseEvent, CaseFollower, CasePhoto, CaseRung, JointCall, Publicity


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


def unconcerned(actor: Actor) -> Q:
    """Not about the actor's post, nor about a post whose place holds the actor's."""
    assert actor.post is not None
    steps = actor.post.area_path.split("/")
    above = ["/".join(steps[:i]) + "/" for i in range(1, len(steps))]
    free = ~Q(about_path__in=above)
    if actor.post.organization_id is not None:
        free &= Q(about_organization=None) | ~Q(about_organization_id=actor.post.organization_id)
    return free


def took_part(actor: Actor) -> Q:
    """The case stands, stood or was entered with the actor's post, or its organization was called in."""
    post = actor.post
    assert post is not None
    part = Q(post_id=post.id) | Q(entered_by_id=post.id)
    part |= Q(Exists(CaseRung.objects.filter(case=OuterRef("pk"), post_id=post.id)))
    if post.organization_id is not None:
        part |= Q(Exists(JointCall.objects.filter(case=OuterRef("pk"), organization_id=post.organization_id)))
    return part & unconcerned(actor)


def below(actor: Actor) -> Q:
    """Cases under an upper handling post: seen in outline until they climb."""
    post = actor.post
    if post is None or not post.handles_cases:
        return Q(pk__in=[])
    return Q(rung_rank__gt=post.level_rank, area_path__under=post.area_path) & unconcerned(actor)


def readable_cases(actor: Actor) -> QuerySet[Case]:
    """The cases that `actor` may read in full: the rows for which `cases.read_case` holds."""
    if not actor.is_active:
        return Case.objects.none()
    reads = Q(publicity=Publicity.PUBLIC) | _own(actor)
    if actor.post is not None:
        reads |= took_part(actor)
    return Case.objects.filter(reads)


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """The cases that `actor` may know of: the rows for which `cases.view_case` holds."""
    if not actor.is_active:
        return Case.objects.none()
    views = Q(is_shown=True) | _own(actor)
    if actor.post is not None:
        views |= took_part(actor) | below(actor)
    return Case.objects.filter(views)


def shown_cases() -> QuerySet[Case]:
    """The cases that everybody may know of."""
    return Case.objects.filter(is_shown=True)


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


def is_followed(actor: Actor, case: Case) -> bool:
    return (
        actor.person_id is not None
        and CaseFollower.objects.filter(case=case, person_id=actor.person_id).exists()
    )


def photo_of(case: Case, ref: str) -> CasePhoto | None:
    """The photo of a case by its attachment's reference."""
    return case.photos.select_related("attachment", "event").filter(attachment__ref=ref).first()


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
