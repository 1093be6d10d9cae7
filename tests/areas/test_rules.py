"""Who may do what with places: every role, every permission."""

import pytest

from folkmoot.areas.models import Area, PlannedChange
from folkmoot.base.actors import CLOCK, VISITOR, Actor
from folkmoot.base.permissions import allowed, permission_names
from folkmoot.people.actors import actor_for_person, actor_for_post
from tests.areas.conftest import OPERATOR
from tests.factories.island import Island

EVERYBODY = {
    "visitor", "amal", "overseer", "officer", "secretary", "grid_chief", "unit_chief", "water_head", "operator", "clock",
}  # fmt: skip
POSTS = {"overseer", "officer", "secretary", "grid_chief", "unit_chief", "water_head"}
KEEPERS = {"overseer", "officer"}
MAY = {
    "areas.find_area": EVERYBODY,
    "areas.list_gaps": POSTS,
    "areas.import_areas": {"operator"},
    "areas.drop_import": {"operator", "clock"},
    "areas.split_area": KEEPERS | {"clock"},
    "areas.merge_areas": KEEPERS | {"clock"},
    "areas.rename_area": KEEPERS | {"clock"},
    "areas.plan_change": KEEPERS,
    "areas.withdraw_change": KEEPERS,
    "areas.make_changes": {"clock"},
}


def actors(island: Island) -> dict[str, Actor]:
    others = {"visitor": VISITOR, "amal": actor_for_person(island.amal), "operator": OPERATOR, "clock": CLOCK}
    return {**others, **{name: actor_for_post(island.posts[name]) for name in POSTS}}


def test_every_permission_is_said() -> None:
    assert sorted(MAY) == [name for name in permission_names() if name.startswith("areas.")]


@pytest.mark.parametrize("name", MAY)
def test_permission_on_a_unit(island: Island, name: str) -> None:
    thing = PlannedChange(area=island["U111"]) if name == "areas.withdraw_change" else island["U111"]
    assert {who for who, actor in actors(island).items() if allowed(actor, name, thing)} == MAY[name]


@pytest.mark.parametrize("name", [name for name in MAY if MAY[name] >= KEEPERS and not MAY[name] >= POSTS])
def test_keepers_of_the_map_change_only_their_own_area(island: Island, name: str) -> None:
    elsewhere = Area(path="999/")
    thing = PlannedChange(area=elsewhere) if name == "areas.withdraw_change" else elsewhere
    may = {who for who, actor in actors(island).items() if allowed(actor, name, thing)}
    assert may == MAY[name] - KEEPERS
    thing = PlannedChange(area=island["D"]) if name == "areas.withdraw_change" else island["D"]
    above = {who for who, actor in actors(island).items() if allowed(actor, name, thing)}
    assert above == MAY[name] - {"officer"}
