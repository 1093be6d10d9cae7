"""The result counted anew, by the same tally that everybody uses, and held against the one in the log."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from folkmoot_kernel.cells import settle_cell
from folkmoot_kernel.errors import KernelError, LotNeeded
from folkmoot_kernel.leaves import Result, ResultCell, Sheet, Tally
from folkmoot_kernel.papers import HAND, Composition
from folkmoot_kernel.scales import RANKED
from folkmoot_kernel.tally import Pile, Totals, code_of, tally
from folkmoot_kernel.thresholds import Base, Share
from folkmoot_kernel.verify.counts import PaperCounts
from folkmoot_kernel.verify.findings import Findings

SEED_OF_A_PART: Final = "only the whole elects"


@dataclass
class Counting:
    """Shapes: `answers` of each opened cell, code by code; `spoiled` ballots of each."""

    counts: PaperCounts
    answers: Mapping[int, Counter[int]]
    spoiled: Mapping[int, int]
    findings: Findings

    def result(self, seed: str) -> Result | None:
        """What the result has to be. None when sheets cannot be counted. Raises: LotNeeded."""
        paper = self.counts.paper
        cells, piles = [], []
        for cell, pile in self._piles():
            if pile is None:
                cells.append(cell)
                continue
            try:
                counted = tally(paper.scale, [pile], seed=SEED_OF_A_PART)
            except KernelError:
                number = len(cells) - len(self.counts.cells) + 1
                self.findings.add("count.sheet", number=number)
                return None
            piles.append(pile)
            cells.append(replace(cell, spoiled=counted.spoiled, tally=Tally(counted.n, counted.distribution)))
        total = tally(paper.scale, piles, seed=seed)
        outcome = total.outcome
        elected, tied = (outcome.elected, outcome.tied) if outcome else ((), ())
        whole = Tally(total.n, total.distribution, elected, tied)
        return Result(paper.id, tuple(cells), whole, self._composition(), seed)

    def check(self) -> None:
        """Hold the result of the log against ours."""
        if self.counts.log.result is None:
            return
        index, said = self.counts.log.result
        try:
            ours = self.result(said.seed)
        except LotNeeded:
            self.findings.add("result.lot", index=index)
            return
        if ours is None:
            return
        if len(said.composition) != len(ours.composition):
            self.findings.add("leaf.incomplete", index=index, kind="result")
        for rule, (claimed, kept) in enumerate(zip(said.composition, ours.composition, strict=False), 1):
            if claimed != kept:
                self.findings.add(
                    "composition.result" if claimed else "composition.denied", index=index, rule=rule
                )
        if replace(said, composition=ours.composition) != ours:
            self.findings.add("result.differs", index=index)

    def _piles(self) -> Iterator[tuple[ResultCell, Pile | Totals | None]]:
        opened = self.counts.opened
        for cell in self.counts.cells:
            accepted = self.counts.accepted.get(cell.number, 0)
            shown = ResultCell((cell.stratum.id,), cell.channel, accepted, 0, None)
            if cell in opened:
                answers = self.answers.get(cell.number, Counter())
                yield shown, Pile(cell.channel, answers, self.spoiled.get(cell.number, 0))
            else:
                yield shown, None
        for sheet in self.counts.log.close[1].sheets if self.counts.log.close else ():
            on_it = sheet.papers + sheet.spoiled
            is_opened = settle_cell(on_it, k=self.counts.paper.k).holds
            yield ResultCell(sheet.strata, HAND, on_it, 0, None), self._sheet(sheet) if is_opened else None

    def _sheet(self, sheet: Sheet) -> Pile | Totals:
        scale = self.counts.paper.scale
        if scale.kind not in RANKED:
            return Totals(HAND, sheet.papers, sheet.totals, sheet.spoiled)
        try:
            counts = {code_of(scale, answer): number for answer, number in sheet.rankings}
        except KernelError:
            counts = {-1: 1}  # which no tally takes
        return Pile(HAND, counts if sum(counts.values()) == sheet.papers else {-1: 1}, sheet.spoiled)

    def _composition(self) -> tuple[bool, ...]:
        taken = self.counts.taken()
        return tuple(_is_kept(rule, taken) for rule in self.counts.paper.composition)


def _is_kept(rule: Composition, taken: Mapping[str, int]) -> bool:
    """Tell whether enough of the papers taken are those of the rule's parts."""
    share = Share(rule.numerator, rule.denominator, strict=rule.is_strict, base=Base.APPRAISERS)
    return share.holds(sum(taken.get(part, 0) for part in rule.parts), sum(taken.values()))
