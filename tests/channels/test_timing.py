"""Quiet hours, digests and pauses, without a database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from folkmoot.channels.timing import after_quiet, next_at, retry_pause

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def local(moment: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "start", "end", "then"),
    [
        ("2026-11-20 20:59", 21, 7, "2026-11-20 20:59"),
        ("2026-11-20 21:00", 21, 7, "2026-11-21 07:00"),
        ("2026-11-20 23:59", 21, 7, "2026-11-21 07:00"),
        ("2026-11-21 00:00", 21, 7, "2026-11-21 07:00"),
        ("2026-11-21 06:59", 21, 7, "2026-11-21 07:00"),
        ("2026-11-21 07:00", 21, 7, "2026-11-21 07:00"),
        ("2026-11-20 13:30", 12, 14, "2026-11-20 14:00"),
        ("2026-11-20 14:00", 12, 14, "2026-11-20 14:00"),
        ("2026-11-20 11:59", 12, 14, "2026-11-20 11:59"),
        ("2026-12-31 23:00", 22, 0, "2027-01-01 00:00"),
        ("2026-11-20 03:00", 0, 7, "2026-11-20 07:00"),
        ("2026-11-20 03:00", 5, 5, "2026-11-20 03:00"),
    ],
)
def test_after_quiet(now: str, start: int, end: int, then: str) -> None:
    assert after_quiet(local(now), start, end, SHANGHAI) == local(then)


def test_after_quiet_follows_the_clocks_of_the_place() -> None:
    # In this night the clocks of Berlin go back: from 21 until 7 there are eleven hours.
    evening = local("2026-10-24 21:00", BERLIN)
    assert after_quiet(evening, 21, 7, BERLIN) - evening == timedelta(hours=11)


@pytest.mark.parametrize(
    ("now", "hour", "then"),
    [
        ("2026-11-20 17:59", 18, "2026-11-20 18:00"),
        ("2026-11-20 18:00", 18, "2026-11-21 18:00"),
        ("2026-11-20 18:01", 18, "2026-11-21 18:00"),
        ("2026-12-31 23:59", 0, "2027-01-01 00:00"),
    ],
)
def test_next_at(now: str, hour: int, then: str) -> None:
    assert next_at(local(now), hour, SHANGHAI) == local(then)


def test_retry_pause_grows_and_stops_growing() -> None:
    minutes = [retry_pause(attempts, 0).total_seconds() / 60 for attempts in range(1, 8)]
    assert minutes == [1, 4, 16, 64, 256, 720, 720]
    assert sum(minutes) > 24 * 60


def test_retry_pause_is_spread_by_a_quarter() -> None:
    assert (retry_pause(2, 1), retry_pause(2, 0.5)) == (timedelta(minutes=5), timedelta(minutes=4.5))
