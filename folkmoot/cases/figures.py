"""How a place is doing: counted by the worker from the rows, one row per area and quarter, never typed.

Shares without leaving grid, village and township (S3.10), terms kept, and ratings with n. Groups smaller than the
place's k are not shown, nor can they be worked out from the parts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from folkmoot.areas.models import Area, Level
from folkmoot.base import clock
from folkmoot.cases.models import Case, CaseRule, CaseTally
from folkmoot.cases.rulebook import rulebook
from folkmoot.ui.components import Bar

COUNTED_QUARTERS = 2  # the present one and the one before; older ones no longer change


def quarter_of(day: date) -> date:
    """The first day of the quarter in which `day` lies."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def next_quarter(quarter: date) -> date:
    return quarter_of(quarter + timedelta(days=95))


def _bounds(quarter: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(quarter, time(), zone), datetime.combine(next_quarter(quarter), time(), zone)


@dataclass
class Counts:
    """The counts of one area in one quarter while they are added up."""

    reported: int = 0
    closed: int = 0
    in_term: int = 0
    solved: int = 0
    by_rank: Counter[str] = field(default_factory=Counter)
    by_rating: Counter[str] = field(default_factory=Counter)


def recount(quarter: date) -> int:
    """Counts one quarter anew for every area with cases, and all areas above; returns the number of areas.

    Reads the closed and the reported cases of the quarter grouped by the database (2 queries).
    """
    start, end = _bounds(quarter)
    counts: dict[int, Counts] = defaultdict(Counts)
    reported = Case.objects.filter(reported_at__gte=start, reported_at__lt=end)
    for path, number in reported.values_list("area_path").annotate(n=Count("pk")):
        for area_id in _ids(path):
            counts[area_id].reported += number
    closed = Case.objects.filter(closed_at__gte=start, closed_at__lt=end).exclude(closed_by="")
    groups = closed.values_list("area_path", "highest_rank", "rating").annotate(
        n=Count("pk"),
        in_term=Count("pk", filter=Q(terms_missed=0)),
        solved=Count("pk", filter=Q(solved=True)),
    )
    for path, rank, rating, number, in_term, solved in groups:
        for area_id in _ids(path):
            count = counts[area_id]
            count.closed += number
            count.in_term += in_term
            count.solved += solved
            count.by_rank[str(rank)] += number
            if rating is not None:
                count.by_rating[str(rating)] += number
    _store(quarter, counts)
    return len(counts)


def _ids(path: str) -> Iterator[int]:
    return (int(step) for step in path.split("/") if step)


def _store(quarter: date, counts: dict[int, Counts]) -> None:
    now = clock.now()
    k = rulebook().number(CaseRule.Name.SMALL_GROUP, clock.today())
    before = dict(CaseTally.objects.filter(quarter=quarter).values_list("area_id", "by_rating"))
    rows = [
        CaseTally(
            area_id=area_id, quarter=quarter, reported=c.reported, closed=c.closed, in_term=c.in_term,
            solved=c.solved, by_rank=dict(c.by_rank), counted_at=now,
            by_rating=in_steps(before.get(area_id, {}), dict(c.by_rating), k),
        )
        for area_id, c in counts.items()
    ]  # fmt: skip
    with transaction.atomic():
        CaseTally.objects.filter(quarter=quarter).delete()
        CaseTally.objects.bulk_create(rows, batch_size=500)


def in_steps(published: dict[str, int], counted: dict[str, int], k: int) -> dict[str, int]:
    """Ratings as they may be published: they change only when k more have come, so that the difference of two
    days never tells what one reporter thinks."""
    return counted if sum(counted.values()) - sum(published.values()) >= k else published


def recount_recent() -> int:
    """The worker's round: the present quarter and the one before, at most every five minutes."""
    newest = CaseTally.objects.order_by("-counted_at").values_list("counted_at", flat=True).first()
    if newest is not None and abs(clock.now() - newest) < timedelta(minutes=5):
        return 0
    quarter = quarter_of(clock.today())
    before = quarter_of(quarter - timedelta(days=1))
    return recount(before) + recount(quarter)


@dataclass(frozen=True)
class Share:
    """How many of n were closed without leaving a level and those below it."""

    level: Level
    count: int
    of: int

    @property
    def percent(self) -> int:
        return round(100 * self.count / self.of)


@dataclass(frozen=True)
class Quarter:
    """The figures of one place and quarter. None and empty lists where a group is smaller than k."""

    start: date
    reported: int | None
    closed: int | None
    counted_at: datetime
    shares: list[Share]
    in_term: int | None
    solved: int | None
    ratings: list[tuple[int, int]]
    rated: int
    k: int

    @property
    def is_small(self) -> bool:
        return not self.shares

    @property
    def bars(self) -> list[Bar]:
        return [
            Bar(str(share.level), share.count, f"{share.count} ({share.percent} %)") for share in self.shares
        ]

    @property
    def rating_bars(self) -> list[Bar]:
        return [Bar(str(mark), count) for mark, count in self.ratings]


def figures_of(area: Area, most: int = 4) -> list[Quarter]:
    """The latest quarters of a place, newest first.

    Where a place or one beside it has fewer than k, the quarter is not shown for any of them: otherwise the small
    one could be worked out from the total. Costs 2 queries beside the rulebook's.
    """
    k = rulebook().number(CaseRule.Name.SMALL_GROUP, clock.today())
    tallies = list(CaseTally.objects.filter(area=area).order_by("-quarter")[:most])
    small = small_quarters(area, [tally.quarter for tally in tallies], k)
    known = rulebook().levels
    return [_quarter(tally, known, k, enough=tally.quarter not in small) for tally in tallies]


def small_quarters(area: Area, quarters: list[date], k: int) -> set[date]:
    """The quarters in which the place or one beside it is a small group."""
    beside = Q(area=area) if area.parent_id is None else Q(area__parent_id=area.parent_id)
    is_small = Q(closed__gt=0, closed__lt=k) | Q(reported__gt=0, reported__lt=k) | Q(area=area, closed=0)
    found = CaseTally.objects.filter(beside, is_small, quarter__in=quarters)
    return set(found.values_list("quarter", flat=True))


def _quarter(tally: CaseTally, known: Sequence[Level], k: int, *, enough: bool) -> Quarter:
    rated = sum(tally.by_rating.values())
    ratings = [(mark, tally.by_rating.get(str(mark), 0)) for mark in (5, 4, 3, 2, 1)]
    return Quarter(
        start=tally.quarter,
        reported=tally.reported if enough else None,
        closed=tally.closed if enough else None,
        counted_at=tally.counted_at,
        shares=_shares(tally, known) if enough else [],
        in_term=tally.in_term if enough else None,
        solved=tally.solved if enough else None,
        ratings=ratings if enough and rated >= k else [],
        rated=rated if enough and rated >= k else 0,
        k=k,
    )


def _shares(tally: CaseTally, known: Sequence[Level]) -> list[Share]:
    """Closed by the highest level reached, from the smallest level up to the place's own."""
    return [
        Share(level, tally.by_rank.get(str(level.rank), 0), tally.closed)
        for level in reversed(known)
        if tally.by_rank.get(str(level.rank))
    ]
