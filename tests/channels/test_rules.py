"""Role by act: every cell."""

import pytest

from folkmoot.base.actors import CLOCK, VISITOR, Actor
from folkmoot.base.permissions import allowed, permission_names
from folkmoot.channels.models import Message
from folkmoot.people.actors import actor_for_person
from tests.factories.island import Island

READER, OTHER, OPERATOR, ANYONE_IN, NOBODY = "reader", "other", "operator", "in", "nobody"
TABLE = {
    #                            reader, secretary, operator, visitor, clock
    "channels.list_messages":    (True, True, True, False, False),
    "channels.mark_read":        (True, False, False, False, False),
    "channels.mark_all_read":    (True, True, True, False, False),
    "channels.set_preferences":  (True, True, True, False, False),
    "channels.offer_address":    (True, True, True, False, False),
    "channels.confirm_address":  (True, True, True, False, False),
    "channels.drop_address":     (True, True, True, False, False),
    "channels.view_outbox":      (False, False, True, False, False),
    "channels.retry_dead":       (False, False, True, False, False),
}  # fmt: skip


def test_table_is_complete() -> None:
    assert sorted(TABLE) == [name for name in permission_names() if name.startswith("channels.")]


@pytest.mark.parametrize("name", TABLE)
def test_channels_permission(island: Island, name: str) -> None:
    message = Message(person=island.amal)
    operator = Actor(person_id=island.operator.pk, is_operator=True)
    secretary = actor_for_person(island.bei, island.secretary)
    actors = (actor_for_person(island.amal), secretary, operator, VISITOR, CLOCK)
    assert tuple(allowed(actor, name, message) for actor in actors) == TABLE[name]


@pytest.mark.parametrize("name", TABLE)
def test_closed_account_may_do_nothing(island: Island, name: str) -> None:
    closed = Actor(person_id=island.amal.pk, is_operator=True, is_active=False)
    assert not allowed(closed, name, Message(person=island.amal))
