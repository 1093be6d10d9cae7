"""Working time: when a term ends, and why. Pure: calendar and moment are arguments (P11).

A term of n working days that starts on a day ends at the close of work on the n-th working day after it. A term
of hours runs only while work is open. Public holidays do not count; make-up days do, and are named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Due:
    """A moment, and the unusual days that were met on the way to it."""

    at: datetime
    holidays: tuple[date, ...] = ()
    makeup_days: tuple[date, ...] = ()


@dataclass(frozen=True)
class WorkCalendar:
    """The working week of a place with its exceptions.

    Units: `opens` and `closes` are local times in `zone`; every moment given or returned is aware.
    """

    opens: time
    closes: time
    zone: ZoneInfo
    holidays: Mapping[date, str] = field(default_factory=dict)
    makeup_days: Mapping[date, str] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        if day in self.makeup_days:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays

    def opening(self, day: date) -> datetime:
        return datetime.combine(day, self.opens, self.zone)

    def closing(self, day: date) -> datetime:
        return datetime.combine(day, self.closes, self.zone)

    def add_days(self, start: datetime, days: int) -> Due:
        """The close of work on the `days`-th working day after the day of `start`."""
        day = start.astimezone(self.zone).date()
        met = _Met(self)
        while days > 0:
            day += ONE_DAY
            met.note(day)
            days -= self.is_working(day)
        return met.due(self.closing(day))

    def add_hours(self, start: datetime, hours: int) -> Due:
        """The moment at which `hours` of working time have passed since `start`."""
        local = start.astimezone(self.zone)
        left = timedelta(hours=hours)
        met = _Met(self)
        day = local.date()
        while True:
            if self.is_working(day):
                begin = max(local, self.opening(day))
                room = self.closing(day) - begin
                if room >= left:
                    return met.due(begin + left)
                if room > timedelta(0):
                    left -= room
            day += ONE_DAY
            met.note(day)

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """Working days after the day of `start` up to and with the day of `end`."""
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        count = 0
        while day < last:
            day += ONE_DAY
            count += self.is_working(day)
        return count


class _Met:
    """The holidays and make-up days between start and end of a term."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self.holidays: list[date] = []
        self.makeup_days: list[date] = []

    def note(self, day: date) -> None:
        if day in self.calendar.makeup_days:
            self.makeup_days.append(day)
        elif day in self.calendar.holidays and day.weekday() < SATURDAY:
            self.holidays.append(day)

    def due(self, at: datetime) -> Due:
        return Due(at, tuple(self.holidays), tuple(self.makeup_days))
