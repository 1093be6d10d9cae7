"""No path of keys, times or serials leads from a person to a ballot: read from the schema itself."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from folkmoot.ballots.models import Claim, Drawn, RollEntry, Taken, Waiting
from folkmoot.people.models import Person
from tests.ballots.box.running import RunningBox

PERSONAL_ROWS = (RollEntry, Claim, Waiting, Taken, Drawn)  # that know of a person and of papers
TIMES = (models.DateTimeField, models.DateField, models.TimeField, models.DurationField)
SERIALS = (models.AutoField, models.BigAutoField, models.SmallAutoField)
BALLOT_TABLES = {"waiting", "settled"}

TELLS = re.compile(r"(^|_)(at|time|when|serial|number|rowid|address|ip|person)$")

Columns = Mapping[str, Iterable[str]]


def orders(model: type[models.Model]) -> list[str]:
    """The columns of a model that could tell in which order its rows came."""
    return [field.name for field in model._meta.concrete_fields if isinstance(field, (*TIMES, *SERIALS))]


@pytest.mark.parametrize("model", PERSONAL_ROWS)
def test_rows_of_persons_and_papers_have_no_time_and_no_serial(model: type[models.Model]) -> None:
    assert orders(model) == []


@pytest.mark.parametrize("field", [models.BigAutoField(primary_key=True), models.DateTimeField()])
def test_a_planted_serial_or_time_is_found(field: models.Field) -> None:
    class Planted(models.Model):
        planted = field

        class Meta:
            app_label = "planted"
            managed = False

        def __str__(self) -> str:
            return "planted"

    try:
        assert orders(Planted) != []
    finally:
        del apps.all_models["planted"]


def reached_from(start: type[models.Model]) -> set[type[models.Model]]:
    """Every model that keys lead to from `start`, in either direction."""
    seen, waiting = {start}, [start]
    while waiting:
        for field in waiting.pop()._meta.get_fields():
            other = field.related_model
            if isinstance(other, type) and other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def leaks(box: Columns, house: Columns) -> list[str]:
    """Columns of the box's ballots that also stand in a table of ours which a person leads to, or tell an order."""
    named = {column for columns in house.values() for column in columns}
    return [
        f"{table}.{column}"
        for table in BALLOT_TABLES & set(box)
        for column in box[table]
        if column in named or TELLS.search(column)
    ]


def box_columns(path: Path) -> tuple[dict[str, list[str]], str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
        columns = {
            table: [row[1] for row in database.execute(f"PRAGMA table_info('{table}')")] for table in tables
        }
    return columns, "\n".join(sql for table, sql in tables.items() if table in BALLOT_TABLES)


def house_columns() -> dict[str, list[str]]:
    """The tables that keys lead to from a person, within the rows that are kept for each person or paper."""
    models_reached = reached_from(Person) & set(PERSONAL_ROWS)
    return {model._meta.db_table: [f.column for f in model._meta.concrete_fields] for model in models_reached}


def test_no_column_joins_a_person_with_a_ballot(ballot_box: RunningBox) -> None:
    columns, sql = box_columns(Path(settings.DATA_DIR) / "box.sqlite3")
    assert columns.keys() >= BALLOT_TABLES
    assert leaks(columns, house_columns()) == []
    assert sql.count("WITHOUT ROWID") == len(BALLOT_TABLES)
    assert "REFERENCES" not in sql.upper()


def test_a_planted_column_is_found() -> None:
    house = house_columns()
    assert set(house) == {model._meta.db_table for model in PERSONAL_ROWS}
    for planted in ("entry_id", "signature", "blinded", "cast_at", "serial", "address"):
        assert leaks({"settled": ["c", "pk", planted]}, house) == [f"settled.{planted}"], planted


def test_the_house_knows_no_table_of_ballots() -> None:
    """Django's own database has no place for a commitment, a voter's key or a sealed answer."""
    fields = {
        f"{model._meta.label}.{field.name}" for model in apps.get_app_config("ballots").get_models()
        for field in model._meta.concrete_fields if field.name in {"c", "pk", "o", "oh", "seq", "sig", "creds"}
    }  # fmt: skip
    assert fields - {"ballots.Taken.pk"} == set()
