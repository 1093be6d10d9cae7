"""The pages of the map: imports, changes, gaps, history."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from shapely.geometry import mapping

from folkmoot.areas import tasks
from folkmoot.areas.models import Area, Boundary, ImportRun, PlannedChange
from folkmoot.areas.queries import children_of
from folkmoot.areas.services.imports import imports_folder
from folkmoot.areas.states import RunState
from tests.areas.test_changes import halves
from tests.factories.areas import AreaFactory
from tests.factories.island import Island

LEVELS = b"code,rank,name\nhamlet,35,Hamlet\n"
FAULTY = b"code,rank,name\nhamlet,35,Hamlet\nhut,x,Hut\n"


def url(name: str, *args: Any) -> str:
    return reverse(f"areas:{name}", args=args)


def text(page: Any) -> str:
    return page.content.decode()


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert page.status_code == 200, text(page)
    return len(asked)


# Imports ------------------------------------------------------------------------------------------


def hand_in(client: Client, content: bytes, *, kind: str = "levels", name: str = "levels.csv") -> Any:
    return client.post(url("imports"), {"kind": kind, "file": SimpleUploadedFile(name, content)})


def press(client: Client, run: ImportRun, act: str, **more: Any) -> Any:
    run.refresh_from_db()
    return client.post(url(act, run.pk), {"version": run.version, **more})


def test_import_goes_from_file_to_rows(as_operator: Client, island: Island) -> None:
    page = hand_in(as_operator, LEVELS)
    run = ImportRun.objects.get()
    assert page.headers["Location"] == url("import", run.pk)
    assert "The file is being checked" in text(as_operator.get(url("import", run.pk)))
    tasks.work_on(run.pk)
    page = as_operator.get(url("import", run.pk))
    assert "All is well. Nothing has changed yet" in text(page)
    assert "Import now" in text(page)
    assert press(as_operator, run, "confirm_import").status_code == 302
    assert "The rows are being imported" in text(as_operator.get(url("import", run.pk)))
    tasks.work_on(run.pk)
    page = as_operator.get(url("import", run.pk))
    assert "The rows are in" in text(page)
    assert [(fact.label, fact.value) for fact in page.context["facts"]] == [
        ("Rows checked", "1"),
        ("New rows", "1"),
    ]
    assert "levels.csv" in text(as_operator.get(url("imports")))
    assert not (imports_folder() / run.path).exists()


def test_import_shows_faults_and_takes_good_rows_on_request(as_operator: Client, island: Island) -> None:
    hand_in(as_operator, FAULTY)
    run = ImportRun.objects.get()
    tasks.work_on(run.pk)
    page = as_operator.get(url("import", run.pk))
    assert [(fault.line, fault.column, fault.sentence) for fault in page.context["listing"].rows] == [
        (3, "rank", "“x” is no whole number")
    ]
    assert "Import now" not in text(page)
    table = b"".join(as_operator.get(url("import_faults", run.pk)).streaming_content).decode()
    assert table == "\ufeffLine,Column,What is wrong\r\n3,rank,“x” is no whole number\r\n"
    assert press(as_operator, run, "confirm_import").status_code == 422
    assert press(as_operator, run, "confirm_import", rows="good").status_code == 302
    tasks.work_on(run.pk)
    run.refresh_from_db()
    assert (run.state, run.outcome) == (
        RunState.DONE,
        {"added": 1, "changed": 0, "unchanged": 0, "left_out": 1},
    )


def test_import_faults_speak_the_readers_language(as_operator: Client, island: Island) -> None:
    hand_in(as_operator, FAULTY)
    tasks.work_on(ImportRun.objects.get().pk)
    page = as_operator.get(url("import", ImportRun.objects.get().pk), headers={"Accept-Language": "zh-hans"})
    assert "“x”不是整数" in text(page)


def test_import_put_aside_is_gone(
    as_operator: Client, island: Island, django_capture_on_commit_callbacks: Any
) -> None:
    hand_in(as_operator, LEVELS)
    run = ImportRun.objects.get()
    tasks.work_on(run.pk)
    with django_capture_on_commit_callbacks(execute=True):
        press(as_operator, run, "drop_import")
    run.refresh_from_db()
    assert (run.state, (imports_folder() / run.path).exists()) == (RunState.DROPPED, False)
    assert press(as_operator, run, "confirm_import").status_code == 422


def test_import_of_two_only_the_faster_one_acts(as_operator: Client, island: Island) -> None:
    hand_in(as_operator, LEVELS)
    run = ImportRun.objects.get()
    tasks.work_on(run.pk)
    run.refresh_from_db()
    version = run.version
    assert press(as_operator, run, "confirm_import").status_code == 302
    assert as_operator.post(url("confirm_import", run.pk), {"version": version}).status_code == 409
    assert as_operator.post(url("confirm_import", run.pk), {"version": "x"}).status_code == 422


def test_import_asks_for_a_file_and_a_kind(as_operator: Client, island: Island) -> None:
    assert "Please choose a file" in text(as_operator.post(url("imports"), {"kind": "levels"}))
    assert hand_in(as_operator, LEVELS, kind="spoons").status_code == 422
    assert hand_in(as_operator, b"").status_code == 422
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize("who", ["amal", "bei", "chen", "dou"])
def test_imports_are_the_operators(request: pytest.FixtureRequest, island: Island, who: str) -> None:
    client: Client = request.getfixturevalue(f"as_{who}")
    assert client.get(url("imports")).status_code == 403
    assert hand_in(client, LEVELS).status_code == 403


def test_import_list_costs_the_same_for_more_files(as_operator: Client, island: Island) -> None:
    hand_in(as_operator, LEVELS)
    one = queries_of(as_operator, url("imports"))
    for _ in range(2):
        hand_in(as_operator, LEVELS)
    assert queries_of(as_operator, url("imports")) == one


# Changes ------------------------------------------------------------------------------------------

WHY = {"on": "2026-11-20", "reason": "serve", "note": "Two stairs"}


@pytest.fixture
def _today(at: Any) -> None:
    at("2026-11-20 09:00")


def parts(**more: str) -> dict[str, str]:
    named = {"short_1": "A", "name_1": "West", "short_2": "B", "name_2": "East", "heir": "1"}
    return {**named, **WHY, **more}


def edges_file(area: Area) -> SimpleUploadedFile:
    features = [
        {"type": "Feature", "properties": {"code": part.code}, "geometry": mapping(part.edge)}
        for part in halves(area)
    ]
    return SimpleUploadedFile("edges.geojson", json.dumps({"features": features}).encode())


@pytest.mark.usefixtures("_today")
def test_split_shows_what_would_move_then_splits(as_chen: Client, island: Island) -> None:
    page = as_chen.get(url("split", "G11"))
    assert [(fact.label, fact.value) for fact in page.context["facts"]] == [
        ("Places right below", 2), ("Posts", 1), ("Households", 0), ("Open matters", 0),
    ]  # fmt: skip
    page = as_chen.post(url("split", "G11"), {**parts(), "boundaries": edges_file(island["G11"])})
    assert page.status_code == 200, page.context["form"].errors
    assert [(share.part.code, share.places, share.is_heir) for share in page.context["shares"]] == [
        ("A", 1, True), ("B", 1, False),
    ]  # fmt: skip
    assert "Split now" in text(page)
    assert Area.objects.filter(code="A").count() == 0
    kept = page.context["form"]["edges"].value()
    page = as_chen.post(url("split", "G11"), parts(edges=kept, confirmed="yes"))
    assert page.headers["Location"] == url("history", "G11")
    assert [child.code for child in children_of(Area.objects.get(code="B"))] == ["U112"]
    page = as_chen.get(url("history", "G11"))
    assert "Grid 11 was split into West, East." in text(page)
    assert [act.label for act in page.context["acts"]] == ["Gaps of the map"]
    page = as_chen.get(reverse("home:place", args=["G11"]))
    assert "This place ended" in text(page)
    assert reverse("home:place", args=["A"]) in text(page)


@pytest.mark.usefixtures("_today")
def test_split_keeps_what_was_typed(as_chen: Client, island: Island) -> None:
    page = as_chen.post(url("split", "U111"), parts(short_2="U112"))
    assert page.status_code == 422
    assert "The code “U112” is taken" in text(page)
    assert 'value="West"' in text(page)
    point = {"properties": {"code": "A"}, "geometry": {"type": "Point", "coordinates": [1, 1]}}
    for boundaries, sentence in (
        (b"nothing", "this is no GeoJSON FeatureCollection"),
        (json.dumps({"features": [point]}).encode(), "a boundary is a Polygon"),
    ):
        upload = SimpleUploadedFile("edges.geojson", boundaries)
        page = as_chen.post(url("split", "U111"), {**parts(), "boundaries": upload})
        assert page.status_code == 422
        assert sentence in text(page)
    assert "Please use Latin letters" in text(as_chen.post(url("split", "U111"), parts(short_1="a b")))
    assert len(as_chen.get(url("split", "U111") + "?parts=4").context["form"].numbers) == 4
    assert len(as_chen.get(url("split", "U111") + "?parts=x").context["form"].numbers) == 2


@pytest.mark.usefixtures("_today")
def test_merge_shows_what_would_move_then_merges(as_chen: Client, island: Island) -> None:
    said = {"others": ["U112"], "short": "U110", "name": "Long House", **WHY}
    page = as_chen.post(url("merge", "U111"), said)
    assert (page.status_code, [area.code for area in page.context["chosen"]]) == (200, ["U111", "U112"])
    page = as_chen.post(url("merge", "U111"), {**said, "confirmed": "yes"})
    assert page.headers["Location"] == url("history", "U110")
    assert "Unit 111, Unit 112 became Long House." in text(as_chen.get(url("history", "U112")))
    assert as_chen.post(url("merge", "U121"), {**said, "others": ["U211"]}).status_code == 422


@pytest.mark.usefixtures("_today")
def test_rename_keeps_the_former_name(as_chen: Client, island: Island) -> None:
    assert as_chen.post(url("rename", "V1"), {"name": "", **WHY}).status_code == 422
    page = as_chen.post(url("rename", "V1"), {"name": "Whale Bay", "name_zh": "鲸湾村", **WHY})
    assert page.headers["Location"] == url("history", "V1")
    assert "Until then it was called North Cove." in text(as_chen.get(url("history", "V1")))


@pytest.mark.usefixtures("_today")
def test_split_for_a_later_day_is_planned_shown_and_withdrawn(
    as_chen: Client, as_bei: Client, client: Client, island: Island
) -> None:
    later = parts(on="2026-11-23")
    page = as_chen.post(url("split", "U111"), later)
    assert (page.status_code, len(page.context["shares"])) == (200, 2)
    assert ("Plan this change" in text(page), "Split now" in text(page)) == (True, False)
    page = as_chen.post(url("split", "U111"), {**later, "confirmed": "yes"})
    assert page.headers["Location"] == url("history", "U111")
    assert Area.objects.filter(code="A").count() == 0
    plan = PlannedChange.objects.get()
    withdraw = url("withdraw_change", plan.pk)
    pages = [text(each.get(url("history", "U111"))) for each in (client, as_bei, as_chen)]
    assert ["Unit 111 is to be split into West, East." in page for page in pages] == [True] * 3
    assert [withdraw in page for page in pages] == [False, False, True]
    assert as_bei.post(withdraw, {"version": 0}).status_code == 403
    assert [as_chen.post(withdraw, {"version": version}).status_code for version in ("x", 7, 0, 0)] == [
        422,
        409,
        302,
        409,
    ]
    assert "is to be split" not in text(client.get(url("history", "U111")))
    assert as_chen.post(url("withdraw_change", 2**62), {"version": 0}).status_code == 404


@pytest.mark.usefixtures("_today")
def test_merge_and_rename_for_a_later_day_are_planned(
    as_chen: Client, client: Client, island: Island
) -> None:
    said = {
        "others": ["U112"],
        "short": "U110",
        "name": "Long House",
        **WHY,
        "on": "2026-11-23",
        "confirmed": "yes",
    }
    assert as_chen.post(url("merge", "U111"), said).headers["Location"] == url("history", "U111")
    named = {"name": "Whale Bay", "name_zh": "鲸湾村", **WHY, "on": "2026-11-23"}
    assert as_chen.post(url("rename", "V1"), named).headers["Location"] == url("history", "V1")
    assert "Unit 111, Unit 112 are to become Long House." in text(client.get(url("history", "U112")))
    chinese = text(client.get(url("history", "V1"), headers={"Accept-Language": "zh-CN"}))
    assert ("北湾村将改名为鲸湾村。" in chinese, "已计划" in chinese) == (True, True)
    again = as_chen.post(url("rename", "V1"), named)
    assert (again.status_code, "A change of North Cove is planned already" in text(again)) == (422, True)


@pytest.mark.usefixtures("_today")
@pytest.mark.parametrize("page", ["split", "merge", "rename"])
def test_change_for_a_past_day_is_refused_and_keeps_what_was_typed(
    as_chen: Client, island: Island, page: str
) -> None:
    said = parts(on="2026-11-19", name="Long House", short="U110", confirmed="yes")
    answer = as_chen.post(url(page, "U111"), {**said, "others": ["U112"]})
    assert (answer.status_code, answer.context["form"].errors["on"]) == (
        422, ["This day has passed. A change of the map is made today or planned for a later day."],
    )  # fmt: skip
    assert ('value="2026-11-19"' in text(answer), "Two stairs" in text(answer)) == (True, True)


@pytest.mark.usefixtures("_today")
def test_history_costs_the_same_for_more_plans(as_chen: Client, island: Island) -> None:
    def planned(day: int) -> None:
        plan = PlannedChange.objects.create(
            kind="merge", on=date(2026, 12, day), reason="serve", area=island["U111"],
            terms={"into": {"name": "Long", "name_zh": ""}}, planned_by=island.chen.pk,
        )  # fmt: skip
        plan.others.add(island["U112"])

    planned(1)
    first = queries_of(as_chen, url("history", "U111"))
    planned(2)
    planned(3)
    assert queries_of(as_chen, url("history", "U111")) == first


@pytest.mark.usefixtures("_today")
def test_ended_area_cannot_be_changed_again(as_chen: Client, island: Island) -> None:
    Area.objects.filter(code="U111").update(valid_to=date(2021, 1, 1))
    assert as_chen.post(url("rename", "U111"), {"name": "New", **WHY}).status_code == 409


@pytest.mark.parametrize("page", ["split", "merge", "rename"])
@pytest.mark.parametrize(("who", "status"), [("amal", 403), ("bei", 403), ("chen", 200), ("operator", 403)])
def test_changes_are_the_townships(
    request: pytest.FixtureRequest, island: Island, page: str, who: str, status: int
) -> None:
    client: Client = request.getfixturevalue(f"as_{who}")
    assert client.get(url(page, "U111")).status_code == status
    assert client.get(url(page, "NONE")).status_code == (404 if status == 200 else 403)


def test_history_is_for_everybody(client: Client, island: Island) -> None:
    page = client.get(url("history", "U111"))
    assert (page.status_code, page.context["acts"]) == (200, [])
    assert url("history", "U111") in text(client.get(reverse("home:place", args=["U111"])))
    assert client.get(url("history", "NONE")).status_code == 404


# Gaps ---------------------------------------------------------------------------------------------


def test_gaps_of_the_map_in_the_area_of_the_post(as_bei: Client, island: Island) -> None:
    page = as_bei.get(url("gaps"))
    assert "Every place of this level has its boundary" in text(page)
    assert "No two boundaries of this level overlap" in text(page)
    Boundary.objects.filter(area__code__in=("G11", "G21")).delete()
    Boundary.objects.filter(area=island["U122"]).update(geometry=island["U121"].drawn.geometry)
    assert [area.code for area in as_bei.get(url("gaps")).context["listing"].rows] == ["G11"]
    page = as_bei.get(url("gaps") + "?level=unit")
    assert [(each.one.code, each.other.code, share) for each, share in page.context["overlaps"]] == [
        ("U121", "U122", "100 %")
    ]
    assert as_bei.get(url("gaps") + "?level=spoon").context["level"].code == "grid"


def test_gaps_cost_the_same_for_more_of_them(as_chen: Client, island: Island) -> None:
    Boundary.objects.filter(area__code="G11").delete()
    one = queries_of(as_chen, url("gaps"))
    for number in range(3):
        AreaFactory.create(code=f"X{number}", parent=island["V1"], level=island["G11"].level)
    assert queries_of(as_chen, url("gaps")) == one


def test_history_leads_those_who_keep_the_map_to_its_changes(
    as_chen: Client, as_hua: Client, island: Island
) -> None:
    for client, labels in (
        (as_chen, ["Split", "Merge", "Give a new name", "Gaps of the map"]), (as_hua, ["Gaps of the map"]),
    ):  # fmt: skip
        page = client.get(url("history", "U111"))
        assert [act.label for act in page.context["acts"]] == labels


@pytest.mark.parametrize(("who", "status"), [("amal", 403), ("hua", 200), ("guo", 200), ("operator", 403)])
def test_gaps_are_for_those_who_hold_a_post(
    request: pytest.FixtureRequest, island: Island, who: str, status: int
) -> None:
    assert request.getfixturevalue(f"as_{who}").get(url("gaps")).status_code == status
