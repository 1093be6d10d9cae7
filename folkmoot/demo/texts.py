"""What the people of the demo place say: read from case_texts.yaml, chosen with a fixed seed."""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml

PLACE = Path(__file__).parent / "place"
CHINESE_SHARE = 0.55


@dataclass(frozen=True)
class Told:
    """One report in one language, with the answer that fits it."""

    title: str
    text: str
    answer: str
    summary: str
    language: str


class Texts:
    """All texts of the demo's cases."""

    def __init__(self, chance: Random) -> None:
        self.data: dict[str, Any] = yaml.safe_load((PLACE / "case_texts.yaml").read_text(encoding="utf-8"))
        self.chance = chance

    @property
    def categories(self) -> list[str]:
        return sorted(self.data["categories"])

    def report(self, category: str, unit: tuple[str, str]) -> Told:
        """A report of a kind. Shapes: `unit` is its name in English and Chinese."""
        texts = self.data["categories"][category]
        language = "zh" if self.chance.random() < CHINESE_SHARE else "en"
        row = self.chance.choice(texts["reports"])
        place = unit[1] if language == "zh" else unit[0]
        return Told(
            title=row[language]["title"].replace("{unit}", place),
            text=row[language]["text"].replace("{unit}", place),
            answer=self._answer(texts, row, language),
            summary=self._summary(texts, row, language),
            language=language,
        )

    def _answer(self, texts: dict[str, Any], row: dict[str, Any], language: str) -> str:
        if "answer" in row:
            return str(texts["answers"][row["answer"] - 1][language])
        return self.line("answer", language)

    def _summary(self, texts: dict[str, Any], row: dict[str, Any], language: str) -> str:
        summary = row.get("summary") or texts.get("summary")
        if isinstance(summary, list):
            summary = self.chance.choice(summary)
        return str(summary[language]) if summary else ""

    def line(self, kind: str, language: str, category: str = "") -> str:
        """A line of a kind (escalate, decline, solved ...): one that fits every matter, or the category's own."""
        own = self.data["categories"].get(category, {}).get(kind, [])
        return str(self.chance.choice([*own, *self.data["shared"].get(kind, [])])[language])
