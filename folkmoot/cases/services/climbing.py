"""The ladder at work: first assignment, and climbing by itself when a term passes or a post is vacant (S3.9)."""

from typing import Any

from django.db import transaction

from folkmoot.areas.models import Area
from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import StaleState
from folkmoot.base.insertion import insert
from folkmoot.base.permissions import require
from folkmoot.cases import queries
from folkmoot.cases.ladder import Placement, place
from folkmoot.cases.models import Case, CaseEvent, CaseRung
from folkmoot.cases.queries import StaffedRung
from folkmoot.cases.rulebook import rulebook
from folkmoot.cases.services.step import add_line, take_step
from folkmoot.cases.states import CaseState

BATCH = 200  # cases climbed in one round of the clock; the next round takes the rest


def find_rung(
    case: Case, *, above: int | None = None, avoid: frozenset[int] = frozenset()
) -> Placement[StaffedRung]:
    """The rung that takes `case` next, from its own place upwards or above a rank."""
    return place(queries.rungs_of(case.area), above_rank=above, about_path=case.about_path, avoid_ids=avoid)


def terms_on(case: Case, rung: Area) -> dict[str, Any]:
    """The terms of `rung` for the case, from now: fields of Case."""
    now = clock.now()
    book = rulebook()
    term = book.term(rung.level_id, case.category_id, clock.today())
    if term is None:
        return {
            "sign_due_at": None,
            "contact_due_at": None,
            "solve_due_at": None,
            "due_at": None,
            "solve_days": 0,
        }
    calendar = book.calendar(clock.today())
    sign = calendar.add_hours(now, term.sign_hours).at
    return {
        "sign_due_at": sign,
        "contact_due_at": calendar.add_hours(now, term.contact_hours).at,
        "solve_due_at": calendar.add_days(now, term.solve_days).at,
        "due_at": sign,
        "solve_days": term.solve_days,
    }


def standing_on(case: Case, rung: StaffedRung) -> dict[str, Any]:
    """The fields of a case that stands on a new rung, with fresh terms."""
    return {
        "rung": rung.area,
        "rung_rank": rung.rank,
        "highest_rank": min(case.highest_rank, rung.rank),
        "post": rung.post,
        "rung_since": clock.now(),
        "signed_at": None,
        "contacted_at": None,
        "paused_at": None,
        "paused_until": None,
        "is_stuck": False,
        **terms_on(case, rung.area),
    }


def skipped_params(found: Placement[StaffedRung]) -> list[dict[str, Any]]:
    """Who was passed over and why, for the line of the timeline."""
    return [{"area": rung.area_id, "why": str(why)} for rung, why in found.skipped]


def open_rung(case: Case, holder_ids: frozenset[int], *, is_first: bool = False) -> None:
    """Notes that the case stands with its post from now; ends the former rung."""
    now = clock.now()
    if not is_first:
        CaseRung.objects.filter(case=case, until=None).update(until=now)
    assert case.post_id is not None
    holder_id = min(holder_ids, default=None)
    insert([CaseRung(case=case, post_id=case.post_id, area_id=case.rung_id, since=now, holder_id=holder_id)])


def stand_on(
    case: Case,
    found: Placement[StaffedRung],
    *,
    act: str,
    actor: Actor,
    seen: int | None = None,
    params: dict[str, Any] | None = None,
    text: str = "",
    **changes: Any,
) -> CaseEvent:
    """Moves a case to the rung of `found` by `act`."""  # fmt: skip
    assert found.rung is not None
    holder_ids = found.rung.holder_ids
    event = take_step(
        case, act=act, actor=actor, seen=seen, **standing_on(case, found.rung) | changes,
        line={
            "to_post": found.rung.post, "text": text, "holder_ids": holder_ids,
            "params": {**(params or {}), "skipped": skipped_params(found)},
        },
    )  # fmt: skip
    open_rung(case, holder_ids, is_first=act == "assign")
    return event


def assign_case(*, actor: Actor, case: Case) -> CaseEvent | None:
    """Gives a received case to the first rung that can take it; None when no post on the ladder is held.

    Effects: journal `case.assigned`; notice to the holders of the post.
    """
    require(actor, "cases.assign_case", case)
    with transaction.atomic():
        found = find_rung(case)
        return None if found.rung is None else stand_on(case, found, act="assign", actor=actor)


def climb_case(*, actor: Actor, case: Case, why: str) -> CaseEvent:
    """Hands a case one rung up by itself. On the top rung it stays, is marked, and the overseer is told.

    Shapes: `why` is `sign`, `contact`, `solve` (which term passed) or `vacant`.
    Effects: journal `case.climbed` or `case.stuck`.
    """
    require(actor, "cases.climb_case", case)
    with transaction.atomic():
        found = find_rung(case, above=case.rung_rank)
        missed = 0 if why == "vacant" else 1
        if missed:
            CaseRung.objects.filter(case=case, until=None).update(kept_terms=False)
        if found.rung is None:
            return _get_stuck(case, actor=actor, why=why, missed=missed)
        return stand_on(
            case,
            found,
            act="climb",
            actor=actor,
            params={"why": why},
            terms_missed=case.terms_missed + missed,
        )


def _get_stuck(case: Case, *, actor: Actor, why: str, missed: int) -> CaseEvent:
    rows = Case.objects.filter(pk=case.pk, version=case.version)
    if rows.update(is_stuck=True, terms_missed=case.terms_missed + missed, changed_at=clock.now()) != 1:
        raise StaleState()
    return add_line(case, act="stuck", actor=actor, params={"why": why})


def missed_term(case: Case) -> str:
    """Which term of the rung has passed unkept."""
    if case.state == CaseState.ASSIGNED:
        return "sign"
    return "solve" if case.contacted_at else "contact"


def climb_due_cases() -> int:
    """The clock's round: assigns what waits for a post, hands up what is due. Returns the number moved."""
    moved = 0
    for case in Case.objects.filter(state=CaseState.RECEIVED).select_related("area")[:BATCH]:
        moved += assign_case(actor=CLOCK, case=case) is not None
    for case in queries.due_cases().select_related("area__level", "post")[:BATCH]:
        moved += _climb_if_still_due(case, missed_term(case))
    for case in _standing_with_vacant_posts():
        moved += _climb_if_still_due(case, "vacant")
    return moved


def _climb_if_still_due(case: Case, why: str) -> bool:
    try:
        climb_case(actor=CLOCK, case=case, why=why)
    except StaleState:  # somebody acted in this very moment: the case is theirs
        return False
    return True


def _standing_with_vacant_posts() -> list[Case]:
    """Cases whose post has fallen vacant: a vacant post hands up at once."""
    return list(
        Case.objects.filter(
            state__in=(CaseState.ASSIGNED, CaseState.IN_HAND),
            post__vacant_since__isnull=False,
            is_stuck=False,
        ).select_related("area__level", "post")[:BATCH]
    )
