"""The pages of a household, its notes, and one's own data."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from folkmoot.base import clock
from folkmoot.people import services
from folkmoot.people.actors import actor_for
from folkmoot.people.models import (
    Account,
    HouseholdLink,
    HouseholdMember,
    Person,
    Role,
    SealedNote,
)
from tests.conftest import signed_in
from tests.factories.island import Island
from tests.factories.people import (
    HouseholdLinkFactory,
    held_post,
)
from tests.people.pages import queries_of, url


@pytest.fixture
def as_mei(island: Island) -> Client:
    """Mei, chief of another unit."""
    return signed_in(island.mei, island.next_unit_chief)


def test_household_shows_who_serves_it(as_amal: Client, island: Island) -> None:
    page = as_amal.get(url("my_household"))
    assert b"You live at 1 Pier Road." in page.content
    assert [rung.area.code for rung in page.context["rungs"]] == ["U111", "G11"]


def test_household_is_joined_left_and_confirmed(
    as_dou: Client, as_hua: Client, as_mei: Client, island: Island
) -> None:
    assert as_dou.post(url("join_household"), {"household": "99 Nowhere"}).status_code == 422
    as_dou.post(url("join_household"), {"household": "1 PIER road"})
    waiting = as_dou.get(url("my_household"))
    assert b"You say that you live at 1 Pier Road." in waiting.content
    assert "notes" not in waiting.context
    assert as_dou.post(url("join_household"), {"household": "1 pier road"}).status_code == 422
    member = HouseholdMember.objects.get(person=island.dou)
    assert as_mei.post(url("confirm_resident", member.pk)).status_code == 404
    assert [each.pk for each in as_hua.get(url("resident_list")).context["listing"].rows] == [member.pk]
    as_hua.post(url("confirm_resident", member.pk))
    assert b"You live at 1 Pier Road." in as_dou.get(url("my_household")).content
    as_dou.post(url("leave_household"))
    assert not HouseholdMember.objects.filter(person=island.dou).exists()


def test_household_ends_a_link(as_amal: Client, as_dou: Client, island: Island) -> None:
    link = HouseholdLinkFactory.create(household=island.household, member=island.mei)
    assert as_dou.post(url("end_link", link.pk)).status_code == 404
    as_amal.post(url("end_link", link.pk))
    link.refresh_from_db()
    assert (link.until, link.ended_by_household) == (clock.today(), True)
    assert as_amal.post(url("end_link", link.pk)).status_code == 409


def linking(household: str) -> str:
    return f"{url('link_household')}?household={household}"


def test_household_is_linked_on_a_page(as_hua: Client, as_amal: Client, island: Island) -> None:
    code = island.household.code
    page = as_hua.get(linking(code.lower()))
    assert [str(person) for person in page.context["form"].people.values()] == [
        "Hua",
        "Guo",
        "Bei",
        "Chen",
        "Lin",
        "Kai",
    ]
    assert as_hua.post(linking(code), {}).status_code == 422
    done = as_hua.post(linking(code), {"member": island.guo.pk})
    assert done.headers["Location"] == linking(code)
    assert b"Guo looks after this household since" in as_hua.get(linking(code)).content
    assert b"Guo looks after your household since" in as_amal.get(url("my_household")).content
    again = as_hua.post(linking(code), {"member": island.guo.pk})
    assert (again.status_code, again.context["form"].errors["member"]) == (422, ["Please choose somebody."])
    as_amal.post(url("end_link", HouseholdLink.objects.get().pk))
    refused = as_hua.post(linking(code), {"member": island.guo.pk})
    assert (refused.status_code, HouseholdLink.objects.filter(until=None).count()) == (422, 0)


def test_household_link_page_knows_only_households_of_the_post(
    as_hua: Client, as_mei: Client, as_amal: Client, as_operator: Client, island: Island
) -> None:
    assert as_hua.get(url("link_household")).status_code == 200
    said = [
        client.get(linking(island.household.code)).status_code for client in (as_mei, as_amal, as_operator)
    ]
    assert said == [422, 403, 403]
    assert b"Where your post serves there is no household" in as_mei.get(linking("nothing")).content
    assert as_mei.post(linking(island.household.code), {"member": island.mei.pk}).status_code == 422
    assert HouseholdLink.objects.count() == 0


def test_household_link_page_speaks_chinese(as_hua: Client, island: Island) -> None:
    page = as_hua.get(linking(island.household.code), headers={"Accept-Language": "zh-CN"}).content.decode()
    assert ("由谁联系这一户？" in page, "建立联户" in page, "码头路1号" in page) == (True, True, True)


def test_household_link_page_costs_the_same_for_more_rows(as_hua: Client, island: Island) -> None:
    address = linking(island.household.code)
    HouseholdLinkFactory.create(household=island.household, member=island.mei)
    first = queries_of(as_hua, address)
    for person in (island.dou, island.oya):
        HouseholdLinkFactory.create(household=island.household, member=person)
        held_post(person, role=Role.PARTY_MEMBER, area=island["U111"])
    assert queries_of(as_hua, address) == first


def a_note(island: Island, **fields: Any) -> SealedNote:
    return services.write_note(
        actor=actor_for(island.hua.account), household=island.household, purpose="Winter coal",
        text="A hard winter", readers=[island.unit_chief, island.secretary],
        ends_on=clock.today() + timedelta(days=30), **fields,
    )  # fmt: skip


def test_note_is_read_and_the_household_sees_it(as_amal: Client, as_bei: Client, island: Island) -> None:
    note = a_note(island)
    outside = as_bei.get(url("note", note.pk))
    assert (b"Winter coal" in outside.content, b"A hard winter" in outside.content) == (True, False)
    assert as_bei.get(url("read_note", note.pk)).status_code == 405
    assert b"A hard winter" in as_bei.post(url("read_note", note.pk)).content
    own = as_amal.get(url("my_household")).content
    assert (b"A hard winter" in own, b"Bei" in own) == (True, True)
    as_amal.post(url("answer_note", note.pk), {"answer": "We manage"})
    assert b"We manage" in as_bei.post(url("read_note", note.pk)).content
    as_amal.post(url("erase_note", note.pk))
    assert b"A hard winter" not in as_amal.get(url("my_household")).content
    assert as_bei.post(url("read_note", note.pk)).status_code == 403


def test_note_is_unknown_to_everybody_else(
    client: Client, as_dou: Client, as_guo: Client, as_chen: Client, island: Island
) -> None:
    as_operator = signed_in(island.operator)
    note = a_note(island)
    assert [each.get(url("note", note.pk)).status_code for each in (as_guo, as_chen)] == [404, 404]
    assert [each.post(url("read_note", note.pk)).status_code for each in (as_guo, as_chen)] == [404, 404]
    assert [each.get(url("note", note.pk)).status_code for each in (as_dou, as_operator)] == [403, 403]
    assert as_dou.post(url("erase_note", note.pk)).status_code == 404
    assert client.get(url("note", note.pk)).status_code == 302


def test_note_is_written_on_a_page(as_hua: Client, island: Island) -> None:
    fields = {
        "household": island.household.code, "purpose": "Coal", "text": "Needs coal",
        "readers": [island.unit_chief.pk], "ends_on": (clock.today() + timedelta(days=5)).isoformat(),
    }  # fmt: skip
    assert as_hua.get(url("write_note")).status_code == 200
    assert as_hua.post(url("write_note"), fields | {"readers": []}).status_code == 422
    assert as_hua.post(url("write_note"), fields | {"ends_on": "2020-01-01"}).status_code == 422
    written = as_hua.post(url("write_note"), fields)
    note = SealedNote.objects.get()
    assert written.headers["Location"] == url("note", note.pk)
    as_hua.post(url("end_note", note.pk))
    note.refresh_from_db()
    assert (note.text, note.ended_at is None) == ("", False)


def test_note_list_costs_the_same_for_more_rows(as_hua: Client, island: Island) -> None:
    a_note(island)
    first = queries_of(as_hua, url("note_list"))
    a_note(island)
    a_note(island)
    assert queries_of(as_hua, url("note_list")) == first <= 5


def test_household_page_costs_the_same_for_more_notes(
    as_amal: Client, as_bei: Client, island: Island
) -> None:
    as_bei.post(url("read_note", a_note(island).pk))
    HouseholdLinkFactory.create(household=island.household)
    first = queries_of(as_amal, url("my_household"))
    for _ in range(2):
        as_bei.post(url("read_note", a_note(island).pk))
        HouseholdLinkFactory.create(household=island.household)
    assert queries_of(as_amal, url("my_household")) == first <= 14


def test_data_is_exported_as_one_file(as_amal: Client, island: Island) -> None:
    a_note(island)
    page = as_amal.get(url("export_data"))
    held = json.loads(page.content)
    assert page.headers["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert held["people"]["person"]["name"] == "Amal"
    assert held["people"]["household"]["notes"][0]["text"] == "A hard winter"
    assert {"people", "channels", "cases"} <= held.keys()
    assert as_amal.get(url("my_data")).status_code == 200


def test_data_is_erased_after_one_more_question(as_amal: Client, island: Island) -> None:
    assert as_amal.get(url("erase_person")).status_code == 200
    assert as_amal.post(url("erase_person")).status_code == 422
    page = as_amal.post(url("erase_person"), {"agrees": "on"})
    assert page.status_code == 200
    assert ("account, password, passkeys", "erased", 1) in page.context["lines"]
    person = Person.objects.get(pk=island.amal.pk)
    assert (person.name, person.phone_hash, Account.objects.filter(person=person).exists()) == (
        "",
        None,
        False,
    )
    assert as_amal.get(url("my_data")).status_code == 302


def test_data_of_somebody_who_serves_stays_while_she_does(as_bei: Client, island: Island) -> None:
    page = as_bei.post(url("erase_person"), {"agrees": "on"})
    assert (page.status_code, b"Please give up the post first" in page.content) == (422, True)
    assert Person.objects.get(pk=island.bei.pk).name == "Bei"
