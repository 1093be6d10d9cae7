"""Every move of the table, and every one that is not in it."""

import pytest

from folkmoot.ballots.states import FINAL_STATES, TRANSITIONS, PollState
from folkmoot.base.errors import Refused
from folkmoot.base.transition import next_state

ACTS = sorted({act for _, act in TRANSITIONS})


@pytest.mark.parametrize("state", PollState.values)
@pytest.mark.parametrize("act", ACTS)
def test_next_state_follows_the_table_and_refuses_the_rest(state: str, act: str) -> None:
    if (state, act) in TRANSITIONS:
        assert next_state(TRANSITIONS, state, act) == TRANSITIONS[state, act]
    else:
        with pytest.raises(Refused):
            next_state(TRANSITIONS, state, act)


@pytest.mark.parametrize("state", PollState.values)
def test_final_state_is_reachable_from_everywhere(state: str) -> None:
    reached, fresh = {state}, {state}
    while fresh:
        fresh = {new for (old, _), new in TRANSITIONS.items() if old in fresh} - reached
        reached |= fresh
    assert reached & set(FINAL_STATES)


def test_nothing_leads_out_of_a_broken_poll() -> None:
    assert [act for state, act in TRANSITIONS if state == PollState.BROKEN] == []
