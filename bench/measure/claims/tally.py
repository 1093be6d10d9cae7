"""Counting of answers that are opened and packed."""

import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from itertools import permutations
from random import Random
from typing import Any

import numpy
from folkmoot_kernel.scales import RATING, SCHULZE, STV, Scale
from folkmoot_kernel.tally import Pile, Result, Totals, code_of, count_codes, tally

from measure.figures import Figure

BALLOTS, PAPERS, SLIPS = 10_000_000, 5, 2_000_000
GRADES = Scale(RATING, tuple({"en": grade} for grade in ("Good", "Fairly good", "Average", "Poor")))
BY_HAND = Totals("hand", papers=40, totals=(20, 12, 6, 2), spoiled=1)
TARGET_SECONDS = 1.0
RUNS = 3


def run(options: Namespace) -> Iterator[Figure]:
    chance = Random(BALLOTS)
    papers = [graded(chance) for _ in range(PAPERS)]
    seconds, results = best(lambda: [counted(paper) for paper in papers])
    require_right(papers, results)
    columns = [numpy.frombuffer(paper, dtype="B").astype("int64") for paper in papers]
    floor = best(lambda: [numpy.bincount(column) for column in columns])[0]
    yield Figure("tally.rating", seconds, "s", TARGET_SECONDS, floor=floor)
    if not options.quick:
        seconds, plainly = best(lambda: [counted(paper, plain=True) for paper in papers], runs=1)
        if plainly != results:
            raise SystemExit("numpy and plain Python count differently")
        yield Figure("tally.plain", seconds, "s", None, floor=floor)
    yield from ranked(chance)


def graded(chance: Random) -> bytes:
    """One byte for each ballot, 0 to 3, none as often as another."""
    return chance.randbytes(BALLOTS).translate(bytes((n * n) >> 14 for n in range(256)))


def counted(paper: bytes, *, plain: bool = False) -> Result:
    view = memoryview(paper)
    slips, tokens = (count_codes(part, plain=plain) for part in (view[:SLIPS], view[SLIPS:]))
    return tally(GRADES, [Pile("slip", slips), Pile("token", tokens), BY_HAND])


def require_right(papers: list[bytes], results: list[Result]) -> None:
    """Raises SystemExit unless every paper has the counts that a search of its bytes finds."""
    for paper, result in zip(papers, results, strict=True):
        expected = tuple(paper.count(grade) + more for grade, more in enumerate(BY_HAND.totals))
        if (result.distribution, result.n, result.spoiled) != (expected, BALLOTS + BY_HAND.papers, 1):
            raise SystemExit("a count is wrong")


def ranked(chance: Random) -> Iterator[Figure]:
    options = tuple({"en": letter} for letter in "ABCDE")
    scales = [Scale(SCHULZE, options), Scale(STV, options, 3)]
    codes = [code_of(scales[0], ranking) for ranking in permutations(range(5))]
    numbers = numpy.frombuffer(chance.randbytes(BALLOTS), dtype="B").astype("H") % len(codes)
    packed = numpy.array(codes, dtype="H")[numbers]

    def count() -> list[Result]:
        counts = count_codes(packed.data)
        return [tally(scale, [Pile("token", counts)], seed="3 1 6") for scale in scales]

    seconds, results = best(count)
    if {result.n for result in results} != {BALLOTS}:
        raise SystemExit("a count is wrong")
    as_numbers = packed.astype("int64")
    yield Figure("tally.ranked", seconds, "s", None, floor=best(lambda: numpy.bincount(as_numbers))[0])


def best(act: Callable[[], Any], runs: int = RUNS) -> tuple[float, Any]:
    """Seconds of the quickest run: what the code needs, not what else the machine does meanwhile."""
    times, result = [], None
    for _ in range(runs):
        begun = time.perf_counter()
        result = act()
        times.append(time.perf_counter() - begun)
    return min(times), result
