"""Schulze's method: who is preferred to whom, along the strongest chain of comparisons.

Variant: the strength of a comparison is the number of answers on its winning side. An option that an answer does
not rank is ranked below all that it does, and level with the others left out.
Source: M. Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent
single-winner election method (2011), section 2.
"""

from collections.abc import Mapping, Sequence

from folkmoot_kernel.scales import Answer
from folkmoot_kernel.sentences import Name, Sentence, sentence
from folkmoot_kernel.tally.result import Outcome


def schulze(answers: Mapping[Answer, int], places: int, names: Sequence[Name]) -> Outcome:
    """Fill the places with those to whom no other is preferred, then with such among the rest, and so on.

    When more of them are level than places are left, that is a tie, which is said.
    """
    if not answers:
        return Outcome((), (), places, sentence("tally.empty"))
    preferred = _preferred(answers, len(names))
    strength = _strongest_chains(preferred)
    elected: list[int] = []
    level = rest = set(range(len(names)))
    while len(elected) < places:
        level = {a for a in rest if all(strength[a][b] >= strength[b][a] for b in rest)}
        if len(elected) + len(level) > places:
            break
        elected += sorted(level)
        rest = rest - level
    tied = sorted(level & rest)
    left = places - len(elected)
    said = _sentence([names[p] for p in elected], [names[p] for p in tied], left)
    return Outcome(tuple(elected), tuple(tied), left, said, preferred)


def _sentence(elected: Sequence[Name], tied: Sequence[Name], left: int) -> Sentence:
    if not tied:
        return sentence("tally.schulze", elected=tuple(elected))
    if not elected:
        return sentence("tally.schulze_tie", tied=tuple(tied), left=left)
    return sentence("tally.schulze_then_tie", elected=tuple(elected), tied=tuple(tied), left=left)


def _preferred(answers: Mapping[Answer, int], count: int) -> tuple[tuple[int, ...], ...]:
    """How many answers rank a above b. Shapes: count x count."""
    numbers = [[0] * count for _ in range(count)]
    for answer, number in answers.items():
        below = set(range(count))
        for a in answer:
            below.discard(a)
            for b in below:
                numbers[a][b] += number
    return tuple(map(tuple, numbers))


def _strongest_chains(preferred: Sequence[Sequence[int]]) -> list[list[int]]:
    """The strength of a chain is that of its weakest comparison; this is Floyd and Warshall's way to the best."""
    every = range(len(preferred))
    strength = [[preferred[a][b] if preferred[a][b] > preferred[b][a] else 0 for b in every] for a in every]
    for through in every:
        for a in every:
            for b in every:
                if len({through, a, b}) == 3:
                    chain = min(strength[a][through], strength[through][b])
                    strength[a][b] = max(strength[a][b], chain)
    return strength
