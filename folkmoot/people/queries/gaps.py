"""Where the grid has holes: units without a chief, households without a unit, grids without a party group."""

from django.db.models import Exists, Max, OuterRef, QuerySet

from folkmoot.areas.models import Area, Level
from folkmoot.areas.queries import valid_areas
from folkmoot.people.models import HANDLING_ROLES, Household, Organization, Post

GRID = "grid"  # the code of the level on which every area has a party group (S3.5)


def units_without_chief(path: str) -> QuerySet[Area]:
    """Areas of the lowest level under `path` in whose post nobody serves, or that have no post."""
    lowest = Level.objects.aggregate(rank=Max("rank"))["rank"]
    served = Post.objects.filter(
        area=OuterRef("pk"), role__in=HANDLING_ROLES, closed_on=None, vacant_since=None
    )
    return _under(valid_areas().filter(~Exists(served), level__rank=lowest), path)


def households_without_unit() -> QuerySet[Household]:
    """Households that belong to no area: they stand under no post, so every post may see their number."""
    return Household.objects.filter(area=None).order_by("code")


def grids_without_party_group(path: str) -> QuerySet[Area]:
    """Grids under `path` without a party group of their own."""
    groups = Organization.objects.filter(
        area=OuterRef("pk"), kind=Organization.Kind.PARTY_GROUP, closed_on=None
    )
    return _under(valid_areas().filter(~Exists(groups), level__code=GRID), path)


def _under(areas: QuerySet[Area], path: str) -> QuerySet[Area]:
    """The areas under `path`; all of them for the operator, who has none."""
    return areas.filter(path__under=path) if path else areas


def vacant_posts(path: str) -> QuerySet[Post]:
    """Posts under `path` through which nobody acts, longest vacant first."""
    posts = Post.objects.filter(closed_on=None, vacant_since__isnull=False, area__path__under=path)
    return posts.select_related("area__level").order_by("vacant_since", "pk")
