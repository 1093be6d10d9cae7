"""The files of the demo place: counts, nesting, names in both languages, one phone for one person, same bytes."""

import csv
import json
import re
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from shapely.geometry import shape

from folkmoot.demo.make_place import PLACE, make_place

HAN = re.compile(r"[\u4e00-\u9fff]")


@cache
def table(name: str) -> list[dict[str, str]]:
    with (PLACE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(name: str) -> set[str]:
    return {row["code"] for row in table(name)}


def of_level(level: str) -> list[dict[str, str]]:
    return [area for area in table("areas") if area["level"] == level]


@cache
def boundaries() -> dict[str, Any]:
    features = json.loads((PLACE / "boundaries.geojson").read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["code"]: feature["geometry"] for feature in features}


@cache
def shapes() -> dict[str, Any]:
    return {code: shape(geometry) for code, geometry in boundaries().items()}


@cache
def case_texts() -> dict[str, Any]:
    texts: dict[str, Any] = yaml.load(
        (PLACE / "case_texts.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
    )
    return texts


def test_areas_have_the_counts_of_the_island() -> None:
    counts = Counter(area["level"] for area in table("areas"))
    assert counts == {"district": 1, "township": 1, "village": 11, "grid": 289, "unit": 1650}
    grids = Counter(grid["parent"] for grid in of_level("grid"))
    assert (min(grids.values()), max(grids.values()), grids["pb"]) == (15, 38, 26)
    units = Counter(unit["parent"] for unit in of_level("unit"))
    assert (len(units), min(units.values()), max(units.values())) == (289, 4, 8)


@pytest.mark.parametrize("name", ["areas", "organizations", "households", "categories", "levels"])
def test_codes_are_unique(name: str) -> None:
    assert [code for code, count in Counter(row["code"] for row in table(name)).items() if count > 1] == []


def test_parents_come_before_their_children_one_level_up() -> None:
    rank = {level["code"]: int(level["rank"]) for level in table("levels")}
    assert rank == {"district": 10, "township": 20, "village": 30, "grid": 40, "unit": 50}
    seen: dict[str, int] = {"": 0}
    for area in table("areas"):
        assert seen[area["parent"]] == rank[area["level"]] - 10, area["code"]
        seen[area["code"]] = rank[area["level"]]
    assert {area["reason"] for area in table("areas")} == {"manage", "organise", "serve"}
    assert {area["valid_from"] for area in table("areas")} == {"2024-01-01"}


def test_every_area_has_a_valid_boundary_with_the_outside_anticlockwise() -> None:
    assert list(boundaries()) == [area["code"] for area in table("areas")]
    for code, boundary in shapes().items():
        assert boundary.is_valid, code
        assert all(part.exterior.is_ccw and not part.interiors for part in shapely.get_parts(boundary)), code
        assert len(shapely.get_parts(boundary)) == 1 or code in {"isl", "isl-lt", "pb", "oh", "ws"}, code


def test_children_tile_their_parent() -> None:
    children = defaultdict(list)
    for area in table("areas"):
        children[area["parent"]].append(shapes()[area["code"]])
    for code, parts in children.items():
        if code:
            parent = shapes()[code]
            assert abs(sum(part.area for part in parts) - parent.area) <= parent.area * 1e-9, code
            assert (
                shapely.coverage_union_all(parts).symmetric_difference(parent).area <= parent.area * 1e-9
            ), code


def test_units_do_not_overlap() -> None:
    units = [shapes()[unit["code"]] for unit in of_level("unit")]
    pairs = shapely.STRtree(units).query(units, predicate="intersects")
    overlaps = [
        (of_level("unit")[a]["code"], of_level("unit")[b]["code"])
        for a, b in pairs.T
        if a < b and shapely.intersection(units[a], units[b]).area > 0
    ]
    assert overlaps == []
    assert shapely.coverage_is_valid(units)


def test_boundaries_are_rounded_and_lie_at_sea() -> None:
    assert len(text := (PLACE / "boundaries.geojson").read_text(encoding="utf-8")) < 1_500_000
    assert re.findall(r"[\[,]\d+\.(?!\d{5}[,\]])\d*", text) == []
    assert shapely.box(150.3, 30.1, 150.5, 30.3).contains(shapely.box(*shapes()["isl"].bounds))


def test_unit_names_find_one_unit_of_the_village() -> None:
    names = defaultdict(list)
    for unit in of_level("unit"):
        names[unit["code"].split("-")[0]] += [unit["name"], unit["name_zh"]]
    hidden = [
        (a, b)
        for of in names.values()
        for i, a in enumerate(of)
        for j, b in enumerate(of)
        if i != j and a in b
    ]
    assert hidden == []


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("levels", ["name"]), ("areas", ["name"]), ("organizations", ["name"]), ("posts", ["title"]),
        ("households", ["address", "representative"]), ("cast", ["name"]), ("categories", ["name", "keywords"]),
        ("category_questions", ["question"]), ("calendar", ["name"]),
    ],
)  # fmt: skip
def test_every_text_has_both_languages(name: str, fields: list[str]) -> None:
    for field in fields:
        for row in table(name):
            assert row[field].strip(), row
            assert not HAN.search(row[field]), row
            assert HAN.search(row[f"{field}_zh"]), row


def test_a_phone_belongs_to_one_person_and_to_the_block() -> None:
    holders: dict[str, set[tuple[str, str]]] = defaultdict(set)
    phones: dict[str, set[str]] = defaultdict(set)
    for row in table("posts"):
        assert bool(row["person"]) == bool(row["person_zh"]) == bool(row["phone"]), row
    people = [(row["person"], row["person_zh"], row["phone"]) for row in table("posts") if row["person"]]
    people += [(row["name"], row["name_zh"], row["phone"]) for row in table("cast")]
    people += [(h["representative"], h["representative_zh"], h["phone"]) for h in table("households")]
    for name, name_zh, phone in people:
        if phone:
            assert re.fullmatch(r"\+861990000\d{4}", phone), phone
            holders[phone].add((name, name_zh))
        phones[name].add(phone)
    assert [pair for pair in holders.items() if len(pair[1]) > 1] == []
    assert [pair for pair in phones.items() if len(pair[1]) > 1] == []
    public = [row["phone_public"] for row in table("organizations") if row["phone_public"]]
    assert set(public) & set(holders) == set()
    assert len(public) == len(set(public)) == 12


def test_posts_show_the_vacancies_and_the_cast() -> None:
    by_role = defaultdict(list)
    for post in table("posts"):
        by_role[post["role"]].append(post)
    counts = {
        role: (len(posts), sum(not post["person"] for post in posts)) for role, posts in by_role.items()
    }
    assert counts == {
        "overseer": (2, 0), "township_officer": (3, 0), "department_head": (12, 0), "village_secretary": (11, 0),
        "village_director": (11, 0), "grid_chief": (289, 3), "unit_chief": (1650, 66), "representative": (255, 0),
        "party_member": (578, 0),
    }  # fmt: skip
    holder = {(post["role"], post["area"]): post["person"] for post in reversed(table("posts"))}
    assert holder["unit_chief", "pb-07-3"] == "Hua"
    assert holder["unit_chief", "pb-07-4"] == ""
    assert holder["grid_chief", "pb-07"] == "Guo"
    assert holder["village_secretary", "pb"] == "Bei"
    assert holder["township_officer", "isl-lt"] == "Chen"
    assert [post["person"] for post in by_role["overseer"]] == ["Hao Qiu", "Kai"]
    assert sum(post["area"] == "pb" for post in by_role["representative"]) == 50
    assert {unit["area"] for unit in by_role["unit_chief"]} == {unit["code"] for unit in of_level("unit")}


def test_rows_point_at_rows_that_exist() -> None:
    for name, field in (("organizations", "parent"), ("posts", "organization")):
        assert {row["area"] for row in table(name)} <= codes("areas")
        assert {row[field] for row in table(name)} <= codes("organizations") | {""}
    units = {unit["code"] for unit in of_level("unit")}
    assert {home["area"] for home in table("households")} == units | {""}
    members = {post["phone"]: post["area"] for post in table("posts") if post["role"] == "party_member"}
    grid_of = {home["code"]: home["area"].rpartition("-")[0] for home in table("households")}
    for link in table("household_links"):
        assert grid_of[link["household"]] == members[link["member_phone"]], link


def test_coverage_gaps_are_there_to_be_found() -> None:
    with_group = {o["area"] for o in table("organizations") if o["kind"] == "party_group"}
    assert len({grid["code"] for grid in of_level("grid")} - with_group) == 9
    assert sum(not home["area"] for home in table("households")) == 12
    assert 4_800 < len(table("households")) < 5_200
    linked = [link["household"] for link in table("household_links")]
    assert len(linked) == len(set(linked)) == 1500
    assert "pb-07-3-h1" in linked


def test_categories_keep_what_is_private_out_of_open311() -> None:
    groups = {row["code"] for row in table("categories") if not row["parent"]}
    leaves = [row for row in table("categories") if row["parent"]]
    assert (len(groups), len(leaves)) == (9, 23)
    assert {row["parent"] for row in leaves} == groups
    assert {row["nature"] for row in leaves} == {"demand", "interest", "right"}
    for row in table("categories"):
        assert row["open311"] == ("no" if row["default_publicity"] == "private" else "yes"), row


def test_questions_offer_as_many_values_in_both_languages() -> None:
    datatypes = {"singlevaluelist", "multivaluelist", "string", "number", "text", "datetime"}
    assert {row["datatype"] for row in table("category_questions")} == datatypes
    assert len({row["category"] for row in table("category_questions")}) == 7
    for row in table("category_questions"):
        assert row["category"] in codes("categories"), row
        assert len(row["values"].split("|")) == len(row["values_zh"].split("|")), row
        assert bool(row["values"]) == row["datatype"].endswith("list"), row


def test_terms_cover_every_level() -> None:
    general = [row["level"] for row in table("terms") if not row["category"]]
    assert general == [level["code"] for level in table("levels")][::-1]
    leaves = {row["code"] for row in table("categories") if row["parent"]}
    assert {row["category"] for row in table("terms")} - {""} <= leaves
    term = {(row["level"], row["category"]): row for row in table("terms")}
    assert len(term) == len(table("terms"))
    assert term["village", "street_lamp"]["solve_days"] == "3"
    assert {row["solve_days"] for row in table("terms") if row["category"] == "wires"} == {"1"}


def test_calendar_makes_up_on_weekends_only() -> None:
    days = {date.fromisoformat(row["date"]): row for row in table("calendar")}
    assert len(days) == len(table("calendar"))
    assert list(days) == sorted(days)
    assert {day.year for day in days} == {2025, 2026, 2027}
    assert [day for day, row in days.items() if row["kind"] == "working" and day.weekday() < 5] == []
    assert days[date(2026, 11, 21)]["name"] == "Make-up day for the lantern festival of the island"


def test_case_texts_serve_every_category_in_both_languages() -> None:
    leaves = {row["code"]: row for row in table("categories") if row["parent"]}
    shared, by_category = case_texts()["shared"], case_texts()["categories"]
    assert list(by_category) == list(leaves)
    for code, texts in by_category.items():
        assert 12 <= len(texts["reports"]) <= 20, code
        assert len(texts["answers"]) == 6, code
        assert all(1 <= report.get("answer", 1) <= 6 for report in texts["reports"]), code
        refusal = "refer" if leaves[code]["nature"] == "right" else "decline"
        for reason in ("escalate", "pause"):
            assert len(texts[reason]) + len(shared[reason]) >= 4, (code, reason)
        assert set(texts) <= {"reports", "answers", "hand_over", "escalate", refusal, "pause", "summary"}, (
            code
        )
        check_pair(texts["summary"])
        for report in texts["reports"]:
            for part in ("title", "text"):
                check_pair({language: report[language][part] for language in ("en", "zh")})
            spoken = [str(report[language]) for language in ("en", "zh")]
            assert ("{unit}" in spoken[0]) == ("{unit}" in spoken[1]), report
            assert len(report["en"]["title"]) <= 60, report
    for pairs in [*shared.values(), *(t["answers"] for t in by_category.values())]:
        for pair in pairs:
            check_pair(pair)


def check_pair(pair: dict[str, str]) -> None:
    assert set(pair) == {"en", "zh"}, pair
    assert pair["en"].strip(), pair
    assert not HAN.search(pair["en"]), pair
    assert HAN.search(pair["zh"]), pair
    assert set(re.findall(r"{\w*}", pair["en"] + pair["zh"])) <= {"{unit}"}, pair


def test_readme_counts_what_the_files_hold() -> None:
    said = re.findall(
        r"^\| `(\S+)` \| ([\d,]+) \|", (PLACE / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    counted = {f"{name}.csv": len(table(name)) for name in (p.stem for p in PLACE.glob("*.csv"))}
    counted |= {"boundaries.geojson": len(boundaries()), "case_texts.yaml": len(case_texts()["categories"])}
    assert {name: int(count.replace(",", "")) for name, count in said} == counted


def test_make_place_writes_the_same_bytes_again(tmp_path: Path) -> None:
    make_place(tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert len(made) == 7
    assert [name for name in made if (tmp_path / name).read_bytes() != (PLACE / name).read_bytes()] == []
