"""The rules of the place as data: calendar, terms, numbers. Read once, kept for half a minute per process."""

import time as monotonic_time
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language

from folkmoot.cases.deadlines import WorkCalendar
from folkmoot.cases.models import CalendarDay, CaseRule, Category, Term

KEPT_SECONDS = 30.0
FALLBACK = {
    CaseRule.Name.OPENS: 8 * 60 + 30,
    CaseRule.Name.CLOSES: 18 * 60,
    CaseRule.Name.SILENCE: 10,
    CaseRule.Name.REOPEN: 30,
    CaseRule.Name.SMALL_GROUP: 5,
}


@dataclass(frozen=True)
class Rulebook:
    """A picture of all rules. Shapes: rows with dates; the question names the day."""

    days: tuple[CalendarDay, ...]
    terms: tuple[Term, ...]
    rules: tuple[CaseRule, ...]
    parents: dict[int, int | None]

    def number(self, name: str, on: date) -> int:
        """The value of a rule on a day: of the latest row that is valid by then."""
        rows = [rule for rule in self.rules if rule.name == name and rule.valid_from <= on]
        return max(rows, key=lambda rule: rule.valid_from).value if rows else FALLBACK[CaseRule.Name(name)]

    def calendar(self, on: date) -> WorkCalendar:
        """The working calendar with the hours that are valid on a day, names in the reader's language."""
        opens, closes = self.number(CaseRule.Name.OPENS, on), self.number(CaseRule.Name.CLOSES, on)
        kinds = CalendarDay.Kind
        return WorkCalendar(
            opens=time(opens // 60, opens % 60),
            closes=time(closes // 60, closes % 60),
            zone=ZoneInfo(settings.TIME_ZONE),
            holidays={day.date: str(day) for day in self.days if day.kind == kinds.HOLIDAY},
            makeup_days={day.date: str(day) for day in self.days if day.kind == kinds.WORKING},
        )

    def term(self, level_id: int, category_id: int, on: date) -> Term | None:
        """The term of a level for a category: its own, else its group's, else the level's."""
        valid = [
            term
            for term in self.terms
            if term.level_id == level_id
            and term.valid_from <= on
            and (term.valid_to is None or on < term.valid_to)
        ]
        for wanted in (category_id, self.parents.get(category_id), None):
            rows = [term for term in valid if term.category_id == wanted]
            if rows:
                return max(rows, key=lambda term: term.valid_from)
        return None


_kept: dict[str, tuple[float, Rulebook]] = {}


def rulebook() -> Rulebook:
    """The rules in force, at most half a minute old."""
    language = get_language() or ""
    at, book = _kept.get(language, (0.0, None))
    if book is None or monotonic_time.monotonic() - at > KEPT_SECONDS:
        book = Rulebook(
            days=tuple(CalendarDay.objects.order_by("date")),
            terms=tuple(Term.objects.all()),
            rules=tuple(CaseRule.objects.all()),
            parents=dict(Category.objects.values_list("id", "parent_id")),
        )
        _kept[language] = (monotonic_time.monotonic(), book)
    return book


def forget_rulebook() -> None:
    """Reads the rules anew next time: after an import, and between tests."""
    _kept.clear()
