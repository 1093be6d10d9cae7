"""What a place of a hundred thousand areas asks of the database is what a small one asks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from folkmoot.areas.models import Area, AreaWord
from folkmoot.areas.queries import (
    ancestors,
    area_by_code,
    areas_without_boundary,
    changes_of,
    children_of,
    front_area,
    outermost_area,
    outlines_of,
    search_areas,
    sisters_of,
    smallest_area_at,
    valid_areas,
)
from folkmoot.areas.services import import_areas
from folkmoot.areas.words import MAX_AREAS_OF_WORD
from tests.areas.conftest import OPERATOR, Write, as_csv, place

pytestmark = pytest.mark.django_db

READS: dict[str, Callable[[Area], Any]] = {
    "area_by_code": lambda area: area_by_code(area.code),
    "ancestors": ancestors,
    "children_of": lambda area: list(children_of(area)),
    "sisters_of": lambda area: list(sisters_of(area)),
    "outermost_area": lambda _area: outermost_area(),
    "front_area": lambda _area: front_area(),
    "smallest_area_at": lambda _area: smallest_area_at(150.4, 30.2),
    "search_areas": lambda _area: search_areas("12 Harbour Lane"),
    "subtree": lambda area: list(valid_areas().filter(path__under=area.path)[:25]),
    "subtree_of_level": lambda area: list(areas_without_boundary(area.path, "unit")[:25]),
    "changes_of": lambda area: list(changes_of(area)),
    "outlines_of": outlines_of,
}


def asked_by(read: Callable[[Area], Any], area: Area) -> list[str]:
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        read(area)
    return [query["sql"] for query in asked.captured_queries]


def test_growth_costs_no_query_more(write: Write, levels: Path) -> None:
    rows = place(85_000)
    import_areas(actor=OPERATOR, path=write("small.csv", as_csv(rows[:300])), levels=levels)
    small = {name: len(asked_by(read, Area.objects.get(code="g1"))) for name, read in READS.items()}
    import_areas(actor=OPERATOR, path=write("large.csv", as_csv(rows)))
    assert Area.objects.count() == len(rows) > 99_000
    assert {name: len(asked_by(read, Area.objects.get(code="g1"))) for name, read in READS.items()} == small
    assert Area.objects.get(parent=None).below == {"20": 1, "30": 545, "40": 14_167, "50": 85_000}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by the size of its tables")
@pytest.mark.parametrize("name", READS)
def test_no_read_goes_through_the_whole_table(write: Write, levels: Path, name: str) -> None:
    import_areas(actor=OPERATOR, path=write("areas.csv", as_csv(place(10))), levels=levels)
    with connection.cursor() as cursor:
        for sql in asked_by(READS[name], Area.objects.get(code="g1")):
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            scans = [row[3] for row in cursor.fetchall() if row[3].startswith("SCAN")]
            assert [scan for scan in scans if "areas_level" not in scan] == []


def test_words_that_thousands_bear_are_noted_no_more_and_skipped(write: Write, levels: Path) -> None:
    rows = [
        *place(1),
        *([f"x{n}", "unit", "g0", f"Lane {n}", "", "", "", ""] for n in range(MAX_AREAS_OF_WORD + 50)),
    ]
    rows[-1][3] = "Harbour Lane"
    import_areas(actor=OPERATOR, path=write("areas.csv", as_csv(rows)), levels=levels)
    assert AreaWord.objects.filter(word="lane").count() == MAX_AREAS_OF_WORD
    assert [area.code for area in search_areas("harbour lane 7")] == [rows[-1][0]]
    assert len(search_areas("lane")) == 25
