"""A year of matters on the demo island, lived through the ordinary services with a fixed seed.

Nothing is written past the rules: people report, chiefs sign, forget, hand up, call in, answer, and the clock does
what it does in any place. Only the clock itself is set, which only this loader may.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from folkmoot.areas.models import Area
from folkmoot.areas.queries import valid_areas
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import FolkmootError
from folkmoot.cases import services
from folkmoot.cases.models import Case, Category, JointCall, Nature, Publicity
from folkmoot.cases.services import Report
from folkmoot.cases.states import FINAL_STATES, CaseState
from folkmoot.demo.texts import Texts, Told
from folkmoot.people.actors import actor_for_person, actor_for_post
from folkmoot.people.models import Person, Post, Role
from folkmoot.people.queries import callable_organizations, hand_over_posts, handling_post, head_post

SEED = 289_1650
DAYS = 365
CASES = 2_000
CLOCK_HOURS = (9, 13, 17)
# Kinds that are reported more often than others.
COMMON = {
    "street_lamp": 4,
    "rubbish": 4,
    "drain": 3,
    "tap_water": 3,
    "road_surface": 3,
    "noise": 2,
    "parking": 2,
}


@dataclass
class Story:
    """One matter and the people in it, while it is lived."""

    case_id: int
    told: Told
    category: str
    reporter: Actor
    is_slow: bool  # its chiefs let terms pass
    rank: int = 100  # the rung on which it was last seen
    moves: int = 0
    did: set[str] = field(default_factory=set)


class Life:
    """The year. `live` yields after each day, so that whoever runs it can show how far it is."""

    def __init__(self, *, last_day: date, cases: int = CASES, days: int = DAYS) -> None:
        self.chance = Random(SEED)
        self.texts = Texts(self.chance)
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.days = [last_day - timedelta(days=n) for n in range(days, -1, -1)]
        self.cases = cases
        self.units: list[Area] = list(valid_areas().filter(level__code="unit").order_by("code"))
        self.categories = {category.code: category for category in Category.objects.exclude(parent=None)}
        self.kinds = [code for code in self.texts.categories if code in self.categories]
        self.weights = [COMMON.get(kind, 1) for kind in self.kinds]
        self.residents = list(Person.objects.filter(account__isnull=False, tenures=None).order_by("pk"))
        filled = Post.objects.filter(role=Role.VILLAGE_SECRETARY, vacant_since=None)
        self.secretaries = {post.area_id: post for post in filled}
        self.holders: dict[int, Actor] = {}
        self.waiting: list[tuple[datetime, int, Story]] = []
        self.count = 0

    def live(self) -> Iterator[int]:
        """Lives day by day; yields the number of days that are over."""
        a_day = self.cases / len(self.days)
        due = 0.0
        for number, day in enumerate(self.days, 1):
            due += a_day
            for moment, act in sorted(self._plan(day, due), key=lambda pair: pair[0]):
                self._catch_up(moment)
                with clock.set_to(moment):
                    act()
            self._catch_up(self._at(day, 23.9))
            yield number

    def _plan(self, day: date, due: float) -> Iterator[tuple[datetime, Callable[[], object]]]:
        """The reports of a day and the rounds of the clock."""
        while self.count < int(due):
            self.count += 1
            yield self._at(day, self.chance.triangular(6.5, 22, 10)), self._report
        for hour in CLOCK_HOURS:
            yield self._at(day, hour + 0.01), self._tick

    def _at(self, day: date, hour: float) -> datetime:
        return datetime.combine(day, time(), self.zone) + timedelta(hours=hour)

    def _tick(self) -> None:
        services.resume_due_cases()
        services.climb_due_cases()
        services.mark_absent_calls()
        services.close_silent_cases()

    def _catch_up(self, until: datetime) -> None:
        """Lets everybody act whose moment has come."""
        while self.waiting and self.waiting[0][0] <= until:
            moment, _number, story = heapq.heappop(self.waiting)
            with clock.set_to(moment):
                self._act(story)

    # Reporting ------------------------------------------------------------------------------------

    def _report(self) -> None:
        unit = self.chance.choice(self.units)
        kind = self.chance.choices(self.kinds, self.weights)[0]
        category = self.categories[kind]
        told = self.texts.report(kind, (unit.name, unit.name_zh))
        by_desk = self.chance.random() < 0.18
        reporter = actor_for_person(self.chance.choice(self.residents))
        actor = self._desk_of(unit) if by_desk else reporter
        if actor is None:
            by_desk, actor = False, reporter
        case = self._send(actor, category, unit, told, by_desk=by_desk)
        claims = frozenset({case.ref})
        story = Story(
            case.pk, told, kind, Actor(person_id=None if by_desk else reporter.person_id, claims=claims),
            is_slow=self.chance.random() < 0.17,
        )  # fmt: skip
        self._later(story, hours=self.chance.uniform(0.2, 1.5))

    def _send(self, actor: Actor, category: Category, unit: Area, told: Told, *, by_desk: bool) -> Case:
        channel = (
            self.chance.choice([Case.Channel.COUNTER, Case.Channel.PHONE]) if by_desk else Case.Channel.WEB
        )
        return services.report_case(
            actor=actor,
            report=Report(
                category=category, title=told.title, text=told.text, area=unit, channel=channel,
                place_text=unit.name_zh if told.language == "zh" else unit.name,
                shares_contact=self.chance.random() < 0.3,
            ),
        ).case  # fmt: skip

    def _holder(self, post: Post) -> Actor:
        """Whoever acts through a post; nobody comes or goes in this year."""
        if post.pk not in self.holders:
            self.holders[post.pk] = actor_for_post(post)
        return self.holders[post.pk]

    def _desk_of(self, unit: Area) -> Actor | None:
        """The secretary of the unit's village, who writes down what somebody tells him."""
        post = self.secretaries.get(unit.ancestor_ids[2])
        return self._holder(post) if post is not None else None

    # Living on ------------------------------------------------------------------------------------

    def _later(self, story: Story, *, hours: float) -> None:
        heapq.heappush(
            self.waiting, (clock.now() + timedelta(hours=hours), story.case_id * 100 + story.moves, story)
        )

    def _act(self, story: Story) -> None:
        """One act of whoever has the next word; a refusal is a day on which nothing happens."""
        story.moves += 1
        case = Case.objects.select_related(
            "category", "area__level", "rung__level", "post__area", "reporter"
        ).get(pk=story.case_id)
        if case.state in FINAL_STATES and not self._is_worth_more(case, story):
            return
        try:
            with transaction.atomic():
                self._next(case, story)
        except (FolkmootError, LookupError):
            pass
        if story.moves < 30:
            self._later(story, hours=self._pace(case, story))

    def _pace(self, case: Case, story: Story) -> float:
        if case.state == CaseState.ANSWERED:
            return self.chance.uniform(3, 90)
        if story.is_slow:
            return self.chance.uniform(10, 90)
        return self.chance.uniform(0.3, 2) if case.state == CaseState.ASSIGNED else self.chance.uniform(1, 14)

    def _is_worth_more(self, case: Case, story: Story) -> bool:
        """A declined matter may be appealed; a closed one is now and then reopened."""
        if case.state == CaseState.DECLINED:
            return case.appeal != Case.Appeal.REJECTED and "ended" not in story.did
        return False

    def _next(self, case: Case, story: Story) -> None:
        if case.state == CaseState.DECLINED:
            self._appeal(case, story)
        elif case.state == CaseState.ANSWERED:
            self._end(case, story)
        elif case.state in (CaseState.ASSIGNED, CaseState.IN_HAND) and not case.is_paused:
            self._handle(case, story)

    def _say(self, story: Story, kind: str) -> str:
        return self.texts.line(kind, story.told.language, story.category)

    def _handle(self, case: Case, story: Story) -> None:
        assert case.post is not None
        holder = self._holder(case.post)
        if case.rung_rank < story.rank < 100:  # a new level, new people: most of them are quick
            story.is_slow = self.chance.random() < 0.12
        story.rank = case.rung_rank
        self._answer_calls(case, story)
        if story.is_slow and self.chance.random() < 0.6:
            return None
        if case.state == CaseState.ASSIGNED:
            return self._take_up(case, story, holder)
        roll = self.chance.random()
        if not case.contacted_at:
            services.contact_case(actor=holder, case=case, text=self._say(story, "contact"))
        elif roll < 0.04 and "paused" not in story.did:
            story.did.add("paused")
            until = clock.today() + timedelta(days=self.chance.randint(2, 6))
            services.pause_case(actor=holder, case=case, reason=self._say(story, "pause"), until=until)
        elif roll < 0.11 and "called" not in story.did:
            self._call_in(case, story, holder)
        elif roll < 0.17:
            services.escalate_case(actor=holder, case=case, reason=self._say(story, "escalate"))
        elif roll < 0.7:
            services.answer_case(actor=holder, case=case, text=story.told.answer)
        self._summarise(case, story, holder)
        return None

    def _take_up(self, case: Case, story: Story, holder: Actor) -> None:
        roll = self.chance.random()
        if roll < 0.03 and "handed" not in story.did:
            story.did.add("handed")
            posts = list(hand_over_posts(case.area, case.rung)[:8])
            if posts:
                services.hand_over_case(
                    actor=holder,
                    case=case,
                    to_post=self.chance.choice(posts),
                    reason=self._say(story, "hand_over"),
                )
        elif roll < 0.07 and case.nature != Nature.RIGHT:
            services.decline_case(actor=holder, case=case, reason=self._say(story, "decline"))
        elif roll < 0.09:
            services.withdraw_case(actor=story.reporter, case=case, text=self._say(story, "withdraw"))
        else:
            services.sign_for_case(actor=holder, case=case)

    def _call_in(self, case: Case, story: Story, holder: Actor) -> None:
        organizations = list(callable_organizations(case.area))
        if organizations:
            story.did.add("called")
            services.call_in_case(
                actor=holder, case=case, organization=self.chance.choice(organizations),
                request=self._say(story, "call_in"), days=2,
            )  # fmt: skip

    def _answer_calls(self, case: Case, story: Story) -> None:
        for call in JointCall.objects.filter(case=case, state=JointCall.State.CALLED).select_related(
            "organization"
        ):
            post = head_post(call.organization)
            if post is not None and self.chance.random() < 0.7:
                call.case = case
                services.answer_call(
                    actor=self._holder(post), call=call, text=self._say(story, "called_answer")
                )

    def _summarise(self, case: Case, story: Story, holder: Actor) -> None:
        wanted = case.publicity == Publicity.SUMMARY and not case.summary and story.told.summary
        if wanted and self.chance.random() < 0.7:
            services.summarise_case(actor=holder, case=case, summary=story.told.summary)
            if self.chance.random() < 0.8:
                services.approve_summary(actor=story.reporter, case=case)

    def _appeal(self, case: Case, story: Story) -> None:
        if case.appeal == Case.Appeal.NONE:
            if self.chance.random() < 0.4:
                services.appeal_case(actor=story.reporter, case=case, reason=self._say(story, "appeal"))
            else:
                story.did.add("ended")
        elif case.appeal == Case.Appeal.LODGED:
            above = Area.objects.filter(
                pk__in=case.area.ancestor_ids, level__rank__lt=case.rung_rank
            ).order_by("-path")
            for area in above:
                post = handling_post(area)
                if post is not None and not post.is_vacant:
                    upheld = self.chance.random() < 0.5
                    services.decide_appeal(
                        actor=self._holder(post), case=case, upheld=upheld,
                        reason=self.texts.line("answer", story.told.language),
                    )  # fmt: skip
                    return

    def _end(self, case: Case, story: Story) -> None:
        roll = self.chance.random()
        if roll < 0.5:
            rating = self.chance.choices([5, 4, 3, 2, 1, None], [34, 26, 10, 5, 3, 22])[0]
            services.close_case(
                actor=story.reporter, case=case, rating=rating, text=self._maybe_thanks(story)
            )
        elif roll < 0.6:
            services.reopen_case(actor=story.reporter, case=case, text=self._say(story, "not_solved"))
        elif roll < 0.66:
            services.note_case(actor=story.reporter, case=case, text=self._say(story, "follow_up"))

    def _maybe_thanks(self, story: Story) -> str:
        return self._say(story, "solved") if self.chance.random() < 0.5 else ""
