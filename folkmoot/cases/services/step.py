"""What every act on a case does inside its transaction: move, timeline, journal, notices."""

from collections.abc import Collection, Sequence
from typing import Any

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.insertion import insert
from folkmoot.base.transition import move
from folkmoot.cases import notices
from folkmoot.cases.models import Case, CaseEvent, CasePhoto
from folkmoot.cases.rules import is_reporter
from folkmoot.cases.states import TRANSITIONS
from folkmoot.journal import services as journal
from folkmoot.media.models import Attachment
from folkmoot.media.services import attach
from folkmoot.people.models import Organization, Post

# The journal speaks in the past tense: act -> kind.
KINDS = {
    "answer": "answered", "appeal": "appealed", "assign": "assigned", "call_back": "called_back",
    "call_in": "called_in", "climb": "climbed", "close": "closed", "close_silent": "closed_silent",
    "contact": "contacted", "decline": "declined", "escalate": "escalated", "hand_over": "handed_over",
    "join": "joined", "pause": "paused", "refer": "referred", "reject_appeal": "appeal_rejected",
    "reopen": "reopened", "report": "reported", "resettle": "resettled", "resume": "resumed",
    "sign_for": "signed_for", "uphold_appeal": "appeal_upheld", "withdraw": "withdrawn", "note": "noted",
    "call_answer": "call_answered", "call_absent": "call_absent", "summarise": "summarised",
    "approve_summary": "summary_approved", "restrict": "restricted", "read_contact": "contact_read",
    "propose_join": "join_proposed", "stuck": "stuck",
}  # fmt: skip


def take_step(
    case: Case,
    *,
    act: str,
    actor: Actor,
    seen: int | None = None,
    line: dict[str, Any] | None = None,
    **changes: Any,
) -> CaseEvent:
    """Moves `case` by `act` of the state table and writes its line, its journal entry and its notices.

    Shapes: `line` holds fields of the CaseEvent (text, to_post, params...); `changes` fields of the case.
    Raises Refused when the table forbids the act, StaleState when somebody else was faster.
    Effects: journal kind `case.<past tense of act>`, notices as notices.TABLE says.
    """  # fmt: skip
    former = move(case, act=act, table=TRANSITIONS, seen=seen, changed_at=clock.now(), **changes)
    return add_line(case, act=act, actor=actor, from_state=former, **(line or {}))


def add_line(
    case: Case,
    *,
    act: str,
    actor: Actor,
    photos: Sequence[Attachment] = (),
    holder_ids: Collection[int] | None = None,
    **fields: Any,
) -> CaseEvent:
    """Writes one line of the timeline with its photos, its journal entry and its notices.

    Shapes: `fields` as new_line takes them; `holder_ids` are the holders of the case's post, where the caller has
    read them already.
    """
    line = new_line(case, act=act, actor=actor, **fields)
    add_lines(case, [line], actor=actor, photos=photos, holder_ids=holder_ids)
    return line


def new_line(
    case: Case,
    *,
    act: str,
    actor: Actor,
    from_state: str = "",
    to_state: str = "",
    text: str = "",
    to_post: Post | None = None,
    organization: Organization | None = None,
    params: dict[str, Any] | None = None,
    is_private: bool = False,
) -> CaseEvent:
    """A line that is not written yet; without states the case stays in the one it has."""
    return CaseEvent(
        case=case, at=clock.now(), act=act, from_state=from_state or case.state, to_state=to_state or case.state,
        by=_by(actor, case), post_id=actor.post.id if actor.post else None, to_post=to_post,
        organization=organization, text=text, params=params or {}, is_private=is_private,
    )  # fmt: skip


def add_lines(
    case: Case,
    lines: Sequence[CaseEvent],
    *,
    actor: Actor,
    photos: Sequence[Attachment] = (),
    holder_ids: Collection[int] | None = None,
) -> None:
    """Writes lines that one act adds in their order; the photos belong to the first."""
    insert(lines)
    for photo in photos:
        attach(photo)
        CasePhoto.objects.create(case=case, event=lines[0], attachment=photo)
    journal.record_all(
        [(f"case.{KINDS[line.act]}", {"state": line.to_state, "line": line.pk}) for line in lines],
        actor=actor, obj=case.ref,
    )  # fmt: skip
    for line in lines:
        notices.tell(case, line, actor=actor, holder_ids=holder_ids)


def _by(actor: Actor, case: Case) -> str:
    if actor.is_clock:
        return CaseEvent.By.CLOCK
    if actor.post is not None and not is_reporter.test(actor, case):
        return CaseEvent.By.POST
    return CaseEvent.By.REPORTER
