"""Writes a backup while the server runs."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop("write everything to a file while the server runs, and the keys to a second one")


def add(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, help=gettext_noop("the file to write, such as /backups/2026-11-20.tar")
    )
    parser.add_argument(
        "--without-keys",
        action="store_true",
        help=gettext_noop("leave the keys out: you keep a copy of them already"),
    )


def run(options: Namespace) -> int:
    from folkmoot.cli.progress import progress_line
    from folkmoot.operations.backup import back_up, keys_path

    with progress_line(_("files")) as progress:
        manifest = back_up(options.file, with_keys=not options.without_keys, progress=progress)
    counts = manifest["counts"]
    facts = {"rows": sum(counts.values()), "tables": len(counts), "files": len(manifest["files"]) - 1}
    print(_("%(file)s is written.") % {"file": options.file})
    print(_("%(rows)d rows in %(tables)d tables, %(files)d files") % facts)
    print(
        _("Journal: %(size)d acts, root %(root)s")
        % {"size": manifest["journal_size"], "root": manifest["root"]}
    )
    if not options.without_keys:
        print(_("%(file)s holds the keys.") % {"file": keys_path(options.file)})
        print(
            _(
                "Move it to another place than the backup: whoever has both can read every phone, and without the keys "
                "nobody can."
            )
        )
    return 0
