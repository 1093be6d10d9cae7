"""Every fault of a file is named by line, column and reason, and a faulty file changes nothing."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils.translation import override

from folkmoot.areas.imports import Fault
from folkmoot.areas.imports.faults import MAX_NAMED_FAULTS, Faults
from folkmoot.areas.models import Area, AreaWord, Boundary, Level
from folkmoot.areas.services import import_areas, import_file
from folkmoot.journal.models import Act
from tests.areas.conftest import HEADER, LEVELS, OPERATOR, Write, as_csv, place

TOP = ["d", "district", "", "Island", "海岛区", "", "", ""]
LEVEL_CODES = "district, township, village, grid, unit"
COLUMNS = "code, level, parent, name, name_zh, address, valid_from, reason, boundary"
MISSING = "this column is missing"
Named = tuple[int, str, str]


def faults_of(path: Path, **more: Any) -> list[Named]:
    result = import_areas(actor=OPERATOR, path=path, **more)
    assert result.counts is None
    assert result.fault_count == len(result.faults)
    return [(fault.line, fault.column, fault.sentence) for fault in result.faults]


def crossing() -> str:
    ring = [[150, 30], [150.01, 30.01], [150.01, 30], [150, 30.01], [150, 30]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


@pytest.mark.usefixtures("db")
def test_seven_planted_faults_in_1650_units_are_named_and_nothing_changes(write: Write, levels: Path) -> None:
    rows = [[*row, ""] for row in place(1650)]
    line_of = {row[0]: line for line, row in enumerate(rows, start=2)}
    by_code = {row[0]: row for row in rows}
    by_code["u17"][2] = "g9999"
    by_code["u31"][0] = "u30"
    by_code["u63"][2] = "u64"
    by_code["u95"][8] = crossing()
    by_code["u120"][4] = "海岛@单元"
    by_code["u150"][3] = "  "
    by_code["v1"][2] = "u200"  # a village under a unit of its own
    text = as_csv(rows, HEADER + ",boundary").encode().replace(b"@", b"\xb5\xa5")  # 单 in GB18030

    assert faults_of(write("areas.csv", text), levels=levels) == [
        (line_of["u17"], "parent", "there is no area “g9999”"),
        (line_of["u31"], "code", f"“u30” is already on line {line_of['u30']}"),
        (line_of["u63"], "level", "the level is not below the level of the parent “u64”"),
        (line_of["u95"], "boundary", "the boundary crosses itself near 150.005 30.005"),
        (line_of["u120"], "name_zh", "is not written in UTF-8: byte 0xB5 at character 3"),
        (line_of["u150"], "name", "is empty"),
        (line_of["v1"], "parent", "the parents go round in a circle: v1 → u200 → g33 → v1"),
    ]  # fmt: skip
    assert [model.objects.count() for model in (Area, Level, Boundary, AreaWord, Act)] == [0] * 5


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("row", "named"),
    [
        (["t", "town", "d", "T"], (3, "level", f"there is no level “town”; known are: {LEVEL_CODES}")),
        (["t", "township", "d", "T", "", "", "2024-13-01"], (3, "valid_from", "“2024-13-01” is no date like 2026-11-20")),
        (["t", "township", "d", "T", "", "", "20240101"], (3, "valid_from", "“20240101” is no date like 2026-11-20")),
        (["t", "township", "d", "T", "", "", "", "because"], (3, "reason", "“because” is none of: manage, organise, serve")),
        (["t", "township", "d", "T", "", "", "", "", "x", "y"], (3, "", "values beyond the header: 2")),
        (["t", "township", "d", "x" * 121], (3, "name", "has more than 120 characters")),
        (["t/1", "township", "d", "T"], (3, "code", "may have Latin letters, digits, “-” and “_” only")),
        (["t", "township", "t", "T"], (3, "parent", "the parents go round in a circle: t → t")),
        (["t", "township", "", "T"], (3, "parent", "is empty, but “d” is the outermost area already")),
        (["t", "district", "d", "T"], (3, "level", "the level is not below the level of the parent “d”")),
        (["", "township", "d", "T"], (3, "code", "is empty")),
        (["t", "township", "d", "a\0b"], (3, "name", "is not written in UTF-8: byte 0x00 at character 2")),
    ],
)  # fmt: skip
def test_import_names_the_fault_of_a_row(write: Write, levels: Path, row: list[str], named: Named) -> None:
    assert faults_of(write("areas.csv", as_csv([TOP, row])), levels=levels) == [named]


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("code,level,parent,nmae", [
            (1, "nmae", "there is no such column; is “name” meant?"), (1, "name", MISSING),
        ]),
        ("code,level,parent,name,name", [(1, "name", "this column is there twice")]),
        ("x", [
            (1, "x", f"there is no such column; known are: {COLUMNS}"),
            (1, "code", MISSING), (1, "level", MISSING), (1, "name", MISSING),
        ]),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("db")
def test_import_names_the_faults_of_the_header(write: Write, header: str, named: list[Named]) -> None:
    assert faults_of(write("areas.csv", header + "\nd,district,,Island\n")) == named


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", (1, "", "the file is empty")),
        (HEADER.encode(), (1, "", "the file has no rows")),
        ("code;".encode("utf-16"), (1, "", "the file is written in UTF-16; save it as “CSV UTF-8”")),
        (b"\xd0\xcf\x11\xe0\xa1", (1, "", "this is an old Excel file; save it as XLSX or as “CSV UTF-8”")),
        (b"PK\x03\x04 no zip", (1, "", "this XLSX file is damaged")),
        (HEADER.encode() + b'\nd,district,,"Isl"and', (2, "", "the quotes do not fit: ',' expected after '\"'")),
        (HEADER.encode() + b'\nd,district,,"Isl', (2, "", "the quotes do not fit: unexpected end of data")),
        (b'{"type": "Feature"}', (1, "", "this is no GeoJSON FeatureCollection")),
        (b'{"features": [\n\n{"type": "Feature", ', (1, "", "the GeoJSON breaks off or is damaged here")),
        (b'{"features": [1]}', (1, "", "a FeatureCollection holds features only")),
        (
            b'{"features": [{"type":"Feature","properties":[1]}]}',
            (1, "", "the properties of a feature are names and values"),
        ),
        (b'{"features": []}', (1, "", "the file has no rows")),
        (
            b'{"features": [\n{"type":"Feature","properties":{"nam":"red"}}]}',
            (1, "nam", "there is no such column; is “name” meant?"),
        ),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("db")
def test_import_of_no_table_says_what_it_is(write: Write, content: bytes, named: Any) -> None:
    assert faults_of(write("areas.csv", content))[0] == named


@pytest.mark.usefixtures("db")
def test_import_names_faults_of_side_files_with_their_file(write: Write) -> None:
    levels = write("levels.csv", LEVELS + "hamlet,50,Hamlet,\nunit,60,Unit,\nhut,0,Hut,\nbarn,x,Barn,\n")
    outside = {"type": "Feature", "properties": {"code": "x"}, "geometry": json.loads(crossing())}
    nowhere = {"type": "Feature", "properties": {"code": "d"}, "geometry": None}
    features = ",\n".join(map(json.dumps, (outside, nowhere)))
    boundaries = write("edges.geojson", '{"type": "FeatureCollection", "features": [\n%s]}' % features)  # noqa: UP031
    result = import_areas(
        actor=OPERATOR, path=write("areas.csv", as_csv([TOP])), levels=levels, boundaries=boundaries
    )
    assert [(fault.file, fault.line, fault.column, fault.sentence) for fault in result.faults] == [
        ("edges.geojson", 1, "boundary", "the boundary crosses itself near 150.005 30.005"),
        ("edges.geojson", 1, "code", "there is no area “x”"),
        ("edges.geojson", 2, "boundary", "is empty"),
        ("levels.csv", 7, "rank", "another level has the rank 50"),
        ("levels.csv", 8, "code", "“unit” is there twice"),
        ("levels.csv", 9, "rank", "is not between 1 and 999"),
        ("levels.csv", 10, "rank", "“x” is no whole number"),
    ]


@pytest.mark.usefixtures("db")
def test_import_of_a_sheet_names_its_rows(write: Write, levels: Path) -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["code", "level", "parent", "name"])
    book.active.append(["d", "district", None, "Island"])
    book.active.append([7, "township", "d", None, None, "more"])
    book.save(content)
    assert faults_of(write("areas.xlsx", content.getvalue()), levels=levels) == [
        (3, "", "values beyond the header: 1"), (3, "name", "is empty"),
    ]  # fmt: skip


def test_fault_is_kept_for_readers_of_both_languages() -> None:
    fault = Fault(3, "code", "“%(code)s” is there twice", {"code": "a"}, "levels.csv")
    assert Fault.from_row(json.loads(json.dumps(fault.as_row()))) == fault
    with override("zh-hans"):
        assert fault.as_row()[2] == "“%(code)s” is there twice"


def test_faults_count_all_and_name_the_first() -> None:
    faults = Faults()
    assert not faults
    assert faults.add(Fault(line, "", "x") for line in range(MAX_NAMED_FAULTS + 5))
    assert (faults.count, len(faults.named), len(faults.lines)) == (
        MAX_NAMED_FAULTS + 5, MAX_NAMED_FAULTS, MAX_NAMED_FAULTS + 5,
    )  # fmt: skip


@pytest.mark.usefixtures("db")
def test_import_of_levels_that_areas_stand_on_keeps_their_rank(write: Write, levels: Path) -> None:
    import_areas(actor=OPERATOR, path=write("areas.csv", as_csv([TOP])), levels=levels)
    again = write("levels.csv", LEVELS.replace("district,10", "district,5").replace("Unit", "Block"))
    result = import_file(actor=OPERATOR, kind="levels", path=again)
    assert [fault.sentence for fault in result.faults] == ["areas stand on this level; its rank stays 10"]
    result = import_file(actor=OPERATOR, kind="levels", path=write("l.csv", LEVELS.replace("Unit", "Block")))
    assert (result.counts.added, result.counts.changed, result.counts.unchanged) == (0, 1, 4)
    assert Level.objects.get(code="unit").name == "Block"
