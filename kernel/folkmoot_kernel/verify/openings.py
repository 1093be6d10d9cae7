"""Every ballot that counts opened once, to the answer it was cast with, or declared spoiled."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from folkmoot_kernel.errors import KernelError, MalformedAnswer
from folkmoot_kernel.hpke import RecipientKey
from folkmoot_kernel.scales import Scale
from folkmoot_kernel.sealing import Opening, unseal_opening, verify_opening
from folkmoot_kernel.tally import code_of
from folkmoot_kernel.verify.desk import Desk
from folkmoot_kernel.verify.findings import Finding
from folkmoot_kernel.verify.rows import Cast, Opened, Part, read_rows, unpack_casts, unpack_opened

MAX_TRIED: Final = (
    10  # openings of one c; an honest log has one, and a thousand for a thousand copies would take all day
)


class SpoiledAt(NamedTuple):
    entry: int
    c: bytes
    o: bytes


class OpeningsJob(NamedTuple):
    """Shapes: `keys` the closing keys of the cells that are opened, empty where none was given; `windows` for each
    paper between which entries its openings have to stand."""

    counted: Part
    opened: Part
    spoiled: tuple[SpoiledAt, ...]
    keys: Mapping[int, bytes]
    windows: Mapping[int, tuple[int, int]]


@dataclass
class OpeningsRead:
    """Shapes: `answers` of each cell, code by code; `spoiled` ballots of each cell; `spans` for each paper the first
    and last entry with an opening, in ascending order of c."""

    answers: dict[int, Counter[int]] = field(default_factory=dict)
    spoiled: Counter[int] = field(default_factory=Counter)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def find(self, key: str, index: int, **facts: str) -> None:
        self.findings.append(Finding(key, (("index", index), *sorted(facts.items()))))


def read_openings(desk: Desk, job: OpeningsJob) -> OpeningsRead:
    """Open one file of ballots: those whose c begins with the same byte."""
    return _Opening(desk, job).read()


class _Opening:
    def __init__(self, desk: Desk, job: OpeningsJob) -> None:
        self.cells, self.papers, self.job = desk.electorate.cells, desk.electorate.papers, job
        self.found = OpeningsRead()
        self.waiting: dict[
            bytes, list[Cast]
        ] = {}  # of one c there is more than one only when somebody copied it
        self.said: dict[tuple[int, bytes], int | None] = {}  # paper and answer -> its code
        self.last_c: dict[int, bytes] = {}
        self.tried: Counter[bytes] = Counter()

    def read(self) -> OpeningsRead:
        for counted in unpack_casts(read_rows(self.job.counted)):
            self.waiting.setdefault(counted.c, []).append(counted)
        declared = {spoiled.c: spoiled.entry for spoiled in self.job.spoiled}
        done: dict[bytes, list[Cast]] = {}
        for opened in unpack_opened(read_rows(self.job.opened)):
            cast = self._opened(opened, done)
            if cast is not None:
                taken_back = declared.get(opened.c, opened.entry) < opened.entry
                self._place(opened, self.cells[cast.cell].paper, taken_back)
        for spoiled in self.job.spoiled:
            self._spoiled(spoiled, done)
        for left in (cast for casts in self.waiting.values() for cast in casts):
            if left.cell in self.job.keys:
                self.found.find("opening.missing", left.entry)
        return self.found

    def _opened(self, opened: Opened, done: dict[bytes, list[Cast]]) -> Cast | None:
        opening, waiting = Opening(opened.r, opened.a), self.waiting.get(opened.c, [])
        self.tried[opened.c] += 1
        is_tried = self.tried[opened.c] <= MAX_TRIED
        cast = next((cast for cast in waiting if is_tried and _fits(cast, opening)), None)
        if cast is None:
            if is_tried and any(_fits(other, opening) for other in done.get(opened.c, [])):
                self.found.find("opening.twice", opened.entry)
            elif any(cast.cell in self.job.keys for cast in waiting):
                self.found.find("opening.refused", opened.entry)
            else:
                self.found.find("opening.closed_cell" if waiting else "opening.stranger", opened.entry)
            return None
        waiting.remove(cast)
        done.setdefault(opened.c, []).append(cast)
        if cast.cell not in self.job.keys:
            self.found.find("opening.closed_cell", opened.entry)
            return None
        self._count(cast, opened.a)
        return cast

    def _count(self, cast: Cast, answer: bytes) -> None:
        paper = self.cells[cast.cell].paper
        if (paper, answer) not in self.said:
            self.said[paper, answer] = _code(self.papers[paper].scale, answer)
        code = self.said[paper, answer]
        if code is None:
            self.found.spoiled[cast.cell] += 1
        else:
            self.found.answers.setdefault(cast.cell, Counter())[code] += 1

    def _place(self, opened: Opened, paper: int, taken_back: bool) -> None:  # noqa: FBT001
        after, before = self.job.windows[paper]
        if not after < opened.entry < before:
            self.found.find("leaf.place", opened.entry, kind="opening")
        if taken_back:
            return
        if opened.c < self.last_c.get(paper, b""):
            self.found.findings.append(Finding("opening.order"))
        self.last_c[paper] = opened.c
        first, last = self.found.spans.get(paper, (opened.entry, opened.entry))
        self.found.spans[paper] = (min(first, opened.entry), max(last, opened.entry))

    def _spoiled(self, spoiled: SpoiledAt, done: Mapping[bytes, Iterable[Cast]]) -> None:
        oh = hashlib.sha256(spoiled.o).digest()
        waiting = self.waiting.get(spoiled.c, [])
        cast = next((cast for cast in waiting if cast.oh == oh), None)
        if cast is None:
            if not any(cast.oh == oh for cast in done.get(spoiled.c, [])):  # else it was taken back
                self.found.find("spoiled.stranger", spoiled.entry)
            return
        waiting.remove(cast)
        if cast.cell not in self.job.keys:
            self.found.find("opening.closed_cell", spoiled.entry)
        elif self._opens(cast, spoiled.o):
            self.found.find("spoiled.opens", spoiled.entry)
        self.found.spoiled[cast.cell] += 1

    def _opens(self, cast: Cast, sealed: bytes) -> bool:
        longest = self.papers[self.cells[cast.cell].paper].scale.longest_answer_bytes
        try:
            key = RecipientKey(self.job.keys[cast.cell])
            verify_opening(cast.pk, cast.c, unseal_opening(key, sealed, c=cast.c, longest=longest))
        except KernelError:
            return False
        return True


def _fits(cast: Cast, opening: Opening) -> bool:
    try:
        verify_opening(cast.pk, cast.c, opening)
    except KernelError:
        return False
    return True


def _code(scale: Scale, answer: bytes) -> int | None:
    try:
        return code_of(scale, scale.choices(answer))
    except MalformedAnswer:
        return None
