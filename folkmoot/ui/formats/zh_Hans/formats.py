"""Dates as moments.py writes them: 2025年1月3日. What is not said here is as in Django."""

# A day of this year.
MONTH_DAY_FORMAT = "n月j日"
DATE_FORMAT = SHORT_DATE_FORMAT = "Y年n月j日"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "Y年n月j日 H:i"
