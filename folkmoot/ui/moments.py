"""Moments as people say them: "today 09:12", "Thursday 18:00", "13 November 2025"."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from folkmoot.base import clock

COMING_DAYS = range(2, 7)


def moment_text(when: datetime) -> str:
    """A moment, seen from now in the time of the place."""
    local = timezone.localtime(when)
    days = (local.date() - clock.today()).days
    words = {"time": f"{local:%H:%M}", "day": "", "weekday": ""}
    if days in _NEAR:
        return _NEAR[days]() % words
    if days in COMING_DAYS:
        return _("%(weekday)s %(time)s") % (words | {"weekday": _weekday(local)})
    return _("%(day)s %(time)s") % (words | {"day": _short_day(local)})


def day_text(when: date | datetime) -> str:
    """A day without its hour: today, yesterday, 16 Nov, 16 Nov 2025."""
    day = timezone.localtime(when).date() if isinstance(when, datetime) else when
    match (day - clock.today()).days:
        case 0:
            return _("today")
        case -1:
            return _("yesterday")
        case 1:
            return _("tomorrow")
    return _short_day(day)


def due_text(when: datetime) -> str:
    """A term: like a moment, but further days have their weekday too."""
    local = timezone.localtime(when)
    days = (local.date() - clock.today()).days
    if days in _NEAR or days in COMING_DAYS:
        return moment_text(when)
    # Translators: Django date format of a term with weekday, day, month and hour
    pattern = pgettext("date format", "l j F H:i")
    if local.year != clock.today().year:
        pattern = pgettext("date format", "l j F Y H:i")
    return format_date(local, pattern)


def _weekday(day: date) -> str:
    # Translators: Django date format of a weekday alone
    return format_date(day, pgettext("date format", "l"))


def _short_day(day: date) -> str:
    # Translators: Django date format of a day in this year
    pattern = pgettext("date format", "j M")
    if day.year != clock.today().year:
        # Translators: Django date format of a day in another year
        pattern = pgettext("date format", "j M Y")
    return format_date(day, pattern)


_NEAR = {
    0: lambda: _("today %(time)s"),
    -1: lambda: _("yesterday %(time)s"),
    1: lambda: _("tomorrow %(time)s"),
}
