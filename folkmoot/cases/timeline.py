"""The sentences of a case: one line per act, and why it is due when it is."""

from collections.abc import Callable, Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from folkmoot.areas.models import Area
from folkmoot.base import clock
from folkmoot.cases.models import Case, CaseEvent
from folkmoot.cases.rulebook import rulebook
from folkmoot.cases.states import CaseState
from folkmoot.people.models import Post
from folkmoot.ui.moments import due_text

LATE_ACTS = {"climb", "stuck", "call_absent", "decline"}


def _post(post: Post | None) -> str:
    return str(post) if post is not None else _("nobody")


def _skipped(event: CaseEvent, names: dict[int, str]) -> str:
    """Why rungs were passed over: the page says so (S3.9)."""
    reasons: dict[str, Callable[[str], str]] = {
        "vacant": lambda name: _("The post for %(area)s is vacant.") % {"area": name},
        "no_post": lambda name: _("%(area)s has no post for matters.") % {"area": name},
        "concerned": lambda name: (
            _("%(area)s is passed over because the matter is about a post there or above.") % {"area": name}
        ),
        "same_person": lambda name: (
            _("%(area)s is passed over: somebody else shall look at it.") % {"area": name}
        ),
    }
    skipped = event.params.get("skipped", [])
    return " ".join(reasons[row["why"]](names.get(row["area"], "")) for row in skipped)


def _why_climbed(event: CaseEvent) -> str:
    post = _post(event.to_post)
    return {
        "sign": _("Nobody signed for it in time, so it went up by itself to %(post)s."),
        "contact": _("There was no first contact in time, so it went up by itself to %(post)s."),
        "solve": _("The term has passed, so it went up by itself to %(post)s."),
        "vacant": _("The post has become vacant, so it went up at once to %(post)s."),
    }[event.params.get("why", "solve")] % {"post": post}


def _channel(event: CaseEvent) -> str:
    return {
        "web": _("Reported on the web."),
        "counter": _("Reported at the counter; %(post)s wrote it down."),
        "phone": _("Reported by phone; %(post)s wrote it down."),
        "open311": _("Reported with another app."),
    }[event.params.get("channel", "web")] % {"post": _post(event.post)}


def sentence(event: CaseEvent) -> str:
    """What happened, in one sentence in the reader's language."""
    if event.act == "climb":
        return _why_climbed(event)
    if event.act == "report":
        return _channel(event)
    names = {
        "post": _post(event.post),
        "to": _post(event.to_post),
        "organization": str(event.organization) if event.organization else "",
        "number": event.params.get("number", ""),
        "until": _day(event.params.get("until")),
        "days": event.params.get("days", 0),
    }
    return _lines().get(event.act, event.act) % names


def _day(iso: str | None) -> str:
    return date_format(date.fromisoformat(iso), "DATE_FORMAT") if iso else ""


def _lines() -> dict[str, str]:
    return {
        "assign": _("It stands with %(to)s."),
        "sign_for": _("%(post)s has signed for it."),
        "contact": _("%(post)s has looked into it."),
        "note": _("A new line was added."),
        "escalate": _("%(post)s handed it up to %(to)s, with a reason."),
        "stuck": _("The term has passed on the highest level. It stays open and is shown as overdue."),
        "hand_over": _("%(post)s passed it on to %(to)s. The term stays."),
        "refer": _("%(post)s referred it to %(organization)s, which decides about such rights."),
        "pause": _("%(post)s paused the work until %(until)s."),
        "resume": _("The work goes on."),
        "call_in": _("%(post)s called in %(organization)s."),
        "call_answer": _("%(organization)s has answered."),
        "call_absent": _("%(organization)s did not answer in its term."),
        "answer": _("%(post)s has answered. The reporter now says whether it is solved."),
        "decline": _("%(post)s declined it, with a reason."),
        "appeal": _("The reporter appealed to the level above."),
        "reject_appeal": _("%(post)s looked at the appeal: it stays declined."),
        "uphold_appeal": _("The appeal was upheld. It stands with %(to)s now."),
        "close": _("Solved, says the reporter."),
        "call_back": _("Solved, the reporter told %(post)s, who had no part in it."),
        "close_silent": _("Closed after %(days)s quiet days. Whether it is solved is not known."),
        "reopen": _("Not solved. It stands one level higher with somebody else: %(to)s."),
        "withdraw": _("The reporter needs it no more."),
        "summarise": _("%(post)s wrote a public summary; the reporter decides whether it is shown."),
        "approve_summary": _("The reporter approved the public summary."),
        "restrict": _("It is shown to fewer people now."),
        "read_contact": _("%(post)s has read the reporter's name and phone, as allowed."),
        "propose_join": _("%(post)s thinks it is the same matter as %(number)s. The reporter decides."),
        "join": _("Joined with the earlier matter %(number)s."),
        "resettle": _("The map was changed. The matter stays open and moved with its place."),
    }


def with_reason(event: CaseEvent, names: dict[int, str]) -> str:
    """The sentence, after the reasons why rungs were passed over."""
    return " ".join(part for part in (_skipped(event, names), sentence(event)) if part)


def skipped_area_ids(events: Iterable[CaseEvent]) -> set[int]:
    return {row["area"] for event in events for row in event.params.get("skipped", [])}


def skipped_area_names(events: Iterable[CaseEvent]) -> dict[int, str]:
    """The names of the areas that were passed over (one query, none when there are none)."""
    ids = skipped_area_ids(events)
    return {area.pk: str(area) for area in Area.objects.filter(pk__in=ids)} if ids else {}


def verdict(case: Case) -> tuple[str, str, str]:
    """Where the case stands, why it is due then, and the kind of the verdict (ok, wait, late)."""
    if case.state == CaseState.RECEIVED:
        return _("This matter waits for a post: every post that could take it is vacant."), "", "late"
    if case.state in (CaseState.ASSIGNED, CaseState.IN_HAND):
        return _in_hand(case)
    return _settled(case)


def _in_hand(case: Case) -> tuple[str, str, str]:
    post = _post(case.post)
    if case.paused_until is not None:
        until = date_format(case.paused_until, "DATE_FORMAT")
        return (
            _("It stands with %(post)s. The work is paused until %(until)s.")
            % {"post": post, "until": until},
            "",
            "wait",
        )
    if case.solve_due_at is None:
        return _("It stands with %(post)s.") % {"post": post}, "", "wait"
    if case.is_stuck or case.solve_due_at < clock.now():
        return _("It stands with %(post)s and is overdue since %(due)s.") % {
            "post": post, "due": due_text(case.solve_due_at),
        }, why_due(case), "late"  # fmt: skip
    return _("It stands with %(post)s until %(due)s at the latest.") % {
        "post": post, "due": due_text(case.solve_due_at),
    }, why_due(case), "wait"  # fmt: skip


def why_due(case: Case) -> str:
    """The due date in one sentence, with the unusual days that count or do not."""
    today = clock.today()
    due = rulebook().calendar(today).add_days(case.rung_since, case.solve_days)
    calendar = rulebook().calendar(today)
    parts = [
        ngettext(
            "On the level of the %(level)s, “%(category)s” has %(days)d working day.",
            "On the level of the %(level)s, “%(category)s” has %(days)d working days.",
            case.solve_days,
        )
        % {"level": case.rung.level, "category": case.category, "days": case.solve_days}
    ]
    parts += [
        _("%(day)s (%(name)s) is a make-up working day and counts.")
        % {"day": _weekday(day), "name": calendar.makeup_days[day]}
        for day in due.makeup_days
    ]
    parts += [
        _("%(day)s (%(name)s) is a public holiday and does not count.")
        % {"day": _weekday(day), "name": calendar.holidays[day]}
        for day in due.holidays
    ]
    return " ".join(parts)


def _weekday(day: date) -> str:
    return date_format(day, pgettext("date format", "l j F"))


def _settled(case: Case) -> tuple[str, str, str]:
    closed: dict[str, str] = {
        Case.ClosedBy.REPORTER: _("Solved, says the reporter."),
        Case.ClosedBy.CALL_BACK: _(
            "Solved, the reporter said when called back by somebody who had no part in it."
        ),
        Case.ClosedBy.SILENCE: _("Closed after quiet days. Whether it is solved is not known."),
        Case.ClosedBy.JOINED: _("Joined with an earlier matter."),
    }
    if case.state == CaseState.ANSWERED:
        return (
            _("%(post)s has answered. Now the reporter says whether it is solved.")
            % {"post": _post(case.post)},
            "",
            "wait",
        )
    if case.state == CaseState.CLOSED:
        return closed.get(case.closed_by, _("Closed.")), "", "ok"
    if case.state == CaseState.WITHDRAWN:
        return _("The reporter needs it no more."), "", "ok"
    appeals: dict[str, tuple[str, str]] = {
        Case.Appeal.LODGED: (_("Declined. The level above is looking at the appeal."), "wait"),
        Case.Appeal.REJECTED: (_("Declined, and the appeal was not upheld."), "late"),
    }
    said, kind = appeals.get(case.appeal, (_("Declined, with a reason. The reporter can appeal."), "late"))
    return said, "", kind
