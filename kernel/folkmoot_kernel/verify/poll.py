"""The check of a whole poll, in the order of docs/reference/protocol.md, and the report."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from folkmoot_kernel.encoding import MAX_INTEGER, b64u
from folkmoot_kernel.errors import KernelError, LotNeeded, MalformedCheckpoint, TooFewWitnesses
from folkmoot_kernel.leaves import list_root
from folkmoot_kernel.merkle import EMPTY_ROOT, HASH_BYTES, tree_root
from folkmoot_kernel.notes import Checkpoint, open_note, parse_note
from folkmoot_kernel.papers import Paper
from folkmoot_kernel.promises import KeptPromise, verify_promise
from folkmoot_kernel.tiles import hash_reader
from folkmoot_kernel.verify.counting import Counting
from folkmoot_kernel.verify.counts import PaperCounts, check_papers
from folkmoot_kernel.verify.crew import Crew, cores
from folkmoot_kernel.verify.desk import Desk, read_bundle
from folkmoot_kernel.verify.electorate import Electorate
from folkmoot_kernel.verify.evidence import CHECKPOINT, Evidence, slips_path
from folkmoot_kernel.verify.findings import Findings
from folkmoot_kernel.verify.keys import read_keys
from folkmoot_kernel.verify.openings import OpeningsJob, OpeningsRead, SpoiledAt, read_openings
from folkmoot_kernel.verify.reading import Reading, bundle_jobs, fetched, leading_papers
from folkmoot_kernel.verify.report import PaperReport, Report
from folkmoot_kernel.verify.rows import RowFiles, working_folder

FEW_ENTRIES = 8_192  # below, starting other processes takes longer than the work
END = 2**63 - 1


def verify_poll(
    evidence: Evidence,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> Report:
    """Check a whole poll and say what was found. Bad evidence is found, never raised.

    Shapes: `workers` processes, None: one for each core; `progress` is called with entries read and entries in all.
    Effects: writes some 300 bytes a ballot into a temporary folder, which goes with the check.
    """
    findings = Findings()
    checkpoint = _checkpoint(evidence, findings)
    if checkpoint is None:
        return Report("", "", 0, EMPTY_ROOT, (), tuple(findings))
    papers = leading_papers(checkpoint.size, evidence.fetch)
    electorate = Electorate(papers, _slips(papers, evidence, findings))
    if not papers:
        findings.add("paper.none")
    check_papers(electorate, checkpoint.origin, findings)
    promises = dict(_promises(evidence, checkpoint.origin, findings))
    if workers is None:
        workers = cores() if checkpoint.size > FEW_ENTRIES else 1
    desk = Desk(electorate, frozenset(leaf for leaf, _ in promises.values()))
    with working_folder() as folder, Crew(_same, desk, workers=workers) as crew:
        check = _Check(evidence, checkpoint, electorate, findings, crew=crew, folder=folder)
        reports = check.run(promises, progress)
    if not evidence.policy.needed:
        findings.add("poll.unwitnessed")
    if not evidence.has_own_policy:
        findings.add("policy.included")
    poll = papers[0].poll if papers else ""
    return Report(checkpoint.origin, poll, checkpoint.size, checkpoint.root, reports, tuple(findings))


def _same(desk: Desk) -> Desk:
    return desk


class _Check:
    """What follows once it is known which papers there are."""

    def __init__(
        self, evidence: Evidence, checkpoint: Checkpoint, electorate: Electorate, findings: Findings,
        *, crew: Crew, folder: str,
    ) -> None:  # fmt: skip
        self.evidence, self.checkpoint, self.electorate = evidence, checkpoint, electorate
        self.findings, self.crew = findings, crew
        self.casts, self.opened, self.counted = (
            RowFiles(folder, kind) for kind in ("casts", "opened", "counted")
        )
        self.reading = Reading(electorate, findings, self.casts, self.opened)

    def run(
        self, promises: Mapping[str, tuple[bytes, int]], progress: Callable[[int, int], None]
    ) -> tuple[PaperReport, ...]:
        self._read(progress)
        if self.reading.frontier.size != self.checkpoint.size:
            return ()  # a part is missing, which is said; whatever else were found might only come from that
        accepted = self._accepted()
        papers = [
            PaperCounts(paper, tuple(self.electorate.cells_of(number)), log, accepted, self.findings)
            for number, (paper, log) in enumerate(
                zip(self.electorate.papers, self.reading.papers, strict=True)
            )
        ]
        whole = [paper for paper in papers if paper.is_complete]
        for paper in whole:
            paper.check(self.reading.slips, self.electorate)
            paper.check_batches(self.reading)
        opened = self._openings(whole)
        reports = tuple(self._report(paper, opened) for paper in papers)
        self._check_promises(promises)
        return reports

    def _read(self, progress: Callable[[int, int], None]) -> None:
        fetch, size = self.evidence.fetch, self.checkpoint.size
        jobs = bundle_jobs(size, fetch, self.findings, progress)
        for read in self.crew.results(read_bundle, jobs):
            self.reading.take(read)
        self.reading.check_tiles(fetch)
        edge = self.reading.frontier
        if (edge.size, edge.root) != (size, self.checkpoint.root):
            self.findings.add("log.root", size=size)
        _check_seen(self.evidence, self.checkpoint, self.findings)

    def _accepted(self) -> Counter[int]:
        accepted: Counter[int] = Counter()
        for read in self.crew.results(read_keys, self.casts.parts()):
            accepted.update(read.accepted)
            self.counted.write(read.counted)
            for finding in read.findings:
                self.findings.take(finding)
        return accepted

    def _openings(self, papers: list[PaperCounts]) -> OpeningsRead:
        whole = OpeningsRead()
        for read in self.crew.results(read_openings, self._opening_jobs(papers)):
            whole.answers.update(
                {cell: whole.answers.get(cell, Counter()) + answers for cell, answers in read.answers.items()}
            )
            whole.spoiled.update(read.spoiled)
            for finding in read.findings:
                self.findings.take(finding)
            for paper, (first, last) in read.spans.items():
                before = whole.spans.get(paper, (0, 0))[1]
                if first < before:
                    self.findings.add("opening.order")
                whole.spans[paper] = (first, max(before, last))
        return whole

    def _opening_jobs(self, papers: list[PaperCounts]) -> Iterator[OpeningsJob]:
        keys: dict[int, bytes] = {}
        for paper in papers:
            keys.update(paper.keys)
        windows = {
            number: (log.close[0] if log.close else END, log.result[0] if log.result else END)
            for number, log in enumerate(self.reading.papers)
        }
        spoiled: dict[int, list[SpoiledAt]] = {}
        for each in self.reading.spoiled:
            spoiled.setdefault(each.c[0], []).append(each)
        parts = zip(self.counted.parts(), self.opened.parts(), strict=True)
        for byte, (counted, opened) in enumerate(parts):
            yield OpeningsJob(counted, opened, tuple(spoiled.get(byte, ())), keys, windows)

    def _report(self, paper: PaperCounts, opened: OpeningsRead) -> PaperReport:
        log, total, spoiled = paper.log, None, 0
        if not log.close:
            self.findings.add("poll.running")
        elif not log.result:
            self.findings.add("poll.uncounted")
        if log.close and paper.is_complete:
            counting = Counting(paper, opened.answers, opened.spoiled, self.findings)
            counting.check()
            try:
                result = counting.result(log.result[1].seed if log.result else "")
            except LotNeeded:
                result = None
            total = result.total if result else None
            spoiled = sum(cell.spoiled for cell in result.cells) if result else 0
        sheets = sum(s.papers + s.spoiled for s in log.close[1].sheets) if log.close else 0
        accepted = sum(paper.accepted.get(cell.number, 0) for cell in paper.cells) + sheets
        unopened = accepted - spoiled - total.n if total else accepted
        return PaperReport(
            paper.paper.id, paper.paper.question, paper.paper.scale.options, sum(paper.rolls().values()),
            sum(paper.taken().values()), accepted, spoiled, unopened, total,
        )  # fmt: skip

    def _check_promises(self, promises: Mapping[str, tuple[bytes, int]]) -> None:
        is_closed = all(log.close for log in self.reading.papers)
        for name, (leaf, deadline) in promises.items():
            if leaf in self.reading.kept:
                continue
            is_early = not is_closed and self.evidence.now and deadline > self.evidence.now
            self.findings.add("promise.waiting" if is_early else "promise.broken", name=name)


def _checkpoint(evidence: Evidence, findings: Findings) -> Checkpoint | None:
    data = fetched(evidence.fetch, CHECKPOINT, findings)
    if data is None:
        findings.add("checkpoint.missing")
        return None
    try:
        return _countable(evidence.policy.open_checkpoint(data))
    except TooFewWitnesses as error:
        found, needed = (int(str(error.facts[name])) for name in ("found", "needed"))
        findings.add("checkpoint.witnesses", found=found, needed=needed)
    except KernelError as error:
        findings.add("checkpoint.unsigned", reason=str(error))
    try:
        # Not believed; but what lies under it is still looked at.
        return _countable(Checkpoint.parse(parse_note(data).text))
    except KernelError:
        findings.add("checkpoint.missing")
        return None


def _countable(checkpoint: Checkpoint) -> Checkpoint:
    """Refuse more entries than every language can count. Raises: MalformedCheckpoint."""
    if checkpoint.size > MAX_INTEGER:
        raise MalformedCheckpoint(reason="no log has so many entries")
    return checkpoint


def _check_seen(evidence: Evidence, checkpoint: Checkpoint, findings: Findings) -> None:
    """Hold every other checkpoint that this log has signed against the log."""
    log = evidence.policy.log(checkpoint.origin)
    read = hash_reader(checkpoint.size, evidence.fetch)
    for name, data in evidence.seen.items():
        try:
            seen = Checkpoint.parse(open_note(data, [log] if log else []).text)
        except KernelError:
            continue  # anybody can write one; what the log has not signed says nothing about it
        if seen.origin != checkpoint.origin:
            continue
        if seen.size > checkpoint.size:
            findings.add("checkpoint.shortened", name=name, size=seen.size, now=checkpoint.size)
            continue
        try:
            root = tree_root(seen.size, read)
        except KernelError:
            continue  # the missing tile is found already
        if root != seen.root:
            findings.add("checkpoint.split", name=name, size=seen.size)


def _slips(
    papers: tuple[Paper, ...], evidence: Evidence, findings: Findings
) -> dict[tuple[bytes, str], frozenset[bytes]]:
    lists: dict[tuple[bytes, str], frozenset[bytes]] = {}
    by_root: dict[bytes, frozenset[bytes]] = {}  # a thousand strata may name one list, which is read once
    for paper in papers:
        for stratum in paper.strata:
            if stratum.slip is None:
                continue
            root = stratum.slip.root
            if root not in by_root:
                by_root[root] = _slip_list(root, evidence, findings)
            if len(by_root[root]) == stratum.slip.printed:
                lists[paper.id, stratum.id] = by_root[root]
            else:
                findings.add("slips.list", stratum=stratum.id)
    return lists


def _slip_list(root: bytes, evidence: Evidence, findings: Findings) -> frozenset[bytes]:
    """The list of slips with this root; an empty one when what lies there is none."""
    data = fetched(evidence.fetch, slips_path(b64u(root)), findings) or b""
    hashes = [data[place : place + HASH_BYTES] for place in range(0, len(data), HASH_BYTES)]
    is_list = len(data) % HASH_BYTES == 0 and all(one < other for one, other in pairwise(hashes))
    return frozenset(hashes if is_list and list_root(hashes) == root else ())


def _promises(evidence: Evidence, origin: str, findings: Findings) -> Iterator[tuple[str, tuple[bytes, int]]]:
    log = evidence.policy.log(origin)
    for name, data in evidence.promises.items():
        try:
            kept = KeptPromise.decode(data)
            if log is not None:
                yield name, (kept.leaf, verify_promise(kept, box_key=log).deadline)
        except KernelError as error:
            findings.add("promise.refused", name=name, reason=str(error))
