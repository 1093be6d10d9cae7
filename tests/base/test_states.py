"""Every state table of the house: every move of it, every one that is not in it, and that each row ends somewhere."""

from types import ModuleType

import pytest
from django.db.models import TextChoices

from folkmoot.areas import states as imports
from folkmoot.ballots import states as polls
from folkmoot.base.errors import Refused
from folkmoot.base.transition import next_state
from folkmoot.cases import states as cases

TABLES: dict[str, tuple[ModuleType, type[TextChoices]]] = {
    "imports": (imports, imports.RunState), "cases": (cases, cases.CaseState), "polls": (polls, polls.PollState),
}  # fmt: skip
EVERY = [(name, state) for name, (_module, states) in TABLES.items() for state in states.values]


@pytest.mark.parametrize(("name", "state"), EVERY)
def test_next_state_follows_the_table_and_refuses_the_rest(name: str, state: str) -> None:
    table = TABLES[name][0].TRANSITIONS
    for act in sorted({act for _, act in table}):
        if (state, act) in table:
            assert next_state(table, state, act) == table[state, act]
            assert table[state, act] in TABLES[name][1].values
        else:
            with pytest.raises(Refused):
                next_state(table, state, act)


@pytest.mark.parametrize(("name", "state"), EVERY)
def test_final_state_is_reachable_from_everywhere(name: str, state: str) -> None:
    module = TABLES[name][0]
    reached, fresh = {state}, {state}
    while fresh:
        fresh = {new for (old, _), new in module.TRANSITIONS.items() if old in fresh} - reached
        reached |= fresh
    assert reached & set(module.FINAL_STATES)


def test_nothing_leads_out_of_a_broken_poll() -> None:
    assert [act for state, act in polls.TRANSITIONS if state == polls.PollState.BROKEN] == []
