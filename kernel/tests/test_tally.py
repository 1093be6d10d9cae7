import tracemalloc
from array import array
from collections import Counter
from itertools import permutations

import pytest
from folkmoot_kernel.errors import MalformedAnswer, MalformedPile
from folkmoot_kernel.scales import APPROVAL, PLURALITY, RANKED, RATING, SCHULZE, STV, YES_NO, Scale
from folkmoot_kernel.tally import (
    ChannelCount,
    Pile,
    Totals,
    alike_sentence,
    answer_of,
    code_of,
    count_codes,
    is_code,
    tally,
)
from hypothesis import given
from hypothesis import strategies as st

GRADES = ("Good", "Fairly good", "Average", "Poor")


def scale_of(kind, options, places=1):
    return Scale(kind, tuple({"en": option} for option in options), places)


RATE = scale_of(RATING, GRADES)
BALLOT = scale_of(YES_NO, ("Yes", "No", "Abstain"))


@st.composite
def scales(draw):
    kind = draw(st.sampled_from([RATING, PLURALITY, APPROVAL, YES_NO, SCHULZE, STV]))
    most = 5 if kind in RANKED else 9
    count = 3 if kind == YES_NO else draw(st.integers(2, most))
    return scale_of(kind, [f"Option {n}" for n in range(count)], draw(st.integers(1, count)))


def answers(scale):
    positions = st.sampled_from(range(len(scale.options)))
    if scale.kind == APPROVAL:
        return st.lists(positions, unique=True).map(sorted).map(tuple)
    if scale.kind in RANKED:
        return st.lists(positions, unique=True, min_size=1).map(tuple)
    return positions.map(lambda position: (position,))


def pile(scale, channel, given_answers, spoiled=0):
    return Pile(channel, count_codes(code_of(scale, answer) for answer in given_answers), spoiled)


# Codes.


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [(RATING, (3,), 3), (APPROVAL, (0, 2), 0b101), (APPROVAL, (), 0), (SCHULZE, (2, 0), 0b001011)],
)
def test_code_of_is_as_it_is_written(kind, answer, code):
    assert code_of(scale_of(kind, GRADES), answer) == code


@given(st.data())
def test_answer_of_reads_every_code_and_nothing_else(data):
    scale = data.draw(scales())
    answer = data.draw(answers(scale))
    assert answer_of(scale, code_of(scale, answer)) == answer
    code = data.draw(st.integers(-5, 1 << 16))
    if is_code(scale, code):
        assert code_of(scale, answer_of(scale, code)) == code
    else:
        with pytest.raises(MalformedAnswer):
            answer_of(scale, code)


@pytest.mark.parametrize(
    ("kind", "count", "codes"), [(STV, 5, 325), (SCHULZE, 2, 4), (APPROVAL, 6, 64), (RATING, 4, 4)]
)
def test_scale_has_as_many_codes_as_answers(kind, count, codes):
    scale = scale_of(kind, [f"Option {n}" for n in range(count)])
    assert sum(is_code(scale, code) for code in range(-2, 1 << 15)) == codes


def test_every_ranking_of_five_fits_into_two_bytes():
    scale = scale_of(STV, "ABCDE")
    assert max(code_of(scale, ranking) for ranking in permutations(range(5))) < 1 << 16


@given(
    st.sampled_from("BHILQ"),
    st.lists(st.one_of(st.integers(0, 6), st.integers(0, 255)), max_size=400),
)
def test_count_codes_is_the_same_with_numpy_and_without(format_, numbers):
    expected = dict(sorted(Counter(numbers).items()))
    packed = bytes(numbers) if format_ == "B" else array(format_, numbers)
    for counted in (count_codes(packed), count_codes(packed, plain=True), count_codes(iter(numbers))):
        assert list(counted.items()) == list(expected.items())
        assert {type(number) for number in [*counted, *counted.values()]} <= {int}


def test_count_codes_counts_across_its_pieces_in_flat_memory():
    codes = bytes(n % 5 for n in range(1_000)) * 3_000
    tracemalloc.start()
    counted = count_codes(codes)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counted == dict.fromkeys(range(5), 600_000)
    assert peak < 8_000_000
    assert count_codes(codes, plain=True) == counted


def test_count_codes_takes_large_codes_and_refuses_signed_ones():
    assert count_codes(array("Q", [1 << 62, 3, 1 << 62])) == {3: 1, 1 << 62: 2}
    with pytest.raises(MalformedAnswer):
        count_codes(array("i", [1]))


# Distribution, n, spoiled, channels.


def test_rating_gives_the_distribution_and_no_winner():
    result = tally(
        RATE,
        [
            pile(RATE, "token", [(0,)] * 12 + [(3,)] * 5, spoiled=1),
            pile(RATE, "slip", [(1,)] * 11),
            Totals("hand", papers=20, totals=(8, 6, 4, 2), spoiled=3),
        ],
    )
    assert (result.distribution, result.n, result.spoiled) == ((20, 17, 4, 7), 48, 4)
    assert result.channels == (
        ChannelCount("hand", 20, 3),
        ChannelCount("slip", 11, 0),
        ChannelCount("token", 17, 1),
    )
    assert (result.alike, result.outcome) == (None, None)


def test_yes_no_abstain_leaves_the_verdict_to_thresholds():
    result = tally(BALLOT, [pile(BALLOT, "token", [(0,)] * 4 + [(1,)] * 2 + [(2,)] * 24)])
    assert (result.distribution, result.n, result.outcome) == ((4, 2, 24), 30, None)


def test_tally_of_nothing_is_nothing():
    for kind in (RATING, PLURALITY, APPROVAL, SCHULZE, STV):
        result = tally(scale_of(kind, "ABC"), [])
        assert (result.n, result.distribution, result.alike) == (0, (0, 0, 0), None)
        if kind != RATING:
            assert (result.outcome.elected, result.outcome.tied, result.outcome.left) == ((), (), 1)
            assert str(result.outcome.sentence) == "No option has a vote."


@given(st.data())
def test_tally_is_the_same_by_whichever_channel_the_answers_came(data):
    scale = data.draw(scales())
    given_answers = data.draw(st.lists(answers(scale), max_size=30))
    channels = data.draw(
        st.lists(
            st.sampled_from(["token", "slip", "hand"]),
            min_size=len(given_answers),
            max_size=len(given_answers),
        )
    )
    piles = []
    for channel in data.draw(st.permutations(sorted(set(channels)))):
        mine = [answer for answer, by in zip(given_answers, channels, strict=True) if by == channel]
        if channel == "hand" and scale.kind not in RANKED and data.draw(st.booleans()):
            totals = tuple(sum(n in answer for answer in mine) for n in range(len(scale.options)))
            piles.append(Totals(channel, len(mine), totals))
        else:
            piles.append(Pile.of_answers(scale, channel, Counter(mine).items()))
    apart = tally(scale, piles, seed="1234")
    together = tally(scale, [pile(scale, "all", given_answers)], seed="1234")
    assert (apart.distribution, apart.n, apart.outcome, apart.alike) == (
        together.distribution,
        together.n,
        together.outcome,
        together.alike,
    )
    assert {each.channel: each.n for each in apart.channels} == dict(Counter(channels))


@pytest.mark.parametrize(
    ("kind", "totals"),
    [
        (RATING, Totals("hand", 5, (1, 1, 1, 1))),
        (RATING, Totals("hand", 4, (1, 1, 2))),
        (RATING, Totals("hand", 0, (-1, 1, 0, 0))),
        (RATING, Totals("hand", 0, (0, 0, 0, 0), spoiled=-1)),
        (APPROVAL, Totals("hand", 4, (5, 0, 0, 0))),
        (STV, Totals("hand", 4, (1, 1, 1, 1))),
        (RATING, Pile("token", {0: -1})),
        (RATING, Pile("token", {0: 1}, spoiled=-1)),
    ],
)
def test_tally_refuses_a_pile_that_contradicts_itself(kind, totals):
    with pytest.raises(MalformedPile):
        tally(scale_of(kind, GRADES), [totals])


def test_tally_refuses_a_code_that_is_no_answer():
    with pytest.raises(MalformedAnswer):
        tally(RATE, [Pile("token", {4: 1})])


# All alike.


def test_alike_is_said_without_numbers_below_2k():
    few = tally(RATE, [pile(RATE, "token", [(0,)] * 19)])
    many = tally(RATE, [pile(RATE, "token", [(0,)] * 12), Totals("hand", 8, (8, 0, 0, 0))])
    assert few.alike == many.alike == (0,)
    assert str(alike_sentence(RATE, few, k=10)) == "All answered alike: Good."
    assert str(alike_sentence(RATE, many, k=10)) == "All 20 answered alike: Good."
    mixed = tally(RATE, [pile(RATE, "token", [(0,)] * 18 + [(1,)])])
    assert alike_sentence(RATE, mixed, k=10) is None


def test_alike_looks_at_whole_answers():
    approve = scale_of(APPROVAL, "ABC", 2)
    assert tally(approve, [pile(approve, "token", [(0, 2)] * 3)]).alike == (0, 2)
    assert tally(approve, [pile(approve, "token", [(0,), (2,)])]).alike is None
    nothing = tally(approve, [pile(approve, "token", [()] * 3)])
    assert nothing.alike == ()
    assert str(alike_sentence(approve, nothing, k=10)) == "All answered alike: none of the options."
    rank = scale_of(SCHULZE, "ABC")
    assert tally(rank, [pile(rank, "token", [(0, 1), (0, 2)])]).alike is None
    assert tally(rank, [pile(rank, "token", [(0, 1)] * 2)]).alike == (0, 1)


# Plurality and approval.


def votes(kind, numbers, places=1):
    scale = scale_of(kind, [chr(65 + n) for n in range(len(numbers))], places)
    totals = tuple(numbers)
    papers = sum(numbers) if kind == PLURALITY else max(numbers)
    return tally(scale, [Totals("hand", papers, totals)]).outcome


@pytest.mark.parametrize(
    ("numbers", "places", "expected"),
    [
        ((5, 9, 2), 1, ((1,), (), 0, "Chosen: B.")),
        ((9, 9, 2), 1, ((), (0, 1), 1, "A tie: A, B have 9 each, and the number of places for them is 1.")),
        ((9, 9, 2), 2, ((0, 1), (), 0, "Chosen: A, B.")),
        (
            (9, 5, 5, 5, 1), 3,
            ((0,), (1, 2, 3), 2,
             "Chosen: A. Then a tie: B, C, D have 5 each, and the number of places for them is 2."),
        ),
        ((9, 0, 0), 2, ((0,), (), 1, "Chosen: A. Places left empty, because nobody else has a vote: 1.")),
        ((7, 8, 8, 7), 2, ((1, 2), (), 0, "Chosen: B, C.")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [PLURALITY, APPROVAL])
def test_most_votes_take_the_places_and_ties_are_said(kind, numbers, places, expected):
    outcome = votes(kind, numbers, places)
    assert (outcome.elected, outcome.tied, outcome.left, str(outcome.sentence)) == expected


@given(st.lists(st.integers(0, 4), min_size=2, max_size=9), st.data())
def test_most_votes_never_breaks_a_tie(numbers, data):
    places = data.draw(st.integers(1, len(numbers)))
    outcome = votes(PLURALITY, numbers, places)
    out = [n for n in range(len(numbers)) if n not in outcome.elected + outcome.tied]
    for chosen in outcome.elected:
        assert numbers[chosen] > 0
        assert all(numbers[chosen] > numbers[other] for other in (*outcome.tied, *out))
    assert len({numbers[n] for n in outcome.tied}) <= 1
    assert len(outcome.elected) + outcome.left == places
    assert len(outcome.tied) != 1
    assert not outcome.tied or len(outcome.tied) > outcome.left
    assert all(numbers[n] < max(1, *(numbers[t] for t in outcome.tied), 0) for n in out if outcome.left)


@given(st.data())
def test_tally_does_not_depend_on_the_order_of_piles(data):
    scale = data.draw(scales())
    rows = data.draw(st.lists(answers(scale), max_size=20))
    piles = [Pile.of_answers(scale, "token", [(answer, 1)]) for answer in rows]
    shuffled = data.draw(st.permutations(piles))
    assert tally(scale, piles, seed="7") == tally(scale, shuffled, seed="7")
