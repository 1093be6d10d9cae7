"""The pages of those who serve, and of the operator: posts, appointments, gaps, accounts, emergencies."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from folkmoot.base import clock
from folkmoot.people.models import (
    Appointment,
    EmergencyAccess,
    Organization,
    Person,
    Role,
    Tenure,
)
from tests.conftest import signed_in
from tests.factories.areas import AreaFactory, level
from tests.factories.island import Island
from tests.factories.people import (
    AccountFactory,
    HouseholdFactory,
    OrganizationFactory,
    PersonFactory,
    PostFactory,
    held_post,
)
from tests.people.pages import queries_of, url


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


@pytest.mark.parametrize("version", ["x", "", "-1", "9" * 40, "٣", "1\0"])
def test_appointment_refused_on_a_broken_page_keeps_the_reason(
    as_bei: Client, as_chen: Client, island: Island, version: str
) -> None:
    propose(as_bei, island)
    pk = Appointment.objects.get().pk
    page = as_chen.post(url("refuse_appointment", pk), {"version": version, "reason": "Too young, I fear"})
    assert page.status_code == 422
    said = "A hidden part of this page was lost. Please read it once more and press the button again."
    assert page.context["form"].non_field_errors() == [said]
    assert 'name="version" value="0"' in page.content.decode()
    assert "Too young, I fear" in page.content.decode()
    assert Appointment.objects.get().state == "proposed"
    again = as_chen.post(url("refuse_appointment", pk), {"version": 0, "reason": "Too young, I fear"})
    assert again.headers["Location"] == url("appointment_list")


def test_appointment_confirmed_on_a_broken_page_says_so(
    as_bei: Client, as_chen: Client, island: Island
) -> None:
    propose(as_bei, island)
    pk = Appointment.objects.get().pk
    page = as_chen.post(url("confirm_appointment", pk), {"version": "x"})
    assert (page.status_code, b"A hidden part of this page was lost." in page.content) == (422, True)
    assert Appointment.objects.get().state == "proposed"


def test_appointment_decided_is_not_offered_again_with_a_broken_page(
    as_bei: Client, as_chen: Client, as_lin: Client, island: Island
) -> None:
    propose(as_bei, island)
    pk = Appointment.objects.get().pk
    as_chen.post(url("confirm_appointment", pk), {"version": 0})
    page = as_lin.post(url("refuse_appointment", pk), {"version": "x", "reason": " "})
    assert (page.status_code, page.context["can_decide"]) == (422, False)


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


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_is_there_in_both_languages(
    language: str, as_amal: Client, as_bei: Client, as_operator: Client, island: Island
) -> None:
    as_hua = signed_in(island.hua, island.unit_chief)
    pages = {
        as_amal: ["my_household", "my_data", "erase_person", "edit_card", "choose_post", "find_chief"],
        as_bei: ["appointment_list", "gap_list", "note_list", "resident_list", "organization_list"],
        as_hua: ["note_list", "write_note", "resident_list"],
        as_operator: ["account_list", "begin_emergency", "gap_list"],
    }
    for client, names in pages.items():
        client.cookies["django_language"] = language
        statuses = {name: client.get(url(name)).status_code for name in names}
        assert statuses == dict.fromkeys(names, 200)
