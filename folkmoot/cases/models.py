"""Residents' matters: the case, its timeline, its rungs, the organizations called in, and the rules as data."""

from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import Area, Level, in_reader_language
from folkmoot.base import clock
from folkmoot.base.fields import PathField, SealedField
from folkmoot.base.ids import new_ref
from folkmoot.cases.dated import Dated
from folkmoot.cases.states import HANDLED_STATES, OPEN_STATES, CaseState
from folkmoot.media.models import Attachment
from folkmoot.people.models import Organization, Person, Post


class Nature(models.TextChoices):
    """What is asked for (S2.27). A right is never declined, only referred."""

    DEMAND = "demand", _("demand")
    INTEREST = "interest", _("interest")
    RIGHT = "right", _("right")


class Publicity(models.TextChoices):
    PRIVATE = "private", _("only those who handle it")
    SUMMARY = "summary", _("everybody sees a summary that you approve")
    PUBLIC = "public", _("everybody")


class Category(Dated):
    """What a case is about. A group has no parent; a case belongs to a category inside a group."""

    code = models.SlugField(max_length=40, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)
    nature = models.CharField(max_length=10, choices=Nature, default=Nature.DEMAND)
    keywords = models.CharField(max_length=300, blank=True)
    keywords_zh = models.CharField(max_length=300, blank=True)
    default_publicity = models.CharField(max_length=10, choices=Publicity, default=Publicity.SUMMARY)
    is_open311 = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_zh)


class CategoryQuestion(Dated):
    """A further question of one category: an attribute of the Open311 service definition."""

    class Datatype(models.TextChoices):
        STRING = "string"
        NUMBER = "number"
        DATETIME = "datetime"
        TEXT = "text"
        SINGLE = "singlevaluelist"
        MULTI = "multivaluelist"

    category = models.ForeignKey(Category, models.CASCADE, related_name="questions")
    code = models.SlugField(max_length=40)
    datatype = models.CharField(max_length=20, choices=Datatype)
    required = models.BooleanField(default=False)
    question = models.CharField(max_length=200)
    question_zh = models.CharField(max_length=200, blank=True)
    values = models.JSONField(default=list, blank=True, help_text='[{"key", "name", "name_zh"}]')
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["category", "code"], name="question_once")]

    def __str__(self) -> str:
        return in_reader_language(self.question, self.question_zh)


class Term(models.Model):
    """How long a level has for a category, in working time, from a day until a day (P11)."""

    level = models.ForeignKey(Level, models.PROTECT, related_name="terms")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="terms")
    sign_hours = models.PositiveSmallIntegerField()
    contact_hours = models.PositiveSmallIntegerField()
    solve_days = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "category", "valid_from"], nulls_distinct=False, name="term_once"
            )
        ]

    def __str__(self) -> str:
        return f"term of {self.level_id}/{self.category_id} from {self.valid_from}"


class CalendarDay(models.Model):
    """A day that breaks the week: a public holiday, or a make-up day on which people work."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("public holiday")
        WORKING = "working", _("make-up working day")

    date = models.DateField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_zh)


class CaseRule(models.Model):
    """A number of the place with its dates: working hours, days of silence, days to reopen, k."""

    class Name(models.TextChoices):
        OPENS = "opens_minute", _("minute of the day at which work begins")
        CLOSES = "closes_minute", _("minute of the day at which work ends")
        SILENCE = "silence_days", _("days after an answer until silence closes a case")
        REOPEN = "reopen_days", _("days after closing in which a case can be reopened")
        SMALL_GROUP = "small_group", _("smallest group whose figures are shown")

    name = models.CharField(max_length=20, choices=Name)
    value = models.PositiveIntegerField()
    valid_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "valid_from"], name="case_rule_once")]

    def __str__(self) -> str:
        return f"{self.name} = {self.value} from {self.valid_from}"


class CaseNumber(models.Model):
    """The last public number given out in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Case(models.Model):
    """A resident's matter. It stands with one post on one rung of the ladder until it is closed."""

    class Channel(models.TextChoices):
        WEB = "web", _("on the web")
        COUNTER = "counter", _("at the counter")
        PHONE = "phone", _("by phone")
        OPEN311 = "open311", _("by another app")

    class ClosedBy(models.TextChoices):
        REPORTER = "reporter", _("the reporter")
        CALL_BACK = "call_back", _("an independent call-back")
        SILENCE = "silence", _("silence after the answer")
        JOINED = "joined", _("joining an earlier matter")

    class Appeal(models.TextChoices):
        NONE = "", _("no appeal")
        LODGED = "lodged", _("appeal lodged")
        REJECTED = "rejected", _("appeal not upheld")
        UPHELD = "upheld", _("appeal upheld")

    number = models.CharField(max_length=16, unique=True)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.RECEIVED)
    version = models.PositiveIntegerField(default=0)
    category = models.ForeignKey(Category, models.PROTECT, related_name="cases", db_index=False)
    nature = models.CharField(max_length=10, choices=Nature)
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=5000)
    answers = models.JSONField(default=dict, blank=True, help_text="answers to the category's questions")
    place_text = models.CharField(max_length=200, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)

    # Where it belongs, and where it stands. The paths repeat the areas' so that lists need no join.
    area = models.ForeignKey(Area, models.PROTECT, related_name="cases")
    area_path = PathField()
    rung = models.ForeignKey(Area, models.PROTECT, related_name="standing_cases", db_index=False)
    rung_rank = models.PositiveSmallIntegerField()
    highest_rank = models.PositiveSmallIntegerField(help_text="rank of the highest rung reached (S3.10)")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="cases")
    about_post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="complaints", db_index=False
    )
    # Who must not handle it: all under this path, or all of this organization (domain.md, Guards).
    about_path = models.CharField(max_length=120, blank=True)
    about_organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="complaints", db_index=False
    )

    # Whose it is.
    reporter = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="cases", db_index=False
    )
    claim_hash = models.CharField(max_length=64, blank=True, db_index=True)  # a claim code finds its case
    contact_name = SealedField(blank=True)
    contact_phone = SealedField(blank=True)
    contact_email = SealedField(blank=True)
    shares_contact = models.BooleanField(default=False)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    entered_by = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="entered_cases")
    on_behalf_of = models.CharField(max_length=80, blank=True, help_text="how the helper knows them")
    # Sent with the form: the same report sent twice is one case.
    sent_key = models.CharField(max_length=64, null=True, blank=True, unique=True)

    publicity = models.CharField(max_length=10, choices=Publicity)
    summary = models.CharField(max_length=400, blank=True)
    summary_approved = models.BooleanField(default=False)

    reported_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    rung_since = models.DateTimeField()
    # The terms of the present rung, and the one that is next to be kept: passing it makes the case climb.
    sign_due_at = models.DateTimeField(null=True, blank=True)
    contact_due_at = models.DateTimeField(null=True, blank=True)
    solve_due_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    solve_days = models.PositiveSmallIntegerField(default=0)
    signed_at = models.DateTimeField(null=True, blank=True)
    contacted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    terms_missed = models.PositiveSmallIntegerField(default=0)
    is_stuck = models.BooleanField(default=False, help_text="overdue on the top rung")
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True)

    solved = models.BooleanField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    closed_by = models.CharField(max_length=10, choices=ClosedBy, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    appeal = models.CharField(max_length=10, choices=Appeal, default=Appeal.NONE, blank=True)
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined")
    join_proposed = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    # Made by the database from the others: what lists and clock ask for has an index of its own on both databases.
    # Not `state__in` in the condition of an index: SQLite does not see that a list of parameters is the same list.
    is_handled = models.GeneratedField(
        expression=ExpressionWrapper(Q(state__in=HANDLED_STATES), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    is_shown = models.GeneratedField(
        expression=ExpressionWrapper(
            Q(publicity=Publicity.PUBLIC) | Q(publicity=Publicity.SUMMARY, summary_approved=True),
            models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5), name="case_rating_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(state=CaseState.RECEIVED) | Q(post__isnull=False) | Q(state=CaseState.WITHDRAWN),
                name="case_stands_with_a_post",
            ),
        ]
        indexes = [
            # "What waits for me": one post's cases by due.
            models.Index(fields=["post", "due_at"], condition=Q(is_handled=True), name="case_queue"),
            # The staff list in its order, whole and by each filter; the clock reads the first one.
            models.Index(fields=["due_at", "-id"], name="case_by_due"),
            models.Index(fields=["state", "due_at", "-id"], name="case_by_state"),
            models.Index(fields=["category", "due_at", "-id"], name="case_by_category"),
            models.Index(fields=["rung_rank", "due_at", "-id"], name="case_by_level"),
            models.Index(fields=["solve_due_at"], condition=Q(is_handled=True), name="case_late"),
            # What lies below a place, for staff and for everybody.
            models.Index(fields=["area_path", "state"], name="case_of_path"),
            models.Index(
                fields=["area_path", "-changed_at"], condition=Q(is_shown=True), name="case_shown_of_path"
            ),
            models.Index(fields=["-changed_at", "-id"], condition=Q(is_shown=True), name="case_shown"),
            # Overdue on the top rung: few, counted on every page of a place.
            models.Index(fields=["area_path"], condition=Q(is_stuck=True), name="case_stuck"),
            # The clock: pauses and silences that are over.
            models.Index(
                fields=["paused_until"], condition=Q(paused_until__isnull=False), name="case_paused"
            ),
            models.Index(fields=["answered_at"], condition=Q(state=CaseState.ANSWERED), name="case_silence"),
            # The roll-up of figures reads what was closed in a quarter, and what was reported in it.
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="case_closed"),
            # Open311: the newest, and filters by service, status and date.
            models.Index(fields=["-reported_at"], name="case_newest"),
            models.Index(fields=["category", "-reported_at"], name="case_of_category"),
            models.Index(fields=["reporter", "-reported_at"], name="case_of_reporter"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> str:
        """The journal's and the inbox's name of this case."""
        return f"case:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def state_kind(self) -> str:
        """How the state's label looks: ok, wait or late."""
        if self.state == CaseState.DECLINED or (self.is_late and self.state in HANDLED_STATES):
            return "late"
        return "wait" if self.is_open else "ok"

    @property
    def is_late(self) -> bool:
        """A term has passed: the one next to be kept, or on the top rung the last one."""
        return self.is_stuck or (self.due_at is not None and self.due_at < clock.now())

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def shows_summary(self) -> bool:
        return self.publicity == Publicity.SUMMARY and self.summary_approved


class CaseDraft(models.Model):
    """A report on its way through its three steps: kept for a day under a reference that nobody guesses.

    It depends on no session, so that signing out or a second tab loses nothing.
    """

    ref = models.UUIDField(default=new_ref, primary_key=True, editable=False)
    data = SealedField(help_text="JSON of the steps so far")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="case_draft_age")]  # swept after a day

    def __str__(self) -> str:
        return f"draft {self.ref}"


class CaseEvent(models.Model):
    """One line of the timeline; append-only. Its sentence is made from `act` and `params` by timeline.py."""

    class By(models.TextChoices):
        REPORTER = "reporter", _("the reporter")
        POST = "post", _("a post")
        CLOCK = "clock", _("the calendar")

    case = models.ForeignKey(Case, models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField()
    act = models.CharField(max_length=20)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, blank=True)
    by = models.CharField(max_length=10, choices=By)
    # Shown with their line and never asked for: an index on them would only slow every act.
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    to_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    text = models.TextField(blank=True)
    params = models.JSONField(default=dict, blank=True)
    is_private = models.BooleanField(default=False, help_text="for the reporter and the handlers only")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["case", "at"], name="case_timeline")]

    def __str__(self) -> str:
        return f"{self.act} on {self.case_id}"


class CaseRung(models.Model):
    """A post that a case stood with: it goes on seeing the case after handing it up."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="rungs", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="rungs", db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    # Who held the post then: an unsolved case goes to somebody else.
    holder = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    kept_terms = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["post", "case"], name="case_rung_of_post"),
            models.Index(fields=["case", "id"], name="case_rung_of_case"),
        ]

    def __str__(self) -> str:
        return f"rung of {self.case_id}"


class JointCall(models.Model):
    """An organization called in by the lead: own term, own answer, rated by the caller (S1.19, S2.19)."""

    class State(models.TextChoices):
        CALLED = "called", _("called in")
        ANSWERED = "answered", _("answered")
        ABSENT = "absent", _("did not come")

    case = models.ForeignKey(Case, models.CASCADE, related_name="calls")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="calls")
    called_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.CALLED)
    version = models.PositiveIntegerField(default=0)
    request = models.TextField(max_length=2000)
    answer = models.TextField(max_length=5000, blank=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "organization"], condition=Q(state="called"), name="called_in_once"
            )
        ]
        indexes = [
            models.Index(fields=["organization", "due_at"], condition=Q(state="called"), name="calls_waiting")
        ]

    def __str__(self) -> str:
        return f"call of {self.organization_id} in {self.case_id}"


class CasePhoto(models.Model):
    """A photo on a case, with the line of the timeline that it came with."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="photos")
    event = models.ForeignKey(CaseEvent, models.CASCADE, related_name="photos")
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"photo of {self.case_id}"


class CaseFollower(models.Model):
    """Somebody who asked to hear how a public matter goes on."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="followers")
    person = models.ForeignKey(Person, models.CASCADE, related_name="followed_cases")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="followed_once")]

    def __str__(self) -> str:
        return f"follower of {self.case_id}"


class CaseTally(models.Model):
    """Counted figures of one area and quarter, made again by the worker from the rows themselves."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="case_tallies")
    quarter = models.DateField(help_text="first day")
    reported = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    by_rank = models.JSONField(default=dict, help_text='closed by highest rung reached: {"40": 158}')
    in_term = models.PositiveIntegerField(default=0)
    solved = models.PositiveIntegerField(default=0)
    by_rating = models.JSONField(default=dict, help_text='{"5": 31}')
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "quarter"], name="tally_once")]

    def __str__(self) -> str:
        return f"tally of {self.area_id} from {self.quarter}"


class ApiKey(models.Model):
    """A key with which another app may report through Open311. Only its hash is stored."""

    name = models.CharField(max_length=80)
    key_hash = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
