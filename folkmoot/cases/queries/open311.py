"""What other apps ask through Open311."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Max, OuterRef, QuerySet, Subquery

from folkmoot.base.keys import lookup_hash
from folkmoot.cases.models import ApiKey, Case, CasePhoto, Category
from folkmoot.cases.queries.reporting import categories_to_choose
from folkmoot.cases.queries.sight import shown_cases


def open311_services() -> list[Category]:
    """The kinds of matters that other apps may report, with their group and questions, as the rulebook keeps them."""
    return [category for category in categories_to_choose() if category.is_open311 and category.parent]


def open311_codes(codes: Iterable[str]) -> set[str]:
    """Those of `codes` that are, or were, kinds of matters for other apps."""
    known = Category.objects.filter(is_open311=True, code__in=list(codes))
    return set(known.values_list("code", flat=True))


def open311_changed_at() -> datetime:
    """When the kinds of matters or their questions last changed."""
    found = Category.objects.aggregate(kinds=Max("changed_at"), questions=Max("questions__changed_at"))
    return max((at for at in found.values() if at is not None), default=datetime.fromtimestamp(0, UTC))


def open311_cases() -> QuerySet[Case]:
    """The cases that other apps may show: those that everybody may know of, with `photo_ref` of the first photo.

    What no app is told is not even read: names and phones stay sealed.
    """
    photo = CasePhoto.objects.filter(case=OuterRef("pk"), event__is_private=False).order_by("pk")
    return (
        shown_cases()
        .filter(category__is_open311=True)
        .select_related("category", "area__parent__parent", "rung__level", "post__organization")
        .defer("contact_name", "contact_phone", "contact_email", "answers")
        .annotate(photo_ref=Subquery(photo.values("attachment__ref")[:1]))
        .order_by("-reported_at", "-pk")
    )


def api_keys() -> QuerySet[ApiKey]:
    return ApiKey.objects.order_by("name", "pk")


def api_key_of(key: str) -> ApiKey | None:
    """The key in use that an app has sent."""
    return ApiKey.objects.filter(key_hash=lookup_hash("api_key", key), is_active=True).first()
