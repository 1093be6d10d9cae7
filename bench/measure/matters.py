"""Cases by the hundred thousand, over two years, in the proportions of a place that works.

Nothing is due now, so that the worker leaves them alone while they are measured: what is open has its term ahead of
it, what is answered was answered this week, and no post that holds a case is vacant.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import F
from django.utils import timezone

from folkmoot.areas.models import Area
from folkmoot.cases.figures import next_quarter, quarter_of, recount
from folkmoot.cases.models import Case, CaseEvent, CaseNumber, CaseRung, Category, JointCall, Publicity
from folkmoot.cases.states import FINAL_STATES, CaseState
from folkmoot.channels.models import Message
from folkmoot.demo.texts import Texts, Told
from folkmoot.people.models import HANDLING_ROLES, Person, Post, Role, Tenure
from measure.bulk import Table, loading, stamp

SEED = 1_939
DAYS = 730
# How high cases climb, from the smallest place upward.
CLIMBS = (62, 20, 12, 5, 1)
CASE_FIELDS = (
    "number", "state", "category", "nature", "title", "text", "area", "area_path", "rung", "rung_rank", "highest_rank",
    "post", "reporter", "publicity", "summary", "summary_approved", "reported_at", "changed_at", "rung_since",
    "sign_due_at", "contact_due_at", "solve_due_at", "due_at", "solve_days", "signed_at", "contacted_at", "answered_at",
    "closed_at", "terms_missed", "solved", "rating", "closed_by", "channel",
)  # fmt: skip
EVENT_FIELDS = ("case", "at", "act", "from_state", "to_state", "by", "post", "to_post", "text", "params")
RUNG_FIELDS = ("case", "post", "area", "since", "until", "holder", "kept_terms")
Rung = tuple[int, int, int, int | None]  # area, rank, post, holder


@dataclass
class Matter:
    """One case before it is written."""

    state: str
    unit: tuple[int, str, int]
    category: Category
    told: Told
    rungs: list[Rung]  # those it stood on, the present one last
    reported: datetime
    moved: datetime
    due: datetime | None


class Writer:
    """Writes cases with their timelines, rungs, messages and figures. The same seed gives the same cases."""

    def __init__(self, *, seed: int = SEED) -> None:
        self.chance = Random(seed)
        self.now = timezone.now()
        self.categories = {c.code: c for c in Category.objects.exclude(parent=None)}
        texts = Texts(self.chance)
        kinds = [code for code in texts.categories if code in self.categories]
        self.pool = [
            (self.categories[kind], texts.report(kind, ("the lane", "巷口")))
            for kind in kinds
            for _ in range(12)
        ]
        self.units = list(_units())
        self.ladder = _handling_posts()
        self.reporters = list(Person.objects.filter(tenures=None).values_list("pk", flat=True)[:20_000]) or [
            None
        ]
        self.heads = _department_heads()
        self.cases = Table(Case, *CASE_FIELDS)
        self.events, self.rungs = Table(CaseEvent, *EVENT_FIELDS), Table(CaseRung, *RUNG_FIELDS)
        self.calls = Table(JointCall, "case", "organization", "called_by", "request", "at", "due_at")
        self.messages = Table(Message, "person", "notice", "params", "url", "origin", "at")

    def write(self, count: int) -> None:
        """Adds `count` cases, the oldest first, and counts the figures of every quarter."""
        with loading():
            for start in range(0, count, 20_000):
                self._write_some(min(20_000, count - start), start, count)
            CaseNumber.objects.update_or_create(year=self.now.year, defaults={"last": count})
            quarter = quarter_of(self.now.date() - timedelta(days=DAYS))
            while quarter <= self.now.date():
                recount(quarter)
                quarter = next_quarter(quarter)

    def _write_some(self, some: int, start: int, count: int) -> None:
        matters = [self._matter((start + n) / count) for n in range(some)]
        first = self.cases.write(self._case(start + n, matter) for n, matter in enumerate(matters))
        numbered = list(enumerate(matters, start=first))
        self.events.write(row for pk, matter in numbered for row in self._events(pk, matter))
        self.rungs.write(row for pk, matter in numbered for row in self._rungs(pk, matter))
        self.calls.write(row for pk, matter in numbered for row in self._calls(pk, matter))
        self.messages.write(row for pk, matter in numbered for row in self._messages(pk, matter))

    def _matter(self, part: float) -> Matter:
        chance = self.chance
        reported = self.now - timedelta(days=DAYS * (1 - part)) - timedelta(hours=1)
        is_recent = self.now - reported < timedelta(days=45)
        is_open = chance.random() < (0.6 if is_recent else 0.02)
        open_states = (CaseState.ASSIGNED, CaseState.IN_HAND, CaseState.ANSWERED)
        state = chance.choices(
            open_states if is_open else FINAL_STATES, (30, 45, 25) if is_open else (90, 5, 5)
        )[0]
        unit = chance.choice(self.units)
        category, told = chance.choice(self.pool)
        moved = min(self.now - timedelta(minutes=5), reported + timedelta(days=chance.uniform(0.1, 20)))
        if is_open:
            moved = max(reported, self.now - timedelta(days=chance.uniform(0.05, 5)))
        due = (
            self.now + timedelta(days=chance.uniform(1, 9))
            if is_open and state != CaseState.ANSWERED
            else None
        )
        return Matter(state, unit, category, told, self._stood_on(unit[1]), reported, moved, due)

    def _stood_on(self, path: str) -> list[Rung]:
        """The filled posts from the unit upward, as far as this case climbed."""
        way = [self.ladder[area] for area in map(int, reversed(path.split("/")[:-1])) if area in self.ladder]
        steps = self.chance.choices(range(len(CLIMBS)), CLIMBS)[0]
        return way[: min(steps, len(way) - 1) + 1]

    def _case(self, number: int, m: Matter) -> tuple[Any, ...]:
        area, rank, post, _holder = m.rungs[-1]
        is_closed, is_over = m.state == CaseState.CLOSED, m.state in FINAL_STATES
        is_past_signing = m.state != CaseState.ASSIGNED
        shows = m.category.default_publicity == Publicity.SUMMARY and self.chance.random() < 0.6
        rating = self.chance.choice([5, 5, 4, 4, 3, 2, None]) if is_closed else None
        solve_due = stamp(m.due or m.reported + timedelta(days=5))
        return (
            f"{m.reported.year}-{number + 1:06d}", m.state, m.category.pk, m.category.nature, m.told.title, m.told.text,
            m.unit[0], m.unit[1], area, rank, rank, post, self.chance.choice(self.reporters),
            m.category.default_publicity, m.told.summary if shows else "", shows, stamp(m.reported), stamp(m.moved),
            stamp(m.reported), solve_due, solve_due, solve_due, stamp(m.due), 5,
            stamp(m.reported) if is_past_signing else None, stamp(m.reported) if is_past_signing else None,
            stamp(m.moved) if is_closed or m.state == CaseState.ANSWERED else None, stamp(m.moved) if is_over else None,
            max(0, len(m.rungs) - 1), True if is_closed else None, rating, "reporter" if is_closed else "", "web",
        )  # fmt: skip

    def _events(self, pk: int, m: Matter) -> Iterator[tuple[Any, ...]]:
        at, over = stamp(m.reported), stamp(m.moved)
        first, last = m.rungs[0][2], m.rungs[-1][2]
        yield pk, at, "report", "received", "received", "reporter", None, None, "", '{"channel": "web"}'
        yield pk, at, "assign", "received", "assigned", "reporter", None, first, "", '{"skipped": []}'
        for rung in m.rungs[1:]:
            params = '{"why": "sign", "skipped": []}'
            yield pk, at, "climb", "assigned", "assigned", "clock", None, rung[2], "", params
        if m.state != CaseState.ASSIGNED:
            yield pk, at, "sign_for", "assigned", "in_hand", "post", last, None, "", "{}"
        if m.state in (CaseState.ANSWERED, CaseState.CLOSED):
            yield pk, over, "answer", "in_hand", "answered", "post", last, None, m.told.answer, "{}"
        if m.state == CaseState.CLOSED:
            yield pk, over, "close", "answered", "closed", "reporter", None, None, "", "{}"

    def _rungs(self, pk: int, m: Matter) -> Iterator[tuple[Any, ...]]:
        for area, _rank, post, holder in m.rungs:
            is_last = post == m.rungs[-1][2]
            yield pk, post, area, stamp(m.reported), None if is_last else stamp(m.reported), holder, is_last

    def _calls(self, pk: int, m: Matter) -> Iterator[tuple[Any, ...]]:
        """Now and then a department of the place is called in, and has not answered yet."""
        if m.state == CaseState.IN_HAND and self.chance.random() < 0.1:
            for step in reversed(m.unit[1].split("/")[:-1]):
                if int(step) in self.heads:
                    organization = self.chance.choice(self.heads[int(step)])
                    due = stamp(self.now + timedelta(days=2))
                    yield pk, organization, m.rungs[-1][2], "Please look at it.", stamp(m.moved), due
                    return

    def _messages(self, pk: int, m: Matter) -> Iterator[tuple[Any, ...]]:
        holder = m.rungs[-1][3]
        if holder is not None:
            params = json.dumps(
                {"number": str(pk), "category": m.category.name, "post": "-", "organization": ""}
            )
            yield holder, "case.yours", params, "/my/work/", f"case:{pk}", stamp(m.reported)


def _units() -> Iterator[tuple[int, str, int]]:
    """Id, path and rank of every place that has nothing below it."""
    lowest = Area.objects.filter(below={}).values_list("pk", "path", "level__rank")
    yield from lowest.order_by("pk").iterator(chunk_size=10_000)


def _handling_posts() -> dict[int, Rung]:
    """The filled post of each area that handles its matters, with whoever holds it."""
    held = Tenure.objects.filter(
        post__role__in=HANDLING_ROLES, post__closed_on=None, post__vacant_since=None, until=None, is_deputy=False,
        since__lte=timezone.localdate(),
    )  # fmt: skip
    rows = held.order_by("-post_id").values_list("post__area", "post__area__level__rank", "post", "person")
    return {area: (area, rank, post, person) for area, rank, post, person in rows.iterator(chunk_size=10_000)}


def _department_heads() -> dict[int, list[int]]:
    """The organizations of each area that can be called in."""
    found: dict[int, list[int]] = {}
    heads = Post.objects.filter(role=Role.DEPARTMENT_HEAD, closed_on=None, organization__isnull=False)
    for area, organization in heads.annotate(of=F("organization__area")).values_list("of", "organization"):
        found.setdefault(area, []).append(organization)
    return found
