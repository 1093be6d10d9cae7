"""Links between households and party members from a file (S3.6)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports import Column, Counts, Fault, Importer, Row
from folkmoot.base import clock
from folkmoot.people.imports.references import Codes, Persons, batches, is_phone
from folkmoot.people.models import Household, HouseholdLink


class HouseholdLinkImporter(Importer):
    """Links that run; one that the household has ended does not come back by a file."""

    label = _("Household links")
    columns = (
        Column("household", _("the code of the household"), is_needed=True, max_length=40),
        Column("member_phone", _("the mobile phone of the member"), is_needed=True, max_length=30),
        Column("since", _("the first day of the link; today if empty"), kind="date"),
    )

    def __init__(self) -> None:
        self.households = Codes("household", Household.objects.all(), _("there is no household “%(code)s”"))
        self.persons = Persons("member_phone")
        self.phones: dict[int, str] = {}
        self.pairs: dict[tuple[str, str], int] = {}

    def meet(self, line: int, row: Row) -> None:
        self.households.note(line, row["household"])

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        yield from self.persons.note(line, row["member_phone"], "", "")
        self.phones[line] = row["member_phone"]
        first = self.pairs.setdefault((row["household"], row["member_phone"]), line)
        if first != line:
            yield Fault(line, "household", _("line %(first)d has this link already"), {"first": first})

    def check_whole(self) -> Iterator[Fault]:
        self.households.find()
        yield from self.households.faults()
        yield from self.persons.find()
        for line, phone in self.phones.items():
            if is_phone(phone) and self.persons.id_of(phone) is None:
                yield Fault(line, "member_phone", _("nobody here has this number"))

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        counts = Counts()
        for batch in batches(row for _line, row in rows):
            pairs = {
                (self.households[row["household"]], self.persons[row["member_phone"]]): row for row in batch
            }
            known = HouseholdLink.objects.filter(household_id__in=[household for household, _who in pairs])
            for pair in known.values_list("household_id", "member_id"):
                counts.unchanged += pairs.pop(pair, None) is not None
            HouseholdLink.objects.bulk_create(
                HouseholdLink(household_id=household, member_id=person, since=_day(row))
                for (household, person), row in pairs.items()
            )
            counts.added += len(pairs)
        return counts


def _day(row: Row) -> date:
    return date.fromisoformat(row["since"]) if row["since"] else clock.today()
