"""Which polls somebody may see, and one of them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from folkmoot.ballots.models import Paper, Poll, PollEvent, RollEntry
from folkmoot.ballots.states import PollState
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import allowed
from folkmoot.people.models import LEADING_ROLES
from folkmoot.people.queries import posts_held


def _polls() -> QuerySet[Poll]:
    rows = Poll.objects.select_related("area", "post", "audit")
    return rows.prefetch_related("papers", "strata", "desks")


def visible_polls(actor: Actor) -> QuerySet[Poll]:
    """The polls that `actor` may see: all that are public, and the drafts that it organises or mans a desk of."""
    return _polls().filter(~Q(state=PollState.DRAFT) | _served_by(actor)).distinct()


def organised_polls(actor: Actor) -> QuerySet[Poll]:
    """The polls in which `actor` has a role, drafts first."""
    return _polls().filter(_served_by(actor)).distinct().order_by("-id")


def _served_by(actor: Actor) -> Q:
    """As rules.serves: organises or mans the desk, and no paper is about a post held or served under."""
    post = actor.post
    if post is None:
        return Q(pk__in=[])
    part = Q(desks=post.id)
    if post.role in LEADING_ROLES and not actor.is_operator:
        part |= Q(area__path__under=post.area_path)
    concerned = Q()
    for held in posts_held(actor.person_id) if actor.person_id is not None else ():
        steps = held.area_path.split("/")
        above = ["/".join(steps[:i]) + "/" for i in range(1, len(steps))]
        concerned |= Q(about_post_id=held.id) | Q(about_path__in=above)
        if held.organization_id is not None:
            concerned |= Q(about_organization_id=held.organization_id)
    about = Paper.objects.filter(concerned, poll=OuterRef("pk"))
    return part & Q(~Exists(about)) if concerned else part


def get_poll(actor: Actor, code: str) -> Poll:
    """The poll with its papers, strata and desks. Raises NotFound also for one that `actor` may not know of."""
    poll = _polls().filter(code=code).first()
    if poll is None or not allowed(actor, "ballots.view_poll", poll):
        raise NotFound()
    return poll


def history(poll: Poll) -> QuerySet[PollEvent]:
    return PollEvent.objects.filter(poll=poll).select_related("post")


def polls_of_person(person_id: int) -> QuerySet[RollEntry]:
    """The roll entries of a person, newest poll first: her own page shows them, no other."""
    rows = RollEntry.objects.filter(person_id=person_id).exclude(poll__state=PollState.DRAFT)
    return rows.select_related("poll", "stratum").order_by("-poll_id")
