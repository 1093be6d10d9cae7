"""What only the tests of places need."""

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from folkmoot.base.actors import Actor

OPERATOR = Actor(ref="operator", is_operator=True)
LEVELS = """code,rank,name,name_zh
district,10,District,区
township,20,Township,镇
village,30,Village,村
grid,40,Grid,网格
unit,50,Unit,单元
"""
HEADER = "code,level,parent,name,name_zh,address,valid_from,reason"

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and gives its path: `write("areas.csv", text)`."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.fixture
def levels(write: Write) -> Path:
    return write("levels.csv", LEVELS)


def as_csv(rows: Iterable[Iterable[object]], header: str = HEADER) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()


def place(units: int, *, units_per_grid: int = 6, grids_per_village: int = 26) -> list[list[str]]:
    """Rows of a whole place with so many units, parents before children."""
    rows = [["d", "district", "", "Island", "海岛区"], ["t", "township", "d", "Lantern", "灯塔镇"]]
    for unit in range(units):
        grid, village = unit // units_per_grid, unit // (units_per_grid * grids_per_village)
        if unit % (units_per_grid * grids_per_village) == 0:
            rows.append([f"v{village}", "village", "t", f"Cove {village}", f"第{village}湾村"])
        if unit % units_per_grid == 0:
            rows.append([f"g{grid}", "grid", f"v{village}", f"Grid {grid}", f"{grid}网格"])
        rows.append([f"u{unit}", "unit", f"g{grid}", f"Unit {unit}", f"{unit}单元"])
    return [[*row, "", "2024-01-01", "manage"] for row in rows]
