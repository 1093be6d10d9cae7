"""Takes photos and documents in, ties them to what they belong to, and erases them.

Call `take_photo` before the act's own transaction: re-encoding takes a moment, and a writer of SQLite holds
up the others. A file whose act then fails stays loose and is swept.
"""

import hashlib
import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import BinaryIO

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.ids import new_ref
from folkmoot.base.permissions import require
from folkmoot.journal.services import record
from folkmoot.media import files, limits
from folkmoot.media.models import Attachment
from folkmoot.media.photos import clean_photo, megabytes

SWEPT_AT_ONCE = 500

log = logging.getLogger("folkmoot.media")


def take_photo(*, actor: Actor, upload: "File[bytes]", caption: str = "") -> Attachment:
    """Keeps a photo, re-encoded: nothing but its pixels. It is loose until `attach`.

    Raises Refused with a sentence (empty, too big, no picture, broken), OSError when the disk is full.
    Effects: two files, journal `photo.taken`.
    """
    require(actor, "media.take_photo")
    check_caption(caption)
    photo = clean_photo(opened(upload), upload.size)
    ref = new_ref()
    files.keep(ref, {".jpg": photo.full, "-thumb.jpg": photo.thumb})
    with transaction.atomic():
        attachment = Attachment.objects.create(
            ref=ref, kind=Attachment.Kind.PHOTO, content_type="image/jpeg", caption=caption, at=clock.now(),
            size_bytes=len(photo.full), width_px=photo.width_px, height_px=photo.height_px,
            sha256=hashlib.sha256(photo.full).hexdigest(),
        )  # fmt: skip
        record("photo.taken", actor=actor, obj=f"attachment:{ref}")
    return attachment


def take_document(*, actor: Actor, upload: "File[bytes]", caption: str = "") -> Attachment:
    """Keeps a PDF as it came: it is only ever handed out as a download. It is loose until `attach`.

    Raises Refused with a sentence (empty, too big, no PDF). Effects: one file, journal `document.taken`.
    """
    require(actor, "media.take_document")
    check_caption(caption)
    content = read_document(upload)
    ref = new_ref()
    files.keep(ref, {".pdf": content})
    with transaction.atomic():
        attachment = Attachment.objects.create(
            ref=ref, kind=Attachment.Kind.DOCUMENT, content_type="application/pdf", caption=caption,
            at=clock.now(), size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
        record("document.taken", actor=actor, obj=f"attachment:{ref}")
    return attachment


def attach(attachment: Attachment) -> None:
    """Ties a loose file to the row that the caller writes in the same transaction; the sweep leaves it alone.

    Raises Refused when the file was swept meanwhile, or is tied already.
    """
    if Attachment.objects.filter(pk=attachment.pk, is_loose=True).update(is_loose=False) != 1:
        raise Refused(_("We no longer have this file: it waited too long. Please add it again."))
    attachment.is_loose = False


def erase(attachments: Iterable[Attachment]) -> int:
    """Removes rows now and their files after the commit; returns how many.

    The caller has removed what points at them. A crash in between leaves the files to the sweep.
    """
    doomed = list(attachments)
    with transaction.atomic():
        for attachment in doomed:
            files.mark(attachment.ref)
            transaction.on_commit(partial(files.remove, attachment.ref))
        Attachment.objects.filter(pk__in=[attachment.pk for attachment in doomed]).delete()
    return len(doomed)


def sweep() -> int:
    """Erases what was never attached, and files whose row never came or is gone; returns how many."""
    before = clock.now() - timedelta(hours=limits.loose_hours)
    old = Attachment.objects.filter(is_loose=True, at__lt=before)[:SWEPT_AT_ONCE]
    erased = 0
    if old.exists():
        with transaction.atomic():
            # Locked, so that an `attach` at this very moment comes before or too late, never in between.
            erased = erase(old.select_for_update())
    for folder, refs in files.marks_before(before.date()):
        known = set(Attachment.objects.filter(ref__in=refs).values_list("ref", flat=True))
        for ref in refs - known:
            files.remove(ref)
        files.forget(folder, refs)
        log.info("swept %d files without a row of %s", len(refs - known), folder.name)
    return erased


def check_caption(caption: str) -> None:
    if len(caption) > limits.max_caption_letters:
        raise Refused(
            _("The caption has %(count)d letters; there is room for %(limit)d.")
            % {"count": len(caption), "limit": limits.max_caption_letters}
        )


def opened(upload: "File[bytes]") -> BinaryIO:
    upload.open()
    assert upload.file is not None
    return upload.file  # type: ignore[return-value]


def read_document(upload: "File[bytes]") -> bytes:
    if upload.size == 0:
        raise Refused(_("This file is empty. Please choose the document again."))
    if upload.size > limits.max_document_bytes:
        raise Refused(
            _("This document has %(size)s MB; %(limit)s MB is the most we can take.")
            % {"size": megabytes(upload.size), "limit": megabytes(limits.max_document_bytes)}
        )
    content = opened(upload).read()
    if not content.startswith(b"%PDF-"):
        raise Refused(_("This file is no PDF. Please save the document as PDF and send that."))
    return content
