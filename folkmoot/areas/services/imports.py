"""The acts of the operator around a file: hand it in, have it imported, put it aside."""

import secrets
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports.importer import importers
from folkmoot.areas.models import ImportRun
from folkmoot.areas.states import TRANSITIONS, RunState
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.base.transition import move
from folkmoot.journal import services as journal

MAX_FILE_BYTES = 300_000_000


def imports_folder() -> Path:
    """Where files wait. They may name people: nobody else reads the folder, and nothing stays in it for long."""
    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def start_import(*, actor: Actor, kind: str, upload: UploadedFile) -> ImportRun:
    """Keeps a file; the worker checks it next. Raises Refused. Effects: journal `import.started`."""
    require(actor, "areas.import_areas")
    if kind not in importers:
        raise Refused(_("Choose what the rows of the file are."))
    if (upload.size or 0) > MAX_FILE_BYTES:
        most = {"most": MAX_FILE_BYTES // 1_000_000}
        raise Refused(
            _("The file is larger than %(most)d MB. Bring it in with the command folkmoot import.") % most
        )
    path = imports_folder() / secrets.token_hex(16)
    with path.open("xb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    with transaction.atomic():
        run = ImportRun.objects.create(
            kind=kind, file_name=(upload.name or "")[:200], path=path.name,
            started_by=actor.ref, at=clock.now(),
        )  # fmt: skip
        journal.record("import.started", actor=actor, obj=f"import:{run.pk}", rows_of=kind)
    return run


def confirm_import(
    *, actor: Actor, run: ImportRun, seen: int | None = None, takes_good_rows: bool = False
) -> None:
    """Has a checked file imported; of a faulty one only the good rows, and only on request.

    Raises Refused, StaleState. Effects: journal `import.confirmed`.
    """
    require(actor, "areas.import_areas")
    if run.state == RunState.FAULTY and not (takes_good_rows and run.has_good_rows):
        raise Refused(_("The file has faults. Mend it and hand it in again."))
    with transaction.atomic():
        move(run, act="ask", table=TRANSITIONS, seen=seen, takes_good_rows=takes_good_rows, at=clock.now())
        journal.record("import.confirmed", actor=actor, obj=f"import:{run.pk}")


def drop_import(*, actor: Actor, run: ImportRun, seen: int | None = None) -> None:
    """Puts a file aside and removes it. Raises Refused, StaleState. Effects: journal `import.dropped`."""
    require(actor, "areas.drop_import", run)
    with transaction.atomic():
        move(run, act="drop", table=TRANSITIONS, seen=seen, faults=[], at=clock.now())
        journal.record("import.dropped", actor=actor, obj=f"import:{run.pk}")
        transaction.on_commit(lambda: forget_file(run))


def forget_file(run: ImportRun) -> None:
    """Removes the file of a run that will not be read again."""
    (imports_folder() / run.path).unlink(missing_ok=True)
