"""Working time, without Django."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.cases.deadlines import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    opens=time(8, 30),
    closes=time(18),
    zone=ZONE,
    holidays={date(2026, 11, 24): "Lantern day"},
    makeup_days={date(2026, 11, 21): "make-up"},
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_add_days_counts_makeup_saturday_and_skips_holiday() -> None:
    due = CALENDAR.add_days(at("2026-11-20 13:00"), 3)
    assert due.at == at("2026-11-25 18:00")  # Sat 21 counts, Mon 23, Tue 24 is a holiday, Wed 25
    assert due.makeup_days == (date(2026, 11, 21),)
    assert due.holidays == (date(2026, 11, 24),)


def test_add_days_skips_ordinary_weekend_without_naming_it() -> None:
    due = CALENDAR.add_days(at("2026-11-26 09:00"), 2)
    assert (due.at, due.holidays, due.makeup_days) == (at("2026-11-30 18:00"), (), ())


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20 09:00", 4, "2026-11-20 13:00"),
        ("2026-11-20 16:00", 4, "2026-11-21 10:30"),
        ("2026-11-20 22:00", 2, "2026-11-21 10:30"),
        ("2026-11-21 17:00", 2, "2026-11-23 09:30"),
        ("2026-11-20 03:00", 1, "2026-11-20 09:30"),
    ],
)
def test_add_hours_runs_only_while_work_is_open(start: str, hours: int, end: str) -> None:
    assert CALENDAR.add_hours(at(start), hours).at == at(end)


moments = st.datetimes(at("2026-01-01").replace(tzinfo=None), at("2027-12-31").replace(tzinfo=None)).map(
    lambda moment: moment.replace(tzinfo=ZONE)
)


@given(moments, st.integers(1, 30))
def test_add_days_agrees_with_counting_back(start: datetime, days: int) -> None:
    due = CALENDAR.add_days(start, days).at
    assert CALENDAR.working_days_between(start, due) == days
    assert CALENDAR.is_working(due.date())


@given(moments, st.integers(1, 60), st.integers(1, 60))
def test_add_hours_is_monotone(start: datetime, few: int, more: int) -> None:
    one, two = CALENDAR.add_hours(start, few).at, CALENDAR.add_hours(start, few + more).at
    assert start < one < two
