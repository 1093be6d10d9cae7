"""A household as those who live there see it, and as named readers see its notes."""

from django.db.models import Prefetch, Q, QuerySet

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound
from folkmoot.people.models import (
    LEADING_ROLES,
    LINKED_ROLES,
    Household,
    HouseholdLink,
    HouseholdMember,
    NoteReading,
    SealedNote,
    Tenure,
)
from folkmoot.people.queries.posts import Seat, open_posts, seats
from folkmoot.people.tenures import in_force


def home_of(person_id: int | None) -> HouseholdMember | None:
    """Where somebody says to live, confirmed or not."""
    homes = HouseholdMember.objects.select_related("household__area", "household__representative")
    return homes.filter(person=person_id).first()


def links_of(home: HouseholdMember) -> QuerySet[HouseholdLink]:
    """The links of a household, running ones first."""
    links = HouseholdLink.objects.filter(household=home.household_id).select_related("member")
    return links.defer("member__phone", "member__email").order_by("-until", "-since", "pk")


def notes_on(home: HouseholdMember) -> QuerySet[SealedNote]:
    """The notes on a household with every reading, newest first. Three queries."""
    readings = NoteReading.objects.select_related("post", "reader").order_by("-at", "-pk")
    readings = readings.defer("reader__phone", "reader__email")
    notes = SealedNote.objects.filter(household=home.household_id).select_related("written_by")
    return notes.prefetch_related("readers", Prefetch("readings", readings)).order_by("-at", "-pk")


def visible_notes(actor: Actor) -> QuerySet[SealedNote]:
    """The notes that the actor's post wrote or may read, without their text."""
    if actor.post is None:
        return SealedNote.objects.none()
    concerned = Q(written_by=actor.post.id) | Q(readers=actor.post.id)
    notes = SealedNote.objects.filter(concerned).distinct().defer("text", "answer")
    return notes.select_related("household", "written_by").order_by("-at", "-pk")


def get_note(actor: Actor, pk: int) -> SealedNote:
    """A note that the actor may know of. Raises NotFound for any other."""
    home = home_of(actor.person_id)
    known = Q(pk__in=visible_notes(actor).values("pk"))
    if home is not None and home.is_confirmed:
        known |= Q(household=home.household_id)
    note = SealedNote.objects.filter(known, pk=pk).select_related("household__area", "written_by").first()
    if note is None:
        raise NotFound()
    return note


def waiting_residents(actor: Actor) -> QuerySet[HouseholdMember]:
    """Those who say to live in a household that the actor serves or lives in, and are not confirmed."""
    home = home_of(actor.person_id)
    mine = Q(household=home.household_id) if home is not None and home.is_confirmed else Q(pk=None)
    if actor.post is not None and actor.post.organization_id is None:
        mine |= Q(household__area__path__under=actor.post.area_path)
    waiting = HouseholdMember.objects.filter(mine, is_confirmed=False).exclude(person=actor.person_id)
    return waiting.select_related("person", "household__area").order_by("household__code", "pk")


def get_waiting_resident(actor: Actor, pk: int) -> HouseholdMember:
    """Raises NotFound for somebody of whom the actor may not know."""
    member = waiting_residents(actor).filter(pk=pk).first()
    if member is None:
        raise NotFound()
    return member


def get_link(actor: Actor, pk: int) -> HouseholdLink:
    """A link of the actor's own household, or one in which the actor is the member. Raises NotFound."""
    home = home_of(actor.person_id)
    own = Q(member=actor.person_id)
    if home is not None and home.is_confirmed:
        own |= Q(household=home.household_id)
    link = HouseholdLink.objects.filter(own, pk=pk).select_related("household", "member").first()
    if link is None:
        raise NotFound()
    return link


def served_household(actor: Actor, code: str) -> Household | None:
    """The household with this code in the area of the actor's post; None for any other."""
    if actor.post is None:
        return None
    served = Household.objects.filter(area__path__under=actor.post.area_path)
    return served.select_related("area").filter(code__iexact=code.strip()).first()


def serving_tenures(household: Household) -> QuerySet[Tenure]:
    """Those who serve where the household stands, the nearest first: it can be linked to one of them."""
    around = household.area.ancestor_ids if household.area is not None else []
    tenures = Tenure.objects.filter(
        in_force(clock.today()),
        is_deputy=False,
        post__closed_on=None,
        post__role__in=LINKED_ROLES,
        post__area__in=around,
    )
    tenures = tenures.select_related("person", "post").defer("person__phone", "person__email")
    return tenures.order_by("-post__area__path", "post__role", "pk")


def running_links(household: Household) -> QuerySet[HouseholdLink]:
    """The links of a household that have not ended, the oldest first."""
    links = HouseholdLink.objects.filter(household=household, until=None).select_related("member")
    return links.defer("member__phone", "member__email").order_by("since", "pk")


def links_as_member(person_id: int | None) -> QuerySet[HouseholdLink]:
    """The running links of a party member to households."""
    links = HouseholdLink.objects.filter(member=person_id, until=None)
    return links.select_related("household__area").order_by("household__code")


def readings_of(note: SealedNote) -> QuerySet[NoteReading]:
    """Who has read a note, newest first."""
    readings = NoteReading.objects.filter(note=note).select_related("post", "reader")
    return readings.defer("reader__phone", "reader__email").order_by("-at", "-pk")


def possible_readers(actor: Actor) -> list[Seat]:
    """The posts that the actor may name as readers: her own, and the filled leading ones on the line upward."""
    if actor.post is None:
        return []
    ids = [int(step) for step in actor.post.area_path.split("/") if step]
    line = open_posts().filter(area__in=ids, role__in=LEADING_ROLES, vacant_since=None)
    return seats(line.order_by("-area__level__rank", "pk"))
