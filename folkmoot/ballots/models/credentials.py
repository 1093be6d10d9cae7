"""Keys that sign, keys that open, slips, and the sheets of papers counted by hand."""

from django.db import models
from django.db.models import F, Q

from folkmoot.ballots.models.polls import Channel, Paper, Stratum
from folkmoot.base.fields import SealedField
from folkmoot.media.models import Attachment
from folkmoot.people.models import Person


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
