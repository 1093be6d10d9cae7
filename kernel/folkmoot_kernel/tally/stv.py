"""The single transferable vote, in the variant of the Scottish Local Government Elections Order 2007.

Quota: the whole part of n / (places + 1), and one more. Surplus: the weighted inclusive Gregory method, every
answer that a chosen option holds goes on at its value x surplus / votes. One act a stage: the largest surplus
first; without a surplus, whoever has the fewest votes is excluded. When as many continue as places are left,
they are chosen. Ties: the most recent earlier stage at which the votes differ, then a lot.

Two things differ from the Order: values are exact fractions, not cut after five decimals, so nothing is lost on
the way; and a lot is the first of `draw.ranked("folkmoot/stv/<stage>", seed, positions)`, so that anybody can
draw it again.
Source: The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 46 to 52.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from folkmoot_kernel.draw import is_line, ranked
from folkmoot_kernel.errors import LotNeeded
from folkmoot_kernel.scales import Answer
from folkmoot_kernel.sentences import Name, sentence
from folkmoot_kernel.tally.result import Lot, Outcome, Stage

NOBODY = -1


def transferable_vote(
    answers: Mapping[Answer, int], places: int, names: Sequence[Name], seed: str
) -> Outcome:
    """Fill the places by transferable votes. Raises: LotNeeded when a tie needs a lot and the seed is not a line."""
    n = sum(answers.values())
    if n == 0:
        return Outcome((), (), places, sentence("tally.empty"))
    count = _Count(answers, places, names, seed)
    while not count.is_over:
        count.next_stage()
    said = sentence("tally.elected", elected=tuple(names[position] for position in count.elected))
    return Outcome(
        tuple(count.elected),
        (),
        0,
        said,
        quota=count.quota,
        stages=tuple(count.stages),
        lots=tuple(count.lots),
    )


class _Count:
    """One count on its way. `held[position]` is what an option holds: answers with the value of each."""

    def __init__(self, answers: Mapping[Answer, int], places: int, names: Sequence[Name], seed: str) -> None:
        self.places, self.names, self.seed = places, names, seed
        self.quota = sum(answers.values()) // (places + 1) + 1
        self.continuing = set(range(len(names)))
        self.elected: list[int] = []
        self.surplus: set[int] = set()  # elected, and their surplus not yet passed on
        self.held: list[defaultdict[Answer, Fraction]] = [defaultdict(Fraction) for _ in names]
        self.exhausted = Fraction(0)
        self.stages: list[Stage] = []
        self.lots: list[Lot] = []
        for answer, number in answers.items():
            self._give(answer, Fraction(number))

    @property
    def is_over(self) -> bool:
        return len(self.elected) == self.places

    def next_stage(self) -> None:
        """Say how the votes stand, choose whoever has the quota, then pass on one surplus or exclude one."""
        votes = tuple(sum(held.values(), Fraction(0)) for held in self.held)
        exhausted, transferred, excluded = self.exhausted, NOBODY, NOBODY
        chosen = self._chosen(votes)
        if not self.is_over and self.surplus:
            transferred = self._pass_on_surplus(votes)
        elif not self.is_over:
            excluded = self._exclude(votes)
        self.stages.append(Stage(votes, exhausted, chosen, transferred, excluded))

    def _chosen(self, votes: Sequence[Fraction]) -> tuple[int, ...]:
        """All who have the quota; or all who continue, when no more of them are left than places."""
        chosen = {position for position in self.continuing if votes[position] >= self.quota}
        if len(self.continuing) <= self.places - len(self.elected):
            chosen = set(self.continuing)
        ordered = tuple(sorted(chosen, key=lambda position: (-votes[position], position)))
        self.elected += ordered
        self.continuing -= chosen
        self.surplus |= {position for position in ordered if votes[position] > self.quota}
        return ordered

    def _pass_on_surplus(self, votes: Sequence[Fraction]) -> int:
        largest = max(votes[position] for position in self.surplus)
        position = self._one_of((p for p in self.surplus if votes[p] == largest), most=True)
        self.surplus.remove(position)
        part = (votes[position] - self.quota) / votes[position]
        passed = [(answer, value * part) for answer, value in self.held[position].items()]
        for answer, value in passed:
            self.held[position][answer] -= value
            self._give(answer, value)
        return position

    def _exclude(self, votes: Sequence[Fraction]) -> int:
        fewest = min(votes[position] for position in self.continuing)
        position = self._one_of((p for p in self.continuing if votes[p] == fewest), most=False)
        self.continuing.remove(position)
        passed, self.held[position] = self.held[position], defaultdict(Fraction)
        for answer, value in passed.items():
            self._give(answer, value)
        return position

    def _give(self, answer: Answer, value: Fraction) -> None:
        """Give an answer's value to the first that it ranks of those who continue."""
        for position in answer:
            if position in self.continuing:
                self.held[position][answer] += value
                return
        self.exhausted += value

    def _one_of(self, positions: Iterable[int], *, most: bool) -> int:
        """Tell equals apart: by the most recent earlier stage where they differ, else by lot."""
        equals = set(positions)
        for stage in reversed(self.stages):
            best = (max if most else min)(stage.votes[position] for position in equals)
            equals = {position for position in equals if stage.votes[position] == best}
        return equals.pop() if len(equals) == 1 else self._drawn(sorted(equals))

    def _drawn(self, equals: Sequence[int]) -> int:
        if not is_line(self.seed):
            raise LotNeeded(options=" and ".join(self.names[position].said("en") for position in equals))
        stage = len(self.stages) + 1
        drawn = int(ranked(f"folkmoot/stv/{stage}", self.seed, [str(position) for position in equals])[0])
        self.lots.append(Lot(stage, tuple(equals), drawn))
        return drawn
