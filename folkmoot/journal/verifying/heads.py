"""The checkpoints: who signed which root for which size."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from folkmoot_kernel import notes
from folkmoot_kernel.errors import KernelError

from folkmoot.journal.keys import verifier_keys
from folkmoot.journal.models import Checkpoint
from folkmoot.journal.verifying.report import Report

PAGE_ROWS = 1_000


@dataclass(frozen=True, order=True)
class Head:
    """A root that somebody signed for a size."""

    size: int
    root: bytes
    title: str


def stored_heads(report: Report) -> Iterator[Head]:
    """Every checkpoint of the table whose signature is good, smallest first."""
    known, last = verifier_keys(), -1
    while page := list(Checkpoint.objects.filter(size__gt=last).order_by("size")[:PAGE_ROWS]):
        for row in page:
            if row.size > report.size:
                return
            report.checkpoints += 1
            title = _("The checkpoint of %(size)d acts") % {"size": row.size}
            head = opened(report, row.note.encode(), known, title)
            if head and head.size != row.size:
                report.add(
                    _("%(checkpoint)s speaks of %(size)d acts.") % {"checkpoint": title, "size": head.size}
                )
            elif head:
                yield head
        last = page[-1].size


def foreign_heads(report: Report, note: bytes | None) -> Iterator[Head]:
    if note is None:
        return
    head = opened(report, note, verifier_keys(), _("The checkpoint you gave"))
    if head and head.size > report.size:
        report.add(
            _("%(checkpoint)s speaks of %(size)d acts, but there are %(here)d: acts are gone.")
            % {"checkpoint": head.title, "size": head.size, "here": report.size}
        )
    elif head and head.size:
        yield head


def opened(report: Report, note: bytes, known: list[notes.VerifierKey], title: str) -> Head | None:
    try:
        checkpoint = notes.Checkpoint.parse(notes.open_note(note, known).text)
    except KernelError as error:
        report.add(_("%(checkpoint)s is not good: %(why)s") % {"checkpoint": title, "why": error})
        return None
    return Head(checkpoint.size, checkpoint.root, title)
