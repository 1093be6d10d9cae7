"""Which terms, numbers and days hold on a day, and since when: for everybody to read. Nothing here decides.

The clock reads rulebook.py; this reads the same rows, so that the page cannot say anything else.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.areas.models import Level
from folkmoot.base.errors import Sentence
from folkmoot.cases.models import CalendarDay, CaseRule, Term
from folkmoot.cases.rulebook import FALLBACK, Rulebook


@dataclass(frozen=True)
class Row:
    """One line. `since` is empty for a value that is built in; `coming` is what replaces it, and when."""

    label: Sentence
    value: Sentence
    since: date | None
    coming: tuple["Row", ...] = ()


def terms_of(book: Rulebook, levels: Iterable[Level], on: date) -> list[tuple[Level, list[Row]]]:
    """The terms of each level, from the smallest place up: first those for every kind, then the exceptions."""
    order = {category.pk: place for place, category in enumerate(book.categories, start=1)}
    names: dict[int | None, str] = {category.pk: str(category) for category in book.categories}
    rows: dict[int, dict[int | None, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for term in book.terms:
        if term.valid_to is None or on < term.valid_to:
            rows[term.level_id][term.category_id].append(term)
    found = []
    for level in sorted(levels, key=lambda level: -level.rank):
        by_category = sorted(rows[level.pk].items(), key=lambda pair: order.get(pair[0] or 0, 0))
        lines = [_term_row(names.get(key) or _("Every kind not named here"), terms, on) for key, terms in by_category]
        found.append((level, [line for line in lines if line]))
    return found


def _term_row(label: Sentence, terms: list[Term], on: date) -> Row | None:
    terms = sorted(terms, key=lambda term: term.valid_from)
    coming = tuple(Row(label, _term_text(term), term.valid_from) for term in terms if term.valid_from > on)
    begun = [term for term in terms if term.valid_from <= on]
    if not begun:
        return Row(label, "", None, coming) if coming else None
    return Row(label, _term_text(begun[-1]), begun[-1].valid_from, coming)


def _term_text(term: Term) -> str:
    days = ngettext("%(days)d working day", "%(days)d working days", term.solve_days) % {
        "days": term.solve_days
    }
    return _("Signed for within %(sign)d working hours, first contact within %(contact)d, solved within %(days)s.") % {
        "sign": term.sign_hours, "contact": term.contact_hours, "days": days,
    }  # fmt: skip


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


def coming_days(book: Rulebook, on: date) -> list[CalendarDay]:
    """Holidays and make-up working days of this year and later, in order."""
    return [day for day in book.days if day.date.year >= on.year]
