"""The roll of a poll: from the people app by area and post, from a file, and without somebody again."""

import secrets
from collections.abc import Collection, Iterator
from pathlib import Path
from secrets import token_bytes

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports import Column, Counts, Fault, Importer, Row
from folkmoot.areas.imports.checking import check_file
from folkmoot.areas.models import Area
from folkmoot.areas.services import Result
from folkmoot.areas.services.import_file import write
from folkmoot.ballots import queries
from folkmoot.ballots.models import Poll, RollEntry, Stratum
from folkmoot.ballots.services.step import change, require_roll
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.people.models import Person
from folkmoot.people.phones import hash_of_phone, normal_phone

SALT_BYTES = 32
MAX_FILE_BYTES = 20_000_000
SECONDS_KEPT = 3_600
BATCH = 1_000


def fill_roll(
    *, actor: Actor, poll: Poll, stratum: Stratum, area: Area, roles: Collection[str] = (),
    with_residents: bool = False,
) -> int:  # fmt: skip
    """Puts on the roll, as `stratum`, those who hold a post of `roles` in `area`, and its residents if asked.

    Whoever is on the roll already stays as he is, so the smaller groups come first. Returns how many were added.
    Effects: journal `roll.filled`.
    """
    require(actor, "ballots.fill_roll", poll)
    require_roll(poll)
    found = set(queries.holders_in(area, roles).values_list("pk", flat=True)) if roles else set()
    if with_residents:
        found |= set(queries.residents_of(area).values_list("pk", flat=True))
    with transaction.atomic():
        change(poll, "roll.filled", actor=actor)
        known = set(RollEntry.objects.filter(poll=poll, person__in=found).values_list("person", flat=True))
        fresh = [_entry(stratum, person_id=person) for person in sorted(found - known)]
        RollEntry.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh)


def fill_open_roll(poll: Poll) -> int:
    """Notes who may take part in an open poll: those eligible this moment, whoever comes later. Part of opening it.

    The moment itself is kept of nobody: who has a row had a phone confirmed by then.
    """
    stratum = poll.strata.get()
    RollEntry.objects.filter(poll=poll).delete()  # of an opening that the box refused
    people = queries.eligible_people(poll.area).order_by("pk").values_list("pk", flat=True)
    entries = [_entry(stratum, person_id=person) for person in people]
    RollEntry.objects.bulk_create(entries, batch_size=BATCH)
    return len(entries)


def _entry(stratum: Stratum, *, person_id: int | None = None, name: str = "", name_zh: str = "") -> RollEntry:
    return RollEntry(
        poll_id=stratum.poll_id, stratum=stratum, person_id=person_id, name=name, name_zh=name_zh,
        salt=token_bytes(SALT_BYTES),
    )  # fmt: skip


def remove_entry(*, actor: Actor, poll: Poll, entry: RollEntry) -> None:
    """Takes somebody off the roll of a draft. Effects: journal `roll.shortened`."""
    require(actor, "ballots.remove_entry", poll)
    require_roll(poll)
    with transaction.atomic():
        change(poll, "roll.shortened", actor=actor)
        RollEntry.objects.filter(pk=entry.pk, poll=poll).delete()


def rolls_folder() -> Path:
    """Where checked files wait for an hour. They name people: nobody else reads the folder."""
    folder = Path(settings.DATA_DIR) / "rolls"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def keep_roll_file(poll: Poll, upload: UploadedFile) -> str:
    """Keeps a file between its check and its import. Returns what `kept_roll_file` finds it by. Raises: Refused."""
    if (upload.size or 0) > MAX_FILE_BYTES:
        raise Refused(_("This file is too big for a roll."))
    name = secrets.token_hex(16)
    with (rolls_folder() / f"{poll.pk}-{name}").open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return name


def kept_roll_file(poll: Poll, name: str) -> Path:
    """The file that was kept for this poll under this name. Raises: Refused when it is gone."""
    path = rolls_folder() / f"{poll.pk}-{name}"
    if not (name.isascii() and name.isalnum() and path.is_file()):
        raise Refused(_("The file is not here any more. Please choose it again."))
    return path


def forget_roll_files() -> int:
    """Erases kept files that nobody has brought in within an hour; returns how many."""
    before = clock.now().timestamp() - SECONDS_KEPT
    old = [path for path in rolls_folder().iterdir() if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def import_roll(
    *, actor: Actor, poll: Poll, path: Path, is_dry_run: bool = False, takes_good_rows: bool = False
) -> Result:
    """Checks a file of voters and, unless `is_dry_run`, puts all of it on the roll or nothing; on request its good rows.

    Somebody whose phone is known here is that person; everybody else is a name on a list, and the phone is not kept.
    Raises: Refused when the roll changed meanwhile. Effects: journal `roll.imported`.
    """
    require(actor, "ballots.import_roll", poll)
    require_roll(poll)
    importer = RollImporter(poll)
    checked = check_file(importer, path, _in_silence)
    faults = checked.faults
    counts = None
    if not is_dry_run and (not faults or (takes_good_rows and checked.is_read_whole)):
        with transaction.atomic():
            change(poll, "roll.imported", actor=actor)
            counts = write(importer, path, checked, _in_silence)
    return Result(
        checked.rows, faults.in_order(), faults.count, len(faults.lines), checked.is_read_whole, counts
    )  # fmt: skip


def _in_silence(_phase: str, _done: int, _total: int) -> None:
    """Nobody watches: a roll is short."""


class RollImporter(Importer):
    """Voters of one poll. It is not in the registry of importers, because it serves one poll."""

    label = _("Roll of a vote")
    columns = (
        Column("stratum", _("the short name of the group of voters"), is_needed=True, max_length=64),
        Column("name", _("the name in English"), max_length=80),
        Column("name_zh", _("the name in Chinese"), max_length=80),
        Column("phone", _("the mobile phone, if that person signs in here; it is not kept"), max_length=30),
    )

    def __init__(self, poll: Poll) -> None:
        self.strata = {stratum.code: stratum for stratum in poll.strata.all()}
        roll = RollEntry.objects.filter(poll=poll)
        self.people = set(roll.filter(person__isnull=False).values_list("person", flat=True))
        self.names = set(roll.filter(person=None).values_list("stratum__code", "name", "name_zh"))
        self.found: dict[int, int | None] = {}  # line: person

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        if row["stratum"] not in self.strata:
            known = {"code": row["stratum"], "known": ", ".join(self.strata)}
            yield Fault(line, "stratum", _("there is no group “%(code)s”; known are: %(known)s"), known)
        try:
            person = self.found[line] = _known_person(row["phone"])
        except Refused as refusal:
            yield Fault(line, "phone", refusal.sentence)
            return
        if person is not None:
            if person in self.people:
                yield Fault(line, "phone", _("this person is on the roll already"))
            self.people.add(person)
        elif not row["name"] and not row["name_zh"]:
            yield Fault(line, "name", _("nobody here has this phone, so a name is needed"))
        else:
            name = (row["stratum"], row["name"], row["name_zh"])
            if name in self.names:
                yield Fault(line, "name", _("this name is on the roll already; add what tells the two apart"))
            self.names.add(name)

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        entries = [self._entry(line, row) for line, row in rows]
        RollEntry.objects.bulk_create(entries, batch_size=BATCH)
        return Counts(added=len(entries))

    def _entry(self, line: int, row: Row) -> RollEntry:
        stratum, person = self.strata[row["stratum"]], self.found[line]
        if person is not None:
            return _entry(stratum, person_id=person)
        return _entry(stratum, name=row["name"], name_zh=row["name_zh"])


def _known_person(typed: str) -> int | None:
    """Who signs in with a phone; None for one that nobody has. Raises Refused when it is no phone number."""
    if not typed:
        return None
    people = Person.objects.filter(phone_hash=hash_of_phone(normal_phone(typed)), erased_at=None)
    return people.values_list("pk", flat=True).first()
