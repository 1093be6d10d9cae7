from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils.formats import date_format
from django.utils.translation import override

from folkmoot.ui.moments import day_text, due_text, moment_text

NOW = "2026-11-18 09:30"  # a Wednesday


def moment(text: str) -> datetime:
    from django.utils import timezone

    return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("when", "english", "chinese"),
    [
        ("2026-11-18 09:12", "today 09:12", "今天 09:12"),
        ("2026-11-18 23:59", "today 23:59", "今天 23:59"),
        ("2026-11-17 18:05", "yesterday 18:05", "昨天 18:05"),
        ("2026-11-19 18:00", "tomorrow 18:00", "明天 18:00"),
        ("2026-11-20 18:00", "Friday 18:00", "周五 18:00"),
        ("2026-11-24 18:00", "Tuesday 18:00", "周二 18:00"),
        ("2026-11-25 18:00", "25 Nov 18:00", "11月25日 18:00"),
        ("2026-11-16 18:00", "16 Nov 18:00", "11月16日 18:00"),
        ("2025-11-18 08:00", "18 Nov 2025 08:00", "2025年11月18日 08:00"),
        ("2027-01-01 08:00", "1 Jan 2027 08:00", "2027年1月1日 08:00"),
    ],
)
def test_moment_is_said_from_now(
    at: Callable[[str], datetime], when: str, english: str, chinese: str
) -> None:
    at(NOW)
    with override("en"):
        assert moment_text(moment(when)) == english
    with override("zh-hans"):
        assert moment_text(moment(when)) == chinese


@pytest.mark.parametrize(
    ("when", "english", "chinese"),
    [
        ("2026-11-18 18:00", "today 18:00", "今天 18:00"),
        ("2026-11-21 18:00", "Saturday 18:00", "周六 18:00"),
        ("2026-11-26 18:00", "Thursday 26 November 18:00", "11月26日（周四）18:00"),
        ("2027-02-01 18:00", "Monday 1 February 2027 18:00", "2027年2月1日（周一）18:00"),
    ],
)
def test_due_names_the_weekday(at: Callable[[str], datetime], when: str, english: str, chinese: str) -> None:
    at(NOW)
    with override("en"):
        assert due_text(moment(when)) == english
    with override("zh-hans"):
        assert due_text(moment(when)) == chinese


@pytest.mark.parametrize(
    ("day", "english", "chinese"),
    [
        (date(2026, 11, 18), "today", "今天"),
        (date(2026, 11, 17), "yesterday", "昨天"),
        (date(2026, 11, 19), "tomorrow", "明天"),
        (date(2026, 11, 16), "16 Nov", "11月16日"),
        (date(2025, 11, 16), "16 Nov 2025", "2025年11月16日"),
    ],
)
def test_day_is_said_without_hour(
    at: Callable[[str], datetime], day: date, english: str, chinese: str
) -> None:
    at(NOW)
    with override("en"):
        assert day_text(day) == english
    with override("zh-hans"):
        assert day_text(day) == chinese


def test_moment_uses_the_time_of_the_place(at: Callable[[str], datetime]) -> None:
    now = at("2026-11-18 00:30")  # still the day before in UTC
    assert moment_text(now) == "today 00:30"
    assert day_text(now - timedelta(hours=1)) == "yesterday"


def test_dates_are_printed_in_one_way() -> None:
    """What templates and sentences print by DATE_FORMAT is what moments say of another year."""
    day = date(2025, 1, 3)
    for language, text in (("en", "3 Jan 2025"), ("zh-hans", "2025年1月3日")):
        with override(language):
            assert date_format(day, "DATE_FORMAT") == date_format(day, "SHORT_DATE_FORMAT") == text
            assert (
                Template("{{ day|date:'DATE_FORMAT' }} {{ day }}").render(Context({"day": day}))
                == f"{text} {text}"
            )
            assert day_text(day) == text
            assert date_format(moment("2025-01-03 09:05"), "DATETIME_FORMAT") == f"{text} 09:05"
