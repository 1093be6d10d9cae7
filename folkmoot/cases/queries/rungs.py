"""The ladder of a place, with the posts on it and those who act through them."""

from dataclasses import dataclass, replace

from folkmoot.areas.models import Area
from folkmoot.areas.queries import ancestors
from folkmoot.cases.ladder import Rung
from folkmoot.people.models import Post, Role
from folkmoot.people.queries import handling_posts_by_area, holders_by_post, overseer_of


@dataclass(frozen=True, kw_only=True)
class StaffedRung(Rung):
    """A rung with its rows."""

    area: Area
    post: Post | None


def rungs_of(area: Area) -> list[StaffedRung]:
    """The ladder from `area` to the top, with the posts and those who act through them today.

    Costs two queries, and a third where an area of the line has no post.
    """
    posts = handling_posts_by_area(area.ancestor_ids)
    holders = holders_by_post([post.pk for post in posts.values()])
    line = [post.area for post in posts.values()] if len(posts) == len(area.ancestor_ids) else ancestors(area)
    rungs = [
        _rung(step, posts.get(step.pk), holders) for step in sorted(line, key=lambda step: step.path)[::-1]
    ]
    top = rungs[-1]
    if top.post is not None and top.post.role == Role.OVERSEER:
        return rungs
    return [*rungs, *_overseers_rung(area, top)]


def _overseers_rung(area: Area, top: StaffedRung) -> list[StaffedRung]:
    """The overseer named at set-up stands above the highest post where no rung of its own is hers (2 queries)."""
    overseer = overseer_of(area)
    if overseer is None:
        return []
    above = _rung(overseer.area, overseer, holders_by_post([overseer.pk]))
    return [replace(above, rank=top.rank - 1)]


def _rung(area: Area, post: Post | None, holders: dict[int, list[int]]) -> StaffedRung:
    return StaffedRung(
        area_id=area.pk,
        path=area.path,
        rank=area.level.rank,
        post_id=post.pk if post else None,
        holder_ids=frozenset(holders.get(post.pk, ())) if post else frozenset(),
        area=area,
        post=post,
    )
