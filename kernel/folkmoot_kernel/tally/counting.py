"""From piles and sheets to a result."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from folkmoot_kernel.errors import MalformedPile
from folkmoot_kernel.scales import APPROVAL, PLURALITY, RANKED, SCHULZE, Answer, Scale
from folkmoot_kernel.sentences import Sentence, name_of, sentence
from folkmoot_kernel.tally.codes import answer_of, code_of
from folkmoot_kernel.tally.most import most_votes
from folkmoot_kernel.tally.result import ChannelCount, Outcome, Result
from folkmoot_kernel.tally.schulze import schulze
from folkmoot_kernel.tally.stv import transferable_vote


@dataclass(frozen=True, slots=True)
class Pile:
    """Answers of one channel, counted code by code; those that cannot be read are only counted as spoiled."""

    channel: str
    counts: Mapping[int, int]
    spoiled: int = 0

    @classmethod
    def of_answers(
        cls, scale: Scale, channel: str, answers: Iterable[tuple[Answer, int]], spoiled: int = 0
    ) -> "Pile":
        """Take different answers with how often each was given, as a tally sheet has them. Raises: MalformedAnswer."""
        counts: Counter[int] = Counter()
        for answer, number in answers:
            counts[code_of(scale, answer)] += number
        return cls(channel, counts, spoiled)


@dataclass(frozen=True, slots=True)
class Totals:
    """What was counted by hand: how many papers count, and how many of them name each option.

    Rankings do not fit into totals: they come as a `Pile`, ranking by ranking.
    """

    channel: str
    papers: int
    totals: tuple[int, ...]
    spoiled: int = 0


def tally(scale: Scale, piles: Iterable[Pile | Totals], *, seed: str = "") -> Result:
    """Count all answers to one paper, by whichever channels they came.

    `seed` is for the lots of a transferable vote: a text that nobody knew when the answers were given.
    Raises: MalformedAnswer for a code that is no answer, MalformedPile, LotNeeded.
    """
    answers: Counter[Answer] = Counter()
    by_hand: list[Totals] = []
    channels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for pile in piles:
        _require_numbers(pile)
        if isinstance(pile, Totals):
            _require_totals(scale, pile)
            by_hand.append(pile)
            n = pile.papers
        else:
            answers.update({answer_of(scale, code): number for code, number in pile.counts.items() if number})
            n = sum(pile.counts.values())
        channels[pile.channel].update(n=n, spoiled=pile.spoiled)
    return Result(
        distribution=(distribution := _distribution(scale, answers, by_hand)),
        n=(n := sum(channel["n"] for channel in channels.values())),
        spoiled=sum(channel["spoiled"] for channel in channels.values()),
        channels=tuple(
            ChannelCount(name, channel["n"], channel["spoiled"]) for name, channel in sorted(channels.items())
        ),
        alike=_alike(scale, answers, distribution, n),
        outcome=_outcome(scale, answers, distribution, seed),
    )


def _distribution(scale: Scale, answers: Mapping[Answer, int], by_hand: Iterable[Totals]) -> tuple[int, ...]:
    totals = [0] * len(scale.options)
    for answer, number in answers.items():
        for position in answer[:1] if scale.kind in RANKED else answer:
            totals[position] += number
    for sheet in by_hand:
        totals = [total + more for total, more in zip(totals, sheet.totals, strict=True)]
    return tuple(totals)


def _alike(
    scale: Scale, answers: Mapping[Answer, int], distribution: tuple[int, ...], n: int
) -> Answer | None:
    if n == 0 or (scale.kind in RANKED and len(answers) > 1):
        return None
    if scale.kind in RANKED:
        return next(iter(answers))
    if any(number not in (0, n) for number in distribution):
        return None
    return tuple(position for position, number in enumerate(distribution) if number)


def _outcome(
    scale: Scale, answers: Mapping[Answer, int], distribution: tuple[int, ...], seed: str
) -> Outcome | None:
    names = tuple(map(name_of, scale.options))
    if scale.kind in (PLURALITY, APPROVAL):
        return most_votes(distribution, scale.places, names)
    if scale.kind == SCHULZE:
        return schulze(answers, scale.places, names)
    if scale.kind in RANKED:
        return transferable_vote(answers, scale.places, names, seed)
    return None


def _require_numbers(pile: Pile | Totals) -> None:
    numbers = (pile.papers, *pile.totals) if isinstance(pile, Totals) else tuple(pile.counts.values())
    if min((pile.spoiled, *numbers)) < 0:
        raise MalformedPile(channel=pile.channel, reason="a number is below zero")


def _require_totals(scale: Scale, sheet: Totals) -> None:
    if scale.kind in RANKED:
        raise MalformedPile(channel=sheet.channel, reason="rankings are counted one by one, not by totals")
    if len(sheet.totals) != len(scale.options):
        raise MalformedPile(channel=sheet.channel, reason="it has not one total for each option")
    if scale.kind == APPROVAL and max(sheet.totals) > sheet.papers:
        raise MalformedPile(
            channel=sheet.channel, reason="an option is named more often than there are papers"
        )
    if scale.kind != APPROVAL and sum(sheet.totals) != sheet.papers:
        raise MalformedPile(channel=sheet.channel, reason="its totals are not together the number of papers")


def alike_sentence(scale: Scale, result: Result, *, k: int) -> Sentence | None:
    """Say that all answered alike, if they did; below 2k without numbers, and then no page shows any beside it."""
    if result.alike is None:
        return None
    chosen = tuple(name_of(scale.options[position]) for position in result.alike)
    answer = chosen or sentence("tally.nothing")
    if result.n < 2 * k:
        return sentence("tally.alike_unnumbered", answer=answer)
    return sentence("tally.alike", n=result.n, answer=answer)
