"""Categories with their questions, terms, calendar and numbers of a place from files: rules are data with dates."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports import Column, Counts, Fault, Importer, Row
from folkmoot.areas.models import Level
from folkmoot.cases.models import CalendarDay, CaseRule, Category, CategoryQuestion, Nature, Publicity, Term
from folkmoot.cases.rulebook import FALLBACK, forget_rulebook


def keep(
    model: type[models.Model], key: dict[str, Any], values: dict[str, Any], counts: Counts
) -> models.Model:
    """Adds or changes one row, and counts which."""
    row = model._default_manager.filter(**key).first()
    if row is None:
        counts.added += 1
        return model._default_manager.create(**key, **values)
    if all(getattr(row, name) == value for name, value in values.items()):
        counts.unchanged += 1
        return row
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    counts.changed += 1
    return row


class CategoryImporter(Importer):
    label = _("Kinds of matters")
    columns = (
        Column("code", _("the short name by which other rows mean it"), is_needed=True, max_length=40),
        Column("parent", _("the group it belongs to; empty for a group"), max_length=40),
        Column("name", _("the name in English"), is_needed=True, max_length=80),
        Column("name_zh", _("the name in Chinese"), max_length=80),
        Column("nature", _("what is asked for"), is_needed=True, choices=frozenset(Nature.values)),
        Column("keywords", _("words by which it is found, with | between them"), max_length=300),
        Column("keywords_zh", _("the same in Chinese"), max_length=300),
        Column("default_publicity", _("who reads it unless the reporter narrows it"), is_needed=True,
               choices=frozenset(Publicity.values)),
        Column("open311", _("whether other apps may report it"), is_needed=True, choices=frozenset({"yes", "no"})),
    )  # fmt: skip

    def __init__(self) -> None:
        self.groups = set(Category.objects.filter(parent=None).values_list("code", flat=True))
        self.seen: set[str] = set()

    def meet(self, line: int, row: Row) -> None:  # noqa: ARG002
        if row.get("code") and not row.get("parent"):
            self.groups.add(row["code"])

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        if row["code"] in self.seen:
            yield Fault(line, "code", _("“%(code)s” is there twice"), {"code": row["code"]})
        if row["parent"] and row["parent"] not in self.groups:
            yield Fault(line, "parent", _("there is no group “%(code)s”"), {"code": row["parent"]})
        self.seen.add(row["code"])

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        counts = Counts()
        for _line, row in sorted(rows, key=lambda pair: bool(pair[1]["parent"])):
            group = Category.objects.get(code=row["parent"]) if row["parent"] else None
            names = ("name", "name_zh", "nature", "keywords", "keywords_zh", "default_publicity")
            values = {name: row[name] for name in names}
            values |= {"parent": group, "is_open311": row["open311"] == "yes"}
            keep(Category, {"code": row["code"]}, values, counts)
        forget_rulebook()
        return counts


class QuestionImporter(Importer):
    label = _("Further questions of a kind")
    columns = (
        Column("category", _("the kind of matter"), is_needed=True),
        Column("code", _("the short name of the question"), is_needed=True, max_length=40),
        Column("datatype", _("what the answer is"), is_needed=True,
               choices=frozenset(CategoryQuestion.Datatype.values)),
        Column("required", _("whether it must be answered"), is_needed=True, choices=frozenset({"yes", "no"})),
        Column("question", _("the question in English"), is_needed=True, max_length=200),
        Column("question_zh", _("the question in Chinese"), max_length=200),
        Column("values", _("the answers to choose from, with | between them")),
        Column("values_zh", _("the same in Chinese")),
    )  # fmt: skip

    def __init__(self) -> None:
        self.categories = dict(Category.objects.values_list("code", "pk"))

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        if row["category"] not in self.categories:
            yield Fault(line, "category", _("there is no kind “%(code)s”"), {"code": row["category"]})
        if row["datatype"].endswith("list") and not row["values"]:
            yield Fault(line, "values", _("a list needs answers to choose from"))
        if row["values_zh"] and row["values_zh"].count("|") != row["values"].count("|"):
            yield Fault(line, "values_zh", _("has another number of answers than the English column"))

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        counts = Counts()
        for order, (_line, row) in enumerate(rows):
            english = [text for text in row["values"].split("|") if text]
            chinese = row["values_zh"].split("|") if row["values_zh"] else english
            values = {
                "datatype": row["datatype"], "required": row["required"] == "yes", "question": row["question"],
                "question_zh": row["question_zh"], "order": order,
                "values": [
                    {"key": str(n), "name": text, "name_zh": chinese[n - 1]} for n, text in enumerate(english, 1)
                ],
            }  # fmt: skip
            key = {"category_id": self.categories[row["category"]], "code": row["code"]}
            keep(CategoryQuestion, key, values, counts)
        forget_rulebook()
        return counts


class TermImporter(Importer):
    label = _("Terms of the ladder")
    columns = (
        Column("level", _("the level that has the term"), is_needed=True),
        Column("category", _("the kind of matter; empty for all")),
        Column("sign_hours", _("working hours to sign for it"), is_needed=True, kind="number"),
        Column("contact_hours", _("working hours to the first contact"), is_needed=True, kind="number"),
        Column("solve_days", _("working days to solve it"), is_needed=True, kind="number"),
        Column("valid_from", _("the day from which it holds"), is_needed=True, kind="date"),
    )

    def __init__(self) -> None:
        self.levels = dict(Level.objects.values_list("code", "pk"))
        self.categories = dict(Category.objects.values_list("code", "pk"))

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        if row["level"] not in self.levels:
            yield Fault(line, "level", _("there is no level “%(code)s”"), {"code": row["level"]})
        if row["category"] and row["category"] not in self.categories:
            yield Fault(line, "category", _("there is no kind “%(code)s”"), {"code": row["category"]})
        if int(row["solve_days"]) < 1:
            yield Fault(line, "solve_days", _("must be at least one day"))

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        counts = Counts()
        for _line, row in rows:
            key = {
                "level_id": self.levels[row["level"]],
                "category_id": self.categories[row["category"]] if row["category"] else None,
                "valid_from": date.fromisoformat(row["valid_from"]),
            }
            values = {name: int(row[name]) for name in ("sign_hours", "contact_hours", "solve_days")}
            keep(Term, key, values, counts)
        forget_rulebook()
        return counts


class CalendarImporter(Importer):
    label = _("Holidays and make-up working days")
    columns = (
        Column("date", _("the day"), is_needed=True, kind="date"),
        Column(
            "kind", _("holiday or working day"), is_needed=True, choices=frozenset(CalendarDay.Kind.values)
        ),
        Column("name", _("the name in English"), is_needed=True, max_length=80),
        Column("name_zh", _("the name in Chinese"), max_length=80),
    )

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        if row["date"] in self.seen:
            yield Fault(line, "date", _("“%(code)s” is there twice"), {"code": row["date"]})
        self.seen.add(row["date"])

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        counts = Counts()
        for _line, row in rows:
            values = {name: row[name] for name in ("kind", "name", "name_zh")}
            keep(CalendarDay, {"date": date.fromisoformat(row["date"])}, values, counts)
        forget_rulebook()
        return counts


HOURS = (CaseRule.Name.OPENS, CaseRule.Name.CLOSES)
# The least and the most that each number may be. Two people in a group would know of each other.
BOUNDS = {
    CaseRule.Name.OPENS: (0, 24 * 60 - 1),
    CaseRule.Name.CLOSES: (0, 24 * 60 - 1),
    CaseRule.Name.SILENCE: (1, 365),
    CaseRule.Name.REOPEN: (1, 365),
    CaseRule.Name.SMALL_GROUP: (3, 100),
}


def minute_of(text: str) -> int | None:
    """The minute of the day that a time like 08:30 means."""
    try:
        at = time.fromisoformat(text) if len(text) == len("08:30") else None
    except ValueError:
        return None
    return at.hour * 60 + at.minute if at else None


class CaseRuleImporter(Importer):
    """Each number holds from its day until a later row of the same name; what was never set has the built-in value."""

    label = _("Working hours, silence, reopening and small groups")
    columns = (
        Column("name", _("which number it is"), is_needed=True, choices=frozenset(CaseRule.Name.values)),
        Column("value", _("a time like 08:30 for working hours, else a whole number"), is_needed=True,
               max_length=10),
        Column("valid_from", _("the day from which it holds"), is_needed=True, kind="date"),
    )  # fmt: skip

    def __init__(self) -> None:
        self.hours: dict[str, dict[date, int]] = {name: {} for name in HOURS}
        for rule in CaseRule.objects.filter(name__in=HOURS):
            self.hours[rule.name][rule.valid_from] = rule.value
        self.lines: dict[tuple[str, date], int] = {}

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        name, day = row["name"], date.fromisoformat(row["valid_from"])
        if (name, day) in self.lines:
            words = {"name": name, "day": row["valid_from"]}
            yield Fault(line, "valid_from", _("“%(name)s” from %(day)s is there twice"), words)
        self.lines[name, day] = line
        value = self._value(row)
        least, most = BOUNDS[CaseRule.Name(name)]
        if value is None and name in HOURS:
            yield Fault(line, "value", _("“%(value)s” is no time like 08:30"), {"value": row["value"]})
        elif value is None:
            yield Fault(line, "value", _("“%(value)s” is no whole number"), {"value": row["value"]})
        elif not least <= value <= most:
            yield Fault(
                line, "value", _("must be from %(least)d to %(most)d"), {"least": least, "most": most}
            )
        elif name in HOURS:
            self.hours[name][day] = value

    def check_whole(self) -> Iterator[Fault]:
        """Work must begin before it ends, on every day on which one of the two changes."""
        for (name, day), line in self.lines.items():
            if name in HOURS and self._hour(CaseRule.Name.OPENS, day) >= self._hour(
                CaseRule.Name.CLOSES, day
            ):
                yield Fault(
                    line, "value", _("work would end before it begins from %(day)s"), {"day": str(day)}
                )

    def _hour(self, name: CaseRule.Name, on: date) -> int:
        begun = [day for day in self.hours[name] if day <= on]
        return self.hours[name][max(begun)] if begun else FALLBACK[name]

    def _value(self, row: Row) -> int | None:
        text = row["value"]
        if row["name"] in HOURS:
            return minute_of(text)
        return int(text) if text.isascii() and text.isdigit() else None

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        counts = Counts()
        for _line, row in rows:
            key = {"name": row["name"], "valid_from": date.fromisoformat(row["valid_from"])}
            keep(CaseRule, key, {"value": self._value(row)}, counts)
        forget_rulebook()
        return counts
