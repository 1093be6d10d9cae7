"""What an importer is: the columns of its kind, the checks of its rows, the writing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal

from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports.faults import Fault
from folkmoot.base.errors import Sentence
from folkmoot.base.registries import Registry

# The values of one row by column name, stripped; a column that the file lacks is empty. In a row of GeoJSON
# `boundary` is the geometry itself.
Row = dict[str, Any]
MAX_VALUE_CHARACTERS = 5_000_000


@dataclass(frozen=True)
class Column:
    """One column: what it means to the writer of the file, and what it may hold."""

    name: str
    meaning: Sentence
    is_needed: bool = False
    max_length: int = 1_000
    choices: frozenset[str] = frozenset()
    kind: Literal["text", "date", "number"] = "text"

    def fault_in(self, value: str) -> tuple[Sentence, dict[str, Any]] | None:
        """Why `value` cannot stand here, or None."""
        if not value:
            return (_("is empty"), {}) if self.is_needed else None
        if len(value) > self.max_length:
            return _("has more than %(most)d characters"), {"most": self.max_length}
        if self.choices and value not in self.choices:
            return _("“%(value)s” is none of: %(choices)s"), {
                "value": value, "choices": ", ".join(sorted(self.choices)),
            }  # fmt: skip
        if self.kind == "date" and not _is_date(value):
            return _("“%(value)s” is no date like 2026-11-20"), {"value": value[:40]}
        if self.kind == "number" and not (value.isascii() and value.isdigit() and len(value) < 10):
            return _("“%(value)s” is no whole number"), {"value": value[:40]}
        return None

    @property
    def is_plain(self) -> bool:
        """Whether any text up to its length may stand here."""
        return not self.choices and self.kind == "text"


def _is_date(value: str) -> bool:
    try:
        return len(date.fromisoformat(value).isoformat()) == len(value)
    except ValueError:
        return False


@dataclass
class Counts:
    """What writing did with the rows."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    edges: int = 0  # boundaries drawn or redrawn


class Importer:
    """One kind of rows. An instance serves one file, from the first check to the last row written."""

    label: ClassVar[Sentence]
    columns: ClassVar[tuple[Column, ...]]

    def meet(self, line: int, row: Row) -> None:
        """Sees every row before any check, faulty ones too, so that other rows may refer to it."""

    def check(self, line: int, row: Row) -> Iterable[Fault]:  # noqa: ARG002
        """The faults of one row whose values fit their columns."""
        return ()

    def check_whole(self) -> Iterator[Fault]:
        """The faults that only the whole file shows, after its last row."""
        yield from ()

    def left_out(self, lines: set[int]) -> Iterator[Fault]:  # noqa: ARG002
        """Rows that cannot come without the faulty rows on `lines`, when only good rows are imported."""
        yield from ()

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        """Writes all rows inside the caller's transaction."""
        raise NotImplementedError


importers: Registry[type[Importer]] = Registry("importer")
