"""Files and rows agree, whatever goes wrong between them."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import transaction

from folkmoot.base import clock
from folkmoot.base.actors import VISITOR
from folkmoot.base.errors import NotFound, Refused
from folkmoot.base.registries import due_work
from folkmoot.journal.models import Act
from folkmoot.media import files, services
from folkmoot.media.models import Attachment
from folkmoot.media.services import attach, erase, sweep, take_document, take_photo
from tests.media.conftest import photo, segments

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%..."


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def taken() -> Attachment:
    return take_photo(actor=VISITOR, upload=upload(photo()), caption="The lamp")


def read(attachment: Attachment, size: str) -> bytes:
    with files.open_rendition(attachment, size) as file:
        return file.read()


def stored(root: Path) -> set[str]:
    """The files that hold content, by how they end."""
    return {path.name[32:] for path in root.glob("??/*")}


def marks(root: Path) -> int:
    return len(list(root.glob("loose/*/*")))


def test_take_photo_keeps_two_renditions_and_a_row(media_root: Path) -> None:
    attachment = Attachment.objects.get(pk=taken().pk)
    full, thumb = read(attachment, "full"), read(attachment, "thumb")
    assert (attachment.width_px, attachment.height_px, attachment.caption) == (200, 400, "The lamp")
    assert attachment.size_bytes == len(full)
    assert attachment.sha256 == hashlib.sha256(full).hexdigest()
    assert 0xE1 not in segments(full) + segments(thumb)
    assert stored(media_root) == {".jpg", "-thumb.jpg"}
    assert attachment.is_loose


def test_take_photo_reads_what_django_put_on_disk() -> None:
    sent = TemporaryUploadedFile("photo.png", "image/png", None, None)
    sent.write(photo("PNG"))
    sent.size = sent.tell()
    with sent:
        assert take_photo(actor=VISITOR, upload=sent).width_px == 200


def test_take_photo_is_journalled_without_its_caption() -> None:
    attachment = taken()
    act = Act.objects.get()
    assert (act.kind, act.object_ref) == ("photo.taken", f"attachment:{attachment.ref}")
    assert act.body == {"actor": "", "object": f"attachment:{attachment.ref}"}


def test_files_are_for_the_owner_alone(media_root: Path) -> None:
    taken()
    assert {oct(path.stat().st_mode & 0o777) for path in media_root.glob("??/*")} == {"0o600"}
    assert {oct(path.stat().st_mode & 0o777) for path in media_root.glob("??")} == {"0o700"}


@pytest.mark.parametrize("content", [b"", b"no picture", photo()[:900], photo() + bytes(30_000_000)])
def test_refused_photo_leaves_nothing(media_root: Path, content: bytes) -> None:
    with pytest.raises(Refused):
        take_photo(actor=VISITOR, upload=upload(content))
    assert (Attachment.objects.count(), Act.objects.count(), media_root.exists()) == (0, 0, False)


def test_long_caption_is_refused() -> None:
    with pytest.raises(Refused, match="The caption has 201 letters; there is room for 200"):
        take_photo(actor=VISITOR, upload=upload(photo()), caption="x" * 201)


def test_take_photo_on_a_full_disk_leaves_no_row(media_root: Path, monkeypatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        taken()
    assert (Attachment.objects.count(), stored(media_root) - {".jpg.part"}) == (0, set())


def test_take_document_keeps_a_pdf_as_it_is() -> None:
    attachment = take_document(actor=VISITOR, upload=upload(PDF, "../../etc/passwd"))
    assert read(attachment, "full") == PDF
    assert (attachment.kind, attachment.content_type, attachment.size_bytes) == (
        "document", "application/pdf", len(PDF),
    )  # fmt: skip
    with pytest.raises(NotFound):
        files.open_rendition(attachment, "thumb")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty. Please choose the document again."),
        (b"<html>%PDF-", "This file is no PDF. Please save the document as PDF and send that."),
        (PDF + bytes(10_000_000), "This document has 10.1 MB; 10 MB is the most we can take."),
    ],
)
def test_take_document_refuses(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        take_document(actor=VISITOR, upload=upload(content))
    assert str(caught.value) == sentence


def test_attach_happens_once() -> None:
    attachment = taken()
    attach(attachment)
    assert not Attachment.objects.get().is_loose
    with pytest.raises(Refused):
        attach(attachment)


def test_attach_after_the_sweep_is_refused() -> None:
    attachment = taken()
    with clock.set_to(clock.now() + timedelta(hours=25)):
        assert sweep() == 1
    with pytest.raises(Refused, match="Please add it again"):
        attach(attachment)


@pytest.mark.django_db(transaction=True)
def test_sweep_erases_what_stayed_loose(media_root: Path) -> None:
    taken()
    attach(taken())
    with clock.set_to(clock.now() + timedelta(hours=23)):
        assert sweep() == 0
    with clock.set_to(clock.now() + timedelta(hours=25)):
        assert sweep() == 1
    assert Attachment.objects.filter(is_loose=False).count() == Attachment.objects.count() == 1
    assert len(list(media_root.glob("??/*"))) == 2


@pytest.mark.django_db(transaction=True)
def test_sweep_erases_files_of_a_failed_transaction(media_root: Path) -> None:
    with transaction.atomic():
        taken()
        transaction.set_rollback(True)
    assert (Attachment.objects.count(), len(stored(media_root))) == (0, 2)
    with clock.set_to(clock.now() + timedelta(days=3)):
        sweep()
    assert (stored(media_root), marks(media_root), list(media_root.glob("loose/*"))) == (set(), 0, [])


def test_sweep_erases_half_written_files(media_root: Path) -> None:
    attachment = taken()
    whole = files.path_of(attachment.ref, ".jpg")
    whole.rename(whole.with_name(whole.name + files.PART))
    Attachment.objects.all().delete()
    with clock.set_to(clock.now() + timedelta(days=3)):
        sweep()
    assert stored(media_root) == set()


def test_sweep_forgets_the_mark_of_an_attached_file(media_root: Path) -> None:
    attach(taken())
    assert marks(media_root) == 1
    with clock.set_to(clock.now() + timedelta(days=3)):
        sweep()
    assert (marks(media_root), stored(media_root)) == (0, {".jpg", "-thumb.jpg"})


def test_sweep_spares_files_while_the_demo_clock_stands_in_the_past(media_root: Path) -> None:
    with clock.set_to(clock.now() - timedelta(days=300)):
        attach(taken())
    sweep()
    assert (marks(media_root), stored(media_root)) == (1, {".jpg", "-thumb.jpg"})


@pytest.mark.django_db(transaction=True)
def test_erase_removes_row_and_files(media_root: Path) -> None:
    attachment = taken()
    attach(attachment)
    assert erase([attachment]) == 1
    assert (Attachment.objects.count(), stored(media_root)) == (0, set())


@pytest.mark.django_db(transaction=True)
def test_erase_rolled_back_keeps_the_files(media_root: Path) -> None:
    attachment = taken()
    attach(attachment)
    with transaction.atomic():
        erase([attachment])
        transaction.set_rollback(True)
    with clock.set_to(clock.now() + timedelta(days=3)):
        sweep()
    assert (Attachment.objects.count(), stored(media_root)) == (1, {".jpg", "-thumb.jpg"})


def test_erase_cut_short_is_finished_by_the_sweep(media_root: Path) -> None:
    attachment = taken()
    attach(attachment)
    erase([attachment])  # the test's transaction never commits, as after a kill between commit and removal
    assert stored(media_root) == {".jpg", "-thumb.jpg"}
    with clock.set_to(clock.now() + timedelta(days=3)):
        sweep()
    assert stored(media_root) == set()


def test_sweep_is_due_work() -> None:
    assert due_work["media"] == services.sweep


def test_idle_sweep_costs_one_query(django_assert_num_queries) -> None:
    attach(taken())
    with django_assert_num_queries(1):
        assert sweep() == 0
