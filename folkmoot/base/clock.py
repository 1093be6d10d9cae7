"""The one source of the present moment.

Everything outside the kernel and the pure nouns asks `now()`. Only the demo loader and the tests may set
the clock; with `settings.CLOCK_MAY_BE_SET` false, as in production, `set_to` refuses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

_fixed: datetime | None = None  # one for the process: the threads of a server share one present


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed or timezone.now()


def today() -> date:
    """The present day in the time zone of the place."""
    return timezone.localdate(now())


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Holds the clock at `moment` inside the block. Raises RuntimeError where the clock may not be set."""
    global _fixed  # noqa: PLW0603
    if not settings.CLOCK_MAY_BE_SET:
        raise RuntimeError("The clock may be set by the demo loader and by tests only.")
    before, _fixed = _fixed, moment
    try:
        yield
    finally:
        _fixed = before
