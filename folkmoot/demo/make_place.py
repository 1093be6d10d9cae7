"""Make the data files of the demo place, always the same ones: `python -m folkmoot.demo.make_place [folder]`.

Counts, names and cast are in place_words.yaml, the drawing in island.py, the people in townsfolk.py.
levels.csv, categories.csv, category_questions.csv, terms.csv, calendar.csv and case_texts.yaml are written by
hand.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import shapely
import yaml
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from folkmoot.demo.island import (
    MIDDLE_LATITUDE,
    MIDDLE_LONGITUDE,
    TICKS_PER_DEGREE,
    Islet,
    Village,
    draw_island,
    whole,
)
from folkmoot.demo.townsfolk import (
    FIRST_PHONE_OF_ORGANIZATIONS,
    Row,
    Townsfolk,
    Words,
    fill_posts,
    link_households,
    phone,
    settle_households,
)

HERE = Path(__file__).parent
PLACE = HERE / "place"
REASONS = ("manage", "organise", "serve")  # the three rules of division (S3.2)

Grids = list[list[Polygon]]  # the units' polygons of every grid of one village, in ticks


def make_place(folder: Path) -> None:
    """Write every made file of the place into the folder."""
    words: Words = yaml.safe_load((HERE / "place_words.yaml").read_text(encoding="utf-8"))
    chance = Random(words["seed"])
    island = draw_island([village_plan(village) for village in words["villages"]], seed=words["seed"])
    boundaries = area_boundaries(words, island)
    areas = name_areas(words, boundaries, chance)
    folk = Townsfolk(words, chance)
    organizations = list(found_organizations(words, areas, chance))
    posts = fill_posts(words, areas, organizations, folk)
    households = settle_households(words, areas, folk)
    write_csv(folder / "areas.csv", areas)
    write_geojson(folder / "boundaries.geojson", boundaries)
    write_csv(folder / "organizations.csv", organizations)
    write_csv(folder / "posts.csv", posts.rows)
    write_csv(folder / "households.csv", households)
    write_csv(folder / "household_links.csv", link_households(words, households, posts))
    write_csv(folder / "cast.csv", [{**c, "phone": folk.cast[c["name"]].phone} for c in words["cast"]])


def village_plan(village: Words) -> Village:
    """What the drawing must know of a village."""
    islets = tuple(
        Islet((islet["middle"][0], islet["middle"][1]), islet["radius"], islet["units"])
        for islet in village.get("islets", ())
    )
    middle = village["middle"]
    return Village(village["code"], village["grids"], village["units"], (middle[0], middle[1]), islets)


def area_boundaries(words: Words, island: dict[str, Grids]) -> dict[str, BaseGeometry]:
    """The boundary of every area by code, parents before children."""
    units, grids, villages = {}, {}, {}
    for village, shapes in island.items():
        for grid, shapes_of_grid in enumerate(shapes, start=1):
            grids[f"{village}-{grid:02d}"] = whole(shapes_of_grid)
            for unit, shape in enumerate(shapes_of_grid, start=1):
                units[f"{village}-{grid:02d}-{unit}"] = shape
        villages[village] = whole(shape for shapes_of_grid in shapes for shape in shapes_of_grid)
    land = whole(units.values())
    top = {words["district"]["code"]: land, words["township"]["code"]: land}
    return {**top, **villages, **grids, **units}


def name_areas(words: Words, boundaries: dict[str, BaseGeometry], chance: Random) -> list[Row]:
    """The rows of areas.csv, parents before children."""
    district, township, villages = words["district"], words["township"], words["villages"]
    rows = [area(district["code"], "district", "", (district["name"], district["name_zh"]), "manage")]
    names = (township["name"], township["name_zh"])
    rows.append(area(township["code"], "township", district["code"], names, "manage"))
    for v in villages:
        names = (f"{v['short']} village", f"{v['short_zh']}村")
        rows.append(area(v["code"], "village", township["code"], names, "manage"))
    for v in villages:
        for number in range(1, v["grids"] + 1):
            names = (f"{v['short']} grid {number:02d}", f"{v['short_zh']}村第{number}网格")
            rows.append(area(f"{v['code']}-{number:02d}", "grid", v["code"], names, chance.choice(REASONS)))
    unit_names = name_units(words, boundaries, chance)
    rows += [
        area(code, "unit", code.rpartition("-")[0], names, chance.choice(REASONS))
        for code, names in unit_names.items()
    ]
    return [row | {"valid_from": str(words["valid_from"])} for row in rows]


def area(code: str, level: str, parent: str, names: tuple[str, str], reason: str) -> Row:
    """One row of areas.csv; the day is filled in for all."""
    row = {"code": code, "level": level, "parent": parent, "name": names[0], "name_zh": names[1]}
    return row | {"valid_from": "", "reason": reason}


def name_units(
    words: Words, boundaries: dict[str, BaseGeometry], chance: Random
) -> dict[str, tuple[str, str]]:
    """The names of every unit by code; no other unit of the same village has them."""
    fixed = {code: (name[0], name[1]) for code, name in words["fixed_units"].items()}
    coast = {(x, y) for x, y in shapely.get_coordinates(boundaries[words["township"]["code"]])}
    named: dict[str, tuple[str, str]] = {}
    for village in words["villages"]:
        inland = shuffled_names(words["landmarks"], words["ways"], fixed, chance)
        by_the_sea = shuffled_names(words["landmarks"], words["ways_by_the_sea"], fixed, chance)
        for code, boundary in boundaries.items():
            if code.startswith(f"{village['code']}-") and code.count("-") == 2:
                # One vertex on the coast is a corner that just touches it; a shore has two at least.
                has_shore = sum((x, y) in coast for x, y in shapely.get_coordinates(boundary)) > 1
                names = by_the_sea if has_shore and chance.random() < 0.6 else inland
                named[code] = fixed.get(code) or names.pop()
    return named


def shuffled_names(
    landmarks: Iterable[str], ways: Iterable[str], fixed: dict[str, tuple[str, str]], chance: Random
) -> list[tuple[str, str]]:
    """All pairs of a landmark and a way that are not taken, in both languages, shuffled."""
    places = [landmark.rsplit(" ", 1) for landmark in landmarks]
    kinds = [way.rsplit(" ", 1) for way in ways]
    names = [(f"{place} {way}", place_zh + way_zh) for place, place_zh in places for way, way_zh in kinds]
    names = [name for name in names if name not in fixed.values()]
    chance.shuffle(names)
    return names


def found_organizations(words: Words, areas: Iterable[Row], chance: Random) -> Iterator[Row]:
    """The organizations of the township, three of every village, and the party groups of most grids."""
    township = words["township"]["code"]
    for number, office in enumerate(words["organizations"], start=FIRST_PHONE_OF_ORGANIZATIONS):
        names = (office["name"], office["name_zh"])
        row = organization(office["code"], office["kind"], township, office.get("parent", ""), names)
        yield row | {"phone_public": phone(number)}
    for village in words["villages"]:
        code, short, short_zh = village["code"], village["short"], village["short_zh"]
        names = (f"{short} party branch", f"{short_zh}村党支部")
        yield organization(f"{code}-branch", "party", code, "lt-party", names)
        names = (f"{short} village committee", f"{short_zh}村民委员会")
        yield organization(f"{code}-committee", "committee", code, "lt-office", names)
        names = (f"{short} village supervision committee", f"{short_zh}村务监督委员会")
        yield organization(f"{code}-supervision", "committee", code, f"{code}-committee", names)
    grids = [area for area in areas if area["level"] == "grid"]
    without = chance.sample(range(len(grids)), words["vacant"]["grids_without_party_group"])
    for index, grid in enumerate(grids):
        if index not in without:
            code, names = grid["code"], (f"{grid['name']} party group", f"{grid['name_zh']}党小组")
            yield organization(f"{code}-party", "party_group", code, f"{grid['parent']}-branch", names)


def organization(code: str, kind: str, area: str, parent: str, names: tuple[str, str]) -> Row:
    """One row of organizations.csv, without a public phone."""
    row = {"code": code, "kind": kind, "area": area, "parent": parent}
    return row | {"name": names[0], "name_zh": names[1], "phone_public": ""}


def write_csv(path: Path, rows: Iterable[Row]) -> None:
    """Write rows under a header, with the same bytes on every machine."""
    table = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def write_geojson(path: Path, boundaries: dict[str, BaseGeometry]) -> None:
    """Write a FeatureCollection, one feature in a line, so that two versions can be compared."""
    features = ",\n".join(feature(code, boundary) for code, boundary in boundaries.items())
    text = f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def feature(code: str, boundary: BaseGeometry) -> str:
    """One area as a GeoJSON feature, exterior rings anticlockwise (RFC 7946 section 3.1.6)."""
    polygons = sorted(rings(part) for part in shapely.get_parts(boundary))
    kind, shape = "Polygon", polygons[0]
    if len(polygons) > 1:
        kind, shape = "MultiPolygon", f"[{','.join(polygons)}]"
    return (
        f'{{"type":"Feature","properties":{{"code":{json.dumps(code)}}},'
        f'"geometry":{{"type":"{kind}","coordinates":{shape}}}}}'
    )


def rings(polygon: Polygon) -> str:
    """The coordinates of a polygon without holes, from its south-western corner on."""
    ring = list(shapely.normalize(polygon).exterior.coords)[::-1]
    if polygon.interiors:
        raise ValueError("the island has no lakes")
    return f"[[{','.join(degrees(x, y) for x, y in ring)}]]"


def degrees(x: float, y: float) -> str:
    """A position in WGS84 degrees, written to 5 decimals."""
    longitude = MIDDLE_LONGITUDE + x / TICKS_PER_DEGREE
    latitude = MIDDLE_LATITUDE + y / TICKS_PER_DEGREE
    return f"[{longitude:.5f},{latitude:.5f}]"


if __name__ == "__main__":
    make_place(Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE)
