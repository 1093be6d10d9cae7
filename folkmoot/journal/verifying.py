"""Checks the whole journal against itself: rows, leaves, tiles, roots, signatures.

Memory does not grow with the journal: one tile of 256 acts is held at a time.
What nobody can see from inside: a journal cut back to an earlier checkpoint. Therefore keep checkpoints
elsewhere and compare (`against`), as whoever downloads the log does.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC

from django.db.models import Subquery
from django.db.models.functions import Coalesce
from folkmoot_kernel import notes, tiles
from folkmoot_kernel.encoding import decode
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.merkle import HASH_BYTES, Frontier, leaf_hash, root_of

from folkmoot.journal.keys import verifier_keys
from folkmoot.journal.leaves import body_digest, leaf_bytes
from folkmoot.journal.models import Act, Checkpoint, Tile
from folkmoot.journal.queries import (
    entries_in,
    erased_count,
    recorded_erasures,
    sealed_size,
    unsealed_acts,
)

MAX_SENTENCES = 1_000  # faults beyond these are only counted
PAGE_ROWS = 1_000

Progress = Callable[[int, int], None]


@dataclass
class Report:
    """What verifying found. `faults` are sentences, each naming one row, tile or checkpoint."""

    size: int
    waiting: int = 0
    erased: int = 0
    checkpoints: int = 0
    root: bytes = b""
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0

    @property
    def is_sound(self) -> bool:
        return self.fault_count == 0

    def add(self, sentence: str) -> None:
        self.fault_count += 1
        if len(self.faults) < MAX_SENTENCES:
            self.faults.append(sentence)


@dataclass(frozen=True, order=True)
class Head:
    """A root that somebody signed for a size."""

    size: int
    root: bytes
    title: str


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
                report.add(f"{head.title} signs another root than that of the first {head.size} acts.")
            head = next(heads, None)
        frontier = frontier.extended(hashes)
        if progress:
            progress(frontier.size, report.size)
    upper.finish()
    report.root = frontier.root
    check_strays(report)
    check_erasures(report)
    return report


# Checkpoints


def stored_heads(report: Report) -> Iterator[Head]:
    """Every checkpoint of the table whose signature is good, smallest first."""
    known, last = verifier_keys(), -1
    while page := list(Checkpoint.objects.filter(size__gt=last).order_by("size")[:PAGE_ROWS]):
        for row in page:
            if row.size > report.size:
                return
            report.checkpoints += 1
            head = opened(report, row.note.encode(), known, f"The checkpoint of {row.size} acts")
            if head and head.size != row.size:
                report.add(f"{head.title} speaks of {head.size} acts.")
            elif head:
                yield head
        last = page[-1].size


def foreign_heads(report: Report, note: bytes | None) -> Iterator[Head]:
    if note is None:
        return
    head = opened(report, note, verifier_keys(), "The checkpoint you gave")
    if head and head.size > report.size:
        report.add(f"{head.title} speaks of {head.size} acts, but there are {report.size}: acts are gone.")
    elif head and head.size:
        yield head


def opened(report: Report, note: bytes, known: list[notes.VerifierKey], title: str) -> Head | None:
    try:
        checkpoint = notes.Checkpoint.parse(notes.open_note(note, known).text)
    except KernelError as error:
        report.add(f"{title} is not good: {error}")
        return None
    return Head(checkpoint.size, checkpoint.root, title)


# Tiles


def checked_leaves(report: Report, tile: tiles.Tile) -> list[bytes]:
    """Checks the rows, leaves and hashes of one tile of level 0; returns the hashes to go on with."""
    start = tile.index * tiles.TILE_WIDTH
    positions = range(start, start + tile.width)
    rows = Act.objects.filter(position__gte=positions.start, position__lt=positions.stop)
    acts = {act.position: act for act in rows}
    stored = Tile.objects.filter(level=0, number=tile.index).first()
    hashes = split(bytes(stored.hashes))[: tile.width] if stored else []
    if len(hashes) < tile.width:
        report.add(f"The tile of positions {positions.start} to {positions.stop - 1} is gone or cut short.")
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
        report.add(f"The leaves kept for positions {positions.start} to {positions.stop - 1} cannot be read.")
        return [None] * len(positions)
    checked: list[bytes | None] = []
    for position, entry, sealed in zip(positions, entries, hashes, strict=True):
        fits = leaf_hash(entry) == sealed
        checked.append(entry if fits else None)
        if not fits:
            report.add(f"The leaf kept for position {position} does not fit its hash in the tile.")
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
            self.report.add(f"The tile {level}/{number} does not hold the roots of the tiles below it.")


# Rows


def check_row(report: Report, position: int, act: Act | None, sealed: bytes, entry: bytes | None) -> None:
    """Compares one row with what was sealed at its position."""
    if act is None:
        report.add(f"{named(entry)} at position {position} was removed.")
        return
    found = f"Act {act.id} ({act.kind}) at position {position}"
    if leaf_hash(leaf_of(act)) != sealed:
        report.add(difference(act, found, entry))
    if act.body is None and act.salt is None:
        report.erased += 1
    elif body_hash(act) != bytes(act.digest):
        report.add(f"{found} was changed: its body does not fit its digest.")
    elif not is_filed_right(act):
        report.add(f"{found} was changed: it is filed under another object or actor than its body names.")


def difference(act: Act, found: str, entry: bytes | None) -> str:
    """Says how a row differs from the leaf that was sealed."""
    if entry is None:
        return f"{found} does not fit the hash that was sealed: the row or the tile was changed."
    sealed, now = decode(entry), decode(leaf_of(act))
    assert isinstance(sealed, dict)
    assert isinstance(now, dict)
    if sealed["id"] != act.id:
        return f"{found} stands where {named(entry, capital=False)} was sealed: the order was changed."
    changed = [name for name in ("kind", "at", "digest") if sealed[name] != now[name]]
    return f"{found} was changed: it was sealed with another {' and '.join(changed)}."


def named(entry: bytes | None, *, capital: bool = True) -> str:
    """The act of a kept leaf in words."""
    if entry is None:
        return "An act" if capital else "another act"
    leaf = decode(entry)
    assert isinstance(leaf, dict)
    return f"{'Act' if capital else 'act'} {leaf['id']} ({leaf['kind']}, {leaf['at']})"


def leaf_of(act: Act) -> bytes:
    return leaf_bytes(act.id, act.kind, act.at.astimezone(UTC), bytes(act.digest))


def body_hash(act: Act) -> bytes:
    """The digest that belongs to the row's salt and body; nothing where one of them is gone or no record."""
    try:
        return body_digest(bytes(act.salt or b""), act.body or {})
    except KernelError:
        return b""


def is_filed_right(act: Act) -> bool:
    """Whether the row is found under the object and the actor that its body names."""
    body = act.body if isinstance(act.body, dict) else {}
    return (body.get("object"), body.get("actor")) == (act.object_ref, act.actor_ref)


def split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes) - HASH_BYTES + 1, HASH_BYTES)]


# The whole


def check_strays(report: Report) -> None:
    """Finds rows beyond the signed log. One statement sees one moment, whatever is sealed meanwhile."""
    newest = Checkpoint.objects.order_by("-size").values("size")[:1]
    strays = Act.objects.filter(position__gte=Coalesce(Subquery(newest), 0)).order_by("position")
    for act in strays[:PAGE_ROWS]:
        report.add(f"Act {act.id} ({act.kind}) at position {act.position} stands beyond the signed log.")


def check_erasures(report: Report) -> None:
    """Whoever clears a row to hide it would have to record that: both numbers must agree."""
    erased, recorded = erased_count(), recorded_erasures()
    if erased > recorded:
        report.add(f"Cleared acts: {erased}. Recorded as forgotten: {recorded}. Somebody hides acts.")
