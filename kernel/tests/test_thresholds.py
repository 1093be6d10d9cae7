import dataclasses
from datetime import date
from fractions import Fraction

import pytest
from folkmoot_kernel.errors import ImpossibleCounts, MalformedThreshold, NotCounted, UnknownPreset
from folkmoot_kernel.presets import PRESETS, preset
from folkmoot_kernel.thresholds import (
    BASES,
    Base,
    Counts,
    Kind,
    Moment,
    Share,
    Threshold,
    Unit,
    at_least,
    more_than,
)
from hypothesis import given
from hypothesis import strategies as st

HALF_OF_DUE = Threshold(Kind.MAJORITY, (more_than(1, 2, Base.DUE),))
HALF_OF_PRESENT = Threshold(Kind.MAJORITY, (more_than(1, 2, Base.PRESENT),))
TWO_THIRDS_OF_VOTING = Threshold(Kind.MAJORITY, (at_least(2, 3, Base.YES_AND_NO),))
TWO_THIRDS_OF_PRESENT = Threshold(Kind.MAJORITY, (at_least(2, 3, Base.PRESENT),))
QUORUM = Threshold(Kind.QUORUM, (at_least(2, 3, Base.DUE),))


@st.composite
def shares(draw):
    denominator = draw(st.integers(1, 1000))
    numerator = draw(st.integers(1, denominator))
    strict = draw(st.booleans()) and numerator < denominator
    return Share(numerator, denominator, strict=strict, base=draw(st.sampled_from(sorted(Base))))


# The worked cases.


def test_of_39_due_a_majority_is_20():
    assert HALF_OF_DUE.verdict(Counts(due=39, yes=19, no=0)).needed == 20
    assert [HALF_OF_DUE.verdict(Counts(due=39, yes=yes)).holds for yes in (19, 20)] == [False, True]


def test_four_of_six_voting_are_two_thirds_and_four_of_thirty_present_are_not():
    counts = Counts(present=30, cast=30, valid=30, yes=4, no=2)
    voting, present = TWO_THIRDS_OF_VOTING.verdict(counts), TWO_THIRDS_OF_PRESENT.verdict(counts)
    assert (voting.holds, voting.needed, voting.whole) == (True, 4, 6)
    assert (present.holds, present.needed, present.whole) == (False, 20, 30)


def test_two_of_three_are_two_thirds():
    assert TWO_THIRDS_OF_VOTING.verdict(Counts(yes=2, no=1)).holds is True


def test_50_of_100_is_not_more_than_half():
    verdict = HALF_OF_PRESENT.verdict(Counts(present=100, yes=50))
    assert (verdict.holds, verdict.needed) == (False, 51)
    assert (
        Threshold(Kind.MAJORITY, (at_least(1, 2, Base.PRESENT),)).verdict(Counts(present=100, yes=50)).holds
    )


def test_of_60_due_31_are_needed_however_many_are_present():
    verdict = HALF_OF_DUE.verdict(Counts(due=60, present=40, yes=30, no=10))
    assert (verdict.holds, verdict.needed, verdict.whole) == (False, 31, 60)


def test_quorum_of_50_representatives_is_34():
    rules = preset("representatives", date(2025, 6, 1))
    assert rules.quorum.verdict(Counts(due=50, present=33)).needed == 34
    assert [rules.quorum.verdict(Counts(due=50, present=n)).holds for n in (33, 34)] == [False, True]


def test_verdict_carries_the_sentence_of_the_meeting():
    counts = Counts(due=50, present=34, yes=21, no=9)
    assert str(QUORUM.verdict(counts).sentence) == "34 of 50 due were present: quorum."
    said = HALF_OF_PRESENT.verdict(counts).sentence
    assert said.said("en") == "21 of 34 present said yes, more than half: passed."
    assert said.said("zh-Hans") == "实到34人，21人赞成，过半数：通过。"


def test_verdict_says_what_was_missing():
    counts = Counts(due=50, present=33, yes=15, no=9)
    assert str(QUORUM.verdict(counts).sentence) == "33 of 50 due were present, but a quorum is 34: no quorum."
    said = TWO_THIRDS_OF_PRESENT.verdict(counts).sentence
    assert said.said("en") == "15 of 33 present said yes, but at least two thirds means 22: not passed."
    assert said.said("zh-hans") == "实到33人，15人赞成，未达到三分之二（应不少于22）：未通过。"


def test_verdict_of_one_speaks_of_one():
    assert str(QUORUM.verdict(Counts(due=1, present=1)).sentence) == "1 of 1 due was present: quorum."


# Properties: exact, monotone, needed is the least number that holds.


@given(shares(), st.integers(0, 10**18), st.data())
def test_share_holds_exactly_when_the_fraction_does(share, whole, data):
    counted = data.draw(st.integers(0, whole))
    wanted = Fraction(share.numerator, share.denominator) * whole
    assert share.holds(counted, whole) is (
        whole > 0 and (counted > wanted if share.strict else counted >= wanted)
    )


@given(shares(), st.integers(1, 10**18))
def test_needed_is_the_least_number_that_holds(share, whole):
    needed = share.needed(whole)
    assert type(needed) is int
    assert 1 <= needed <= whole
    assert share.holds(needed, whole)
    assert not share.holds(needed - 1, whole)


@given(shares(), st.integers(0, 10**6), st.data())
def test_share_is_monotone(share, whole, data):
    fewer = data.draw(st.integers(0, whole))
    more = data.draw(st.integers(fewer, whole))
    assert share.holds(fewer, whole) <= share.holds(more, whole)
    assert share.needed(whole) <= share.needed(whole + 1)


@given(shares(), st.integers(0, 100))
def test_no_share_holds_of_nobody(share, more):
    assert share.holds(0, 0) is False
    assert share.needed(0) == 1


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 10**9), st.data())
def test_share_does_not_depend_on_how_the_fraction_is_written(numerator, rest, whole, data):
    counted, factor = data.draw(st.integers(0, whole)), data.draw(st.integers(2, 9))
    plain = more_than(numerator, numerator + rest, Base.DUE)
    larger = more_than(numerator * factor, (numerator + rest) * factor, Base.DUE)
    assert plain.holds(counted, whole) == larger.holds(counted, whole)
    assert plain.needed(whole) == larger.needed(whole)


@given(shares(), st.integers(1, 10**6), st.data())
def test_every_verdict_is_whole_numbers_and_sentences_in_both_languages(share, whole, data):
    kind = data.draw(st.sampled_from([kind for kind in Kind if share.base in BASES[kind]]))
    counted = data.draw(st.integers(0, whole))
    numbers = {
        Kind.QUORUM: {"due": whole, "present": counted},
        Kind.MAJORITY: {"due": whole, "present": whole, "cast": whole, "valid": whole, "yes": counted}
        | {"no": whole - counted},
        Kind.COMPOSITION: {"appraisers": whole, "residents": whole, "ordinary": counted},
        Kind.SATISFACTION: {"valid": whole, "satisfied": counted},
        Kind.CALL: {"due": whole, "callers": counted},
    }[kind]
    verdict = Threshold(kind, (share,)).verdict(Counts(**numbers))
    assert [type(number) for number in (verdict.needed, verdict.counted, verdict.whole)] == [int] * 3
    assert verdict.holds is share.holds(counted, whole)
    assert str(counted) in verdict.sentence.said("en")
    assert verdict.sentence.said("zh-Hans").endswith("。")
    assert hash(verdict) == hash(dataclasses.replace(verdict))


# What is refused.


@pytest.mark.parametrize(
    ("numerator", "denominator", "strict"),
    [
        (0, 3, False),
        (4, 3, False),
        (1, 0, False),
        (-1, 3, False),
        (3, 3, True),
        (0.5, 1, False),
        (1, 2.0, True),
    ],
)
def test_share_refuses_what_is_no_part_of_a_whole(numerator, denominator, strict):
    with pytest.raises(MalformedThreshold):
        Share(numerator, denominator, strict=strict, base=Base.DUE)


@pytest.mark.parametrize(("kind", "base"), [(k, b) for k in Kind for b in Base if b not in BASES[k]])
def test_threshold_refuses_a_base_of_another_kind(kind, base):
    with pytest.raises(MalformedThreshold):
        Threshold(kind, (at_least(1, 2, base),))


def test_threshold_refuses_no_share_and_households_that_nobody_counts():
    with pytest.raises(MalformedThreshold):
        Threshold(Kind.QUORUM, ())
    with pytest.raises(MalformedThreshold):
        Threshold(Kind.CALL, (at_least(1, 5, Base.DUE, Unit.HOUSEHOLDS),))


@pytest.mark.parametrize(
    "numbers",
    [
        {"due": 10, "present": 11},
        {"present": 10, "cast": 11},
        {"cast": 10, "valid": 11},
        {"valid": 10, "yes": 6, "no": 5},
        {"due": 10, "yes": 11},
        {"yes": -1, "no": 5},
        {"due": -1},
        {"ordinary": 9, "appraisers": 8},
        {"ordinary": 9, "residents": 8},
        {"valid": 4, "satisfied": 5},
        {"due": 4, "callers": 5},
    ],
)
def test_counts_refuses_numbers_that_cannot_all_be_right(numbers):
    with pytest.raises(ImpossibleCounts):
        Counts(**numbers)


def test_counts_says_which_number_is_wrong():
    with pytest.raises(ImpossibleCounts) as refused:
        Counts(due=10, present=11)
    assert str(refused.value) == "These numbers cannot all be right: due is 10, less than present with 11."


def test_verdict_refuses_to_judge_what_nobody_counted():
    with pytest.raises(NotCounted):
        QUORUM.verdict(Counts(due=50))
    with pytest.raises(NotCounted):
        TWO_THIRDS_OF_VOTING.verdict(Counts(due=50, yes=20))
    with pytest.raises(NotCounted):
        QUORUM.verdict(households=Counts(due=50, present=40))


# Presets.


def test_assembly_has_a_quorum_by_adults_or_by_households():
    quorum = preset("assembly", date(2025, 1, 1)).quorum
    few_adults, many_households = Counts(due=300, present=150), Counts(due=90, present=60)
    assert quorum.verdict(few_adults).holds is False
    verdict = quorum.verdict(few_adults, many_households)
    assert (verdict.holds, verdict.needed, verdict.share.unit) == (True, 60, Unit.HOUSEHOLDS)
    assert str(verdict.sentence) == "60 of 90 households due were present: quorum."
    assert quorum.verdict(Counts(due=300, present=151)).holds is True


def test_composition_is_checked_on_the_roll_and_on_the_turnout_in_both_readings():
    among, of_all = (
        preset("appraisers", date(2026, 11, 20)).further,
        preset("residents", date(2026, 11, 20)).further,
    )
    roll = among.verdict(Counts(ordinary=40, appraisers=50))
    turnout = among.verdict(Counts(ordinary=31, appraisers=40, moment=Moment.TURNOUT))
    assert (roll.holds, turnout.holds, turnout.needed) == (True, False, 32)
    assert str(roll.sentence) == (
        "40 of 50 appraisers on the roll are ordinary residents, at least 80%: the rule is kept."
    )
    assert str(turnout.sentence) == (
        "31 of 40 appraisers who took part are ordinary residents, but at least 80% means 32: "
        "the rule is not kept."
    )
    assert of_all.verdict(Counts(ordinary=319, residents=400)).holds is False
    assert of_all.verdict(Counts(ordinary=320, residents=400)).holds is True


def test_chain_needs_half_of_all_representatives_and_half_of_present_villagers():
    counts = Counts(due=60, present=40, yes=25, no=10)
    day = date(2025, 1, 1)
    assert preset("chain_assembly", day).majority.verdict(counts).holds is True
    assert preset("chain_representatives", day).majority.verdict(counts).holds is False
    assert preset("chain_members", day).majority.verdict(counts).needed == 31


def test_call_by_a_fifth_of_the_representatives():
    call = preset("representatives", date(2025, 1, 1)).call
    assert [call.verdict(Counts(due=50, callers=n)).holds for n in (9, 10)] == [False, True]
    assembly = preset("assembly", date(2025, 1, 1))
    assert assembly.call.verdict(Counts(due=301, callers=30)).needed == 31
    assert assembly.call_by_representatives.verdict(Counts(due=50, callers=17)).holds is True


def test_preset_changes_with_the_law():
    before, after = (
        preset("representatives", date(2025, 12, 31)),
        preset("representatives", date(2026, 1, 1)),
    )
    assert (before.is_checked, after.is_checked) == (True, False)
    with pytest.raises(UnknownPreset):
        preset("representatives", date(2009, 12, 31))
    with pytest.raises(UnknownPreset):
        preset("parliament", date(2026, 1, 1))


def test_presets_of_a_key_never_overlap_and_all_have_names():
    for each in PRESETS:
        same = [other for other in PRESETS if other.key == each.key]
        days = {each.valid_from, *([each.valid_to] if each.valid_to else [])}
        for day in days:
            in_force = [o for o in same if o.valid_from <= day and (o.valid_to is None or day <= o.valid_to)]
            assert in_force == [each]
        assert each.name.said("en") != each.name.said("zh-Hans")
        assert any((each.quorum, each.majority, each.further))
