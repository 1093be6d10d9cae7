"""Small groups stay hidden, in the place itself, beside it, and between two days."""

from datetime import date

from folkmoot.base import clock
from folkmoot.cases.figures import figures_of, in_steps, quarter_of
from folkmoot.cases.models import CaseTally
from folkmoot.cases.rulebook import forget_rulebook
from tests.factories.island import Island

QUARTER = date(2026, 10, 1)


def tally(island: Island, code: str, *, closed: int, reported: int = 20) -> None:
    CaseTally.objects.create(
        area=island[code], quarter=QUARTER, reported=reported, closed=closed, by_rank={"50": closed},
        by_rating={"5": closed}, counted_at=clock.now(),
    )  # fmt: skip


def test_quarter_of_a_large_group_is_shown(island: Island) -> None:
    tally(island, "G11", closed=7)
    [quarter] = figures_of(island["G11"])
    assert (quarter.closed, quarter.reported, quarter.rated, quarter.is_small) == (7, 20, 7, False)


def test_quarter_of_a_small_group_shows_no_number(island: Island) -> None:
    tally(island, "G11", closed=4)
    [quarter] = figures_of(island["G11"])
    assert (quarter.closed, quarter.reported, quarter.ratings, quarter.is_small) == (None, None, [], True)


def test_quarter_beside_a_small_group_is_hidden_so_that_no_total_tells_it(island: Island) -> None:
    tally(island, "G11", closed=7)
    tally(island, "G12", closed=2)
    tally(island, "V1", closed=9)
    assert [quarter.is_small for quarter in figures_of(island["G11"])] == [True]
    assert [quarter.closed for quarter in figures_of(island["V1"])] == [9]


def test_ratings_change_only_in_steps_of_k() -> None:
    assert in_steps({}, {"5": 4}, 5) == {}
    assert in_steps({}, {"5": 5}, 5) == {"5": 5}
    assert in_steps({"5": 5}, {"5": 5, "1": 1}, 5) == {"5": 5}
    assert in_steps({"5": 5}, {"5": 6, "1": 4}, 5) == {"5": 6, "1": 4}
    assert in_steps({"5": 5}, {"5": 3}, 5) == {"5": 5}


def test_quarter_of_a_day_is_its_first_day() -> None:
    forget_rulebook()
    assert [quarter_of(date(2026, month, 9)).month for month in (1, 3, 4, 11, 12)] == [1, 1, 4, 10, 10]
