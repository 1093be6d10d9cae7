"""Keeps what follows from the tree: paths, counts below, words, the boxes of boundaries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from shapely.geometry.base import BaseGeometry

from folkmoot.areas.boundaries import as_geojson, box_of
from folkmoot.areas.models import Area, AreaWord, Boundary
from folkmoot.areas.queries import common_words, valid_areas
from folkmoot.areas.words import search_words


def write_words(areas: Sequence[Area]) -> None:
    """Makes the areas findable by their present names and address."""
    AreaWord.objects.bulk_create(_words(areas), ignore_conflicts=True)


def forget_words(areas: Sequence[Area]) -> None:
    """Before the names or address of areas change: they are found by the former words no more."""
    words = {found.word for found in _words(areas)}
    AreaWord.objects.filter(word__in=words, area_id__in=[area.pk for area in areas]).delete()


def _words(areas: Sequence[Area]) -> list[AreaWord]:
    common = common_words()
    return [
        AreaWord(word=word, area_id=area.pk)
        for area in areas
        for word in search_words(area.words_text, common)
    ]


def draw(area: Area, edge: BaseGeometry) -> Boundary:
    """Gives the area its boundary, instead of an earlier one."""
    values: dict[str, Any] = {"geometry": as_geojson(edge), **box_of(edge)._asdict()}
    return Boundary.objects.update_or_create(area=area, defaults=values)[0]


def place_under(area: Area, parent: Area | None) -> None:
    """Puts an area with all below it under a parent: their paths follow in one update."""
    old, new = area.path, f"{parent.path if parent else ''}{area.pk}/"
    area.parent, area.path = parent, new
    area.save(update_fields=["parent", "path"])
    if old and old != new:
        rest = Substr(F("path"), len(old) + 1)
        Area.objects.filter(path__under=old).update(path=Concat(Value(new), rest))


def count_below(areas: Iterable[Area]) -> None:
    """Counts anew the areas that exist below each of the given ones, by level rank."""
    for area in areas:
        ranks = valid_areas().filter(path__under=area.path).exclude(pk=area.pk)
        area.below = {
            str(rank): n for rank, n in Counter(ranks.values_list("level__rank", flat=True)).items()
        }
        area.save(update_fields=["below"])


def add_below(areas: Iterable[Area], rank: int, more: int) -> None:
    """So many areas of a rank more (or fewer) exist below the given ones."""
    for area in areas:
        counts = Counter(area.below)
        counts[str(rank)] += more
        area.below = {each: count for each, count in sorted(counts.items()) if count}
        area.save(update_fields=["below"])
