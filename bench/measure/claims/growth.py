"""The time of every page in a small and in a big place, in turn."""

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from measure.command import tell
from measure.figures import Figure
from measure.imports import imported
from measure.twins import Twin, twin

AT_MOST = 1.5
SMALL = 1_650, 1_000  # units of one township, and its cases


def run(options: Namespace) -> Iterator[Figure]:
    townships = 50 if options.quick else 1_000
    if getattr(options, "import"):
        yield from imported(Path(os.environ["DATA_DIR"]), townships)
        return
    units, cases = SMALL
    tell(f"planting a place of {units:,} and one of {townships * units:,} units")
    with ExitStack() as stack:
        small = stack.enter_context(twin("small", townships=1, cases=cases))
        big = stack.enter_context(twin("big", townships=townships, cases=townships * cases))
        yield from compared(small, big, rounds=3 if options.quick else 9)


def compared(small: Twin, big: Twin, *, rounds: int) -> Iterator[Figure]:
    small_queries, big_queries = small.ask("pages"), big.ask("pages")
    for name in big.ask("tasks"):
        times = [(small.ask(name), big.ask(name)) for _ in range(rounds)]
        # The ratio of each round by itself, so that what disturbs the machine between two rounds changes nothing.
        floor, growth = median(short for short, _ in times), median(long / short for short, long in times)
        yield Figure(f"growth.{name}", floor * growth, "ms", AT_MOST, floor=floor, of="ratio")
    for page, count in big_queries.items():
        if count != small_queries[page]:
            tell(f"{page}: {small_queries[page]} queries in the small place, {count} in the big one")
