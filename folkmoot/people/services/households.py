"""A household, those who live there, and the party members linked to it."""

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal
from folkmoot.people.models import Household, HouseholdLink, HouseholdMember
from folkmoot.people.notices import tell
from folkmoot.people.queries import handling_post, holders_by_post


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
