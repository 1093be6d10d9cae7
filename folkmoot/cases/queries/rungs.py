"""The ladder of a place, with the posts on it and those who act through them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from folkmoot.areas.models import Area
from folkmoot.areas.queries import ancestors
from folkmoot.cases.ladder import Rung
from folkmoot.people.models import Post, Role
from folkmoot.people.queries import holders_by_post, overseer_of, staffed_posts_by_area


@dataclass(frozen=True, kw_only=True)
class StaffedRung(Rung):
    """A rung with its rows."""

    area: Area
    post: Post | None


def rungs_of(area: Area) -> list[StaffedRung]:
    """The ladder from `area` to the top, with the posts and those who act through them today.

    Costs one query, and a second where an area of the line has no post.
    """
    staffed = staffed_posts_by_area(area.ancestor_ids)
    line = [post.area for post, _ in staffed.values()]
    if len(line) < len(area.ancestor_ids):
        line = ancestors(area)
    rungs = [_rung(step, *staffed.get(step.pk, (None, ()))) for step in _from_below(line)]
    top = rungs[-1]
    if top.post is not None and top.post.role == Role.OVERSEER:
        return rungs
    return [*rungs, *_overseers_rung(area, top)]


def _from_below(line: list[Area]) -> list[Area]:
    return sorted(line, key=lambda step: step.path, reverse=True)


def _overseers_rung(area: Area, top: StaffedRung) -> list[StaffedRung]:
    """The overseer named at set-up stands above the highest post where no rung of its own is hers (2 queries)."""
    overseer = overseer_of(area)
    if overseer is None:
        return []
    holders = holders_by_post([overseer.pk]).get(overseer.pk, [])
    return [replace(_rung(overseer.area, overseer, holders), rank=top.rank - 1)]


def _rung(area: Area, post: Post | None, holders: Sequence[int]) -> StaffedRung:
    return StaffedRung(
        area_id=area.pk,
        path=area.path,
        rank=area.level.rank,
        post_id=post.pk if post else None,
        holder_ids=frozenset(holders),
        area=area,
        post=post,
    )
