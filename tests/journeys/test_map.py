"""The operator brings a file in; the township splits a unit; everybody reads what became of it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import mapping

from folkmoot.areas import tasks
from folkmoot.areas.models import Area, Boundary, ImportRun, PlannedChange
from folkmoot.areas.services import plan_change
from folkmoot.base import clock
from folkmoot.people.actors import actor_for_post
from tests.areas.conftest import as_csv
from tests.areas.test_changes import halves
from tests.factories.island import Island
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("place")]
Visit = Callable[..., Visitor]
WORDS = {
    "en": {
        "check": "Check the file", "good": "Import the good rows only", "again": "Look again",
        "see": "See what would move", "split": "Split now", "serve": "easy to serve", "first": "Part 1",
        "merge": "Merge now", "rename": "Give the new name", "withdraw": "Withdraw this plan",
        "neighbour": "Unit 112",
    },
    "zh-CN": {
        "check": "检查文件", "good": "只导入没有错误的行", "again": "刷新看看", "see": "看看会带走什么",
        "split": "确认拆分", "serve": "便于服务", "first": "第 1 部分", "merge": "确认合并", "rename": "确认更名",
        "withdraw": "撤回这项计划",
        "neighbour": "112单元",
    },
}  # fmt: skip
both_languages = pytest.mark.parametrize("language", list(WORDS))


@pytest.fixture
def island(place: tuple[Island, Any]) -> Island:
    return place[0]


@both_languages
def test_operator_brings_a_file_in(visit: Visit, island: Island, tmp_path: Path, language: str) -> None:
    say = WORDS[language]
    path = tmp_path / "areas.csv"
    rows = [
        ["U113", "unit", "G11", "Pier 3", "码头3号", "", "", ""],
        ["U114", "unit", "G99", "Pier 4", "", "", "", ""],
    ]
    path.write_text(as_csv(rows), encoding="utf-8")
    operator = visit(island.operator, language=language)
    operator.look("/imports/")
    operator.page.select_option("select[name=kind]", "areas")
    operator.page.set_input_files("input[name=file]", path)
    operator.press(say["check"])
    run = ImportRun.objects.get()
    tasks.tell_progress(run.pk, "check", 1, 2)
    operator.press(say["again"])
    tasks.work_on(run.pk)
    operator.page.get_by_role("button", name=say["good"]).wait_for()  # the page looks again by itself
    operator.check()
    assert "G99" in operator.text
    operator.press(say["good"])
    tasks.work_on(run.pk)
    operator.look(f"/imports/{run.pk}/")
    assert Area.objects.get(code="U113").parent == island["G11"]
    assert not Area.objects.filter(code="U114").exists()


@both_languages
def test_township_splits_a_unit(visit: Visit, island: Island, tmp_path: Path, language: str) -> None:
    say = WORDS[language]
    features = [
        {"type": "Feature", "properties": {"code": part.code}, "geometry": mapping(part.edge)}
        for part in halves(island["U111"])
    ]
    path = tmp_path / "edges.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    chen = visit(island.chen, island.officer, language=language)
    chen.look("/places/U111/split/")
    for number, (code, name) in enumerate((("A", "West Pier"), ("B", "East Pier")), start=1):
        chen.page.fill(f"input[name=short_{number}]", code)
        chen.page.fill(f"input[name=name_{number}]", name)
    chen.page.set_input_files("input[name=boundaries]", path)
    chen.choose(say["first"])
    chen.choose(say["serve"])
    chen.press(say["see"])
    assert "West Pier" in chen.text
    chen.press(say["split"])
    assert [
        area.code for area in Area.objects.filter(came_from=None, valid_from=clock.today()).order_by("code")
    ] == ["B"]
    chen.look("/places/U111/")
    anybody = visit(language=language)
    anybody.look("/places/U111/history/")
    assert "East Pier" in anybody.text
    chen.look("/places/A/rename/")
    chen.page.fill("input[name=name]", "Gull Pier")
    chen.choose(say["serve"])
    chen.press(say["rename"])
    assert "West Pier" in chen.text


@both_languages
def test_township_merges_units_without_scripts(visit: Visit, island: Island, language: str) -> None:
    say = WORDS[language]
    chen = visit(island.chen, island.officer, language=language, scripts=False)
    chen.look("/places/U111/merge/")
    chen.choose(say["neighbour"])
    chen.page.fill("input[name=short]", "U110")
    chen.page.fill("input[name=name]", "Long House")
    chen.choose(say["serve"])
    chen.press(say["see"])
    chen.press(say["merge"])
    assert Area.objects.get(code="U112").became == Area.objects.get(code="U110")


@both_languages
def test_keepers_see_the_gaps_of_the_map(visit: Visit, island: Island, language: str) -> None:
    Boundary.objects.filter(area__code="G11").delete()
    Boundary.objects.filter(area=island["G21"]).update(geometry=island["G22"].drawn.geometry)
    chen = visit(island.chen, island.officer, language=language)
    chen.look("/map/gaps/")
    assert "G11" in chen.text
    chen.look("/places/U111/merge/")
    chen.look("/places/U111/history/")


@both_languages
def test_planned_change_is_read_and_withdrawn(visit: Visit, island: Island, language: str) -> None:
    plan_change(
        actor=actor_for_post(island.officer), kind="split", areas=[island["U111"]], parts=halves(island["U111"]),
        heir="A", on=clock.today() + timedelta(days=3), reason="serve", note="Two stairs",
    )  # fmt: skip
    visit(language=language).look("/places/U111/history/")
    chen = visit(island.chen, island.officer, language=language)
    chen.look("/places/U111/history/")
    chen.press(WORDS[language]["withdraw"])
    assert PlannedChange.objects.get().state == "withdrawn"
