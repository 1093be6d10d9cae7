"""Checks the whole journal against itself: rows, leaves, tiles, roots, signatures.

Memory does not grow with the journal: one tile of 256 acts is held at a time.
What nobody can see from inside: a journal cut back to an earlier checkpoint. Therefore keep checkpoints
elsewhere and compare (`against`), as whoever downloads the log does.
"""

import heapq
from collections.abc import Callable

from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from folkmoot_kernel import tiles
from folkmoot_kernel.merkle import Frontier

from folkmoot.journal.models import Act, Checkpoint
from folkmoot.journal.queries import (
    erased_count,
    recorded_erasures,
    sealed_size,
    unsealed_acts,
)
from folkmoot.journal.verifying.heads import foreign_heads, stored_heads
from folkmoot.journal.verifying.report import Report
from folkmoot.journal.verifying.tile_checks import UpperTiles, checked_leaves

STRAYS_NAMED = 1_000

Progress = Callable[[int, int], None]


def verify(*, against: bytes | None = None, progress: Progress | None = None) -> Report:
    """Checks every sealed act, tile and checkpoint. `against` is a checkpoint kept elsewhere."""
    report = Report(size=sealed_size(), waiting=unsealed_acts().count())
    heads = heapq.merge(stored_heads(report), foreign_heads(report, against))
    head = next(heads, None)
    frontier, upper = Frontier(), UpperTiles(report)
    for tile in tiles.new_bundles(0, report.size):
        hashes = checked_leaves(report, tile)
        upper.add(hashes)
        while head and head.size <= frontier.size + len(hashes):
            taken = head.size - frontier.size
            frontier, hashes = frontier.extended(hashes[:taken]), hashes[taken:]
            if frontier.root != head.root:
                report.add(
                    _("%(checkpoint)s signs another root than that of the first %(size)d acts.")
                    % {"checkpoint": head.title, "size": head.size}
                )
            head = next(heads, None)
        frontier = frontier.extended(hashes)
        if progress:
            progress(frontier.size, report.size)
    upper.finish()
    report.root = frontier.root
    check_strays(report)
    check_erasures(report)
    return report


def check_strays(report: Report) -> None:
    """Finds rows beyond the signed log. One statement sees one moment, whatever is sealed meanwhile."""
    newest = Checkpoint.objects.order_by("-size").values("size")[:1]
    strays = Act.objects.filter(position__gte=Coalesce(Subquery(newest), 0)).order_by("position")
    for act in strays[:STRAYS_NAMED]:
        report.add(
            _("Act %(act)d (%(kind)s) at position %(position)d stands beyond the signed log.")
            % {"act": act.id, "kind": act.kind, "position": act.position}
        )


def check_erasures(report: Report) -> None:
    """Whoever clears a row to hide it would have to record that: both numbers must agree."""
    erased, recorded = erased_count(), recorded_erasures()
    if erased > recorded:
        report.add(
            _("Cleared acts: %(cleared)d. Recorded as forgotten: %(recorded)d. Somebody hides acts.")
            % {"cleared": erased, "recorded": recorded}
        )
