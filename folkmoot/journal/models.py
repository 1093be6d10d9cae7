"""What happened, in the order in which it was sealed. No foreign keys: a row outlives what it speaks of."""

from django.db import models

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
