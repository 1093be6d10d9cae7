"""`folkmoot import` as the operator calls it."""

from pathlib import Path

import pytest

from folkmoot.areas.models import Area
from folkmoot.cli import build_parser, command_modules, import_
from folkmoot.cli.progress import line_of
from folkmoot.demo.load import PLACE

pytestmark = pytest.mark.django_db


def run(*arguments: str | Path) -> int:
    parser = build_parser(command_modules())
    return import_.run(parser.parse_args(["import", *map(str, arguments)]))


def test_import_brings_the_demo_place(capsys) -> None:
    sides = ("--levels", PLACE / "levels.csv", "--boundaries", PLACE / "boundaries.geojson")
    assert run("areas", PLACE / "areas.csv", *sides, "--dry-run") == 0
    assert Area.objects.count() == 0
    assert run("areas", PLACE / "areas.csv", *sides) == 0
    assert run("areas", PLACE / "areas.csv") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Rows checked: 1,952. All is well.",
        "New rows: 1,952. Changed rows: 0. Rows as before: 0.",
        "New rows: 0. Changed rows: 0. Rows as before: 1,952.",
    ]
    assert Area.objects.get(parent=None).below == {"20": 1, "30": 11, "40": 289, "50": 1650}


def test_import_names_faults_and_says_so_by_its_exit_code(tmp_path: Path, capsys) -> None:
    path = tmp_path / "levels.csv"
    path.write_text("code,rank,name\ngrid,x,Grid\nunit,50,Unit\n", encoding="utf-8")
    assert run("levels", path) == 1
    assert run("levels", path, "--good-rows") == 0
    assert capsys.readouterr().out.splitlines() == [
        "levels.csv:2\trank\t“x” is no whole number",
        "Rows checked: 2. Faults found: 1. Nothing was imported.",
        "levels.csv:2\trank\t“x” is no whole number",
        "New rows: 1. Changed rows: 0. Rows as before: 0. Faulty rows left out: 1.",
    ]


def test_import_without_a_file_shows_what_can_come(capsys) -> None:
    assert run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert "areas: Areas" in lines
    assert "  code             * the short name of the area, never used twice" in lines


def test_progress_line_shows_how_far_and_how_fast() -> None:
    assert line_of(0, 0, "rows", 0) == f"[{'-' * 24}] 0 of 0 rows"
    assert line_of(1200, 2400, "rows", 3) == f"[{'#' * 12}{'-' * 12}] 1,200 of 2,400 rows, 400/s"
