from collections import Counter

import pytest
from folkmoot_kernel.cells import (
    Rolled,
    hand_sheets,
    join_strata,
    settle_cell,
    settle_slips,
    stepped,
    told_to_voter,
    turnout_sentence,
)
from folkmoot_kernel.errors import MalformedStrata
from folkmoot_kernel.papers import CHANNELS, HAND, SLIP, TOKEN, Part
from hypothesis import given, settings
from hypothesis import strategies as st

K = 10


def rolled(name, on_roll, *, joins="", channels=(TOKEN, HAND), is_ordinary=True):
    return Rolled(Part(name, {"en": name.title()}, is_ordinary), on_roll, channels, joins)


def office(name, on_roll, **more):
    return rolled(name, on_roll, is_ordinary=False, **more)


def ids(joining):
    return [tuple(part.id for part in group.parts) for group in joining.groups]


def sentences(items):
    return [str(item) for item in items]


# Joining at OPEN.


def test_join_strata_leaves_those_with_2k_alone():
    joining = join_strata([rolled("east", 20), rolled("west", 300, joins="east")], k=K)
    assert (ids(joining), joining.is_secret) == ([("east",), ("west",)], True)
    assert str(joining.groups[0].reason) == (
        "East has 20 on the roll, at least 20: it votes under its own name."
    )


def test_join_strata_joins_one_under_2k_to_the_one_it_names():
    joining = join_strata([rolled("east", 19, joins="west"), rolled("west", 300)], k=K)
    assert ids(joining) == [("east", "west")]
    assert joining.groups[0].on_roll == 319
    assert str(joining.groups[0].reason) == (
        "Counted together, because one of them has fewer than 20 on the roll: East, West."
    )


def test_join_strata_goes_on_until_the_group_has_2k():
    strata = [
        rolled("one", 5, joins="two"),
        rolled("two", 6, joins="three"),
        rolled("three", 8, joins="four"),
        rolled("four", 9, joins="five"),
        rolled("five", 90),
    ]
    assert ids(join_strata(strata, k=K)) == [("one", "two", "three", "four"), ("five",)]


def test_join_strata_has_a_preset_for_leadership_and_invited():
    strata = [office("leadership", 7), rolled("residents", 300), office("invited", 12)]
    joining = join_strata(strata, k=K)
    assert (ids(joining), joining.is_secret) == ([("leadership", "invited"), ("residents",)], True)
    assert str(joining.groups[0].reason).startswith("Counted together: Leadership, Invited. They are still")


def test_join_strata_opens_every_channel_of_a_group_to_all_of_it():
    strata = [rolled("east", 12, joins="west", channels=(HAND,)), rolled("west", 40, channels=(TOKEN,))]
    assert join_strata(strata, k=K).groups[0].channels == (TOKEN, HAND)


def test_join_strata_refuses_a_poll_that_cannot_reach_k():
    joining = join_strata([office("leadership", 9), rolled("residents", 300)], k=K)
    assert sentences(joining.refusals) == [
        "This poll cannot be secret: on the roll of Leadership there are 9, fewer than 10."
    ]
    assert joining.is_secret is False
    assert join_strata([office("leadership", 10), rolled("residents", 300)], k=K).is_secret is True


def test_join_strata_never_joins_ordinary_residents_with_others():
    joining = join_strata([rolled("east", 9, joins="members"), office("members", 100)], k=K)
    assert ids(joining) == [("east",), ("members",)]
    assert sentences(joining.refusals) == [
        "East cannot join Members: ordinary residents are counted only with ordinary residents.",
        "This poll cannot be secret: on the roll of East there are 9, fewer than 10.",
    ]


@pytest.mark.parametrize(
    "strata",
    [
        [],
        [rolled("east", 20), rolled("east", 30)],
        [rolled("east", 0)],
        [rolled("east", 20, channels=())],
        [rolled("east", 20, channels=("telepathy",))],
        [rolled("east", 20, joins="east")],
        [rolled("east", 20, joins="nowhere")],
    ],
)
def test_join_strata_refuses_strata_that_contradict_themselves(strata):
    with pytest.raises(MalformedStrata):
        join_strata(strata, k=K)


def test_join_strata_refuses_a_k_of_one():
    with pytest.raises(MalformedStrata):
        join_strata([rolled("east", 20)], k=1)


# Slips, cells, turnout.


STAY = "they stay, but may end up unopened."


@pytest.mark.parametrize(
    ("drawn", "has_tokens", "has_casting_begun", "expected"),
    [
        (0, True, False, (False, "No slips were drawn.")),
        (10, True, False, (False, "10 slips were drawn, at least 10: they stay.")),
        (
            9, True, False,
            (True, "Fewer than 10 slips were drawn: all are voided, and who gives one back votes at the tablet."),
        ),
        (9, True, True, (False, f"Fewer than 10 slips were drawn, and casting has begun: {STAY}")),
        (
            1, False, False,
            (False, f"Fewer than 10 slips were drawn, and this group has no online voting: {STAY}"),
        ),
    ],
)  # fmt: skip
def test_settle_slips_gives_back_fewer_than_k(drawn, has_tokens, has_casting_begun, expected):
    decision = settle_slips(drawn, k=K, has_tokens=has_tokens, has_casting_begun=has_casting_begun)
    assert (decision.holds, str(decision.reason)) == expected


@pytest.mark.parametrize(
    ("ballots", "opened", "reason"),
    [
        (0, False, "No ballots."),
        (1, False, "Fewer than 10 ballots: counted as cast, but not opened."),
        (9, False, "Fewer than 10 ballots: counted as cast, but not opened."),
        (10, True, "10 ballots, at least 10: opened."),
    ],
)
def test_settle_cell_opens_k_and_more(ballots, opened, reason):
    decision = settle_cell(ballots, k=K)
    assert (decision.holds, str(decision.reason)) == (opened, reason)


def test_turnout_moves_in_steps_of_k():
    assert [stepped(number, k=K) for number in (0, 9, 10, 19, 20, 399)] == [0, 0, 10, 10, 20, 390]
    assert str(turnout_sentence(39, k=K)) == "At least 30 have taken part."
    assert str(turnout_sentence(3, k=K)) == "Fewer than 10 have taken part so far."
    assert {turnout_sentence(number, k=K) for number in range(20, 30)} == {turnout_sentence(20, k=K)}


# Hand papers.


def hand_groups():
    strata = [
        rolled("east", 60, joins="west"),
        rolled("west", 60, joins="north"),
        rolled("north", 60),
        office("members", 60),
    ]
    return join_strata(strata, k=K).groups


def test_hand_papers_under_k_share_a_sheet_with_the_stratum_they_name():
    sheets = hand_sheets(hand_groups(), {"east": 4, "west": 30, "north": 12, "members": 10}, k=K)
    assert [(sheet.groups, sheet.papers, sheet.opening.holds) for sheet in sheets] == [
        (("east", "west"), 34, True),
        (("north",), 12, True),
        (("members",), 10, True),
    ]
    assert sentences(sheet.reason for sheet in sheets) == [
        "Fewer than 10 papers in one group: counted on one sheet for East, West.",
        "12 papers, at least 10: counted on a sheet of their own.",
        "10 papers, at least 10: counted on a sheet of their own.",
    ]


def test_hand_papers_that_together_stay_under_k_go_on_to_the_next_and_else_stay_closed():
    sheets = hand_sheets(hand_groups(), {"east": 4, "west": 3, "north": 12, "members": 9}, k=K)
    assert [(sheet.groups, sheet.papers, sheet.opening.holds) for sheet in sheets] == [
        (("east", "west", "north"), 19, True),
        (("members",), 9, False),
    ]
    assert hand_sheets(hand_groups(), {"east": 0}, k=K) == ()
    alone = hand_sheets(hand_groups(), {"east": 10, "west": 10}, k=K)
    assert [sheet.groups for sheet in alone] == [("east",), ("west",)]


def test_hand_papers_of_an_unknown_group_are_refused():
    with pytest.raises(MalformedStrata):
        hand_sheets(hand_groups(), {"south": 12}, k=K)


UNOPENED = (
    "If fewer than 10 vote on paper in your group, these ballots are counted as cast but not opened, "
    "so that nobody can guess your answer."
)


def test_voter_is_told_what_may_happen_to_the_paper():
    groups = join_strata(
        [rolled("east", 12, joins="west"), rolled("west", 30, joins="north"), rolled("north", 40)], k=K
    ).groups
    assert sentences(told_to_voter(groups, groups[0], HAND, k=K)) == [
        "Counted together, because one of them has fewer than 20 on the roll: East, West.",
        "If fewer than 10 vote on paper in your group, these papers are counted together with those of North.",
        UNOPENED,
    ]
    alone = told_to_voter(groups, groups[1], TOKEN, k=K)
    assert [sentence.said("zh-Hans") for sentence in alone] == [
        "如果您这一组网上投票的不足10人，这些票只计票数，不开票，以免有人猜出您的选择。"
    ]


# Whole polls at random.


@st.composite
def rolls(draw):
    names = [f"stratum-{n}" for n in range(draw(st.integers(1, 6)))]
    if draw(st.booleans()):
        names[:2] = ["leadership", "invited"][: len(names)]
    return [
        Rolled(
            Part(name, {"en": name}, draw(st.booleans())),
            draw(st.integers(1, 60)),
            tuple(draw(st.sets(st.sampled_from(CHANNELS), min_size=1))),
            draw(st.sampled_from(["", *(other for other in names if other != name)])),
        )
        for name in names
    ]


@st.composite
def papers_taken(draw, group):
    """How many of a group take a paper by each channel; the others stay away."""
    left, taken = group.on_roll, {}
    for channel in group.channels:
        taken[channel] = draw(st.integers(0, left))
        left -= taken[channel]
    return taken


@settings(max_examples=300)
@given(rolls(), st.integers(2, 15))
def test_joining_loses_nobody_and_keeps_kinds_apart(strata, k):
    joining = join_strata(strata, k=k)
    parts = [part.id for group in joining.groups for part in group.parts]
    assert sorted(parts) == sorted(each.part.id for each in strata)
    assert sum(group.on_roll for group in joining.groups) == sum(each.on_roll for each in strata)
    for group in joining.groups:
        assert len({part.is_ordinary for part in group.parts}) == 1
        if len(group.parts) > 1:
            mine = [each for each in strata if each.part in group.parts]
            assert min(each.on_roll for each in mine) < 2 * k
            assert {channel for each in mine for channel in each.channels} == set(group.channels)
        neighbours = [other for other in joining.groups if other.id == group.shares_with]
        assert len(neighbours) == bool(group.shares_with)
        assert all(other.parts[0].is_ordinary is group.parts[0].is_ordinary for other in neighbours)
        if group.on_roll < 2 * k:
            assert not neighbours
    assert (min(group.on_roll for group in joining.groups) < k) <= (not joining.is_secret)


@settings(max_examples=300)
@given(rolls(), st.integers(2, 15), st.data())
def test_no_cell_is_opened_under_k_and_no_paper_is_lost(strata, k, data):
    groups = join_strata(strata, k=k).groups
    cells, in_hand, everybody = {}, {}, 0
    for group in groups:
        taken = data.draw(papers_taken(group))
        everybody += sum(taken.values())
        slips = settle_slips(
            taken.get(SLIP, 0),
            k=k,
            has_tokens=TOKEN in group.channels,
            has_casting_begun=data.draw(st.booleans()),
        )
        if slips.holds:
            assert 0 < taken[SLIP] < k
            taken[TOKEN] += taken.pop(SLIP)
        in_hand[group.id] = taken.pop(HAND, 0)
        cells |= {(group.id, channel): number for channel, number in taken.items()}
    sheets = hand_sheets(groups, in_hand, k=k)

    assert sum(cells.values()) + sum(sheet.papers for sheet in sheets) == everybody
    on_sheets = Counter(name for sheet in sheets for name in sheet.groups)
    assert set(on_sheets.values()) <= {1}
    assert {name for name, number in in_hand.items() if number} <= set(on_sheets)
    kinds = {group.id: group.parts[0].is_ordinary for group in groups}
    for sheet in sheets:
        assert sheet.papers == sum(in_hand[name] for name in sheet.groups)
        assert len({kinds[name] for name in sheet.groups}) == 1
        assert sheet.opening.holds is (sheet.papers >= k)
        assert len(sheet.groups) == 1 or any(0 < in_hand[name] < k for name in sheet.groups)
    for number in cells.values():
        assert settle_cell(number, k=k).holds is (number >= k)
    for name, number in in_hand.items():
        if number >= k:
            assert any(name in sheet.groups and sheet.opening.holds for sheet in sheets)
