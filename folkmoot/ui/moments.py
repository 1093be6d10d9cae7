"""Moments as people say them: "today 09:12", "Thursday 18:00", "13 Nov 2025"."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from folkmoot.base import clock

COMING_DAYS = range(2, 7)
# Django's own Chinese names are the long ones (星期四); a timeline wants the short ones (周四).
WEEKDAYS = (
    pgettext_lazy("weekday", "Monday"),
    pgettext_lazy("weekday", "Tuesday"),
    pgettext_lazy("weekday", "Wednesday"),
    pgettext_lazy("weekday", "Thursday"),
    pgettext_lazy("weekday", "Friday"),
    pgettext_lazy("weekday", "Saturday"),
    pgettext_lazy("weekday", "Sunday"),
)


def moment_text(when: datetime) -> str:
    """A moment, seen from now in the time of the place."""
    local = timezone.localtime(when)
    return _near(local) or _("%(day)s %(time)s") % {"day": _short_day(local), "time": f"{local:%H:%M}"}


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
    words = {"weekday": WEEKDAYS[local.weekday()], "day": _long_day(local), "time": f"{local:%H:%M}"}
    return _near(local) or _("%(weekday)s %(day)s %(time)s") % words


def _near(local: datetime) -> str:
    """The words for a moment between yesterday and the coming week; nothing for others."""
    days = (local.date() - clock.today()).days
    time = {"time": f"{local:%H:%M}"}
    if days == 0:
        return _("today %(time)s") % time
    if days == -1:
        return _("yesterday %(time)s") % time
    if days == 1:
        return _("tomorrow %(time)s") % time
    if days in COMING_DAYS:
        return _("%(weekday)s %(time)s") % (time | {"weekday": str(WEEKDAYS[local.weekday()])})
    return ""


def _short_day(day: date) -> str:
    """As folkmoot/ui/formats says for each language."""
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == clock.today().year else "DATE_FORMAT")


def _long_day(day: date) -> str:
    if day.year == clock.today().year:
        # Translators: Django date format of a day in this year, written out
        return format_date(day, pgettext("date format", "j F"))
    # Translators: Django date format of a day in another year, written out
    return format_date(day, pgettext("date format", "j F Y"))
