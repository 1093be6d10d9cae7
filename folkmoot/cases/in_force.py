"""Which terms, numbers and days hold on a day, and since when: for everybody to read. Nothing here decides.

The clock reads rulebook.py; this reads the same rows, so that the page cannot say anything else.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.areas.models import Level
from folkmoot.base.errors import Sentence
from folkmoot.cases.deadlines import ONE_DAY
from folkmoot.cases.models import CalendarDay, CaseRule, Term
from folkmoot.cases.rulebook import FALLBACK, Rulebook

Line = tuple[str, date]  # what holds, and from which day


@dataclass(frozen=True)
class Row:
    """One line. `since` is empty for a value that is built in; `coming` is what replaces it, and when."""

    label: Sentence
    value: Sentence
    since: date | None
    coming: tuple["Row", ...] = ()


@dataclass(frozen=True)
class Days:
    """One unusual day, or several in a row under one name."""

    first: date
    last: date
    day: CalendarDay


def terms_of(book: Rulebook, levels: Iterable[Level], on: date) -> list[tuple[Level, list[Row]]]:
    """The terms of each level, from the smallest place up: first those for every kind, then the exceptions.

    Kinds that have the same terms since the same day share a line.
    """
    rows: dict[int, dict[int | None, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for term in sorted(book.terms, key=lambda term: term.valid_from):
        if term.valid_to is None or on < term.valid_to:
            rows[term.level_id][term.category_id].append(term)
    return [
        (level, _level_rows(book, rows[level.pk], on))
        for level in sorted(levels, key=lambda level: -level.rank)
    ]


def _level_rows(book: Rulebook, by_category: dict[int | None, list[Term]], on: date) -> list[Row]:
    names: dict[int | None, str] = {None: _("Every kind not named here")}
    names |= {category.pk: str(category) for category in book.categories}
    kinds: dict[tuple[Line, ...], list[str]] = defaultdict(list)
    for key, name in names.items():
        if key in by_category:
            kinds[_term_lines(by_category[key], on)].append(name)
    return [_term_row(_(", ").join(shared), lines, on) for lines, shared in kinds.items()]


def _term_lines(terms: list[Term], on: date) -> tuple[Line, ...]:
    """What holds on the day, if anything does, and what comes after it."""
    begun = [term for term in terms if term.valid_from <= on][-1:]
    coming = [term for term in terms if term.valid_from > on]
    return tuple((_term_text(term), term.valid_from) for term in begun + coming)


def _term_row(label: Sentence, lines: tuple[Line, ...], on: date) -> Row:
    coming = tuple(Row(label, text, since) for text, since in lines if since > on)
    text, since = lines[0]
    return Row(label, text, since, coming) if since <= on else Row(label, "", None, coming)


def _term_text(term: Term) -> str:
    words = {
        "sign": _hours(term.sign_hours),
        "contact": _hours(term.contact_hours),
        "days": ngettext("%(days)d working day", "%(days)d working days", term.solve_days)
        % {"days": term.solve_days},
    }
    return _("Signed for within %(sign)s, first contact within %(contact)s, solved within %(days)s.") % words


def _hours(hours: int) -> str:
    return ngettext("%(hours)d working hour", "%(hours)d working hours", hours) % {"hours": hours}


def numbers_of(book: Rulebook, on: date) -> list[Row]:
    """Working hours, silence, reopening and the smallest group that figures show."""
    labels: dict[CaseRule.Name, Sentence] = {
        CaseRule.Name.OPENS: _("Work begins"),
        CaseRule.Name.CLOSES: _("Work ends"),
        CaseRule.Name.SILENCE: _("Silence closes an answered matter after"),
        CaseRule.Name.REOPEN: _("A closed matter can be reopened for"),
        CaseRule.Name.SMALL_GROUP: _("Figures show groups of at least"),
    }
    return [_number_row(book, name, label, on) for name, label in labels.items()]


def _number_row(book: Rulebook, name: CaseRule.Name, label: Sentence, on: date) -> Row:
    rules = sorted((rule for rule in book.rules if rule.name == name), key=lambda rule: rule.valid_from)
    coming = tuple(
        Row(label, _number_text(name, rule.value), rule.valid_from) for rule in rules if rule.valid_from > on
    )
    since = max((rule.valid_from for rule in rules if rule.valid_from <= on), default=None)
    value = book.number(name, on) if since else FALLBACK[name]
    return Row(label, _number_text(name, value), since, coming)


def _number_text(name: CaseRule.Name, value: int) -> str:
    if name in (CaseRule.Name.OPENS, CaseRule.Name.CLOSES):
        return f"{value // 60:02d}:{value % 60:02d}"
    if name == CaseRule.Name.SMALL_GROUP:
        return str(value)
    return ngettext("%(days)d day", "%(days)d days", value) % {"days": value}


def days_of(book: Rulebook, on: date) -> list[Days]:
    """Holidays and make-up working days of this year and later, in order."""
    found: list[Days] = []
    for day in book.days:
        last = found[-1] if found else None
        is_next = last is not None and day.date - last.last == ONE_DAY
        if last is not None and is_next and (str(day), day.kind) == (str(last.day), last.day.kind):
            found[-1] = replace(last, last=day.date)
        elif day.date.year >= on.year:
            found.append(Days(day.date, day.date, day))
    return found
