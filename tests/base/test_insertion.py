"""Rows written by a statement that is built once are the rows that Django writes."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.forms.models import model_to_dict

from folkmoot.base import clock
from folkmoot.base.insertion import MOST_ROWS, insert
from folkmoot.cases.models import Case, Category
from folkmoot.journal.models import Act
from tests.factories.cases import make_rules
from tests.factories.island import Island


@pytest.fixture
def case_of(island: Island) -> Any:
    category = make_rules()["lamp"]

    def make(number: str, **fields: Any) -> Case:
        now = clock.now()
        return Case(
            number=number, category=category, nature="demand", title="Lamp", text="灯坏了", answers={"pole": "7"},
            area=island["U111"], area_path=island["U111"].path, rung=island["U111"], rung_rank=50, highest_rank=50,
            contact_phone="+8613800000001", publicity="public", reported_at=now, changed_at=now, rung_since=now,
            lon=150.4, shares_contact=True, **fields,
        )  # fmt: skip

    return make


def test_insert_writes_what_save_writes(case_of: Any) -> None:
    one, other = case_of("2026-000001"), case_of("2026-000002")
    insert([one])
    other.save()
    stored, saved = Case.objects.get(pk=one.pk), Case.objects.get(pk=other.pk)
    same = {"number", "id", "reported_at", "changed_at", "rung_since"}
    assert {k: v for k, v in model_to_dict(stored).items() if k not in same} == {
        k: v for k, v in model_to_dict(saved).items() if k not in same
    }
    assert (stored.reported_at, stored.is_shown, stored.contact_phone) == (
        one.reported_at,
        True,
        "+8613800000001",
    )


def test_insert_gives_rows_their_numbers_in_order_and_lets_them_be_saved(case_of: Any) -> None:
    rows = [case_of("2026-000001"), case_of("2026-000002")]
    insert(rows)
    assert [Case.objects.get(pk=row.pk).number for row in rows] == ["2026-000001", "2026-000002"]
    rows[0].title = "Another"
    rows[0].save()
    assert list(Case.objects.order_by("pk").values_list("title", flat=True)) == ["Another", "Lamp"]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, MOST_ROWS, MOST_ROWS + 1])
def test_insert_takes_any_number_of_rows(count: int) -> None:
    acts = [
        Act(kind="a.b", at=clock.now(), body={"n": n}, salt=bytes([n]), digest=b"\0\xff" * 16)
        for n in range(count)
    ]
    insert(acts)
    assert [(a.pk, a.body, bytes(a.salt), bytes(a.digest)) for a in Act.objects.order_by("pk")] == [
        (act.pk, act.body, act.salt, act.digest) for act in acts
    ]


@pytest.mark.django_db
def test_insert_keeps_to_the_constraints() -> None:
    insert([Category(code="lamp", name="Lamp")])
    with pytest.raises(IntegrityError):
        insert([Category(code="lamp", name="Lamp")])
