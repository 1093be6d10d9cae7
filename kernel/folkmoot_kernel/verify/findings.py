"""What a check of a poll has found."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from folkmoot_kernel.verify.words import CHINESE_NAMES, FAULTS, WORDS

MAX_SHOWN_LENGTH: Final = 300  # letters of a name or a reason that somebody else has written
MAX_SHOWN: Final = 5  # findings of one key that are told one by one; the others are counted


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. Shapes: `facts` sorted (name, fact); `more` how many like it are not told one by one."""

    key: str
    facts: tuple[tuple[str, str | int], ...] = ()
    more: int = 0

    @property
    def is_fault(self) -> bool:
        return self.key in FAULTS

    def said(self, language: str = "en") -> str:
        """Say it in "en" or in "zh-Hans"."""
        english, chinese = WORDS[self.key]
        facts = {name: _shortened(str(fact)) for name, fact in self.facts}
        if language == "en":
            return english.format(**facts) + (f" ({self.more} more)" if self.more else "")
        facts = {name: CHINESE_NAMES.get(fact, fact) for name, fact in facts.items()}
        return chinese.format(**facts) + (f"（另有{self.more}处）" if self.more else "")


@dataclass
class Findings:
    """Gathers findings, and keeps only a few of each kind, so that a log of a million forgeries fits the page."""

    _kept: dict[str, list[Finding]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def add(self, key: str, **facts: str | int) -> None:
        self.take(Finding(key, tuple(sorted(facts.items()))))

    def take(self, finding: Finding) -> None:
        kept = self._kept.setdefault(finding.key, [])
        if finding in kept:
            return
        self._counts[finding.key] = self._counts.get(finding.key, 0) + 1 + finding.more
        if len(kept) < MAX_SHOWN:
            kept.append(Finding(finding.key, finding.facts))

    def __iter__(self) -> Iterator[Finding]:
        for key in WORDS:
            kept = self._kept.get(key, [])
            for place, finding in enumerate(kept, 1):
                more = self._counts[key] - len(kept) if place == len(kept) else 0
                yield Finding(key, finding.facts, more)


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_LENGTH else text[: MAX_SHOWN_LENGTH - 1] + "…"
