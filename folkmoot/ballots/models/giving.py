"""Who may vote, and that a paper was taken. No serial, no time, no key that leads from a person to a ballot."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import in_reader_language
from folkmoot.ballots.models.polls import Channel, Paper, Poll, Stratum
from folkmoot.base.ids import new_ref
from folkmoot.people.models import Person, Post


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
