"""What is kept of a person, taken along and erased; what stands in the database file."""

import json
import re
from datetime import date

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, models
from django.test import Client

from folkmoot.ballots.models import Audit, AuditObserver, HandSheet, Proposal
from folkmoot.base import clock, registries
from folkmoot.base.errors import NotAllowed, Refused
from folkmoot.base.keys import reseal
from folkmoot.cases.models import Case, CaseFollower, CaseRung
from folkmoot.channels.models import Preference
from folkmoot.journal.models import Act
from folkmoot.journal.sealing import seal_all
from folkmoot.journal.verifying import verify
from folkmoot.media.services import take_photo
from folkmoot.people import queries, services
from folkmoot.people.actors import actor_for
from folkmoot.people.models import (
    Account,
    Appointment,
    EmergencyAccess,
    Household,
    HouseholdMember,
    NoteReading,
    Person,
    SealedNote,
    Tenure,
)
from folkmoot.people.phones import hash_of_phone
from tests.factories.ballots import make_voting, person_on_roll, picture
from tests.factories.cases import make_case, make_rules
from tests.factories.island import Island
from tests.factories.people import (
    HouseholdFactory,
    HouseholdLinkFactory,
    HouseholdMemberFactory,
    TenureFactory,
)
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


# The written table (docs/reference/erasure.md) ---------------------------------------------------------


def fates() -> list[registries.Fate]:
    return [fate for _name, held in registries.personal_data for fate in held.fates]


def ways_to_a_person() -> list[tuple[type[models.Model], str]]:
    """Every column that points at a person or her account."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.fields
        if field.is_relation and field.related_model in {Person, Account}
    ]


def rows_of(person: Person) -> dict[str, int]:
    """How many rows each of these columns has for her."""
    found = {}
    for model, name in ways_to_a_person():
        to_account = model._meta.get_field(name).related_model is Account
        whose = {f"{name}__person": person.pk} if to_account else {name: person.pk}
        found[f"{model._meta.label}.{name}"] = model._base_manager.filter(**whose).count()
    return found


def becomes(column: str) -> str:
    table, _dot, field = column.rpartition(".")
    return next(
        fate.becomes for fate in fates() if fate.table == table and field in (fate.fields or (field,))
    )


def live_a_life(island: Island) -> Case:
    """Rows of Amal in every column that can have one."""
    amal, chen = give_phone(island.amal), island.chen
    Person.objects.filter(pk=amal.pk).update(email="amal@example.org", card_duties="Nets", has_card=True)
    Household.objects.filter(pk=island.household.pk).update(representative=amal)
    HouseholdLinkFactory.create(household=island.household, member=amal)
    now = clock.now()
    services.read_note(actor=actor_for(island.bei.account), note=write(island))  # she is told
    elsewhere = SealedNote.objects.create(
        household=HouseholdFactory.create(), purpose="x", text="y", written_by=island.secretary,
        ends_on=date(2099, 1, 1), at=now,
    )  # fmt: skip
    NoteReading.objects.create(note=elsewhere, post=island.secretary, reader=amal, at=now)
    TenureFactory.create(post=island.vacant_G12, person=amal, since=date(2020, 1, 1), until=date(2021, 1, 1))
    for who in ({"person": amal, "proposed_by": chen}, {"person": chen, "proposed_by": amal}):
        Appointment.objects.create(
            post=island.vacant_G12, state="refused", since=date(2020, 1, 1), proposed_at=now, **who
        )
    Appointment.objects.create(
        post=island.vacant_G12, state="refused", since=date(2020, 1, 1), proposed_at=now, person=chen,
        proposed_by=chen, decided_by=amal,
    )  # fmt: skip
    EmergencyAccess.objects.create(
        account=amal.account, post=island.secretary, reason="x", since=now, until=now
    )
    EmailAddress.objects.create(user=amal.account, email="amal@example.org")
    Authenticator.objects.create(user=amal.account, type="webauthn", data={})
    Preference.objects.create(person=amal)
    case = make_case(make_rules()["noise"], island["U111"], amal)
    Case.objects.filter(pk=case.pk).update(
        contact_name="Amal", contact_phone=PHONE, contact_email="a@example.org"
    )
    CaseRung.objects.filter(case=case).update(holder=amal)
    CaseFollower.objects.create(case=case, person=amal)
    vote(island)
    return case


def vote(island: Island) -> None:
    """She stands on a roll, was a teller twice, asks the sample of an audit, and proposed who is let in."""
    amal, bei = island.amal, actor_for(island.bei.account)
    voting = make_voting(island["V1"], bei, {"residents": 1})
    person_on_roll(voting, amal)
    Proposal.objects.create(poll=voting.poll, lets_in=True, proposed_by=amal, post=island.secretary)
    for number, tellers in enumerate(({"first_teller": amal}, {"second_teller": amal})):
        photo = take_photo(actor=bei, upload=picture())
        HandSheet.objects.create(paper=voting.paper, papers=number, photo=photo, **tellers)
    AuditObserver.objects.create(audit=Audit.objects.create(poll=voting.poll), person=amal)


def test_table_of_erasure_names_every_way_to_a_person() -> None:
    named = {fate.table for fate in fates()}
    assert sorted({model._meta.label for model, _name in ways_to_a_person()} - named) == []


def test_table_of_erasure_names_what_there_is() -> None:
    for fate in fates():
        names = {field.name for field in apps.get_model(fate.table)._meta.fields}
        assert set(fate.fields) <= names, fate


def test_table_of_erasure_comes_true(island: Island) -> None:
    case = live_a_life(island)
    before = rows_of(island.amal)
    assert [column for column, count in before.items() if not count] == []
    erase(island, "amal")
    assert rows_of(island.amal) == {
        column: count if becomes(column) == "kept" else 0 for column, count in before.items()
    }
    person = Person.objects.get(pk=island.amal.pk)
    case.refresh_from_db()
    for row, table in ((person, "people.Person"), (case, "cases.Case")):
        fields = [
            field
            for fate in fates()
            if fate.table == table and fate.becomes == "erased"
            for field in fate.fields
        ]
        assert {field: getattr(row, field) for field in fields if getattr(row, field)} in (
            {},
            {"title": "(erased)"},
        )


def test_erase_person_leaves_acts_in_the_journal_that_lead_to_nobody(island: Island) -> None:
    amal = actor_for(island.amal.account)
    services.answer_note(actor=amal, note=write(island), text="Thank you")
    acts = Act.objects.filter(actor_ref=amal.ref).count()
    lines = erase(island, "amal")
    assert lines["what you did, in the journal"] == ("kept, but nothing leads to you", acts + 1)
    assert Act.objects.filter(actor_ref=amal.ref).count() == 0
    assert [act for act in Act.objects.exclude(body=None) if amal.ref in str(act.body)] == []
    seal_all()
    report = verify()
    assert (report.is_sound, report.erased) == (True, acts + 1)
