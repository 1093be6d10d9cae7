"""`folkmoot import case-rules`: hours and numbers with their first day, all of them or none."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from folkmoot.areas.models import Level
from folkmoot.areas.queries import levels
from folkmoot.base import clock
from folkmoot.cases.in_force import days_of, terms_of
from folkmoot.cases.models import CalendarDay, CaseRule, Category, Term
from folkmoot.cases.rulebook import Rulebook, rulebook
from folkmoot.cli import build_parser, command_modules, import_
from tests.conftest import signed_in
from tests.factories.island import Island

pytestmark = pytest.mark.django_db
NAMES = CaseRule.Name
GOOD = ["opens_minute,09:00,2026-12-01", "closes_minute,17:30,2026-12-01", "small_group,7,2026-01-01"]


def run(tmp_path: Path, rows: list[str], *options: str) -> int:
    path = tmp_path / "rules.csv"
    path.write_text("\n".join(["name,value,valid_from", *rows]) + "\n", encoding="utf-8")
    arguments = ["import", "case-rules", str(path), *options]
    return import_.run(build_parser(command_modules()).parse_args(arguments))


def stored() -> list[tuple[str, int, date]]:
    return list(CaseRule.objects.order_by("name", "valid_from").values_list("name", "value", "valid_from"))


def test_import_case_rules_changes_nothing_in_a_dry_run(tmp_path: Path) -> None:
    assert run(tmp_path, GOOD, "--dry-run") == 0
    assert stored() == []


def test_import_case_rules_holds_from_its_day_and_at_once(tmp_path: Path) -> None:
    assert rulebook().number(NAMES.SMALL_GROUP, clock.today()) == 5
    assert run(tmp_path, GOOD) == 0
    assert stored() == [
        ("closes_minute", 1050, date(2026, 12, 1)), ("opens_minute", 540, date(2026, 12, 1)),
        ("small_group", 7, date(2026, 1, 1)),
    ]  # fmt: skip
    book = rulebook()
    assert book.number(NAMES.SMALL_GROUP, date(2026, 11, 19)) == 7
    assert book.number(NAMES.OPENS, date(2026, 11, 30)) == 510
    assert book.number(NAMES.OPENS, date(2026, 12, 1)) == 540


def test_import_case_rules_again_changes_what_is_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, GOOD)
    capsys.readouterr()
    assert run(tmp_path, [*GOOD[:2], "small_group,6,2026-01-01", "silence_days,14,2026-01-01"]) == 0
    assert capsys.readouterr().out.splitlines() == ["New rows: 1. Changed rows: 1. Rows as before: 2."]


FAULTS = [
    ("colour,7,2026-01-01", "name", "“colour” is none of: "),
    ("silence_days,ten,2026-01-01", "value", "“ten” is no whole number"),
    ("silence_days,²,2026-01-01", "value", "“²” is no whole number"),
    ("silence_days,0,2026-01-01", "value", "must be from 1 to 365"),
    ("small_group,2,2026-02-01", "value", "must be from 3 to 100"),
    ("opens_minute,510,2026-01-01", "value", "“510” is no time like 08:30"),
    ("opens_minute,25:00,2026-01-01", "value", "“25:00” is no time like 08:30"),
    ("opens_minute,19:00,2026-01-01", "value", "work would end before it begins from 2026-01-01"),
    ("reopen_days,5,2026-13-01", "valid_from", "“2026-13-01” is no date like 2026-11-20"),
    ("reopen_days,,2026-01-01", "value", "is empty"),
    ("small_group,9,2026-01-01", "valid_from", "“small_group” from 2026-01-01 is there twice"),
]


@pytest.mark.parametrize(("row", "column", "reason"), FAULTS)
def test_import_case_rules_names_line_column_and_reason_and_imports_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, column: str, reason: str
) -> None:
    assert run(tmp_path, ["small_group,7,2026-01-01", row]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"rules.csv:3\t{column}\t{reason}")
    assert last == "Rows checked: 2. Faults found: 1. Nothing was imported."
    assert stored() == []


def test_import_case_rules_compares_hours_with_those_that_are_stored(tmp_path: Path) -> None:
    assert run(tmp_path, ["closes_minute,12:00,2027-01-01"]) == 0
    assert run(tmp_path, ["opens_minute,13:00,2026-12-01"]) == 0
    assert run(tmp_path, ["opens_minute,13:00,2027-06-01"]) == 1


def test_imports_page_offers_the_rules_of_the_place(island: Island) -> None:
    page = signed_in(island.operator).get("/imports/").content.decode()
    assert 'value="case-rules"' in page
    assert "Working hours, silence, reopening and small groups" in page
    assert "a time like 08:30 for working hours, else a whole number" in page


def test_rules_in_force_says_what_holds_since_when_and_what_comes(
    client: Client, rules: dict, tmp_path: Path
) -> None:
    run(tmp_path, GOOD)
    page = client.get("/cases/rules/").content.decode()
    for said in (
        "Signed for within 4 working hours, first contact within 8 working hours, solved within 3 working days.",
        "08:30", ": 09:00", "Built in.", "Lantern make-up day", "make-up working day",
    ):  # fmt: skip
        assert said in page, said
    chinese = client.get("/cases/rules/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "4 个办公小时内签收，8 个办公小时内首次联系，3 个工作日内办结。" in chinese
    assert "灯节调休" in chinese


def test_rules_in_force_of_an_empty_place_says_so(client: Client) -> None:
    answer = client.get("/cases/rules/")
    assert answer.status_code == 200
    assert "No place has been set up here yet." in answer.content.decode()


def test_rules_in_force_puts_like_kinds_and_days_in_a_row_together(
    island: Island, rules: dict[str, Category]
) -> None:
    unit, today = Level.objects.get(code="unit"), date(2026, 11, 19)
    for kind, days, since in [("lamp", 1, today), ("noise", 1, today), ("drain", 2, date(2026, 12, 1))]:
        Term.objects.create(
            level=unit, category=rules[kind], sign_hours=1, contact_hours=2, solve_days=days, valid_from=since
        )
    for day in (date(2026, 11, 25), date(2026, 11, 26), date(2027, 1, 1)):
        CalendarDay.objects.create(date=day, kind="holiday", name="Lantern day", name_zh="灯节")
    level, rows = terms_of(Rulebook(), levels(), today)[0]
    shown = [(row.label, row.since, [(each.value, each.since) for each in row.coming]) for row in rows]
    soon = "Signed for within 1 working hour, first contact within 2 working hours, solved within 2 working days."
    assert level == unit
    assert shown == [
        ("Every kind not named here", date(2020, 1, 1), []), ("Street lamp, Neighbours", today, []),
        ("Drain", None, [(soon, date(2026, 12, 1))]),
    ]  # fmt: skip
    assert [(each.first.day, each.last.day) for each in days_of(Rulebook(), today)] == [
        (21, 21), (24, 26), (1, 1),
    ]  # fmt: skip
