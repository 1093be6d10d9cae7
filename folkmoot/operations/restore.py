"""Restores a backup into an empty place, and shows that it is the same: counts, files, journal root.

Nothing is put in place before every file of the backup has its length and SHA-256; if a later step fails, what
was put is taken away again.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from folkmoot.ballots.box.copying import load_copy, open_polls
from folkmoot.ballots.box.store import CannotStore, open_store
from folkmoot.base.errors import Refused
from folkmoot.operations import snapshot
from folkmoot.operations.backup import BOX, FORMAT, MANIFEST, box_path, sync_folder

BROKEN_BY_RESTORE = "The box was restored from a backup."  # in the public log, for every language
CHUNK_BYTES = 1 << 20
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Restored:
    """What was restored. `differences` are sentences; none means that all is the same."""

    manifest: dict[str, Any]
    moment: snapshot.Moment
    differences: list[str]


def restore(
    source: Path, *, keys: Path | None, breaks_polls: bool = False, progress: Progress | None = None
) -> Restored:
    """Restores into an empty DATA_DIR, or an empty PostgreSQL database. Raises Refused.

    `breaks_polls`: polls that were open are declared broken in their logs; else such a backup is refused.
    """
    require_empty(takes_keys=keys is not None)
    data_dir = Path(settings.DATA_DIR)
    with tempfile.TemporaryDirectory(prefix=".folkmoot-restore-", dir=data_dir) as folder:
        draft = Path(folder)
        manifest = unpack(source, draft, progress)
        if manifest["database"] != connection.vendor:
            raise Refused(
                _(
                    "The backup is of %(made)s, but this installation uses %(here)s: set DATABASE_URL to match."
                )
                % {"made": manifest["database"], "here": connection.vendor}
            )
        require_closed_polls(draft, breaks_polls=breaks_polls)
        if keys:
            unpack(keys, draft, None)
        try:
            put_in_place(draft, manifest)
            moment = snapshot.current()
        except BaseException:
            take_away(with_keys=keys is not None)
            raise
    return Restored(manifest, moment, differences(manifest, moment))


def require_empty(*, takes_keys: bool) -> None:
    """Raises Refused when something would be overwritten."""
    folders = [Path(settings.MEDIA_ROOT), *([Path(settings.KEYS_DIR)] if takes_keys else [])]
    for folder in folders:
        if folder.exists() and any(folder.iterdir()):
            raise Refused(_("%(folder)s is not empty. Restore into an empty DATA_DIR.") % {"folder": folder})
    if not snapshot.is_empty() or box_path().exists():
        raise Refused(_("The database is not empty. Restore into an empty one."))


def require_closed_polls(draft: Path, *, breaks_polls: bool) -> None:
    """Raises Refused when a poll was open: its ballots are not in the backup, nor who has taken a paper since."""
    if not (draft / BOX).exists() or breaks_polls:
        return
    if polls := open_polls(draft / BOX):
        raise Refused(
            _(
                "These polls were open: %(polls)s. They cannot go on from a backup. Say --declare-broken, and their "
                "public logs will tell everybody that they are void."
            )
            % {"polls": ", ".join(polls)}
        )


def load_box(draft: Path) -> None:
    """Puts the box of ballots back; its log's files are made again when it starts."""
    if not (draft / BOX).exists():
        return
    database = open_store(settings.BALLOT_DATABASE_URL, box_path())
    try:
        load_copy(database, draft / BOX, reason=BROKEN_BY_RESTORE)
    except CannotStore as error:
        raise Refused(_("The database is not empty. Restore into an empty one.")) from error
    finally:
        database.close()


def unpack(source: Path, folder: Path, progress: Progress | None) -> dict[str, Any]:
    """Unpacks a tar file of `folkmoot backup`; returns its manifest. Raises Refused if it is not whole."""
    try:
        with tarfile.open(source, "r:") as tar:
            manifest = read_manifest(tar)
            files: dict[str, Any] = manifest["files"]
            for done, (name, about) in enumerate(files.items(), start=1):
                extract(tar, name, about, folder)
                if progress:
                    progress(done, len(files))
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise Refused(
            _("%(file)s is not a whole backup of folkmoot (%(why)s).") % {"file": source, "why": error}
        ) from error
    return manifest


def read_manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    file = tar.extractfile(MANIFEST)
    if file is None:
        raise KeyError(MANIFEST)
    manifest: dict[str, Any] = json.load(file)
    if manifest["format"] != FORMAT:
        raise Refused(_("This backup was made by a newer Folkmoot. Install that version first."))
    return manifest


def extract(tar: tarfile.TarFile, name: str, about: dict[str, Any], folder: Path) -> None:
    """Writes one file of the backup, and raises ValueError unless it is the one of the manifest."""
    target = (folder / name).resolve()
    file = tar.extractfile(name)
    if file is None or not target.is_relative_to(folder.resolve()):
        raise ValueError(name)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, length = hashlib.sha256(), 0
    with file, target.open("xb") as copy:
        while data := file.read(CHUNK_BYTES):
            digest.update(data)
            length += copy.write(data)
        copy.flush()
        os.fsync(copy.fileno())
    target.chmod(0o600)
    if (digest.hexdigest(), length) != (about["sha256"], about["bytes"]):
        raise ValueError(_("%(file)s was changed") % {"file": name})


def put_in_place(draft: Path, manifest: dict[str, Any]) -> None:
    """Moves what was unpacked to where it is used; the database last."""
    for name, place in (("media", Path(settings.MEDIA_ROOT)), ("keys", Path(settings.KEYS_DIR))):
        if (draft / name).exists():
            if place.exists():
                place.rmdir()
            (draft / name).rename(place)
    load_box(draft)
    snapshot.load(draft / snapshot.FILE_NAMES[manifest["database"]])
    sync_folder(Path(settings.DATA_DIR))


def take_away(*, with_keys: bool) -> None:
    snapshot.drop()
    for path in box_path().parent.glob(f"{box_path().name}*"):
        path.unlink()
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    if with_keys:
        shutil.rmtree(settings.KEYS_DIR, ignore_errors=True)


def differences(manifest: dict[str, Any], moment: snapshot.Moment) -> list[str]:
    """What is not the same as in the backup."""
    backed_up = manifest["counts"]
    found = [
        _("%(table)s: %(then)d rows in the backup, %(now)d here")
        % {"table": table, "then": backed_up.get(table, 0), "now": moment.counts.get(table, 0)}
        for table in sorted(backed_up.keys() | moment.counts.keys())
        if backed_up.get(table) != moment.counts.get(table)
    ]
    if (manifest["journal_size"], manifest["root"]) != (moment.journal_size, moment.root):
        found.append(
            _("journal: root %(then)s in the backup, %(now)s here")
            % {"then": manifest["root"], "now": moment.root}
        )
    return found
