"""Who may do what: every permission of people, for the whole cast. Each row says who may; everybody else may not."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, VISITOR, Actor
from folkmoot.base.permissions import allowed, permission_names
from folkmoot.people.actors import actor_for
from folkmoot.people.models import (
    Appointment,
    EmergencyAccess,
    HouseholdMember,
    SealedNote,
)
from tests.factories.island import Island
from tests.factories.people import HouseholdLinkFactory, HouseholdMemberFactory, PostFactory

CAST = ("amal", "dou", "hua", "mei", "guo", "bei", "oya", "chen", "lin", "kai", "jin", "operator")
EVERYBODY = {*CAST, "visitor", "clock"}
SIGNED_IN = set(CAST)
LEADERS = {"hua", "mei", "guo", "bei", "oya", "chen", "lin", "kai"}
HOLDERS = LEADERS | {"jin"}
NOBODY: set[str] = set()

TABLE: dict[str, tuple[str, set[str]]] = {
    "people.sign_in": ("nothing", EVERYBODY),
    "people.sign_in_demo": ("nothing", NOBODY),
    "people.sign_out": ("nothing", EVERYBODY),
    "people.open_account": ("nothing", EVERYBODY),
    "people.view_sign_in_ways": ("nothing", SIGNED_IN),
    "people.change_sign_in": ("nothing", SIGNED_IN),
    "people.change_phone": ("account_of_bei", {"bei"}),
    "people.set_password": ("account_of_bei", {"bei"}),
    "people.choose_post": ("nothing", SIGNED_IN),
    "people.list_accounts": ("nothing", {"operator"}),
    "people.close_account": ("account_of_bei", {"operator"}),
    "people.reopen_account": ("account_of_bei", {"operator"}),
    "people.begin_emergency": ("account_of_operator", {"operator"}),
    "people.end_emergency": ("emergency_of_bei", {"operator", "bei", "chen", "lin", "kai"}),
    "people.set_up_operator": ("nothing", {"operator"}),
    "people.set_up_overseer": ("nothing", {"operator"}),
    "people.find_chief": ("nothing", EVERYBODY),
    "people.view_post": ("nothing", EVERYBODY),
    "people.list_organizations": ("nothing", EVERYBODY),
    "people.edit_card": ("bei", {"bei"}),
    "people.list_appointments": ("nothing", LEADERS),
    "people.propose_appointment": ("post_of_guo", {"bei", "chen", "lin", "kai"}),
    "people.confirm_appointment": ("proposal_of_bei", {"chen", "lin", "kai"}),
    "people.refuse_appointment": ("proposal_of_bei", {"chen", "lin", "kai"}),
    "people.end_tenure": ("tenure_of_guo", {"guo", "bei", "chen", "lin", "kai"}),
    "people.name_deputy": ("post_of_guo", {"guo", "bei", "chen", "lin", "kai"}),
    "people.list_gaps": ("nothing", HOLDERS | {"operator"}),
    "people.refresh_vacancies": ("nothing", {"clock"}),
    "people.move_posts": ("nothing", HOLDERS | {"operator", "clock"}),
    "people.view_household": ("nothing", SIGNED_IN),
    "people.join_household": ("nothing", SIGNED_IN),
    "people.leave_household": ("home_of_amal", {"amal"}),
    "people.list_residents": ("nothing", SIGNED_IN),
    "people.confirm_resident": ("dou_waits", {"amal", "hua", "guo", "bei", "chen", "lin", "kai"}),
    "people.refuse_resident": ("dou_waits", {"amal", "hua", "guo", "bei", "chen", "lin", "kai"}),
    "people.link_household": ("household", {"hua", "guo", "bei", "chen", "lin", "kai"}),
    "people.end_link": ("link_of_mei", {"amal", "mei"}),
    "people.list_notes": ("nothing", LEADERS),
    "people.write_note": ("household", {"hua", "guo", "bei", "chen", "lin", "kai"}),
    "people.read_note": ("note_for_bei", {"bei"}),
    "people.end_note": ("note_for_bei", {"hua"}),
    "people.answer_note": ("note_for_bei", {"amal"}),
    "people.erase_note": ("note_for_bei", {"amal"}),
    "people.end_due_notes": ("nothing", {"clock"}),
    "people.view_data": ("nothing", SIGNED_IN),
    "people.export_data": ("nothing", SIGNED_IN),
    "people.erase_person": ("bei", {"bei"}),
}


def nothing(_island: Island) -> None:
    return None


def bei(island: Island) -> Any:
    return island.bei


def account_of_bei(island: Island) -> Any:
    return island.bei.account


def account_of_operator(island: Island) -> Any:
    return island.operator.account


def emergency_of_bei(island: Island) -> EmergencyAccess:
    now = clock.now()
    return EmergencyAccess.objects.create(
        account=island.operator.account, post=island.secretary, reason="x",
        since=now - timedelta(hours=2), until=now - timedelta(hours=1),
    )  # fmt: skip


def post_of_guo(island: Island) -> Any:
    return island.grid_chief


def proposal_of_bei(island: Island) -> Appointment:
    return Appointment.objects.create(
        post=island.vacant_G12, person=island.dou, since=date(2026, 1, 1),
        proposed_by=island.bei, proposed_at=clock.now(),
    )  # fmt: skip


def tenure_of_guo(island: Island) -> Any:
    return island.grid_chief.tenures.get()


def home_of_amal(island: Island) -> HouseholdMember:
    return HouseholdMember.objects.get(person=island.amal)


def dou_waits(island: Island) -> HouseholdMember:
    return HouseholdMemberFactory.create(household=island.household, person=island.dou, is_confirmed=False)


def link_of_mei(island: Island) -> Any:
    return HouseholdLinkFactory.create(household=island.household, member=island.mei)


def household(island: Island) -> Any:
    return island.household


def note_for_bei(island: Island) -> SealedNote:
    note = SealedNote.objects.create(
        household=island.household, purpose="x", text="y", written_by=island.unit_chief,
        ends_on=date(2099, 1, 1), at=clock.now(),
    )  # fmt: skip
    note.readers.set([island.secretary])
    return note


THINGS: dict[str, Callable[[Island], Any]] = {
    thing.__name__: thing
    for thing in (
        nothing, bei, account_of_bei, account_of_operator, emergency_of_bei, post_of_guo, proposal_of_bei,
        tenure_of_guo, home_of_amal, dou_waits, link_of_mei, household, note_for_bei,
    )
}  # fmt: skip


def everybody(island: Island) -> dict[str, Actor]:
    actors = {name: actor_for(island.people[name].account) for name in CAST}
    return actors | {"visitor": VISITOR, "clock": CLOCK}


def test_table_says_every_permission() -> None:
    assert sorted(TABLE) == [name for name in permission_names() if name.startswith("people.")]


@pytest.mark.parametrize("permission", TABLE)
def test_permission_belongs_to(permission: str, island: Island) -> None:
    thing, may = TABLE[permission]
    obj = THINGS[thing](island)
    assert {name for name, actor in everybody(island).items() if allowed(actor, permission, obj)} == may


def who_may_propose(island: Island, post: Any) -> set[str]:
    actors = everybody(island)
    return {name for name, actor in actors.items() if allowed(actor, "people.propose_appointment", post)}


def test_level_above_of_each_post(island: Island) -> None:
    second_overseer = PostFactory.create(role="overseer", area=island["D"])
    member = PostFactory.create(role="party_member", area=island["V1"])
    assert who_may_propose(island, island.unit_chief) == {"guo", "bei", "chen", "lin", "kai"}
    assert who_may_propose(island, island.far_unit_chief) == {"bei", "chen", "lin", "kai"}
    assert who_may_propose(island, island.secretary) == {"chen", "lin", "kai"}
    assert who_may_propose(island, island.officer) == {"kai"}
    assert who_may_propose(island, island.overseer) == set()
    assert who_may_propose(island, second_overseer) == {"kai"}
    assert who_may_propose(island, island.water_head) == {"chen", "lin", "kai"}
    assert who_may_propose(island, member) == {"bei", "chen", "lin", "kai"}


def test_demo_sign_in_is_open_in_the_demo_only(island: Island, settings: Any) -> None:
    settings.DEMO = True
    assert allowed(VISITOR, "people.sign_in_demo")


def test_ended_note_is_neither_read_nor_answered(island: Island) -> None:
    note = note_for_bei(island)
    note.ended_at = clock.now()
    actors = everybody(island)
    assert not allowed(actors["bei"], "people.read_note", note)
    assert not allowed(actors["amal"], "people.answer_note", note)


def test_unconfirmed_resident_sees_and_ends_nothing(island: Island) -> None:
    dou_waits(island)
    dou = everybody(island)["dou"]
    note, link = note_for_bei(island), link_of_mei(island)
    assert not any(
        allowed(dou, name, obj)
        for name, obj in (
            ("people.erase_note", note),
            ("people.answer_note", note),
            ("people.end_link", link),
        )
    )


def test_nobody_decides_about_herself(island: Island) -> None:
    proposal = proposal_of_bei(island)
    proposal.person = island.chen
    actors = everybody(island)
    may = {name for name, actor in actors.items() if allowed(actor, "people.confirm_appointment", proposal)}
    assert may == {"lin", "kai"}


def test_closed_account_may_nothing(island: Island) -> None:
    island.bei.account.is_active = False
    island.bei.account.save()
    assert not allowed(actor_for(island.bei.account), "people.view_data")
