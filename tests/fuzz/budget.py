"""How long to try: the same few examples in every run of the suite, more and new ones when asked.

`FOLKMOOT_FUZZ=20 ./test quick tests/fuzz` tries twenty times as many, drawn anew each time.
"""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("FOLKMOOT_FUZZ", "0"))


def examples(number: int) -> settings:
    """Settings for a property with `number` examples in the ordinary run."""
    return settings(
        max_examples=number * max(TIMES, 1),
        derandomize=TIMES == 0,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
