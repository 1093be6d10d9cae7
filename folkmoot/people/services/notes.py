"""Sealed notes: written for a purpose, opened by named posts only, each opening shown to the household."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal
from folkmoot.people.models import Household, HouseholdMember, NoteReading, Post, SealedNote
from folkmoot.people.notices import tell

MAX_NOTE_DAYS = 366
MAX_READERS = 5


def write_note(
    *, actor: Actor, household: Household, purpose: str, text: str, readers: Sequence[Post], ends_on: date
) -> SealedNote:
    """Seals a note on a household for named readers until a day.

    Raises Refused without purpose, text or readers, for more than five readers or more than a year.
    Effects: `people.note_written`.
    """
    require(actor, "people.write_note", household)
    assert actor.post is not None
    today = clock.today()
    if not purpose.strip() or not text.strip():
        raise Refused(_("A sealed note needs a purpose and a text."))
    if not 1 <= len(readers) <= MAX_READERS:
        raise Refused(_("A sealed note has between one and five readers."))
    if not today < ends_on <= today + timedelta(days=MAX_NOTE_DAYS):
        raise Refused(_("A sealed note ends on a day within a year."))
    with transaction.atomic():
        note = SealedNote.objects.create(
            household=household,
            purpose=purpose.strip()[:200],
            text=text.strip(),
            written_by_id=actor.post.id,
            ends_on=ends_on,
            at=clock.now(),
        )
        note.readers.set(readers)
        journal.record("people.note_written", actor=actor, obj=f"household:{household.pk}", note=note.pk)
    return note


def read_note(*, actor: Actor, note: SealedNote) -> str:
    """The text of a sealed note. Effects: `people.note_read`, a row that the household sees, and a message."""
    require(actor, "people.read_note", note)
    assert actor.post is not None
    assert actor.person_id is not None
    with transaction.atomic():
        NoteReading.objects.create(
            note=note, post_id=actor.post.id, reader_id=actor.person_id, at=clock.now()
        )
        journal.record("people.note_read", actor=actor, obj=f"household:{note.household_id}", note=note.pk)
        post = Post.objects.get(pk=actor.post.id)
        residents = HouseholdMember.objects.filter(household=note.household_id, is_confirmed=True)
        tell(
            "people.note_read",
            residents.values_list("person_id", flat=True),
            url=reverse("people:my_household"),
            origin=f"household:{note.household_id}",
            post=[post.title, post.title_zh],
            purpose=note.purpose,
        )
    return str(note.text)


def answer_note(*, actor: Actor, note: SealedNote, text: str) -> SealedNote:
    """What the household says to a note; its readers see it with the note. Effects: `people.note_answered`."""
    require(actor, "people.answer_note", note)
    note.answer = text.strip()
    with transaction.atomic():
        if SealedNote.objects.filter(pk=note.pk, ended_at=None).update(answer=note.answer) != 1:
            raise StaleState()
        journal.record(
            "people.note_answered", actor=actor, obj=f"household:{note.household_id}", note=note.pk
        )
    return note


def erase_note(*, actor: Actor, note: SealedNote) -> SealedNote:
    """Erases text and answer at the household's word. Effects: `people.note_erased`."""
    require(actor, "people.erase_note", note)
    with transaction.atomic():
        _end(note)
        journal.record("people.note_erased", actor=actor, obj=f"household:{note.household_id}", note=note.pk)
    return note


def end_note(*, actor: Actor, note: SealedNote) -> SealedNote:
    """Ends a note before its day, by the post that wrote it: its text is gone. Effects: `people.note_ended`."""
    require(actor, "people.end_note", note)
    with transaction.atomic():
        _end(note)
        journal.record("people.note_ended", actor=actor, obj=f"household:{note.household_id}", note=note.pk)
    return note


def end_due_notes() -> int:
    """Erases the notes whose day has come. Effects: `people.note_ended` for each."""
    require(CLOCK, "people.end_due_notes")
    due = list(SealedNote.objects.filter(ended_at=None, ends_on__lte=clock.today())[:500])
    with transaction.atomic():
        for note in due:
            _end(note)
            journal.record(
                "people.note_ended", actor=CLOCK, obj=f"household:{note.household_id}", note=note.pk
            )
    return len(due)


def _end(note: SealedNote) -> None:
    running = SealedNote.objects.filter(pk=note.pk, ended_at=None)
    if running.update(text="", answer="", ended_at=clock.now()) != 1:
        raise StaleState()
    note.text = note.answer = ""
    note.ended_at = clock.now()
