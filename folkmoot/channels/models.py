"""Outbox and inbox. A message is written in the act's transaction; the worker carries it out of the house."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from folkmoot.people.models import Person


class Message(models.Model):
    """One message to one person, shown in the web inbox at once; `notice` and `params` become text when read.

    So the words follow the reader's language of that day, and a corrected wording corrects old messages too.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="messages")
    notice = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=80, blank=True, help_text="kind and reference, such as case:41")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at"], name="inbox_of_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="inbox_unread"),
            models.Index(fields=["origin"], name="messages_of_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} for person {self.person_id}"


class Delivery(models.Model):
    """One message on its way through one provider. A worker claims it by conditional update: see outbox.py."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        CLAIMED = "claimed", _("being sent")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    provider = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When a worker may take it; of a claimed one, when its worker is held to be gone. Null once all is done.
    due_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True, blank=True, help_text="whose it is: only that worker settles it")
    settled_at = models.DateTimeField(null=True, blank=True, help_text="when it was sent or given up")
    error = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "provider"], name="one_delivery_by_provider"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "claimed"], due_at__isnull=False, settled_at=None)
                | Q(state__in=["sent", "dead"], due_at=None, settled_at__isnull=False),
                name="delivery_is_due_or_settled",
            ),
        ]
        indexes = [
            # Everything sent stays out of both, so that the worker's question costs the same for ever.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="outbox_due"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="outbox_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} delivery {self.pk}"


class Preference(models.Model):
    """How somebody wants to hear from us: at once, once a day, or in the inbox only; and when not."""

    class Mail(models.TextChoices):
        AT_ONCE = "at_once", _("At once")
        DIGEST = "digest", _("Once a day")
        NONE = "none", _("No e-mail")

    person = models.OneToOneField(Person, models.CASCADE, related_name="preference")
    mail = models.CharField(max_length=10, choices=Mail, default=Mail.AT_ONCE)
    quiet_from_hour = models.PositiveSmallIntegerField(default=21)
    quiet_until_hour = models.PositiveSmallIntegerField(default=7)
    digest_hour = models.PositiveSmallIntegerField(default=18)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from_hour__lte=23, quiet_until_hour__lte=23, digest_hour__lte=23),
                name="preference_hours_of_the_day",
            )
        ]

    def __str__(self) -> str:
        return f"preference of person {self.person_id}"
