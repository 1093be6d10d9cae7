"""What happened, in the order in which it was sealed, and who witnesses what.

No foreign keys: a row outlives what it speaks of.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel import notes

LONGEST_ORIGIN = 200
FORGOTTEN = "journal.forgotten"  # the kind of the act that says how many acts were unlinked from a person


class Act(models.Model):
    """One act. Written in the act's own transaction, sealed later into the log at `position`.

    The leaf of the log holds id, kind, second and a salted digest of `body`, so that erasing a person
    (clearing `salt` and `body`) leaves the log whole. See leaves.py for the bytes.
    """

    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    body = models.JSONField(null=True, help_text="actor, post, object and details; null once erased")
    salt = models.BinaryField(max_length=16, null=True)
    digest = models.BinaryField(max_length=32)
    # Set by the one sequencer, after commit: ids may commit out of order, positions never do.
    position = models.BigIntegerField(null=True, unique=True)
    # Opaque references for finding the acts of one object; not part of the leaf.
    object_ref = models.CharField(max_length=80, blank=True)
    actor_ref = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            # The sequencer reads what is not yet sealed, in order of writing.
            models.Index(fields=["id"], condition=models.Q(position=None), name="journal_unsealed"),
            models.Index(fields=["object_ref"], name="journal_by_object"),
            models.Index(fields=["actor_ref"], name="journal_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Tile(models.Model):
    """One full or partial tile of the log (C2SP tlog-tiles): 256 hashes of 32 bytes at most.

    A tile of level 0 keeps the bytes of its leaves too, as the bundle of C2SP: when a row is gone, they say
    which one it was.
    """

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()
    entries = models.BinaryField(default=bytes)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="journal_tile_once")]

    def __str__(self) -> str:
        return f"tile {self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed tree head (C2SP tlog-checkpoint): origin, size, root and signatures as one note."""

    size = models.BigIntegerField(unique=True)
    note = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checkpoint at {self.size}"


class WitnessedLog(models.Model):
    """A log of somebody else that we witness, and the last checkpoint of it that we cosigned.

    `size` and `root` are read and written in the transaction before our signature leaves the house. A row that is
    not witnessed any more stays: begun anew, the log could show us another history.
    """

    origin = models.CharField(max_length=LONGEST_ORIGIN, unique=True)
    key = models.CharField(max_length=300, help_text="C2SP verifier key of the log")
    name = models.CharField(max_length=120)
    is_witnessed = models.BooleanField(default=True)
    size = models.BigIntegerField(default=0)
    root = models.BinaryField(max_length=32, default=bytes)
    cosigned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "origin"]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"log:{self.pk}"

    @property
    def verifier(self) -> notes.VerifierKey:
        return notes.VerifierKey.parse(self.key)

    @property
    def latest(self) -> notes.Checkpoint | None:
        """What we cosigned last; None before the first time."""
        return notes.Checkpoint(self.origin, self.size, bytes(self.root)) if self.cosigned_at else None


class Trouble(models.TextChoices):
    """Why a witness has not cosigned."""

    SILENT = "silent", _("It does not answer.")
    UNKNOWN = "unknown", _("It does not know this log: give its operator the key of the log.")
    REFUSED = "refused", _("It does not accept the signature of this log: does it have the right key?")
    CONFLICT = "conflict", _("It has seen another history of this log. Find out why before you go on.")
    FORGED = "forged", _("It answered with a signature that is not its own: is its key right?")
    STRANGE = "strange", _("It answered what no witness answers.")


class AskedWitness(models.Model):
    """How far one witness has come with one of our logs, and when it is asked again.

    Nothing here is believed by anybody: what counts are the cosignatures under the checkpoints.
    """

    origin = models.CharField(max_length=LONGEST_ORIGIN)
    key = models.CharField(max_length=300, help_text="C2SP verifier key of the witness")
    name = models.CharField(max_length=120)
    size = models.BigIntegerField(default=0)
    cosigned_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=10, choices=Trouble, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "origin"]
        constraints = [models.UniqueConstraint(fields=["origin", "key"], name="journal_witness_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.origin}"
