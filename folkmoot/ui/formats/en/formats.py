"""Dates as moments.py writes them: 3 Jan 2025. What is not said here is as in Django."""

# A day of this year.
MONTH_DAY_FORMAT = "j M"
DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y H:i"
