"""At what rate an open poll gives out papers at once: data with a day, never constants in code.

    rate = rate_in_force(date(2026, 12, 1)).people_a_minute(population=1_240)

Above it people wait until two organisers let them in. It has to leave room for a broadcast after which everybody
comes, and to stop somebody who comes with many phones at once; no law sets it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Units: people a minute; `per_thousand` of those who live there, `least` in a small place."""

    valid_from: date
    per_thousand: int
    least: int
    source: str

    def people_a_minute(self, *, population: int) -> int:
        return max(self.least, population * self.per_thousand // 1_000)


RATES: Final = (
    Rate(
        valid_from=date(2026, 1, 1), per_thousand=20, least=30,
        source="design of the ballots, open poll: a tenth of a place can come in the five minutes after a broadcast",
    ),
)  # fmt: skip


def rate_in_force(day: date) -> Rate:
    """The rate of a day: the newest that had begun, before the first one the first."""
    begun = [rate for rate in RATES if rate.valid_from <= day]
    return max(begun, key=lambda rate: rate.valid_from) if begun else RATES[0]
