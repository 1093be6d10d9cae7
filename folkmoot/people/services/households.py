"""A household, those who live there, and the party members linked to it."""

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal
from folkmoot.people.models import Household, HouseholdLink, HouseholdMember, Person, Post
from folkmoot.people.notices import tell
from folkmoot.people.queries import handling_post, holders_by_post, serving_tenures


def join_household(*, actor: Actor, household: Household) -> HouseholdMember:
    """Notes that somebody says "I live here"; the representative is believed, others are confirmed.

    Raises Refused for somebody who belongs to another household.
    Effects: `people.household_joined`; the unit chief is told that somebody waits.
    """
    require(actor, "people.join_household")
    assert actor.person_id is not None
    is_known = household.representative_id == actor.person_id
    with transaction.atomic():
        try:
            with transaction.atomic():
                member = HouseholdMember.objects.create(
                    household=household, person_id=actor.person_id, is_confirmed=is_known
                )
        except IntegrityError:
            raise Refused(_("You belong to a household already. Please leave that one first.")) from None
        journal.record("people.household_joined", actor=actor, obj=f"household:{household.pk}")
        if not is_known:
            url = reverse("people:resident_list")
            _tell(member, "people.resident_waits", _chiefs(household), url)
    return member


def confirm_resident(*, actor: Actor, member: HouseholdMember) -> HouseholdMember:
    """Says that somebody lives in the household indeed. Effects: `people.resident_confirmed`; she is told."""
    require(actor, "people.confirm_resident", member)
    with transaction.atomic():
        waiting = HouseholdMember.objects.filter(pk=member.pk, is_confirmed=False)
        if waiting.update(is_confirmed=True) != 1:
            raise StaleState()
        member.is_confirmed = True
        journal.record("people.resident_confirmed", actor=actor, obj=f"household:{member.household_id}")
        _tell(member, "people.resident_confirmed", [member.person_id], reverse("people:my_household"))
    return member


def refuse_resident(*, actor: Actor, member: HouseholdMember) -> None:
    """Says that somebody does not live in the household. Effects: `people.resident_refused`."""
    require(actor, "people.refuse_resident", member)
    with transaction.atomic():
        deleted, _rows = HouseholdMember.objects.filter(pk=member.pk, is_confirmed=False).delete()
        if not deleted:
            raise StaleState()
        journal.record("people.resident_refused", actor=actor, obj=f"household:{member.household_id}")


def leave_household(*, actor: Actor, member: HouseholdMember) -> None:
    """Takes somebody out of the household at her own word. Effects: `people.household_left`."""
    require(actor, "people.leave_household", member)
    with transaction.atomic():
        member.delete()
        left = Household.objects.filter(pk=member.household_id, representative_id=actor.person_id)
        left.update(representative=None)
        journal.record("people.household_left", actor=actor, obj=f"household:{member.household_id}")


def link_household(*, actor: Actor, household: Household, member: Person) -> HouseholdLink:
    """Links a household with somebody who serves where it stands; it sees that at once and can end it.

    Raises Refused for somebody who serves elsewhere or lives there, who is linked already, or with whom the
    household has ended a link: against its word none begins again.
    Effects: `people.household_linked`; household and member are told. Source: S3.6.
    """
    require(actor, "people.link_household", household)
    serving = serving_tenures(household).filter(person=member).first()
    if serving is None:
        raise Refused(_("This person does not serve where the household stands."))
    if HouseholdMember.objects.filter(household=household, person=member).exists():
        raise Refused(_("This person lives in the household."))
    if HouseholdLink.objects.filter(household=household, member=member, ended_by_household=True).exists():
        raise Refused(_("The household has ended its link with this person. That is its word, and it holds."))
    with transaction.atomic():
        try:
            with transaction.atomic():
                link = HouseholdLink.objects.create(household=household, member=member, since=clock.today())
        except IntegrityError:
            raise Refused(_("The household is linked to this person already.")) from None
        journal.record("people.household_linked", actor=actor, obj=f"household:{household.pk}", link=link.pk)
        _tell_of_link(link, serving.post, actor)
    return link


def _tell_of_link(link: HouseholdLink, post: Post, actor: Actor) -> None:
    household, origin = link.household, f"household:{link.household_id}"
    residents = HouseholdMember.objects.filter(household=household, is_confirmed=True)
    tell(
        "people.household_linked", residents.values_list("person_id", flat=True),
        url=reverse("people:my_household"), origin=origin, post=[post.title, post.title_zh],
    )  # fmt: skip
    if link.member_id != actor.person_id:
        place = [household.address, household.address_zh]
        url = reverse("people:my_data")
        tell("people.linked_to_household", [link.member_id], url=url, origin=origin, household=place)


def end_link(*, actor: Actor, link: HouseholdLink) -> HouseholdLink:
    """Ends the link between a household and a member, at the word of either.

    Raises StaleState when it is over. Effects: `people.link_ended`; the member is told.
    """
    require(actor, "people.end_link", link)
    by_household = link.member_id != actor.person_id
    with transaction.atomic():
        running = HouseholdLink.objects.filter(pk=link.pk, until=None)
        if running.update(until=clock.today(), ended_by_household=by_household) != 1:
            raise StaleState()
        link.until, link.ended_by_household = clock.today(), by_household
        journal.record("people.link_ended", actor=actor, obj=f"household:{link.household_id}", link=link.pk)
        if by_household:
            place = [link.household.address, link.household.address_zh]
            url, origin = reverse("people:my_household"), f"household:{link.household_id}"
            tell("people.link_ended", [link.member_id], url=url, origin=origin, household=place)
    return link


def _chiefs(household: Household) -> list[int]:
    post = handling_post(household.area) if household.area is not None else None
    return holders_by_post([post.pk]).get(post.pk, []) if post is not None else []


def _tell(member: HouseholdMember, notice: str, people: list[int], url: str) -> None:
    household = member.household
    place = [household.address, household.address_zh]
    tell(notice, people, url=url, origin=f"household:{household.pk}", household=place)
