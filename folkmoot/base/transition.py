"""Moves a row through the state table of its app by one conditional update.

A table maps (state, act) to the next state. A model that moves has a `state` and a `version`; whoever acts
names the version that was on the page, so that of two people only the faster one acts.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from folkmoot.base.errors import Refused, StaleState


class Moving(Protocol):
    pk: Any
    state: str
    version: int


Table = Mapping[tuple[str, str], str]


def next_state(table: Table, state: str, act: str) -> str:
    """The state after `act`. Raises Refused when the table has no such move."""
    try:
        return table[state, act]
    except KeyError:
        raise Refused(_("This is not possible any more: things have moved on.")) from None


def move(row: Moving, *, act: str, table: Table, seen: int | None = None, **changes: Any) -> str:
    """Moves `row` and returns its former state; `changes` are written by the same update.

    Raises Refused when the table forbids the act, StaleState when somebody else was faster.
    """
    if seen is not None and seen != row.version:
        raise StaleState()
    former = row.state
    new = next_state(table, former, act)
    rows = type(row)._default_manager.filter(pk=row.pk, state=former, version=row.version)  # type: ignore[attr-defined]
    if rows.update(state=new, version=F("version") + 1, **changes) != 1:
        raise StaleState()
    row.state = new
    row.version += 1
    for name, value in changes.items():
        setattr(row, name, value)
    return former
