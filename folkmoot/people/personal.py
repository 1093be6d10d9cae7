"""What this app holds of a person: for her export, and for her erasure."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from folkmoot.base.registries import Fate, PersonalData
from folkmoot.people.models import (
    Account,
    Appointment,
    Household,
    HouseholdLink,
    HouseholdMember,
    NoteReading,
    Person,
    SealedNote,
    Tenure,
)


def export(person_id: int) -> dict[str, Any]:
    """Herself, her household with its notes and links, the posts she has held, her links as a member."""
    person = Person.objects.get(pk=person_id)
    home = HouseholdMember.objects.filter(person_id=person_id).select_related("household").first()
    return {
        "person": {
            "name": person.name, "name_zh": person.name_zh, "phone": person.phone, "email": person.email,
            "language": person.language, "card": person.card_duties,
        },
        "household": _household(home) if home is not None else None,
        "posts": [
            {"post": str(tenure.post), "since": str(tenure.since), "until": str(tenure.until or ""),
             "as_deputy": tenure.is_deputy}
            for tenure in Tenure.objects.filter(person_id=person_id).select_related("post").order_by("since")
        ],
        "linked_households": [
            {"household": str(link.household), "since": str(link.since), "until": str(link.until or "")}
            for link in HouseholdLink.objects.filter(member_id=person_id).select_related("household")
        ],
        "readings_of_sealed_notes": [
            reading.at.isoformat() for reading in NoteReading.objects.filter(reader_id=person_id)
        ],
    }  # fmt: skip


def _household(home: HouseholdMember) -> dict[str, Any]:
    """What is kept of a household; to somebody not confirmed only that she said to live there."""
    household = home.household
    kept: dict[str, Any] = {
        "code": household.code, "address": household.address, "confirmed": home.is_confirmed,
    }  # fmt: skip
    if home.is_confirmed:
        kept["links"] = [
            {"member": str(link.member), "since": str(link.since), "until": str(link.until or "")}
            for link in household.links.select_related("member")
        ]
        kept["notes"] = [
            {"purpose": note.purpose, "text": note.text, "answer": note.answer, "until": str(note.ends_on),
             "read": [reading.at.isoformat() for reading in note.readings.all()]}
            for note in household.notes.prefetch_related("readings")
        ]  # fmt: skip
    return kept


def erase(person_id: int) -> list[tuple[str, str, int]]:
    """Clears her name, phone, account and household; the days of a public post stay, without her name."""
    erased, kept = _("erased"), _("kept, without your name")
    home = HouseholdMember.objects.filter(person_id=person_id, is_confirmed=True).first()
    notes = _erase_notes(home) if home is not None else 0
    represented = Household.objects.filter(representative_id=person_id).update(representative=None)
    homes, _rows = HouseholdMember.objects.filter(person_id=person_id).delete()
    links, _rows = HouseholdLink.objects.filter(member_id=person_id).delete()
    accounts = Account.objects.filter(person_id=person_id).count()
    Account.objects.filter(person_id=person_id).delete()
    Person.objects.filter(pk=person_id).update(
        name="", name_zh="", phone="", phone_hash=None, email="", card_duties="", has_card=False
    )
    tenures = Tenure.objects.filter(person_id=person_id).count()
    readings = NoteReading.objects.filter(reader_id=person_id).count()
    concerned = Q(person_id=person_id) | Q(proposed_by_id=person_id) | Q(decided_by_id=person_id)
    return [
        (_("name, phone, e-mail, card"), erased, 1),
        (_("account, password, passkeys"), erased, accounts),
        (_("household: that you live there, that you speak for it"), erased, homes + represented),
        (_("sealed notes on a household in which nobody else is known"), erased, notes),
        (_("links to households as a member"), erased, links),
        (_("posts: from when until when"), kept, tenures),
        (_("appointments in which you took part"), kept, Appointment.objects.filter(concerned).count()),
        (_("readings of sealed notes: the household sees them still"), kept, readings),
    ]


def _erase_notes(home: HouseholdMember) -> int:
    """Notes on a household go with the last person known to live in it; others can erase them themselves."""
    others = HouseholdMember.objects.filter(household=home.household_id, is_confirmed=True)
    if others.exclude(pk=home.pk).exists():
        return 0
    notes, _rows = SealedNote.objects.filter(household=home.household_id).delete()
    return notes


FATES = (
    Fate(
        "people.Person", ("name", "name_zh", "phone", "phone_hash", "email", "card_duties", "has_card"), "erased",
        "an empty row stays, to which kept rows point",
    ),
    Fate("people.Account", (), "erased", "with password and what was written to it"),
    Fate("mfa.Authenticator", (), "erased", "her passkeys"),
    Fate("account.EmailAddress", (), "erased"),
    Fate("people.EmergencyAccess", (), "erased", "of an operator, with her account; the journal keeps that it was"),
    Fate("sessions.Session", (), "kept", "until it ends: it opens nothing, because its account is gone"),
    Fate("people.HouseholdMember", (), "erased"),
    Fate("people.Household", ("representative",), "untied", "others live there"),
    Fate("people.HouseholdLink", (), "erased", "hers as a linked member; those of her household are the household's"),
    Fate("people.SealedNote", (), "erased", "on a household in which nobody else is known; else they are the others' too"),
    Fate("people.NoteReading", ("reader",), "kept", "the household sees who opened its note: by post, without the name"),
    Fate("people.Tenure", ("person",), "kept", "who serves is public: the days stay, the name goes"),
    Fate("people.Appointment", ("person", "proposed_by", "decided_by"), "kept", "two persons decided: that stays"),
    Fate("areas.PlannedChange", ("planned_by",), "kept", "the number of the empty row"),
    Fate("areas.ImportRun", ("started_by",), "kept", "the opaque reference of the empty row"),
    Fate("journal.Act", ("body", "salt", "actor_ref"), "erased", "the digest stays: the log is whole"),
)  # fmt: skip
PEOPLE = PersonalData(export, erase, FATES)
