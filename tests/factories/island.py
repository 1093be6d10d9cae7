"""The small place in which most tests happen, and the people who live there.

    district  Seven Capes                         overseer: Kai
      township  Heron Island                      officers: Chen, Lin; water department: Jin
        village  North Cove (V1)                  secretary: Bei
          grid  G11                               chief: Guo
            unit  U111 (chief: Hua; Amal lives here), U112 (chief: Mei)
          grid  G12                               chief: vacant
            unit  U121 (chief: vacant), U122 (chief: Nan)
        village  South Cove (V2)                  secretary: Oya
          grid  G21, G22                          chiefs: vacant
            unit  U211, U212, U221, U222          chiefs: vacant

Units are squares of 0.01 degree; Dou lives elsewhere and the operator holds no post.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from folkmoot.areas.models import Area
from folkmoot.people.models import Household, Organization, Person, Post, Role
from tests.factories.areas import AreaFactory, level, rectangle, square
from tests.factories.people import (
    AccountFactory,
    HouseholdFactory,
    HouseholdMemberFactory,
    OrganizationFactory,
    PersonFactory,
    PostFactory,
    held_post,
)

WEST, SOUTH, SIDE = 150.40, 30.20, 0.01


@dataclass
class Island:
    """The places by code, the posts by name, the cast by name."""

    areas: dict[str, Area] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    household: Household = None  # type: ignore[assignment]
    water: Organization = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        """`island.amal`, `island.secretary`: a person or a post by its name."""
        for things in (self.__dict__["people"], self.__dict__["posts"]):
            if name in things:
                return things[name]
        raise AttributeError(name)

    def __getitem__(self, code: str) -> Area:
        """`island["U111"]`: an area by its code."""
        return self.areas[code]

    def point_in(self, code: str) -> tuple[float, float]:
        """Longitude and latitude of the middle of an area's box. Units: degrees."""
        box = self[code].drawn.box
        return (box.west + box.east) / 2, (box.south + box.north) / 2


def make_island() -> Island:
    """The whole place: 16 areas, 18 posts, 13 persons with accounts, one household."""
    island = Island()
    make_areas(island)
    make_people(island)
    make_posts(island)
    island.household = HouseholdFactory.create(
        area=island["U111"], address="1 Pier Road", address_zh="码头路1号"
    )
    HouseholdMemberFactory.create(household=island.household, person=island.amal)
    return island


def make_areas(island: Island) -> None:
    district = AreaFactory.create(
        code="D", level=level("district"), name="Seven Capes", name_zh="七岬区",
        **rectangle(WEST, SOUTH, 4 * SIDE, 2 * SIDE),
    )  # fmt: skip
    township = AreaFactory.create(
        code="T", level=level("township"), parent=district, name="Heron Island", name_zh="鹭岛镇",
        **rectangle(WEST, SOUTH, 4 * SIDE, 2 * SIDE),
    )  # fmt: skip
    north = make_village(township, "1", west=WEST, name="North Cove", name_zh="北湾村")
    south = make_village(township, "2", west=WEST + 2 * SIDE, name="South Cove", name_zh="南湾村")
    areas = [district, township, *north, *south]
    for area in areas:
        below = [each for each in areas if each != area and each.path.startswith(area.path)]
        area.below = dict(Counter(str(each.level.rank) for each in below))
        area.save(update_fields=["below"])
    island.areas = {area.code: area for area in areas}


def make_village(township: Area, number: str, *, west: float, **names: str) -> list[Area]:
    """A village of two grids, one north of the other, each of two units side by side."""
    village = AreaFactory.create(
        code=f"V{number}", level=level("village"), parent=township, **names, **square(west, SOUTH, 2 * SIDE)
    )
    areas = [village]
    for row, code in enumerate((number + "1", number + "2")):
        south = SOUTH + row * SIDE
        grid = AreaFactory.create(
            code=f"G{code}", level=level("grid"), parent=village,
            name=f"Grid {code}", name_zh=f"第{code}网格",
            **rectangle(west, south, 2 * SIDE, SIDE),
        )  # fmt: skip
        units = [
            AreaFactory.create(
                code=f"U{code}{unit}", level=level("unit"), parent=grid,
                name=f"Unit {code}{unit}", name_zh=f"{code}{unit}单元",
                **square(west + (unit - 1) * SIDE, south, SIDE),
            )
            for unit in (1, 2)
        ]  # fmt: skip
        areas += [grid, *units]
    return areas


def make_people(island: Island) -> None:
    names = {
        "amal": "阿玛", "bei": "贝", "chen": "陈", "dou": "豆", "guo": "郭", "hua": "华",
        "jin": "金", "kai": "凯", "lin": "林", "mei": "梅", "nan": "南", "oya": "奥雅",
    }  # fmt: skip
    for name, name_zh in names.items():
        island.people[name] = PersonFactory.create(name=name.title(), name_zh=name_zh)
        AccountFactory.create(person=island.people[name])
    operator = PersonFactory.create(name="Operator", name_zh="运维员")
    AccountFactory.create(person=operator, is_operator=True)
    island.people["operator"] = operator


def make_posts(island: Island) -> None:
    island.water = OrganizationFactory.create(
        code="WATER", area=island["T"], name="Water department", name_zh="水务站"
    )
    held = {
        "overseer": (Role.OVERSEER, "D", "kai"),
        "officer": (Role.TOWNSHIP_OFFICER, "T", "chen"),
        "second_officer": (Role.TOWNSHIP_OFFICER, "T", "lin"),
        "secretary": (Role.VILLAGE_SECRETARY, "V1", "bei"),
        "other_secretary": (Role.VILLAGE_SECRETARY, "V2", "oya"),
        "grid_chief": (Role.GRID_CHIEF, "G11", "guo"),
        "unit_chief": (Role.UNIT_CHIEF, "U111", "hua"),
        "next_unit_chief": (Role.UNIT_CHIEF, "U112", "mei"),
        "far_unit_chief": (Role.UNIT_CHIEF, "U122", "nan"),
    }
    for name, (role, code, person) in held.items():
        island.posts[name] = held_post(island.people[person], role=role, area=island[code])
    island.posts["water_head"] = held_post(
        island.people["jin"], role=Role.DEPARTMENT_HEAD, area=island["T"], organization=island.water
    )
    for code in ("G12", "G21", "G22"):
        island.posts[f"vacant_{code}"] = PostFactory.create(role=Role.GRID_CHIEF, area=island[code])
    for code in ("U121", "U211", "U212", "U221", "U222"):
        island.posts[f"vacant_{code}"] = PostFactory.create(role=Role.UNIT_CHIEF, area=island[code])
