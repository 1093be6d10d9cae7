from collections import Counter
from fractions import Fraction
from itertools import pairwise, permutations

import pytest
from folkmoot_kernel.draw import ranked
from folkmoot_kernel.errors import LotNeeded
from folkmoot_kernel.scales import SCHULZE, STV, Scale
from folkmoot_kernel.tally import Pile, tally
from hypothesis import given, settings
from hypothesis import strategies as st


def scale_of(kind, options, places=1):
    return Scale(kind, tuple({"en": option} for option in options), places)


def rankings(scale):
    return st.lists(st.sampled_from(range(len(scale.options))), unique=True, min_size=1).map(tuple)


# Schulze: the examples of the paper and of the textbooks.


def ranking_piles(scale, rows):
    letters = [option["en"][0] for option in scale.options]
    return [
        Pile.of_answers(
            scale, "token", [(tuple(letters.index(letter) for letter in row), n) for row, n in rows.items()]
        )
    ]


SCHULZE_45 = {
    "ACBED": 5, "ADECB": 5, "BEDAC": 8, "CABED": 3, "CAEBD": 7, "CBADE": 2, "DCEBA": 7, "EBADC": 8,
}  # fmt: skip


def test_schulze_finds_the_winner_of_the_paper_of_45_voters():
    scale = scale_of(SCHULZE, "ABCDE")
    outcome = tally(scale, ranking_piles(scale, SCHULZE_45)).outcome
    assert outcome.preferred == (
        (0, 20, 26, 30, 22),
        (25, 0, 16, 33, 18),
        (19, 29, 0, 17, 24),
        (15, 12, 28, 0, 14),
        (23, 27, 21, 31, 0),
    )
    assert (outcome.elected, outcome.tied) == ((4,), ())
    assert str(outcome.sentence) == "Preferred to all the others: E."


def test_schulze_fills_more_places_in_the_order_of_the_paper():
    for places, elected in ((2, (4, 0)), (3, (4, 0, 2)), (4, (4, 0, 2, 1)), (5, (4, 0, 2, 1, 3))):
        scale = scale_of(SCHULZE, "ABCDE", places)
        assert tally(scale, ranking_piles(scale, SCHULZE_45)).outcome.elected == elected


CAPITAL = {"MNCK": 42, "NCKM": 26, "CKNM": 15, "KCNM": 17}
CITIES = ("Memphis", "Nashville", "Chattanooga", "Knoxville")


def test_schulze_and_transferable_vote_choose_the_textbooks_capitals():
    by_schulze, by_transfer = scale_of(SCHULZE, CITIES), scale_of(STV, CITIES)
    assert tally(by_schulze, ranking_piles(by_schulze, CAPITAL)).outcome.elected == (1,)
    assert tally(by_transfer, ranking_piles(by_transfer, CAPITAL)).outcome.elected == (3,)


def test_schulze_gives_no_strength_to_the_losing_side_of_a_comparison():
    # All beat C by 7 to 5, so B, preferred to A by 5 to 2, wins: A must not come back through C.
    scale = scale_of(SCHULZE, "ABC")
    assert tally(scale, ranking_piles(scale, {"ABC": 2, "BAC": 5, "C": 5})).outcome.elected == (1,)


def test_schulze_says_a_tie():
    scale = scale_of(SCHULZE, "ABC")
    outcome = tally(scale, ranking_piles(scale, {"AB": 3, "BA": 3, "C": 1})).outcome
    assert (outcome.elected, outcome.tied, outcome.left) == ((), (0, 1), 1)
    assert "none is preferred" in str(outcome.sentence)


def beats(preferred, a, b):
    """By definition: the best of all chains from a to b against the best of all chains back."""

    def strongest(x, y):
        others = [n for n in range(len(preferred)) if n not in (x, y)]
        best = 0
        for length in range(len(others) + 1):
            for middle in permutations(others, length):
                chain = [x, *middle, y]
                steps = [
                    preferred[p][q] if preferred[p][q] > preferred[q][p] else 0 for p, q in pairwise(chain)
                ]
                best = max(best, min(steps))
        return best

    return strongest(a, b) > strongest(b, a)


@settings(max_examples=300)
@given(st.data())
def test_schulze_agrees_with_its_definition(data):
    scale = scale_of(SCHULZE, "ABCDE"[: data.draw(st.integers(2, 5))])
    rows = data.draw(st.dictionaries(rankings(scale), st.integers(1, 9), min_size=1, max_size=6))
    outcome = tally(scale, [Pile.of_answers(scale, "token", rows.items())]).outcome
    every = range(len(scale.options))
    best = tuple(a for a in every if not any(beats(outcome.preferred, b, a) for b in every))
    assert (outcome.elected or outcome.tied) == best
    assert len(outcome.elected) == (len(best) == 1)


# The transferable vote.


def test_transferable_vote_counts_the_textbooks_party():
    """20 voters, 3 places: chocolate has 12 and passes on 6, half of each answer; then pears go to oranges."""
    scale = scale_of(STV, ("Oranges", "Pears", "Chocolate", "Strawberries", "Wine gums"), 3)
    rows = {"O": 4, "PO": 2, "CS": 8, "CW": 4, "S": 1, "W": 1}
    outcome = tally(scale, ranking_piles(scale, rows)).outcome
    assert (outcome.quota, outcome.elected, outcome.lots) == (6, (2, 0, 3), ())
    stages = outcome.stages
    assert [stage.votes for stage in stages] == [
        (4, 2, 12, 1, 1),
        (4, 2, 6, 5, 3),
        (6, 0, 6, 5, 3),
        (6, 0, 6, 5, 0),
    ]
    assert [(s.elected, s.transferred, s.excluded) for s in stages] == [
        ((2,), 2, -1),
        ((), -1, 1),
        ((0,), -1, 4),
        ((3,), -1, -1),
    ]
    assert [stage.exhausted for stage in stages] == [0, 0, 0, 3]


def test_transferable_vote_passes_on_values_as_exact_fractions():
    scale = scale_of(STV, "ABCD", 2)
    outcome = tally(scale, ranking_piles(scale, {"AB": 5, "AC": 2, "D": 3, "C": 1})).outcome
    assert outcome.quota == 4
    assert outcome.stages[1].votes == (4, Fraction(15, 7), Fraction(13, 7), 3)
    assert outcome.stages[2].votes[3] == 3


def test_transferable_vote_looks_back_before_it_draws():
    # In stage 2 B and C both hold 4; in stage 1 C had fewer, so C goes, and no lot is needed.
    scale = scale_of(STV, "ABCD", 1)
    outcome = tally(scale, ranking_piles(scale, {"A": 6, "B": 4, "C": 3, "DC": 1})).outcome
    assert [stage.excluded for stage in outcome.stages] == [3, 2, 1, -1]
    assert (outcome.elected, outcome.lots) == ((0,), ())


def test_transferable_vote_looks_at_the_most_recent_stage_that_differs():
    # Stage 3: B and C hold 5 each. In stage 2 B had fewer, in stage 1 C had: the later one counts, so B goes.
    scale = scale_of(STV, "ABCD", 2)
    outcome = tally(scale, ranking_piles(scale, {"ACDB": 11, "B": 3, "DB": 2})).outcome
    assert [stage.votes for stage in outcome.stages] == [
        (11, 3, 0, 2),
        (6, 3, 5, 2),
        (6, 5, 5, 0),
        (6, 0, 5, 0),
    ]
    assert [stage.excluded for stage in outcome.stages] == [-1, 3, 1, -1]
    assert (outcome.elected, outcome.lots) == ((0, 2), ())


def test_transferable_vote_draws_a_lot_from_the_seed_and_says_so():
    scale = scale_of(STV, "ABC", 1)
    piles = ranking_piles(scale, {"A": 2, "B": 2})
    with pytest.raises(LotNeeded) as refused:
        tally(scale, piles)
    assert str(refused.value) == "Only a lot can tell A and B apart, and no seed was given for it."
    for seed in ("4-2-6", "1-1-5", "3-3-2"):
        outcome = tally(scale, piles, seed=seed).outcome
        drawn = int(ranked("folkmoot/stv/2", seed, ["0", "1"])[0])
        assert [(lot.stage, lot.among, lot.drawn) for lot in outcome.lots] == [(2, (0, 1), drawn)]
        assert outcome.elected == (1 - drawn,)


class Tellers:
    """The same variant with parcels of single papers, as people do it on a table: `tally` has to agree with it."""

    def __init__(self, scale, rows, seed):
        self.places, self.seed = scale.places, seed
        self.quota = sum(rows.values()) // (self.places + 1) + 1
        self.hopeful = set(range(len(scale.options)))
        self.parcels = {p: [] for p in self.hopeful}
        self.elected, self.waiting, self.history, self.acts = [], [], [], []
        for ballot, times in rows.items():
            self.deal([(ballot, Fraction(1))] * times)

    def deal(self, papers):
        for ballot, value in papers:
            taker = next((p for p in ballot if p in self.hopeful), None)
            if taker is not None:
                self.parcels[taker].append((ballot, value))

    def pick(self, among, key):
        for then in reversed(self.history[:-1]):
            best = key(then[p] for p in among)
            among = [p for p in among if then[p] == best]
        if len(among) == 1:
            return among[0]
        label = f"folkmoot/stv/{len(self.history)}"
        return int(ranked(label, self.seed, [str(p) for p in sorted(among)])[0])

    def elect(self, now):
        is_rest = len(self.hopeful) == self.places - len(self.elected)
        winners = [p for p in self.hopeful if is_rest or now[p] >= self.quota]
        for p in sorted(winners, key=lambda p: (-now[p], p)):
            self.hopeful.discard(p)
            self.elected.append(p)
            if now[p] > self.quota:
                self.waiting.append(p)

    def pass_on(self, now):
        top = max(now[p] for p in self.waiting)
        p = self.pick([q for q in self.waiting if now[q] == top], max)
        self.waiting.remove(p)
        self.acts.append((p, -1))
        share, kept = (now[p] - self.quota) / now[p], self.parcels[p]
        self.deal([(ballot, value * share) for ballot, value in kept])
        self.parcels[p] = [(ballot, value * (1 - share)) for ballot, value in kept]

    def exclude(self, now):
        low = min(now[p] for p in self.hopeful)
        p = self.pick([q for q in self.hopeful if now[q] == low], min)
        self.hopeful.discard(p)
        self.acts.append((-1, p))
        gone, self.parcels[p] = self.parcels[p], []
        self.deal(gone)

    def count(self):
        while True:
            now = {p: sum(value for _, value in papers) for p, papers in self.parcels.items()}
            self.history.append(now)
            self.elect(now)
            if len(self.elected) == self.places:
                return tuple(self.elected)
            (self.pass_on if self.waiting else self.exclude)(now)


@settings(max_examples=300)
@given(st.data())
def test_transferable_vote_agrees_with_a_count_by_parcels(data):
    count = data.draw(st.integers(2, 5))
    scale = scale_of(STV, "ABCDE"[:count], data.draw(st.integers(1, count)))
    rows = data.draw(st.dictionaries(rankings(scale), st.integers(1, 7), min_size=1, max_size=8))
    outcome = tally(scale, [Pile.of_answers(scale, "token", rows.items())], seed="dice 3 1 6").outcome
    n = sum(rows.values())
    tellers = Tellers(scale, rows, "dice 3 1 6")
    assert outcome.elected == tellers.count()
    assert [stage.votes for stage in outcome.stages] == [tuple(now.values()) for now in tellers.history]
    assert [(s.transferred, s.excluded) for s in outcome.stages] == [*tellers.acts, (-1, -1)]
    assert len(set(outcome.elected)) == scale.places
    assert [sum(stage.votes) + stage.exhausted for stage in outcome.stages] == [n] * len(outcome.stages)
    first = Counter(answer[0] for answer, number in rows.items() for _ in range(number))
    assert {p for p, number in first.items() if number >= outcome.quota} <= set(outcome.elected)
