"""The tiles: leaves against rows, and every upper tile against those below it."""

from django.utils.translation import gettext as _
from folkmoot_kernel import tiles
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.merkle import HASH_BYTES, leaf_hash, root_of

from folkmoot.journal.models import Act, Tile
from folkmoot.journal.queries import entries_in
from folkmoot.journal.verifying.report import Report
from folkmoot.journal.verifying.row_checks import check_row, leaf_of


def checked_leaves(report: Report, tile: tiles.Tile) -> list[bytes]:
    """Checks the rows, leaves and hashes of one tile of level 0; returns the hashes to go on with."""
    start = tile.index * tiles.TILE_WIDTH
    positions = range(start, start + tile.width)
    rows = Act.objects.filter(position__gte=positions.start, position__lt=positions.stop)
    acts = {act.position: act for act in rows}
    stored = Tile.objects.filter(level=0, number=tile.index).first()
    hashes = split(bytes(stored.hashes))[: tile.width] if stored else []
    if len(hashes) < tile.width:
        report.add(
            _("The tile of positions %(first)d to %(last)d is gone or cut short.")
            % {"first": positions.start, "last": positions.stop - 1}
        )
        hashes = [leaf_hash(leaf_of(acts[at])) if at in acts else bytes(HASH_BYTES) for at in positions]
    entries = checked_bundle(report, stored, positions, hashes)
    for position, sealed, entry in zip(positions, hashes, entries, strict=True):
        check_row(report, position, acts.get(position), sealed, entry)
    return hashes


def checked_bundle(
    report: Report, stored: Tile | None, positions: range, hashes: list[bytes]
) -> list[bytes | None]:
    """The kept leaves of one tile; None for each that does not fit its hash."""
    try:
        entries = entries_in(stored)[: len(positions)] if stored else []
    except KernelError:
        entries = []
    if len(entries) < len(positions):
        report.add(
            _("The leaves kept for positions %(first)d to %(last)d cannot be read.")
            % {"first": positions.start, "last": positions.stop - 1}
        )
        return [None] * len(positions)
    checked: list[bytes | None] = []
    for position, entry, sealed in zip(positions, entries, hashes, strict=True):
        fits = leaf_hash(entry) == sealed
        checked.append(entry if fits else None)
        if not fits:
            report.add(
                _("The leaf kept for position %(position)d does not fit its hash in the tile.")
                % {"position": position}
            )
    return checked


class UpperTiles:
    """Builds the tiles above level 0 again while the leaves go by, and compares; one open tile per level."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.open: list[list[bytes]] = []
        self.closed: list[int] = []

    def add(self, hashes: list[bytes]) -> None:
        """Takes the hashes of the next tile of level 0."""
        level = 0
        while len(hashes) == tiles.TILE_WIDTH:
            if level == len(self.open):
                self.open.append([])
                self.closed.append(0)
            self.open[level].append(root_of(hashes))
            hashes = self.open[level]
            level += 1
            if len(hashes) == tiles.TILE_WIDTH:
                self.compare(level, self.closed[level - 1], hashes)
                self.closed[level - 1] += 1
                self.open[level - 1] = []

    def finish(self) -> None:
        for level, hashes in enumerate(self.open, start=1):
            if hashes:
                self.compare(level, self.closed[level - 1], hashes)

    def compare(self, level: int, number: int, hashes: list[bytes]) -> None:
        stored = Tile.objects.filter(level=level, number=number).first()
        if stored is None or not bytes(stored.hashes).startswith(b"".join(hashes)):
            self.report.add(
                _("The tile %(tile)s does not hold the roots of the tiles below it.")
                % {"tile": f"{level}/{number}"}
            )


def split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes) - HASH_BYTES + 1, HASH_BYTES)]
