"""Households and sealed notes: who is told, who is believed, what ends."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from folkmoot.base import clock
from folkmoot.base.errors import NotAllowed, Refused, StaleState
from folkmoot.channels.models import Message
from folkmoot.journal.models import Act
from folkmoot.people import queries, services
from folkmoot.people.actors import actor_for
from folkmoot.people.models import HouseholdLink, HouseholdMember, NoteReading, Post, Role, SealedNote
from tests.factories.island import Island
from tests.factories.people import (
    HouseholdFactory,
    HouseholdLinkFactory,
    HouseholdMemberFactory,
    PostFactory,
    held_post,
)


@pytest.fixture(autouse=True)
def _today(at: Callable[[str], datetime]) -> None:
    at("2026-11-20 09:00")


def told() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("notice", "person__name"))


def kinds() -> list[str]:
    return list(Act.objects.order_by("pk").values_list("kind", flat=True))


def join(island: Island, who: str = "dou") -> HouseholdMember:
    return services.join_household(actor=actor_for(island.people[who].account), household=island.household)


def write(island: Island, who: str = "hua", readers: list[Post] | None = None) -> SealedNote:
    return services.write_note(
        actor=actor_for(island.people[who].account),
        household=island.household,
        purpose="Winter coal",
        text="A hard winter",
        readers=readers or [island.secretary],
        ends_on=date(2026, 12, 20),
    )


def test_join_household_waits_for_a_word(island: Island) -> None:
    member = join(island)
    assert (member.is_confirmed, told()) == (False, [("people.resident_waits", "Hua")])
    services.confirm_resident(actor=actor_for(island.amal.account), member=member)
    assert told()[1:] == [("people.resident_confirmed", "Dou")]
    assert kinds() == ["people.household_joined", "people.resident_confirmed"]
    with pytest.raises(StaleState):
        services.confirm_resident(actor=actor_for(island.hua.account), member=member)


def test_join_household_believes_its_representative(island: Island) -> None:
    island.household.representative = island.dou
    island.household.save()
    assert join(island).is_confirmed is True
    assert told() == []


def test_join_household_takes_one_home_each(island: Island) -> None:
    other = HouseholdFactory.create(area=island["U112"])
    with pytest.raises(Refused):
        services.join_household(actor=actor_for(island.amal.account), household=other)
    assert HouseholdMember.objects.get(person=island.amal).household == island.household


def test_join_household_without_a_unit_tells_nobody(island: Island) -> None:
    boat = HouseholdFactory.create(area=None)
    services.join_household(actor=actor_for(island.dou.account), household=boat)
    assert told() == []


def test_refuse_resident_takes_the_claim_away(island: Island) -> None:
    member = join(island)
    with pytest.raises(NotAllowed):
        services.refuse_resident(actor=actor_for(island.mei.account), member=member)
    services.refuse_resident(actor=actor_for(island.hua.account), member=member)
    assert not HouseholdMember.objects.filter(person=island.dou).exists()
    with pytest.raises(StaleState):
        services.refuse_resident(actor=actor_for(island.hua.account), member=member)


def test_leave_household_ends_speaking_for_it(island: Island) -> None:
    island.household.representative = island.amal
    island.household.save()
    home = queries.home_of(island.amal.pk)
    services.leave_household(actor=actor_for(island.amal.account), member=home)
    island.household.refresh_from_db()
    assert (island.household.representative, queries.home_of(island.amal.pk)) == (None, None)


def link(island: Island, who: str = "hua", member: str = "hua") -> HouseholdLink:
    return services.link_household(
        actor=actor_for(island.people[who].account), household=island.household, member=island.people[member]
    )


def test_link_household_tells_the_household_and_the_member(island: Island) -> None:
    HouseholdMemberFactory.create(household=island.household, person=island.dou, is_confirmed=False)
    made = link(island, "bei", "hua")
    assert (made.since, made.until, made.member) == (date(2026, 11, 20), None, island.hua)
    assert told() == [("people.household_linked", "Amal"), ("people.linked_to_household", "Hua")]
    assert kinds() == ["people.household_linked"]
    assert island.hua.name not in str(Message.objects.order_by("pk")[0].params)


def test_link_household_with_oneself_tells_the_household_only(island: Island) -> None:
    link(island)
    assert told() == [("people.household_linked", "Amal")]


def test_link_household_takes_a_party_member_of_the_grid(island: Island) -> None:
    held_post(island.dou, role=Role.PARTY_MEMBER, area=island["G11"])
    assert link(island, "guo", "dou").member == island.dou


@pytest.mark.parametrize(("who", "member"), [("hua", "mei"), ("hua", "dou"), ("hua", "oya"), ("hua", "jin")])
def test_link_household_refuses_who_does_not_serve_there(island: Island, who: str, member: str) -> None:
    with pytest.raises(Refused, match="does not serve where the household stands"):
        link(island, who, member)
    assert (HouseholdLink.objects.count(), told(), kinds()) == (0, [], [])


@pytest.mark.parametrize("who", ["mei", "oya", "amal", "dou", "jin", "operator"])
def test_link_household_belongs_to_who_serves_there(island: Island, who: str) -> None:
    with pytest.raises(NotAllowed):
        link(island, who)


def test_link_household_refuses_who_lives_there(island: Island) -> None:
    HouseholdMemberFactory.create(household=island.household, person=island.hua)
    with pytest.raises(Refused, match="lives in the household"):
        link(island)


def test_link_household_twice_is_refused(island: Island) -> None:
    link(island)
    with pytest.raises(Refused, match="already"):
        link(island, "bei", "hua")
    assert (HouseholdLink.objects.count(), kinds()) == (1, ["people.household_linked"])


def test_link_household_holds_to_the_households_word(island: Island) -> None:
    made = link(island)
    services.end_link(actor=actor_for(island.amal.account), link=made)
    with pytest.raises(Refused, match="That is its word"):
        link(island, "bei", "hua")


def test_link_household_again_after_the_member_ended_it(island: Island) -> None:
    made = link(island)
    services.end_link(actor=actor_for(island.hua.account), link=made)
    assert link(island, "bei", "hua").until is None


def test_end_link_at_the_households_word_tells_the_member(island: Island) -> None:
    link = HouseholdLinkFactory.create(household=island.household, member=island.mei)
    services.end_link(actor=actor_for(island.amal.account), link=link)
    assert (link.until, link.ended_by_household) == (date(2026, 11, 20), True)
    assert told() == [("people.link_ended", "Mei")]
    with pytest.raises(StaleState):
        services.end_link(actor=actor_for(island.mei.account), link=link)


def test_end_link_by_the_member(island: Island) -> None:
    link = HouseholdLinkFactory.create(household=island.household, member=island.mei)
    services.end_link(actor=actor_for(island.mei.account), link=link)
    assert (link.ended_by_household, told()) == (False, [])


def test_read_note_is_shown_to_the_household(island: Island) -> None:
    note = write(island)
    assert services.read_note(actor=actor_for(island.bei.account), note=note) == "A hard winter"
    reading = NoteReading.objects.get()
    assert (reading.post, reading.reader, reading.at) == (island.secretary, island.bei, clock.now())
    assert told() == [("people.note_read", "Amal")]
    assert kinds() == ["people.note_written", "people.note_read"]
    shown = queries.notes_on(queries.home_of(island.amal.pk))[0]
    assert [str(each.reader) for each in shown.readings.all()] == ["Bei"]


def test_read_note_is_for_named_posts_only(island: Island) -> None:
    note = write(island)
    for who in ("hua", "guo", "chen", "kai", "amal", "operator"):
        with pytest.raises(NotAllowed):
            services.read_note(actor=actor_for(island.people[who].account), note=note)
    assert NoteReading.objects.count() == 0


def test_read_note_follows_the_post_not_the_person(island: Island) -> None:
    note = write(island)
    tenure = island.secretary.tenures.get()
    services.end_tenure(
        actor=actor_for(island.chen.account), tenure=tenure, until=date(2026, 11, 20), reason="x"
    )
    with pytest.raises(NotAllowed):
        services.read_note(actor=actor_for(island.bei.account), note=note)


def test_note_is_sealed_in_the_database(island: Island) -> None:
    from django.db import connection

    note = write(island)
    services.answer_note(actor=actor_for(island.amal.account), note=note, text="We manage")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, answer FROM people_sealednote")
        text, answer = cursor.fetchone()
    assert ("hard" in text, "manage" in answer) == (False, False)
    assert (SealedNote.objects.get().text, SealedNote.objects.get().answer) == ("A hard winter", "We manage")


def test_write_note_refuses_what_no_note_is(island: Island) -> None:
    good = {
        "actor": actor_for(island.hua.account), "household": island.household, "purpose": "Coal", "text": "Cold",
        "readers": [island.secretary], "ends_on": date(2026, 12, 20),
    }  # fmt: skip
    posts = [PostFactory.create(area=island["V1"]) for _ in range(6)]
    for changes in (
        {"purpose": " "},
        {"text": " "},
        {"readers": []},
        {"readers": posts},
        {"ends_on": date(2026, 11, 20)},
        {"ends_on": date(2028, 1, 1)},
    ):
        with pytest.raises(Refused):
            services.write_note(**good | changes)
    with pytest.raises(NotAllowed):
        services.write_note(**good | {"actor": actor_for(island.mei.account)})
    assert SealedNote.objects.count() == 0


def test_erase_note_takes_the_text_and_keeps_the_readings(island: Island) -> None:
    note = write(island)
    services.read_note(actor=actor_for(island.bei.account), note=note)
    services.erase_note(actor=actor_for(island.amal.account), note=note)
    note.refresh_from_db()
    assert (note.text, note.answer, note.ended_at, note.readings.count()) == ("", "", clock.now(), 1)
    with pytest.raises(StaleState):
        services.erase_note(actor=actor_for(island.amal.account), note=note)


def test_end_due_notes_erases_on_the_day(island: Island, at: Callable) -> None:
    note = write(island)
    assert services.end_due_notes() == 0
    at("2026-12-20 00:01")
    assert services.end_due_notes() == 1
    note.refresh_from_db()
    assert (note.text, note.ended_at) == ("", clock.now())
    assert services.end_due_notes() == 0


def test_visible_notes_are_those_that_may_be_read_or_ended(island: Island) -> None:
    from folkmoot.base.permissions import allowed

    notes = [write(island), write(island, "guo", [island.unit_chief, island.officer]), write(island, "bei")]
    for person in island.people.values():
        actor = actor_for(person.account)
        may = {
            note.pk
            for note in notes
            if allowed(actor, "people.read_note", note) or allowed(actor, "people.end_note", note)
        }
        assert {note.pk for note in queries.visible_notes(actor)} == may, person.name


def test_waiting_residents_are_those_whom_one_may_confirm(island: Island) -> None:
    from folkmoot.base.permissions import allowed

    member = join(island)
    for person in island.people.values():
        actor = actor_for(person.account)
        shown = queries.waiting_residents(actor).filter(pk=member.pk).exists()
        assert shown == allowed(actor, "people.confirm_resident", member), person.name


def test_household_is_found_by_code_or_exact_address(island: Island) -> None:
    HouseholdFactory.create(code="x9", area=island["U112"], address="7 Twin Road", address_zh="")
    HouseholdFactory.create(code="x8", area=island["U122"], address="7 Twin Road", address_zh="")
    found = [queries.household_at(typed) for typed in (island.household.code.lower(), " 1 PIER-Road", "X9")]
    assert [household.code for household in found] == [island.household.code, island.household.code, "x9"]
    assert [queries.household_at(typed) for typed in ("7 twin road", "pier", "", "·")] == [None] * 4


def test_emergency_tells_holder_and_overseer(island: Island) -> None:
    actor = actor_for(island.operator.account)
    access = services.begin_emergency(
        actor=actor, account=island.operator.account, post=island.secretary, reason="The dam", hours=2
    )
    assert access.until == clock.now() + timedelta(hours=2)
    assert sorted(told()) == [("people.emergency_begun", "Bei"), ("people.emergency_begun", "Kai")]
    acting = actor_for(island.operator.account)
    assert acting.post.id == island.secretary.pk
    with pytest.raises(NotAllowed):
        services.propose_appointment(
            actor=acting, post=island.vacant_G12, phone="+8610000000042", name="Ren", since=date(2026, 11, 20)
        )
    services.end_emergency(actor=actor, access=access)
    assert actor_for(island.operator.account).post is None
    assert kinds() == ["people.emergency_begun", "people.emergency_ended"]
