"""Brings rows from a file: areas, levels, boundaries, and what other apps take in."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from folkmoot.base.marks import gettext_noop

if TYPE_CHECKING:
    from folkmoot.areas.services import Result

HELP = gettext_noop("check a file of areas, people or rules row by row, and import it whole or not at all")
PHASES = {"check": _("rows checked"), "write": _("rows imported")}


def add(parser: ArgumentParser) -> None:
    parser.add_argument(
        "kind",
        nargs="?",
        help=gettext_noop("what the rows are; without it, all kinds and their columns are shown"),
    )
    parser.add_argument("file", nargs="?", type=Path, help=gettext_noop("CSV (UTF-8), XLSX or GeoJSON"))
    parser.add_argument("--levels", type=Path, metavar="FILE", help=gettext_noop("with areas: their levels"))
    parser.add_argument(
        "--boundaries", type=Path, metavar="FILE", help=gettext_noop("with areas: their boundaries, GeoJSON")
    )
    parser.add_argument("--dry-run", action="store_true", help=gettext_noop("only check; change nothing"))
    parser.add_argument(
        "--good-rows", action="store_true", help=gettext_noop("leave faulty rows out and import the others")
    )


def run(options: Namespace) -> int:
    from folkmoot.areas.imports import importers
    from folkmoot.base.errors import Refused

    if options.file is None:
        return show_kinds()
    if options.kind not in importers:
        raise Refused(_("There is nothing called “%(kind)s” to import.") % {"kind": options.kind})
    if options.kind != "areas" and (options.levels or options.boundaries):
        raise Refused(_("--levels and --boundaries come with areas only."))
    result = bring_in(options)
    for fault in result.faults:
        print(f"{fault.file or options.file.name}:{fault.line}\t{fault.column}\t{fault.sentence}")
    print(result.sentence)
    return 1 if result.fault_count and result.counts is None else 0


def bring_in(options: Namespace) -> "Result":
    from folkmoot.areas.services import import_file
    from folkmoot.base.actors import Actor

    console = Actor(ref="console", is_operator=True)  # whoever may start commands here is the operator
    sides = {name: path for name in ("levels", "boundaries") if (path := getattr(options, name))}
    keep_memory_small()
    with progress_lines() as progress:
        return import_file(
            actor=console, kind=options.kind, path=options.file, sides=sides,
            is_dry_run=options.dry_run, takes_good_rows=options.good_rows, progress=progress,
        )  # fmt: skip


def keep_memory_small() -> None:
    """A long import reads the whole file of the database: mapped, it would all count as our memory."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size=0")


@contextmanager
def progress_lines() -> Iterator[Callable[[str, int, int], None]]:
    """One moving line for the check, one for the writing."""
    from folkmoot.cli.progress import progress_line

    shows: dict[str, Callable[[int, int], None]] = {}
    with ExitStack() as lines:

        def show(phase: str, done: int, total: int) -> None:
            if phase not in shows:
                lines.close()
                shows[phase] = lines.enter_context(progress_line(PHASES[phase]))
            shows[phase](done, total)

        yield show


def show_kinds() -> int:
    from folkmoot.areas.imports import importers

    for kind, importer in importers:
        print(f"{kind}: {importer.label}")
        for column in importer.columns:
            print(f"  {column.name:16} {'*' if column.is_needed else ' '} {column.meaning}")
    print(_("* must be filled in every row"))
    return 0
