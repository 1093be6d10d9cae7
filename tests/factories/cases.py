"""Categories, terms, calendar and cases as rows and by the ordinary services."""

from datetime import date
from typing import Any

from factory.django import DjangoModelFactory

from folkmoot.areas.models import Level
from folkmoot.base.actors import VISITOR, Actor
from folkmoot.cases.models import CalendarDay, Case, Category, Nature, Publicity, Term
from folkmoot.cases.rulebook import forget_rulebook
from folkmoot.cases.services import Report, report_case
from folkmoot.people.models import Person, Post


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category
        django_get_or_create = ("code",)


def make_rules() -> dict[str, Category]:
    """A group with three categories, a term for each level, and a make-up Saturday with a holiday after it.

    Units: unit 4 h to sign, 8 h to contact, 3 d to solve; grid 3 d; village 5 d; township 10 d; district 15 d.
    """
    group = CategoryFactory.create(code="roads-group", name="Roads", name_zh="道路")
    found = {
        "lamp": CategoryFactory.create(
            code="lamp", parent=group, name="Street lamp", name_zh="路灯", default_publicity=Publicity.PUBLIC
        ),
        "drain": CategoryFactory.create(
            code="drain", parent=group, name="Drain", name_zh="排水", default_publicity=Publicity.SUMMARY
        ),
        "noise": CategoryFactory.create(
            code="noise", parent=group, name="Neighbours", name_zh="邻里", default_publicity=Publicity.PRIVATE
        ),
        "land": CategoryFactory.create(
            code="land", parent=group, name="Land right", name_zh="土地权益", nature=Nature.RIGHT,
            default_publicity=Publicity.PRIVATE,
        ),
    }  # fmt: skip
    days = {"unit": 3, "grid": 3, "village": 5, "township": 10, "district": 15}
    for level in Level.objects.all():
        Term.objects.create(
            level=level,
            sign_hours=4,
            contact_hours=8,
            solve_days=days[level.code],
            valid_from=date(2020, 1, 1),
        )
    kinds = CalendarDay.Kind
    CalendarDay.objects.create(
        date=date(2026, 11, 21), kind=kinds.WORKING, name="Lantern make-up day", name_zh="灯节调休"
    )
    CalendarDay.objects.create(
        date=date(2026, 11, 24), kind=kinds.HOLIDAY, name="Lantern day", name_zh="灯节"
    )
    forget_rulebook()
    return found


def actor_of(person: Person, post: Post | None = None) -> Actor:
    """The actor that the middleware would make."""
    from folkmoot.people.actors import actor_for_person

    return actor_for_person(person, post)


def make_case(category: Category, area: Any, reporter: Person | None = None, **fields: Any) -> Case:
    """A case by the ordinary service: it stands with the first rung that can take it."""
    actor = actor_of(reporter) if reporter else VISITOR
    text = fields.pop("text", "The lamp by the pier is dark.")
    return report_case(actor=actor, report=Report(category=category, area=area, text=text, **fields)).case
