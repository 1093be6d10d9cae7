"""The ladder, without a database."""

from folkmoot.cases.ladder import Placement, Rung, Skip, place


def rung(area: int, rank: int, post: int | None, *holders: int, path: str = "") -> Rung:
    return Rung(area_id=area, path=path or f"{area}/", rank=rank, post_id=post, holder_ids=frozenset(holders))


UNIT = rung(5, 50, 15, 105, path="1/2/3/4/5/")
GRID = rung(4, 40, 14, 104, path="1/2/3/4/")
VILLAGE = rung(3, 30, 13, 103, path="1/2/3/")
TOWNSHIP = rung(2, 20, 12, 102, path="1/2/")
LADDER = [UNIT, GRID, VILLAGE, TOWNSHIP]


def test_place_takes_the_smallest_place_first() -> None:
    assert place(LADDER) == Placement(UNIT)


def test_place_passes_over_vacant_and_missing_posts_and_says_so() -> None:
    vacant, missing = rung(5, 50, 15), rung(4, 40, None)
    found = place([vacant, missing, VILLAGE])
    assert found == Placement(VILLAGE, ((vacant, Skip.VACANT), (missing, Skip.NO_POST)))


def test_place_skips_the_post_complained_about_and_everybody_under_it() -> None:
    found = place(LADDER, about_path=VILLAGE.path)
    assert found.rung == TOWNSHIP
    assert [why for _, why in found.skipped] == [Skip.CONCERNED] * 3


def test_place_above_a_rank_starts_higher() -> None:
    assert place(LADDER, above_rank=40).rung == VILLAGE


def test_place_avoids_the_same_person_in_a_higher_post() -> None:
    same = rung(4, 40, 14, 105)
    found = place([UNIT, same, VILLAGE], above_rank=50, avoid_ids=frozenset({105}))
    assert found == Placement(VILLAGE, ((same, Skip.SAME_PERSON),))


def test_place_finds_nobody_above_the_top() -> None:
    assert place(LADDER, above_rank=20) == Placement(None)
