"""What is kept of a person, taken along and erased; what stands in the database file."""

import json
import re

import pytest
from django.db import connection
from django.test import Client

from folkmoot.base import registries
from folkmoot.base.errors import NotAllowed, Refused
from folkmoot.base.keys import reseal
from folkmoot.journal.models import Act
from folkmoot.people import queries, services
from folkmoot.people.actors import actor_for
from folkmoot.people.models import Account, HouseholdMember, Person, SealedNote, Tenure
from folkmoot.people.phones import hash_of_phone
from tests.factories.island import Island
from tests.factories.people import HouseholdLinkFactory, HouseholdMemberFactory, TenureFactory
from tests.people.conftest import PHONE, Mailbag, give_phone
from tests.people.test_households import write


def erase(island: Island, who: str) -> dict[str, tuple[str, int]]:
    person = island.people[who]
    lines = services.erase_person(actor=actor_for(person.account), person=person)
    return {what: (became, count) for what, became, count in lines}


def test_erase_person_clears_what_names_her(island: Island) -> None:
    amal = give_phone(island.amal)
    write(island)
    island.household.representative = amal
    island.household.save()
    HouseholdLinkFactory.create(household=island.household, member=amal)
    lines = erase(island, "amal")
    amal.refresh_from_db()
    assert (amal.name, amal.name_zh, amal.phone, amal.phone_hash, amal.email) == ("", "", "", None, "")
    assert (amal.erased_at is None, str(amal)) == (False, "(name erased)")
    assert (Account.objects.filter(person=amal).count(), SealedNote.objects.count()) == (0, 0)
    assert lines["name, phone, e-mail, card"] == ("erased", 1)
    assert lines["account, password, passkeys"] == ("erased", 1)
    assert lines["household: that you live there, that you speak for it"] == ("erased", 2)
    assert lines["links to households as a member"] == ("erased", 1)
    assert Act.objects.filter(kind="people.person_erased").count() == 1


def test_erase_person_asks_every_app(island: Island, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    entry = registries.PersonalData(lambda _pk: {}, lambda pk: asked.append(pk) or [("x", "erased", 3)])
    monkeypatch.setitem(registries.personal_data._entries, "try", entry)
    assert erase(island, "amal")["x"] == ("erased", 3)
    assert asked == [island.amal.pk]


def test_erase_person_leaves_the_notes_to_those_who_still_live_there(island: Island) -> None:
    write(island)
    HouseholdMemberFactory.create(household=island.household, person=island.dou)
    erase(island, "amal")
    assert SealedNote.objects.get().text == "A hard winter"
    assert HouseholdMember.objects.get().person == island.dou


def test_erase_person_keeps_the_days_of_a_past_post(island: Island) -> None:
    from datetime import date

    TenureFactory.create(
        post=island.vacant_G12, person=island.amal, since=date(2020, 1, 1), until=date(2021, 1, 1)
    )
    assert erase(island, "amal")["posts: from when until when"] == ("kept, without your name", 1)
    assert str(Tenure.objects.get(post=island.vacant_G12).person) == "(name erased)"


def test_erase_person_waits_until_the_post_is_given_up(island: Island) -> None:
    with pytest.raises(Refused):
        erase(island, "bei")
    assert Person.objects.get(pk=island.bei.pk).name == "Bei"


def test_erase_person_is_ones_own_act(island: Island) -> None:
    for who in ("bei", "chen", "operator", "dou"):
        with pytest.raises(NotAllowed):
            services.erase_person(actor=actor_for(island.people[who].account), person=island.amal)


def test_erase_person_is_undone_when_an_app_fails(island: Island, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_pk: int) -> list[tuple[str, str, int]]:
        raise OSError("disk full")

    entry = registries.PersonalData(lambda _pk: {}, broken)
    monkeypatch.setitem(registries.personal_data._entries, "try", entry)
    with pytest.raises(OSError, match="disk full"):
        erase(island, "amal")
    assert Person.objects.get(pk=island.amal.pk).name == "Amal"


def test_erased_phone_can_sign_in_as_somebody_new(island: Island, codes: Mailbag) -> None:
    give_phone(island.amal)
    erase(island, "amal")
    client = Client()
    client.post("/account/login/", {"phone": PHONE})
    client.post("/account/login/code/", {"code": codes.code})
    assert Account.objects.get(person__phone_hash=hash_of_phone(PHONE)).person != island.amal


def test_export_is_whole_and_json(island: Island) -> None:
    give_phone(island.amal)
    write(island)
    held = json.loads(json.dumps(queries.personal_export(island.amal.pk)))
    assert held["people"]["person"]["phone"] == PHONE
    assert held["people"]["household"]["notes"][0]["purpose"] == "Winter coal"
    assert set(held) == {name for name, _entry in registries.personal_data}


def test_export_to_somebody_unconfirmed_has_nothing_of_the_household(island: Island) -> None:
    write(island)
    services.join_household(actor=actor_for(island.dou.account), household=island.household)
    held = queries.personal_export(island.dou.pk)["people"]["household"]
    assert set(held) == {"code", "address", "confirmed"}


@pytest.mark.django_db
def test_database_holds_no_phone_in_the_clear(codes: Mailbag) -> None:
    client = Client()
    client.post("/account/login/", {"phone": PHONE})
    client.post("/account/login/code/", {"code": codes.code})
    person = Person.objects.get()
    assert (person.phone, person.phone_hash) == (PHONE, hash_of_phone(PHONE))
    dump = everything_stored()
    assert person.phone_hash in dump
    assert re.findall(r"1000000000\d", dump) == []


def everything_stored() -> str:
    """Every value of the whole database, as it is stored."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        rows: list[str] = []
        for name in names:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            rows += [str(row) for row in cursor.fetchall()]
    return "\n".join(rows)


def test_phone_survives_a_new_field_key(island: Island) -> None:
    give_phone(island.amal)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_person WHERE id = %s", [island.amal.pk])
        sealed = cursor.fetchone()[0]
        cursor.execute("UPDATE people_person SET phone = %s WHERE id = %s", [reseal(sealed), island.amal.pk])
    assert Person.objects.get(pk=island.amal.pk).phone == PHONE
