"""From a point or a text to the areas that are meant."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

import shapely
from django.db.models import Count, Q, QuerySet
from shapely.geometry import shape

from folkmoot.areas.cells import cells_at
from folkmoot.areas.models import Area, AreaWord, Boundary, Level
from folkmoot.areas.queries.tree import valid_areas, valid_on
from folkmoot.areas.words import MAX_AREAS_OF_WORD, folded, is_han, search_words, words_of
from folkmoot.base import clock

SEARCH_LIMIT = 25
MAX_WORDS = 12


def smallest_area_at(longitude: float, latitude: float, on: date | None = None) -> Area | None:
    """The lowest area whose boundary holds the point; of two on one level, the smaller one.

    Effects: one query for the boxes around the point, one for the boundaries of each level that is tried
    (nearly always one), whatever the number of areas; nothing is cached, so it is right after every import.
    """
    point = shapely.Point(longitude, latitude)
    for _rank, boundaries in groupby(_boxes_at(longitude, latitude, on), lambda each: each.area.level.rank):
        by_area = {each.area_id: each.area for each in boundaries}
        geometries = Boundary.objects.filter(pk__in=by_area).values_list("pk", "geometry")
        edges = [(shape(geometry), pk) for pk, geometry in geometries]
        holding = [(edge.area, pk) for edge, pk in edges if edge.covers(point)]
        if holding:
            return by_area[min(holding)[1]]
    return None


def _boxes_at(longitude: float, latitude: float, on: date | None) -> QuerySet[Boundary]:
    """The boundaries whose box holds the point, lowest level first, without their geometry."""
    return (
        Boundary.objects.filter(
            valid_on(on or clock.today(), "area__"),
            cell__in=cells_at(longitude, latitude),
            west__lte=longitude, east__gte=longitude, south__lte=latitude, north__gte=latitude,
        )
        .select_related("area__level")
        .defer("geometry")
        .order_by("-area__level__rank", "pk")
    )  # fmt: skip


def is_within_place(longitude: float, latitude: float) -> bool:
    """Whether a point lies in the place. While no boundary is known, nothing can be said to lie outside."""
    return smallest_area_at(longitude, latitude) is not None or not Boundary.objects.exists()


def common_words() -> frozenset[str]:
    """Words that nearly every area bears: those of the levels."""
    return frozenset(words_of(" ".join(f"{level.name} {level.name_zh}" for level in Level.objects.all())))


def search_areas(text: str, limit: int = SEARCH_LIMIT) -> list[Area]:
    """The areas that a person means by an address, a name or a code, in either language; upper levels first.

    Numbers, and words that thousands of areas bear, say nothing by themselves and are left out. If no area has
    all the other words, the longest one must do.
    """
    text = folded(text.strip())[:200]
    found = list(valid_areas().filter(code__in={text, text.upper()}))
    words = _telling(search_words(text, common_words())[:MAX_WORDS])
    longer = [word for word in words if len(word) > 1]
    for attempt in (words, longer, sorted(longer, key=len, reverse=True)[:1]):
        if attempt and (by_words := _areas_with(attempt, limit)):
            return (found + [area for area in by_words if area not in found])[:limit]
    return found


def _telling(words: Sequence[str]) -> Sequence[str]:
    """The words that tell areas apart; all of them if none does."""
    rows = AreaWord.objects.filter(word__in=words).values_list("word").annotate(bearers=Count("area_id"))
    bearers = dict(rows)
    return [word for word in words if bearers.get(word, 0) < MAX_AREAS_OF_WORD] or words


def _areas_with(words: Sequence[str], limit: int) -> list[Area]:
    """The areas that bear all words; the last word may be unfinished."""
    rows = AreaWord.objects.filter(_is_word(words[-1]), valid_on(clock.today(), "area__"))
    for word in words[:-1]:
        rows = rows.filter(area_id__in=AreaWord.objects.filter(word=word).values("area_id"))
    # Several words of one area may begin alike: read some more than needed.
    ids = set(rows.order_by("word", "area_id").values_list("area_id", flat=True)[: limit * 4])
    areas = Area.objects.filter(pk__in=ids).select_related("level")
    return list(areas.order_by("level__rank", "code")[:limit])


def _is_word(word: str) -> Q:
    """Three Latin letters, or one Han character, may stand for a longer word."""
    is_beginning = len(word) == 1 if is_han(word) else len(word) > 2
    return Q(word__under=word) if is_beginning else Q(word=word)
