"""Photos and documents. Later issues add film. Who may see a file is decided by what it is attached to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from folkmoot.base.ids import new_ref


class Attachment(models.Model):
    """A file on disk, re-encoded on its way in: no EXIF, no location, no name of the sender's device."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("photo")
        DOCUMENT = "document", _("document")

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    content_type = models.CharField(max_length=60)
    size_bytes = models.PositiveIntegerField()
    width_px = models.PositiveIntegerField(null=True, blank=True)
    height_px = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    caption = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    # Not yet attached to anything: swept after a day, so that a left report leaves nothing behind.
    is_loose = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=models.Q(is_loose=True), name="media_loose")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"
