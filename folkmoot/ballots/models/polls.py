"""What is asked, of whom, by which channels, and what everybody may read of how it went."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel.encoding import unb64u

from folkmoot.areas.models import Area, in_reader_language
from folkmoot.ballots.states import GIVING_STATES, PollState
from folkmoot.base.fields import SealedField
from folkmoot.people.models import Organization, Post


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


class Result(models.Model):
    """The result of one paper as the log has it, with its verdicts."""

    paper = models.OneToOneField(Paper, models.CASCADE, related_name="result")
    leaf = models.BinaryField()
    verdict = models.JSONField(default=list, help_text='[{"kind", "holds", "en", "zh-hans"}]')

    def __str__(self) -> str:
        return f"result of {self.paper_id}"


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
