"""The roll: who is on it, and who could be."""

from collections.abc import Collection

from django.db.models import QuerySet

from folkmoot.areas.models import Area
from folkmoot.ballots.models import Channel, Poll, RollEntry, Taken
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import allowed
from folkmoot.people.models import Person
from folkmoot.people.tenures import in_force


def get_roll(actor: Actor, poll: Poll) -> QuerySet[RollEntry]:
    """The roll in the order of strata and names, for desk and organiser; never who has taken a paper.

    Raises NotFound.
    """
    if poll.is_open or not allowed(actor, "ballots.view_roll", poll):
        raise NotFound()  # who could take part in an open poll is nobody's list
    rows = RollEntry.objects.filter(poll=poll).select_related("stratum", "person")
    return rows.defer("person__phone", "person__email").order_by(
        "stratum__order", "stratum", "name", "person__name", "id"
    )


def residents_of(area: Area) -> QuerySet[Person]:
    """Those whose home in `area` is confirmed."""
    homes = {"home__is_confirmed": True, "home__household__area__path__under": area.path}
    return Person.objects.filter(**homes, erased_at=None)


def holders_in(area: Area, roles: Collection[str]) -> QuerySet[Person]:
    """Those who hold a post of one of `roles` in `area` today; deputies are not among them."""
    held = in_force(clock.today(), "tenures__")
    people = Person.objects.filter(
        held, tenures__is_deputy=False, tenures__post__role__in=roles,
        tenures__post__area__path__under=area.path, tenures__post__closed_on=None, erased_at=None,
    )  # fmt: skip
    return people.distinct()


def own_entry(actor: Actor, poll: Poll) -> RollEntry | None:
    """The actor's own place on the roll."""
    if actor.person_id is None:
        return None
    return RollEntry.objects.filter(poll=poll, person_id=actor.person_id).select_related("stratum").first()


def get_entry(actor: Actor, poll: Poll, entry_id: str) -> RollEntry:
    """An entry of the roll for whom may give its paper out. Raises NotFound."""
    entry = (
        RollEntry.objects.filter(poll=poll, pk=entry_id).select_related("poll", "stratum", "person").first()
    )
    if entry is None or not allowed(actor, "ballots.issue_claim", entry):
        raise NotFound()
    return entry


def taken_kinds(entry: RollEntry) -> list[str]:
    """By which channels papers were taken for an entry: for herself and for the desk that day."""
    kinds = set(Taken.objects.filter(entry=entry).values_list("kind", flat=True))
    return [kind for kind in Channel.values if kind in kinds]
