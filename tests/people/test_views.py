"""The pages: each role gets its page or its refusal, lists cost the same at 1 and 3 rows."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from folkmoot.base import clock
from folkmoot.people import services
from folkmoot.people.actors import actor_for
from folkmoot.people.models import (
    Account,
    Appointment,
    EmergencyAccess,
    HouseholdMember,
    Organization,
    Person,
    Role,
    SealedNote,
    Tenure,
)
from tests.conftest import signed_in
from tests.factories.areas import AreaFactory, level
from tests.factories.island import Island
from tests.factories.people import (
    AccountFactory,
    HouseholdFactory,
    HouseholdLinkFactory,
    OrganizationFactory,
    PersonFactory,
    PostFactory,
    held_post,
)


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert page.status_code == 200, page.content.decode()
    return len(asked)


def url(name: str, *args: Any) -> str:
    return reverse(f"people:{name}", args=args)


# Who is my chief? -------------------------------------------------------------------------------


def areas_shown(page: Any) -> list[str]:
    return [rung.area.code for rung in page.context["rungs"]]


def test_find_chief_by_code_needs_no_account(client: Client, island: Island) -> None:
    page = client.get("/chiefs/?area=U111")
    assert areas_shown(page) == ["U111", "G11", "V1", "T", "D"]
    assert [seat.holder.name for seat in page.context["rungs"][0].seats] == ["Hua"]
    assert b"Hua" in page.content


def test_find_chief_by_point(client: Client, island: Island) -> None:
    longitude, latitude = island.point_in("U112")
    assert areas_shown(client.get(f"/chiefs/?lat={latitude}&lon={longitude}"))[0] == "U112"
    outside = client.get("/chiefs/?lat=0&lon=0")
    assert (outside.context["is_outside"], outside.status_code) == (True, 200)


def test_find_chief_by_the_address_of_a_household(client: Client, island: Island) -> None:
    assert areas_shown(client.get("/chiefs/?q=1 pier road"))[0] == "U111"
    assert areas_shown(client.get("/chiefs/?q=码头路１号"))[0] == "U111"


def test_find_chief_offers_a_choice_when_several_are_meant(client: Client, island: Island) -> None:
    HouseholdFactory.create(area=island["U122"], address="9 Hill Road")
    HouseholdFactory.create(area=island["U211"], address="9 Hill Road")
    page = client.get("/chiefs/?q=9 hill road")
    assert [area.code for area in page.context["found"]] == ["U122", "U211"]


def test_find_chief_shows_a_map_to_tap_on(client: Client, island: Island) -> None:
    from folkmoot.areas.models import Boundary

    drawn = Boundary.objects.filter(area__code__in=["V1", "V2"]).count()
    page = client.get("/chiefs/?area=T")
    assert drawn == 2
    assert [shape.url for shape in page.context["shapes"]] == ["/chiefs/?area=V1", "/chiefs/?area=V2"]


@pytest.mark.parametrize("query", ["area=nowhere", "area=" + "x" * 300])
def test_find_chief_of_an_unknown_code_is_not_found(client: Client, island: Island, query: str) -> None:
    assert client.get(f"/chiefs/?{query}").status_code == 404


@pytest.mark.parametrize("query", ["q=" + "x" * 300, "lat=x&lon=1", "lat=nan&lon=inf", "lat=1e9&lon=2"])
def test_find_chief_survives_nonsense(client: Client, island: Island, query: str) -> None:
    assert client.get(f"/chiefs/?{query}").status_code == 200


@pytest.mark.django_db
def test_find_chief_before_the_first_import(client: Client) -> None:
    assert client.get("/chiefs/").status_code == 200


def test_find_chief_costs_the_same_for_more_posts(client: Client, island: Island) -> None:
    first = queries_of(client, "/chiefs/?area=U111")
    for _ in range(3):
        held_post(PersonFactory.create(), role=Role.VILLAGE_DIRECTOR, area=island["V1"])
    assert queries_of(client, "/chiefs/?area=U111") == first <= 8


# The card of a post --------------------------------------------------------------------------------


def test_post_says_who_holds_it(client: Client, island: Island) -> None:
    Person.objects.filter(pk=island.bei.pk).update(card_duties="Boats and bridges")
    page = client.get(url("post", island.secretary.pk))
    assert b"Bei holds this post since" in page.content
    assert b"Boats and bridges" in page.content
    assert b"/appoint/" not in page.content


def test_post_says_plainly_that_it_is_vacant(client: Client, island: Island) -> None:
    page = client.get(url("post", island.vacant_G12.pk)).content.decode()
    assert "Nobody holds this post since Jan. 1, 2020." in page


def test_post_shows_emergency_access_to_everybody(client: Client, island: Island) -> None:
    now = clock.now()
    EmergencyAccess.objects.create(
        account=island.operator.account, post=island.secretary, reason="The dam", since=now,
        until=now + timedelta(hours=1),
    )  # fmt: skip
    assert b"The dam" in client.get(url("post", island.secretary.pk)).content


def test_post_that_is_not_is_not_found(client: Client, island: Island) -> None:
    assert client.get(url("post", 999999)).status_code == 404


def test_organization_list_filters_by_kind(client: Client, island: Island) -> None:
    OrganizationFactory.create(kind=Organization.Kind.SCHOOL, area=island["V1"])
    assert len(client.get(url("organization_list")).context["listing"].rows) == 2
    schools = client.get(url("organization_list") + "?kind=school").context["listing"].rows
    assert [each.kind for each in schools] == ["school"]
    assert client.get(url("organization_list") + "?kind=club&area=V1").status_code == 200


def test_organization_list_costs_the_same_for_more_rows(client: Client, island: Island) -> None:
    first = queries_of(client, url("organization_list"))
    OrganizationFactory.create_batch(2, area=island["V1"])
    assert queries_of(client, url("organization_list")) == first <= 4


def test_organization_shows_its_posts(client: Client, island: Island) -> None:
    page = client.get(url("organization", "WATER"))
    assert [seat.holder.name for seat in page.context["seats"]] == ["Jin"]
    assert client.get(url("organization", "none")).status_code == 404


# Those who serve ------------------------------------------------------------------------------------


def test_choose_post_puts_the_choice_into_the_session(as_bei: Client, island: Island) -> None:
    second = held_post(island.bei, role=Role.VILLAGE_DIRECTOR, area=island["V1"])
    page = as_bei.get(url("choose_post"))
    assert {post.pk for post in page.context["posts"]} == {island.secretary.pk, second.pk}
    chosen = as_bei.post(url("choose_post"), {"post": second.pk, "next": "/gaps/"})
    assert (chosen.headers["Location"], as_bei.session["acting_post"]) == ("/gaps/", second.pk)
    assert as_bei.post(url("choose_post"), {"post": island.officer.pk}).status_code == 404
    away = as_bei.post(url("choose_post"), {"post": second.pk, "next": "https://elsewhere.example/"})
    assert away.headers["Location"] == "/"


def propose(client: Client, island: Island, **changes: Any) -> Any:
    fields = {"name": "Ren", "phone": "10000000042", "since": clock.today().isoformat()} | changes
    return client.post(url("propose_appointment", island.vacant_G12.pk), fields)


def test_appointment_takes_two_persons_on_two_pages(as_bei: Client, as_chen: Client, island: Island) -> None:
    proposed = propose(as_bei, island)
    appointment = Appointment.objects.get()
    assert proposed.headers["Location"] == url("appointment", appointment.pk)
    assert b"It waits for a second person" in as_bei.get(proposed.headers["Location"]).content
    assert as_bei.post(url("confirm_appointment", appointment.pk), {"version": 0}).status_code == 403
    assert b"yours is the second word" in as_chen.get(url("appointment", appointment.pk)).content
    confirmed = as_chen.post(url("confirm_appointment", appointment.pk), {"version": 0})
    assert confirmed.headers["Location"] == url("post", island.vacant_G12.pk)
    assert Tenure.objects.get(post=island.vacant_G12).person.name == "Ren"


def test_appointment_decided_twice_says_somebody_was_faster(
    as_bei: Client, as_chen: Client, as_lin: Client, island: Island
) -> None:
    propose(as_bei, island)
    pk = Appointment.objects.get().pk
    assert as_chen.post(url("confirm_appointment", pk), {"version": 0}).status_code == 302
    late = as_lin.post(url("refuse_appointment", pk), {"version": 0, "reason": "no"})
    assert (late.status_code, b"Somebody else was faster" in late.content) == (409, True)
    assert as_lin.post(url("refuse_appointment", pk), {"version": "x", "reason": "no"}).status_code == 422


def test_appointment_refused_needs_a_reason(as_bei: Client, as_chen: Client, island: Island) -> None:
    propose(as_bei, island)
    pk = Appointment.objects.get().pk
    assert as_chen.post(url("refuse_appointment", pk), {"version": 0, "reason": " "}).status_code == 422
    as_chen.post(url("refuse_appointment", pk), {"version": 0, "reason": "Too young"})
    assert (Appointment.objects.get().state, Appointment.objects.get().reason) == ("refused", "Too young")


def test_appointment_form_keeps_what_was_typed(as_bei: Client, island: Island) -> None:
    page = propose(as_bei, island, phone="12", since="2020-01-01")
    assert page.status_code == 422
    assert b'value="12"' in page.content
    past = propose(as_bei, island, since="2020-01-01")
    assert past.status_code == 422
    assert past.context["form"].non_field_errors() == ["The first day is today or later, within a year."]
    assert Appointment.objects.count() == 0


def test_appointment_pages_are_for_those_above(
    client: Client, as_amal: Client, as_hua: Client, as_operator: Client, island: Island
) -> None:
    as_jin = signed_in(island.jin, island.water_head)
    address = url("propose_appointment", island.vacant_G12.pk)
    assert client.get(address).status_code == 302
    assert [each.get(address).status_code for each in (as_amal, as_hua, as_jin, as_operator)] == [403] * 4
    propose(signed_in(island.bei, island.secretary), island)
    seen = url("appointment", Appointment.objects.get().pk)
    assert as_hua.get(seen).status_code == 404


def test_appointment_list_costs_the_same_for_more_rows(as_bei: Client, island: Island) -> None:
    def proposed(number: int) -> None:
        post = PostFactory.create(role=Role.GRID_CHIEF, area=island["G12"])
        Appointment.objects.create(
            post=post, person=PersonFactory.create(), since=date(2026, 1, 1),
            proposed_by=island.chen, proposed_at=clock.now(),
        )  # fmt: skip

    proposed(1)
    first = queries_of(as_bei, url("appointment_list"))
    proposed(2)
    proposed(3)
    assert queries_of(as_bei, url("appointment_list")) == first <= 8


def test_tenure_ends_on_a_page(as_bei: Client, island: Island) -> None:
    tenure = island.grid_chief.tenures.get()
    assert as_bei.get(url("end_tenure", tenure.pk)).status_code == 200
    today = clock.today().isoformat()
    assert (
        as_bei.post(url("end_tenure", tenure.pk), {"until": "2020-01-05", "reason": "x"}).status_code == 422
    )
    as_bei.post(url("end_tenure", tenure.pk), {"until": today, "reason": "Moved away"})
    island.grid_chief.refresh_from_db()
    assert island.grid_chief.vacant_since == clock.today()


def test_deputy_is_chosen_among_those_nearby(as_guo: Client, island: Island) -> None:
    page = as_guo.get(url("name_deputy", island.grid_chief.pk))
    assert [person.name for person in page.context["form"].people.values()] == ["Bei"]
    until = (clock.today() + timedelta(days=7)).isoformat()
    fields = {"person": island.bei.pk, "since": clock.today().isoformat(), "until": until}
    assert as_guo.post(url("name_deputy", island.grid_chief.pk), fields | {"person": 1}).status_code == 422
    as_guo.post(url("name_deputy", island.grid_chief.pk), fields)
    assert Tenure.objects.get(is_deputy=True).person == island.bei
    assert b"Bei stands in at present" in as_guo.get(url("post", island.grid_chief.pk)).content


def test_card_is_written_by_its_owner(as_bei: Client, as_amal: Client, island: Island) -> None:
    done = as_bei.post(url("edit_card"), {"duties": "Boats"})
    assert done.headers["Location"] == url("post", island.secretary.pk)
    assert Person.objects.get(pk=island.bei.pk).card_duties == "Boats"
    assert as_amal.get(url("edit_card")).status_code == 200


@pytest.mark.parametrize("kind", ["units", "households", "grids"])
def test_gap_list_costs_the_same_for_more_rows(as_chen: Client, island: Island, kind: str) -> None:
    HouseholdFactory.create(area=None)
    address = f"{url('gap_list')}?kind={kind}"
    first = queries_of(as_chen, address)
    HouseholdFactory.create_batch(2, area=None)
    AreaFactory.create_batch(2, parent=island["G11"])
    AreaFactory.create_batch(2, parent=island["V1"], level=level("grid"))
    assert queries_of(as_chen, address) == first <= 6


def test_gap_list_names_the_gaps(
    as_chen: Client, as_bei: Client, as_operator: Client, island: Island
) -> None:
    OrganizationFactory.create(kind=Organization.Kind.PARTY_GROUP, area=island["G11"])
    HouseholdFactory.create(code="boat", area=None)

    def codes(client: Client, kind: str) -> list[str]:
        page = client.get(f"{url('gap_list')}?kind={kind}")
        return sorted(each.code for each in page.context["listing"].rows)

    assert codes(as_chen, "units") == ["U121", "U211", "U212", "U221", "U222"]
    assert codes(as_bei, "units") == ["U121"]
    assert codes(as_operator, "grids") == ["G12", "G21", "G22"]
    assert codes(as_bei, "households") == ["boat"]
    assert as_bei.get(f"{url('gap_list')}?kind=x").status_code == 404


def test_gap_list_is_for_those_who_serve(as_amal: Client) -> None:
    assert as_amal.get(url("gap_list")).status_code == 403


# My household ----------------------------------------------------------------------------------------


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


# My data ----------------------------------------------------------------------------------------------


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


# The operator ---------------------------------------------------------------------------------------------


def test_account_list_names_those_who_serve_and_no_resident(as_operator: Client, island: Island) -> None:
    AccountFactory.create(person=PersonFactory.create(name="Zed"))
    rows = as_operator.get(url("account_list")).context["rows"]
    names = {account.person.name for account, _posts in rows}
    assert names == {"Operator", "Bei", "Chen", "Guo", "Hua", "Jin", "Kai", "Lin", "Mei", "Nan", "Oya"}


def test_account_list_costs_the_same_for_more_rows(as_operator: Client, island: Island) -> None:
    first = queries_of(as_operator, url("account_list"))
    for _ in range(2):
        account = AccountFactory.create()
        held_post(account.person, role=Role.PARTY_MEMBER, area=island["V1"])
    assert queries_of(as_operator, url("account_list")) == first <= 7


def test_account_is_closed_and_opened(
    as_operator: Client, as_bei: Client, as_amal: Client, island: Island
) -> None:
    account = island.bei.account
    assert as_bei.get(url("account_list")).status_code == 403
    as_operator.post(url("close_account", account.pk))
    assert as_bei.get(url("appointment_list")).status_code == 302
    assert as_operator.post(url("close_account", account.pk)).status_code == 409
    as_operator.post(url("reopen_account", account.pk))
    assert as_bei.get(url("appointment_list")).status_code == 200
    assert as_operator.post(url("close_account", island.amal.account.pk)).status_code == 404
    assert as_operator.post(url("close_account", island.operator.account.pk)).status_code == 403


def test_emergency_is_begun_seen_and_ended(as_operator: Client, as_bei: Client, island: Island) -> None:
    fields = {"area": "V1", "reason": "The dam", "hours": 2}
    assert as_operator.post(url("begin_emergency"), fields | {"area": "X"}).status_code == 422
    assert as_operator.post(url("begin_emergency"), fields | {"hours": 9}).status_code == 422
    assert as_operator.post(url("begin_emergency"), fields).status_code == 302
    assert as_operator.post(url("begin_emergency"), fields).status_code == 422
    access = EmergencyAccess.objects.get()
    assert as_operator.get(url("account_list")).status_code == 200
    assert as_operator.get(url("propose_appointment", island.vacant_G12.pk)).status_code == 403
    assert as_bei.post(url("end_emergency", access.pk)).status_code == 302
    assert as_bei.post(url("end_emergency", access.pk)).status_code == 409


@pytest.fixture
def as_mei(island: Island) -> Client:
    """Mei, chief of another unit."""
    return signed_in(island.mei, island.next_unit_chief)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_is_there_in_both_languages(
    language: str, as_amal: Client, as_bei: Client, as_operator: Client, island: Island
) -> None:
    as_hua = signed_in(island.hua, island.unit_chief)
    a_note(island)
    pages: dict[Client, Callable[[], list[str]] | list[str]] = {
        as_amal: ["my_household", "my_data", "erase_person", "edit_card", "choose_post", "find_chief"],
        as_bei: ["appointment_list", "gap_list", "note_list", "resident_list", "organization_list"],
        as_hua: ["note_list", "write_note", "resident_list"],
        as_operator: ["account_list", "begin_emergency", "gap_list"],
    }
    for client, names in pages.items():
        client.cookies["django_language"] = language
        statuses = {name: client.get(url(name)).status_code for name in names}
        assert statuses == dict.fromkeys(names, 200)
