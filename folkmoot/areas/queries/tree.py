"""The tree as it stands today, and what changed it."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from folkmoot.areas.models import Area, AreaChange, Level
from folkmoot.base import clock
from folkmoot.base.errors import NotFound, Sentence
from folkmoot.base.registries import area_contents

MOST_LEVELS = 16


def valid_on(day: date, prefix: str = "") -> Q:
    """The condition that an area exists on `day`; `prefix` leads to it from another model (`area__`)."""
    no_end = Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": day})
    return Q(**{f"{prefix}valid_from__lte": day}) & no_end


def levels() -> list[Level]:
    """The levels of the ladder, the highest first."""
    return list(Level.objects.all())


def valid_areas(on: date | None = None) -> QuerySet[Area]:
    """The areas that exist today (or on a day), with their level, in the order of the tree."""
    return Area.objects.filter(valid_on(on or clock.today())).select_related("level")


def area_by_code(code: str) -> Area | None:
    """The area that bears `code`, whether it still exists or not."""
    return Area.objects.select_related("level").filter(code=code).first()


def get_area(code: str) -> Area:
    """The area that bears `code`, whether it still exists or not. Raises NotFound."""
    area = area_by_code(code)
    if area is None:
        raise NotFound(_("There is no place with the code %(code)s.") % {"code": code})
    return area


def ancestors(area: Area) -> list[Area]:
    """The way from the top down to the area itself, in one query."""
    return list(Area.objects.filter(pk__in=area.ancestor_ids).select_related("level").order_by("path"))


def children_of(area: Area) -> QuerySet[Area]:
    """The areas right below that exist today, by code."""
    return valid_areas().filter(parent=area).order_by("code")


def sisters_of(area: Area) -> QuerySet[Area]:
    """The other areas of the same level under the same parent that exist today, by code."""
    sisters = valid_areas().filter(parent=area.parent_id, level=area.level_id, parent__isnull=False)
    return sisters.exclude(pk=area.pk).order_by("code")


def outermost_area() -> Area:
    """The area that holds the whole place. Raises Area.DoesNotExist before the first import."""
    return valid_areas().filter(parent=None).order_by("level__rank", "pk")[:1].get()


def front_area() -> Area:
    """The place that the front page shows: the last of front_line."""
    return front_line()[-1]


def front_line() -> list[Area]:
    """The way from the outermost area down to the highest one that has more than one place below it.

    So a township whose overseer sits in the district opens on the township. In the order of their paths, the first
    areas lead straight down to a leaf and the last area is another leaf: what lies above both lies above all. Raises
    as outermost_area does. Costs two queries, however deep the tree.
    """
    areas = valid_areas().filter(path__gt="")  # so that the order is that of the index, not of a sort
    first = list(areas.order_by("path")[:MOST_LEVELS])
    last = areas.order_by("-path").values_list("path", flat=True).first() or ""
    line: list[Area] = []
    for area in first:
        is_below = not line or area.path.startswith(line[-1].path)
        if not (is_below and last.startswith(area.path)):
            break
        line.append(area)
    return line or [outermost_area()]


def changes_of(area: Area) -> QuerySet[AreaChange]:
    """What happened to the area, newest first: its own changes and those in which it took part."""
    took_part = AreaChange.others.through.objects.filter(area=area).values("areachange")
    changes = AreaChange.objects.filter(Q(area=area) | Q(pk__in=took_part))
    return changes.select_related("area").order_by("-on", "-pk")


def contents_of(areas: Iterable[Area]) -> list[tuple[Sentence, int]]:
    """What stands on the areas themselves and moves with them: name and number of each kind."""
    ids = [area.pk for area in areas]
    below = (_("Places right below"), valid_areas().filter(parent__in=ids).count())
    return [below, *(count(ids) for _name, count in area_contents)]
