"""Organizations from a file: party branches, departments, committees, schools."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports import Column, Counts, Fault, Importer, Row
from folkmoot.areas.queries import valid_areas
from folkmoot.people.imports.references import Codes
from folkmoot.people.models import Organization

KEPT = ("kind", "area_id", "parent_id", "name", "name_zh", "phone_public")


class OrganizationImporter(Importer):
    """Organizations in any order, upper and lower ones in one file."""

    label = _("Organizations")
    columns = (
        Column("code", _("the short name by which posts mean it"), is_needed=True, max_length=40),
        Column(
            "kind",
            _("what it is"),
            is_needed=True,
            choices=frozenset(Organization.Kind.values),
            max_length=20,
        ),
        Column("area", _("the code of the area it belongs to"), is_needed=True, max_length=40),
        Column("parent", _("the code of the organization above it"), max_length=40),
        Column("name", _("the name in English"), is_needed=True, max_length=120),
        Column("name_zh", _("the name in Chinese"), max_length=120),
        Column("phone_public", _("the number that everybody may call"), max_length=30),
    )

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self.parents: dict[str, str] = {}
        self.areas = Codes("area", valid_areas(), _("there is no area “%(code)s”"))
        self.known = dict(Organization.objects.values_list("code", "pk"))

    def meet(self, line: int, row: Row) -> None:
        self.lines.setdefault(row["code"], line)
        self.parents.setdefault(row["code"], row["parent"])
        self.areas.note(line, row["area"])

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        if self.lines[row["code"]] != line:
            there = {"code": row["code"], "first": self.lines[row["code"]]}
            yield Fault(line, "code", _("“%(code)s” is already on line %(first)d"), there)

    def check_whole(self) -> Iterator[Fault]:
        self.areas.find()
        yield from self.areas.faults()
        for code, parent in self.parents.items():
            if parent and parent not in self.lines and parent not in self.known:
                missing = {"code": parent}
                yield Fault(self.lines[code], "parent", _("there is no organization “%(code)s”"), missing)
            elif self._is_in_circle(code):
                yield Fault(self.lines[code], "parent", _("stands above and below itself"))

    def _is_in_circle(self, code: str) -> bool:
        seen, above = {code}, self.parents.get(code, "")
        while above and above not in seen:
            seen.add(above)
            above = self.parents.get(above, "")
        return above == code

    def left_out(self, lines: set[int]) -> Iterator[Fault]:
        gone = {code for code, line in self.lines.items() if line in lines} - self.known.keys()
        while True:
            below = {code for code, parent in self.parents.items() if parent in gone} - gone
            if not below:
                return
            for code in below:
                yield Fault(self.lines[code], "parent", _("the organization above it has a fault"))
            gone |= below

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        by_code = {row["code"]: row for _line, row in rows}
        present = {each.code: each for each in Organization.objects.filter(code__in=list(by_code))}
        counts = Counts()
        for code in self._upper_first(by_code):
            row, organization = by_code[code], present.get(code, Organization(code=code))
            wanted = self._values(row)
            if organization.pk and wanted == {name: getattr(organization, name) for name in KEPT}:
                counts.unchanged += 1
                continue
            counts.changed, counts.added = (
                counts.changed + bool(organization.pk), counts.added + (not organization.pk)
            )  # fmt: skip
            for name, value in wanted.items():
                setattr(organization, name, value)
            organization.save()
            self.known[code] = organization.pk
        return counts

    def _values(self, row: Row) -> dict[str, object]:
        return {
            "kind": row["kind"],
            "area_id": self.areas.id_of(row["area"]),
            "parent_id": self.known.get(row["parent"]),
            "name": row["name"],
            "name_zh": row["name_zh"],
            "phone_public": row["phone_public"],
        }

    def _upper_first(self, codes: dict[str, Row]) -> list[str]:
        """The codes so that each comes after the one above it."""
        order: dict[str, None] = {}
        for code in codes:
            line = [code]
            while (above := self.parents.get(line[-1], "")) in codes and above not in order:
                line.append(above)
            order.update(dict.fromkeys(reversed(line)))
        return list(order)
