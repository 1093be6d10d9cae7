"""Areas split, merge and get new names on a day; what stands on them goes along in the same act."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
import shapely

from folkmoot.areas.models import Area, AreaChange, Boundary
from folkmoot.areas.queries import changes_of, children_of, search_areas, smallest_area_at
from folkmoot.areas.services import Fresh, merge_areas, rename_area, split_area
from folkmoot.areas.upkeep import forget_words, write_words
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotAllowed, Refused, StaleState
from folkmoot.base.permissions import allowed, may_try
from folkmoot.base.registries import area_changes
from folkmoot.journal.models import Act
from folkmoot.people.actors import actor_for_post
from folkmoot.people.models import Household, Post
from tests.factories.areas import AreaFactory, level
from tests.factories.island import Island
from tests.factories.people import HouseholdFactory

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _today(at) -> None:
    at("2026-11-20 09:00")


@pytest.fixture
def chen(island: Island) -> Actor:
    return actor_for_post(island.officer)


def halves(area: Area, *, codes: tuple[str, str] = ("A", "B")) -> list[Fresh]:
    """The western and the eastern half of an area's box."""
    box = area.drawn.box
    middle = (box.west + box.east) / 2
    west = shapely.box(box.west, box.south, middle, box.north)
    east = shapely.box(middle, box.south, box.east, box.north)
    return [Fresh(codes[0], "West", "西", edge=west), Fresh(codes[1], "East", "东", edge=east)]


def split(chen: Actor, area: Area, parts: list[Fresh] | None = None, **more: Any) -> dict[str, Area]:
    parts = halves(area) if parts is None else parts
    how: dict[str, Any] = {"heir": "A", "on": TODAY, "reason": "serve", **more}
    return {part.code: part for part in split_area(actor=chen, area=area, parts=parts, **how)}


def counted_below() -> dict[str, dict[str, int]]:
    areas = list(Area.objects.filter(valid_to=None).select_related("level"))
    return {
        area.code: dict(Counter(
            str(each.level.rank) for each in areas if each.path.startswith(area.path) and each != area
        ))
        for area in areas
    }  # fmt: skip


def kept_below() -> dict[str, dict[str, int]]:
    return {area.code: area.below for area in Area.objects.filter(valid_to=None)}


def test_split_area_ends_it_and_begins_its_parts(island: Island, chen: Actor) -> None:
    island.household.code = "H1"
    island.household.save()
    parts = split(chen, island["U111"], note="Two stairs")
    old = Area.objects.get(code="U111")
    assert (old.valid_to, old.became) == (TODAY, parts["A"])
    assert [(part.valid_from, part.reason, part.level, part.parent) for part in parts.values()] == [
        (TODAY, "serve", level("unit"), island["G11"])
    ] * 2
    assert [child.code for child in children_of(island["G11"])] == ["A", "B", "U112"]
    assert kept_below() == counted_below()
    box = island["U111"].drawn.box
    assert smallest_area_at(box.east - 0.001, box.south + 0.001) == parts["B"]
    assert smallest_area_at(box.east - 0.001, box.south + 0.001, on=date(2026, 11, 19)) == old
    assert [area.code for area in search_areas("east")] == ["B"]
    change = AreaChange.objects.get()
    assert (change.kind, change.area, change.on, change.reason, change.note) == (
        "split",
        old,
        TODAY,
        "serve",
        "Two stairs",
    )
    assert [*changes_of(old), *changes_of(parts["B"])] == [change, change]
    acts = [act.kind for act in Act.objects.order_by("pk")]
    assert acts == ["area.split", "people.posts_moved"]


def test_split_area_moves_posts_and_households(island: Island, chen: Actor) -> None:
    other = HouseholdFactory.create(area=island["U111"], code="H2")
    west, east = halves(island["U111"])
    parts = split(
        chen, island["U111"], [west, Fresh("B", "East", edge=east.edge, households=frozenset({"H2"}))]
    )
    assert Post.objects.get(pk=island.unit_chief.pk).area == parts["A"]
    assert [post.is_vacant for post in Post.objects.filter(area=parts["B"])] == [True]
    assert Household.objects.get(pk=island.household.pk).area == parts["A"]
    assert Household.objects.get(pk=other.pk).area == parts["B"]


def test_split_area_shares_out_what_is_below_by_its_middle(island: Island, chen: Actor) -> None:
    Boundary.objects.filter(area=island["U112"]).delete()
    split(chen, island["G11"], heir="A")
    west = Area.objects.get(code="A")
    assert [child.code for child in children_of(west)] == ["U111", "U112"]
    assert Area.objects.get(code="U112").path == f"{west.path}{island['U112'].pk}/"
    assert kept_below() == counted_below()
    split(chen, island["G12"], halves(island["G12"], codes=("C", "E")), heir="C")
    east = Area.objects.get(code="E")
    assert [child.code for child in children_of(east)] == ["U122"]
    assert Area.objects.get(code="U122").path == f"{east.path}{island['U122'].pk}/"
    assert kept_below() == counted_below()


def test_split_village_moves_the_whole_subtree(island: Island, chen: Actor) -> None:
    box = island["V1"].drawn.box
    middle = (box.south + box.north) / 2
    low = Fresh("A", "Low", edge=shapely.box(box.west, box.south, box.east, middle))
    high = Fresh("B", "High", edge=shapely.box(box.west, middle, box.east, box.north))
    parts = split(chen, island["V1"], [low, high])
    assert [child.code for child in children_of(parts["B"])] == ["G12"]
    unit = Area.objects.get(code="U122")
    assert [Area.objects.get(pk=pk).code for pk in unit.ancestor_ids] == ["D", "T", "B", "G12", "U122"]
    assert kept_below() == counted_below()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"on": date(2026, 11, 21)}, "This day has not come yet"),
        ({"on": date(2026, 11, 19)}, "This day has passed"),
        ({"reason": "because"}, "needs one of the three reasons"),
        ({"heir": "C"}, "Say which part takes over"),
        ({"parts": [Fresh("A", "West")]}, "at least two parts"),
        ({"parts": [Fresh("A", "West"), Fresh("A", "East")]}, "The code “A” is taken"),
        ({"parts": [Fresh("A", "West"), Fresh("U112", "East")]}, "The code “U112” is taken"),
        ({"parts": [Fresh("A", "West"), Fresh("B", "")]}, "needs a code and a name"),
    ],
)
def test_split_area_refuses_what_cannot_be(
    island: Island, chen: Actor, change: dict[str, Any], sentence: str
) -> None:
    before = list(Area.objects.order_by("pk").values())
    with pytest.raises(Refused, match=sentence):
        split(chen, island["U111"], **change)
    assert list(Area.objects.order_by("pk").values()) == before


def test_split_area_refuses_boundaries_that_do_not_fit(island: Island, chen: Actor) -> None:
    west, east = halves(island["U111"])
    far = Fresh("B", "East", edge=island["U111"] and shapely.box(151, 30, 151.01, 30.01))
    small = Fresh("B", "East", edge=east.edge.buffer(-0.002))
    for parts, sentence in (
        ([west, Fresh("B", "East")], "Either every part has a boundary or none"),
        ([west, Fresh("B", "East", edge=shapely.box(*island["U111"].drawn.box))], "overlap"),
        ([west, far], "reach beyond"),
        ([west, small], "without a boundary"),
    ):
        with pytest.raises(Refused, match=sentence):
            split(chen, island["U111"], parts)
    assert AreaChange.objects.count() == 0


def test_split_area_of_two_only_the_faster_one_acts(island: Island, chen: Actor) -> None:
    stale = Area.objects.get(code="U111")
    split(chen, island["U111"])
    with pytest.raises(StaleState):
        split(chen, stale, halves(island["U111"], codes=("C", "D2")), heir="C")
    assert not Area.objects.filter(code="C").exists()


def test_split_area_keeps_the_outermost_whole(island: Island) -> None:
    kai = actor_for_post(island.overseer)
    with pytest.raises(Refused, match="holds everything"):
        split(kai, island["D"])


def test_merge_areas_ends_them_and_begins_one(island: Island, chen: Actor) -> None:
    units = [island["U111"], island["U112"]]
    new = merge_areas(
        actor=chen, areas=units, into=Fresh("U110", "Long House", "长屋"), on=TODAY, reason="manage"
    )  # fmt: skip
    assert [(area.valid_to, area.became) for area in Area.objects.filter(code__in=("U111", "U112"))] == [
        (TODAY, new)
    ] * 2
    assert [child.code for child in children_of(island["G11"])] == ["U110"]
    assert kept_below() == counted_below()
    assert smallest_area_at(*island.point_in("U112")) == new
    assert Household.objects.get(pk=island.household.pk).area == new
    assert [post.role for post in Post.objects.filter(area=new, closed_on=None)] == ["unit_chief"]
    assert [change.kind for change in changes_of(units[1])] == ["merge"]
    assert Act.objects.order_by("pk").first().kind == "area.merged"


def test_merge_grids_brings_their_units_together(island: Island, chen: Actor) -> None:
    grids = [island["G11"], island["G12"]]
    new = merge_areas(actor=chen, areas=grids, into=Fresh("G10", "Big"), on=TODAY, reason="manage")
    assert [child.code for child in children_of(new)] == ["U111", "U112", "U121", "U122"]
    assert Area.objects.get(code="U122").path == f"{new.path}{island['U122'].pk}/"
    assert kept_below() == counted_below()
    assert Boundary.objects.get(area=new).box == Boundary.objects.get(area=island["V1"]).box


def test_merge_areas_without_boundaries_draws_none(island: Island, chen: Actor) -> None:
    Boundary.objects.filter(area=island["U112"]).delete()
    units = [island["U111"], island["U112"]]
    new = merge_areas(actor=chen, areas=units, into=Fresh("U110", "Long"), on=TODAY, reason="manage")
    assert not Boundary.objects.filter(area=new).exists()


@pytest.mark.parametrize(
    ("codes", "into", "sentence"),
    [
        (["U111"], "N", "at least two areas"),
        (["U111", "U111"], "N", "at least two areas"),
        (["U111", "U121"], "N", "side by side"),
        (["U111", "G12"], "N", "side by side"),
        (["U111", "U112"], "U111", "is taken"),
    ],
)
def test_merge_areas_refuses_what_cannot_be(
    island: Island, chen: Actor, codes: list[str], into: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        merge_areas(
            actor=chen,
            areas=[island[code] for code in codes],
            into=Fresh(into, "New"),
            on=TODAY,
            reason="manage",
        )
    assert AreaChange.objects.count() == 0


def test_rename_area_keeps_the_former_name(island: Island, chen: Actor) -> None:
    forget_words([island["V1"]])
    island["V1"].search_text = "Harbour Lane"
    island["V1"].save()
    write_words([island["V1"]])
    change = rename_area(
        actor=chen, area=island["V1"], name="Whale Bay", name_zh="鲸湾村", on=TODAY, reason="organise"
    )
    village = Area.objects.get(code="V1")
    assert (village.name, village.name_zh, village.valid_to) == ("Whale Bay", "鲸湾村", None)
    assert change.former == {"name": "North Cove", "name_zh": "北湾村"}
    assert [area.code for area in search_areas("鲸湾")] == ["V1"]
    assert search_areas("North Cove") == []
    assert [area.code for area in search_areas("Harbour Lane")] == ["V1"]
    assert [act.kind for act in Act.objects.all()] == ["area.renamed"]


def test_rename_area_refuses_no_name_and_the_same_name(island: Island, chen: Actor) -> None:
    for name, name_zh, sentence in (("", "", "needs a name"), ("North Cove", "北湾村", "the name already")):
        with pytest.raises(Refused, match=sentence):
            rename_area(
                actor=chen, area=island["V1"], name=name, name_zh=name_zh, on=TODAY, reason="organise"
            )


def test_rename_area_of_two_only_the_faster_one_acts(island: Island, chen: Actor) -> None:
    stale = Area.objects.get(code="V1")
    rename_area(actor=chen, area=island["V1"], name="Whale Bay", name_zh="", on=TODAY, reason="organise")
    with pytest.raises(StaleState):
        rename_area(actor=chen, area=stale, name="Seal Bay", name_zh="", on=TODAY, reason="organise")
    assert Area.objects.get(code="V1").name == "Whale Bay"


@pytest.mark.parametrize(
    "post", ["overseer", "officer", "secretary", "grid_chief", "unit_chief", "water_head"]
)
def test_changes_of_the_map_belong_to_the_township_and_above(island: Island, post: str) -> None:
    actor = actor_for_post(island.posts[post])
    may = post in {"overseer", "officer"}
    for name in ("areas.split_area", "areas.merge_areas", "areas.rename_area"):
        assert allowed(actor, name, island["U111"]) is may
        assert may_try(actor, name) is may


def test_officer_changes_nothing_outside_the_township(island: Island, chen: Actor) -> None:
    elsewhere = AreaFactory.create(code="X", parent=island["D"], level=level("township"))
    assert not allowed(chen, "areas.split_area", elsewhere)
    with pytest.raises(NotAllowed):
        rename_area(actor=chen, area=elsewhere, name="New", name_zh="", on=TODAY, reason="serve")


def test_failing_follower_makes_the_change_fail_whole(island: Island, chen: Actor) -> None:
    def fail(**_named: Any) -> None:
        raise Refused("not so")

    before = list(Area.objects.order_by("pk").values())
    area_changes.register("test", fail)
    try:
        with pytest.raises(Refused, match="not so"):
            split(chen, island["U111"])
    finally:
        area_changes._entries.pop("test")
    assert list(Area.objects.order_by("pk").values()) == before
    assert (AreaChange.objects.count(), Act.objects.count()) == (0, 0)
