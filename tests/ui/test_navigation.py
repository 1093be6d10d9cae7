import pytest
from django.test import Client

from folkmoot.base.actors import VISITOR, Actor
from folkmoot.base.permissions import _permissions, is_signed_in, permit
from folkmoot.ui.navigation import add_entry, entries_for

PERSON = Actor(person_id=1, ref="p")


@pytest.fixture(autouse=True)
def _permission(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("folkmoot.base.permissions._permissions", dict(_permissions))
    permit("ui.test_members", who=is_signed_in)


def add_two() -> None:
    add_entry("late", "Late", "ui:components", "ui.view_components", 20)
    add_entry("early", "Early", "ui:language", "ui.test_members", 10)


def test_entries_come_in_their_order() -> None:
    add_two()
    assert [entry.label for entry in entries_for(PERSON, "top")] == ["Early", "Late"]


def test_entries_show_only_what_one_may_try() -> None:
    add_two()
    assert [entry.label for entry in entries_for(VISITOR, "top")] == ["Late"]


def test_entries_stand_where_they_were_put() -> None:
    add_entry("how", "How it works", "ui:components", "ui.view_components", 1, where="footer")
    assert [entry.label for entry in entries_for(VISITOR, "footer")] == ["How it works"]
    assert entries_for(VISITOR, "top") == []


def test_entry_taken_twice_raises() -> None:
    add_entry("how", "How", "ui:components", "ui.view_components", 1)
    with pytest.raises(ValueError, match="'how' is registered twice"):
        add_entry("how", "How", "ui:components", "ui.view_components", 2)


def test_page_marks_the_entry_it_is_in(client: Client) -> None:
    add_two()
    page = client.get("/components/").content.decode()
    assert '<a href="/components/" aria-current="true">Late</a>' in page
