"""Polls, their papers, the roll, and what was given out.

What the box holds is not here, and no key, time or serial leads from a row here to a ballot there. The rows that
know of a person and a paper (RollEntry, Claim, Waiting, Taken) have no serial and no time; their tables on SQLite have no
rowid either, and `services.issuing` writes them anew in the order of their keys once issuing ends.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel.encoding import unb64u

from folkmoot.areas.models import Area, in_reader_language
from folkmoot.ballots.states import GIVING_STATES, PollState
from folkmoot.base.fields import SealedField
from folkmoot.base.ids import new_ref
from folkmoot.media.models import Attachment
from folkmoot.people.models import Organization, Person, Post


def in_words(text: str, text_zh: str) -> dict[str, str]:
    """A text in both languages as leaves have it: by language tag, without the one that is missing."""
    return {tag: said for tag, said in (("en", text), ("zh-Hans", text_zh)) if said}


class Channel(models.TextChoices):
    TOKEN = "token", _("online")
    SLIP = "slip", _("with a slip")
    HAND = "hand", _("on paper, counted by hand")


class Poll(models.Model):
    """A set of papers with one roll and one calendar. Its code is the name of its log."""

    code = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="polls")
    post = models.ForeignKey(Post, models.PROTECT, related_name="polls")  # the organising post
    origin = models.CharField(max_length=80, blank=True, help_text="kind and reference: meeting:41")
    state = models.CharField(max_length=10, choices=PollState, default=PollState.DRAFT)
    version = models.PositiveIntegerField(default=0)
    desks = models.ManyToManyField(Post, related_name="desk_polls", blank=True)

    # An open poll has no roll: whoever is eligible at its opening may come, up to the population of its area.
    is_open = models.BooleanField(default=False, help_text="self-selected and advisory")
    population = models.PositiveIntegerField(default=0, help_text="of an open poll: no more papers than that")

    # Calendar. Empty moments of casting and closing: at the chair's word.
    is_two_phase = models.BooleanField(default=True)
    casts_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    objection_hours = models.PositiveSmallIntegerField(default=24)

    k = models.PositiveSmallIntegerField(default=10, help_text="the smallest group whose answers are opened")
    eligibility = models.CharField(max_length=300)
    eligibility_zh = models.CharField(max_length=300, blank=True)
    teller = models.CharField(max_length=120, blank=True, help_text="who holds the closing keys")
    composition = models.JSONField(
        default=list, blank=True, help_text='[{"parts": [], "share": [4, 5], "strict": 0}]'
    )
    preset = models.CharField(
        max_length=40, blank=True, help_text="quorum and majority by which it is judged"
    )
    second_registrar = models.CharField(
        max_length=200, blank=True, help_text="host of the place that gives out tokens, too"
    )
    organiser = models.CharField(
        max_length=200, blank=True, help_text="address of the place that organises it, if this one does not"
    )

    # What came of it. Moments of acts that everybody may know.
    log_origin = models.CharField(max_length=200, blank=True)
    log_key = models.CharField(max_length=300, blank=True, help_text="C2SP verifier key of the log")
    opened_at = models.DateTimeField(null=True, blank=True)
    issue_closed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    broken_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PollState.values), name="poll_state_known"),
            models.CheckConstraint(condition=Q(k__gte=2), name="poll_k_hides"),
            models.CheckConstraint(
                condition=Q(is_open=False) | Q(is_two_phase=False, preset=""),
                name="open_poll_is_advisory",
            ),
        ]
        indexes = [models.Index(fields=["state"], name="poll_of_state")]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_zh)

    @property
    def ref(self) -> str:
        return f"poll:{self.pk}"

    @property
    def is_elsewhere(self) -> bool:
        """Whether another place organises it, and this one is its second registrar: it has a roll, and no box."""
        return bool(self.organiser)

    @property
    def is_giving(self) -> bool:
        """Whether papers can be taken by state; the calendar is asked beside it."""
        return self.state in GIVING_STATES and self.issue_closed_at is None

    @property
    def is_scheduled(self) -> bool:
        """Whether casting and closing come by the calendar and not at the chair's word."""
        return self.closes_at is not None


class Agreement(models.Model):
    """What the two registrars of a poll have handed to one another: the files themselves, on both sides.

    `private` is only at the second registrar, until it has signed its numbers.
    """

    poll = models.OneToOneField(Poll, models.CASCADE, related_name="agreement")
    setup = models.BinaryField(help_text="from the organiser: what will be asked")
    keys = models.BinaryField(blank=True, default=b"", help_text="from the second registrar")
    numbers = models.BinaryField(blank=True, default=b"", help_text="from the second registrar, signed")
    private = SealedField(blank=True, help_text="seed of the Ed25519 key that signs the numbers, base64url")

    def __str__(self) -> str:
        return f"agreement on {self.poll_id}"


class Paper(models.Model):
    """ONE question about ONE subject, so that answers of one person cannot be joined."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="papers")
    order = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=300)
    question_zh = models.CharField(max_length=300, blank=True)
    about_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="ballot_papers")
    # Who has no role in it: all under this path, or all of this organization (domain.md, Guards).
    about_path = models.CharField(max_length=120, blank=True)
    about_organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    scale = models.CharField(max_length=12, help_text="rating, plurality, approval, yes-no, schulze, stv")
    options = models.JSONField(help_text='[{"en": "Good", "zh-Hans": "好"}]')
    places = models.PositiveSmallIntegerField(default=1)
    leaf = models.BinaryField(blank=True, default=b"")  # as the log has it, once frozen
    leaf_hash = models.CharField(max_length=43, blank=True, db_index=True)  # the paper's id, base64url

    class Meta:
        ordering = ["poll", "order"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "order"], name="paper_place"),
            # The keys of slips come from poll and question: two alike would share them.
            models.UniqueConstraint(fields=["poll", "question", "question_zh"], name="paper_question_once"),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.question, self.question_zh)

    @property
    def words(self) -> dict[str, str]:
        return in_words(self.question, self.question_zh)

    @property
    def id_bytes(self) -> bytes:
        """The paper's id: the leaf hash of its leaf."""
        return unb64u(self.leaf_hash)


class Stratum(models.Model):
    """A named class of voters, as the roll names it, with its channels; it votes under the one it joins."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="strata")
    code = models.SlugField(max_length=64)
    label = models.CharField(max_length=80)
    label_zh = models.CharField(max_length=80, blank=True)
    is_ordinary = models.BooleanField(default=True, help_text="ordinary residents join only one another")
    joins = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="joined_by")
    # Under whose name it votes: itself, or the first of those joined. Settled when slips are printed or it opens.
    votes_in = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="parts")
    order = models.PositiveSmallIntegerField(default=0)
    has_tokens = models.BooleanField(default=True)
    has_slips = models.BooleanField(default=False)
    has_hand = models.BooleanField(default=False)

    class Meta:
        ordering = ["poll", "order", "id"]
        verbose_name_plural = "strata"
        constraints = [
            models.UniqueConstraint(fields=["poll", "code"], name="stratum_once"),
            models.CheckConstraint(
                condition=Q(has_tokens=True) | Q(has_slips=True) | Q(has_hand=True),
                name="stratum_has_a_channel",
            ),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.label, self.label_zh)

    @property
    def words(self) -> dict[str, str]:
        return in_words(self.label, self.label_zh)

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels it names. Those joined with it may bring others."""
        named = {Channel.TOKEN: self.has_tokens, Channel.SLIP: self.has_slips, Channel.HAND: self.has_hand}
        return tuple(str(channel) for channel, is_named in named.items() if is_named)


class RollEntry(models.Model):
    """Somebody who may vote, in one stratum. Frozen when the poll opens; without a person: a name on a list."""

    id = models.UUIDField(default=new_ref, primary_key=True, editable=False)
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="roll")
    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="roll")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="roll_entries")
    name = models.CharField(max_length=80, blank=True)
    name_zh = models.CharField(max_length=80, blank=True)
    salt = models.BinaryField(max_length=32)  # of the published root of who took a paper

    class Meta:
        verbose_name_plural = "roll entries"
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="on_the_roll_once")]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_zh) or str(self.person or _("(name erased)"))


class Claim(models.Model):
    """A bearer code for one person's papers of one poll. Only its hash is stored; a new one replaces it."""

    code_hash = models.CharField(max_length=64, primary_key=True)
    entry = models.OneToOneField(RollEntry, models.CASCADE, related_name="claim")

    def __str__(self) -> str:
        return "claim"


class Taken(models.Model):
    """ONE row for each person and paper, by whichever channel: nobody ever has two. No serial, no time.

    For tokens it keeps what was signed: the same request again gets the same answer, another one none.
    """

    pk = models.CompositePrimaryKey("entry_id", "paper_id")
    entry = models.ForeignKey(RollEntry, models.CASCADE, related_name="taken", db_index=False)
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="taken")
    kind = models.CharField(max_length=5, choices=Channel)
    blinded = models.BinaryField(blank=True, default=b"")
    signature = models.BinaryField(blank=True, default=b"")

    class Meta:
        verbose_name_plural = "taken papers"

    def __str__(self) -> str:
        return self.kind


class Gate(models.Model):
    """How an open poll gives out its papers: up to a published rate at once, above it people wait for two organisers.

    Counters only. Of the minutes it knows the last one in which somebody came: no row says when who did.
    """

    poll = models.OneToOneField(Poll, models.CASCADE, primary_key=True, related_name="gate")
    rate = models.PositiveIntegerField(help_text="people let through at once in a minute")
    minute = models.PositiveIntegerField(default=0, help_text="the last one that was counted, since 1970")
    in_minute = models.PositiveIntegerField(default=0)
    at_once = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    let_in = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    issued = models.PositiveIntegerField(default=0, help_text="people who have taken papers")
    is_told = models.BooleanField(default=False, help_text="the organisers know that people wait")

    def __str__(self) -> str:
        return f"gate of {self.poll_id}"


class Admission(models.TextChoices):
    WAITING = "waiting", _("waits to be let in")
    LET_IN = "let_in", _("let in")
    REFUSED = "refused", _("not let in")


class Waiting(models.Model):
    """Somebody who asked for a paper of an open poll above its rate, and what two organisers said. No serial, no time.

    It goes when the poll is closed; the numbers stay with the gate.
    """

    entry = models.OneToOneField(RollEntry, models.CASCADE, primary_key=True, related_name="waiting")
    admission = models.CharField(max_length=7, choices=Admission, default=Admission.WAITING)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "waiting"

    def __str__(self) -> str:
        return self.admission


class Proposal(models.Model):
    """What one organiser wants to become of those who wait; another one has to agree, and then it goes."""

    poll = models.OneToOneField(Poll, models.CASCADE, primary_key=True, related_name="proposal")
    lets_in = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    proposed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"proposal for {self.poll_id}"


class TokenKey(models.Model):
    """An RSA key that signs the tokens of one paper and stratum; before that it waits in the pool.

    The private one is erased when issuing ends.
    """

    paper = models.ForeignKey(Paper, models.CASCADE, null=True, blank=True, related_name="token_keys")
    stratum = models.ForeignKey(Stratum, models.CASCADE, null=True, blank=True, related_name="token_keys")
    private = SealedField(blank=True, help_text="PEM, PKCS #8")
    public = models.BinaryField(max_length=342)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "stratum"], name="token_key_once")]

    def __str__(self) -> str:
        return f"token key of {self.paper_id}/{self.stratum_id}"


class Cell(models.Model):
    """Paper x stratum x channel of ballots: its closing key, and what the box accepted.

    The private key is never on the box. It is erased for a cell that is not opened, and when a named teller took it.
    """

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="cells")
    stratum = models.ForeignKey(Stratum, models.CASCADE, related_name="cells")
    channel = models.CharField(max_length=5, choices=Channel)
    private = SealedField(blank=True, help_text="32 bytes, base64url")
    public = models.BinaryField(max_length=65)
    accepted = models.PositiveIntegerField(null=True, blank=True, help_text="different keys that voted")
    spoiled = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["paper", "stratum__order", "stratum", "-channel"]
        constraints = [models.UniqueConstraint(fields=["paper", "stratum", "channel"], name="cell_once")]

    def __str__(self) -> str:
        return f"cell {self.paper_id}/{self.stratum_id}/{self.channel}"


class SlipBatch(models.Model):
    """The slips printed for one stratum. The codes are destroyed once printed; their hashes stand in SlipList."""

    stratum = models.OneToOneField(Stratum, models.CASCADE, related_name="slip_batch")
    printed = models.PositiveIntegerField()
    is_given_back = models.BooleanField(default=False, help_text="fewer than k were drawn: all are void")
    returned = models.PositiveIntegerField(default=0, help_text="unused ones handed back and voided")

    class Meta:
        verbose_name_plural = "slip batches"

    def __str__(self) -> str:
        return f"slips of {self.stratum_id}"


class SlipList(models.Model):
    """What the slips of a batch are in one paper: SHA-256(pk), 32 bytes each, ascending, nothing between."""

    batch = models.ForeignKey(SlipBatch, models.CASCADE, related_name="lists")
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="slip_lists")
    hashes = models.BinaryField()
    void = models.BinaryField(blank=True, default=b"", help_text="those that never count, likewise")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "paper"], name="slip_list_once")]

    def __str__(self) -> str:
        return f"slips of {self.batch_id} in {self.paper_id}"


class Issue(models.Model):
    """What was given out of a paper to a part of the roll, counted once when issuing ended."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="issues")
    stratum = models.ForeignKey(Stratum, models.CASCADE, related_name="issues")
    roll = models.PositiveIntegerField()
    tokens = models.PositiveIntegerField()
    slips = models.PositiveIntegerField()
    hand = models.PositiveIntegerField()
    root = models.CharField(max_length=43, help_text="of who took a token, base64url")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "stratum"], name="issue_once")]

    def __str__(self) -> str:
        return f"issue of {self.paper_id} to {self.stratum_id}"

    @property
    def taken(self) -> int:
        return self.tokens + self.slips + self.hand


class HandSheet(models.Model):
    """A tally sheet of hand papers: entered by one teller, confirmed by another."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="sheets")
    strata = models.ManyToManyField(Stratum, related_name="sheets")
    papers = models.PositiveIntegerField(help_text="that say something valid")
    spoiled = models.PositiveIntegerField(default=0)
    totals = models.JSONField(
        default=list, blank=True, help_text="how many name each option; empty if ranked"
    )
    rankings = models.JSONField(default=list, blank=True, help_text="[[answer, count]]")
    first_teller = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    first_name = models.CharField(max_length=80)
    second_teller = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    second_name = models.CharField(max_length=80, blank=True)
    photo = models.OneToOneField(Attachment, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["paper", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(second_teller=None) | ~Q(second_teller=F("first_teller")),
                name="sheet_of_two_tellers",
            )
        ]

    def __str__(self) -> str:
        return f"sheet of {self.paper_id}"

    @property
    def is_confirmed(self) -> bool:
        return bool(self.second_name)


class Result(models.Model):
    """The result of one paper as the log has it, with its verdicts."""

    paper = models.OneToOneField(Paper, models.CASCADE, related_name="result")
    leaf = models.BinaryField()
    verdict = models.JSONField(default=list, help_text='[{"kind", "holds", "en", "zh-hans"}]')

    def __str__(self) -> str:
        return f"result of {self.paper_id}"


class Audit(models.Model):
    """Whether those on the list took a paper: a sample of them is asked by two observers.

    The numbers come once both have signed; until then the answers stand with the drawn, afterwards nowhere.
    """

    poll = models.OneToOneField(Poll, models.CASCADE, primary_key=True, related_name="audit")
    checkpoint = models.TextField(help_text="signed note of the log, from before the number was thrown")
    number = models.CharField(max_length=40, blank=True, help_text="thrown in public; makes the seed")
    population = models.PositiveIntegerField(default=0, help_text="places on the lists of who took a token")
    yes = models.PositiveIntegerField(null=True, blank=True)
    no = models.PositiveIntegerField(null=True, blank=True)
    unreached = models.PositiveIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"audit of {self.poll_id}"

    @property
    def is_ended(self) -> bool:
        return self.yes is not None


class AuditObserver(models.Model):
    """One of the two who ask the drawn, without a post in the circle; signs when the answers are right."""

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="observers")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    has_signed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audit", "person"], name="observer_once")]

    def __str__(self) -> str:
        return f"observer of {self.audit_id}"


class Drawn(models.Model):
    """Somebody whose name was drawn, and what she said: did she take a paper herself? Erased when the audit ends."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNREACHED = "unreached", _("Not reached")

    entry = models.OneToOneField(RollEntry, models.CASCADE, primary_key=True, related_name="drawn")
    audit = models.ForeignKey(Audit, models.CASCADE, related_name="drawn")
    order = models.PositiveIntegerField(help_text="in the draw, from 1")
    places = models.JSONField(help_text='of the lists: [["root, base64url", 17]]')
    answer = models.CharField(max_length=9, choices=Answer, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="to reach her, in vain")

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "drawn"

    def __str__(self) -> str:
        return str(self.entry)


class PollEvent(models.Model):
    """One line of a poll's history, for everybody; append-only. Nothing that one voter did is in it."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField()
    act = models.CharField(max_length=20)
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    text = models.CharField(max_length=300, blank=True)
    params = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["poll", "at"], name="poll_history")]

    def __str__(self) -> str:
        return f"{self.act} on {self.poll_id}"
