"""A change of the map is planned for a later day, and the clock makes it then: whole, or not at all."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from folkmoot.areas.models import Area, AreaChange, PlannedChange
from folkmoot.areas.queries import children_of, smallest_area_at
from folkmoot.areas.services import (
    Fresh,
    make_due_changes,
    merge_areas,
    plan_change,
    rename_area,
    withdraw_change,
)
from folkmoot.areas.states import PLAN, PlanState
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotAllowed, Refused, StaleState
from folkmoot.base.registries import area_changes, due_work, notices
from folkmoot.cases.models import CaseEvent
from folkmoot.channels.models import Message
from folkmoot.channels.notices_text import text_of
from folkmoot.journal.models import Act
from folkmoot.people.actors import actor_for_post
from folkmoot.people.models import Household, Post
from tests.areas.test_changes import halves
from tests.factories.cases import make_case, make_rules
from tests.factories.island import Island

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
ON_MONDAY = "2026-11-23 00:01"
NAMES = {"name": "Whale Bay", "name_zh": "鲸湾村"}


@pytest.fixture(autouse=True)
def _today(at: Callable[[str], Any]) -> None:
    at("2026-11-20 09:00")


@pytest.fixture
def chen(island: Island) -> Actor:
    return actor_for_post(island.officer)


def plan_name(chen: Actor, area: Area, **more: Any) -> PlannedChange:
    how = {"on": MONDAY, "reason": "serve", **NAMES, **more}
    return plan_change(actor=chen, kind="rename", areas=[area], **how)


def plan_split(chen: Actor, area: Area, **more: Any) -> PlannedChange:
    how: dict[str, Any] = {"parts": halves(area), "heir": "A", "on": MONDAY, "reason": "serve", **more}
    return plan_change(actor=chen, kind="split", areas=[area], **how)


def plan_merge(chen: Actor, island: Island) -> PlannedChange:
    units = [island["U111"], island["U112"]]
    into = Fresh("U110", "Long House", "长屋")
    return plan_change(actor=chen, kind="merge", areas=units, into=into, on=MONDAY, reason="manage")


def kinds() -> list[str]:
    return list(Act.objects.order_by("pk").values_list("kind", flat=True))


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Area, AreaChange, Post, Household)]


def test_planned_rename_waits_for_its_day(island: Island, chen: Actor, at: Any) -> None:
    plan = plan_name(chen, island["V1"], note="As everybody calls it")
    before = everything()
    assert (make_due_changes(), everything()) == (0, before)
    at("2026-11-22 23:59")
    assert (make_due_changes(), everything()) == (0, before)
    at(ON_MONDAY)
    assert (make_due_changes(), make_due_changes()) == (1, 0)
    village = Area.objects.get(code="V1")
    assert (village.name, village.name_zh) == ("Whale Bay", "鲸湾村")
    change = AreaChange.objects.get()
    assert (change.kind, change.on, change.reason, change.note) == (
        "rename",
        MONDAY,
        "serve",
        "As everybody calls it",
    )
    plan.refresh_from_db()
    assert (plan.state, plan.version) == (PlanState.MADE, 1)
    assert kinds()[:3] == ["area.change_planned", "area.change_made", "area.renamed"]


def test_planned_split_moves_posts_households_and_cases_in_one_act(
    island: Island, chen: Actor, at: Any
) -> None:
    lamp = make_rules()["lamp"]
    _west, south, east, _north = island["U111"].drawn.box
    case = make_case(lamp, island["U111"], island.amal, lon=east - 0.001, lat=south + 0.001)
    west, east_part = halves(island["U111"])
    parts = [
        west,
        Fresh("B", "East", "东", edge=east_part.edge, households=frozenset({island.household.code})),
    ]
    plan_split(chen, island["U111"], parts=parts)
    at(ON_MONDAY)
    assert make_due_changes() == 1
    parts_now = {area.code: area for area in children_of(island["G11"])}
    assert sorted(parts_now) == ["A", "B", "U112"]
    assert smallest_area_at(east - 0.001, south + 0.001) == parts_now["B"]
    assert Area.objects.get(code="U111").valid_to == MONDAY
    assert Household.objects.get(pk=island.household.pk).area == parts_now["B"]
    assert Post.objects.get(pk=island.unit_chief.pk).area == parts_now["A"]
    case.refresh_from_db()
    assert (case.area, CaseEvent.objects.filter(case=case).last().act) == (parts_now["B"], "resettle")


def test_planned_merge_makes_one_of_two(island: Island, chen: Actor, at: Any) -> None:
    plan_merge(chen, island)
    at(ON_MONDAY)
    assert make_due_changes() == 1
    new = Area.objects.get(code="U110")
    assert (new.name_zh, new.valid_from, smallest_area_at(*island.point_in("U112"))) == ("长屋", MONDAY, new)


def test_planned_change_is_made_late_for_its_own_day(island: Island, chen: Actor, at: Any) -> None:
    plan_split(chen, island["U111"])
    at("2026-11-26 08:00")  # the machine was off
    assert make_due_changes() == 1
    assert {area.valid_from for area in children_of(island["G11"])} == {MONDAY, date(2020, 1, 1)}


@pytest.mark.parametrize("on", [date(2026, 11, 19), FRIDAY])
def test_plan_change_is_for_a_day_to_come(island: Island, chen: Actor, on: date) -> None:
    with pytest.raises(Refused, match="This day has passed"):
        plan_name(chen, island["V1"], on=on)
    assert (PlannedChange.objects.count(), kinds()) == (0, [])


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"reason": "because"}, "needs one of the three reasons"),
        ({"heir": "C"}, "Say which part takes over"),
        ({"parts": [Fresh("A", "West"), Fresh("U112", "East")]}, "The code “U112” is taken"),
    ],
)
def test_plan_change_refuses_what_could_not_be_made(
    island: Island, chen: Actor, how: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        plan_split(chen, island["U111"], **how)
    assert PlannedChange.objects.count() == 0


def test_plan_change_refuses_a_second_plan_for_an_area(island: Island, chen: Actor) -> None:
    plan_merge(chen, island)
    with pytest.raises(Refused, match="A change of Unit 112 is planned already"):
        plan_name(chen, island["U112"])
    assert PlannedChange.objects.count() == 1


@pytest.mark.parametrize("who", ["secretary", "unit_chief", "water_head"])
def test_plan_change_belongs_to_those_who_keep_the_map(island: Island, chen: Actor, who: str) -> None:
    with pytest.raises(NotAllowed):
        plan_name(actor_for_post(island.posts[who]), island["V1"])
    plan = plan_name(chen, island["V1"])
    with pytest.raises(NotAllowed):
        withdraw_change(actor=actor_for_post(island.posts[who]), plan=plan)


def test_withdraw_change_leaves_everything_as_it_is(island: Island, chen: Actor, at: Any) -> None:
    plan, before = plan_name(chen, island["V1"]), everything()
    withdraw_change(actor=chen, plan=plan, seen=0)
    with pytest.raises(Refused, match="things have moved on"):
        withdraw_change(actor=chen, plan=PlannedChange.objects.get())
    with pytest.raises(StaleState):
        withdraw_change(actor=chen, plan=plan, seen=0)
    at(ON_MONDAY)
    assert (make_due_changes(), everything()) == (0, before)
    assert kinds() == ["area.change_planned", "area.change_withdrawn"]
    assert plan_name(chen, island["V1"], on=date(2026, 12, 1)).state == PlanState.PLANNED


def test_planned_change_that_no_longer_fits_is_told_and_nothing_is_changed(
    island: Island, chen: Actor, at: Any
) -> None:
    plan = plan_split(chen, island["U111"])
    units = [island["U111"], island["U112"]]
    merge_areas(actor=chen, areas=units, into=Fresh("A", "Long"), on=FRIDAY, reason="manage")
    before, messages = everything(), Message.objects.count()
    at(ON_MONDAY)
    assert (make_due_changes(), make_due_changes()) == (0, 0)
    assert everything() == before
    plan.refresh_from_db()
    assert (plan.state, plan.why_failed, plan.why_failed_zh) == (
        PlanState.FAILED, "The place itself was changed since it was planned.", "列入计划之后，这个地方本身已有变动。",
    )  # fmt: skip
    assert kinds()[-1] == "area.change_failed"
    message = Message.objects.get(notice="area.change_failed")
    assert (message.person, Message.objects.count()) == (island.chen, messages + 1)
    assert text_of(message.notice, message.params).body == (
        "You planned to change Unit 111 on Monday 23 November 2026. Nothing was changed, because it no longer fits: "
        "The place itself was changed since it was planned."
    )


def test_planned_change_fails_whole_when_what_moves_along_cannot(
    island: Island, chen: Actor, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_split(chen, island["U111"])
    before = everything()

    def refuses(**_named: Any) -> None:
        raise Refused("The matters cannot move.")

    monkeypatch.setitem(area_changes._entries, "cases", refuses)
    at(ON_MONDAY)
    assert (make_due_changes(), everything()) == (0, before)
    assert PlannedChange.objects.get().why_failed == "The matters cannot move."


def test_one_failing_plan_does_not_hold_up_another(island: Island, chen: Actor, at: Any) -> None:
    plan_name(chen, island["V1"])
    plan_name(chen, island["V2"], name="Seal Bay", name_zh="")
    rename_area(actor=chen, area=island["V1"], on=FRIDAY, reason="serve", **NAMES)
    at(ON_MONDAY)
    assert make_due_changes() == 1
    assert list(PlannedChange.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "made"]


def test_area_that_begins_today_is_changed_tomorrow_at_the_earliest(island: Island, chen: Actor) -> None:
    Area.objects.filter(code="V1").update(valid_from=FRIDAY)
    village = Area.objects.get(code="V1")
    with pytest.raises(Refused, match="North Cove began on that day or later"):
        rename_area(actor=chen, area=village, on=FRIDAY, reason="serve", **NAMES)
    assert plan_name(chen, village, on=date(2026, 11, 21)).on == date(2026, 11, 21)


@pytest.mark.parametrize("state", PlanState.values)
@pytest.mark.parametrize("act", ["make", "withdraw", "fail"])
def test_plan_moves_once(state: str, act: str) -> None:
    assert ((state, act) in PLAN) == (state == "planned")


def test_plans_are_due_work_and_have_their_words() -> None:
    assert ("areas.changes" in due_work, "area.change_failed" in notices) == (True, True)
