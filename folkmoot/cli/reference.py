"""Writes docs/reference from the source."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop("write the generated pages of docs/reference")


def add(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--check",
        action="store_true",
        help=gettext_noop("change nothing; exit 1 if a page is not up to date"),
    )
    parser.add_argument(
        "--folder", type=Path, default=Path("docs/reference"), help=gettext_noop("where (%(default)s)")
    )


def run(options: Namespace) -> int:
    from folkmoot.cli import build_parser, command_modules
    from folkmoot.operations.reference import pages

    stale = 0
    for name, text in pages(build_parser(command_modules())).items():
        path = options.folder / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if options.check:
            print(_("%(file)s is not up to date. Run: folkmoot reference") % {"file": path})
        else:
            path.write_text(text, encoding="utf-8")
            print(_("%(file)s is written.") % {"file": path})
    return 1 if stale and options.check else 0
