"""Moving a case by decision: up with a reason, sideways without losing its term, and after a change of the map."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import Area
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.cases.models import Case, CaseEvent
from folkmoot.cases.services.climbing import find_rung, open_rung, stand_on
from folkmoot.cases.services.step import take_step
from folkmoot.cases.states import OPEN_STATES
from folkmoot.people.models import Post
from folkmoot.people.queries import handling_post, holders_by_post


def escalate_case(*, actor: Actor, case: Case, reason: str, seen: int | None = None) -> CaseEvent:
    """The handler asks the level above to take the case, with a reason. Effects: journal `case.escalated`."""
    require(actor, "cases.escalate_case", case)
    with transaction.atomic():
        found = find_rung(case, above=case.rung_rank)
        if found.rung is None:
            raise Refused(_("No post above can take this matter now."))
        return stand_on(case, found, act="escalate", actor=actor, seen=seen, text=reason)


def is_about(case: Case, post: Post) -> bool:
    """Whether the case is about the holder of `post` or about somebody above it."""
    if case.about_organization_id is not None:
        return post.organization_id == case.about_organization_id
    return bool(case.about_path) and post.area.path.startswith(case.about_path)


def hand_over_case(
    *, actor: Actor, case: Case, to_post: Post, reason: str, seen: int | None = None
) -> CaseEvent:
    """ "Not mine": another post takes the case, and its terms run on. Effects: journal `case.handed_over`."""
    require(actor, "cases.hand_over_case", case)
    if to_post.pk == case.post_id:
        raise Refused(_("The matter stands with this post already."))
    if is_about(case, to_post):
        raise Refused(_("This matter is about that post or somebody above it."))
    holders = holders_by_post([to_post.pk]).get(to_post.pk, [])
    if not holders:
        raise Refused(_("That post is vacant. Choose another one."))
    with transaction.atomic():
        event = take_step(
            case, act="hand_over", actor=actor, seen=seen, post=to_post, rung=to_post.area,
            rung_rank=to_post.area.level.rank, highest_rank=min(case.highest_rank, to_post.area.level.rank),
            signed_at=None, due_at=case.solve_due_at, line={"to_post": to_post, "text": reason},
        )  # fmt: skip
        open_rung(case, frozenset(holders))
        return event


def resettle_cases(
    *,
    actor: Actor,
    kind: str,
    old: Sequence[Area],
    new: Sequence[Area],
    choose: Callable[..., Area],
) -> None:
    """Moves the open cases of changed areas in the same act as the change of the map (S3.2).

    A case moves when its place or the rung on which it stands has ended. Closed cases keep the place they had.
    Effects: journal `case.resettled` per case.
    """
    require(actor, "cases.resettle_case")
    ended = {area.pk for area in old} - {area.pk for area in new}
    concerned = Case.objects.filter(Q(area__in=ended) | Q(rung__in=ended), state__in=OPEN_STATES)
    for case in concerned.select_related("area", "rung", "post"):
        point = None if case.lon is None or case.lat is None else (case.lon, case.lat)
        around = next((area for area in new if case.area.path.startswith(area.path)), None)
        heir = around or choose(point, None)
        is_moved, stands_there = case.area_id in ended, case.rung_id in ended
        post = handling_post(heir) if stands_there else case.post
        with transaction.atomic():
            take_step(
                case, act="resettle", actor=actor, area=heir if is_moved else case.area,
                rung=heir if stands_there else case.rung, post=post or case.post,
                line={"params": {"from": case.area_id, "kind": kind}, "to_post": post},
            )  # fmt: skip
    for area in new if ended else ():
        _renew_paths(area)


def _renew_paths(area: Area) -> None:
    """The copies of paths on cases under a new area, open or closed, follow the tree."""
    path_of_area = Area.objects.filter(pk=OuterRef("area_id")).values("path")
    Case.objects.filter(area__path__under=area.path).update(area_path=Subquery(path_of_area))
    path_of_post = Post.objects.filter(pk=OuterRef("about_post_id")).values("area__path")
    about = Case.objects.filter(about_post__area__path__under=area.path).exclude(about_path="")
    about.update(about_path=Subquery(path_of_post))
