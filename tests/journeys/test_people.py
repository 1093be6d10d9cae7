"""Signing in on a phone, and every page about posts and households looked at in both languages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from folkmoot.base import clock, registries
from folkmoot.people import services
from folkmoot.people.actors import actor_for
from folkmoot.people.models import Appointment, HouseholdMember
from tests.factories.island import Island
from tests.factories.people import HouseholdLinkFactory, HouseholdMemberFactory
from tests.journeys.conftest import Visitor
from tests.people.conftest import Mailbag, give_phone

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("place")]
Visit = Callable[..., Visitor]


@pytest.fixture
def island(place: tuple[Island, Any]) -> Island:
    return place[0]


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> Mailbag:
    bag = Mailbag()
    monkeypatch.setitem(registries.deliver._entries, "code", bag.carry)
    return bag


def sign_in(visitor: Visitor, codes: Mailbag) -> None:
    visitor.look("/account/login/")
    visitor.page.fill("input[name=phone]", "100 0000 0001")
    visitor.press("Send me a code")
    visitor.page.fill("input[name=code]", codes.code)
    visitor.press("Sign in with this code")


@pytest.mark.parametrize("scripts", [True, False])
def test_sign_in_by_code_with_scripts_and_without(
    visit: Visit, island: Island, codes: Mailbag, scripts: bool
) -> None:
    give_phone(island.amal)
    amal = visit(scripts=scripts)
    sign_in(amal, codes)
    amal.look("/my/data/")
    assert "Amal" in amal.text
    assert amal.page.get_by_role("button", name="Sign in with a passkey").count() == 0


def test_passkey_is_added_lets_in_and_goes(visit: Visit, island: Island, codes: Mailbag) -> None:
    give_phone(island.amal)
    island.amal.account.set_unusable_password()
    island.amal.account.save()
    amal = visit()
    device = amal.page.context.new_cdp_session(amal.page)
    device.send("WebAuthn.enable")
    ability = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True, **ability}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(amal, codes)
    amal.look("/account/passkeys/add/")
    amal.press("Add a passkey on this device")
    assert "My phone" in amal.text
    amal.look("/account/logout/")
    amal.page.locator("main").get_by_role("button", name="Sign out").click()
    amal.look("/account/login/")
    amal.press("Sign in with a passkey")
    amal.page.context.clear_permissions()
    amal.look("/account/")
    assert "How I sign in" in amal.text
    amal.press("Remove this passkey")
    if "Is it you?" in amal.text:
        amal.press("Use my passkey")
    amal.press("Remove this passkey")
    assert "My phone" not in amal.text


def things(island: Island) -> dict[str, Any]:
    """One of each thing that a page shows."""
    hua = actor_for(island.hua.account)
    note = services.write_note(
        actor=hua, household=island.household, purpose="Winter coal", text="A hard winter",
        readers=[island.unit_chief, island.secretary], ends_on=clock.today() + timedelta(days=30),
    )  # fmt: skip
    services.read_note(actor=hua, note=note)
    HouseholdLinkFactory.create(household=island.household, member=island.mei)
    HouseholdMemberFactory.create(household=island.household, person=island.dou, is_confirmed=False)
    appointment = Appointment.objects.create(
        post=island.vacant_G12, person=island.dou, since=clock.today(),
        proposed_by=island.bei, proposed_at=clock.now(),
    )  # fmt: skip
    services.begin_emergency(
        actor=actor_for(island.operator.account), account=island.operator.account, post=island.secretary,
        reason="The dam", hours=2,
    )  # fmt: skip
    assert HouseholdMember.objects.count() == 2
    return {"note": note, "appointment": appointment}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_pages_of_people_are_whole_on_a_phone(visit: Visit, island: Island, language: str) -> None:
    made = things(island)
    note, appointment = made["note"].pk, made["appointment"].pk
    tenure = island.grid_chief.tenures.get().pk
    walks: list[tuple[Any, Any, list[tuple[str, Any]]]] = [
        (None, None, [
            ("find_chief", None), ("post", island.secretary.pk), ("post", island.vacant_G12.pk),
            ("organization_list", None), ("organization", "WATER"),
        ]),
        (island.amal, None, [
            ("my_household", None), ("answer_note", note), ("my_data", None), ("erase_person", None),
            ("edit_card", None), ("sign_in_ways", None), ("choose_post", None), ("resident_list", None),
        ]),
        (island.bei, island.secretary, [
            ("appointment_list", None), ("propose_appointment", island.vacant_G12.pk), ("gap_list", None),
            ("end_tenure", tenure), ("name_deputy", island.grid_chief.pk), ("note_list", None), ("note", note),
            ("write_note", None), ("resident_list", None), ("post", island.grid_chief.pk),
            ("link_household", None),
        ]),
        (island.chen, island.officer, [("appointment", appointment)]),
        (island.operator, None, [("account_list", None), ("begin_emergency", None)]),
    ]  # fmt: skip
    for person, post, pages in walks:
        visitor = visit(person, post, language=language)
        for name, key in pages:
            visitor.look(reverse(f"people:{name}", args=[] if key is None else [key]))
        if person == island.bei:
            visitor.look(f"{reverse('people:link_household')}?household={island.household.code}")
        if person is None:
            visitor.look(reverse("people:find_chief") + "?area=U111")
            visitor.look("/account/login/password/")


def test_chief_is_found_by_tapping_on_the_map_without_scripts(visit: Visit, island: Island) -> None:
    somebody = visit(scripts=False)
    somebody.look("/chiefs/")
    for code in ("V1", "G11", "U111"):
        somebody.page.locator(f'svg a[href$="area={code}"]').first.click(force=True)
        somebody.page.wait_for_url(f"**area={code}")
    assert "Hua" in somebody.text
