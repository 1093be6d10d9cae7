"""Reporting a matter: in the browser with or without an account, at the counter, by phone, through Open311."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import Area
from folkmoot.areas.queries import is_within_place, outermost_area, smallest_area_at
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound, Refused
from folkmoot.base.ids import new_claim_code, normal_code
from folkmoot.base.insertion import insert
from folkmoot.base.keys import lookup_hash
from folkmoot.base.permissions import require
from folkmoot.base.transition import next_state
from folkmoot.cases.drafts import Draft, keep_draft
from folkmoot.cases.ladder import Placement
from folkmoot.cases.models import Case, CaseEvent, Category, Publicity
from folkmoot.cases.queries import StaffedRung
from folkmoot.cases.services.climbing import find_rung, open_rung, skipped_params, standing_on
from folkmoot.cases.services.step import add_lines, new_line
from folkmoot.cases.states import TRANSITIONS
from folkmoot.media.models import Attachment
from folkmoot.people.models import Post

MAX_TEXT = 5000
# One statement on both databases; whoever comes second waits for the row.
NEXT_NUMBER = """
    INSERT INTO cases_casenumber (year, last) VALUES (%s, 1)
    ON CONFLICT (year) DO UPDATE SET last = cases_casenumber.last + 1 RETURNING last
"""


@dataclass(frozen=True)
class Report:
    """What somebody tells us. Shapes: a place is an area, or a point, or both; texts are already trimmed."""

    category: Category
    text: str
    title: str = ""
    area: Area | None = None
    lon: float | None = None
    lat: float | None = None
    place_text: str = ""
    publicity: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    about_post: Post | None = None
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    shares_contact: bool = False
    channel: str = Case.Channel.WEB
    on_behalf_of: str = ""
    photos: Sequence[Attachment] = ()
    sent_key: str = ""
    draft: Draft | None = None  # learns number and code in the same transaction


@dataclass(frozen=True)
class Reported:
    """The case, and the code to follow it, shown once; empty when the same report had been sent before."""

    case: Case
    claim_code: str
    is_new: bool = True


def report_case(*, actor: Actor, report: Report) -> Reported:
    """Stores a matter and gives it to the smallest place's chief, or the first rung above that can take it.

    Raises Refused when there is no place, the place is outside, or the text is missing or too long.
    Effects: journal `case.reported`, `case.assigned`; notices to the holder and the reporter.
    Source: S3.9, S1.16, domain.md "cases".
    """
    by_desk = report.channel in (Case.Channel.COUNTER, Case.Channel.PHONE)
    require(actor, "cases.enter_case" if by_desk else "cases.report_case")
    area = _place_of(report)
    _check_text(report.text)
    code = new_claim_code()
    case = _new_case(actor, report, area, code=code, by_desk=by_desk)
    lines = [new_line(case, act="report", actor=actor, params={"channel": report.channel})]
    # Looked up before the transaction, which keeps other writers waiting. A post that falls vacant in this very
    # moment hands the case up in the clock's next round.
    found = find_rung(case)
    if found.rung is not None:
        lines.append(_stand_on_first(case, found, found.rung, actor=actor))
    try:
        with transaction.atomic():
            _store(case, lines, found, actor=actor, photos=report.photos)
            if report.draft is not None:
                keep_draft(report.draft, number=case.number, code=code)
    except IntegrityError:
        sent = Case.objects.filter(sent_key=case.sent_key).first() if case.sent_key else None
        if sent is None:
            raise
        return Reported(sent, "", is_new=False)
    return Reported(case, code)


def _stand_on_first(
    case: Case, found: Placement[StaffedRung], rung: StaffedRung, *, actor: Actor
) -> CaseEvent:
    """A new case stands with its first post before it is stored; the line says who was passed over."""
    former, case.state = case.state, next_state(TRANSITIONS, case.state, "assign")
    case.version += 1
    for name, value in standing_on(case, rung).items():
        setattr(case, name, value)
    return new_line(
        case, act="assign", actor=actor, from_state=former, to_post=rung.post,
        params={"skipped": skipped_params(found)},
    )  # fmt: skip


def _store(
    case: Case,
    lines: list[CaseEvent],
    found: Placement[StaffedRung],
    *,
    actor: Actor,
    photos: Sequence[Attachment],
) -> None:
    case.number = next_number(case.reported_at.year)
    insert([case])
    for line in lines:
        line.case = case  # it has its number now
    holder_ids = found.rung.holder_ids if found.rung else frozenset()
    add_lines(case, lines, actor=actor, photos=photos, holder_ids=holder_ids)
    if found.rung is not None:
        open_rung(case, holder_ids, is_first=True)


def _place_of(report: Report) -> Area:
    """The smallest place of a report: the chosen area, or the one in which the point lies."""
    if report.lon is not None and report.lat is not None:
        found = place_at(report.lon, report.lat)
        if found is not None:
            return found
    if report.area is None:
        raise Refused(_("Please say where it is: choose a place, or point to it on the map."))
    return report.area


def place_at(longitude: float, latitude: float) -> Area | None:
    """The smallest place that holds a point; None while no boundary is drawn. Raises Refused for a point outside."""
    found = smallest_area_at(longitude, latitude)
    if found is not None:
        return found
    try:
        place = outermost_area()
    except Area.DoesNotExist:
        raise Refused(
            _("No place has been set up here yet, so nobody could take your report. Nothing was stored.")
        ) from None
    if is_within_place(longitude, latitude):
        return None
    raise Refused(_("This point lies outside %(place)s. Please choose a place inside it.") % {"place": place})


def _check_text(text: str) -> None:
    if not text.strip():
        raise Refused(_("Please write what it is about."))
    if len(text) > MAX_TEXT:
        raise Refused(
            _("This text has %(length)d characters; at most %(most)d fit. Please shorten it.")
            % {"length": len(text), "most": MAX_TEXT}
        )


def _new_case(actor: Actor, report: Report, area: Area, *, code: str, by_desk: bool) -> Case:
    now = clock.now()
    about = report.about_post
    return Case(
        category=report.category,
        nature=report.category.nature,
        title=report.title or _first_words(report.text),
        text=report.text,
        answers=report.answers,
        place_text=report.place_text,
        lon=report.lon,
        lat=report.lat,
        area=area,
        area_path=area.path,
        rung=area,
        rung_rank=area.level.rank,
        highest_rank=area.level.rank,
        about_post=about,
        about_path=about.area.path if about and about.organization_id is None else "",
        about_organization_id=about.organization_id if about else None,
        reporter_id=None if by_desk else actor.person_id,
        claim_hash=lookup_hash("claim", code),
        contact_name=report.contact_name,
        contact_phone=report.contact_phone,
        contact_email=report.contact_email,
        shares_contact=report.shares_contact,
        channel=report.channel,
        entered_by_id=actor.post.id if by_desk and actor.post else None,
        on_behalf_of=report.on_behalf_of,
        sent_key=hashlib.sha256(report.sent_key.encode()).hexdigest() if report.sent_key else None,
        publicity=_publicity_of(report),
        reported_at=now,
        changed_at=now,
        rung_since=now,
    )


def _publicity_of(report: Report) -> str:
    """As the reporter chose; a category that is private by default never becomes public by choice."""
    default = report.category.default_publicity
    if default == Publicity.PRIVATE or report.about_post is not None:
        return Publicity.PRIVATE
    return report.publicity or default


def _first_words(text: str) -> str:
    first = text.strip().splitlines()[0]
    return first if len(first) <= 60 else first[:59].rstrip() + "…"


def next_number(year: int) -> str:
    """The next public number of a year, `2026-000418`; taken inside the transaction of the report."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [year])
        (last,) = cursor.fetchone()
    return f"{year}-{last:06d}"


def claim_case(*, actor: Actor, number: str, code: str) -> Case:
    """The case that a claim code opens. Raises NotFound, the same for a wrong number and a wrong code."""
    require(actor, "cases.claim_case")
    case = Case.objects.filter(claim_hash=lookup_hash("claim", normal_code(code))).first()
    if case is None or (number and case.number != number.strip()):
        raise NotFound(
            _("No matter is found with this number and code. Please compare them letter by letter.")
        )
    return case
