"""The ladder: which rung takes a case next, and why the others did not. Pure (S3.9).

A rung is one area of the line from the smallest place to the top, with the post that handles matters there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar


class Skip(StrEnum):
    """Why a rung cannot take a case."""

    NO_POST = "no_post"
    VACANT = "vacant"
    CONCERNED = "concerned"  # the case is about this post-holder, or somebody above this rung
    SAME_PERSON = "same_person"  # not solved goes to somebody else


@dataclass(frozen=True)
class Rung:
    """One step. Shapes: `rank` falls on the way up; `holder_ids` are persons who act through the post today."""

    area_id: int
    path: str
    rank: int
    post_id: int | None
    holder_ids: frozenset[int] = frozenset()


AnyRung = TypeVar("AnyRung", bound=Rung)


@dataclass(frozen=True)
class Placement(Generic[AnyRung]):
    """The rung that takes the case, or None when all are passed over, and those passed over with the reason."""

    rung: AnyRung | None
    skipped: tuple[tuple[AnyRung, Skip], ...] = ()


def place(
    rungs: Sequence[AnyRung],
    *,
    above_rank: int | None = None,
    about_path: str = "",
    avoid_ids: frozenset[int] = frozenset(),
) -> Placement[AnyRung]:
    """The first rung from below that can take the case.

    Shapes: `rungs` from the smallest place to the top; with `above_rank` only rungs higher than that rank.
    """
    skipped: list[tuple[AnyRung, Skip]] = []
    for rung in rungs:
        if above_rank is not None and rung.rank >= above_rank:
            continue
        why = _why_not(rung, about_path, avoid_ids)
        if why is None:
            return Placement(rung, tuple(skipped))
        skipped.append((rung, why))
    return Placement(None, tuple(skipped))


def _why_not(rung: Rung, about_path: str, avoid_ids: frozenset[int]) -> Skip | None:
    if about_path and rung.path.startswith(about_path):
        return Skip.CONCERNED
    if rung.post_id is None:
        return Skip.NO_POST
    if not rung.holder_ids:
        return Skip.VACANT
    if rung.holder_ids <= avoid_ids:
        return Skip.SAME_PERSON
    return None
