"""Where the bytes lie. A file is written once and never changed, so that a backup may copy it at any moment.

    media/3f/3f0c5d...9e1.jpg          the photo as kept
    media/3f/3f0c5d...9e1-thumb.jpg    its small rendition
    media/loose/2026-11-20/3f0c5d...   an empty mark: written before the files, looked at by the sweep

The mark outlives a crash, a rolled back transaction and a lost row: whatever has an old mark and no row is
erased. So files and rows agree without a transaction that spans both.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from folkmoot.base.errors import NotFound
from folkmoot.media.models import Attachment

# (kind, size) -> how the file's name ends
RENDITIONS = {
    (Attachment.Kind.PHOTO, "full"): ".jpg",
    (Attachment.Kind.PHOTO, "thumb"): "-thumb.jpg",
    (Attachment.Kind.DOCUMENT, "full"): ".pdf",
}
PART = ".part"


def open_rendition(attachment: Attachment, size: str) -> BinaryIO:
    """The file of one size (`full`, `thumb`), open for reading. Raises NotFound when there is none."""
    ending = RENDITIONS.get((Attachment.Kind(attachment.kind), size))
    if ending is None:
        raise NotFound()
    try:
        return path_of(attachment.ref, ending).open("rb")
    except FileNotFoundError:
        raise NotFound() from None


def path_of(ref: UUID, ending: str) -> Path:
    return Path(settings.MEDIA_ROOT) / ref.hex[:2] / (ref.hex + ending)


def keep(ref: UUID, contents: Mapping[str, bytes]) -> None:
    """Writes the files of a new attachment, by ending, so that they survive a power cut. Raises OSError."""
    mark(ref)
    folder = path_of(ref, "").parent
    make_folder(folder)
    for ending, content in contents.items():
        write_whole(path_of(ref, ending), content)
    sync_folder(folder)


def remove(ref: UUID) -> None:
    """Removes every file of `ref`, half-written ones too."""
    for ending in RENDITIONS.values():
        path_of(ref, ending).unlink(missing_ok=True)
        path_of(ref, ending + PART).unlink(missing_ok=True)


def mark(ref: UUID) -> None:
    """Leaves a mark by which the sweep finds the files of `ref` should their row not be there.

    The day is that of the file system, not of base.clock, which stands elsewhere while the demo is loading.
    """
    root = Path(settings.MEDIA_ROOT) / "loose"
    make_folder(root)
    fresh = root / ref.hex
    fresh.touch(mode=0o600)
    folder = root / datetime.fromtimestamp(fresh.stat().st_mtime, UTC).date().isoformat()
    make_folder(folder)
    fresh.replace(folder / ref.hex)
    sync_folder(folder)


def marks_before(day: date) -> Iterator[tuple[Path, set[UUID]]]:
    """The folders of marks made before `day`, each with the refs that it names."""
    root = Path(settings.MEDIA_ROOT) / "loose"
    for folder in sorted(root.glob("????-??-??")):
        if date.fromisoformat(folder.name) < day:
            yield folder, {UUID(path.name) for path in folder.iterdir()}


def forget(folder: Path, refs: set[UUID]) -> None:
    """Removes the marks of `refs`, and their folder once it is empty."""
    for ref in refs:
        (folder / ref.hex).unlink(missing_ok=True)
    folder.rmdir()


def make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_folder(folder.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Writes beside the name and renames: under `path` there is the whole file or none."""
    part = path.with_name(path.name + PART)
    with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def sync_folder(folder: Path) -> None:
    """Makes the names inside `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
