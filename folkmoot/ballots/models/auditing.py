"""The sample of an audit: who asks, and who was drawn."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from folkmoot.ballots.models.giving import RollEntry
from folkmoot.ballots.models.polls import Poll
from folkmoot.people.models import Person


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
