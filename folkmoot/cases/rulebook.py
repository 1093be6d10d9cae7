"""The rules of the place as data: calendar, terms, numbers. Read once, kept for half a minute per process."""

import time as monotonic_time
from datetime import date, time
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language

from folkmoot.areas.models import Level
from folkmoot.areas.queries import levels
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


class Rulebook:
    """A picture of all rules. Each kind is read when it is first asked for; the question names the day."""

    @cached_property
    def days(self) -> tuple[CalendarDay, ...]:
        return tuple(CalendarDay.objects.order_by("date"))

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        return tuple(Term.objects.all())

    @cached_property
    def rules(self) -> tuple[CaseRule, ...]:
        return tuple(CaseRule.objects.all())

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """All of them with their groups and questions, in the order of the place's list."""
        return tuple(Category.objects.select_related("parent").prefetch_related("questions"))

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The levels of the ladder, the highest first."""
        return tuple(levels())

    @cached_property
    def parents(self) -> dict[int, int | None]:
        """The group of each category."""
        return {category.pk: category.parent_id for category in self.categories}

    @cached_property
    def named_days(self) -> dict[str, dict[date, str]]:
        """The unusual days of each kind by name, in the language of this book."""
        found: dict[str, dict[date, str]] = {kind: {} for kind in CalendarDay.Kind.values}
        for day in self.days:
            found[day.kind][day.date] = str(day)
        return found

    def number(self, name: str, on: date) -> int:
        """The value of a rule on a day: of the latest row that is valid by then."""
        rows = [rule for rule in self.rules if rule.name == name and rule.valid_from <= on]
        return max(rows, key=lambda rule: rule.valid_from).value if rows else FALLBACK[CaseRule.Name(name)]

    def calendar(self, on: date) -> WorkCalendar:
        """The working calendar with the hours that are valid on a day, names in the reader's language."""
        opens, closes = self.number(CaseRule.Name.OPENS, on), self.number(CaseRule.Name.CLOSES, on)
        return WorkCalendar(
            opens=time(opens // 60, opens % 60),
            closes=time(closes // 60, closes % 60),
            zone=ZoneInfo(settings.TIME_ZONE),
            holidays=self.named_days[CalendarDay.Kind.HOLIDAY],
            makeup_days=self.named_days[CalendarDay.Kind.WORKING],
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
        book = Rulebook()
        _kept[language] = (monotonic_time.monotonic(), book)
    return book


def forget_rulebook() -> None:
    """Reads the rules anew next time: after an import, and between tests."""
    _kept.clear()
