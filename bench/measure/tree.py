"""A place of any number of townships, as a CSV that the ordinary import takes, and its posts and people.

province > cities > districts > townships > 11 villages > 289 grids > 1,650 units: each township as on the demo island.
"""

import csv
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from random import Random

from folkmoot.areas.models import Area
from folkmoot.areas.services import import_areas, import_file
from folkmoot.base.actors import Actor
from folkmoot.demo.load import FILE_OF, PLACE
from folkmoot.people.models import Organization, Person, Post, Role, Tenure
from measure.bulk import Table, loading, new_ref

GRIDS = (26, 27, 26, 26, 27, 26, 26, 26, 27, 26, 26)  # of each village of a township: 289
UNITS_OF_A_TOWNSHIP = 1_650
LEVELS = (
    ("province", 5, "Province", "省"), ("city", 8, "City", "市"), ("district", 10, "District", "区"),
    ("township", 20, "Township", "镇"), ("village", 30, "Village", "村"), ("grid", 40, "Grid", "网格"),
    ("unit", 50, "Unit", "单元"),
)  # fmt: skip
ROLES = {
    "province": Role.OVERSEER, "city": Role.OVERSEER, "district": Role.OVERSEER, "township": Role.TOWNSHIP_OFFICER,
    "village": Role.VILLAGE_SECRETARY, "grid": Role.GRID_CHIEF, "unit": Role.UNIT_CHIEF,
}  # fmt: skip
FAMILY, GIVEN = "海湾鱼帆灯塔珠贝礁岛", "明清安书青雅远和宁乐"
Row = tuple[str, str, str, str, str]  # code, level, parent, name, name in Chinese


def areas(townships: int) -> Iterator[Row]:
    """The rows of the whole tree, each after its parent."""
    yield "p", "province", "", "Seven Capes province", "七岬省"
    for number in range(townships):
        city, district = f"p{number // 100}", f"p{number // 100}-{number // 10 % 10}"
        if number % 100 == 0:
            yield city, "city", "p", f"City {number // 100}", f"第{number // 100}市"
        if number % 10 == 0:
            yield district, "district", city, f"District {district}", f"{district}区"
        yield from township(f"t{number}", district)


def township(code: str, parent: str) -> Iterator[Row]:
    yield code, "township", parent, f"Heron township {code}", f"鹭岛镇{code}"
    grid_number = 0
    for village_number, grids in enumerate(GRIDS):
        village = f"{code}-{village_number}"
        yield village, "village", code, f"Cove {village_number} of {code}", f"{code}第{village_number}湾村"
        for grid_in_village in range(grids):
            grid = f"{village}-{grid_in_village}"
            yield (
                grid,
                "grid",
                village,
                f"Grid {grid_in_village} Cove {village_number}",
                f"第{grid_in_village}网格",
            )
            # 205 grids of six units and 84 of five make 1,650.
            for unit in range(5 + (grid_number < UNITS_OF_A_TOWNSHIP - 5 * 289)):
                lane, lane_zh = f"{unit} Pier Lane {grid_in_village}", f"码头巷{grid_in_village}弄{unit}"
                yield f"{grid}-{unit}", "unit", grid, lane, lane_zh
            grid_number += 1


def write_files(folder: Path, townships: int) -> tuple[Path, Path, int]:
    """The files of levels and areas; returns them and the number of areas."""
    levels, rows, count = folder / "levels.csv", folder / "areas.csv", 0
    with levels.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("code", "rank", "name", "name_zh"), *LEVELS])
    with rows.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "level", "parent", "name", "name_zh"))
        for count, row in enumerate(areas(townships), start=1):  # noqa: B007
            writer.writerow(row)
    return levels, rows, count


def plant(folder: Path, townships: int) -> None:
    """Areas by the ordinary import; then a handling post with a holder in every area, and rules for cases."""
    levels, rows, _count = write_files(folder, townships)
    result = import_areas(actor=Actor(ref="bench", is_operator=True), path=rows, levels=levels)
    if result.faults:
        raise SystemExit(f"the tree was not imported: {result.faults[0]}")
    with loading():
        fill_posts()
        write_rules()


def fill_posts() -> None:
    chance = Random(UNITS_OF_A_TOWNSHIP)
    people = Table(Person, "ref", "name", "name_zh", "has_card")
    posts = Table(Post, "role", "area", "title", "title_zh")
    tenures = Table(Tenure, "post", "person", "since")
    rows = list(Area.objects.order_by("pk").values_list("pk", "level__code", "name", "name_zh"))
    first_person = people.write(
        (new_ref(chance), f"Holder {pk}", chance.choice(FAMILY) + chance.choice(GIVEN), True)
        for pk, *_ in rows
    )
    first_post = posts.write(
        (str(ROLES[level]), pk, f"Chief of {name}", f"{name_zh}负责人") for pk, level, name, name_zh in rows
    )
    since = date(2024, 1, 8).isoformat()
    tenures.write((first_post + n, first_person + n, since) for n in range(len(rows)))
    write_departments(chance)


def write_departments(chance: Random) -> None:
    """A water department with a head in every township, and two thousand residents who report."""
    townships = list(Area.objects.filter(level__code="township").values_list("pk", "code"))
    people = Table(Person, "ref", "name", "name_zh")
    offices = Table(Organization, "code", "kind", "area", "name", "name_zh")
    posts = Table(Post, "role", "area", "organization", "title", "title_zh")
    tenures = Table(Tenure, "post", "person", "since")
    heads = ((new_ref(chance), f"Head {code}", "站长") for _pk, code in townships)
    residents = ((new_ref(chance), f"Resident {n}", f"居民{n}") for n in range(2_000))
    person = people.write(chain(heads, residents))
    office = offices.write(
        (f"w-{code}", "department", pk, "Water department", "水务站") for pk, code in townships
    )
    post = posts.write(
        (str(Role.DEPARTMENT_HEAD), pk, office + n, "Head of water", "水务站长")
        for n, (pk, _code) in enumerate(townships)
    )
    tenures.write((post + n, person + n, date(2024, 1, 8).isoformat()) for n in range(len(townships)))


def write_rules() -> None:
    """Categories, their questions and terms of the demo place."""
    for kind in ("categories", "questions", "terms", "calendar"):
        path = PLACE / FILE_OF.get(kind, f"{kind}.csv")
        result = import_file(actor=Actor(ref="bench", is_operator=True), kind=kind, path=path)
        if result.faults:
            raise SystemExit(f"{kind} were not imported: {result.faults[0]}")
