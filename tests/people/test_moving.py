"""Areas change, and posts, organizations and households go along."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from folkmoot.areas.models import Area, AreaChange
from folkmoot.base.actors import VISITOR
from folkmoot.base.errors import NotAllowed
from folkmoot.channels.models import Message
from folkmoot.journal.models import Act
from folkmoot.people.actors import actor_for
from folkmoot.people.models import Household, Post, Role, Tenure
from folkmoot.people.queries import handling_post
from folkmoot.people.services import move_posts_and_households
from tests.factories.areas import AreaFactory
from tests.factories.island import Island
from tests.factories.people import HouseholdFactory, OrganizationFactory, PostFactory


@pytest.fixture(autouse=True)
def _today(at: Callable[[str], datetime]) -> None:
    at("2026-11-20 09:00")


def change(
    island: Island, kind: str, old: list[Area], new: list[Area], homes: dict[str, Area] | None = None
) -> None:
    """As areas does it: what has no point of its own goes to the first of the new areas."""
    homes = homes or {}

    def choose(point: object, household: Household | None) -> Area:
        return homes.get(household.code, new[0]) if household is not None else new[0]

    move_posts_and_households(actor=actor_for(island.bei.account), kind=kind, old=old, new=new, choose=choose)


def test_split_keeps_the_chief_and_shows_the_vacancy(island: Island) -> None:
    north, south = AreaFactory.create_batch(2, parent=island["G11"])
    other = HouseholdFactory.create(code="h-south", area=island["U111"])
    change(island, "split", [island["U111"]], [north, south], {"h-south": south})
    assert handling_post(north) == island.unit_chief
    vacant = handling_post(south)
    assert (vacant.role, vacant.vacant_since) == (Role.UNIT_CHIEF, date(2026, 11, 20))
    island.household.refresh_from_db()
    other.refresh_from_db()
    assert (island.household.area, other.area) == (north, south)
    act = Act.objects.get(kind="people.posts_moved")
    assert {name: act.body[name] for name in ("posts", "opened", "closed", "households")} == {
        "posts": 1, "opened": 1, "closed": 0, "households": 2,
    }  # fmt: skip


def test_merge_keeps_who_served_longest(island: Island) -> None:
    Tenure.objects.filter(person=island.mei).update(since=date(2019, 1, 1))
    both = AreaFactory.create(parent=island["G11"])
    change(island, "merge", [island["U111"], island["U112"]], [both])
    assert handling_post(both) == island.next_unit_chief
    island.unit_chief.refresh_from_db()
    assert island.unit_chief.closed_on == date(2026, 11, 20)
    assert island.unit_chief.tenures.get().until == date(2026, 11, 20)
    assert list(Message.objects.values_list("notice", "person__name")) == [("people.post_closed", "Hua")]
    assert actor_for(island.hua.account).post is None


def test_merge_prefers_a_filled_post(island: Island) -> None:
    both = AreaFactory.create(parent=island["V1"])
    change(island, "merge", [island["U121"], island["U122"]], [both])
    assert handling_post(both) == island.far_unit_chief


def test_merge_into_an_area_that_stays(island: Island) -> None:
    change(island, "merge", [island["U112"]], [island["U111"]])
    assert handling_post(island["U111"]) == island.unit_chief
    assert Post.objects.filter(area=island["U111"], closed_on=None).count() == 1


def test_rename_moves_everything(island: Island) -> None:
    village = AreaFactory.create(parent=island["T"], level=island["V1"].level)
    branch = OrganizationFactory.create(area=island["V1"])
    change(island, "rename", [island["V1"]], [village])
    branch.refresh_from_db()
    assert (handling_post(village), branch.area) == (island.secretary, village)


def test_rename_of_the_same_area_renames_the_posts_called_after_it(island: Island) -> None:
    own = PostFactory.create(role=Role.VILLAGE_DIRECTOR, area=island["V1"], title="The boss", title_zh="老大")
    AreaChange.objects.create(
        kind="rename", on=date(2026, 11, 20), reason="serve", area=island["V1"],
        former={"name": "North Cove", "name_zh": "北湾村"},
    )  # fmt: skip
    Area.objects.filter(pk=island["V1"].pk).update(name="New Cove", name_zh="新湾村")
    village = Area.objects.get(pk=island["V1"].pk)
    change(island, "rename", [village], [village])
    island.secretary.refresh_from_db()
    own.refresh_from_db()
    assert (island.secretary.title, own.title) == ("Village secretary, New Cove", "The boss")
    assert "新湾村" in island.secretary.title_zh
    assert Act.objects.filter(kind="people.posts_moved").count() == 0


def test_move_posts_is_not_for_everybody(island: Island) -> None:
    for actor in (VISITOR, actor_for(island.amal.account)):
        with pytest.raises(NotAllowed):
            move_posts_and_households(
                actor=actor, kind="split", old=[], new=[], choose=lambda *_: island["V1"]
            )
