"""What somebody who reports is asked and shown."""

from datetime import timedelta

from django.db.models import Subquery

from folkmoot.areas.models import Area
from folkmoot.base import clock
from folkmoot.cases.models import Case, Category, Publicity
from folkmoot.cases.queries.sight import shown_cases
from folkmoot.cases.rulebook import rulebook
from folkmoot.cases.similarity import likeness
from folkmoot.cases.states import OPEN_STATES

SIMILAR_DAYS = 60
SIMILAR_ENOUGH = 0.28


def categories_to_choose() -> list[Category]:
    """Active categories with groups and questions, in the order of the place's list, as the rulebook keeps them."""
    return [category for category in rulebook().categories if category.is_active]


def category_to_choose(code: str) -> Category | None:
    """One of them."""
    return next((category for category in categories_to_choose() if category.code == code), None)


def category_id(code: str) -> Subquery:
    """The number of a category as part of a query: unlike a join, it lets an index of the category be used."""
    return Subquery(Category.objects.filter(code=code).values("pk")[:1])


def similar_cases(*, category_id: int, area: Area, text: str, limit: int = 3) -> list[Case]:
    """Open cases that everybody may see, of the same kind and village, most alike first.

    Reads at most 60 rows; likeness is counted in Python so that both databases and both languages agree.
    """
    village = "/".join(area.path.split("/")[:3]) + "/"
    since = clock.now() - timedelta(days=SIMILAR_DAYS)
    rows = (
        shown_cases()
        .filter(
            category_id=category_id, area_path__under=village, state__in=OPEN_STATES, reported_at__gte=since
        )
        .select_related("category", "area")
        .order_by("-reported_at")[:60]
    )

    def shown_text(case: Case) -> str:
        public = case.publicity == Publicity.PUBLIC
        return f"{case.title} {case.text} {case.place_text}" if public else case.summary

    ranked = sorted(((likeness(text, shown_text(case)), case) for case in rows), key=lambda pair: -pair[0])
    return [case for score, case in ranked if score >= SIMILAR_ENOUGH][:limit]
