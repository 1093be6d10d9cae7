"""What is wrong with a file: where, and why, in a sentence for readers of both languages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, override

from folkmoot.base.errors import Sentence

# So many faults are named one by one; a file with more has one cause, which the first ones show.
MAX_NAMED_FAULTS = 10_000


@dataclass(frozen=True)
class Fault:
    """One fault. Shapes: `line` counts from 1 as editors do (GeoJSON: features); an empty `column` is the row."""

    line: int
    column: str
    reason: Sentence
    params: dict[str, Any] = field(default_factory=dict)
    file: str = ""  # the name of a side file; empty for the file itself

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return str(self.reason) % self.params if self.params else str(self.reason)

    def as_row(self) -> list[Any]:
        """JSON-ready, with the reason as it stands in the source, so that it can be shown in any language."""
        with override(None):
            return [self.line, self.column, str(self.reason), self.params, self.file]

    @classmethod
    def from_row(cls, row: list[Any]) -> "Fault":
        line, column, reason, params, file = row
        return cls(line, column, gettext(reason), params, file)


class Unreadable(Exception):
    """The file cannot be read further than `line`."""

    def __init__(self, line: int, reason: Sentence, **params: Any) -> None:
        super().__init__(str(reason))
        self.fault = Fault(line, "", reason, params)


class Faults:
    """The faults of one file: the first ones by name, all of them by number and line."""

    def __init__(self) -> None:
        self.named: list[Fault] = []
        self.count = 0
        self.lines: set[int] = set()

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, faults: Iterable[Fault]) -> bool:
        """Notes the faults; whether there were any."""
        before = self.count
        for fault in faults:
            self.count += 1
            if not fault.file:
                self.lines.add(fault.line)
            if len(self.named) < MAX_NAMED_FAULTS:
                self.named.append(fault)
        return self.count > before

    def in_order(self) -> list[Fault]:
        return sorted(self.named, key=lambda fault: (fault.file, fault.line))
