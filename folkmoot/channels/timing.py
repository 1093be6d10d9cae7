"""When a delivery may leave the house: quiet hours, the daily digest, the pauses between tries.

Pure: the moment, the reader's wishes, the time zone of the place and chance are arguments.
"""

from datetime import UTC, datetime, time, timedelta, tzinfo

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=12)


def after_quiet(moment: datetime, quiet_from_hour: int, quiet_until_hour: int, zone: tzinfo) -> datetime:
    """`moment` itself, or the end of the quiet hours it falls into. The same hour twice means no quiet hours.

    Units: whole hours 0 to 23 in `zone`; from 21 until 7 reaches over midnight.
    """
    local = moment.astimezone(zone)
    if not is_between(local.hour, quiet_from_hour, quiet_until_hour):
        return moment
    return next_at(moment, quiet_until_hour, zone)


def is_between(hour: int, start: int, end: int) -> bool:
    """Whether `hour` lies in the round from `start` (with it) to `end` (without it)."""
    return (hour - start) % 24 < (end - start) % 24


def next_at(moment: datetime, hour: int, zone: tzinfo) -> datetime:
    """The first moment after `moment` at which the clocks of `zone` show the full `hour`, in UTC."""
    day = moment.astimezone(zone).date()
    today = datetime.combine(day, time(hour), zone).astimezone(UTC)
    if today > moment:
        return today
    return datetime.combine(day + timedelta(days=1), time(hour), zone).astimezone(UTC)


def retry_pause(attempts: int, chance: float) -> timedelta:
    """How long to wait after failure number `attempts`: 1, 4, 16, 64 minutes, 4 hours, then 12 hours.

    `chance` from 0 to 1 adds up to a quarter, so that what failed together does not come back together. Eight
    tries span more than a day: a mail server may be down over night.
    """
    pause: timedelta = min(FIRST_PAUSE * 4 ** (attempts - 1), LONGEST_PAUSE)
    return pause * (1 + chance / 4)
