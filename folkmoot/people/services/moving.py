"""Areas were split, merged or renamed: posts, organizations and households go along in the same act (S3.2)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

from django.db.models import Q

from folkmoot.areas.models import Area, AreaChange
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal
from folkmoot.people.models import HANDLING_ROLES, Household, Organization, Post, Role, Tenure, default_titles
from folkmoot.people.notices import tell_of_post
from folkmoot.people.queries import handling_posts_by_area, holders_by_post
from folkmoot.people.tenures import set_vacancies

ONE_OF_A_PLACE = tuple(role for role in HANDLING_ROLES if role not in (Role.TOWNSHIP_OFFICER, Role.OVERSEER))


def move_posts_and_households(
    *,
    actor: Actor,
    kind: str,
    old: Sequence[Area],
    new: Sequence[Area],
    choose: Callable[..., Area],
) -> None:
    """Moves what stood in `old` to the areas that took over, inside the caller's transaction.

    The handling post of a split area stays with its default heir; every other new area gets the same post,
    vacant. Where areas are merged, whoever served longest keeps the post and the others are closed.
    Effects: `people.posts_moved`; holders of closed posts are told.
    """
    require(actor, "people.move_posts")
    ended = [area for area in old if area not in new]
    heir = choose(None, None)
    if not ended:
        _rename_posts(heir)
        return
    posts = list(Post.objects.filter(area__in=ended, closed_on=None).select_related("area", "organization"))
    for post in posts:
        _call(post, before=post.area, after=heir)
    Post.objects.bulk_update(posts, ["area", "title", "title_zh"], batch_size=200)
    Organization.objects.filter(area__in=ended, closed_on=None).update(area=heir)
    opened = _open_posts_of_others(posts, new)
    closed = _close_surplus(heir, new)
    households = _move_households(ended, choose)
    journal.record(
        "people.posts_moved",
        actor=actor,
        obj=f"area:{heir.pk}",
        change=kind,
        posts=len(posts),
        opened=opened,
        closed=closed,
        households=households,
    )


def _rename_posts(area: Area) -> None:
    """A post that is called after its area is called after the area's new name."""
    change = area.changes.filter(kind=AreaChange.Kind.RENAME).order_by("-pk").first()
    if change is None:
        return
    before = Area(**{"name": area.name, "name_zh": area.name_zh} | change.former)
    posts = list(Post.objects.filter(area=area, closed_on=None).select_related("organization"))
    for post in posts:
        _call(post, before=before, after=area)
    Post.objects.bulk_update(posts, ["title", "title_zh"], batch_size=200)


def _call(post: Post, *, before: Area, after: Area) -> None:
    """Puts `post` into the area `after`; a title of its own stays, one made from the area's name follows."""
    post.area = after
    if post.organization is None and (post.title, post.title_zh) == default_titles(post.role, before):
        post.title, post.title_zh = default_titles(post.role, after)


def _move_households(ended: Sequence[Area], choose: Callable[..., Area]) -> int:
    by_area: dict[int, list[int]] = defaultdict(list)
    for household in Household.objects.filter(area__in=ended):
        by_area[choose(None, household).pk].append(household.pk)
    for area_id, ids in by_area.items():
        Household.objects.filter(pk__in=ids).update(area_id=area_id)
    return sum(map(len, by_area.values()))


def _open_posts_of_others(moved: list[Post], new: Sequence[Area]) -> int:
    """Each new area without a handling post gets one, vacant, like those of the area it was cut from."""
    roles = {post.role for post in moved if post.role in ONE_OF_A_PLACE}
    served = handling_posts_by_area([area.pk for area in new])
    opened = 0
    for area in new:
        if area.pk not in served:
            for role in sorted(roles):
                Post.objects.create(role=role, area=area, vacant_since=clock.today())
                opened += 1
    return opened


def _close_surplus(heir: Area, new: Sequence[Area]) -> int:
    """Of several posts of one role that is there once in a place, closes all but the one served longest."""
    closed = 0
    for role in ONE_OF_A_PLACE:
        posts = list(
            Post.objects.filter(area__in={heir.pk, *[area.pk for area in new]}, role=role, closed_on=None)
        )
        for area_id in {post.area_id for post in posts}:
            rivals = sorted((post for post in posts if post.area_id == area_id), key=_served_since)
            for post in rivals[1:]:
                _close(post)
                closed += 1
    return closed


def _served_since(post: Post) -> tuple[bool, date, int]:
    running = Tenure.objects.filter(post=post, is_deputy=False, until=None).order_by("since").first()
    return (running is None, running.since if running else date.max, post.pk)


def _close(post: Post) -> None:
    today = clock.today()
    holders = holders_by_post([post.pk]).get(post.pk, [])
    running = Tenure.objects.filter(Q(until=None) | Q(until__gt=today), post=post)
    running.filter(since__gt=today).delete()
    running.update(until=today)
    set_vacancies([post.pk])
    Post.objects.filter(pk=post.pk).update(closed_on=today)
    tell_of_post("people.post_closed", holders, post)
