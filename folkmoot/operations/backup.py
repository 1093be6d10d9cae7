"""Backup of one installation while it runs, as two files:

    FILE.tar         database, box of ballots, media and, at the end, manifest.json: whole backups only have it
    FILE.keys.tar    the keys: to be kept in another place, for whoever has both files can read every phone

Both are written beside their final name, synced, and renamed when they are complete.
"""

import hashlib
import io
import json
import os
import platform
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import django
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

import folkmoot
from folkmoot.ballots.box.copying import copy_box
from folkmoot.base import clock
from folkmoot.base.errors import Refused
from folkmoot.operations import snapshot

FORMAT = 1
MANIFEST = "manifest.json"
BOX = "box.jsonl"
Progress = Callable[[int, int], None]


def back_up(target: Path, *, with_keys: bool, progress: Progress | None = None) -> dict[str, Any]:
    """Writes the backup; returns its manifest. Raises Refused when a file of that name exists."""
    for path in (target, keys_path(target)):
        if path.exists():
            raise Refused(_("%(file)s exists already; choose another name.") % {"file": path})
    with tempfile.TemporaryDirectory(prefix=".folkmoot-backup-", dir=target.parent) as folder:
        database = Path(folder) / snapshot.FILE_NAMES[connection.vendor]
        moment = snapshot.take(database)
        manifest = describe() | asdict(moment)
        with fresh_tar(target) as archive:
            for path in snapshot.files_of(database):
                archive.add_file(path, path.name)
                path.unlink()
            box = Path(folder) / BOX
            if copy_box(settings.BALLOT_DATABASE_URL, box_path(), box):
                archive.add_file(box, box.name)
            add_folder(archive, Path(settings.MEDIA_ROOT), "media", progress)
            manifest = archive.close_with(manifest)
    if with_keys:
        with fresh_tar(keys_path(target)) as archive:
            add_folder(archive, Path(settings.KEYS_DIR), "keys", None)
            archive.close_with(describe())
    return manifest


def box_path() -> Path:
    """Where the box of ballots has its SQLite database."""
    return Path(settings.DATA_DIR) / "box.sqlite3"


def keys_path(target: Path) -> Path:
    """Where the keys of a backup go: `night.tar` has them in `night.keys.tar`."""
    return target.with_name(f"{target.name.removesuffix('.tar')}.keys.tar")


def describe() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "origin": settings.ORIGIN,
        "database": connection.vendor,
        "versions": {
            "folkmoot": folkmoot.__version__,
            "django": django.get_version(),
            "python": platform.python_version(),
            "database": ".".join(map(str, connection.get_database_version())),
        },
    }


def add_folder(archive: "Archive", folder: Path, name: str, progress: Progress | None) -> None:
    """Adds every file below `folder`; what is erased meanwhile is left out."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for done, path in enumerate(paths, start=1):
        try:
            archive.add_file(path, f"{name}/{path.relative_to(folder).as_posix()}")
        except FileNotFoundError:
            continue
        if progress:
            progress(done, len(paths))


class Archive:
    """A tar file that remembers the SHA-256 and length of all that goes in."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.files: dict[str, dict[str, Any]] = {}

    def add_file(self, path: Path, name: str) -> None:
        with path.open("rb") as file:
            about = self.tar.gettarinfo(arcname=name, fileobj=file)
            about.uid = about.gid = 0
            about.uname = about.gname = ""
            hashing = Hashing(file)
            self.tar.addfile(about, hashing)
        self.files[name] = {"bytes": about.size, "sha256": hashing.digest.hexdigest()}

    def close_with(self, manifest: dict[str, Any]) -> dict[str, Any]:
        manifest = manifest | {"files": self.files}
        text = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mode = len(text), 0o600
        self.tar.addfile(about, io.BytesIO(text))
        return manifest


class Hashing:
    """Reads a file and hashes what is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


@contextmanager
def fresh_tar(target: Path) -> Iterator[Archive]:
    """A tar file that has its name only once it is whole and on disk; only its owner may read it."""
    draft = target.with_name(f".{target.name}.part")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Archive(tar)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
        sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Makes a rename in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
