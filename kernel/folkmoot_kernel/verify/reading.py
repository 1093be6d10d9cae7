"""The log read once from front to back: its root, the place of every leaf, the order of ballots."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.leaves import Broken, Close, Issued, IssuedBy, Leaf, Result, Spoiled, Void, parse_leaf
from folkmoot_kernel.merkle import Frontier
from folkmoot_kernel.papers import Paper
from folkmoot_kernel.tiles import ENTRIES, TILE_WIDTH, Fetch, Tile, extended_tiles, new_bundles, read_entries
from folkmoot_kernel.verify.desk import BundleJob, BundleRead, Seen
from folkmoot_kernel.verify.electorate import Electorate
from folkmoot_kernel.verify.findings import Findings
from folkmoot_kernel.verify.openings import SpoiledAt
from folkmoot_kernel.verify.rows import RowFiles

MAX_PAPERS: Final = 1_000
KINDS: Final = {
    Issued: "issued", IssuedBy: "issued-by", Void: "void", Close: "close", Result: "result", Paper: "paper",
}  # fmt: skip


@dataclass
class PaperLog:
    """What the log says of one paper, each with its entry. Shapes: `issued_by` by registrar, all but the first."""

    issued: tuple[int, Issued] | None = None
    issued_by: dict[str, tuple[int, IssuedBy]] = field(default_factory=dict)
    close: tuple[int, Close] | None = None
    result: tuple[int, Result] | None = None
    voids: dict[str, list[bytes]] = field(default_factory=dict)


@dataclass
class Runs:
    """A cell's ballots as they come: cut into runs of ascending leaf hashes, each of which hides k keys."""

    k: int
    count: int = 0
    short: int = 0
    _last: bytes = b""
    _keys: set[bytes] = field(default_factory=set)

    def see(self, ballot: Seen) -> None:
        if ballot.hash <= self._last:
            self._end()
        self._last = ballot.hash
        if len(self._keys) < self.k:
            self._keys.add(ballot.pk)

    def finish(self) -> None:
        if self._keys:
            self._end()

    def _end(self) -> None:
        self.count += 1
        self.short += len(self._keys) < self.k
        self._keys.clear()


class Reading:
    """Takes the bundles of a log in their order."""

    def __init__(self, electorate: Electorate, findings: Findings, casts: RowFiles, opened: RowFiles) -> None:
        self.electorate, self.findings = electorate, findings
        self._casts, self._opened = casts, opened
        self.papers = [PaperLog() for _ in electorate.papers]
        self.runs = [Runs(electorate.papers[cell.paper].k) for cell in electorate.cells]
        self.spoiled: list[SpoiledAt] = []
        self.slips: dict[tuple[bytes, str], set[bytes]] = {}
        self.kept: set[bytes] = set()
        self._full: list[bytes] = []  # roots of the full bundles
        self._rest = Frontier()
        self._leading = True

    def take(self, read: BundleRead) -> None:
        for finding in read.findings:
            self.findings.take(finding)
        if read.edge.size == TILE_WIDTH:
            self._full.append(read.edge.root)
        else:
            self._rest = read.edge
        self.kept |= read.kept
        for place, digest in read.slips:
            self.slips.setdefault(place, set()).add(digest)
        self._casts.write(read.casts)
        self._opened.write(read.opened)
        waiting = iter(read.ballots)
        ballot = next(waiting, None)
        for index, leaf in read.others:
            while ballot and ballot.entry < index:
                self._take_ballot(ballot)
                ballot = next(waiting, None)
            self._take_leaf(index, leaf)
        while ballot:
            self._take_ballot(ballot)
            ballot = next(waiting, None)

    @property
    def frontier(self) -> Frontier:
        """The tree over all bundles: full ones are complete subtrees, so only their roots are joined."""
        full = Frontier().extended(self._full)
        return Frontier(full.size * TILE_WIDTH + self._rest.size, full.hashes + self._rest.hashes)

    def check_tiles(self, fetch: Fetch) -> None:
        """Compare the tiles above the leaf hashes with what the entries give."""
        for path, data in extended_tiles(0, self._full, fetch):
            low = Tile.parse(path)
            tile = Tile(low.level + 1, low.index, low.width)
            try:
                if fetch(tile.path) != data:
                    self.findings.add("log.tile", path=tile.path)
            except KernelError:
                self.findings.add("log.missing", path=tile.path)

    def _take_ballot(self, ballot: Seen) -> None:
        cell = self.electorate.cells[ballot.cell]
        log, paper = self.papers[cell.paper], self.electorate.papers[cell.paper]
        self._leading = False
        if log.close or (paper.calendar.is_two_phase and not log.issued):
            self.findings.add("leaf.place", index=ballot.entry, kind="ballot")
        self.runs[ballot.cell].see(ballot)

    def _take_leaf(self, index: int, leaf: object) -> None:
        if isinstance(leaf, Broken):
            self.findings.add("poll.broken", reason=leaf.reason)
        elif isinstance(leaf, Spoiled):
            self.spoiled.append(SpoiledAt(index, leaf.c, leaf.o))
        elif isinstance(leaf, Paper):
            self._take_paper(index, leaf)
        elif isinstance(leaf, Issued | IssuedBy | Void | Close | Result):
            self._take_count(index, leaf)

    def _take_paper(self, index: int, paper: Paper) -> None:
        if index >= len(self.papers) or not self._leading:
            self.findings.add("leaf.place", index=index, kind="paper")
        elif paper.poll != self.electorate.papers[0].poll:
            self.findings.add("paper.poll", index=index, poll=paper.poll)

    def _take_count(self, index: int, leaf: Issued | IssuedBy | Void | Close | Result) -> None:
        self._leading = False
        number = self.electorate.number_of.get(leaf.paper)
        kind = KINDS[type(leaf)]
        if number is None or (
            isinstance(leaf, Void) and not self.electorate.papers[number].stratum(leaf.stratum)
        ):
            self.findings.add("leaf.stranger", index=index, kind=kind)
            return
        log = self.papers[number]
        if isinstance(leaf, Void):
            if log.result:
                self.findings.add("leaf.place", index=index, kind=kind)
            log.voids.setdefault(leaf.stratum, []).extend(leaf.hashes)
        elif isinstance(leaf, IssuedBy):
            self._take_issued_by(index, leaf, log, self.electorate.papers[number])
        elif getattr(log, kind) is not None:
            self.findings.add("leaf.twice", index=index, kind=kind)
        else:
            if (isinstance(leaf, Close) and not log.issued) or (isinstance(leaf, Result) and not log.close):
                self.findings.add("leaf.place", index=index, kind=kind)
            setattr(log, kind, (index, leaf))

    def _take_issued_by(self, index: int, leaf: IssuedBy, log: PaperLog, paper: Paper) -> None:
        if leaf.registrar not in paper.further_registrars:
            self.findings.add("leaf.stranger", index=index, kind=KINDS[IssuedBy])
        elif leaf.registrar in log.issued_by:
            self.findings.add("leaf.twice", index=index, kind=KINDS[IssuedBy])
        else:
            if log.close:
                self.findings.add("leaf.place", index=index, kind=KINDS[IssuedBy])
            log.issued_by[leaf.registrar] = (index, leaf)


def leading_papers(size: int, fetch: Fetch) -> tuple[Paper, ...]:
    """The papers at the beginning of the log. What is wrong with other leaves is found later.

    Of more than MAX_PAPERS those too many are taken for leaves in the wrong place: every cell costs memory.
    """
    papers: dict[bytes, Paper] = {}
    try:
        for entry in read_entries(size, fetch):
            leaf: Leaf = parse_leaf(entry)
            if not isinstance(leaf, Paper) or len(papers) == MAX_PAPERS:
                break
            papers.setdefault(leaf.id, leaf)
    except KernelError:
        pass
    return tuple(papers.values())


def bundle_jobs(
    size: int, fetch: Fetch, findings: Findings, progress: Callable[[int, int], None]
) -> Iterator[BundleJob]:
    """Fetch bundle after bundle, up to the first that is missing: a checkpoint can promise more than anybody reads."""
    for bundle in new_bundles(0, size):
        tile = Tile(0, bundle.index, bundle.width)
        hashes = fetched(fetch, tile.path, findings)
        entries = fetched(fetch, Tile(ENTRIES, bundle.index, bundle.width).path, findings)
        if hashes is None or entries is None:
            return
        yield BundleJob(bundle.index, bundle.width, entries, hashes)
        progress(bundle.index * TILE_WIDTH + bundle.width, size)


def fetched(fetch: Fetch, path: str, findings: Findings) -> bytes | None:
    try:
        return fetch(path)
    except KernelError:
        findings.add("log.missing", path=path)
        return None
