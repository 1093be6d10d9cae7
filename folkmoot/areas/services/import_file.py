"""Brings a file of any registered kind in: checked whole, then written whole or not at all."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from folkmoot.areas.imports.checking import Checked, Progress, check_file, counted, good_rows
from folkmoot.areas.imports.faults import Fault
from folkmoot.areas.imports.importer import Counts, Importer, importers
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal
from folkmoot.ui.numbers import number_text


@dataclass(frozen=True)
class Result:
    """What came of a file. Shapes: `faults` are the first of `fault_count`, in the order of the file."""

    rows: int
    faults: list[Fault]
    fault_count: int
    left_out: int  # rows with a fault
    is_read_whole: bool
    counts: Counts | None = None  # None: nothing was written

    @property
    def sentence(self) -> str:
        """What came of it, in the reader's language."""
        if self.counts is None:
            numbers = {"rows": number_text(self.rows), "faults": number_text(self.fault_count)}
            if self.fault_count:
                return _("Rows checked: %(rows)s. Faults found: %(faults)s. Nothing was imported.") % numbers
            return _("Rows checked: %(rows)s. All is well.") % numbers
        numbers = {name: number_text(count) for name, count in asdict(self.counts).items()}
        done = _("New rows: %(added)s. Changed rows: %(changed)s. Rows as before: %(unchanged)s.") % numbers
        if not self.fault_count:
            return done
        return f"{done} {_('Faulty rows left out: %(count)s.') % {'count': number_text(self.left_out)}}"


def in_silence(_phase: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def import_file(
    *,
    actor: Actor,
    kind: str,
    path: Path,
    sides: Mapping[str, Path] | None = None,
    is_dry_run: bool = False,
    takes_good_rows: bool = False,
    progress: Progress = in_silence,
) -> Result:
    """Checks a file and, unless `is_dry_run`, writes all of it or nothing; on request, its good rows only.

    Shapes: `kind` names a registered importer, `sides` the side files it takes (areas: levels, boundaries).
    Raises: Refused when the place changed under the import. Effects: journal `import.finished`.
    """
    require(actor, "areas.import_areas")
    importer = importers[kind](**sides or {})
    checked = check_file(importer, path, progress)
    is_clean = not checked.faults
    if is_dry_run or not (is_clean or (takes_good_rows and checked.is_read_whole)):
        return _result(checked)
    if not is_clean:
        checked.faults.add(list(importer.left_out(checked.faults.lines)))
    with transaction.atomic():
        counts = write(importer, path, checked, progress)
        journal.record(
            "import.finished", actor=actor, obj=f"import:{kind}",
            added=counts.added, changed=counts.changed, unchanged=counts.unchanged, left_out=len(checked.faults.lines),
        )  # fmt: skip
    return _result(checked, counts)


def import_areas(
    *, actor: Actor, path: Path, levels: Path | None = None, boundaries: Path | None = None,
    is_dry_run: bool = False, takes_good_rows: bool = False, progress: Progress = in_silence,
) -> Result:  # fmt: skip
    """Imports areas, with their levels and boundaries from side files. See import_file."""
    sides = {name: side for name, side in (("levels", levels), ("boundaries", boundaries)) if side}
    return import_file(
        actor=actor, kind="areas", path=path, sides=sides,
        is_dry_run=is_dry_run, takes_good_rows=takes_good_rows, progress=progress,
    )  # fmt: skip


def write(importer: Importer, path: Path, checked: Checked, progress: Progress) -> Counts:
    """Writes the good rows of a checked file. Raises Refused when somebody else came in between."""
    rows = good_rows(importer, path, checked.faults.lines)
    try:
        return importer.write(counted(rows, "write", checked.rows, progress))
    except IntegrityError as error:
        raise Refused(
            gettext_lazy("The place changed while the file was being checked. Please check it again.")
        ) from error


def _result(checked: Checked, counts: Counts | None = None) -> Result:
    faults = checked.faults
    return Result(
        checked.rows, faults.in_order(), faults.count, len(faults.lines), checked.is_read_whole, counts
    )  # fmt: skip
