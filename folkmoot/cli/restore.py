"""Restores a backup into an empty place."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop

if TYPE_CHECKING:
    from folkmoot.operations.restore import Restored

HELP = gettext_noop("restore a backup into an empty DATA_DIR or database")
MAKES_KEYS = False  # the keys come with the backup


def add(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=gettext_noop("the backup, as folkmoot backup wrote it"))
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument(
        "--keys", type=Path, metavar="FILE", help=gettext_noop("the keys of the backup (FILE.keys.tar)")
    )
    keys.add_argument(
        "--without-keys", action="store_true", help=gettext_noop("go on without keys: all phones are lost")
    )
    parser.add_argument(
        "--declare-broken",
        action="store_true",
        help=gettext_noop(
            "polls that were open when the backup was made: declare them void in their public logs"
        ),
    )


def run(options: Namespace) -> int:
    from django.conf import settings

    from folkmoot.base.errors import Refused
    from folkmoot.base.keys import ensure_keys
    from folkmoot.cli.progress import progress_line
    from folkmoot.operations.lock import held_lock
    from folkmoot.operations.restore import restore
    from folkmoot.operations.tables import migrate, pending

    has_keys = (settings.KEYS_DIR / "field.keys").exists()
    if not (options.keys or options.without_keys or has_keys):
        raise Refused(
            _(
                "Give the keys of the backup with --keys FILE.keys.tar. Without them every phone, e-mail address and "
                "sealed note is lost; if they are gone, say --without-keys."
            )
        )
    with held_lock(settings.DATA_DIR / "serve.lock"), progress_line(_("files")) as progress:
        restored = restore(
            options.file, keys=options.keys, breaks_polls=options.declare_broken, progress=progress
        )
    ensure_keys(settings.KEYS_DIR)
    for sentence in restored.differences:
        print(f"FAULT  {sentence}")
    if pending():
        print(_("The backup is of an older version: its tables are renewed."))
        migrate()
    is_whole = tell(restored)
    return 0 if is_whole else 1


def tell(restored: Restored) -> bool:
    """Verifies the restored journal act by act and says what is there."""
    from folkmoot_kernel.encoding import b64

    from folkmoot.journal.verifying import verify

    report = verify()
    for sentence in report.faults:
        print(f"FAULT  {sentence}")
    root = b64(report.root) if report.size else ""
    is_same = root == restored.manifest["root"] and report.is_sound and not restored.differences
    counts = restored.moment.counts
    facts = {
        "rows": sum(counts.values()),
        "tables": len(counts),
        "files": len(restored.manifest["files"]) - 1,
    }
    print(_("%(rows)d rows in %(tables)d tables, %(files)d files") % facts)
    print(_("Journal: %(size)d acts, root %(root)s") % {"size": report.size, "root": root})
    print(_("All is the same as in the backup.") if is_same else _("This is NOT the same as in the backup."))
    return is_same
