"""What a clean file becomes: rows, paths, counts, words, boundaries; and what a second one changes."""

import io
import json
from collections import Counter
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from folkmoot.areas.imports import Counts
from folkmoot.areas.imports.areas import AreaImporter
from folkmoot.areas.imports.checking import check_file
from folkmoot.areas.models import Area, AreaChange, Level
from folkmoot.areas.queries import search_areas, smallest_area_at
from folkmoot.areas.services import Result, import_areas, import_file
from folkmoot.areas.services.import_file import in_silence
from folkmoot.areas.services.import_file import write as write_file
from folkmoot.base.actors import VISITOR
from folkmoot.base.errors import NotAllowed, Refused
from folkmoot.journal.models import Act
from tests.areas.conftest import HEADER, LEVELS, OPERATOR, Write, as_csv, place

pytestmark = pytest.mark.django_db


def imported(path: Path, **more: Any) -> Result:
    result = import_areas(actor=OPERATOR, path=path, **more)
    assert [(fault.line, fault.column, fault.sentence) for fault in result.faults] == []
    return result


def tree() -> dict[str, tuple[str | None, str]]:
    """Code -> parent's code and path in codes."""
    areas = {area.pk: area for area in Area.objects.all()}
    return {
        area.code: (
            areas[area.parent_id].code if area.parent_id else None,
            "/".join(areas[pk].code for pk in area.ancestor_ids),
        )
        for area in areas.values()
    }


def counted_below() -> dict[str, dict[str, int]]:
    areas = list(Area.objects.select_related("level"))
    return {
        area.code: dict(Counter(
            str(each.level.rank) for each in areas if each.path.startswith(area.path) and each != area
        ))
        for area in areas
    }  # fmt: skip


def square(west: float, south: float, side: float = 0.01) -> dict[str, Any]:
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_import_areas_writes_the_tree(write: Write, levels: Path, at) -> None:
    at("2026-11-20 09:00")
    rows = [
        ["u", "unit", "g", "Unit", "", "Harbour Lane 灯塔巷", "", ""],  # children before parents
        ["g", "grid", "d", "Grid", "网格", "", "2024-05-01", "serve"],
        ["d", "district", "", "Island", "海岛区", "", "", ""],
    ]
    result = imported(write("areas.csv", as_csv(rows)), levels=levels)
    assert (result.rows, result.counts) == (3, Counts(3, 0, 0))
    assert tree() == {"d": (None, "d"), "g": ("d", "d/g"), "u": ("g", "d/g/u")}
    assert {area.code: area.below for area in Area.objects.all()} == {
        "d": {"40": 1, "50": 1},
        "g": {"50": 1},
        "u": {},
    }
    grid = Area.objects.get(code="g")
    assert (grid.name, grid.name_zh, grid.valid_from, grid.reason) == (
        "Grid",
        "网格",
        date(2024, 5, 1),
        "serve",
    )
    assert Area.objects.get(code="u").valid_from == date(2026, 11, 20)
    assert [area.code for area in search_areas("12 harbour lane")] == ["u"]
    assert [act.kind for act in Act.objects.all()] == ["import.finished"]


def test_import_areas_again_changes_nothing(write: Write, levels: Path) -> None:
    path = write("areas.csv", as_csv(place(100)))
    imported(path, levels=levels)
    before = list(Area.objects.values().order_by("pk"))
    assert imported(path, levels=levels).counts == Counts(0, 0, len(before))
    assert list(Area.objects.values().order_by("pk")) == before
    assert AreaChange.objects.count() == 0


def test_import_areas_again_takes_over_new_names(write: Write, levels: Path, at) -> None:
    at("2026-11-20 09:00")
    rows = place(12)
    imported(write("areas.csv", as_csv(rows)), levels=levels)
    by_code = {row[0]: row for row in rows}
    by_code["v0"][3:5] = ["Whale Bay", ""]
    by_code["g1"][7] = "serve"
    assert imported(write("areas.csv", as_csv(rows))).counts == Counts(0, 2, len(rows) - 2)
    village = Area.objects.get(code="v0")
    assert (village.name, village.name_zh) == ("Whale Bay", "第0湾村")
    change = AreaChange.objects.get()
    assert (change.kind, change.area, change.on) == ("rename", village, date(2026, 11, 20))
    assert change.former == {"name": "Cove 0", "name_zh": "第0湾村"}
    assert [area.code for area in search_areas("whale")] == ["v0"]
    assert search_areas("cove") == []


def test_import_areas_adds_below_what_is_here(write: Write, levels: Path) -> None:
    rows = place(20, units_per_grid=4, grids_per_village=2)
    imported(write("first.csv", as_csv(rows[:9])), levels=levels)
    result = imported(write("second.csv", as_csv(rows[4:])))
    assert result.counts == Counts(len(rows) - 9, 0, 5)
    assert {area.code: area.below for area in Area.objects.all()} == counted_below()
    assert tree() == tree_of(rows)
    assert Area.objects.create(level=Level.objects.first(), code="next", valid_from="2024-01-01").pk > 0


def tree_of(rows: list[list[str]]) -> dict[str, tuple[str | None, str]]:
    parents = {row[0]: row[2] or None for row in rows}

    def path(code: str) -> str:
        parent = parents[code]
        return f"{path(parent)}/{code}" if parent else code

    return {code: (parent, path(code)) for code, parent in parents.items()}


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (["g0", "grid", "v1", "Grid 0"], (2, "parent", "the area is here already, under “v0”")),
        (["g0", "unit", "v0", "Grid 0"], (2, "level", "the area is here already, on another level")),
        (["old", "grid", "v0", "Old"], (2, "code", "“old” ended on 2025-01-01; take a new code")),
        (["new", "unit", "old", "New"], (2, "parent", "there is no area “old”")),
        (["new", "grid", "g0", "New"], (2, "level", "the level is not below the level of the parent “g0”")),
        (["new", "district", "", "New"], (2, "parent", "is empty, but “d” is the outermost area already")),
    ],
)
def test_import_areas_moves_nothing_that_is_here(
    write: Write, levels: Path, row: list[str], named: tuple[int, str, str]
) -> None:
    rows = [*place(200), ["old", "grid", "v0", "Old", "", "", "", ""]]
    imported(write("areas.csv", as_csv(rows)), levels=levels)
    Area.objects.filter(code="old").update(valid_to=date(2025, 1, 1))
    before = Area.objects.count()
    result = import_areas(actor=OPERATOR, path=write("more.csv", as_csv([row])))
    assert [(fault.line, fault.column, fault.sentence) for fault in result.faults] == [named]
    assert (result.counts, Area.objects.count()) == (None, before)


def test_import_good_rows_leaves_out_what_hangs_on_faulty_ones(write: Write, levels: Path) -> None:
    rows = place(24, units_per_grid=4, grids_per_village=3)
    by_code = {row[0]: row for row in rows}
    by_code["v1"][3] = ""
    by_code["u1"][7] = "because"
    bad = {"v1", "u1", "g3", "g4", "g5", *(f"u{n}" for n in range(12, 24))}
    path = write("areas.csv", as_csv(rows))
    assert import_areas(actor=OPERATOR, path=path, levels=levels).counts is None
    result = import_areas(actor=OPERATOR, path=path, levels=levels, takes_good_rows=True)
    assert result.counts == Counts(len(rows) - len(bad), 0, 0)
    assert result.fault_count == len(bad)
    assert set(tree()) == {row[0] for row in rows} - bad
    assert {area.code: area.below for area in Area.objects.all()} == counted_below()
    assert Act.objects.get().body["left_out"] == len(bad)


def test_dry_run_changes_nothing(write: Write, levels: Path) -> None:
    result = imported(write("areas.csv", as_csv(place(10))), levels=levels, is_dry_run=True)
    assert (result.rows, result.counts, Area.objects.count(), Level.objects.count()) == (15, None, 0, 0)


def test_import_areas_with_boundaries_of_a_side_file(write: Write, levels: Path) -> None:
    rows = place(3)
    features = [
        {"type": "Feature", "properties": {"code": f"u{n}"}, "geometry": square(150 + n / 100, 30)} for n in range(3)
    ]  # fmt: skip
    edges = write("edges.geojson", json.dumps({"type": "FeatureCollection", "features": features}, indent=1))
    path = write("areas.csv", as_csv(rows))
    assert imported(path, levels=levels, boundaries=edges).counts == Counts(7, 0, 0, edges=3)
    assert smallest_area_at(150.015, 30.005) == Area.objects.get(code="u1")
    assert imported(path, boundaries=edges).counts == Counts(0, 0, 7)


def test_import_areas_from_geojson_alone(write: Write, levels: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(HEADER.split(","), row, strict=True)) | {"reason": None},
            "geometry": square(150, 30 + n / 100),
        }
        for n, row in enumerate(place(2))
    ]
    import_file(actor=OPERATOR, kind="levels", path=levels)
    path = write("areas.geojson", json.dumps({"features": features}))
    assert imported(path).counts == Counts(6, 0, 0, edges=6)
    assert tree() == tree_of(place(2))
    assert smallest_area_at(150.005, 30.055) == Area.objects.get(code="u1")


def test_redrawn_boundary_keeps_the_former_one(write: Write, levels: Path, at) -> None:
    at("2026-11-20 09:00")
    imported(write("areas.csv", as_csv(place(1))), levels=levels)

    def draw(geometry: dict[str, Any], **more: str) -> Result:
        feature = {"type": "Feature", "properties": {"code": "u0", **more}, "geometry": geometry}
        path = write("edges.geojson", json.dumps({"features": [feature]}))
        return import_file(actor=OPERATOR, kind="boundaries", path=path)

    assert draw(square(150, 30)).counts == Counts(0, 1, 0)
    assert draw(square(150, 30)).counts == Counts(0, 0, 1)
    assert draw(square(150.1, 30), reason="serve").counts == Counts(0, 1, 0)
    change = AreaChange.objects.get()
    assert (change.kind, change.reason, change.on) == ("redraw", "serve", date(2026, 11, 20))
    assert change.former == {"geometry": square(150, 30)}
    assert smallest_area_at(150.105, 30.005) == Area.objects.get(code="u0")
    assert smallest_area_at(150.005, 30.005) is None
    assert [fault.sentence for fault in draw({"type": "Point", "coordinates": [1, 1]}).faults] == [
        "a boundary is a Polygon or a MultiPolygon"
    ]


def test_import_areas_from_a_sheet(write: Write, levels: Path) -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(HEADER.split(","))
    for row in place(5):
        row[6] = date(2024, 1, 1)
        book.active.append(row)
    book.active.append([])
    book.save(content)
    assert imported(write("areas.xlsx", content.getvalue()), levels=levels).counts == Counts(9, 0, 0)
    assert tree() == tree_of(place(5))
    assert {area.valid_from for area in Area.objects.all()} == {date(2024, 1, 1)}


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_import_reads_what_spreadsheets_write(write: Write, levels: Path, separator: str) -> None:
    lines = [
        ["Code", " level", "parent", "name"],
        ["d", "district", "", '"Isle\n""of"" Man"'],
        [],
        ["g", "grid", "d", "G "],
    ]
    text = "\ufeff" + "\r\n".join(separator.join(line) for line in lines)
    imported(write("areas.csv", text), levels=levels)
    assert list(Area.objects.order_by("pk").values_list("code", "name")) == [
        ("d", 'Isle\n"of" Man'),
        ("g", "G"),
    ]


def test_import_areas_needs_the_operator(write: Write) -> None:
    with pytest.raises(NotAllowed):
        import_areas(actor=VISITOR, path=write("areas.csv", as_csv(place(1))))


def test_import_areas_that_meets_a_faster_change_is_refused(write: Write, levels: Path) -> None:
    import_file(actor=OPERATOR, kind="levels", path=levels)
    importer, path = AreaImporter(), write("areas.csv", as_csv(place(5)))
    checked = check_file(importer, path, in_silence)
    assert not checked.faults
    Area.objects.create(level=Level.objects.get(code="unit"), code="u1", valid_from="2024-01-01", path="9/")
    with pytest.raises(Refused, match="changed while the file was being checked"), transaction.atomic():
        write_file(importer, path, checked, in_silence)
    assert Area.objects.count() == 1


def test_import_tells_how_far_it_is(write: Write, levels: Path) -> None:
    told: list[tuple[str, int, int]] = []
    imported(
        write("areas.csv", as_csv(place(5000))), levels=levels, progress=lambda *step: told.append(step)
    )  # fmt: skip
    rows = Area.objects.count()
    assert told == [
        (phase, done, rows) for phase in ("check", "write") for done in [*range(2000, rows, 2000), rows]
    ]  # fmt: skip


def test_import_asks_a_fixed_number_of_queries(write: Write, levels: Path) -> None:
    imported(write("areas.csv", as_csv(place(1))), levels=levels)
    counts = []
    for start, end in ((1, 4), (4, 1000)):
        rows = [
            [f"u{n}", "unit", "g0", f"House {n}", "", f"Harbour Lane {n}", "", ""] for n in range(start, end)
        ]
        with CaptureQueriesContext(connection) as asked:
            imported(write("areas.csv", as_csv(rows)))
        counts.append(len(asked))
    assert counts[0] == counts[1] < 25


@st.composite
def trees(draw: st.DrawFn) -> list[list[str]]:
    """Rows of a tree of random shape, in random order: every level may stand under any higher one."""
    ranks = ["district", "township", "village", "grid", "unit"]
    rows = [["n0", "district", "", "Top"]]
    for number in range(1, draw(st.integers(1, 30))):
        above = draw(st.sampled_from([row for row in rows if row[1] != "unit"]))
        level = draw(st.sampled_from(ranks[ranks.index(above[1]) + 1 :]))
        rows.append([f"n{number}", level, above[0], f"Place {number}"])
    draw(st.randoms(use_true_random=False)).shuffle(rows)
    return rows


class AnyTree(TestCase):
    """Paths and counts are right for every tree, also when it comes in two files."""

    @settings(max_examples=40, deadline=None)
    @given(rows=trees(), cut=st.integers(0, 30))
    def test_paths_and_counts_of_any_tree(self, rows: list[list[str]], cut: int) -> None:
        with TemporaryDirectory() as folder:
            first, whole, levels = (Path(folder) / name for name in ("first.csv", "whole.csv", "levels.csv"))
            levels.write_text(LEVELS, encoding="utf-8")
            header = "code,level,parent,name"
            first.write_text(as_csv(_upper_part(rows, cut), header), encoding="utf-8")
            whole.write_text(as_csv(rows, header), encoding="utf-8")
            imported(first, levels=levels)
            imported(whole)
        assert tree() == tree_of(rows)
        assert {area.code: area.below for area in Area.objects.all()} == counted_below()


def _upper_part(rows: list[list[str]], cut: int) -> list[list[str]]:
    """Some rows with everything above them."""
    by_code = {row[0]: row for row in rows}
    wanted: dict[str, list[str]] = {"n0": by_code["n0"]}
    for row in rows[:cut]:
        while row[2]:
            wanted[row[0]] = row
            row = by_code[row[2]]  # noqa: PLW2901 - the way up
    return list(wanted.values())
