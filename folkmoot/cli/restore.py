"""Restores a backup into an empty place."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "restore a backup into an empty DATA_DIR or database"
MAKES_KEYS = False  # the keys come with the backup


def add(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the backup, as folkmoot backup wrote it")
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument("--keys", type=Path, metavar="FILE", help="the keys of the backup (FILE.keys.tar)")
    keys.add_argument("--without-keys", action="store_true", help="go on without keys: all phones are lost")


def run(options: Namespace) -> int:
    from django.conf import settings

    from folkmoot.base.errors import Refused
    from folkmoot.base.keys import ensure_keys
    from folkmoot.cli.progress import progress_line
    from folkmoot.operations.lock import hold_lock
    from folkmoot.operations.restore import restore
    from folkmoot.operations.tables import migrate, pending

    has_keys = (settings.KEYS_DIR / "field.keys").exists()
    if not (options.keys or options.without_keys or has_keys):
        raise Refused(
            "Give the keys of the backup with --keys FILE.keys.tar. Without them every phone, e-mail address and "
            "sealed note is lost; if they are gone, say --without-keys."
        )
    hold_lock(settings.DATA_DIR / "serve.lock")
    with progress_line("files") as progress:
        restored = restore(options.file, keys=options.keys, progress=progress)
    ensure_keys(settings.KEYS_DIR)
    for sentence in restored.differences:
        print(f"FAULT  {sentence}")
    if pending():
        print("The backup is of an older version: its tables are renewed.")
        migrate()
    is_whole = tell(restored.moment.counts, restored.manifest["root"])
    return 0 if is_whole and not restored.differences else 1


def tell(counts: dict[str, int], root: str) -> bool:
    """Verifies the restored journal act by act and says what is there."""
    from folkmoot_kernel.encoding import b64

    from folkmoot.journal.verifying import verify

    report = verify()
    for sentence in report.faults:
        print(f"FAULT  {sentence}")
    is_same = report.size == 0 or b64(report.root) == root
    print(f"{sum(counts.values())} rows in {len(counts)} tables")
    print(f"Journal: {report.size} acts verified, root {b64(report.root) if report.size else '-'}")
    print("The same as in the backup." if is_same and report.is_sound else "NOT the same as in the backup.")
    return is_same and report.is_sound
