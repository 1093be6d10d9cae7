"""Households from a file, with those who speak for them."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports import Column, Counts, Fault, Importer, Row
from folkmoot.areas.queries import valid_areas
from folkmoot.people.imports.references import Codes, Persons, batches
from folkmoot.people.models import Household, HouseholdMember, Person, address_key

KEPT = ("area_id", "address", "address_zh", "key", "key_zh", "members")


class HouseholdImporter(Importer):
    """Households; one without an area comes too and stands on the list of gaps (S3.19)."""

    label = _("Households")
    columns = (
        Column("code", _("the short name of the household, as on its door"), is_needed=True, max_length=40),
        Column("area", _("the code of its unit; empty if it belongs to none yet"), max_length=40),
        Column("address", _("the address in English"), is_needed=True, max_length=160),
        Column("address_zh", _("the address in Chinese"), max_length=160),
        Column("representative", _("who speaks for it"), max_length=80),
        Column("representative_zh", _("the same name in Chinese"), max_length=80),
        Column("phone", _("the mobile phone of that person"), max_length=30),
        Column("members", _("how many people live there"), kind="number"),
    )

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self.areas = Codes("area", valid_areas(), _("there is no area “%(code)s”"))
        self.persons = Persons()

    def meet(self, line: int, row: Row) -> None:
        self.lines.setdefault(row["code"], line)
        self.areas.note(line, row["area"])

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        if self.lines[row["code"]] != line:
            there = {"code": row["code"], "first": self.lines[row["code"]]}
            yield Fault(line, "code", _("“%(code)s” is already on line %(first)d"), there)
        if row["members"] and int(row["members"]) > 1000:
            yield Fault(line, "members", _("is more than 1000"))
        if not row["representative"] and not row["representative_zh"]:
            if row["phone"]:
                yield Fault(line, "representative", _("is empty, but there is a phone"))
        elif row["phone"]:
            yield from self.persons.note(line, row["phone"], row["representative"], row["representative_zh"])

    def check_whole(self) -> Iterator[Fault]:
        self.areas.find()
        yield from self.areas.faults()
        yield from self.persons.find()

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        self.persons.add_all()
        counts = Counts()
        for batch in batches(row for _line, row in rows):
            self._write_batch(batch, counts)
        return counts

    def _write_batch(self, batch: list[Row], counts: Counts) -> None:
        codes = [row["code"] for row in batch]
        present = {
            each.code: each
            for each in Household.objects.filter(code__in=codes).select_related("representative")
        }
        fresh: list[Household] = []
        changed: list[Household] = []
        new_people: list[tuple[Household, Person]] = []
        for row in batch:
            household = present.get(row["code"]) or Household(code=row["code"])
            is_same = bool(household.pk) and not _update(household, self._values(row))
            person = self._representative(row, household)
            if isinstance(person, Person):
                new_people.append((household, person))
            elif person != household.representative_id:
                household.representative_id = person
            elif is_same:
                counts.unchanged += 1
                continue
            _update(household, self._values(row))
            (changed if household.pk else fresh).append(household)
        Person.objects.bulk_create(person for _household, person in new_people)
        for household, person in new_people:
            household.representative_id = person.pk
        Household.objects.bulk_create(fresh)
        Household.objects.bulk_update(changed, [*KEPT, "representative"], batch_size=200)
        self._house(batch, {each.code: each.pk for each in [*fresh, *present.values()]})
        counts.added, counts.changed = counts.added + len(fresh), counts.changed + len(changed)

    def _values(self, row: Row) -> dict[str, object]:
        return {
            "area_id": self.areas.id_of(row["area"]),
            "address": row["address"],
            "address_zh": row["address_zh"],
            "key": address_key(row["address"]),
            "key_zh": address_key(row["address_zh"]),
            "members": int(row["members"] or 0),
        }

    def _representative(self, row: Row, household: Household) -> Person | int | None:
        """Who speaks for the household: an id, somebody still to be saved, or nobody."""
        if row["phone"]:
            return self.persons.id_of(row["phone"])
        name, name_zh = row["representative"], row["representative_zh"]
        known = household.representative if household.pk else None
        if not name and not name_zh:
            return None
        if known is not None and (known.name, known.name_zh) == (name, name_zh):
            return known.pk
        return Person(name=name, name_zh=name_zh)

    def _house(self, batch: list[Row], households: dict[str, int]) -> None:
        """Whoever speaks for a household and has a phone belongs to it from the start."""
        homes = {self.persons.id_of(row["phone"]): households[row["code"]] for row in batch if row["phone"]}
        known = HouseholdMember.objects.filter(person_id__in=list(homes)).values_list("person_id", flat=True)
        HouseholdMember.objects.bulk_create(
            HouseholdMember(household_id=homes[person], person_id=person, is_confirmed=True)
            for person in homes.keys() - set(known)
            if person is not None
        )


def _update(household: Household, values: dict[str, object]) -> bool:
    """Takes the values over; whether any of them is new."""
    is_changed = any(getattr(household, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(household, name, value)
    return is_changed
