"""The levels of the ladder from a file (S2.1)."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports.faults import Fault
from folkmoot.areas.imports.importer import Column, Counts, Importer, Row
from folkmoot.areas.models import Area, Level

MAX_RANK = 1_000


class LevelImporter(Importer):
    label = _("Levels")
    columns = (
        Column("code", _("the short name by which areas mean the level"), is_needed=True, max_length=20),
        Column("rank", _("a number: the smaller, the higher the level"), is_needed=True, kind="number"),
        Column("name", _("the name in English"), is_needed=True, max_length=40),
        Column("name_zh", _("the name in Chinese"), max_length=40),
    )

    def __init__(self) -> None:
        self.ranks: dict[str, int] = {}
        self._existing = {level.code: level for level in Level.objects.all()}
        has_areas = Exists(Area.objects.filter(level=OuterRef("pk")))
        self._used = set(Level.objects.filter(has_areas).values_list("code", flat=True))

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        fault = self._fault_of(line, row["code"], int(row["rank"]))
        if fault:
            yield fault
        else:
            self.ranks[row["code"]] = int(row["rank"])

    def _fault_of(self, line: int, code: str, rank: int) -> Fault | None:
        existing = self._existing.get(code)
        if code in self.ranks:
            return Fault(line, "code", _("“%(code)s” is there twice"), {"code": code})
        if not 0 < rank < MAX_RANK:
            return Fault(line, "rank", _("is not between 1 and %(most)d"), {"most": MAX_RANK - 1})
        if rank in self._taken(code):
            return Fault(line, "rank", _("another level has the rank %(rank)d"), {"rank": rank})
        if existing and existing.rank != rank and code in self._used:
            stands = {"rank": existing.rank}
            return Fault(line, "rank", _("areas stand on this level; its rank stays %(rank)d"), stands)
        return None

    def _taken(self, code: str) -> set[int]:
        others = {level.code: level.rank for level in self._existing.values()} | self.ranks
        return {rank for other, rank in others.items() if other != code}

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        counts = Counts()
        for _line, row in rows:
            wanted = (int(row["rank"]), row["name"], row["name_zh"])
            level = self._existing.get(row["code"]) or Level(code=row["code"])
            if level.pk and (level.rank, level.name, level.name_zh) == wanted:
                counts.unchanged += 1
                continue
            counts.changed, counts.added = counts.changed + bool(level.pk), counts.added + (not level.pk)
            level.rank, level.name, level.name_zh = wanted
            level.save()
        return counts
